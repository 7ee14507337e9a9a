"""The check itself: every case in every configuration, findings shrunk and explained, spread over the host's cores.

check(subject, rig, options) --a process a VLEN--> Report
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rvsim import isa
from rvsim.errors import RvsimError, UsageError

from . import diagnose, plan
from .bench import Bench, Outcome, Placement, Poison, Rig
from .judge import Verdict, verdict
from .report import Finding, Report, quote
from .subject import Array, Case, FunctionSubject, Subject

Values = Mapping[str, int | float | str]
SHRINKS = 60  # attempts to make a failing case smaller
SHRINKS_ENDLESS = 12  # the same for one that does not return, where every attempt takes long


@dataclass(frozen=True, slots=True)
class Options:
    """What to try. None: all that there is. `cases`: shapes for each VLEN. `words`: how the command line named the target."""

    vlens: tuple[int, ...] = plan.VLENS
    agnostic: str | None = None
    vl_choice: str | None = None
    shift: int | None = None
    edge: bool | None = None
    unaligned: bool = False
    cases: int = 120
    seed: int = 0
    max_instructions: int = 20_000_000
    max_findings: int = 10
    jobs: int | None = None
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """What one worker did."""

    findings: dict[str, Finding] = field(default_factory=dict)
    runs: int = 0
    cases: int = 0
    instructions: int = 0
    notes: set[str] = field(default_factory=set)


def check(subject: Subject, rig: Rig, options: Options, progress: Callable[[int, int], None] | None = None) -> Report:
    """Try a subject in every way that `options` leave open. Raises UsageError where no case can be made at all."""
    began = time.perf_counter()
    Bench(subject, options.vlens[0], rig, ones=False, half=False, unaligned=False)  # sources are built once, errors are the user's to see
    jobs = min(options.jobs or os.cpu_count() or 1, len(options.vlens))
    tallies = [Tally() for _ in options.vlens]
    if jobs == 1:
        for i, vlen in enumerate(options.vlens):
            tallies[i] = check_vlen(subject, rig, options, vlen)
            if progress is not None:
                progress(i + 1, len(options.vlens))
    else:
        _spread(subject, rig, options, jobs, tallies, progress)
    total = Tally()
    for tally in tallies:
        for key, finding in tally.findings.items():
            total.findings.setdefault(key, finding)
        total.runs += tally.runs
        total.cases += tally.cases
        total.instructions += tally.instructions
        total.notes |= tally.notes
    if total.cases == 0:
        raise UsageError(f"{subject.name}: no sizes satisfy its contract; widen the ranges given")
    findings = tuple(total.findings.values())[: options.max_findings]
    seconds, notes = time.perf_counter() - began, tuple(sorted(total.notes))
    return Report(subject.name, findings, total.runs, total.cases, total.instructions, options.vlens, seconds, notes)


_JOB: tuple[Subject, Rig, Options] | None = None  # inherited by worker processes: contracts hold functions, which do not pickle


def _work(vlen: int) -> Tally:
    assert _JOB is not None
    return check_vlen(*_JOB, vlen)


def _spread(
    subject: Subject, rig: Rig, options: Options, jobs: int, tallies: list[Tally], progress: Callable[[int, int], None] | None
) -> None:
    global _JOB
    _JOB = (subject, rig, options)
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"), initializer=_leave_interrupts)
    try:
        futures = [pool.submit(_work, vlen) for vlen in options.vlens]
        for i, future in enumerate(futures):
            tallies[i] = future.result()
            if progress is not None:
                progress(i + 1, len(futures))
    except BaseException:  # Ctrl-C, or an error in one process: nobody waits for what the others still do
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        _JOB = None


def _leave_interrupts() -> None:
    """In a worker: Ctrl-C reaches every process of a terminal; the one that spread the work ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def check_vlen(subject: Subject, rig: Rig, options: Options, vlen: int) -> Tally:
    """All cases at one VLEN."""
    worker = Worker(subject, rig, options, vlen)
    worker.all()
    return worker.tally


