"""From the model's records to figures: totals by cause and by place, in whole cycles that sum.

Pure arithmetic on plain tuples (`TimingModel.records`); nothing here runs or times anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .causes import CAUSE_NAMES

TICKS = 240

RawRecord = tuple[int, int, int, int, list[int], int, int]
"""(pc, insn, count, ticks, ticks by cause, elements, bytes)"""


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction of the program: how often it ran and what it was charged, in ticks (240 a cycle)."""

    pc: int
    insn: int
    count: int
    ticks: int
    causes: tuple[int, ...]

    @property
    def cycles(self) -> float:
        """Cycles charged."""
        return self.ticks / TICKS


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of a run. Bytes: loaded and stored by vector instructions; moved beyond the first-level data cache; by main memory."""

    instructions: int
    vector_instructions: int
    bytes_loaded: int
    bytes_stored: int
    bytes_beyond_l1: int
    dram_bytes: int
    flop: int


def by_pc(records: Sequence[RawRecord]) -> list[Row]:
    """Records of the same (pc, instruction) summed, in order of pc."""
    merged: dict[tuple[int, int], list[Any]] = {}
    for pc, insn, count, ticks, causes, _, _ in records:
        row = merged.setdefault((pc, insn), [0, 0, [0] * len(CAUSE_NAMES)])
        row[0] += count
        row[1] += ticks
        row[2] = [a + b for a, b in zip(row[2], causes, strict=True)]
    return [Row(pc, insn, row[0], row[1], tuple(row[2])) for (pc, insn), row in sorted(merged.items())]


def stalls(ticks: Sequence[int], cycles: int) -> dict[str, int]:
    """Cause -> cycles, of ticks by cause, rounded so that they sum to `cycles` (largest remainders first, then by order of causes)."""
    whole = [value // TICKS for value in ticks]
    by_remainder = sorted(range(len(ticks)), key=lambda number: (-(ticks[number] % TICKS), number))
    for number in by_remainder[: cycles - sum(whole)]:
        whole[number] += 1
    return dict(zip(CAUSE_NAMES, whole, strict=True))
