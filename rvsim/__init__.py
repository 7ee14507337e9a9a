"""rvsim: a cycle-approximate simulator of RISC-V vector (RVV 1.0) accelerators.

The layers, top to bottom; nothing points up:

    cli                      one verb a file
    check model sweep gdb    runs on top of a machine
    machine                  Machine: load, call, run, registers: the object users hold
    kernels  profile  plots  toolchain  linux
    loader  engine           program files; run loops
    core  timing             what instructions do; when they finish
    isa                      what an instruction is: one table

Names are loaded on first use, so that `import rvsim` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .errors import ElfError, RvsimError, SimulationError, ToolchainError, UsageError
    from .machine import ElfResult, Machine, Program, Result, run_elf

_HOME = {
    "Machine": "machine", "Program": "machine", "Result": "machine", "ElfResult": "machine", "run_elf": "machine",
    "RvsimError": "errors", "UsageError": "errors", "ToolchainError": "errors", "ElfError": "errors", "SimulationError": "errors",
}  # fmt: skip

__all__ = [
    "ElfError", "ElfResult", "Machine", "Program", "Result", "RvsimError", "SimulationError", "ToolchainError", "UsageError",
    "__version__", "run_elf",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'rvsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
