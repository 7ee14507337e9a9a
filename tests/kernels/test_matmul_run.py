"""The matmul kernels in the simulator: right at every row and column tail and any VLEN, with padded rows; special values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rvsim
from rvsim import kernels
from rvsim.kernels import formats

from .conftest import Run, RunOn, machine

MATMUL = kernels.get("matmul")
SIZES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 15, 31, 64, 100]
VLENS = [128, 256, 512, 1024, 2048, 4096]
ROWS = [row for row in MATMUL.variants if row.name != "ara"]
GENERAL = [row for row in ROWS if "7x4_packed" in row.name]
CHOICES = [{"agnostic": "ones"}, {"vl_choice": "half"}, {"misaligned": "trap"}]
size = st.sampled_from(SIZES)


def assert_right(vlen: int, variant: str, **params: object) -> None:
    result = machine(vlen).run("matmul", variant=variant, **params)
    assert result.correct, f"VLEN {vlen}, {variant}, {params}: {result.check}"
    assert result.max_abs_error is not None


def fitting(row: kernels.Variant, m: int, n: int, k: int) -> dict[str, object]:
    """The shape, or the nearest that the variant takes."""
    params: dict[str, object] = {"m": m, "n": n, "k": k} | row.kind
    return params if row.constraint(MATMUL.validate(params), 512) is None else params | {"k": k // 4 * 4}


@settings(max_examples=25, derandomize=True)
@given(m=size, n=size, k=size, pads=st.tuples(*[st.integers(0, 5)] * 3), seed=st.integers(0, 99), vlen=st.sampled_from(VLENS))
@example(m=100, n=100, k=100, pads=(1, 2, 3), seed=0, vlen=128)
@example(m=100, n=100, k=100, pads=(1, 2, 3), seed=0, vlen=4096)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_any_shape(vlen: int, row: kernels.Variant, m: int, n: int, k: int, pads: tuple[int, int, int], seed: int) -> None:
    params = fitting(row, m, n, k)
    lds = (int(str(params["k"])), int(str(params["n"])), int(str(params["n"])))
    padded = {name: ld + pad for name, ld, pad in zip(("lda", "ldb", "ldc"), lds, pads, strict=True)}
    if row.constraint(MATMUL.validate(params | padded), vlen) is not None:
        padded["lda"] = padded["lda"] // 4 * 4 + 4  # words of four elements
    assert_right(vlen, row.name, **params, **padded, seed=seed)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.dtype}-{row.name}")
@pytest.mark.parametrize("vlen", [128, 1024, 4096])
def test_columns_and_depths_around_every_register_group(vlen: int, row: kernels.Variant) -> None:
    """One less and one more than VLMAX at LMUL 1 to 8 in the type of the factors and of the sums; rows of a tile of 7 and of 6."""
    bits = formats.STORAGE[str(MATMUL.validate(row.kind)["acc"])].itemsize * 8
    for lmul, edge in itertools.product((1, 2, 4, 8), (-1, 0, 1)):
        assert_right(vlen, row.name, **fitting(row, 13, vlen * lmul // bits + edge, 3))
        assert_right(vlen, row.name, **fitting(row, 3, 5, vlen * lmul // bits + edge))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_every_row_tail_and_every_way_into_the_loop_over_k(row: kernels.Variant) -> None:
    for m, k, n in itertools.product(range(1, 16), range(5), (3, 9)):
        assert_right(128, row.name, **fitting(row, m, n, k))


@pytest.mark.parametrize("choices", CHOICES, ids=str)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_any_choice_of_the_machine(assert_right: Run, row: kernels.Variant, choices: dict[str, str]) -> None:
    for m, n, k in ((1, 1, 1), (7, 17, 4), (9, 33, 3), (14, 5, 37)):
        assert_right("matmul", row.name, 128, choices, **fitting(row, m, n, k))


@settings(max_examples=40, derandomize=True)
@given(
    mnk=st.tuples(
        st.sampled_from([1, 6, 7, 13, 22, 40]), st.sampled_from([1, 2, 15, 16, 17, 33, 70]), st.sampled_from([0, 1, 2, 9, 33, 600])
    ),
    flags=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    factors=st.tuples(st.sampled_from([1.0, 0.0, -0.5]), st.sampled_from([0.0, 1.0, 2.5])),
    batch=st.sampled_from([1, 1, 2, 3]),
    pads=st.tuples(*[st.integers(0, 5)] * 3),
)
@example(mnk=(22, 17, 600), flags=(1, 1), factors=(-0.5, 2.5), batch=3, pads=(1, 2, 3))
@example(mnk=(22, 70, 33), flags=(0, 1), factors=(1.0, 0.0), batch=3, pads=(0, 0, 0))
@pytest.mark.parametrize("row", GENERAL, ids=lambda row: f"{row.dtype}-{row.name}")
@pytest.mark.parametrize("vlen", [128, 512, 4096])
def test_transposed_scaled_and_batched(
    vlen: int,
    row: kernels.Variant,
    mnk: tuple[int, int, int],
    flags: tuple[int, int],
    factors: tuple[float, float],
    batch: int,
    pads: tuple[int, ...],
) -> None:
    (m, n, k), (ta, tb), (alpha, beta) = mnk, flags, factors
    if not formats.is_float(row.dtype):  # other factors where they are integers, none where results have 8 bits
        alpha, beta = (1, 0) if row.name.endswith("requant") else (6 * alpha, 2 * beta)
    lda, ldb, ldc = (columns + pad for columns, pad in zip((m if ta else k, k if tb else n, n), pads, strict=True))
    params = {"m": m, "n": n, "k": k, "ta": ta, "tb": tb, "alpha": alpha, "beta": beta, "batch": batch} | row.kind
    assert_right(vlen, row.name, **params, lda=lda, ldb=ldb, ldc=ldc)


BLOCKED = [row for row in ROWS if row.name in ("7x4", "4x4") and row.dtype in ("f16", "f32", "f64")]


@pytest.mark.parametrize("row", BLOCKED, ids=lambda row: f"{row.dtype}-{row.name}")
@pytest.mark.parametrize("vlen", [128, 512])
def test_blocks_of_k_sum_to_the_same_bits(run_on: RunOn, vlen: int, row: kernels.Variant) -> None:
    """Rows of B 32 KiB apart are cut into blocks of 32 rows or less; side by side all of K is one block."""
    width = vlen * 4 // 8 // formats.STORAGE[row.dtype].itemsize
    for m, n, k in itertools.product((1, 7, 11), (5, width - 1, width + 3), (17, 33, 64, 95, 150)):
        params = {"m": m, "n": n, "k": k, "seed": k} | row.kind
        far = 32768 // formats.STORAGE[row.dtype].itemsize
        results = [run_on("matmul", row.name, vlen, {}, **params, ldb=ldb) for ldb in (n, far)]
        assert all(check.correct for check, _ in results), (m, n, k)
        assert results[0][1]["C"].tobytes() == results[1][1]["C"].tobytes(), (m, n, k)


def test_every_kind_of_matmul_has_a_general_form() -> None:
    kinds = {tuple(sorted((name, str(row.kind.get(name, "auto"))) for name in ("dtype", "acc", "out"))) for row in ROWS}
    assert kinds == {tuple(sorted((name, str(row.kind.get(name, "auto"))) for name in ("dtype", "acc", "out"))) for row in GENERAL}


@pytest.mark.parametrize("row", [row for row in GENERAL if not formats.is_float(row.dtype)], ids=lambda row: f"{row.dtype}-{row.name}")
def test_integer_factors_wrap_around(run_on: RunOn, row: kernels.Variant) -> None:
    if row.name.endswith("requant"):
        with pytest.raises(rvsim.UsageError, match="alpha=2 is not possible with out="):
            MATMUL.validate({"alpha": 2} | row.kind)
        return
    params = {"m": 3, "n": 5, "k": 4, "alpha": -(2**31), "beta": 2**31 - 1} | row.kind
    check, _ = run_on("matmul", row.name, 256, {"C": np.full((3, 5), -(2**31), np.int32)}, **params)
    assert check.correct, check
    for value, says in ((0.5, "alpha=0.5 is no 32-bit integer"), (2**31, "is no 32-bit integer")):
        with pytest.raises(rvsim.UsageError, match=says):
            MATMUL.validate({"alpha": value} | row.kind)


@pytest.mark.parametrize("row", [row for row in GENERAL if formats.is_float(row.dtype)], ids=lambda row: f"{row.dtype}-{row.name}")
def test_without_beta_c_is_not_read(run_on: RunOn, row: kernels.Variant) -> None:
    """C holds NaN before, and must not after; with beta it must. -0 is no beta either."""
    for beta in (0.0, -0.0, 2.0):
        params = {"m": 9, "n": 33, "k": 3, "beta": beta, "alpha": 0.5} | row.kind
        out = str(MATMUL.validate(params)["out"])
        check, memory = run_on("matmul", row.name, 256, {"C": np.full((9, 33), np.nan, formats.STORAGE[out])}, **params)
        assert check.correct and np.isnan(memory["C"]).all() == bool(beta)


FLOATS = [row for row in ROWS if formats.is_float(row.dtype)]


@pytest.mark.parametrize("row", FLOATS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_special_values_follow_ieee(run_on: RunOn, row: kernels.Variant) -> None:
    """NaN and infinities reach exactly the elements they should; subnormals are kept; 0 x infinity is NaN."""
    params = fitting(row, 9, 11, 5)
    call = MATMUL.prepare(MATMUL.validate(params))
    a, b = (formats.decode(call.tensor(name), row.dtype).astype(np.float64) for name in "AB")
    tiny = {"f16": 2.0**-24, "f32": 2.0**-149, "f64": 2.0**-1074, "bf16": 2.0**-133}[row.dtype]
    m = len(a)  # 9, or 1
    a[1 % m, 2], a[3 % m, 0], a[4 % m, 4], a[6 % m, :] = np.nan, np.inf, -np.inf, [tiny, 3 * tiny, -tiny, 0, tiny]
    b[0, 0], b[3, -1] = 0, np.inf
    b[4, :] = np.where(np.arange(b.shape[1]) == 0, 1, b[4, :])
    with np.errstate(all="ignore"):
        tensors = {name: formats.encode(x, row.dtype) for name, x in (("A", a), ("B", b))}
    check, _ = run_on("matmul", row.name, 256, tensors, **params)
    assert check.correct, check


@pytest.mark.parametrize("row", FLOATS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_subnormal_factors_give_exact_products(run_on: RunOn, row: kernels.Variant) -> None:
    params = fitting(row, 2, 3, 1)
    tiny = {"f16": 2.0**-24, "f32": 2.0**-149, "f64": 2.0**-1074, "bf16": 2.0**-133}[row.dtype]
    m = int(str(params["m"]))
    a = formats.encode(np.array([[5 * tiny], [-tiny]])[:m], row.dtype)
    b = formats.encode(np.full((1, int(str(params["n"]))), 2.0), row.dtype)
    check, memory = run_on("matmul", row.name, 256, {"A": a, "B": b}, **params)
    assert check.correct
    assert np.array_equal(memory["C"].astype(np.float64)[:, 0], [10 * tiny, -2 * tiny][:m])


INTEGERS = [row for row in ROWS if not formats.is_float(row.dtype)]


@pytest.mark.parametrize("row", INTEGERS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_extreme_integers_are_exact_and_sums_wrap_around(run_on: RunOn, row: kernels.Variant) -> None:
    info = np.iinfo(formats.STORAGE[row.dtype])
    for x, y in itertools.product((info.min, info.max), repeat=2):
        params = fitting(row, 8, 9, 40)
        tensors = {"A": np.full((8, 40), x, info.dtype), "B": np.full((40, int(str(params["n"]))), y, info.dtype)}
        check, memory = run_on("matmul", row.name, 256, tensors, **params)
        assert check.correct, check
        if params.get("out", "i32") == "i32":
            assert (memory["C"] == 40 * int(x) * int(y)).all()
    deep = fitting(row, 1, 1, 140_000)
    check, _ = run_on(
        "matmul",
        row.name,
        256,
        {"A": np.full((1, 140_000), info.max, info.dtype), "B": np.full((140_000, 1), info.max, info.dtype)},
        **deep,
    )
    assert check.correct, check


@pytest.mark.parametrize("edge", [-1, 0, 1])
@pytest.mark.parametrize("lmul", [2, 4, 8])
@pytest.mark.parametrize("vlen", [128, 512, 4096])
def test_columns_around_every_strip_width(vlen: int, lmul: int, edge: int) -> None:
    """Half a strip, a strip and two strips of the 7x4 kernel, one column less and one more; a tile of 7 rows and one of 6."""
    assert_right(vlen, "7x4", dtype="f32", m=13, n=vlen * lmul // 32 + edge, k=3)


@pytest.mark.parametrize("m", [4, 8, 16, 48, 64, 72, 132])
@pytest.mark.parametrize("vlen", [128, 512, 4096])
def test_ara_at_every_tile(vlen: int, m: int) -> None:
    for n, k in ((1, 2), (vlen // 16 + 3, 4), (16, 6)):
        assert_right(vlen, "ara", dtype="f64", m=m, n=n, k=k, lda=k + 1, ldc=n + 2)


def test_a_constraint_is_a_usage_error_and_not_a_wrong_result() -> None:
    with pytest.raises(rvsim.UsageError, match="multiple of 16"):
        machine(512).run("matmul", variant="ara", dtype="f64", m=17)


@pytest.mark.parametrize("name", ["ara-4l", "spacemit-x60", "sifive-x280"])
@pytest.mark.parametrize("dtype", ["f32", "i8"])
def test_auto_is_not_behind_the_plain_variant_at_small_shapes(name: str, dtype: str) -> None:
    """Cycles of a second run; 5 % are the setting up of a tile that has hardly begun to pay."""
    runner = rvsim.Machine(name)
    for m, n, k in ((1, 1, 1), (1, 64, 16), (2, 3, 4), (8, 8, 8), (3, 33, 5), (7, 32, 64), (30, 30, 30), (100, 5, 100)):
        cycles = {}
        for variant in ("naive", "auto"):
            for warm in (False, True):
                cycles[variant] = runner.run("matmul", variant=variant, warm=warm, m=m, n=n, k=k, dtype=dtype).cycles
        assert cycles["auto"] <= 1.05 * cycles["naive"], (m, n, k, cycles)
