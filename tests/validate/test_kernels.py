"""The code of the kernel rows does what it is called: every variant, several sizes, results against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from rvsim.validate import ara, kernels
from rvsim.validate.kernel_code import VARIANTS as CODES
from rvsim.validate.loops import Loop, NotExecutable

VARIANTS = [
    (kernel + aligned, stem + (f"_m{lmul}" if lmul else ""))
    for kernel, stem in CODES
    for aligned in ("", " aligned")
    for lmul in ((0,) if stem == "scalar" else (1, 2, 4, 8))
    if not (kernel == "ascii to utf16" and (not aligned or lmul == 8))
    and not (kernel == "mandelbrot 100" and lmul > 2)
    and not (aligned and kernel not in ("memcpy", "memset", "ascii to utf16"))
]
SIZES = (1, 16, 200, 1500)


@pytest.fixture(scope="module")
def bench(loop: Loop) -> kernels.Bench:
    return kernels.Bench(loop)


@pytest.mark.parametrize(("kernel", "variant"), VARIANTS)
def test_result(bench: kernels.Bench, kernel: str, variant: str) -> None:
    rng = np.random.default_rng(7)
    for size in SIZES if kernel != "mandelbrot 100" else (3, 40):
        if "rvv_128" in variant:
            size = -(-size // 16) * 16  # the rest of a 16th is not copied: slopes do not see it
        source, target = bench.arrays(kernel, size)
        if kernel == "mandelbrot 100":
            source[:] = np.full(len(source) // 4, -0.5, "<f4").view(np.uint8)
        else:
            source[:] = rng.integers(1, 255, len(source), dtype=np.uint8)
        if kernel == "strlen":
            source[size] = 0
        target[:] = 0xEE
        bench.call(kernel, variant, size)
        got = target.copy()
        text = source[:size]
        if kernel.startswith("memcpy"):
            want = text
        elif kernel.startswith("memset"):
            want = np.full(size, 5, np.uint8)
        elif kernel.startswith("ascii"):
            want = text.astype("<u2").view(np.uint8)
        elif kernel == "byteswap32":
            want = source[: 4 * size].view("<u4").byteswap().view(np.uint8)
        elif kernel == "strlen":
            assert bench.loop.hart.get_x(10) == size
            continue
        else:
            want = np.full(size, 100, "<i4").view(np.uint8)
        np.testing.assert_array_equal(got[: len(want)], want)
        assert (got[len(want) :] == 0xEE).all()


def test_unknown_loops_are_refused(bench: kernels.Bench) -> None:
    for kernel, variant in (("memcpy", "libc"), ("strlen", "musl"), ("ascii to utf16", "rvv_ext_m1"), ("qsort", "scalar")):
        with pytest.raises(NotExecutable):
            bench.slope(kernel, {"variant": variant, "n": 1024, "n_next": 2048})


def test_slope_is_work_between_sizes(bench: kernels.Bench) -> None:
    """The cost of entering and leaving drops out: the slope of a byte loop is the cost of its body."""
    slopes = [bench.slope("memset", {"variant": "scalar", "n": n, "n_next": 2 * n}) for n in (1024, 4096)]
    assert slopes[0] == pytest.approx(slopes[1], rel=0.02)


@pytest.fixture(scope="module")
def ara_bench() -> ara.Bench:
    return ara.Bench(Loop("ara-4l"))


@pytest.mark.parametrize(("m", "n", "p"), [(4, 4, 4), (8, 8, 8), (16, 6, 20), (32, 32, 32), (4, 4, 300)])
def test_fmatmul(ara_bench: ara.Bench, m: int, n: int, p: int) -> None:
    rng = np.random.default_rng(3)
    memory = ara_bench.loop.memory
    a = memory.array(ara.X, (m, n), np.float64)
    b = memory.array(ara.X + 8 * m * n, (n, p), np.float64)
    c = memory.array(ara.X + 8 * n * (m + p), (m, p), np.float64)
    a[...], b[...] = rng.integers(-9, 9, (m, n)), rng.integers(-9, 9, (n, p))
    ara_bench.figure("app:fmatmul", {"size": f"{m} x {n} x {p}"})
    np.testing.assert_array_equal(c, a @ b)


@pytest.mark.parametrize("n", [4, 100, 512, 1200])
def test_dot_products(ara_bench: ara.Bench, n: int) -> None:
    memory, hart = ara_bench.loop.memory, ara_bench.loop.hart
    for kernel, dtype in (("dotproduct", np.int64), ("fdotproduct", np.float64)):
        x, y = memory.array(ara.X, n, dtype), memory.array(ara.X + 8 * n, n, dtype)
        x[:], y[:] = np.arange(n) % 7, np.arange(n) % 5
        ara_bench.figure(f"app:{kernel}", {"size": str(n)})
        got = hart.get_x(10) if dtype is np.int64 else np.uint64(hart.get_f(10)).view(np.float64)
        assert got == x @ y
