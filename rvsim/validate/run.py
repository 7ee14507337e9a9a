"""Runs rows on their machines: groups them, shares them out to processes, and collects the scores."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rvsim import engine
from rvsim.errors import UsageError

from . import ara, kernels, loops, reference
from .reference import Row
from .score import Scored, Skipped, Summary, summarise

_CHUNK = 700  # rows a task: a few seconds, so that two processes end together


@dataclass(frozen=True, slots=True)
class Validation:
    """All scored rows in the order of the data, and the rows that could not be run."""

    rows: tuple[Scored, ...]
    skipped: tuple[Skipped, ...]

    @property
    def summary(self) -> dict[str, dict[str, Summary]]:
        """machine -> kernels | instructions | latencies -> Summary."""
        return summarise(self.rows)

    def to_json(self) -> dict[str, Any]:
        """The object of `rvsim validate --json`."""
        return {
            "schema": 1,
            "status": "ok",
            "rows": [scored.to_json() for scored in self.rows],
            "summary": {machine: {kind: s.to_json() for kind, s in kinds.items()} for machine, kinds in self.summary.items()},
            "not_counted": [
                {"machine": s.row.machine, "kind": s.row.kind, "name": s.row.name, "params": dict(s.row.params), "reason": s.reason}
                for s in self.skipped
            ],
        }


@dataclass(frozen=True, slots=True)
class _Task:
    """Rows of one machine and kind for one process; `name` is a preset or a file."""

    name: str
    sets: Mapping[str, str]
    rows: tuple[tuple[int, Row], ...]


def validate(
    machines: Sequence[str] = (), *, data: str | Path | None = None, kinds: Sequence[str] = (), pattern: str = "",
    sets: Mapping[str, str] | None = None, jobs: int = 1,
) -> Validation:  # fmt: skip
    """Simulate measured rows and score them.

    machines: presets or machine files (a file stands for the machine its `name` says); by default every preset with figures.
    data: a folder of figures, by default the packaged one. kinds: of `reference.KINDS`. pattern: regular expression that must be found in
    'name operands sew lmul variant'. sets: machine fields to change. jobs: processes; more than one
    needs a main module that can be imported (the usual `if __name__ == "__main__":`).
    Raises UsageError for unknown machines, folders without figures, and when nothing is left to run.
    """
    names = {engine.load_machine(machine).name: machine for machine in machines}
    rows = reference.read(data)
    known = sorted({row.machine for row in rows})
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"there are no measured figures for {', '.join(unknown)}; machines with figures: {', '.join(known)}")
    rows = [row for row in reference.select(rows, tuple(names), kinds) if _matches(pattern, row)]
    if not rows:
        raise UsageError("no row is left to simulate; widen --kind and --filter")
    if not names:
        if unknown := [machine for machine in known if machine not in engine.machine_names()]:
            raise UsageError(f"no preset stands for {', '.join(unknown)} in {data}; presets: {', '.join(engine.machine_names())}")
        names = {machine: machine for machine in known}
    return _collect(rows, _tasks(rows, names, sets or {}), jobs)


def _matches(pattern: str, row: Row) -> bool:
    try:
        return not pattern or re.search(pattern, " ".join([row.name, *map(str, row.params.values())])) is not None
    except re.error as error:
        raise UsageError(f"{pattern!r} is no regular expression: {error}") from None


def _tasks(rows: Sequence[Row], names: Mapping[str, str], sets: Mapping[str, str]) -> list[_Task]:
    groups: dict[tuple[str, str, int], list[tuple[int, Row]]] = defaultdict(list)
    for index, row in enumerate(rows):
        groups[row.machine, row.kind, row.vlen].append((index, row))
    tasks = []
    for (machine, _, vlen), found in groups.items():
        found.sort(key=lambda item: item[1].name)  # the same instruction again finds its records
        fields = {**sets, **({"vlen": str(vlen)} if vlen and "vlen" not in sets else {})}
        tasks += [_Task(names[machine], fields, tuple(found[i : i + _CHUNK])) for i in range(0, len(found), _CHUNK)]
    return tasks


def _collect(rows: Sequence[Row], tasks: Sequence[_Task], jobs: int) -> Validation:
    figures: dict[int, float | str] = {}
    workers = min(len(tasks), jobs)
    if workers == 1 or sum(len(task.rows) for task in tasks) < 300:
        done = [run_task(task) for task in tasks]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(run_task, tasks))
    for result in done:
        figures.update(result)
    scored, skipped = [], []
    for index, row in enumerate(rows):
        figure = figures[index]
        if isinstance(figure, str):
            skipped.append(Skipped(row, figure))
        else:
            scored.append(Scored(row, figure))
    if not scored:
        raise UsageError(f"no row could be run: {skipped[0].reason}")
    return Validation(tuple(scored), tuple(skipped))


def run_task(task: _Task) -> dict[int, float | str]:
    """Index -> simulated figure, or the reason why there is none."""
    found: dict[int, float | str] = {}
    try:
        simulate = _simulator(task.rows[0][1].kind, loops.Loop(task.name, task.sets))
    except loops.NotExecutable as error:  # no vectors at all
        return {index: str(error) for index, _ in task.rows}
    for index, row in task.rows:
        try:
            found[index] = simulate(row.name, row.params)
        except loops.NotExecutable as error:
            found[index] = str(error)
    return found


def _simulator(kind: str, loop: loops.Loop) -> Callable[[str, Mapping[str, Any]], float]:
    """What takes the measure of a row of this kind: name and params -> figure."""
    if loop.name.startswith("ara-"):
        return ara.Bench(loop).figure
    if kind == "kernel":
        return kernels.Bench(loop).slope
    if kind == "instruction":
        return lambda name, params: (loops.throughput if "sew" in params else loops.scalar)(loop, name, params)
    return partial(loops.latency, loop)
