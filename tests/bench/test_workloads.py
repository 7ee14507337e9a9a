"""The benchmark programs run and find their own results right, functional and timed, at several VLEN."""

from __future__ import annotations

from pathlib import Path

import pytest

import rvsim
from tests.bench.programs import NAMES, build

SMALL = {"sgemm": ("-DN=32",), "igemm": ("-DN=32",), "conv2d": (), "stream": ("-DNF=4096",), "scalar": ()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workloads")


@pytest.mark.parametrize("vlen", [128, 512, 4096])
@pytest.mark.parametrize("name", NAMES)
def test_results_are_right(folder: Path, name: str, vlen: int) -> None:
    elf = build(name, 1, folder, *SMALL[name])
    lanes = {"lanes": 2} if vlen == 128 else {}
    functional = rvsim.run_elf(elf, vlen=vlen, functional=True, set=lanes)
    timed = rvsim.run_elf(elf, "ara-4l", vlen=vlen, set=lanes)
    assert (functional.exit_code, timed.exit_code) == (0, 0)
    assert functional.stdout.startswith(b"crc=" if name == "scalar" else b"bad=0") and b"bad=0" in timed.stdout
    assert abs(functional.instructions - timed.instructions) < 100  # the programs print their cycle counts: more digits, more code
    assert timed.cycles is not None and timed.cycles > timed.instructions // 2
