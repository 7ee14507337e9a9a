"""Shared by the tests of the scoring harness: a machine whose costs are known, and one run of the packaged figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rvsim.validate import Validation, validate
from rvsim.validate.loops import Loop


@pytest.fixture(scope="session")
def loop() -> Loop:
    """`generic`: 64-bit lanes, chaining, one cycle a beat."""
    return Loop("generic", {"vlen": "256", "lanes": "2"})


@pytest.fixture(scope="session")
def packaged() -> Validation:
    """All packaged figures on all presets."""
    return validate()


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """folder(**{"kernel-cycles.csv": text}) -> a data folder with these files."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return tmp_path

    return make
