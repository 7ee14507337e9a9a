"""What would help: the same run on machines without one of their limits. The experiments, and the table of their outcome.

The machine's fields come as plain nested dictionaries, and the runs are made by whoever is handed the experiments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rvsim.errors import UsageError

_HUGE = "100000"  # bytes a cycle: more than anything asks for
_LOADS = ("load", "fload", "v_load", "v_load_ff", "v_load_strided", "v_load_indexed", "v_load_mask", "v_load_whole", "v_load_seg",
          "v_load_seg_strided", "v_load_seg_indexed")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Experiment:
    """A machine without a limit: what is changed, in words and as `--set` takes it."""

    name: str
    meaning: str
    sets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """cycles: None where the changed machine cannot be, and `problem` says why."""

    experiment: Experiment
    cycles: int | None
    problem: str | None = None


def experiments(machine: Mapping[str, Any]) -> list[Experiment]:
    """The experiments for a machine, given as nested dictionaries of its fields."""
    caches = [name for name in ("l2", "l3") if machine.get(name, {}).get("size")]
    vector, scalar = machine["vector"], machine["scalar"]
    bandwidth = {"dram.bytes_per_cycle": _HUGE} | {f"{name}.bytes_per_cycle": _HUGE for name in caches}
    if vector["memory"].get("level") == "memory":  # the vector unit's port is its way to memory
        bandwidth["vector.memory.bits_per_lane"] = str(64 * int(vector["memory"]["bits_per_lane"]))
    latency = {f"{name}.latency": "0" for name in ("dram", *caches)}
    for part, classes in (("scalar", scalar["classes"]), ("vector", vector["classes"])):
        latency |= {f"{part}.classes.{name}.latency": "0" for name, price in classes.items() if set(price["units"]) & set(_LOADS)}
    free = {"mispredict": "0", "taken_branch": "0", "issue_width": "16"}
    issue = {f"scalar.{name}": value for name, value in free.items() if name in scalar}
    idle = {"dispatch_interval": "0", "dispatch_delay": "0", "issue_delay": "0", "sequencer_delay": "0", "queue": "0", "in_flight": "0"}
    issue |= {f"vector.{name}": value for name, value in idle.items() if name in vector}
    if machine.get("l1i", {}).get("size"):
        issue["l1i.size"] = "0"
    return [
        Experiment("memory bandwidth without limit", "caches and main memory move any number of bytes a cycle", bandwidth),
        Experiment("loads without latency", "data are there as soon as they are asked for; rates stay", latency),
        Experiment("twice the lanes", "the vector unit and its memory path are twice as wide", {"lanes": str(2 * int(machine["lanes"]))}),
        Experiment("perfect issue", "the core issues at once, branches and fetches cost nothing, queues have room", issue),
    ]


def what_if(planned: Sequence[Experiment], run: Callable[[Mapping[str, str]], int]) -> list[Outcome]:
    """Runs every experiment: `run` takes the sets and returns cycles. A machine that cannot be (UsageError) is an outcome too."""
    return list(_outcomes(planned, run))


def _outcomes(planned: Sequence[Experiment], run: Callable[[Mapping[str, str]], int]) -> Iterator[Outcome]:
    for experiment in planned:
        try:
            yield Outcome(experiment, run(experiment.sets))
        except UsageError as error:
            yield Outcome(experiment, None, str(error))


def table(base: int, outcomes: Sequence[Outcome]) -> str:
    """The outcomes as text, and what follows from them."""
    lines = ["  what if", f"  {'cycles':>14}   {'saves':>6}"]
    for outcome in outcomes:
        if outcome.cycles is None:
            lines.append(f"  {'-':>14}   {'-':>6}   {outcome.experiment.name}: not possible: {outcome.problem}")
        else:
            name, meaning = outcome.experiment.name, outcome.experiment.meaning
            lines.append(f"  {outcome.cycles:>14,}   {_saved(base, outcome.cycles):>6.1%}   {name}: {meaning}")
    known = [outcome for outcome in outcomes if outcome.cycles is not None]
    best = min(known, key=lambda outcome: outcome.cycles or 0, default=None)
    if best is None or best.cycles is None or _saved(base, best.cycles) < 0.02:
        return "\n".join([*lines, "  None of them buys much: the instructions themselves are what takes the time."])
    return "\n".join([*lines, f"  What truly limits: {best.experiment.name} would save {_saved(base, best.cycles):.0%}."])


def _saved(base: int, cycles: int) -> float:
    return 1 - cycles / base if base else 0.0


def to_json(base: int, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One object an experiment: name, set, cycles (null: not possible), saves (share of the cycles), problem."""
    return [
        {
            "name": outcome.experiment.name, "set": dict(outcome.experiment.sets), "cycles": outcome.cycles,
            "saves": None if outcome.cycles is None else _saved(base, outcome.cycles), "problem": outcome.problem,
        }
        for outcome in outcomes
    ]  # fmt: skip
