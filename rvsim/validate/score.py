"""Rows with their simulated figures, and what they come to: errors and rank correlation by machine and kind.

Pure arithmetic; runs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .reference import KINDS, PLURAL, Row


@dataclass(frozen=True, slots=True)
class Scored:
    """A measured row and the simulated figure, in the row's unit."""

    row: Row
    simulated: float

    @property
    def rel_error(self) -> float:
        """(simulated - measured) / measured."""
        return self.simulated / self.row.measured - 1

    def to_json(self) -> dict[str, Any]:
        """The object of `rvsim validate --json`."""
        row = self.row
        return {
            "machine": row.machine, "kind": row.kind, "name": row.name, "params": dict(row.params), "measured": row.measured,
            "simulated": round(self.simulated, 4), "rel_error": round(self.rel_error, 5), "unit": row.unit, "source": row.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not run, and why."""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Errors of one kind of row on one machine, as fractions; `rank_correlation` as `rank_correlation` defines it."""

    median_abs_rel_error: float
    p90_abs_rel_error: float
    rank_correlation: float | None
    n: int

    def to_json(self) -> dict[str, Any]:
        """As in the JSON output; four digits behind the point."""
        rank = None if self.rank_correlation is None else round(self.rank_correlation, 4)
        return {
            "median_abs_rel_error": round(self.median_abs_rel_error, 4), "p90_abs_rel_error": round(self.p90_abs_rel_error, 4),
            "rank_correlation": rank, "n": self.n,
        }  # fmt: skip


def summarise(rows: Iterable[Scored]) -> dict[str, dict[str, Summary]]:
    """machine -> plural of the kind -> Summary, machines sorted."""
    groups: dict[tuple[str, str], list[Scored]] = defaultdict(list)
    for scored in rows:
        groups[scored.row.machine, scored.row.kind].append(scored)
    found: dict[str, dict[str, Summary]] = {}
    for machine, kind in sorted(groups, key=lambda key: (key[0], KINDS.index(key[1]))):
        found.setdefault(machine, {})[PLURAL[kind]] = summary(groups[machine, kind])
    return found


def summary(rows: Sequence[Scored]) -> Summary:
    """Median and 90th percentile of the absolute relative error, and the rank correlation, of at least one row."""
    errors = np.abs([scored.rel_error for scored in rows])
    return Summary(float(np.median(errors)), float(np.percentile(errors, 90)), rank_correlation(rows), len(rows))


def rank_correlation(rows: Sequence[Scored]) -> float | None:
    """How well the simulation orders LMULs and variants, by Spearman's rho, for rows of one machine and kind.

    Instructions and latencies: the mean of rho over groups of rows that differ in LMUL only; a group counts when it has three rows
    or more that are not all measured alike, as equal figures have no order to get right. Kernels: one rho over all variants of all
    kernels, each the median of its slopes (Ara's applications: over all of them), because one slope has more noise than many
    variants have distance; medians tie within 2 %. None when there is nothing to order.
    """
    if rows[0].row.kind == "kernel":
        return _rank_of_variants(rows)
    groups: dict[Any, list[Scored]] = defaultdict(list)
    for scored in rows:
        groups[_group(scored.row)].append(scored)
    found = [
        spearman([s.row.measured for s in group], [s.simulated for s in group])
        for group in groups.values()
        if len(group) >= 3 and len({round(s.row.measured, 3) for s in group}) > 1
    ]
    return float(np.mean(found)) if found else None


def _rank_of_variants(rows: Sequence[Scored]) -> float | None:
    variants: dict[Any, list[Scored]] = defaultdict(list)
    for scored in rows:
        variants[scored.row.name, scored.row.params.get("variant"), scored.row.params.get("size")].append(scored)
    measured = [float(np.median([s.row.measured for s in group])) for group in variants.values()]
    simulated = [float(np.median([s.simulated for s in group])) for group in variants.values()]
    return spearman(measured, simulated, 0.02) if len(variants) >= 3 else None


def _group(row: Row) -> Any:
    """What rows have in common that differ in LMUL only."""
    common = sorted((key, value) for key, value in row.params.items() if key not in ("lmul", "tail", "mask"))
    return (row.name, row.unit, *common)


def spearman(a: Sequence[float], b: Sequence[float], noise: float = 0.005) -> float:
    """Rank correlation with mean ranks for ties: figures within `noise` of each other. 0 when one side is constant."""
    x, y = ranks(a, noise), ranks(b, noise)
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size else 0.0


def ranks(values: Sequence[float], noise: float = 0.005) -> Any:
    """Ranks from 0, the mean rank for values within `noise` of the smallest of their tie."""
    array = np.asarray(values, float)
    order = np.argsort(array, kind="stable")
    out = np.empty(len(array))
    start = 0
    for stop in range(1, len(array) + 1):
        if stop == len(array) or array[order[stop]] > (1 + noise) * array[order[start]]:
            out[order[start:stop]] = (start + stop - 1) / 2
            start = stop
    return out


def worst(rows: Iterable[Scored], count: int, key: Callable[[Scored], float] | None = None) -> list[Scored]:
    """The `count` rows with the largest absolute relative error, the worst first."""
    return sorted(rows, key=key or (lambda scored: -abs(scored.rel_error)))[:count]
