"""Cycle counts of small programs, exact. They change only with a reason, which the commit that changes golden.txt states.

Each line: machine, lanes, vlen, program, cycles cold, cycles warm. A mismatch prints the line as it is now.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from timing_sequences import dot, fmatmul, sgemm, stream

LINES = [line.split() for line in (Path(__file__).parent / "golden.txt").read_text().splitlines() if line and line[0] != "#"]
PROGRAMS = {
    "fmatmul-24": lambda vlen: fmatmul(24, 24, 24, vlen),
    "sgemm-7x4": lambda vlen: sgemm(7, 128, 48, vlen, 4),
    "stream-3000": lambda vlen: stream(3000, vlen, 8),
    "dot-999": lambda vlen: dot(999, vlen, integer=True),
    "dot-777": lambda vlen: dot(777, vlen, integer=False),
}


def test_every_program_has_a_figure_on_every_machine() -> None:
    assert {line[3] for line in LINES} == set(PROGRAMS)
    assert {line[0] for line in LINES} >= {"generic", "ara-4l", "spacemit-x100"}


@pytest.mark.parametrize("line", LINES, ids=[" ".join(line[:4]) for line in LINES])
def test_cycles(model_of, line: list[str]) -> None:
    machine, lanes, vlen, name = line[:4]
    model = model_of(machine, lanes=lanes, vlen=vlen)
    program = PROGRAMS[name](int(vlen))
    model.play(program)
    cold = model.drain()
    model.reset(warm=True)
    model.play(program)
    assert " ".join(line) == f"{machine} {lanes} {vlen} {name} {cold} {model.drain()}"
