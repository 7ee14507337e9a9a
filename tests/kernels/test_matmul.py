"""matmul's data, reference and verdict, without any simulator: what is accepted, and that wrong results are not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvsim import kernels

MATMUL = kernels.get("matmul")
EPS = {"f32": np.float64(2.0**-23), "f64": np.float64(2.0**-52)}
dtypes = st.sampled_from(["f32", "f64"])
small = st.integers(0, 9)


def prepared(**raw: object) -> kernels.Call:
    return MATMUL.prepare(MATMUL.validate(raw))


def with_inputs(call: kernels.Call, **values: kernels.Array) -> kernels.Call:
    """The same problem with inputs of one's own."""
    changed = {name: kernels.Buffer.of(name, value, call.buffers[name].strides) for name, value in values.items()}
    return dataclasses.replace(call, buffers={**call.buffers, **changed})


def solved(call: kernels.Call) -> dict[str, kernels.Array]:
    """What a right implementation leaves in memory, in the order of a plain triple loop."""
    memory = call.fresh()
    a, b, c = call.tensor("A"), call.tensor("B"), call.tensor("C", memory["C"])
    for i in range(c.shape[0]):
        for j in range(c.shape[1]):
            total = a.dtype.type(0)
            for k in range(a.shape[1]):
                total = total + a[i, k] * b[k, j]
            c[i, j] = total
    return memory


def test_arguments_are_in_the_order_of_the_prototype() -> None:
    call = prepared(m=2, n=3, k=4, lda=5, ldb=6, ldc=7)
    assert call.args == ("A", "B", "C", 2, 3, 4, 5, 6, 7)
    assert call.prototype == ("void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)")
    assert prepared(dtype="f64").prototype.startswith("void dgemm(const double *A, const double *B, double *C, ")
    assert prepared(m=2, n=3, k=4).args[-3:] == (4, 3, 3)


def test_data_is_finite_random_and_fixed_by_the_seed() -> None:
    first, again, other = prepared(seed=5), prepared(seed=5), prepared(seed=6)
    assert all(np.array_equal(first.tensor(name), again.tensor(name)) for name in "AB")
    assert not np.array_equal(first.tensor("A"), other.tensor("A"))
    assert np.isfinite(first.tensor("A")).all() and np.isfinite(first.tensor("B")).all()
    given_rng = MATMUL.prepare(first.params, np.random.default_rng(6))
    assert np.array_equal(given_rng.tensor("A"), other.tensor("A"))


@given(dtypes, small, small, small, small, small, small)
def test_padding_is_nan_and_tensors_are_where_the_arguments_say(dtype: str, m: int, n: int, k: int, pa: int, pb: int, pc: int) -> None:
    call = prepared(dtype=dtype, m=m, n=n, k=k, lda=k + pa, ldb=n + pb, ldc=n + pc)
    for name, shape, ld in (("A", (m, k), k + pa), ("B", (k, n), n + pb), ("C", (m, n), n + pc)):
        data = call.arrays[name]
        assert data.ndim == 1 and data.dtype.itemsize == {"f32": 4, "f64": 8}[dtype]
        inside = np.zeros(data.shape, bool)
        for i in range(shape[0]):
            inside[i * ld : i * ld + shape[1]] = True
            assert np.array_equal(call.tensor(name)[i], data[i * ld : i * ld + shape[1]], equal_nan=True)
        assert np.isnan(data[~inside]).all() and (~inside).sum() >= 16
        assert np.isnan(data[inside]).all() == (name == "C" or not inside.any())


@settings(max_examples=40)
@given(dtypes, small, small, small, st.integers(0, 3))
def test_a_plain_triple_loop_is_accepted(dtype: str, m: int, n: int, k: int, pad: int) -> None:
    call = prepared(dtype=dtype, m=m, n=n, k=k, lda=k + pad, ldb=n + pad, ldc=n + pad)
    check = MATMUL.check(call, solved(call))
    assert check.correct, check.message
    assert check.max_abs_error is not None and check.max_rel_error is not None
    assert check.max_rel_error <= (k + 2) * EPS[dtype]
    assert (check.max_abs_error > 0) <= (m * n * k > 0)


@settings(max_examples=60)
@given(dtypes, st.integers(1, 9), st.integers(1, 9), st.integers(0, 9), st.data())
def test_one_wrong_element_is_found_and_named(dtype: str, m: int, n: int, k: int, data: st.DataObject) -> None:
    call = prepared(dtype=dtype, m=m, n=n, k=k)
    memory = solved(call)
    i, j = data.draw(st.integers(0, m - 1)), data.draw(st.integers(0, n - 1))
    scale = float((np.abs(call.tensor("A")[i]) * np.abs(call.tensor("B")[:, j])).sum())
    c = call.tensor("C", memory["C"])
    c[i, j] += 3 * (k + 2) * EPS[dtype] * scale if k else 1e-30
    check = MATMUL.check(call, memory)
    assert not check.correct
    assert check.message.startswith(f"C[{i}, {j}] is ")
    assert f"1 of {m * n} elements" in check.message


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_leaving_out_one_product_or_doing_one_twice_is_found(dtype: str) -> None:
    call = prepared(dtype=dtype, m=64, n=64, k=64)
    a, b = call.tensor("A").astype(np.float64), call.tensor("B").astype(np.float64)
    for weight in (0.0, 2.0):
        weights = np.ones(64)
        weights[63] = weight
        memory = call.fresh()
        call.tensor("C", memory["C"])[...] = (a * weights) @ b
        check = MATMUL.check(call, memory)
        assert not check.correct
        wrong = int(check.message.split("; ")[1].split(" of ")[0])
        assert wrong > 0.98 * 64 * 64  # a product near zero is within the tolerance


