"""conv2d: two-dimensional convolution with stride, dilation, padding, groups, bias and activation.

Knows the operator only: data, numpy reference, tolerance; the table of variants is conv2d_variants.py. All arrays are without gaps:

    layout nchw     X n x c x h x w     W k x c/groups x r x s     Y n x k x oh x ow
    layout nhwc     X n x h x w x c     W r x s x c/groups x k     Y n x oh x ow x k

    void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,
                 float lo, float hi)                                                            f32
    void hconv2d(const _Float16 *X, ..)     the same with _Float16 X, W and Y; bias is float    f16
    void iconv2d(const int8_t *X, const int8_t *W, const int32_t *bias, int8_t *Y, long *work, const long *shape,
                 const float *scale)                                                            i8

In layout nhwc the names end in `_nhwc`. shape holds n c h w k r s stride dilation groups pad_top pad_left oh ow, for i8 also zero_x
zero_y lo hi; bias may be null; `work` is scratch of `scratch(params)` doublewords (more for variants that say so), whose content does
not matter. With clamp, results are limited to lo..hi.

i8 is quantised with zero points, a scale for each output channel, and 32-bit sums that wrap around, bit by bit as quant.py says:

    Y = clip(round(float(sum((X - zero_x) W) + bias) * scale) + zero_y, lo, hi)         padding is zero_x, that is: nothing

where relu is lo = zero_y and clip takes low and high as steps of the result from zero_y.

Tolerance. One element is a sum of up to T = c/groups r s products and the bias, so as for matmul at most T + 1 roundings more than
none: |error| <= (T + 3) eps (|W| * |X| + |bias|). Sums of f16 products are f32, and rounded once. A variant with another algorithm
(Winograd) brings the absolute terms of its own sums as a buffer `terms` and the roundings they meet (conv2d_variants.py). Limiting
cannot enlarge an error. NaN and infinities follow IEEE 754 up to the activation, whose maximum and minimum turn NaN into `lo`. An
infinite weight times a zero of the padding is NaN in variants that multiply the padding, and nothing in those that pass it over:
weights should be finite. Winograd's sums mix neighbours: a NaN or an infinity there spoils its whole tile, it is for finite inputs.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import FLOAT_MAX, GUARD, SEED, Buffer, Call, Kernel, Param, Params, Value
from .compare import Array, Expected, Tolerance
from .conv2d_shape import SIDES, Shape, flop, flop_inside, limits, longs, scratch, shape, steps
from .conv2d_variants import SYMBOLS, VARIANTS
from .formats import C_TYPES, STORAGE
from .quant import EXACT, Requant, requantize

__all__ = ["CONV2D", "flop", "flop_inside", "scratch", "shape"]


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
    elements = p.n * p.c * p.h * p.w + p.k * p.taps + 2 * p.k + p.n * p.k * p.oh * p.ow
    return 4 * (elements + 5 * GUARD) + 8 * (scratch(params) + 18 + 2 * GUARD)


def to_layout(params: Params, x: Array) -> Array:
    """An n x c x h x w array as `layout` has it."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1)) if params["layout"] == "nhwc" else x


def from_layout(params: Params, x: Array) -> Array:
    """The other way round."""
    return x.transpose(0, 3, 1, 2) if params["layout"] == "nhwc" else x


def weights_of(params: Params, weights: Array) -> Array:
    """W of a call as k x c/groups x r x s."""
    return weights.transpose(3, 2, 0, 1) if params["layout"] == "nhwc" else weights


