"""Shared by the tests of the scoring harness: a machine whose costs are known, and one run of the packaged figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from rvsim.validate import Validation, validate
from rvsim.validate.loops import Loop


@pytest.fixture(scope="session")
def loop() -> Loop:
    """`generic`: 64-bit lanes, chaining, one cycle a beat."""
    return Loop("generic", {"vlen": "256", "lanes": "2"})


@pytest.fixture(scope="session")
def timed() -> tuple[Validation, float]:
    """All packaged figures on all presets, and the processor seconds they took."""
    begin = process_time()
    return validate(), process_time() - begin


@pytest.fixture(scope="session")
def packaged(timed: tuple[Validation, float]) -> Validation:
    """All packaged figures on all presets."""
    return timed[0]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """folder(**{"kernel-cycles.csv": text}) -> a data folder with these files."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return tmp_path

    return make
