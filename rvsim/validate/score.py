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
    """Mean of Spearman's rho over groups of rows that differ in LMUL only (Ara's applications: in size).

    Instructions and latencies: rows of one instruction, operand form and SEW. Kernels: the LMULs of one variant, each the median
    of its slopes. A group counts when it has three members or more that are not all measured alike: equal figures have no order
    to get right. Figures within the noise of the measurements (0.5 %, kernels 5 %) are equal. None when there is no such group.
    """
    groups: dict[Any, dict[str, list[Scored]]] = defaultdict(lambda: defaultdict(list))
    for scored in rows:
        group, member = _group(scored.row)
        groups[group][member].append(scored)
    found = []
    for members in groups.values():
        some = next(iter(members.values()))[0].row
        noise = 0.05 if some.kind == "kernel" else 0.005
        measured = [float(np.median([s.row.measured for s in member])) for member in members.values()]
        simulated = [float(np.median([s.simulated for s in member])) for member in members.values()]
        if len(members) >= 3 and max(measured) > (1 + noise) * min(measured):
            found.append(spearman(measured, simulated, noise))
    return float(np.mean(found)) if found else None


def _group(row: Row) -> tuple[Any, str]:
    """What rows have in common that differ in LMUL (or size) only, and in what they differ."""
    common = {key: value for key, value in row.params.items() if key not in ("lmul", "tail", "mask", "size", "n", "n_next", "variant")}
    member = str(row.params.get("lmul", row.params.get("size", "")))
    if "variant" in row.params:
        stem, _, member = str(row.params["variant"]).rpartition("_")
        common["variant"] = stem
    return (row.machine, row.kind, row.name, row.unit, *sorted(common.items())), member


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
