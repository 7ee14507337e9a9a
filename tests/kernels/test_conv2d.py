"""conv2d: right at any shape, stride, dilation, padding, grouping and VLEN; numpy's reference against a plain loop; special values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rvsim
from rvsim import kernels

from .conftest import Run, RunOn, warm_cycles

CONV2D = kernels.get("conv2d")
VLENS = [128, 256, 512, 1024, 2048, 4096]
ROWS = [pytest.param(row, id=f"{row.dtype}-{row.name}") for row in CONV2D.variants]
FLOATS = [pytest.param(row, id=f"{row.dtype}-{row.name}") for row in CONV2D.variants if row.dtype != "i8" and "winograd" not in row.name]
CHOICES = [{}, {"agnostic": "ones"}, {"vl_choice": "half"}, {"misaligned": "trap"}]


@st.composite
def problems(draw: st.DrawFn) -> dict[str, object]:
    groups = draw(st.sampled_from([1, 1, 1, 2, 3, 5]))
    sizes = {
        "n": draw(st.sampled_from([0, 1, 1, 1, 2])),
        "c": groups * draw(st.sampled_from([0, 1, 1, 2, 3])),
        "k": groups * draw(st.sampled_from([0, 1, 2, 5, 13, 14, 15, 29])),
        "h": draw(st.integers(0, 17)),
        "w": draw(st.integers(0, 40)),
        "r": draw(st.integers(1, 4)),
        "s": draw(st.integers(1, 5)),
        "stride": draw(st.sampled_from([1, 1, 2, 3, 4])),
        "dilation": draw(st.sampled_from([1, 1, 2, 3, 5])),
    }
    pads = {f"pad_{side}": draw(st.integers(-1, 4)) for side in ("top", "left", "bottom", "right")}
    rest = {
        "bias": draw(st.integers(0, 1)),
        "activation": draw(st.sampled_from(["none", "relu", "clip"])),
        "seed": draw(st.integers(0, 99)),
    }
    return sizes | pads | rest | {"groups": groups, "pad": draw(st.integers(0, 3))}


@settings(max_examples=25, derandomize=True)
@given(problem=problems(), choices=st.sampled_from(CHOICES))
@example(problem={"h": 9, "w": 9, "c": 3, "k": 15, "stride": 2}, choices={})
@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("vlen", VLENS)
def test_any_problem(assert_right: Run, vlen: int, row: kernels.Variant, problem: dict[str, object], choices: dict[str, str]) -> None:
    fitting = fit(row, problem)
    assert row.refusal(CONV2D.validate(fitting), vlen, frozenset({"v", "zvfh"})) is None
    assert_right("conv2d", row.name, vlen, choices, **fitting)


def fit(row: kernels.Variant, problem: dict[str, object]) -> dict[str, object]:
    """The problem turned into one that the variant is for."""
    fitting = dict(problem) | row.kind
    if "pad" in row.kind:
        fitting |= dict.fromkeys(("pad_top", "pad_left", "pad_bottom", "pad_right"), -1)
    if row.name == "depthwise":
        c = max(1, int(str(problem["c"])))
        fitting |= {"c": c, "groups": c, "k": c * (1 + int(str(problem["k"])) % 3), "pad_left": 1, "pad_right": 1}
        fitting |= {name: max(1, int(str(fitting[name]))) for name in ("h", "w")}
    return fitting


@pytest.mark.parametrize("k", [*range(16), 27, 28, 29, 43])
def test_every_block_of_channels(assert_right: Run, k: int) -> None:
    assert_right("conv2d", "14x2", 128, h=4, w=11, c=2, k=k)


@pytest.mark.parametrize("taps", [(1, 1), (1, 2), (2, 1), (1, 5), (3, 3), (5, 5), (7, 1)])
@pytest.mark.parametrize("c", [1, 2, 3])
def test_even_and_odd_numbers_of_taps(assert_right: Run, taps: tuple[int, int], c: int) -> None:
    for k in (1, 2, 14):
        assert_right("conv2d", "14x2", 128, h=6, w=9, c=c, k=k, r=taps[0], s=taps[1], pad=2)


@pytest.mark.parametrize("vlen", [128, 512, 4096])
def test_columns_around_every_strip(assert_right: Run, vlen: int) -> None:
    """One less and one more than VLMAX at LMUL 2, than half and twice of it: pieces of rows, whole rows, several rows."""
    for whole, edge in itertools.product((vlen // 32, vlen // 16, vlen // 8), (-1, 0, 1)):
        assert_right("conv2d", "14x2", vlen, h=5, w=whole + edge, c=1, k=3)
        assert_right("conv2d", "14x2", vlen, h=5, w=whole + edge, c=1, k=3, r=1, s=1, pad=0)
        assert_right("conv2d", "naive", vlen, h=3, w=whole + edge, c=1, k=2)


@pytest.mark.parametrize("row", ROWS)
def test_channels_by_groups(assert_right: Run, row: kernels.Variant) -> None:
    assert_right("conv2d", row.name, 256, **fit(row, {"h": 12, "w": 19, "c": 24, "k": 24, "groups": 24}))
    assert_right("conv2d", row.name, 256, **fit(row, {"h": 12, "w": 19, "c": 8, "k": 24, "groups": 8, "stride": 2}))
    assert_right("conv2d", row.name, 128, **fit(row, {"h": 9, "w": 11, "c": 12, "k": 42, "groups": 2}))


def plain(call: kernels.Call, params: kernels.Params) -> kernels.Array:
    """The definition, element by element, with zeros spelled out."""
    x, weights = call.tensor("X"), call.tensor("W")
    top, left = (int(params[f"pad_{side}"]) if int(params[f"pad_{side}"]) >= 0 else int(params["pad"]) for side in ("top", "left"))
    y = np.zeros(call.buffers["Y"].shape)
    per_group, outputs = weights.shape[1], y.shape[1] // int(params["groups"])
    for n, k, oh, ow in np.ndindex(y.shape):
        total = float(call.tensor("bias")[k]) if "bias" in call.buffers else 0.0
        for c, r, s in np.ndindex(*weights.shape[1:]):
            row = oh * int(params["stride"]) + r * int(params["dilation"]) - top
            column = ow * int(params["stride"]) + s * int(params["dilation"]) - left
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                total += float(x[n, k // outputs * per_group + c, row, column]) * float(weights[k, c, r, s])
        y[n, k, oh, ow] = total
    return y


@settings(max_examples=25, derandomize=True)
@given(problem=problems())
def test_the_reference_is_the_definition(problem: dict[str, object]) -> None:
    small = problem | {"h": int(str(problem["h"])) % 8, "w": int(str(problem["w"])) % 8, "k": int(str(problem["groups"])) * 2}
    params = CONV2D.validate(small | {"activation": "none"})
    call = CONV2D.prepare(params)
    expected = CONV2D.reference(call)["Y"]
    right = plain(call, params)
    assert expected.value.shape == right.shape
    assert np.allclose(expected.value, right, rtol=1e-12, atol=1e-12)
    assert (expected.scale >= np.abs(right) * (1 - 1e-12)).all()


def test_output_size() -> None:
    def size(**raw: object) -> tuple[int, ...]:
        return CONV2D.prepare(CONV2D.validate({"c": 1, "k": 1} | raw)).buffers["Y"].shape[2:]

    assert size(h=56, w=40) == (56, 40)
    assert size(h=56, w=56, stride=2) == (28, 28)
    assert size(h=10, w=10, pad=0, dilation=3) == (4, 4)
    assert size(h=10, w=10, pad=0, pad_top=1, pad_right=2) == (9, 10)
    assert size(h=1, w=10, pad=0) == (0, 8)


def test_activations() -> None:
    values = {}
    for activation in ("none", "relu", "clip"):
        call = CONV2D.prepare(CONV2D.validate({"activation": activation, "low": -1.5, "high": 2}))
        values[activation] = CONV2D.reference(call)["Y"].value
    assert values["none"].min() < -3 and values["none"].max() > 3
    assert np.array_equal(values["relu"], np.maximum(values["none"], 0))
    assert np.array_equal(values["clip"], np.clip(values["none"], -1.5, 2))


def in_layout(row: kernels.Variant, x: kernels.Array) -> kernels.Array:
    """n x c x h x w as the variant's layout and dtype have it."""
    kind = np.dtype({"f32": np.float32, "f16": np.float16}[row.dtype])
    return np.ascontiguousarray(x.astype(kind).transpose(0, 2, 3, 1) if row.kind["layout"] == "nhwc" else x.astype(kind))


