"""The object users hold: a machine, the programs in it, and what runs on it gives back.

    machine.py   Machine: memory, registers, loading, running kernels
    program.py   Program: symbols, calling C functions with arrays
    abi.py       prototypes and argument passing          registers.py   x, f and CSRs as Python sequences
    elf.py       whole programs: run_elf                  session.py     one of them, run in pieces
    bare.py      bare metal (HTIF)                        user.py        static Linux programs
    fault.py     what went wrong, in one line
    result.py    Result: counts, timing, correctness            limits.py   sizes, limits and files that users ask for
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .limits import parse_size
from .machine import Machine
from .program import Program
from .result import SCHEMA, Peak, Result

if TYPE_CHECKING:
    from .elf import ElfResult, run_elf

__all__ = ["SCHEMA", "ElfResult", "Machine", "Peak", "Program", "Result", "parse_size", "run_elf"]


def __getattr__(name: str) -> Any:
    """Whole programs are loaded when they are wanted: kernels need nothing of Linux."""
    if name not in ("ElfResult", "run_elf"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import elf

    return getattr(elf, name)
