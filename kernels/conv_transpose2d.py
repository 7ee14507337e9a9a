"""conv_transpose2d: transposed two-dimensional convolution (the gradient of conv2d by its input), in layout nchw.

Knows the operator only. X n x c x h x w, W c x k/groups x r x s, Y n x k x oh x ow, all without gaps. X[ih, iw] times tap (r, s) adds to

    Y[ih stride + r dilation - pad_top, iw stride + s dilation - pad_left],   oh = (h - 1) stride - pads + (r - 1) dilation + 1 + output_pad

    void sconv_transpose2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,
                           float lo, float hi)

shape is that of conv2d; the tuned variant also takes a plan and packed weights, which are made once for a network. Tolerance as for
conv2d: at most c/groups r s products and the bias meet in one element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from . import conv2d
from .base import GUARD, Buffer, Call, Kernel, Param, Params, Variant, as_it_is
from .compare import Array, Expected, Tolerance
from .conv2d_shape import Shape, limits, steps
from .conv2d_variants import shared_out

_HEAD = 48  # doublewords at the beginning of `work`
_BLOCK = 14  # output channels of a block


def shape(params: Params) -> Shape:
    """The sizes; oh and ow of this operator come from `outputs`."""
    return conv2d.shape(params)


def outputs(params: Params) -> tuple[int, int]:
    """oh and ow."""
    p, extra = shape(params), int(params["output_pad"])
    sizes = ((p.h, p.top + p.bottom, p.r), (p.w, p.left + p.right, p.s))
    oh, ow = (max(0, (size - 1) * p.stride - pads + (taps - 1) * p.dilation + 1 + extra) if size else 0 for size, pads, taps in sizes)
    return oh, ow


def size(params: Params) -> int:
    """Bytes of all buffers."""
    p, (oh, ow) = shape(params), outputs(params)
    taps = p.r * p.s * p.k // p.groups * p.c
    image = p.c * (p.h + 2 * p.r * p.dilation + oh) * (p.w + 2 * p.s * p.dilation + ow)
    return 4 * (p.n * p.c * p.h * p.w + 2 * taps + p.k + p.n * p.k * oh * ow + 6 * GUARD + image) + 8 * (taps + _HEAD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal X, W and bias."""
    p, (oh, ow) = shape(params), outputs(params)
    x = rng.standard_normal((p.n, p.c, p.h, p.w)).astype(np.float32)
    weights = rng.standard_normal((p.c, p.k // p.groups, p.r, p.s)).astype(np.float32)
    bias = rng.standard_normal(p.k).astype(np.float32)
    y = np.empty((p.n, p.k, oh, ow), np.float32)
    buffers = {
        "X": Buffer.of("X", x, steps(x)),
        "W": Buffer.of("W", weights, steps(weights)),
        "Y": Buffer.of("Y", y, steps(y), output=True),
        "work": Buffer.of("work", np.empty(_HEAD, np.int64), (1,), output=True),
        "shape": Buffer.of("shape", np.array([*p[:12], oh, ow], np.int64), (1,)),
    }
    if params["bias"]:
        buffers["bias"] = Buffer.of("bias", bias, (1,))
    return Call(
        "void sconv_transpose2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,"
        " float lo, float hi)",
        ("X", "W", "bias" if params["bias"] else 0, "Y", "work", "shape", *limits(params)),
        buffers,
        params,
    )


def scattered(x: Array, weights: Array, p: Shape, oh: int, ow: int) -> Array:
    """Y without bias, in the type of both: the definition, tap by tap."""
    whole = np.zeros(
        (p.n, p.k, max(0, (p.h - 1) * p.stride + (p.r - 1) * p.dilation + 1), max(0, (p.w - 1) * p.stride + (p.s - 1) * p.dilation + 1))
    )
    grouped_x = x.reshape(p.n, p.groups, p.c // p.groups, p.h * p.w)
    grouped_w = weights.reshape(p.groups, p.c // p.groups, p.k // p.groups, p.r, p.s)
    for row, column in np.ndindex(p.r, p.s) if p.h and p.w else ():
        part = (grouped_w[:, :, :, row, column].transpose(0, 2, 1) @ grouped_x).reshape(p.n, p.k, p.h, p.w)
        down = slice(row * p.dilation, row * p.dilation + (p.h - 1) * p.stride + 1, p.stride)
        across = slice(column * p.dilation, column * p.dilation + (p.w - 1) * p.stride + 1, p.stride)
        whole[:, :, down, across] += part
    y = np.zeros((p.n, p.k, oh, ow))
    seen = whole[:, :, p.top : p.top + oh, p.left : p.left + ow]
    y[:, :, : seen.shape[2], : seen.shape[3]] = seen
    return y


def reference(call: Call) -> Mapping[str, Expected]:
    """The scattered sums in double, and those of the absolute terms."""
    p, (oh, ow) = shape(call.params), outputs(call.params)
    x, weights = call.tensor("X").astype(np.float64), call.tensor("W").astype(np.float64)
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        value, scale = scattered(x, weights, p, oh, ow), scattered(np.abs(x), np.abs(weights), p, oh, ow)
        if "bias" in call.buffers:
            bias = call.tensor("bias").astype(np.float64)[:, None, None]
            value, scale = value + bias, scale + np.abs(bias)
        clamp, low, high = limits(call.params)
        if clamp:
            value = np.fmin(np.fmax(value, np.float64(np.float32(low))), np.float64(np.float32(high)))
            scale = np.where(np.isfinite(scale), scale, 0)
    formula = "|Y - (W * X + bias)| <= (c/groups r s + 3) eps (|W| * |X| + |bias|)"
    return {"Y": Expected(value, scale, Tolerance.of(np.float32, p.taps + 3, formula))}


def flop(params: Params) -> int:
    """A multiply and an add for each input and tap whose sum is inside Y."""
    p, (oh, ow) = shape(params), outputs(params)
    rows = np.arange(p.h)[:, None] * p.stride + np.arange(p.r) * p.dilation - p.top
    columns = np.arange(p.w)[:, None] * p.stride + np.arange(p.s) * p.dilation - p.left
    inside = int(((rows >= 0) & (rows < oh)).sum()) * int(((columns >= 0) & (columns < ow)).sum())
    return 2 * p.n * p.c * (p.k // p.groups) * inside


def _lines(out: int, taps: int, before: int, p: Shape) -> list[list[tuple[int, int]]]:
    """For each phase the taps that meet it, and how far from an output's number in the phase their input is."""
    return [
        [
            (tap, (phase + before - tap * p.dilation) // p.stride)
            for tap in range(taps)
            if (phase + before - tap * p.dilation) % p.stride == 0
        ]
        for phase in range(min(p.stride, out))
    ]


def _span(lines: list[list[tuple[int, int]]], out: int, stride: int) -> tuple[int, int]:
    """The first input that any output sees, and how many from there on."""
    seen = [(at, at + len(range(phase, out, stride)) - 1) for phase, taps in enumerate(lines) for _, at in taps]
    first = min((low for low, _ in seen), default=0)
    return first, max((high for _, high in seen), default=0) - first + 1


def phased(call: Call, vlen: int) -> Call:
    """plan, packed weights and `work` of the tuned variant; the head of asm/conv_transpose2d/f32_14x2.S says what is in them."""
    p, (oh, ow) = shape(call.params), outputs(call.params)
    rows, columns = _lines(oh, p.r, p.top, p), _lines(ow, p.s, p.left, p)
    (top, height), (left, width) = _span(rows, oh, p.stride), _span(columns, ow, p.stride)
    pitch, plane = 4 * width, 4 * width * height
    channels = p.c // p.groups
    weights = call.tensor("W").reshape(p.groups, channels, p.k // p.groups, p.r, p.s)
    first_row, first_column = max(0, top), max(0, left)
    copied = max(0, min(p.h, top + height) - first_row), max(0, min(p.w, left + width) - first_column)
    copied = copied if all(copied) else (0, 0)
    plan = [pitch, plane, plane * p.c, 4 * (first_row * p.w + first_column), 4 * ((first_row - top) * width + first_column - left)]
    plan += [copied[0], 4 * copied[1], len(rows) * len(columns)]
    tables: list[int] = []
    packed: list[Array] = []
    done = 0
    for i, j in np.ndindex(len(rows), len(columns)):
        taps = [(r, s, 4 * ((down - top) * width + across - left)) for r, down in rows[i] for s, across in columns[j]]
        at = 8 * (8 + 6 * len(rows) * len(columns) + len(tables))
        plan += [channels * len(taps), len(range(i, oh, p.stride)), len(range(j, ow, p.stride)), 4 * (i * ow + j), at, 4 * done]
        tables += [c * plane + offset for c in range(channels) for _, _, offset in taps] + [0]
        own = np.array([weights[:, :, :, r, s] for r, s, _ in taps], np.float32).reshape(len(taps), p.groups, channels, p.k // p.groups)
        for group in range(p.groups):
            low = 0
            for block in shared_out(p.k // p.groups, _BLOCK):
                packed.append(own[:, group, :, low : low + block].transpose(1, 0, 2).reshape(-1))
                done += packed[-1].size
                low += block
    values = np.concatenate([*packed, np.zeros(2 * _BLOCK, np.float32)])  # the weights behind the last are fetched, and not used
    return call.arranged(
        call.prototype.replace("*W", "*packed").replace("hi)", "hi, const long *plan)"),
        ("X", "packed", *call.args[2:], "plan"),
        Buffer.packed("packed", values),
        Buffer.packed("plan", np.array([*plan, *tables], np.int64)),
        Buffer.packed("work", np.empty(_HEAD + 1 + plane * p.c // 8, np.int64), output=True),
    )


_TUNED = "each of stride x stride phases as a convolution: 14 output channels by LMUL 2, 14 vfmacc for each load"
_NAIVE = "a strip of a row of X is added to Y by a strided load and store, tap by tap"
_SIDES = tuple(param for param in conv2d.PARAMS if param.name.startswith("pad_"))
_LEFT_OUT = "rows or columns of the output to leave out at the {}, -1 for pad"


def _thin(params: Params, vlen: int) -> str | None:
    p = shape(params)
    if (p.c // p.groups) * (p.k // p.groups) < 4:
        return "with so few channels in a group its preparations do not pay"
    return None


def _row(name: str, doc: str, needs: str, arrange: Callable[[Call, int], Call] = as_it_is) -> Variant:
    return Variant(
        name=name, dtype="f32", source=f"conv_transpose2d/f32_{name}.S", symbol="sconv_transpose2d", doc=doc, flop=flop,
        macc=("f32", "f32"), requires=frozenset({needs}), arrange=arrange,
        unsuited=lambda params, vlen: _thin(params, vlen) if name != "naive" else None,
    )  # fmt: skip


CONV_TRANSPOSE2D = Kernel(
    name="conv_transpose2d",
    doc="transposed two-dimensional convolution with stride, dilation, padding, groups, bias and activation",
    params=(
        *(param for param in conv2d.PARAMS[:11] if param.name != "stride"),
        Param("stride", 2, "output rows and columns from input to input", minimum=1, maximum=1 << 10),
        Param("output_pad", 1, "further rows and columns of the output, at the bottom and right", maximum=1 << 10),
        Param("dtype", "f32", "element type", choices=("f32",)),
        *(Param(param.name, -1, _LEFT_OUT.format(param.name[4:]), minimum=-1, maximum=1 << 10) for param in _SIDES),
        *conv2d.COMMON,
    ),
    variants=(_row("14x2", _TUNED, "zve64f", phased), _row("naive", _NAIVE, "zve32f")),
    relation=conv2d.relation,
    size=size,
    pack=pack,
    reference=reference,
)
