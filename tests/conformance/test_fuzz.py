"""The core against the golden model: a short seed set, faults put in on purpose, and the long campaign (marked slow).

The fuzzer runs as a user would start it, in a process of its own: a plant changes the instruction table of its whole process, and Spike
ends the process when it is used wrongly.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rvsim.isa import EXTENSIONS
from tests.conformance.golden import SPIKE_NAMES
from tests.conformance.plants import PLANTS

ROOT = Path(__file__).resolve().parents[2]


def fuzz(*arguments: object) -> tuple[int, str, dict[str, float]]:
    """(exit status, output, numbers of the last line) of one run."""
    command = [sys.executable, "-m", "tests.conformance.fuzz", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1800, check=False)
    last = re.fullmatch(r"compared=(\d+) differences=(\d+) coverage=([\d.]+)%", (done.stdout.splitlines() or [""])[-1])
    assert last, f"exit status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    numbers = dict(zip(("compared", "differences", "coverage"), map(float, last.groups()), strict=True))
    return done.returncode, done.stdout, numbers


def test_every_extension_of_the_table_has_a_name_in_the_golden_model() -> None:
    assert EXTENSIONS.keys() <= SPIKE_NAMES.keys()


@pytest.mark.parametrize("vlen", [128, 512])
def test_seed_set(vlen: int) -> None:
    """The same blocks every time, nearly every cell of mnemonic x SEW x LMUL x masked among them."""
    status, output, numbers = fuzz("--blocks", 5000, "--vlen", vlen, "--seed", 20)
    assert status == 0, output
    assert numbers["differences"] == 0
    assert numbers["compared"] > 200_000
    assert numbers["coverage"] > 95
    assert "never: none" in output


@pytest.mark.parametrize("arguments", [("--vlen", 64), ("--vlen", 128, "--strict")], ids=["zve64d", "misaligned-traps"])
def test_other_configurations(arguments: tuple[object, ...]) -> None:
    status, output, numbers = fuzz("--blocks", 1500, "--seed", 22, *arguments)
    assert status == 0, output
    assert numbers["differences"] == 0
    assert numbers["compared"] > 60_000


@pytest.mark.parametrize("name", sorted(PLANTS))
def test_plant_is_found(name: str) -> None:
    """The fuzzer finds the fault, blames the row that has it, and shows it in a few instructions."""
    row = PLANTS[name].row
    status, output, numbers = fuzz("--blocks", 20_000, "--vlen", 128, "--seed", 3, "--plant", name, "--stop")
    assert status == 1
    assert numbers["differences"] == 1
    report = output[output.index("---- difference") : output.index("kinds of difference")]
    instructions = re.findall(r"^    ([a-z][\w.]*) .*# [0-9a-f]{4,8}$", report, re.MULTILINE)
    assert row in {re.sub(r"(?<=[wd])\.(aq|rl|aqrl)$", "", name) for name in instructions}, report
    assert len(instructions) <= 6, report


@pytest.mark.slow
@pytest.mark.parametrize("vlen", [64, 128, 256, 512, 1024, 2048, 4096])
def test_campaign(vlen: int) -> None:
    """A million and more at each VLEN, every cell reached."""
    status, output, numbers = fuzz("--blocks", 45_000, "--vlen", vlen, "--seed", 21)
    assert status == 0, output
    assert numbers["compared"] > 1_000_000
    assert numbers["coverage"] > 99.9
