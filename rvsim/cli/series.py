"""Runs of a figure: words are targets, machines and parameters; out come jobs, their Reports, and what tells them apart. Draws nothing.

    words, --machine, --x, --y --> jobs (targets x machines x values) --> Reports (some run at a time), labels
"""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rvsim.errors import UsageError

from .profile import options_of, profiled

if TYPE_CHECKING:
    from rvsim.profile.report import Report


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be made: words of a target and those behind `--`, its machine and fields. at: values of --x and --y."""

    words: tuple[str, ...]
    machine: str
    sets: tuple[str, ...]
    behind: tuple[str, ...] = ()
    at: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter of the target, a machine field, `machine` or `variant`, and its values."""

    name: str
    values: tuple[Any, ...] = field(default_factory=tuple)


def parse_axis(text: str) -> Axis:
    """`vlen=128..4096` (doubling), `lanes=2,4,8`, `m=16..64:16`, `variant=naive,7x4`. Raises UsageError."""
    name, equals, values = text.partition("=")
    if not equals or not name or not values:
        raise UsageError(f"{text}: write NAME=VALUES, for instance vlen=128..4096 or lanes=2,4,8")
    if ".." not in values:
        return Axis(name, tuple(_number(value) for value in values.split(",")))
    low_text, _, rest = values.partition("..")
    high_text, colon, step_text = rest.partition(":")
    try:
        low, high, step = int(low_text), int(high_text), int(step_text) if colon else 0
    except ValueError:
        raise UsageError(f"{text}: a range is 128..4096, or 16..64:16 with a step") from None
    if low < 1 or high < low or (colon and step < 1):
        raise UsageError(f"{text}: an empty range")
    if colon:
        return Axis(name, tuple(range(low, high + 1, step)))
    return Axis(name, tuple(itertools.takewhile(lambda n: n <= high, (low << i for i in range(64)))))


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def make_jobs(
    words: Sequence[str], machines: Sequence[str], sets: Sequence[str], axes: Sequence[Axis], *, behind: Sequence[str] = (),
    proto: str | None = None,
) -> list[Job]:  # fmt: skip
    """Every target on every machine at every point of the axes; `behind` is for the programs. Raises UsageError without a target."""
    from .diff import groups_of
    from .target import ProgramTarget, parse_target

    targets = groups_of(words)
    if not targets:
        raise UsageError("which TARGET? for instance `rvsim plot roofline matmul m=64 n=64 k=64`")
    programs = [behind and not t[0].endswith(".json") and isinstance(parse_target(t), ProgramTarget) for t in targets]
    if behind and not any(programs):
        raise UsageError(f"{targets[0][0]}: words after `--` are for whole programs; give parameters as key=value before it")
    jobs = []
    for target, whole in zip(targets, programs, strict=True):
        if target[0].endswith(".json"):
            jobs.append(_saved(target, axes))
        else:
            jobs += [Job(target, machine, tuple(sets), tuple(behind) if whole else ()) for machine in machines]
    for axis in axes:
        jobs = [_moved(job, axis.name, value, proto) for job in jobs for value in axis.values]
    return jobs


def _saved(words: tuple[str, ...], axes: Sequence[Axis]) -> Job:
    """A report that was saved: it has its own machine, once, and nothing of it varies."""
    from rvsim.profile.report import Report

    if axes:
        raise UsageError(f"{words[0]}: a saved report is one run; to vary {axes[0].name}, name the target itself")
    if len(words) > 1:
        raise UsageError(f"{words[0]}: a saved report has no parameter {words[1]!r}")
    report = Report.load(words[0])
    return Job(words, report.machine, tuple(f"{key}={value}" for key, value in report.set.items()))


def _moved(job: Job, name: str, value: Any, proto: str | None) -> Job:
    """The job with one parameter changed: of the target where it has it, of the machine otherwise."""
    at = (*job.at, value)
    if name == "machine":
        return replace(job, machine=str(value), at=at)
    if name == "variant" or name in _parameters(job.words, proto):
        rest = [word for word in job.words if not word.startswith(f"{name}=")]
        return replace(job, words=(*rest, f"{name}={value}"), at=at)
    return replace(job, sets=(*job.sets, f"{name}={value}"), at=at)


