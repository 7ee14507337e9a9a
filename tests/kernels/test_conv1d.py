"""conv1d: right at any length, stride, dilation, padding, grouping and VLEN; its reference against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvsim import kernels

from .conftest import Run

CONV1D = kernels.get("conv1d")
ROWS = [pytest.param(row, id=f"{row.dtype}-{row.name}") for row in CONV1D.variants]


@st.composite
def problems(draw: st.DrawFn) -> dict[str, object]:
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    sizes = {
        "n": draw(st.sampled_from([0, 1, 1, 2])),
        "c": groups * draw(st.sampled_from([0, 1, 2, 3])),
        "k": groups * draw(st.sampled_from([0, 1, 6, 7, 8, 14, 15])),
        "w": draw(st.integers(0, 300)),
        "s": draw(st.integers(1, 9)),
        "stride": draw(st.sampled_from([1, 1, 2, 3])),
        "dilation": draw(st.sampled_from([1, 1, 2, 5])),
        "pad": draw(st.integers(0, 3)),
        "pad_left": draw(st.integers(-1, 4)),
        "pad_right": draw(st.integers(-1, 4)),
    }
    return sizes | {"groups": groups, "bias": draw(st.integers(0, 1)), "activation": draw(st.sampled_from(["none", "relu", "clip"]))}


@settings(max_examples=10, derandomize=True)
@given(problem=problems())
@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("vlen", [128, 512, 4096])
def test_any_problem(assert_right: Run, vlen: int, row: kernels.Variant, problem: dict[str, object]) -> None:
    assert_right("conv1d", row.name, vlen, **problem, dtype=row.dtype)


def test_the_reference_is_the_definition() -> None:
    params = CONV1D.validate({"w": 11, "c": 4, "k": 6, "groups": 2, "s": 3, "stride": 2, "dilation": 2, "pad_left": 1, "pad_right": 3})
    call = CONV1D.prepare(params)
    x, weights, bias = (call.tensor(name).astype(np.float64) for name in ("X", "W", "bias"))
    expected = CONV1D.reference(call)["Y"].value
    assert expected.shape == (1, 6, 1, 6)
    padded = np.pad(x[0, :, 0], ((0, 0), (1, 3)))
    for k, at in np.ndindex(6, 6):
        channels = slice(k // 3 * 2, k // 3 * 2 + 2)
        right = (padded[channels, at * 2 : at * 2 + 5 : 2] * weights[k, :, 0]).sum() + bias[k]
        assert np.isclose(expected[0, k, 0, at], right)


def test_it_has_its_own_functions() -> None:
    assert CONV1D.prepare(CONV1D.validate({})).prototype.startswith("void sconv1d(const float *X")
    assert {row.symbol for row in CONV1D.variants} == {"sconv1d", "hconv1d", "iconv1d"}
