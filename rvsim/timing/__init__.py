"""WHEN an instruction finishes: a time-stamped scoreboard, the memory hierarchy, machine presets, causes.

    machines/*.toml --machine--> MachineConfig --prices--> TimingModel <--timing_step(Op, Event)-- engine
                                                               \\--report--> cycles, causes, by pc

Reads `core/op.pxd` (Op and Event) and nothing else of the simulator; rows of the instruction table are handed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rvsim import host

from .causes import CAUSE_NAMES, CAUSES
from .rows import describe_all

if TYPE_CHECKING:
    from .machine import load_machine, machine_names
    from .model import TimingModel
    from .roofs import peaks
    from .schema import MachineConfig

_LAZY = {"load_machine": "machine", "machine_names": "machine", "MachineConfig": "schema", "TimingModel": "model", "peaks": "roofs"}

host.check()

__all__ = [
    "CAUSES", "CAUSE_NAMES", "MachineConfig", "TimingModel", "describe_all", "load_machine", "machine_names", "peaks",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Loads what needs msgspec or compiled code when it is first used, so that importing the package stays cheap."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value
    return value
