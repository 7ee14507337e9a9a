"""The figures of a benchmark run as docs/performance.md: the bars, what was reached, and on what.

What a figure means is text of this file; every number comes from the run.
"""

from __future__ import annotations

from typing import Any

# (program, VLEN) -> least multiple of Spike's speed: functional, timed
BARS = {
    ("scalar", 512): (1.5, 0.6), ("sgemm", 128): (20, 15), ("sgemm", 512): (80, 45), ("sgemm", 4096): (230, 140), ("igemm", 512): (40, 30),
    ("conv2d", 512): (50, 40), ("stream", 512): (40, 25),
}  # fmt: skip
NUMPY_BARS = {"sgemm": 6.0, "registry": 9.0}  # at most so many times numpy's time
START_BARS = (0.05, 0.25, 0.5)

_HEAD = """# Performance

How fast rvsim simulates, measured against other simulators on the same machine code. Written by `make bench`; do not edit.

A ratio is of CPU time **per repetition**: the slope between two repetition counts of one program, so that start-up drops out.
The simulators take turns within one run; the best of {rounds} rounds counts. Timed means the full model with the cause of every cycle.
At VLEN 128 the machines have two lanes. The programs are in `tests/bench/workloads/`; each checks its own result.

| | |
|---|---|
"""

_WHY = """
## Where the time goes

A timed run is a chain of handlers that each execute one instruction, account for it, and jump to the next one; the scalar core's clock
stays in host registers. By instruction, on the machine above:

- **Scalar instructions** take some fifty host instructions: half execute and dispatch, half are the scoreboard (operands, ports, one
  charge). Maxima as branches instead of conditional moves changed nothing, so it is the number of host instructions that binds.
- **Vector instructions** pass through a step (`timing/vector.pyx`) of one to two hundred host instructions. At VLEN 128, where an
  instruction is one host vector, this is most of the time; at VLEN 4096 the element loops and the cache are.
- **Code whose timing repeats**, loop nests with their branches and calls, is replayed ([decision 5](decisions/0005-replayed-loops.md)):
  executed, with the memory hierarchy and the predictors asked as ever, and not computed again: ten to twenty host instructions for a
  scalar one. A lap costs some six microseconds to record, which pays after twenty to a hundred replays; where lines come from memory at
  ever new times that is not reached, and the model does it all (`matmul m=64 n=768 k=768` on `xuantie-c908`).
- **Cache lines** of a vector access that lie in different sets go together (`timing/runs.pyx`, `timing/fetches.pyx`): a hit costs about
  1 ns, a line that the second level has 3, one from memory 10; a stream is advanced once an access. With AVX-512 sixteen sets are one
  vector. An access of four lines costs half of what one of sixteen does. Lines of scalar accesses, and of accesses of one or two lines,
  take 3 ns where they hit and 15 to 25 where they do not; 7 in a loop that is asked ahead, where memory follows the first level (`ara-4l`).
- The element loops of `vfmacc.vf` and `vwmacc.vx` are bound by the host's one 64-byte store a cycle. Inner loops that only sum
  products, of floats or of integers, therefore run many rotations at a time with their sums in host registers
  ([decision 6](decisions/0006-loops-in-bulk.md)); what is left of `igemm`'s time is what its loads ask of the caches.

## Where bars are missed

- **`conv2d` on `spacemit-x60`**, 35 to 39 times Spike from run to run. All but a hundredth of it is replayed, at 370 ns for a channel and
  a row of the kernel: three loads of X with twelve of W and twelve `vfmacc.vf`. A seventh of that is the copies of X, whose 270 KB come
  from the host's second level, a fifth the multiply-adds, a twelfth the loads of W, a third the hierarchy (accesses of four and five
  lines, and dirty lines of Y on their way down), a tenth what follows from answers that come at another time. Gained: multiply-adds
  that share a vector together, runs of loads that ask once for a line, handlers of their own for contiguous accesses. Tried without
  gain: handlers that look at the answer before the access, more room for laps, more ways and frontiers kept for each, beats
  prefetched, marks of dirty lines that are left where they are set.
- **`sgemm` at VLEN 4096 on `spacemit-x60`** is at its bar against Spike, 130 to 155 times from run to run, and misses the one against
  numpy. Each load brings sixteen lines that the first level does not have: these take 45 % of the time, the questions of a lap 20 %, the
  sums 17 %. Tried without gain: lines of a stream that are placed in the caches some accesses later, sixty-four at once (loads of A fall
  in between them); clearing the places of lines that leave by groups of one tag (the number of groups cannot be foretold); arrays that
  begin with a line of the host; lines of A that are looked up once for all laps in which they stay; laps that lead to each other
  directly.
- **The registry's matmul on `spacemit-x60`.** A row of B is two accesses of four lines that begin a stream each time and bring four lines
  of the next strip; they come at so many different times that a thousand laps take turns. A quarter of the time goes to the hierarchy,
  a fifth to questions, a fifth to recording laps that had been forgotten; more room for them changes little any more. Rates in whole
  fractions of a cycle would not help: what differs is when lines were asked for.
- **`scalar` on `spacemit-x60`** is at its bar: see scalar instructions above.
"""