@pytest.mark.parametrize("row", FLOATS)
@pytest.mark.parametrize("activation", ["none", "relu", "clip"])
def test_special_values(run_on: RunOn, row: kernels.Variant, activation: str) -> None:
    """NaN and infinities reach exactly the outputs that see them; an activation turns NaN into its lower limit."""
    x = np.ones((1, 2, 7, 9))
    x[0, 0, 3, 4], x[0, 1, 0, 0], x[0, 0, 6, 8], x[0, 1, 6, 0] = np.nan, np.inf, -np.inf, 1e-40
    problem = fit(row, {"h": 7, "w": 9, "c": 2, "k": 4, "activation": activation, "low": -2.0, "pad": 1})
    check, memory = run_on("conv2d", row.name, 128, {"X": in_layout(row, x)}, **problem)
    assert check.correct, check.message
    params = CONV2D.validate(problem)
    y = memory["Y"].transpose(0, 3, 1, 2) if row.kind["layout"] == "nhwc" else memory["Y"]
    if (params["r"], params["s"]) != (3, 3) or (params["groups"]) != 1:
        return
    assert np.isnan(y).any() or activation != "none"
    middle = y[0, :, 2:5, 3:6]
    assert np.isnan(middle).all() if activation == "none" else (middle == (0 if activation == "relu" else -2)).all()


