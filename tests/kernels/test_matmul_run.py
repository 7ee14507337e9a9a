"""The matmul kernels in the simulator: right at every row and column tail, at VLEN 128, 512 and 4096, with padded rows."""

from __future__ import annotations

import functools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rvsim

SIZES = [0, 1, 2, 3, 6, 7, 8, 13, 64, 100]
VLENS = [128, 512, 4096]
VARIANTS = [("7x4", "f32"), ("naive", "f32"), ("7x4", "f64"), ("naive", "f64")]
size = st.sampled_from(SIZES)


@functools.cache
def machine(vlen: int) -> rvsim.Machine:
    return rvsim.Machine("generic", vlen=vlen, set={"lanes": 2} if vlen == 128 else {})  # a lane needs 64 bits of each register


def assert_right(vlen: int, variant: str, **params: object) -> None:
    result = machine(vlen).run("matmul", variant=variant, **params)
    assert result.correct, f"VLEN {vlen}, {variant}, {params}"
    assert result.max_abs_error is not None


@settings(max_examples=25, derandomize=True)
@given(m=size, n=size, k=size, pads=st.tuples(*[st.integers(0, 5)] * 3), seed=st.integers(0, 99))
@example(m=100, n=100, k=100, pads=(1, 2, 3), seed=0)
@pytest.mark.parametrize(("variant", "dtype"), VARIANTS)
@pytest.mark.parametrize("vlen", VLENS)
def test_any_shape(vlen: int, variant: str, dtype: str, m: int, n: int, k: int, pads: tuple[int, int, int], seed: int) -> None:
    lda, ldb, ldc = k + pads[0], n + pads[1], n + pads[2]
    assert_right(vlen, variant, dtype=dtype, m=m, n=n, k=k, lda=lda, ldb=ldb, ldc=ldc, seed=seed)


@pytest.mark.parametrize("edge", [-1, 0, 1])
@pytest.mark.parametrize("lmul", [2, 4, 8])
@pytest.mark.parametrize("vlen", VLENS)
def test_columns_around_every_strip_width(vlen: int, lmul: int, edge: int) -> None:
    """Half a strip, a strip and two strips of the 7x4 kernel, one column less and one more; a tile of 7 rows and one of 6."""
    assert_right(vlen, "7x4", dtype="f32", m=13, n=vlen * lmul // 32 + edge, k=3)


@pytest.mark.parametrize("m", range(16))
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_every_row_tail_and_every_way_into_the_loop_over_k(m: int, k: int) -> None:
    assert_right(128, "7x4", dtype="f32", m=m, n=9, k=k)
    assert_right(128, "7x4", dtype="f32", m=m, n=3, k=k)


@pytest.mark.parametrize("m", [4, 8, 16, 48, 64, 72, 132])
@pytest.mark.parametrize("vlen", VLENS)
def test_ara_at_every_tile(vlen: int, m: int) -> None:
    for n, k in ((1, 2), (vlen // 16 + 3, 4), (16, 6)):
        assert_right(vlen, "ara", dtype="f64", m=m, n=n, k=k, lda=k + 1, ldc=n + 2)


def test_a_constraint_is_a_usage_error_and_not_a_wrong_result() -> None:
    with pytest.raises(rvsim.UsageError, match="multiple of 16"):
        machine(512).run("matmul", variant="ara", dtype="f64", m=17)
