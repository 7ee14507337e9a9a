"""What the tests of the command line share: running a command line in this process, and small sources to run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rvsim.cli import main

AXPY = """# void axpy(float *y, const float *x, float a, long n): y += a x
        .globl  axpy
axpy:   vsetvli t0, a2, e32, m8, ta, ma
        vle32.v v8, (a1)
        vle32.v v16, (a0)
        vfmacc.vf v16, fa0, v8
        vse32.v v16, (a0)
        sub     a2, a2, t0
        slli    t0, t0, 2
        add     a0, a0, t0
        add     a1, a1, t0
        bnez    a2, axpy
        ret
"""

# Prints hello, then either ends with CODE or does what TRAP says.
BARE = """
        .globl  _start
        .section .text.init, "ax"
_start: la      a1, text
        la      t0, tohost
1:      lbu     a0, 0(a1)
        beqz    a0, finish
        li      t1, 0x0101
        slli    t1, t1, 48
        or      t1, t1, a0
        sd      t1, 0(t0)
        addi    a1, a1, 1
        j       1b
finish: TRAP
        li      a0, CODE * 2 + 1
        sd      a0, 0(t0)
2:      j       2b
        .section .rodata
text:   .asciz "hello\\n"
        .data
        .balign 16
begin_signature:
        .dword  0x0123456789abcdef, 42
end_signature:
        .section .tohost, "aw"
        .balign 64
tohost: .dword  0
fromhost: .dword 0
"""


@dataclass(frozen=True)
class Outcome:
    """How a command line ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as the one JSON value that it must be."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line on stderr, which must begin like an error."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("rvsim: error: "), self.err
        return lines[0].removeprefix("rvsim: error: ")


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """`cli("run", "matmul", "m=8")`: the command line in this process; an exception that escapes fails the test."""

    def run(*words: object) -> Outcome:
        capfd.readouterr()
        status = main([str(word) for word in words])
        captured = capfd.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def axpy(here: Path) -> str:
    """`axpy.S` in the current directory."""
    (here / "axpy.S").write_text(AXPY)
    return "axpy.S"


@pytest.fixture
def bare(here: Path) -> Callable[..., str]:
    """`bare(code=3)` builds a bare-metal program in the current directory and returns its name."""
    from rvsim.toolchain import build

    def make(code: int = 0, trap: str = "nop", name: str = "program.elf") -> str:
        source = here / "bare.S"
        source.write_text(BARE.replace("CODE", str(code)).replace("TRAP", trap))
        shutil.copy(build(source, link="bare"), here / name)
        return name

    return make