@pytest.mark.parametrize("row", FLOATS)
def test_subnormals_are_kept(run_on: RunOn, row: kernels.Variant) -> None:
    small = 1e-40 if row.dtype == "f32" else 2.0**-20
    taps = int(row.kind.get("r", 1))
    x = np.full((1, 1, 3, 3), small)
    weights = np.zeros((1, 1, taps, taps)) if row.kind["layout"] == "nchw" else np.zeros((taps, taps, 1, 1))
    weights[(0, 0, 0, 0)] = 0.5
    kind = np.float32 if row.dtype == "f32" else np.float16
    problem = fit(row, {"h": 3, "w": 3, "c": 1, "k": 1, "r": taps, "s": taps, "pad": 0, "bias": 0})
    if row.name == "depthwise":
        weights[0, 0, 0, 0], weights[0, 0, 1, 1] = 0, 0.5
        problem |= {"pad": 1, "k": 1}
    _, memory = run_on("conv2d", row.name, 128, {"X": in_layout(row, x), "W": weights.astype(kind)}, **problem)
    assert memory["Y"].size and (memory["Y"] == kind(small) / 2).all()


def test_one_wrong_element_and_one_missing_tap_are_found() -> None:
    call = CONV2D.prepare(CONV2D.validate({"h": 6, "w": 6, "c": 3, "k": 2}))
    memory = call.fresh()
    y = call.tensor("Y", memory["Y"])
    y[...] = CONV2D.reference(call)["Y"].value
    assert CONV2D.check(call, memory).correct
    y[0, 1, 5, 0] += 1e-3
    check = CONV2D.check(call, memory)
    assert not check.correct and check.message.startswith("Y[0, 1, 5, 0] is ")
    y[...] = CONV2D.reference(call)["Y"].value
    y[0, 0] -= call.tensor("X")[0, 2] * call.tensor("W")[0, 2, 1, 1]
    check = CONV2D.check(call, memory)
    assert not check.correct and "36 of 72 elements" in check.message


def test_scratch_may_be_written_but_not_what_is_behind_it() -> None:
    call = CONV2D.prepare(CONV2D.validate({"h": 3, "w": 3, "c": 1, "k": 1}))
    memory = call.fresh()
    call.tensor("Y", memory["Y"])[...] = CONV2D.reference(call)["Y"].value
    call.tensor("work", memory["work"])[...] = 1
    assert CONV2D.check(call, memory).correct
    memory["work"][-1] = 1
    assert "work was written outside" in CONV2D.check(call, memory).message


def test_arguments() -> None:
    call = CONV2D.prepare(CONV2D.validate({"n": 2, "h": 8, "w": 9, "c": 4, "k": 6, "groups": 2, "stride": 2, "pad_left": 0}))
    assert call.args == ("X", "W", "bias", "Y", "work", "shape", 0, 0.0, 0.0)
    assert call.tensor("shape").tolist() == [2, 4, 8, 9, 6, 3, 3, 2, 1, 2, 1, 0, 4, 4]
    assert call.buffers["W"].shape == (6, 2, 3, 3)
    without = CONV2D.prepare(CONV2D.validate({"bias": 0, "activation": "clip"}))
    assert without.args[2] == 0 and "bias" not in without.buffers and without.args[-3:] == (1, 0.0, 6.0)


