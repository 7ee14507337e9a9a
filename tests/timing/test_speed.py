"""A smoke test of the model's own cost on the host: far above what it takes, far below what would ruin a run."""

from __future__ import annotations

import pytest
from timing_sequences import sgemm

from rvsim.timing.player import cost


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
def test_host_time_of_an_instruction(model_of, machine: str) -> None:
    """Best of three, in nanoseconds of CPU time: about 5 scalar and 15 vector on a quiet host of 2023."""
    model = model_of(machine)
    scalar = [("addi", {"rd": 5 + i % 8, "rs1": 5 + i % 8}, {}) for i in range(15)] + [("bne", {"rs1": 5, "rs2": 6}, {})]
    vector = [("vfmacc.vf", {"vd": 4 * i, "rs1": 10 + i, "vs2": 16}, {"vtype": (32, 4), "vl": None}) for i in range(4)]
    assert min(cost(model, scalar, 20_000) for _ in range(3)) < 40
    assert min(cost(model, vector, 20_000) for _ in range(3)) < 120
    assert min(cost(model, sgemm(4, 64, 16, model.config.vlen, 4), 300) for _ in range(3)) < 100


def test_cost_does_not_grow_with_the_run(model_of) -> None:
    """Ten times the instructions, about the same time for each."""
    model = model_of()
    body = sgemm(4, 64, 16, 512, 4)
    short = min(cost(model, body, 200) for _ in range(5))
    long = min(cost(model, body, 2000) for _ in range(3))
    assert long < 2.5 * short