class Worker:
    """The machines of one VLEN, and what is tried on them."""

    def __init__(self, subject: Subject, rig: Rig, options: Options, vlen: int) -> None:
        self.subject, self.rig, self.options, self.vlen = subject, rig, options, vlen
        self.tally = Tally()
        self._benches: dict[tuple[int, bool, bool], Bench] = {}
        self._baselines: dict[tuple[Any, ...], Outcome] = {}
        self._longest = 0  # instructions of the longest run that returned

    def bench(self, ones: bool, half: bool, vlen: int | None = None) -> Bench:
        """A machine, made when it is first needed."""
        key = (vlen or self.vlen, ones, half)
        if key not in self._benches:
            self._benches[key] = self._new_bench(*key)
        return self._benches[key]

    def _new_bench(self, vlen: int, ones: bool, half: bool) -> Bench:
        return Bench(self.subject, vlen, self.rig, ones=ones, half=half, unaligned=self.options.unaligned)

    def pair(self, half: bool) -> tuple[Bench, Bench]:
        """The machines of a first and a second run: they differ in agnostic elements, unless one choice was asked for."""
        fixed = self.options.agnostic
        return self.bench(fixed == "ones", half), self.bench(fixed != "undisturbed", half)

    def all(self) -> None:
        """Every shape, with both choices of vl; placements go round."""
        options = self.options
        halves = [False, True] if options.vl_choice is None else [options.vl_choice == "half"]
        places = plan.placements(options.unaligned)
        for values in plan.shapes(self.subject, self.vlen, options.cases, options.seed):
            case = self.subject.case(values, self.vlen)
            if case is None:
                continue
            self.tally.cases += 1
            for half in halves:
                place = next(places)
                if options.shift is not None:
                    place = replace(place, shift=options.shift)
                if options.edge is not None:
                    place = replace(place, edge=options.edge)
                found = self.one(case, place, half)
                if found is not None and len(self.tally.findings) < options.max_findings:
                    self.explain(values, case, place, half, found)

    def one(self, case: Case, place: Placement, half: bool) -> Verdict | None:
        """Both runs of one case."""
        first_bench, second_bench = self.pair(half)
        limit = self.options.max_instructions
        if any(f.kind == "no-return" for f in self.tally.findings.values()):  # known by now: do not wait as long again
            limit = min(limit, max(100_000, 4 * self._longest))
        first = first_bench.run(case, place, Poison(0), limit)
        second = second_bench.run(case, place, Poison(1), limit)
        if first.ended == "return":
            self._longest = max(self._longest, first.instructions)
        self.tally.runs += 2
        self.tally.instructions += first.instructions + second.instructions
        if first.notes:
            self.tally.notes.add("vxrm is not what it was on entry; the calling convention allows that, callers must not rely on it")
        return verdict(first_bench, case, first, second, lambda: self._against_baseline(case, first))

    def _against_baseline(self, case: Case, first: Outcome) -> str | None:
        """For functions without a reference: the same call on the first VLEN, vl at its largest."""
        subject = self.subject
        if case.judge is not None or not isinstance(subject, FunctionSubject):
            return None
        key, place = tuple(case.values.items()), Placement(unaligned=self.options.unaligned)
        vlen = self.options.vlens[0] if len(self.options.vlens) > 1 else plan.VLENS[0]
        if key not in self._baselines:
            if len(self._baselines) > 32:
                self._baselines.clear()
            self._baselines[key] = self.bench(False, False, vlen).run(case, place, Poison(0), self.options.max_instructions)
            self.tally.runs += 1
        base = self._baselines[key]
        if base.ended != "return":
            return None  # reported for that VLEN itself
        for name, wanted in base.outputs.items():
            message = subject.differs(name, case.shape(name), first.outputs[name], wanted)
            if message is not None and diagnose.undefined(
                {ones: self.bench(ones, False, vlen) for ones in (False, True)}, case, place, self.options.max_instructions
            ):
                return None  # what it is compared with is itself left to chance, and reported for that VLEN
            if message is not None:
                return message.replace("expected", f"but with VLEN {vlen}{' and the largest vl' if vlen == self.vlen else ''}", 1)
        return None

    # ---- explaining ----------------------------------------------------------------------------------------------

    def explain(self, values: Values, case: Case, place: Placement, half: bool, found: Verdict) -> None:
        """Shrink a failing case, find the instruction, and keep it as a finding unless the same bug is known."""
        if found.key in self.tally.findings:
            return
        values, case, place, found = self._shrink(values, case, place, half, found)
        agnostic = self.options.agnostic or "undisturbed"
        benches = {False: self.bench(False, half), True: self.bench(True, half)}
        limit = self.options.max_instructions
        wrong = found.kind in ("wrong-result", "differs")
        if found.kind == "undefined" or (wrong and self.options.agnostic is None and diagnose.undefined(benches, case, place, limit)):
            culprit = diagnose.find(benches, lambda: self._new_bench(self.vlen, False, half), case, place, limit)
            agnostic = "ones" if culprit.name == diagnose.AGNOSTIC else agnostic
            array = culprit.name if culprit.name in case.arrays else None
            message = culprit.message + (f"; then {found.message}" if wrong else found.message)
            key = f"undefined {culprit.name}"
            found = Verdict("undefined", key, message, culprit.pc, culprit.vtype, culprit.vl, array=array)
        elif wrong:
            found = diagnose.writer(self.pair(half)[0], case, place, found, limit)
        if found.key not in self.tally.findings:
            self.tally.findings[found.key] = self._finding(values, place, half, agnostic, found)

    def _shrink(self, values: Values, case: Case, place: Placement, half: bool, found: Verdict) -> tuple[Values, Case, Placement, Verdict]:
        left = SHRINKS_ENDLESS if found.kind == "no-return" else SHRINKS
        simple = Placement(0, False, place.unaligned)
        if self.options.shift is None and self.options.edge is None and place != simple:
            again = self.one(case, simple, half)
            if again is not None and again.key == found.key:
                place, found = simple, again
        progress = True
        while progress and left > 0:
            progress = False
            for size in self.subject.sizes:
                for smaller in _smaller(size.name, values, size.low, size.choices, size.admits):
                    left -= 1
                    if left <= 0:
                        break
                    trial = {**values, size.name: smaller}
                    small = self.subject.case(trial, self.vlen)
                    again = None if small is None else self.one(small, place, half)
                    if small is not None and again is not None and again.key == found.key:
                        values, case, found, progress = trial, small, again, True
                        break
        return values, case, place, found

    def _finding(self, values: Values, place: Placement, half: bool, agnostic: str, found: Verdict) -> Finding:
        bench = self.bench(False, half)
        symbol = line = text = None
        if found.pc is not None:
            word, length = bench.machine.hart.word_at(found.pc)
            image = bench.program.image
            symbol, at = image.symbolize(found.pc), image.line_of(found.pc)
            line = None if at is None else f"{Path(at[0]).name}:{at[1]}"
            text = isa.disassemble(word, found.pc) if length else None
        return Finding(
            kind=found.kind,
            message=found.message,
            target=self.subject.name,
            vlen=self.vlen,
            agnostic=agnostic,
            vl_choice="half" if half else "max",
            shift=place.shift,
            edge=place.edge,
            params=dict(values),
            rerun=self._rerun(values, place, half),
            pc=found.pc,
            symbol=symbol,
            line=line,
            instruction=text,
            vtype=found.vtype,
            vl=found.vl,
            element=found.element,
            address=found.address,
            array=found.array,
        )

    def _rerun(self, values: Values, place: Placement, half: bool) -> str:
        given = [*self.options.words, *(f"{name}={value}" for name, value in values.items())]
        flags = ["--vlen", str(self.vlen), "--vl-choice", "half" if half else "max", "--shift", str(place.shift)]
        flags += ["--edge" if place.edge else "--no-edge", *(["--unaligned"] if place.unaligned else [])]
        flags += ["--agnostic", self.options.agnostic] if self.options.agnostic else []
        machine = ["--machine", self.rig.machine] if self.rig.machine != "generic" else []
        sets = [word for name, value in self.rig.sets.items() for word in ("--set", f"{name}={value}")]
        return quote(["rvsim", "check", *given, *machine, *sets, *flags])


def _smaller(name: str, values: Values, low: int, choices: tuple[Any, ...], admits: Callable[[int], bool]) -> list[Any]:
    """Values to try instead of a parameter's present one, the smallest first."""
    value = values[name]
    if choices:
        return list(choices[: choices.index(value)]) if value in choices else []
    if not isinstance(value, int) or value <= low:
        return []
    steps = dict.fromkeys([low, low + 1, 1, 2, value // 4, value // 2, value * 3 // 4, value - 1])
    return [n for n in steps if low <= n < value and admits(n)]


__all__ = ["Array", "Options", "RvsimError", "Tally", "Worker", "check", "check_vlen"]
