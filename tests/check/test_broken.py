"""Deliberately broken kernels: each bug is found, and named for what it is, at the right instruction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvsim.check import Options, Report, Rig, check, function_subject

BROKEN = Path(__file__).parent / "broken"
COPY = "void f(float y[n], const float x[n], long n)"
AXPY = "void f(float y[n], const float x[n], float a, long n)"


@dataclass(frozen=True)
class Bug:
    """One broken function: kind of the finding, words of its message, start of the instruction it points at."""

    file: str
    symbol: str
    kind: str
    words: str
    instruction: str = ""
    proto: str = COPY
    reference: Callable[..., Any] | None = None
    given: tuple[tuple[str, str], ...] = ()


def copy(y: Any, x: Any, n: int) -> Any:
    return x


def total(s: Any, x: Any, n: int) -> Any:
    return np.array([x.sum(dtype=np.float64)])


def axpy(y: Any, x: Any, a: float, n: int) -> None:
    y += np.float32(a) * x


BUGS = (
    Bug("bounds.S", "overread", "out-of-bounds", "past the end of x[", "vle32.v", AXPY, axpy),
    Bug("bounds.S", "off_by_one", "out-of-bounds", "past the end of y[", "vse32.v", AXPY),
    Bug("bounds.S", "before_start", "out-of-bounds", "4 bytes before the start of x[", "flw"),
    Bug("bounds.S", "no_tail", "out-of-bounds", "x[", "vle32.v"),
    Bug("bounds.S", "writes_const", "const-write", "which is const", "vse32.v", AXPY),
    Bug("bounds.S", "red_zone", "stack", "below the stack pointer", "sd"),
    Bug("bounds.S", "caller_frame", "stack", "caller's stack frame", "sd"),
    Bug("bounds.S", "wrong_column", "out-of-bounds", "y[", "vsse32.v", "void f(float y[m*n], long m, long n)"),
    Bug("bounds.S", "gather_end", "out-of-bounds", "x[", "vluxei32.v"),
    Bug("bounds.S", "odd_pairs", "out-of-bounds", "x[", "vlseg2e32.v"),
    Bug("vectors.S", "hard_coded_vl", "wrong-result", "y[", "", COPY, lambda y, x, n: y + x, (("n", "4..512:4"),)),
    Bug("vectors.S", "hard_coded_vl", "differs", "but with VLEN 128", "", COPY, None, (("n", "4..512:4"),)),
    Bug("vectors.S", "assumes_vlmax", "wrong-result", "y[", "", COPY, copy),
    Bug("vectors.S", "needs_vlen_256", "wrong-result", "y[", "", "void f(int y[n], const int x[n], const int t[8], long n)",
        lambda y, x, t, n: t[x & 7]),
    Bug("vectors.S", "wraps_at_256", "differs", "but with VLEN 128", "", "void f(int y[n], long n)"),
    Bug("vectors.S", "index_overflow", "wrong-result", "y[", "", "void f(double y[n], const double x[n], long n)", copy),
    Bug("vectors.S", "misaligned_group", "trap", "illegal instruction", "vle32.v"),
    Bug("vectors.S", "wrong_overlap", "trap", "illegal instruction", "vwadd.vv", "void f(int y[n], const short x[n], long n)"),
    Bug("vectors.S", "tail_agnostic_sum", "undefined", "agnostic", "vfredosum.vs", "void f(float s[1], const float x[n], long n)", total),
    Bug("vectors.S", "mask_agnostic", "undefined", "agnostic", "", COPY),
    Bug("vectors.S", "mask_tail", "undefined", "agnostic", "vfirst.m", "void f(long y[1], const unsigned char x[n], long n)"),
    Bug("vectors.S", "endless", "no-return", "had not returned", "", COPY),
    Bug("vectors.S", "drops_rest", "wrong-result", "s[0]", "", "void f(int s[1], const int x[n], long n)",
        lambda s, x, n: np.array([x.sum()])),
    Bug("state.S", "zeroed_v", "undefined", "v24 holds on entry", "vredsum.vs", "void f(int s[1], const int x[n], long n)"),
    Bug("state.S", "zeroed_f", "undefined", "ft3 holds on entry", "vfmax.vf"),
    Bug("state.S", "zeroed_x", "undefined", "t4 holds on entry", "add"),
    Bug("state.S", "clobbers_s", "abi", "s2 must be what the caller left there"),
    Bug("state.S", "clobbers_fs", "abi", "fs1 must be what the caller left there"),
    Bug("state.S", "leaks_stack", "abi", "sp must be what the caller left there"),
    Bug("state.S", "leaves_frm", "abi", "frm must be 0 on return"),
    Bug("state.S", "leaves_vstart", "abi", "vstart must be 0 on return"),
    Bug("state.S", "no_vset", "undefined", "vl and vtype on entry", "vle32.v"),
    Bug("state.S", "unset_vxrm", "undefined", "vxrm on entry", "vaaddu.vx", "void f(unsigned char y[n], const unsigned char x[n], long n)"),
    Bug("state.S", "dirty_stack", "undefined", "stack memory that it has not written", "ld"),
    Bug("state.S", "double_loads", "trap", "not aligned", "vle64.v"),
)  # fmt: skip


def run(bug: Bug, **options: Any) -> Report:
    subject = function_subject(BROKEN / bug.file, bug.symbol, bug.proto, given=dict(bug.given), reference=bug.reference)
    return check(subject, Rig(), Options(jobs=1, cases=40, **options))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.symbol}-{bug.kind}")
def test_bug_is_found_and_named(bug: Bug) -> None:
    report = run(bug)
    found = [f for f in report.findings if f.kind == bug.kind and bug.words in f.message]
    assert found, report.text()
    assert bug.instruction == "" or any((f.instruction or "").startswith(bug.instruction) for f in found), report.text()
    assert len(report.findings) <= 3, report.text()  # one bug is not reported as many


def test_bugs_are_many() -> None:
    assert len({bug.symbol for bug in BUGS}) >= 25
