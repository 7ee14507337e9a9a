"""What profiling costs beside a timed run that looks at every instruction, too. Ratios within one process, CPU time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

import rvsim
from rvsim import asm


def best(what: Callable[[], object], other: Callable[[], object], rounds: int = 9) -> float:
    """Least CPU time of `what` over that of `other`, run in turn; this thread's time, so that other work on the host counts less."""
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for run, kept in zip((what, other), times, strict=True):
            began = time.thread_time()
            run()
            kept.append(time.thread_time() - began)
    return min(times[0]) / min(times[1])


@pytest.mark.parametrize("machine", ["generic", "spacemit-x60", "ara-4l"])
def test_a_profiled_run_takes_little_more_than_half_as_long_again(machine: str) -> None:
    device = rvsim.Machine(machine)
    assert device.model is not None
    device.model.replays = False  # a profile looks at every instruction; a plain run may repeat what it knows of a loop (decision 0005)
    program = device.load(asm.path("matmul/f32_7x4.S"))
    n = 160
    a, b, c = (device.array((n, n)) for _ in range(3))

    def call(profile: bool) -> None:
        program.call("sgemm", a, b, c, n, n, n, n, n, n, profile=profile)

    assert best(lambda: call(True), lambda: call(False)) <= 1.65  # a call takes a tenth of a millisecond beside: this is the instructions
