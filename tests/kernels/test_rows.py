"""softmax and layernorm: right at any shape and VLEN, good exponentials over their whole range, NaN and infinities as stated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rvsim
from rvsim import kernels

from .conftest import Run, RunOn, warm_cycles

VLENS = [128, 256, 512, 1024, 2048, 4096]
ROWS = [(name, row.name) for name in ("softmax", "layernorm") for row in kernels.get(name).variants]
SOFTMAX = kernels.get("softmax")
LAYERNORM = kernels.get("layernorm")


@settings(max_examples=12, derandomize=True)
@given(m=st.integers(0, 5), n=st.integers(0, 300), pads=st.tuples(st.integers(0, 5), st.integers(0, 5)), seed=st.integers(0, 99))
@pytest.mark.parametrize(("kernel", "variant"), ROWS)
@pytest.mark.parametrize("vlen", VLENS)
def test_any_shape(assert_right: Run, vlen: int, kernel: str, variant: str, m: int, n: int, pads: tuple[int, int], seed: int) -> None:
    assert_right(kernel, variant, vlen, m=m, n=n, ldx=n + pads[0], ldy=n + pads[1], seed=seed)


@pytest.mark.parametrize(("kernel", "variant"), ROWS)
@pytest.mark.parametrize("vlen", [128, 4096])
def test_lengths_around_every_strip(assert_right: Run, vlen: int, kernel: str, variant: str) -> None:
    for lmul in (1, 2, 8):
        for strips in (1, 2):
            for edge in (-1, 0, 1):
                assert_right(kernel, variant, vlen, m=2, n=vlen * lmul * strips // 32 + edge)


@pytest.mark.parametrize("choices", [{"agnostic": "ones"}, {"vl_choice": "half"}], ids=str)
@pytest.mark.parametrize(("kernel", "variant"), ROWS)
def test_any_choice_of_the_machine(assert_right: Run, kernel: str, variant: str, choices: dict[str, str]) -> None:
    for n in (1, 3, 5, 12, 37, 64, 100):
        assert_right(kernel, variant, 128, choices, m=3, n=n)


@pytest.mark.parametrize("variant", [row.name for row in SOFTMAX.variants])
def test_exponentials_are_good_to_less_than_one_ulp(run_on: RunOn, variant: str) -> None:
    """A row of a 0 and a negative number x is exp(x) and 1 over 1 + exp(x); far below 0 the sum is 1 and exp itself shows."""
    x = np.zeros((4000, 2), np.float32)
    x[:, 1] = np.concatenate([np.linspace(-16.7, -104, 3000), -np.geomspace(17, 1e30, 1000)])
    check, memory = run_on("softmax", variant, 512, {"X": x}, m=4000, n=2)
    assert check.correct, check.message
    exact = np.exp(x[:, 1].astype(np.float64))
    sum_is_one = exact < 2.0**-25
    got, exact = memory["Y"][sum_is_one, 1], exact[sum_is_one]
    ulp = np.abs(got - exact) / np.spacing(exact.astype(np.float32)).astype(np.float64)
    assert sum_is_one.sum() > 3900 and ulp.max() < 0.9


@pytest.mark.parametrize("variant", [row.name for row in SOFTMAX.variants])
def test_softmax_of_special_values(run_on: RunOn, variant: str) -> None:
    inf, nan = np.inf, np.nan
    rows = [[1, nan, 2], [inf, 0, 1], [-inf, -inf, -inf], [-inf, 0, 1], [3e38, -3e38, 0], [1e-40, 0, -1e-40], [inf, inf, -inf], [nan] * 3]
    check, memory = run_on("softmax", variant, 128, {"X": np.array(rows, np.float32)}, m=len(rows), n=3)
    assert check.correct, check.message
    assert np.isnan(memory["Y"]).all(axis=1).tolist() == [True, True, True, False, False, False, True, True]
    assert memory["Y"][3, 0] == 0 and memory["Y"][4].tolist() == [1, 0, 0]


@pytest.mark.parametrize("variant", [row.name for row in LAYERNORM.variants])
def test_layernorm_of_special_values(run_on: RunOn, variant: str) -> None:
    rows = [[1, np.nan, 2, 3], [np.inf, 0, 1, 2], [-np.inf, np.inf, 0, 0], [5, 5, 5, 5], [1e-40, -1e-40, 0, 0], [1e10, -1e10, 1e10, 0]]
    check, memory = run_on("layernorm", variant, 128, {"X": np.array(rows, np.float32)}, m=len(rows), n=4)
    assert check.correct, check.message
    assert np.isnan(memory["Y"]).all(axis=1).tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize("variant", [row.name for row in LAYERNORM.variants])
def test_a_large_mean_does_not_cancel_in_the_variance(run_on: RunOn, variant: str) -> None:
    """E(x^2) - mean^2 would be all rounding error here."""
    x = (3000 + np.random.default_rng(0).standard_normal((3, 200))).astype(np.float32)
    check, memory = run_on("layernorm", variant, 256, {"X": x, "gamma": np.ones(200, np.float32)}, m=3, n=200)
    assert check.correct, check.message
    assert np.abs(memory["Y"].std(axis=1) - 1).max() < 0.05


@pytest.mark.parametrize("kernel", ["softmax", "layernorm"])
@pytest.mark.parametrize("n", [3, 7, 100])
def test_numpy_in_single_precision_is_accepted_and_one_wrong_element_is_not(kernel: str, n: int) -> None:
    contract = kernels.get(kernel)
    call = contract.prepare(contract.validate({"m": 3, "n": n}))
    memory, x = call.fresh(), call.tensor("X")
    if kernel == "softmax":
        e = np.exp(x - x.max(axis=1, keepdims=True))
        right = e / e.sum(axis=1, keepdims=True)
    else:
        d = x - x.mean(axis=1, keepdims=True)
        s = np.sqrt((d * d).mean(axis=1, keepdims=True) + np.float32(1e-5))
        right = d / s * call.tensor("gamma") + call.tensor("beta")
    y = call.tensor("Y", memory["Y"])
    y[...] = right
    assert contract.check(call, memory).correct
    y[1, n // 2] *= np.float32(1 + 1e-3)
    check = contract.check(call, memory)
    assert not check.correct and check.message.startswith(f"Y[1, {n // 2}] is ")


@pytest.mark.parametrize(
    ("kernel", "raw", "says"),
    [
        ("softmax", {"n": 8, "ldx": 7}, "ldx=7 is shorter than a row of 8"),
        ("layernorm", {"n": 8, "ldy": 7}, "ldy=7 is shorter"),
        ("layernorm", {"eps": 0}, "eps=0 is out of range"),
        ("layernorm", {"eps": "small"}, "eps=small is no number"),
        ("softmax", {"dtype": "f64"}, "dtype=f64 is not available"),
    ],
)
def test_bad_parameters_are_named(kernel: str, raw: dict[str, object], says: str) -> None:
    with pytest.raises(rvsim.UsageError, match=says):
        kernels.get(kernel).validate(raw)


def test_flop() -> None:
    assert {row.flop(SOFTMAX.validate({"m": 2, "n": 5})) for row in SOFTMAX.variants} == {220}
    assert {row.flop(LAYERNORM.validate({"m": 2, "n": 5})) for row in LAYERNORM.variants} == {80}


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
@pytest.mark.parametrize("kernel", ["softmax", "layernorm"])
def test_tuned_variants_are_not_slower_than_the_plain_one(kernel: str, machine: str) -> None:
    for n in (64, 500, 1500):
        cycles = {row.name: warm_cycles(machine, kernel, row.name, m=4, n=n) for row in kernels.get(kernel).variants}
        plain = cycles.pop("naive")
        assert max(cycles.values()) <= 1.02 * plain + 2, (n, cycles, plain)


def test_auto_takes_strips_that_rows_fill() -> None:
    def choice(n: int) -> str:
        return SOFTMAX.select("auto", SOFTMAX.validate({"n": n}), vlen=256, isa=frozenset("v")).variant.name

    assert [choice(n) for n in (8, 9, 31, 32)] == ["naive", "m2", "m2", "2xm2"]
