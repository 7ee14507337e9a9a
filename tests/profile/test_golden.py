"""Profiles of two small programs, word for word. They change only with a reason, which the commit that changes them states.

After a change that is meant: RVSIM_WRITE_GOLDEN=1 pytest tests/profile/test_golden.py, then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rvsim
from rvsim.profile.screen import render

FOLDER = Path(__file__).parent / "golden"
SAXPY = """
        .globl  saxpy
saxpy:  vsetvli t0, a2, e32, m4, ta, ma
        vle32.v v8, (a1)
        vle32.v v16, (a0)
        vfmacc.vf v16, fa0, v8
        vse32.v v16, (a0)
        slli    t1, t0, 2
        sub     a2, a2, t0
        add     a0, a0, t1
        add     a1, a1, t1
        bnez    a2, saxpy
        ret
"""
TOTAL = """
        .globl  total
total:  vsetvli t0, zero, e64, m2, ta, ma
        vmv.v.i v8, 0
        vmv.v.i v16, 0
1:      vsetvli t0, a1, e64, m2, tu, ma
        vle64.v v12, (a0)
        vfadd.vv v8, v8, v12
        sub     a1, a1, t0
        slli    t0, t0, 3
        add     a0, a0, t0
        bnez    a1, 1b
        vsetvli t0, zero, e64, m2, ta, ma
        vfredusum.vs v16, v8, v16
        vfmv.f.s fa0, v16
        ret
"""


def saxpy(machine: str) -> str:
    y, x = np.ones(300, np.float32), np.ones(300, np.float32)
    program = rvsim.Machine(machine).load(SAXPY)
    return render(program.call("saxpy", y, x, np.float32(2), 300, profile=True, target="saxpy").report(), everything=True)


def total(machine: str) -> str:
    program = rvsim.Machine(machine).load(TOTAL)
    return render(program.call("total", np.ones(500), 500, profile=True, target="total").report(), everything=True)


@pytest.mark.parametrize(("program", "machine"), [(saxpy, "generic"), (total, "generic"), (total, "ara-4l")])
def test_profile(program: Callable[[str], str], machine: str) -> None:
    file = FOLDER / f"{program.__name__}-{machine}.txt"
    text = program(machine) + "\n"
    if os.environ.get("RVSIM_WRITE_GOLDEN") == "1":
        file.write_text(text)
    assert text == file.read_text()