def _verdict(reached: float, bar: float, at_most: bool = False) -> str:
    met = reached <= bar if at_most else reached >= bar
    return f"{reached:.2f}" if met else f"{reached:.2f} (missed)"


def page(found: dict[str, Any]) -> str:
    """The page; rows without Spike are left out."""
    text = _HEAD.format(rounds=found["rounds"])
    text += "".join(f"| {name} | {value} |\n" for name, value in found["host"].items() if value is not None)
    text += "| command | `python -m tests.bench --page docs/performance.md` |\n\n## Times Spike's speed\n\n"
    text += "| program | VLEN | functional | bar | spacemit-x60 | ara-4l | bar | qemu |\n|---|---|---|---|---|---|---|---|\n"
    for row in found["rows"]:
        bars = BARS.get((row["name"], row["vlen"]))
        seconds, ratios = row["seconds_per_repetition"], row["ratios"]
        if bars is None or "spike" not in seconds:
            continue
        timed = [_verdict(ratios[f"timed {machine} / spike"], bars[1]) for machine in ("spacemit-x60", "ara-4l")]
        qemu = f"{seconds['spike'] / seconds['qemu']:.2f}" if "qemu" in seconds else "-"
        cells = [_verdict(ratios["functional / spike"], bars[0]), f"{bars[0]}", *timed, f"{bars[1]}", qemu]
        text += f"| {row['name']} | {row['vlen']} | {' | '.join(cells)} |\n"
    return text + _others(found) + _WHY


def _others(found: dict[str, Any]) -> str:
    text = "\n## Times numpy's time, one thread\n\n| program | VLEN | functional | spacemit-x60 | ara-4l | bar, timed |\n"
    text += "|---|---|---|---|---|---|\n"
    for row in found["rows"]:
        if "numpy_seconds" in row:
            own = [
                row["seconds_per_repetition"][who] / row["numpy_seconds"] for who in ("functional", "timed spacemit-x60", "timed ara-4l")
            ]
            bar = NUMPY_BARS["sgemm"] if row["vlen"] == 4096 else None
            timed = [_verdict(value, bar, True) if bar else f"{value:.2f}" for value in own[1:]]
            text += f"| sgemm 256 | {row['vlen']} | {own[0]:.2f} | {' | '.join(timed)} | {bar or '-'} |\n"
    if "registry" in found:
        base = found["registry"]["numpy_seconds"]
        timed = [_verdict(value / base, NUMPY_BARS["registry"], True) for value in found["registry"]["seconds"].values()]
        text += f"| registry matmul 7x4, 512 | 1024 | - | {' | '.join(timed)} | {NUMPY_BARS['registry']} |\n"
    if "start_up" in found:
        text += "\n## Start-up, CPU seconds\n\n| | best of five | bar |\n|---|---|---|\n"
        for (what, value), bar in zip(found["start_up"].items(), START_BARS, strict=True):
            text += f"| `{what}` | {_verdict(value, bar, True)} | {bar} |\n"
    return text + "\nMemory, linearity and threads are tests: `tests/bench/test_costs.py`.\n"