def values(dtype: str, size: tuple[int, ...], rng: np.random.Generator, least: int = -128) -> Array:
    """Standard normal floats, or integers from `least` to 127."""
    if dtype == "i8":
        return rng.integers(least, 128, size, np.int8)
    return rng.standard_normal(size).astype(STORAGE[dtype])


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Random X, W and bias; for i8 zero points and scales that bring most results within range."""
    p, dtype = shape(params), str(params["dtype"])
    x = to_layout(params, values(dtype, (p.n, p.c, p.h, p.w), rng))
    weights = values(dtype, (p.k, p.c // p.groups, p.r, p.s), rng, -127)
    weights = np.ascontiguousarray(weights.transpose(2, 3, 1, 0)) if params["layout"] == "nhwc" else weights
    y = to_layout(params, np.empty((p.n, p.k, p.oh, p.ow), STORAGE[dtype]))
    buffers = {
        "X": Buffer.of("X", x, steps(x)),
        "W": Buffer.of("W", weights, steps(weights)),
        "Y": Buffer.of("Y", y, steps(y), output=True),
        "work": Buffer.of("work", np.empty(scratch(params), np.int64), (1,), output=True),
    }
    bias: Array = rng.standard_normal(p.k).astype(np.float32)
    extra: tuple[int, ...] = ()
    rest: tuple[Value, ...] = limits(params)
    wide = "int32_t" if dtype == "i8" else "float"
    symbol, element = SYMBOLS[dtype] + ("_nhwc" if params["layout"] == "nhwc" else ""), C_TYPES[dtype]
    prototype = f"void {symbol}(const {element} *X, const {element} *W, const {wide} *bias, {element} *Y, long *work, const long *shape, "
    if dtype == "i8":
        requant = Requant.random(p.k, p.taps, "i8", "i8", rng)
        bias, zero_x = requant.bias, int(rng.integers(-20, 21))
        extra = (zero_x, requant.zero, *steps_from(params, requant.zero))
        buffers["scale"] = Buffer.of("scale", requant.scale, (1,))
        rest = ("scale",)
    prototype += "const float *scale)" if dtype == "i8" else "long clamp, float lo, float hi)"
    buffers["shape"] = Buffer.of("shape", longs(p, *extra), (1,))
    if params["bias"]:
        buffers["bias"] = Buffer.of("bias", bias, (1,))
    return Call(prototype, ("X", "W", "bias" if params["bias"] else 0, "Y", "work", "shape", *rest), buffers, params)


def steps_from(params: Params, zero: int) -> tuple[int, int]:
    """lo and hi of an i8 result whose zero point is `zero`."""
    clamp, low, high = limits(params)
    if not clamp:
        return -128, 127
    low, high = (min(max(round(zero + min(max(bound, -512), 512)), -128), 127) for bound in (low, high))
    return int(low), int(high)


def reference(call: Call) -> Mapping[str, Expected]:
    """The sum over taps of (groups of) matrix products in double, and that of the absolute terms; integers exactly."""
    params = call.params
    p = shape(params)
    x, weights = from_layout(params, call.tensor("X")), weights_of(params, call.tensor("W"))
    if params["dtype"] == "i8":
        return {"Y": Expected(to_layout(params, _integers(call, x, weights)), to_layout(params, np.ones((p.n, p.k, p.oh, p.ow))), EXACT)}
    x, weights = x.astype(np.float64), weights.astype(np.float64)
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        value = convolve(x, weights, p)
        scale = call.tensor("terms") if "terms" in call.buffers else convolve(np.abs(x), np.abs(weights), p)
        if "bias" in call.buffers:
            bias = call.tensor("bias").astype(np.float64)[:, None, None]
            value, scale = value + bias, scale + np.abs(bias)
        clamp, low, high = limits(params)
        if clamp:
            value = np.fmin(np.fmax(value, np.float64(np.float32(low))), np.float64(np.float32(high)))
            scale = np.where(np.isfinite(scale), scale, 0)  # what was NaN or infinite is now exactly a limit
    return {"Y": _tolerated(call, value, scale)}


def _tolerated(call: Call, value: Array, scale: Array) -> Expected:
    params, roundings = call.params, shape(call.params).taps + 3
    value, scale = to_layout(params, value), to_layout(params, scale)
    if "terms" in call.buffers:
        roundings = shape(params).c // shape(params).groups + 11
        formula = "|Y - (W * X + bias)| <= (c/groups + 11) eps (terms of the transformed sums + |bias|)"
        return Expected(value, scale, Tolerance.of(np.float32, roundings, formula))
    if params["dtype"] == "f32":
        formula = "|Y - (W * X + bias)| <= (c/groups r s + 3) eps (|W| * |X| + |bias|)"
        return Expected(value, scale, Tolerance.of(np.float32, roundings, formula))
    ratio = float(np.finfo(np.float32).eps / np.finfo(np.float16).eps)
    own = np.where(np.isfinite(value), np.abs(value), 0) + roundings * ratio * scale  # in units of f16's eps: one rounding of the result
    formula = "|Y - (W * X + bias)| <= eps(f16) |Y| + (c/groups r s + 3) eps(f32) (|W| * |X| + |bias|)"
    return Expected(value, own, Tolerance.of(np.float16, 1, formula))


def _integers(call: Call, x: Array, weights: Array) -> Array:
    """Sums modulo 2^32, requantised and limited. In double they are exact."""
    p = shape(call.params)
    zero_x, zero_y, low, high = (int(value) for value in call.tensor("shape")[14:18])
    sums = convolve(x.astype(np.float64) - zero_x, weights.astype(np.float64), p).astype(np.int64).astype(np.int32)
    bias = call.tensor("bias") if "bias" in call.buffers else np.zeros(p.k, np.int32)
    y = requantize(sums, bias[:, None, None], call.tensor("scale")[:, None, None], zero_y, "i8")
    return np.clip(y, low, high).astype(np.int64)


def convolve(x: Array, weights: Array, p: Shape) -> Array:
    """X (n x c x h x w) convolved with W (k x c/groups x r x s) in the type of both."""
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


#: What conv1d and conv_transpose2d have as well.
COMMON = (
    Param("bias", 1, "1 adds a bias to each output channel", maximum=1),
    Param("activation", "none", "applied to the sums; relu is max(y, 0), clip limits to low..high", choices=("none", "relu", "clip")),
    Param("low", 0.0, "least result of clip; for i8 in steps from the zero point", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
    Param("high", 6.0, "largest result of clip", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
    SEED,
)
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
    Param("layout", "nchw", "order of the dimensions", choices=("nchw", "nhwc")),
    Param("dtype", "f32", "element type", choices=("f32", "f16", "i8")),
    *(Param(f"pad_{side}", -1, f"zeros at the {side}, -1 for pad", minimum=-1, maximum=1 << 10) for side in SIDES),
    *COMMON,
)

CONV2D = Kernel(
    name="conv2d",
    doc="two-dimensional convolution with stride, dilation, padding, groups, bias and activation",
    params=PARAMS,
    variants=VARIANTS,
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