def test_half_precision_accumulation_is_refused() -> None:
    call = prepared(m=16, n=16, k=64)
    memory = call.fresh()
    call.tensor("C", memory["C"])[...] = (call.tensor("A").astype(np.float16) @ call.tensor("B").astype(np.float16)).astype(np.float32)
    assert not MATMUL.check(call, memory).correct


def test_an_element_that_was_never_written_is_told_as_such() -> None:
    call = prepared(m=3, n=4, k=5)
    memory = solved(call)
    call.tensor("C", memory["C"])[2, 1] = call.tensor("C")[2, 1]
    check = MATMUL.check(call, memory)
    assert not check.correct
    assert check.message.startswith("C[2, 1] was never written, expected ")
    assert check.max_abs_error is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_or_infinity_instead_of_a_number_is_wrong(value: float) -> None:
    call = prepared(m=3, n=4, k=5)
    memory = solved(call)
    call.tensor("C", memory["C"])[0, 3] = value
    check = MATMUL.check(call, memory)
    assert not check.correct and check.message.startswith("C[0, 3] is ")
    assert check.max_abs_error is None and check.max_ulp_error is None and check.max_rel_error is None


@pytest.mark.parametrize(
    ("row", "expected"), [([np.inf, 1], np.inf), ([-np.inf, 1], -np.inf), ([np.inf, -np.inf], np.nan), ([np.nan, 1], np.nan)]
)
def test_infinities_and_nans_of_the_reference_are_compared_by_class(row: list[float], expected: float) -> None:
    call = with_inputs(prepared(m=1, n=1, k=2), A=np.array([row], np.float32), B=np.ones((2, 1), np.float32))
    for value in (np.inf, -np.inf, np.nan, 1.0):
        memory = call.fresh()
        memory["C"][0] = value
        same = value == expected or (np.isnan(value) and np.isnan(expected))
        assert MATMUL.check(call, memory).correct == same


@pytest.mark.parametrize(
    ("name", "at", "says"), [("C", 4, "outside its rows"), ("C", -1, "outside its rows"), ("A", 0, "though it is an input")]
)
def test_a_write_where_none_belongs_is_found(name: str, at: int, says: str) -> None:
    call = prepared(m=3, n=4, k=5, ldc=6)
    memory = solved(call)
    memory[name] = memory[name].copy()
    memory[name][at] = 0
    check = MATMUL.check(call, memory)
    assert not check.correct
    assert f"{name} was written {says}" in check.message
    assert f"element {at % memory[name].size} " in check.message


def test_reading_padding_would_show() -> None:
    call = prepared(m=3, n=4, k=5, lda=7)
    memory = call.fresh()
    a = call.arrays["A"][: 3 * 7 - 2]
    c = call.tensor("C", memory["C"])
    c[...] = call.tensor("A") @ call.tensor("B")
    c[0, 0] += a[5] * np.float32(0)  # the element behind the first row
    assert not MATMUL.check(call, memory).correct


def test_prepared_data_cannot_be_overwritten_by_mistake() -> None:
    call = prepared()
    assert not any(array.flags.writeable for array in call.arrays.values())
    assert call.fresh()["C"].flags.writeable and call.fresh()["C"] is not call.fresh()["C"]


def test_buffers_of_another_size_or_type_are_the_callers_bug() -> None:
    call = prepared(m=3, n=4, k=5)
    good = solved(call)
    with pytest.raises(ValueError, match="must come back whole"):
        MATMUL.check(call, {"C": good["C"][:-1]})
    with pytest.raises(ValueError, match="must come back whole"):
        MATMUL.check(call, {"C": good["C"].astype(np.float64)})
    with pytest.raises(KeyError):
        MATMUL.check(call, {"A": good["A"]})


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_underflowing_products_are_within_the_tolerance(dtype: str) -> None:
    call = prepared(dtype=dtype, m=4, n=4, k=8)
    tiny = np.sqrt(np.finfo(call.arrays["A"].dtype).tiny) / 64
    call = with_inputs(call, **{name: (call.tensor(name) * tiny).astype(call.arrays[name].dtype) for name in "AB"})
    memory = solved(call)
    assert (np.abs(call.tensor("C", memory["C"])) < np.finfo(memory["C"].dtype).tiny).all()
    assert MATMUL.check(call, memory).correct
    memory["C"][0] += 16 * np.finfo(memory["C"].dtype).smallest_subnormal
    assert not MATMUL.check(call, memory).correct


def test_a_large_f64_problem_is_judged_as_well() -> None:
    call = prepared(dtype="f64", m=512, n=512, k=257)
    memory = call.fresh()
    c = call.tensor("C", memory["C"])
    c[...] = call.tensor("A") @ call.tensor("B")
    assert MATMUL.check(call, memory).correct
    c[511, 511] -= call.tensor("A")[511, 256] * call.tensor("B")[256, 511]
    check = MATMUL.check(call, memory)
    assert not check.correct and check.message.startswith("C[511, 511] is ")


def test_flop_counts_two_for_each_product() -> None:
    for raw, products in (({}, 1), ({"batch": 4}, 4)):
        params = MATMUL.validate({"m": 3, "n": 5, "k": 7} | raw)
        assert {variant.flop(params) for variant in MATMUL.variants} == {2 * 3 * 5 * 7 * products}
