"""axpy, dot, relu, copy and transpose: right at any length and VLEN, at the edges of every loop, and on special values."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rvsim
from rvsim import kernels

from .conftest import Run, RunOn, warm_cycles

VLENS = [128, 256, 512, 1024, 2048, 4096]
STREAMS = ["axpy", "dot", "relu", "copy"]
ROWS = [(name, row.name) for name in STREAMS for row in kernels.get(name).variants]
TRANSPOSES = [row.name for row in kernels.get("transpose").variants]
CHOICES = [{"agnostic": "ones"}, {"vl_choice": "half"}, {"misaligned": "trap"}]
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45, 1.1754944e-38, 3.4e38, -3.4e38, 1.0], np.float32)


@settings(max_examples=12, derandomize=True)
@given(n=st.integers(0, 300), seed=st.integers(0, 99))
@pytest.mark.parametrize(("kernel", "variant"), ROWS)
@pytest.mark.parametrize("vlen", VLENS)
def test_any_length(assert_right: Run, vlen: int, kernel: str, variant: str, n: int, seed: int) -> None:
    assert_right(kernel, variant, vlen, n=n, seed=seed)


@pytest.mark.parametrize(("kernel", "variant"), ROWS)
@pytest.mark.parametrize("vlen", [128, 4096])
def test_lengths_around_every_strip(assert_right: Run, vlen: int, kernel: str, variant: str) -> None:
    """One less and one more than 1, 2, 3, 4 and 8 registers groups of each LMUL."""
    step = vlen // (8 if kernel == "copy" else 32)
    for whole in {step * lmul * strips for lmul in (1, 4, 8) for strips in (1, 2, 3, 4, 8)}:
        for n in (whole - 1, whole, whole + 1):
            assert_right(kernel, variant, vlen, n=n)


@pytest.mark.parametrize("choices", CHOICES, ids=str)
@pytest.mark.parametrize(("kernel", "variant"), ROWS)
def test_any_choice_of_the_machine(assert_right: Run, kernel: str, variant: str, choices: dict[str, str]) -> None:
    for n in (0, 1, 5, 37, 64, 100, 257):
        assert_right(kernel, variant, 128, choices, n=n)


@settings(max_examples=15, derandomize=True)
@given(m=st.integers(0, 40), n=st.integers(0, 40), pads=st.tuples(st.integers(0, 5), st.integers(0, 5)), seed=st.integers(0, 9))
@pytest.mark.parametrize("variant", TRANSPOSES)
@pytest.mark.parametrize("vlen", VLENS)
def test_any_transpose(assert_right: Run, vlen: int, variant: str, m: int, n: int, pads: tuple[int, int], seed: int) -> None:
    assert_right("transpose", variant, vlen, m=m, n=n, lda=n + pads[0], ldb=m + pads[1], seed=seed)


@pytest.mark.parametrize("choices", CHOICES, ids=str)
@pytest.mark.parametrize("variant", TRANSPOSES)
def test_transposes_around_every_strip(assert_right: Run, variant: str, choices: dict[str, str]) -> None:
    """Also on a machine that traps on misaligned doublewords: odd rows of B take the way without them."""
    for n in (7, 8, 9, 15, 16, 17, 31, 32, 33):
        for m in (1, 2, 3, 8, 9):
            assert_right("transpose", variant, 128, choices, m=m, n=n)


def test_auto_transposes_odd_rows_without_doublewords() -> None:
    kernel = kernels.get("transpose")
    names = {m: kernel.select("auto", kernel.validate({"m": m}), vlen=512, isa=frozenset({"v"})).variant.name for m in (64, 65)}
    assert names == {64: "zip2", 65: "naive"}


@pytest.mark.parametrize("variant", [row.name for row in kernels.get("axpy").variants])
@pytest.mark.parametrize("a", [0.0, -1.5, 3e38, 1e-40])
def test_axpy_of_special_values(run_on: RunOn, variant: str, a: float) -> None:
    x, y = np.repeat(SPECIAL, SPECIAL.size), np.tile(SPECIAL, SPECIAL.size)
    check, _ = run_on("axpy", variant, 128, {"x": x, "y": y}, n=x.size, a=a)
    assert check.correct, check.message


@pytest.mark.parametrize("variant", [row.name for row in kernels.get("dot").variants])
@pytest.mark.parametrize(("x", "y"), [(np.nan, 1), (np.inf, 1), (np.inf, 0), (-np.inf, 2), (1e-40, 0.5), (3e38, 3e38)])
def test_dot_of_special_values(run_on: RunOn, variant: str, x: float, y: float) -> None:
    for at in (0, 40, 99):
        first, second = np.ones((2, 100), np.float32)
        first[at], second[at] = x, y
        check, _ = run_on("dot", variant, 128, {"x": first, "y": second}, n=100)
        assert check.correct, check.message


@pytest.mark.parametrize("variant", [row.name for row in kernels.get("relu").variants])
def test_relu_of_special_values(run_on: RunOn, variant: str) -> None:
    check, memory = run_on("relu", variant, 128, {"x": SPECIAL}, n=SPECIAL.size)
    assert check.correct, check.message
    assert memory["y"][0] == 0, "NaN gives 0"
    assert memory["y"][5] == np.float32(1e-45), "subnormals are kept"


@pytest.mark.parametrize("variant", TRANSPOSES)
def test_transpose_keeps_every_bit(run_on: RunOn, variant: str) -> None:
    a = np.random.default_rng(0).integers(0, 1 << 32, (6, 11), np.uint32).view(np.float32)
    _, memory = run_on("transpose", variant, 128, {"A": a}, m=6, n=11)
    assert np.array_equal(memory["B"].view(np.uint32), a.view(np.uint32).T)


@pytest.mark.parametrize("kernel", [*STREAMS, "transpose"])
def test_one_wrong_element_is_found(kernel: str) -> None:
    contract = kernels.get(kernel)
    call = contract.prepare(contract.validate({"n": 9} | ({"m": 4} if kernel == "transpose" else {})))
    memory = call.fresh()
    (name,) = call.outputs
    got = call.tensor(name, memory[name])
    got[...] = contract.reference(call)[name].value
    assert contract.check(call, memory).correct
    at = tuple(size // 2 for size in got.shape)
    got[at] = got[at] + 1 if kernel == "copy" else np.nextafter(got[at], np.float32(9)) + np.float32(1e-5)
    check = contract.check(call, memory)
    assert not check.correct and check.message.startswith(f"{name}[{', '.join(map(str, at))}] is ")


def test_axpy_is_judged_against_the_values_before_the_call() -> None:
    contract = kernels.get("axpy")
    call = contract.prepare(contract.validate({"n": 5}))
    assert call.outputs == ("y",) and np.isfinite(call.tensor("y")).all()
    assert not contract.check(call, call.fresh()).correct


@pytest.mark.parametrize(
    ("value", "says"),
    [("x", "a=x is no number; a .* is a number from"), ("nan", "a=nan is out of range"), ("1e39", "out of range"), (None, "no number")],
)
def test_a_factor_that_is_no_float_is_refused(value: object, says: str) -> None:
    with pytest.raises(rvsim.UsageError, match=says):
        kernels.get("axpy").validate({"a": value})


def test_a_factor_comes_as_text_or_number() -> None:
    assert [kernels.get("axpy").validate({"a": a})["a"] for a in ("-2.5", 3, np.float32(0.5), "1e-3")] == [-2.5, 3.0, 0.5, 1e-3]
    assert all(type(kernels.get("axpy").validate({"a": a})["a"]) is float for a in (1, "2", np.float32(3)))


def test_flop() -> None:
    flop = {
        name: {row.flop(kernels.get(name).validate({"n": 7})) for row in kernels.get(name).variants} for name in [*STREAMS, "transpose"]
    }
    assert flop == {"axpy": {14}, "dot": {14}, "relu": {0}, "copy": {0}, "transpose": {0}}


@pytest.mark.parametrize("kernel", [*STREAMS, "transpose"])
def test_rows_that_overlap_and_variants_that_are_not_there_are_refused(kernel: str) -> None:
    contract = kernels.get(kernel)
    with pytest.raises(rvsim.UsageError, match="has no variant 'fast'"):
        contract.select("fast", contract.validate({}), vlen=512, isa=frozenset({"v"}))
    with pytest.raises(rvsim.UsageError, match="lacks zve"):
        contract.select("naive", contract.validate({}), vlen=512, isa=frozenset())
    if kernel == "transpose":
        with pytest.raises(rvsim.UsageError, match="ldb=3 is shorter than a row of 64"):
            contract.validate({"ldb": 3})


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
@pytest.mark.parametrize("kernel", [*STREAMS, "transpose"])
def test_tuned_variants_are_not_slower_than_the_plain_one(kernel: str, machine: str) -> None:
    """Warm caches: a longer loop takes longer to fetch the first time."""
    for n in (100, 1000, 5000):
        params = {"m": 64, "n": n // 20} if kernel == "transpose" else {"n": n}
        cycles = {row.name: warm_cycles(machine, kernel, row.name, **params) for row in kernels.get(kernel).variants}
        plain = cycles.pop("naive")
        assert max(cycles.values()) <= 1.02 * plain + 2, (n, cycles, plain)


def test_every_result_has_figures_without_arithmetic() -> None:
    """No FLOP: rates are 0 or null, and the text of the result can be made."""
    result = rvsim.Machine("generic").run("copy", n=1000)
    assert result.flop == 0 and result.flop_per_cycle == 0 and result.utilization == 0
    assert "CORRECT" in str(dataclasses.replace(result, stdout=""))
