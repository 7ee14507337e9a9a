"""Reports and a log of small runs, made once."""

from __future__ import annotations

import pytest

import rvsim
from rvsim.profile import Recording, Report, Window


@pytest.fixture(scope="session")
def report() -> Report:
    """A profiled matmul."""
    return rvsim.Machine("generic").run("matmul", m=24, n=40, k=16, profile=True).report()


@pytest.fixture(scope="session")
def reports() -> list[tuple[str, Report]]:
    """Two variants and a kernel without a peak of its own."""
    runs = (
        ("matmul", {"variant": "7x4", "m": 16, "n": 32, "k": 16}),
        ("matmul", {"variant": "naive", "m": 16, "n": 32, "k": 16}),
        ("copy", {}),
    )
    return [(f"{name} {i}", rvsim.Machine("ara-4l").run(name, profile=True, **params).report()) for i, (name, params) in enumerate(runs)]


@pytest.fixture(scope="session")
def log() -> Recording:
    """Every instruction of a small run."""
    recording = rvsim.Machine("generic").run("matmul", m=8, n=32, k=8, window=Window()).recording
    assert recording is not None
    return recording
