"""docs/howto/write-a-kernel.md shows what the simulator says today, and its kernels are right at any shape."""

from __future__ import annotations

import itertools

import pytest

import rvsim
from tests.howto.steps import BLOCK, FOLDER, PAGE, VARIANTS, measure, renewed


def test_figures_are_current() -> None:
    """If not: `python -m tests.howto.steps`, then read the page again."""
    text = PAGE.read_text()
    assert [int(match[2]) for match in BLOCK.finditer(text)] == list(VARIANTS)
    assert renewed(text) == text


def test_every_step_but_the_seventh_row_makes_it_faster() -> None:
    cycles = [measure(step).cycles or 0 for step in VARIANTS]
    assert cycles[-1] == min(cycles)
    assert all(later < earlier for earlier, later in itertools.pairwise(cycles[:5]))


@pytest.mark.parametrize("name", [name for name in VARIANTS.values() if name.endswith(".S")])
def test_steps_are_right_at_any_shape(name: str) -> None:
    machine = rvsim.Machine("generic", vlen=256, functional=True)
    for m, n, k in ((0, 3, 3), (1, 1, 1), (3, 7, 5), (4, 32, 4), (5, 33, 1), (7, 70, 9), (9, 31, 0)):
        result = machine.run("matmul", variant=f"{FOLDER / name}:sgemm", m=m, n=n, k=k, lda=k + 1, ldb=n + 2, ldc=n + 3)
        assert result.correct, f"{name} m={m} n={n} k={k}: {result.check}"
