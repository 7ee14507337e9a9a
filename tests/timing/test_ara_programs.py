"""Whole programs on Ara with 2 to 16 lanes: right results, and times that the unit laws of the machine allow and explain.

No measurement stands behind these figures. A program must not beat the bound of its busiest unit, must come as near to it as the
known serialisations let it, and must gain from lanes as long as its vectors fill them.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import rvsim

LANES = (2, 4, 8, 16)
SOURCE = Path(__file__).parent / "ara_programs.c"


def convolution(dtype: type) -> tuple[Callable, Callable]:
    def arguments(random: np.random.Generator) -> list:
        data = random.integers(-9, 9, (34, 258)).astype(dtype)
        return [np.zeros((32, 256), dtype), data, random.integers(-9, 9, (3, 3)).astype(dtype), 32, 256]

    def reference(out, data, taps, rows, cols):
        return sum(taps[i, j] * data[i : i + rows, j : j + cols] for i in range(3) for j in range(3))

    return arguments, reference


def stencil(_out, grid, n):
    new = np.zeros((n, n))
    new[1:-1, 1:-1] = 0.2 * (grid[1:-1, 1:-1] + grid[1:-1, :-2] + grid[1:-1, 2:] + grid[:-2, 1:-1] + grid[2:, 1:-1])
    return new


def sparse(random: np.random.Generator) -> list:
    return [np.zeros(32), random.random((32, 64)), 8 * random.integers(0, 500, (32, 64), dtype=np.uint64), random.random(500), 32, 64]


# name -> arguments, reference, cycles of the busiest unit by lanes, (least, most) part of the time that unit works with 4 lanes
PROGRAMS: dict[str, tuple[Callable, Callable, Callable[[int], float], tuple[float, float]]] = {
    "fconv3x3": (*convolution(np.float64), lambda lanes: 9 * 32 * 256 / lanes, (0.6, 1)),
    "iconv3x3": (*convolution(np.int64), lambda lanes: 9 * 32 * 256 / lanes, (0.3, 0.8)),
    "imatmul": (
        lambda random: [np.zeros((16, 256), np.int64), *(random.integers(-9, 9, shape) for shape in ((16, 32), (32, 256))), 16, 32, 256],
        lambda _c, a, b, *_: a @ b, lambda lanes: 16 * 32 * 256 / lanes, (0.95, 1),
    ),
    "jacobi2d": (lambda random: [np.zeros((66, 66)), random.random((66, 66)), 66], stencil, lambda lanes: 5 * 64 * 64 / lanes, (0.35, 0.7)),
    "exponential": (
        lambda random: [np.zeros(4096, np.float32), random.uniform(-9, 9, 4096).astype(np.float32), 4096],
        lambda _y, x, _n: np.exp(x), lambda lanes: 20 * 4096 / (2 * lanes), (0.6, 0.9),
    ),
    "dropout": (
        lambda random: [np.zeros(8192, np.float32), random.random(8192, dtype=np.float32), np.float32(2), random.bytes(1024), 8192],
        lambda _y, x, scale, keep, _n: np.where(np.unpackbits(np.frombuffer(keep, np.uint8), bitorder="little") > 0, scale * x, 0),
        lambda lanes: 2 * 4 * 8192 / (4 * lanes), (0.85, 1),
    ),
    "spmv": (sparse, lambda _y, a, at, x, *_: (a * x[at // 8]).sum(1), lambda lanes: 32 * 64 * (2 + 4 / lanes), (0.4, 0.9)),
}  # fmt: skip


def cycles(name: str, lanes: int) -> int:
    arguments, reference, _, _ = PROGRAMS[name]
    values = [np.frombuffer(value, np.uint8) if isinstance(value, bytes) else value for value in arguments(np.random.default_rng(7))]
    program = rvsim.Machine(f"ara-{lanes}l").load(SOURCE)
    for _ in range(2):
        result = program.call(name, *values, warm=True)
    np.testing.assert_allclose(values[0], reference(*values), rtol=2e-6 if values[0].dtype == np.float32 else 1e-12, atol=1e-30)
    assert sum(result.stalls.values()) == result.cycles
    return result.cycles


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_busiest_unit_explains_the_time(name: str) -> None:
    _, _, bound, (least, most) = PROGRAMS[name]
    assert least <= bound(4) / cycles(name, 4) <= most


@pytest.mark.parametrize("name", PROGRAMS)
def test_lanes_help_and_never_beat_the_bound(name: str) -> None:
    _, _, bound, _ = PROGRAMS[name]
    times = [cycles(name, lanes) for lanes in LANES]
    assert all(time >= bound(lanes) for time, lanes in zip(times, LANES, strict=True))
    assert all(few > more for few, more in pairwise(times))
    if name != "spmv":  # one element at a time, whatever the lanes
        assert times[0] > 1.5 * times[1] > 1.5 * 1.2 * times[2]
