"""Bugs as trackers of real projects describe them are found; correct kernels that do unusual things are not reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvsim.check import Options, Rig, check, function_subject

from .test_broken import BROKEN, Bug

UNUSUAL = Path(__file__).parent / "unusual.S"
COPY = "void f(int y[n], const int x[n], long n)"
FLOATS = "void f(float y[n], const float x[n], long n)"
TOTAL = "void f(int s[1], const int x[n], long n)"
DOT = "float f(const float x[n], const float w[n], long n)"
INT8 = "void f(int s[1], const signed char x[n], const signed char w[n], long n)"


def copy(y: Any, x: Any, n: int) -> Any:
    return x


def total(s: Any, x: Any, n: int) -> Any:
    return np.array([x.sum(dtype=np.int32)])


def integer_dot(s: Any, x: Any, w: Any, n: int) -> Any:
    return np.array([(x.astype(int) * w).sum()])


def dot(x: Any, w: Any, n: int) -> float:
    return float((x.astype(float) * w).sum())


BUGS = (
    Bug("field.S", "ignores_vl", "wrong-result", "y[4]", "", COPY, copy),
    Bug("field.S", "ignores_vl", "differs", "with VLEN 128 and the largest vl", "", COPY),
    Bug("field.S", "wrong_sew", "wrong-result", "y[0]", "", COPY, lambda y, x, n: 2 * x),
    Bug("field.S", "wrong_sew", "undefined", "agnostic", "vse32.v", COPY),
    Bug("field.S", "i16_acc", "wrong-result", "s[0]", "", INT8, integer_dot),
    Bug("field.S", "ff_stale", "wrong-result", "y[1]", "", COPY, copy),
    Bug("field.S", "ff_stale2", "undefined", "agnostic", "vle8ff.v", "long f(const unsigned char x[n], long n)"),
    Bug("field.S", "whole_over", "out-of-bounds", "past the end of x[1] (element 1)", "vl1re32.v", COPY),
    Bug("field.S", "whole_store", "out-of-bounds", "writes past the end of y[1]", "vs1r.v", COPY),
    Bug("field.S", "stride_elems", "trap", "not aligned", "vlse32.v", "void f(int y[n], const int x[2*n], long n)"),
    Bug("field.S", "neg_stride", "out-of-bounds", "past the end of x[1] (element 0)", "vlse32.v", COPY),
    Bug("field.S", "seg_fields", "out-of-bounds", "past the end of x[2]", "vlseg3e32.v", "void f(int y[n], const int x[2*n], long n)"),
    Bug("field.S", "v0_clobber", "wrong-result", "y[", "", COPY, lambda y, x, n: np.where(x < 0, x + 1, x)),
    Bug("field.S", "polarity", "wrong-result", "y[0]", "", COPY, lambda y, x, n: np.maximum(x, 0)),
    Bug("field.S", "dowhile", "out-of-bounds", "x[0]", "lw", COPY),
    Bug("field.S", "align_down", "out-of-bounds", "bytes before the start of x[1]", "lw", COPY),
    Bug("field.S", "vstart_set", "trap", "vstart 1", "vadd.vv", COPY),
    Bug("field.S", "lmul_mix", "undefined", "v9 holds on entry", "vse32.v", COPY, copy),
    Bug("field.S", "compress_all", "undefined", "agnostic", "vcompress.vm", COPY),
    Bug("field.S", "slide_tail", "undefined", "agnostic", "vslidedown.vi", COPY),
    Bug("field.S", "gather_tail", "undefined", "agnostic", "vrgather.vv", COPY),
    Bug("field.S", "masked_load_stale", "undefined", "agnostic", "vse32.v", COPY),
    Bug("field.S", "vset_ratio", "trap", "vill", "vsext.vf2", "void f(int y[n], const short x[n], long n)"),
    Bug("field.S", "ret_int", "abi", "sign-extended", "", "int f(const int x[n], long n)"),
    Bug("field.S", "unsigned_n", "out-of-bounds", "past the end of x[1]", "vle32.v", COPY),
    Bug("field.S", "ra_lost", "no-return", "had not returned", "ret", COPY),
    Bug("field.S", "tp_used", "abi", "tp must be", "", COPY),
    Bug("field.S", "s11_lost", "abi", "s11 must be", "", COPY),
    Bug("field.S", "reduce_seed", "wrong-result", "s[0]", "", TOTAL, total),
    Bug("field.S", "f32_upper", "wrong-result", "y[1] is nan", "", "void f(float y[n], const float x[n], float a, long n)",
        lambda y, x, a, n: x * np.float32(a)),
    Bug("field.S", "vxsat_dep", "undefined", "vxsat on entry", "csrr", COPY),
    Bug("field.c", "one_too_many", "out-of-bounds", "past the end of x[0]", "vle32.v", FLOATS),
    Bug("field.c", "unset_sums", "undefined", "stack memory", "", "int f(const int x[n], long n)"),
    Bug("field.c", "fixed_scratch", "out-of-bounds", "past the end of scratch (256 bytes)", "vs", FLOATS),
    Bug("field.c", "agnostic_sums", "undefined", "agnostic", "vfredusum.vs", DOT),
    Bug("field.c", "rows_of_eight", "out-of-bounds", "past the end of x[1][8]", "vle32.v",
        "void f(float y[8*r], const float x[r][8], long r)"),
    Bug("field.c", "pairs_of_blocks", "wrong-result", "s[0]", "", "void f(float s[1], const float x[32*k], long k)",
        lambda s, x, k: np.array([x.sum()])),
    Bug("field.c", "half_of_it", "wrong-result", "y[8]", "", "void f(short y[n], const signed char x[n], long n)", copy),
    Bug("field.c", "byte_indices", "wrong-result", "y[0]", "", "void f(unsigned char y[n], const unsigned char x[n], long n)",
        lambda y, x, n: x[::-1]),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.symbol}-{bug.kind}")
def test_bug_is_found_and_named(bug: Bug) -> None:
    subject = function_subject(BROKEN / bug.file, bug.symbol, bug.proto, given={}, reference=bug.reference)
    report = check(subject, Rig(), Options(jobs=1, cases=25, vlens=(128, 512), max_instructions=300_000))
    found = [f for f in report.findings if f.kind == bug.kind and bug.words in f.message]
    assert found, report.text()
    assert any((f.instruction or "").startswith(bug.instruction) for f in found), report.text()
    assert len(report.findings) <= 3, report.text()


@dataclass(frozen=True)
class Good:
    """A correct function, with what it computes."""

    symbol: str
    proto: str = COPY
    reference: Callable[..., Any] | None = copy
    given: tuple[tuple[str, str], ...] = ()


GOOD = (
    Good("ff_strlen", "long f(const unsigned char x[n], long n)", lambda x, n: int(np.argmax(x == 0)) if (x == 0).any() else n),
    Good("spill"), Good("alloca_like"), Good("vlenb"), Good("bytes"), Good("masked_over"),
    Good("recurse", "int f(const int x[n], long n)", lambda x, n: int(x.sum())),
    Good("tu_acc", TOTAL, total),
    Good("seg", "void f(int y[n], const int x[n][3], long n)", lambda y, x, n: x.sum(1)),
    Good("frac", "void f(int y[n], const signed char x[n], long n)"),
    Good("vset_keep", "void f(int y[n], const short x[n], long n)"),
    Good("inplace", "void f(int y[n], long n)", lambda y, n: 2 * y),
    Good("early", "long f(const int x[n], long n)", lambda x, n: int(np.argmax(x < 0)) if (x < 0).any() else n),
    Good("midmask", COPY, lambda y, x, n: np.where(x < 0, -x, x + 1)),
    Good("gather_ok", COPY, lambda y, x, n: x[::-1]),
    Good("slide_ok", "void f(int y[n], const int x[n+1], long n)", lambda y, x, n: x[:-1] + x[1:]),
    Good("jump_table", "int f(const int x[n], long n)", lambda x, n: 10 + (n & 1)),
    Good("compress", "long f(int y[n], const int x[n], long n)", None),
    Good("vxsat_ok", "int f(signed char y[n], const signed char x[n], long n)", None),
    Good("deep_args", "int f(int a, int b, int c, int d, int e, int g, int h, int i, int j, int k, int x[n], long n)",
         lambda *args: args[8] + args[9], tuple((name, "1000") for name in "abcdeghijk")),
    Good("ok_axpy", "void f(float y[n], const float x[n], float a, long n)", lambda y, x, a, n: y + np.float32(a) * x),
    Good("ok_sum", "double f(const double x[n], long n)", lambda x, n: x.sum()),
    Good("ok_table", COPY, lambda y, x, n: np.array([1, 2, 3, 5, 7, 11, 13, 17])[x & 7]),
    Good("ok_counts_calls", COPY, lambda y, x, n: x + 8),
    Good("ok_largest", "signed char f(const signed char x[n], long n)", lambda x, n: x.max(initial=-128)),
    Good("ok_undisturbed_sums", DOT, dot),
)  # fmt: skip


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.symbol)
def test_unusual_is_no_finding(good: Good) -> None:
    path = BROKEN / "field.c" if good.symbol.startswith("ok_") else UNUSUAL
    subject = function_subject(path, good.symbol, good.proto, given=dict(good.given), reference=good.reference)
    report = check(subject, Rig(), Options(jobs=1, cases=25, vlens=(128, 512)))
    assert report.clean, report.text()
    assert report.runs > 0


def test_a_reference_that_fails_is_the_users_to_mend() -> None:
    from rvsim import UsageError

    subject = function_subject(UNUSUAL, "bytes", COPY, given={}, reference=lambda y, x: x)
    with pytest.raises(UsageError, match=r"the reference fails, called with \(y\[\d+\], x\[\d+\], n=\d+\): TypeError"):
        check(subject, Rig(), Options(jobs=2, cases=5, vlens=(128, 256)))


def test_a_reference_of_another_size_is_refused() -> None:
    from rvsim import UsageError

    subject = function_subject(UNUSUAL, "bytes", COPY, given={}, reference=lambda y, x, n: x[:1])
    with pytest.raises(UsageError, match="the reference gives 1 elements for y"):
        check(subject, Rig(), Options(jobs=1, cases=5, vlens=(128,)))
