"""conv2d: two-dimensional convolution with stride, dilation, padding, groups, bias and activation.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). Layout nchw:
X n x c x h x w, W k x c/groups x r x s, Y n x k x oh x ow, all without gaps. The C function is the same for all variants:

    void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,
                 float lo, float hi)

shape holds n c h w k r s stride dilation groups pad_top pad_left oh ow; bias may be null; `work` is scratch of `scratch(params)`
elements, whose content does not matter. With clamp, results are limited to lo..hi.

Tolerance. One element is a sum of up to T = c/groups r s products and the bias, so as for matmul at most T + 1 roundings more than
none: |error| <= (T + 3) eps (|W| * |X| + |bias|). Limiting cannot enlarge an error. NaN and infinities follow IEEE 754 up to the
activation, whose maximum and minimum turn NaN into `lo`. An infinite weight times a zero of the padding is NaN in variants that
multiply the padding, and nothing in those that pass it over: weights should be finite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .base import FLOAT_MAX, GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Array, Expected, Tolerance

SIDES = ("top", "left", "bottom", "right")


class Shape(NamedTuple):
    """The sizes of a problem; `taps` is c/groups r s, oh and ow are those of the output."""

    n: int
    c: int
    h: int
    w: int
    k: int
    r: int
    s: int
    stride: int
    dilation: int
    groups: int
    top: int
    left: int
    bottom: int
    right: int

    @property
    def taps(self) -> int:
        return self.c // self.groups * self.r * self.s

    @property
    def oh(self) -> int:
        return max(0, (self.h + self.top + self.bottom - self.dilation * (self.r - 1) - 1) // self.stride + 1)

    @property
    def ow(self) -> int:
        return max(0, (self.w + self.left + self.right - self.dilation * (self.s - 1) - 1) // self.stride + 1)


def shape(params: Params) -> Shape:
    """The sizes, with the paddings that are -1 replaced by `pad`."""
    names = ("n", "c", "h", "w", "k", "r", "s", "stride", "dilation", "groups")
    pads = (int(params[f"pad_{side}"]) for side in SIDES)
    return Shape(*(int(params[name]) for name in names), *(int(params["pad"]) if pad < 0 else pad for pad in pads))


def limits(params: Params) -> tuple[int, float, float]:
    """clamp, lo, hi of the call."""
    if params["activation"] == "none":
        return 0, 0.0, 0.0
    if params["activation"] == "relu":
        return 1, 0.0, float("inf")
    return 1, float(params["low"]), float(params["high"])


def flop(params: Params) -> int:
    """A multiply and an add for each tap of each output, those in the padding included."""
    p = shape(params)
    return 2 * p.n * p.k * p.oh * p.ow * p.taps


def flop_inside(params: Params) -> int:
    """The same without taps that lie in the padding."""
    p = shape(params)
    rows = np.arange(p.oh)[:, None] * p.stride + np.arange(p.r) * p.dilation - p.top
    columns = np.arange(p.ow)[:, None] * p.stride + np.arange(p.s) * p.dilation - p.left
    inside = int(((rows >= 0) & (rows < p.h)).sum()) * int(((columns >= 0) & (columns < p.w)).sum())
    return 2 * p.n * p.k * (p.c // p.groups) * inside


def scratch(params: Params) -> int:
    """Doublewords of `work`, which holds addresses as well as floats.

    A head of 32, the table of taps, packed weights with 16 behind them, the input with its zeros.
    """
    p = shape(params)
    rows, columns = (-(-((out - 1) * p.stride + (taps - 1) * p.dilation + 1) // p.stride) for out, taps in ((p.oh, p.r), (p.ow, p.s)))
    image = p.c * p.stride**2 * rows * columns if p.oh and p.ow else 0
    return (32 + 2 * (p.taps + 1) + p.k * p.taps + 16 + image + 1) // 2


def relation(params: Params) -> str | None:
    """Groups must divide the channels; a range must not be empty."""
    p = shape(params)
    for name, channels in (("c", p.c), ("k", p.k)):
        if channels % p.groups:
            return f"{name}={channels} channels cannot be shared out evenly over groups={p.groups}; {name} must be a multiple of groups"
    if float(params["low"]) > float(params["high"]):
        return f"low={params['low']} is above high={params['high']}"
    return None


def size(params: Params) -> int:
    """Bytes of all buffers."""
    p = shape(params)
    elements = p.n * p.c * p.h * p.w + p.k * p.taps + p.k + p.n * p.k * p.oh * p.ow
    return 4 * (elements + 4 * GUARD) + 8 * (scratch(params) + 14 + 2 * GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal X, W and bias."""
    p = shape(params)
    x = rng.standard_normal((p.n, p.c, p.h, p.w)).astype(np.float32)
    weights = rng.standard_normal((p.k, p.c // p.groups, p.r, p.s)).astype(np.float32)
    bias = rng.standard_normal(p.k).astype(np.float32)
    y = np.empty((p.n, p.k, p.oh, p.ow), np.float32)
    longs = np.array([*p[:12], p.oh, p.ow], np.int64)
    buffers = {
        "X": Buffer.of("X", x, steps(x)),
        "W": Buffer.of("W", weights, steps(weights)),
        "bias": Buffer.of("bias", bias, (1,)),
        "Y": Buffer.of("Y", y, steps(y), output=True),
        "work": Buffer.of("work", np.empty(scratch(params), np.int64), (1,), output=True),
        "shape": Buffer.of("shape", longs, (1,)),
    }
    if not params["bias"]:
        del buffers["bias"]
    return Call(
        prototype="void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,"
        " float lo, float hi)",
        args=("X", "W", "bias" if params["bias"] else 0, "Y", "work", "shape", *limits(params)),
        buffers=buffers,
        params=params,
    )


def steps(values: Array) -> tuple[int, ...]:
    """Strides in elements of an array without gaps."""
    return tuple(int(np.prod(values.shape[axis + 1 :])) for axis in range(values.ndim))


def reference(call: Call) -> Mapping[str, Expected]:
    """The sum over taps of (groups of) matrix products in double, and that of the absolute terms."""
    p = shape(call.params)
    x, weights = call.tensor("X").astype(np.float64), call.tensor("W").astype(np.float64)
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        value, scale = convolve(x, weights, p), convolve(np.abs(x), np.abs(weights), p)
        if "bias" in call.buffers:
            bias = call.tensor("bias").astype(np.float64)[:, None, None]
            value, scale = value + bias, scale + np.abs(bias)
        clamp, low, high = limits(call.params)
        if clamp:
            value = np.fmin(np.fmax(value, np.float64(np.float32(low))), np.float64(np.float32(high)))
            scale = np.where(np.isfinite(scale), scale, 0)  # what was NaN or infinite is now exactly a limit
    formula = "|Y - (W * X + bias)| <= (c/groups r s + 3) eps (|W| * |X| + |bias|)"
    return {"Y": Expected(value, scale, Tolerance.of(np.float32, p.taps + 3, formula))}


def convolve(x: Array, weights: Array, p: Shape) -> Array:
    """X convolved with W in the type of both."""
    padded = np.pad(x, ((0, 0), (0, 0), (p.top, p.bottom), (p.left, p.right)))
    total = np.zeros((p.n, p.groups, p.k // p.groups, p.oh * p.ow), x.dtype)
    grouped = weights.reshape(p.groups, p.k // p.groups, p.c // p.groups, p.r, p.s)
    for row in range(p.r if p.oh and p.ow else 0):
        for column in range(p.s):
            down = slice(row * p.dilation, row * p.dilation + (p.oh - 1) * p.stride + 1, p.stride)
            across = slice(column * p.dilation, column * p.dilation + (p.ow - 1) * p.stride + 1, p.stride)
            seen = padded[:, :, down, across].reshape(p.n, p.groups, p.c // p.groups, p.oh * p.ow)
            total += grouped[:, :, :, row, column] @ seen
    return total.reshape(p.n, p.k, p.oh, p.ow)


def _few(params: Params, vlen: int) -> str | None:
    p = shape(params)
    outputs = p.n * p.oh * p.ow * (p.k // p.groups)
    if outputs < 512:
        return f"for {outputs} outputs of a group its preparations do not pay"
    return None


PARAMS = (
    Param("n", 1, "images", maximum=1 << 16),
    Param("h", 14, "height of the input", maximum=1 << 16),
    Param("w", 14, "width of the input", maximum=1 << 16),
    Param("c", 16, "input channels", maximum=1 << 16),
    Param("k", 16, "output channels", maximum=1 << 16),
    Param("r", 3, "height of the filter", minimum=1, maximum=1 << 10),
    Param("s", 3, "width of the filter", minimum=1, maximum=1 << 10),
    Param("stride", 1, "input rows and columns from output to output", minimum=1, maximum=1 << 10),
    Param("pad", 1, "zeros at each side", maximum=1 << 10),
    Param("dilation", 1, "input rows and columns from tap to tap", minimum=1, maximum=1 << 10),
    Param("groups", 1, "groups of channels, which do not mix; c for depthwise", minimum=1, maximum=1 << 16),
    Param("layout", "nchw", "order of the dimensions", choices=("nchw",)),
    Param("dtype", "f32", "element type", choices=("f32",)),
    *(Param(f"pad_{side}", -1, f"zeros at the {side}, -1 for pad", minimum=-1, maximum=1 << 10) for side in SIDES),
    Param("bias", 1, "1 adds a bias to each output channel", maximum=1),
    Param("activation", "none", "applied to the sums; relu is max(y, 0), clip limits to low..high", choices=("none", "relu", "clip")),
    Param("low", 0.0, "least result of clip", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
    Param("high", 6.0, "largest result of clip", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
    SEED,
)

CONV2D = Kernel(
    name="conv2d",
    doc="two-dimensional convolution with stride, dilation, padding, groups, bias and activation",
    params=PARAMS,
    variants=(
        Variant(
            name="14x2",
            dtype="f32",
            source="conv2d/f32_14x2.S",
            symbol="sconv2d",
            doc="direct: 14 output channels by LMUL 2, 14 vfmacc for each load; weights packed, padding and stride resolved beforehand",
            flop=flop,
            macc=("f32", "f32"),
            requires=frozenset({"zve64f"}),
            unsuited=_few,
        ),
        Variant(
            name="naive",
            dtype="f32",
            source="conv2d/f32_naive.S",
            symbol="sconv2d",
            doc="one strip of one output row at a time: a strided, masked load for each vfmacc",
            flop=flop_inside,
            macc=("f32", "f32"),
            requires=frozenset({"zve32f"}),
        ),
    ),
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
