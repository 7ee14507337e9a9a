"""Hostile programs through every run loop: `python -m tests.machine.hostile --seconds 60 --seed 1`.

A case is a program that nobody would write (hostile_programs.py). It runs through the loops (hostile_loops.py) on machines that are used
again and again, now and then in several threads. Whatever it does, the process must survive, limits must hold, all loops must agree.

The cases run in a process of their own: one that ends or hangs is reported by name, and the next case goes on in another. A name is
SEED:NUMBER; `--only SEED:NUMBER` runs that case again in this process.
"""

from __future__ import annotations

import argparse
import queue
import random
import resource
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from typing import Any, TextIO

from rvsim.engine import TimingModel

from .hostile_loops import FUNCTIONAL, TIMED, World, model_for, reads_clock, run_loop, whole
from .hostile_programs import Case, Maker

PATIENCE = 120.0  # seconds without a sign of life


class Fuzzer:
    """Runs cases one after the other; `counts` says what happened."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.instructions = 0
        self.slowest = 0.0
        self._worlds: dict[object, World] = {}
        self._models: dict[tuple[str, int], TimingModel] = {}

    def _world(self, case: Case, rng: random.Random) -> World:
        """Mostly one that was used before."""
        key = case.vlen, case.extensions, tuple(case.choices.items())
        if len(self._worlds) > 12 or rng.random() < 0.05:
            self._worlds.clear()
        if key not in self._worlds:
            self._worlds[key] = World(case)
        return self._worlds[key]

    def case(self, name: str) -> list[str]:
        """What is wrong with this case; nothing, if all is well."""
        rng = random.Random("loops " + name)
        case, began = Maker(name).case(), time.process_time()
        world = self._world(case, rng)
        wrong = self._compare(case, world, rng)
        if rng.random() < 0.03:
            wrong += self._threads(name)
        self.counts["cases"] += 1
        self.slowest = max(self.slowest, time.process_time() - began)
        return wrong

    def _compare(self, case: Case, world: World, rng: random.Random) -> list[str]:
        wrong: list[str] = []
        plain = self._group(case, world, rng, False, FUNCTIONAL, wrong)
        timed = self._group(case, world, rng, True, TIMED, wrong)
        if plain and timed and not wrong and case.tohost is None:
            facts = difference(plain, {key: value for key, value in timed.items() if key != "cycles"})
            if facts and not reads_clock(world, case):
                wrong.append(f"with a clock and without: {facts}")
        return wrong

    def _group(self, case: Case, world: World, rng: random.Random, clock: bool, loops: Any, wrong: list[str]) -> dict[str, Any] | None:
        """The state that the loops of one kind agree on."""
        first = None
        for loop in (whole, *rng.sample(loops, 2)):
            if loop.__name__ == "traced" and case.budget * case.vlen > 3_000_000:
                continue
            what = f"{loop.__name__}{' with the clock of ' + case.preset if clock else ''}"
            try:
                model = model_for(case, self._models) if clock else None
                state = run_loop(world, case, loop, model, rng)
                self.instructions += state["instructions"]
                self.counts[state["stop"]] += 1
                if rng.random() < 0.2:
                    world.works(model)
            except Exception as error:
                wrong.append(f"{what}: {type(error).__name__}: {error}")
                if not isinstance(error, AssertionError):
                    wrong.append(traceback.format_exc())
                continue
            if first is None:
                first = state
            elif case.tohost is None and (facts := difference(first, state)):
                wrong.append(f"{what} and whole: {facts}")
        return first

    def _threads(self, name: str) -> list[str]:
        """Three machines at the same time do what each does alone."""
        cases = [Maker(f"{name}/{i}").case() for i in range(3)]
        alone = [run_loop(World(case), case, whole, None, random.Random(0)) for case in cases]
        together: list[Any] = [None] * 3

        def body(i: int) -> None:
            together[i] = run_loop(World(cases[i]), cases[i], whole, None, random.Random(0))

        threads = [threading.Thread(target=body, args=(i,)) for i in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.counts["in threads"] += 3
        return [f"{case.name} in a thread: {difference(a, b)}" for case, a, b in zip(cases, alone, together, strict=True) if a != b]


def difference(one: dict[str, Any], other: dict[str, Any] | None) -> str:
    """What differs, in words."""
    if other is None:
        return "no result"
    facts = []
    for key in one:
        a, b = one[key], other.get(key)
        if a != b and isinstance(a, list):
            facts += [f"{key}{i} {m:#x} / {n:#x}" for i, (m, n) in enumerate(zip(a, b, strict=True)) if m != n]
        elif a != b and isinstance(a, dict):
            facts += [f"csr {n:#x} {a[n]} / {b[n]}" for n in a if a[n] != b[n]]
        elif a != b:
            facts.append(f"{key} {a} / {b}")
    return "; ".join(facts)


# ---- the process that runs cases, and the one that looks after it ------------------------------------------------------


def work(seed: str, number: int, cases: int, seconds: float, out: TextIO) -> None:
    """Runs the cases from `number` on; says on `out` what it does."""
    fuzzer, end = Fuzzer(), time.monotonic() + seconds
    while number < cases and time.monotonic() < end:
        print("case", number, file=out, flush=True)
        for fact in fuzzer.case(f"{seed}:{number}"):
            print("wrong", number, fact.replace("\n", "\n  "), file=out, flush=True)
        number += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    counts = (f"{name.replace(' ', '_')}={count}" for name, count in fuzzer.counts.items())
    print("done", number, fuzzer.instructions, f"{fuzzer.slowest:.2f}", peak, *counts, file=out, flush=True)


class Campaign:
    """Looks after a worker, and starts another when it dies."""

    def __init__(self, seed: str, cases: int, seconds: float) -> None:
        self.seed, self.cases, self.end = seed, cases, time.monotonic() + seconds
        self.counts: Counter[str] = Counter()
        self.failures = 0
        self.slowest, self.peak, self.instructions = 0.0, 0, 0

    def run(self) -> None:
        number = 0
        while number < self.cases and time.monotonic() < self.end:
            number = self._worker(number)

    def _worker(self, start: int) -> int:
        """Cases from `start` on, until all is done or the worker dies; the number of the next case."""
        left = max(0.0, self.end - time.monotonic())
        command = [sys.executable, "-m", "tests.machine.hostile", "--seed", self.seed, "--worker", str(start), "--cases", str(self.cases)]
        worker = subprocess.Popen([*command, "--seconds", str(left)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_read, args=(worker.stdout, lines), daemon=True).start()
        number = start
        while True:
            try:
                line = lines.get(timeout=PATIENCE)
            except queue.Empty:
                worker.kill()
                return self._failed(number, f"no end after {PATIENCE:.0f} s")
            if line is None:
                worker.wait()
                return self._failed(number, f"the process ended with status {worker.returncode}")
            kind, *rest = line.rstrip("\n").split(" ", 2)
            if kind == "case":
                number = int(rest[0])
            elif kind == "done":
                self._done(line)
                worker.wait()
                return int(rest[0])
            elif kind == "wrong":
                self.failures += 1
                print(f"---- {self.seed}:{number}", *rest[1:], flush=True)
            else:
                print(" ", line.rstrip("\n"), flush=True)

    def _failed(self, number: int, why: str) -> int:
        self.failures += 1
        print(f"---- {self.seed}:{number} {why}", flush=True)
        return number + 1

    def _done(self, line: str) -> None:
        _, _, instructions, slowest, peak, *counts = line.split()
        self.instructions += int(instructions)
        self.slowest, self.peak = max(self.slowest, float(slowest)), max(self.peak, int(peak))
        for item in counts:
            name, _, count = item.partition("=")
            self.counts[name] += int(count)


def _read(stream: Any, lines: queue.Queue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--cases", type=int, default=1 << 60, help="stop after so many")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", help="run this case in this process")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        wrong = Fuzzer().case(given.only)
        print(*wrong or ["nothing wrong"], sep="\n")
        return bool(wrong)
    if given.worker is not None:
        work(given.seed, given.worker, given.cases, given.seconds, sys.stdout)
        return 0
    if given.seconds == 1e9 and given.cases == 1 << 60:
        given.seconds = 60
    campaign = Campaign(given.seed, given.cases, given.seconds)
    campaign.run()
    print("ended by", ", ".join(f"{name} {count}" for name, count in campaign.counts.most_common() if name != "cases"))
    print(f"cases={campaign.counts['cases']} instructions={campaign.instructions} failures={campaign.failures} "
          f"slowest={campaign.slowest:.2f}s peak={campaign.peak}MiB")  # fmt: skip
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
