"""conv_transpose2d: right at any shape, stride, dilation, padding, grouping and VLEN; its reference against conv2d's definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvsim import kernels

from .conftest import Run, RunOn, warm_cycles

CONV_TRANSPOSE2D = kernels.get("conv_transpose2d")
NAMES = [row.name for row in CONV_TRANSPOSE2D.variants]


@st.composite
def problems(draw: st.DrawFn) -> dict[str, object]:
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    sizes = {
        "n": draw(st.sampled_from([0, 1, 1, 2])),
        "c": groups * draw(st.sampled_from([0, 1, 2, 3])),
        "k": groups * draw(st.sampled_from([0, 1, 2, 13, 14, 15, 29])),
        "h": draw(st.integers(0, 6)),
        "w": draw(st.integers(0, 70)),
        "r": draw(st.integers(1, 4)),
        "s": draw(st.integers(1, 5)),
        "stride": draw(st.sampled_from([1, 2, 2, 3, 5])),
        "dilation": draw(st.sampled_from([1, 1, 2, 3])),
        "pad": draw(st.integers(0, 2)),
        "output_pad": draw(st.integers(0, 3)),
        "pad_left": draw(st.integers(-1, 4)),
        "pad_bottom": draw(st.integers(-1, 4)),
    }
    return sizes | {"groups": groups, "bias": draw(st.integers(0, 1)), "activation": draw(st.sampled_from(["none", "relu", "clip"]))}


@settings(max_examples=25, derandomize=True)
@given(problem=problems())
@pytest.mark.parametrize("variant", NAMES)
@pytest.mark.parametrize("vlen", [128, 256, 512, 1024, 2048, 4096])
def test_any_problem(assert_right: Run, vlen: int, variant: str, problem: dict[str, object]) -> None:
    assert_right("conv_transpose2d", variant, vlen, **problem)


@settings(max_examples=25, derandomize=True)
@given(problem=problems())
def test_the_reference_is_the_definition(problem: dict[str, object]) -> None:
    params = CONV_TRANSPOSE2D.validate(problem | {"w": int(str(problem["w"])) % 5, "k": int(str(problem["groups"])), "activation": "none"})
    call = CONV_TRANSPOSE2D.prepare(params)
    x, weights = call.tensor("X").astype(np.float64), call.tensor("W").astype(np.float64)
    y = np.zeros(call.buffers["Y"].shape)
    if "bias" in call.buffers:
        y += call.tensor("bias").astype(np.float64)[:, None, None]
    stride, dilation, groups = (int(params[name]) for name in ("stride", "dilation", "groups"))
    top, left = (int(params[f"pad_{side}"]) if int(params[f"pad_{side}"]) >= 0 else int(params["pad"]) for side in ("top", "left"))
    for n, c, ih, iw in np.ndindex(x.shape):
        for k, r, s in np.ndindex(weights.shape[1:]):
            row, column = ih * stride + r * dilation - top, iw * stride + s * dilation - left
            if 0 <= row < y.shape[2] and 0 <= column < y.shape[3]:
                y[n, c // (x.shape[1] // groups) * weights.shape[1] + k, row, column] += x[n, c, ih, iw] * weights[c, k, r, s]
    assert np.allclose(CONV_TRANSPOSE2D.reference(call)["Y"].value, y, rtol=1e-12, atol=1e-12)


def test_output_size() -> None:
    def size(**raw: object) -> tuple[int, ...]:
        return CONV_TRANSPOSE2D.prepare(CONV_TRANSPOSE2D.validate({"c": 1, "k": 1} | raw)).buffers["Y"].shape[2:]

    assert size(h=14, w=7) == (28, 14)
    assert size(h=14, w=7, output_pad=0) == (27, 13)
    assert size(h=4, w=4, stride=1, output_pad=0, pad=0, dilation=2) == (8, 8)
    assert size(h=0, w=4) == (0, 8)


@pytest.mark.parametrize("variant", NAMES)
def test_special_values(run_on: RunOn, variant: str) -> None:
    x = np.ones((1, 2, 5, 6), np.float32)
    x[0, 0, 2, 3], x[0, 1, 4, 0] = np.nan, np.inf
    check, memory = run_on("conv_transpose2d", variant, 128, {"X": x}, h=5, w=6, c=2, k=3)
    assert check.correct, check.message
    assert np.isnan(memory["Y"][0, :, 4, 6]).all() and np.isinf(memory["Y"][0, :, 8, 0]).all()


@pytest.mark.parametrize("machine", ["generic", "ara-4l", "spacemit-x60"])
@pytest.mark.parametrize("problem", [{}, {"h": 4, "w": 4}, {"c": 1, "k": 1, "h": 28, "w": 28}, {"stride": 3}, {"groups": 16}], ids=str)
def test_the_tuned_variant_is_not_slower_than_the_plain_one(machine: str, problem: dict[str, object]) -> None:
    cycles = {name: warm_cycles(machine, "conv_transpose2d", name, **problem) for name in ("auto", "naive")}
    assert cycles["auto"] <= cycles["naive"]


def test_auto_says_why() -> None:
    thin = CONV_TRANSPOSE2D.validate({"c": 1, "k": 2})
    choice = CONV_TRANSPOSE2D.select("auto", thin, vlen=512, isa=frozenset({"v"}))
    assert choice.variant.name == "naive" and "not 14x2: with so few channels" in choice.why
    usual = CONV_TRANSPOSE2D.select("auto", CONV_TRANSPOSE2D.validate({}), vlen=512, isa=frozenset({"v"}))
    assert usual.variant.name == "14x2"