def _parameters(words: Sequence[str], proto: str | None) -> set[str]:
    """Names of what the target itself can be given: a kernel's parameters, or those of a function's prototype and the extents in it."""
    from rvsim import kernels

    from .target import FunctionTarget, parse_target

    given = {word.partition("=")[0] for word in words[1:]}
    if words[0] in kernels.KERNELS:
        return given | {param.name for param in kernels.get(words[0]).params}
    if proto is not None and isinstance(parse_target(words), FunctionTarget):
        from rvsim.machine.abi import parse_prototype

        parameters = parse_prototype(proto).parameters
        extents = " ".join(extent for parameter in parameters for extent in parameter.extents)
        return given | {parameter.name for parameter in parameters} | set(re.findall(r"[A-Za-z_]\w*", extents))
    return given


def labels_of(jobs: Sequence[Job]) -> list[str]:
    """What tells the runs apart: words that not all of them have, machines and fields where they differ."""
    common = set.intersection(*(set(job.words[1:]) for job in jobs))
    names = {job.words[0] for job in jobs}
    machines = {job.machine for job in jobs}
    shared = set.intersection(*(set(job.sets) for job in jobs))
    out = []
    for job in jobs:
        parts = [job.words[0]] if len(names) > 1 or len(jobs) == 1 else []
        parts += [word.removeprefix("variant=") for word in job.words[1:] if word not in common]
        parts += [job.machine] if len(machines) > 1 else []
        parts += [text for text in job.sets if text not in shared]
        out.append(" ".join(parts) or " ".join(job.words))
    return out


def in_common(jobs: Sequence[Job]) -> str:
    """What all runs have in common, for a title: the target with its parameters, and the machine; what labels leave out."""
    names = ", ".join(dict.fromkeys(job.words[0] for job in jobs))
    first, *others = jobs
    words = [word for word in first.words[1:] if all(word in job.words for job in others)]
    machine = f" on {first.machine}" if all(job.machine == first.machine for job in others) and not first.words[0].endswith(".json") else ""
    fields = [text for text in first.sets if all(text in job.sets for job in others)]
    return " ".join([names, *words]) + machine + (f" with {' '.join(fields)}" if fields else "")


def run_jobs(jobs: Sequence[Job], given: Mapping[str, Any], *, impossible: bool) -> list[Report | None]:
    """Run them, some at a time: simulations need no interpreter. impossible: a machine that cannot be is None, not an error."""
    from concurrent.futures import ThreadPoolExecutor

    def one(job: Job) -> Report | None:
        try:
            return report_of(job, given)
        except UsageError:
            if impossible and len(jobs) > 1 and _is_machine_error(job):
                return None
            raise

    with _bar(len(jobs), bool(given["quiet"])) as advance, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        out = []
        for report in pool.map(one, jobs):
            out.append(report)
            advance()
    if all(report is None for report in out):
        report_of(jobs[0], given)  # raises, and says why
    return out


def _is_machine_error(job: Job) -> bool:
    """Whether the machine itself is what is impossible."""
    from rvsim.engine import load_machine

    try:
        load_machine(job.machine, dict(text.partition("=")[::2] for text in job.sets))
    except UsageError:
        return True
    return False


def _bar(total: int, quiet: bool) -> Any:
    """A progress bar on a terminal; what it gives is called after each run."""
    from contextlib import contextmanager

    @contextmanager
    def nothing() -> Any:
        yield lambda: None

    @contextmanager
    def shown() -> Any:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("simulating", total=total)
            yield lambda: bar.advance(task)

    return nothing() if quiet or total < 2 or not sys.stderr.isatty() else shown()


def report_of(job: Job, given: Mapping[str, Any], window: Any = None) -> Report:
    return run_job(job, given, window)[0]


def run_job(job: Job, given: Mapping[str, Any], window: Any = None) -> tuple[Report, Any]:
    """(report, a function that gives the recording) of one run, or of a saved report."""
    from rvsim.profile.report import Report

    from .target import FunctionTarget, ProgramTarget, parse_target

    if job.words[0].endswith(".json"):
        return Report.load(job.words[0]), None
    target = parse_target(job.words, job.behind)
    fits = {
        "proto": given["proto"] if isinstance(target, FunctionTarget) else None,
        "mode": given["mode"] if isinstance(target, ProgramTarget) else None,
    }
    options = options_of({**given, **fits, "quiet": True, "json": True}, machine=job.machine, sets=job.sets, window=window)
    report, _, recording = profiled(target, options)
    return report, recording
