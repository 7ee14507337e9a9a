"""Shared by the timing tests: the instruction rows, and a model of any machine with any fields replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rvsim.isa import INSTRUCTIONS
from rvsim.timing import TimingModel, describe_all, load_machine

sys.path.insert(0, str(Path(__file__).parent))  # timing_sequences, shared by the tests of this folder


@pytest.fixture(scope="session")
def rows() -> list[dict[str, Any]]:
    return describe_all(INSTRUCTIONS)


@pytest.fixture(scope="session")
def model_of(rows: list[dict[str, Any]]) -> Callable[..., TimingModel]:
    """model_of("ara-4l", lanes=2, **{"l1d.ways": 8}) -> a fresh model."""

    def build(machine: str = "generic", **sets: object) -> TimingModel:
        return TimingModel(load_machine(machine, {key: str(value) for key, value in sets.items()}), rows)

    return build
