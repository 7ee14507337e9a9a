"""The stub under gdb itself (Debian: gdb-multiarch): a Linux program, a bare-metal one, and a function called with arrays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rvsim

from .conftest import COUNT, SPIN, Running, gdb

pytestmark = pytest.mark.llvm
AXPY = """
        .globl  axpy
axpy:   vsetvli t0, a2, e32, m8, ta, ma
        vle32.v v8, (a1)
        vle32.v v16, (a0)
        vfmacc.vf v16, fa0, v8
        vse32.v v16, (a0)
        ret
"""
BARE = """
        .globl _start
_start: li t0, 7
        csrw mscratch, t0
        la t1, tohost
here:   sd t0, (t1)
1:      j 1b
        .section .tohost, "aw"
        .globl tohost
tohost: .dword 0
"""


def test_a_linux_program(linux: Callable[..., Path]) -> None:
    path = linux(COUNT)
    running = Running(lambda debugger: rvsim.run_elf(path, mode="user", functional=True, debugger=debugger))
    said = gdb(
        f"target remote :{running.port}", "break work", "continue", "bt", "stepi", "p $a0", "info registers vl", "watch *(long *)&cell",
        "continue", "x/gd &cell", "info auxv", "p $v0.floats[0]", "delete", "continue", file=path,
    )  # fmt: skip
    for text in ("Breakpoint 1, ", "in work ()", "$1 = 10", "Hardware watchpoint 2", "Old value = 10", "New value = 9", "AT_PAGESZ",
                 "$2 = 0", "exited with code 05"):  # fmt: skip
        assert text in said, said
    assert running.result().exit_code == 5


def test_a_bare_metal_program(linux: Callable[..., Path]) -> None:
    path = linux(BARE)
    running = Running(lambda debugger: rvsim.run_elf(path, debugger=debugger))
    said = gdb(
        f"target remote :{running.port}", "break here", "continue", "p $mscratch", "p $mstatus", "monitor cycles", "continue", file=path
    )
    assert "$1 = 7" in said and "cycles, 4 instructions" in said and "exited with code 03" in said, said
    assert running.result().exit_code == 3


def test_a_function_with_arrays(tmp_path: Path) -> None:
    from rvsim.toolchain import build

    (tmp_path / "axpy.S").write_text(AXPY)
    elf = build(tmp_path / "axpy.S")
    x, y = np.arange(8, dtype=np.float32), np.ones(8, np.float32)

    def call(debugger: object) -> rvsim.Result:
        machine = rvsim.Machine("generic", vlen=256)
        machine.debugger = debugger  # type: ignore[assignment]
        return machine.load(elf).call("axpy", y, x, np.float32(2), 8)

    running = Running(call)
    said = gdb(
        f"target remote :{running.port}", f"add-symbol-file {elf} -o 0x10000000", "break 6", "continue", "p $v8.floats[3]", "p $vl",
        "set var $v16.floats[0] = 1000", "continue",
    )  # fmt: skip
    assert "axpy () at" in said and "$1 = 3" in said and "$2 = 8" in said and "exited normally" in said, said
    result = running.result()
    assert result.cycles and y.tolist() == [1000, 3, 5, 7, 9, 11, 13, 15]


def test_the_command_line_says_what_to_type(linux: Callable[..., Path]) -> None:
    command = [sys.executable, "-m", "rvsim", "run", str(linux(SPIN)), "--mode", "user", "--functional", "--gdb"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("rvsim: waiting for gdb: gdb-multiarch /") and "target remote localhost:" in line
        port = line.split("localhost:")[1].split("'")[0]
        said = gdb(f"target remote :{port}", "stepi", "kill")
        assert "killed" in said
        rest = process.stderr.read()
    assert process.returncode == 137 and "ended by the debugger" in rest
