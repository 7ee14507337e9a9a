"""Profiling costs at most half as much again as the timed run, and nothing when it is off. Ratios within one process, CPU time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

import rvsim


def best(what: Callable[[], object], other: Callable[[], object], rounds: int = 7) -> float:
    """Least CPU time of `what` over that of `other`, run in turn; this thread's time, so that other work on the host counts less."""
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for run, kept in zip((what, other), times, strict=True):
            began = time.thread_time()
            run()
            kept.append(time.thread_time() - began)
    return min(times[0]) / min(times[1])


@pytest.mark.parametrize("machine", ["generic", "spacemit-x60", "ara-4l"])
def test_a_profiled_run_takes_at_most_half_as_long_again(machine: str) -> None:
    device = rvsim.Machine(machine)
    size = {"m": 192, "n": 192, "k": 192}
    ratio = best(lambda: device.run("matmul", profile=True, **size), lambda: device.run("matmul", **size))
    assert ratio <= 1.5