def test_flop_counts_what_a_variant_multiplies() -> None:
    params = CONV2D.validate({"h": 4, "w": 5, "c": 2, "k": 3})
    flop = {row.name: row.flop(params) for row in CONV2D.variants if row.dtype == "f32"}
    inside = (2 + 3 + 3 + 2) * (2 + 3 + 3 + 3 + 2)
    assert flop["14x2"] == 2 * 3 * 2 * 9 * 20 and flop["naive"] == 2 * 3 * 2 * inside
    unpadded = CONV2D.validate({"pad": 0, "stride": 2, "dilation": 2})
    assert len({row.flop(unpadded) for row in CONV2D.variants if row.name in ("14x2", "naive")}) == 1


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"c": 3, "groups": 2}, "c=3 channels cannot be shared out evenly over groups=2"),
        ({"k": 3, "groups": 2}, "k=3 channels cannot"),
        ({"stride": 0}, "stride=0 is out of range"),
        ({"r": 0}, "r=0 is out of range"),
        ({"layout": "chwn"}, "layout=chwn is not available"),
        ({"activation": "tanh"}, "activation is one of: none, relu, clip"),
        ({"low": 7}, "low=7.0 is above high=6.0"),
        ({"n": 1000, "c": 1000, "h": 100, "w": 100}, "GiB of arrays"),
    ],
)
def test_bad_parameters_are_named(raw: dict[str, object], says: str) -> None:
    with pytest.raises(rvsim.UsageError, match=says):
        CONV2D.validate(raw)


def test_auto_prepares_only_where_it_pays() -> None:
    names = {h: CONV2D.select("auto", CONV2D.validate({"h": h, "w": h}), vlen=512, isa=frozenset({"v"})).variant.name for h in (3, 14)}
    assert names == {3: "naive", 14: "14x2"}


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
@pytest.mark.parametrize(
    "problem",
    [
        {},
        {"h": 6, "w": 6},
        {"stride": 2},
        {"groups": 16, "h": 40, "w": 40},
        {"r": 1, "s": 1, "pad": 0},
        {"k": 1, "c": 1, "h": 56, "w": 56},
        {"h": 8, "w": 100, "dilation": 2},
    ],
    ids=str,
)
def test_the_tuned_variant_is_not_slower_than_the_plain_one(machine: str, problem: dict[str, object]) -> None:
    assert warm_cycles(machine, "conv2d", "14x2", **problem) <= warm_cycles(machine, "conv2d", "naive", **problem)


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
def test_it_nears_the_peak(machine: str) -> None:
    """A quarter of the layer that the bar is for, with a quarter of its channels: fixed costs weigh four times as much."""
    result = rvsim.Machine(machine).run("conv2d", h=28, w=56, c=32, k=32)
    assert result.correct and result.utilization is not None and result.utilization > 0.75


def test_winograds_bound_follows_from_its_own_sums(run_on: RunOn) -> None:
    """Where one input is large, outputs that do not see it have larger errors than direct sums; a wrong result still is one."""
    x = np.random.default_rng(1).standard_normal((1, 4, 6, 6)).astype(np.float32)
    x[0, 0, 0, 0] = 1e6
    problem = {"h": 6, "w": 6, "c": 4, "k": 3, "pad": 0, "bias": 0}
    check, _ = run_on("conv2d", "winograd", 128, {"X": x}, **problem)
    assert check.correct, check.message
    direct, _ = run_on("conv2d", "14x2", 128, {"X": x}, **problem)
    assert direct.correct and check.max_abs_error is not None and direct.max_abs_error is not None
    params = CONV2D.validate(problem)
    row = CONV2D.select("winograd", params, vlen=128, isa=frozenset({"v"})).variant
    call = CONV2D.prepare(params, variant=row, vlen=128)
    buffers = call.fresh()
    y = call.tensor("Y", buffers["Y"])
    y[...] = CONV2D.reference(call)["Y"].value
    assert CONV2D.check(call, buffers).correct
    y[0, 1, 2, 3] += 1e-3
    assert "Y[0, 1, 2, 3] is" in CONV2D.check(call, buffers).message
    assert row.flop(params) == 2 * 16 * 4 * 3 * 4
