"""What a run leaves behind for a report: plain data of the timing model, of the probe, and of the code that ran.

Filled by the machine; read by `build.py`. Times are ticks, 240 a cycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .report import Limits

TICKS = 240
CAUSE_NAMES = (
    "issue", "execute", "frontend", "branch", "operand", "unit", "queue", "order", "l1", "l2", "dram", "bandwidth", "csr",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Code:
    """One instruction of a program: its text, where it stands, and the source line it comes from."""

    size: int
    text: str
    name: str
    function: str
    start: int
    file: str | None = None
    line: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One timed run.

    records: (pc, insn, count, ticks, ticks by cause, elements, bytes), as `TimingModel.records`; insns: rows of the instruction
    table, by insn; probe: what `Profiler.finish` returned, or None; pipes: unit -> pipe; regions: address of a begin marker -> name.
    """

    records: Sequence[tuple[int, int, int, int, list[int], int, int]]
    insns: Sequence[Mapping[str, Any]]
    cycles: int
    bytes: int
    dram_bytes: int
    stalls: Mapping[str, int]
    busy: Mapping[str, float]
    limits: Limits
    pipes: Mapping[str, str]
    code: Mapping[int, Code]
    regions: Mapping[int, str]
    probe: Mapping[str, Any] | None = None
