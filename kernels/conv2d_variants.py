"""The variants of conv2d: a row each, with what they need, what they cannot do and when "auto" should pass them over.

"auto" takes the first row that fits, so the order is that of preference. Knows the operator's parameters, nothing of its reference
(conv2d.py). What is made of the weights here is made once for a network, so it is no part of the call that is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from .base import Buffer, Call, Params, Value, Variant, as_it_is
from .conv2d_shape import flop, flop_inside, shape

SYMBOLS = {"f32": "sconv2d", "f16": "hconv2d", "i8": "iconv2d"}
#: What multiply-accumulates of a type need; tables of addresses are 64-bit elements, requantisation is in float.
NEEDS = {"f32": frozenset({"zve32f"}), "f16": frozenset({"zvfh"}), "i8": frozenset({"zve32f"})}
TABLES = frozenset({"zve64f"})
ACCUMULATORS = {"f32": "f32", "f16": "f32", "i8": "i32"}
DTYPES = tuple(SYMBOLS)
Reason = Callable[[Params, int], str | None]


def no_reason(params: Params, vlen: int) -> str | None:
    """No objection."""
    return None


def _few(params: Params, vlen: int) -> str | None:
    p = shape(params)
    outputs = p.n * p.oh * p.ow * (p.k // p.groups)
    if outputs < 512:
        return f"for {outputs} outputs of a group its preparations do not pay"
    return None


def _compared(params: Params, vlen: int) -> str | None:
    return "it is there to compare others with; ask for it by name"


def folded(call: Call) -> Call:
    """For i8, the biases with the zero point of X in them: bias[k] - zero_x * (the sum of k's weights)."""
    if call.params["dtype"] != "i8":
        return call
    weights = call.tensor("W").astype(np.int64)
    sums = weights.sum(axis=(0, 1, 2)) if call.params["layout"] == "nhwc" else weights.sum(axis=(1, 2, 3))
    bias = call.tensor("bias").astype(np.int64) if "bias" in call.buffers else 0
    values = (bias - int(call.tensor("shape")[14]) * sums).astype(np.int32)
    args = ("folded" if place == 2 else arg for place, arg in enumerate(call.args))
    return call.arranged(call.prototype.replace("*bias", "*folded"), tuple(args), Buffer.packed("folded", values))


def strips(vlen: int, columns: int) -> list[int]:
    """Widths of the strips of `columns` output channels: VLMAX at LMUL 4 of 32-bit sums, and what is left."""
    width = vlen // 8
    return [min(width, columns - at) for at in range(0, columns, width)]


def packed_nhwc(call: Call, vlen: int) -> Call:
    """W (r x s x c/groups x k) as the tiled variants read it: for each group and strip, its columns of all r, s and c without gaps."""
    p = shape(call.params)
    weights = call.tensor("W").reshape(p.taps, p.k)
    pieces, at = [], 0
    for width in strips(vlen, p.k // p.groups) * p.groups:
        pieces.append(weights[:, at : at + width].reshape(-1))
        at += width
    values = np.concatenate([*pieces, weights[:0].reshape(-1)])
    call = folded(call)
    args = ("packed" if place == 1 else arg for place, arg in enumerate(call.args))
    return call.arranged(call.prototype.replace("*W", "*packed"), tuple(args), Buffer.packed("packed", values))


def shared_out(channels: int, largest: int) -> list[int]:
    """Sizes of the blocks of a group's output channels, as shape_blocks of conv2d_work.inc has them: even, the larger ones first."""
    count = -(-channels // largest)
    return [channels // count + (block < channels % count) for block in range(count)]


def direct(largest: int) -> Callable[[Call, int], Call]:
    """For blocks of up to `largest` channels, W packed as [group][block][tap][channel of the block]."""

    def arrange(call: Call, vlen: int) -> Call:
        p = shape(call.params)
        weights = call.tensor("W").reshape(p.k, p.taps)
        pieces, at = [], 0
        for width in shared_out(p.k // p.groups, largest) * p.groups:
            pieces.append(weights[at : at + width].T.reshape(-1))
            at += width
        values = np.concatenate([*pieces, np.zeros(2 * largest, weights.dtype)])  # those behind the last are fetched, and not used
        call = folded(call)
        args = ("packed" if place == 1 else arg for place, arg in enumerate(call.args))
        return call.arranged(call.prototype.replace("*W", "*packed"), tuple(args), Buffer.packed("packed", values))

    return arrange


def with_work(call: Call, doublewords: int) -> Call:
    """The call with a `work` of its own size."""
    return call.arranged(call.prototype, call.args, Buffer.packed("work", np.empty(doublewords, np.int64), output=True))


def head_only(call: Call, vlen: int) -> Call:
    """Operands as they lie; `work` is a head of 48."""
    return with_work(folded(call), 48)


def im2col(call: Call, vlen: int) -> Call:
    """`work`: a head of 48, the table of taps, a matrix of taps x VLMAX at LMUL 4, the input with its zeros."""
    p = shape(call.params)
    rows, columns = (0, 0) if p.empty else (-(-span // p.stride) for span in p.seen)
    elements = p.taps * (vlen // 8) + p.c * p.stride**2 * rows * columns
    return with_work(folded(call), 48 + p.taps + 1 + 9 + elements * call.tensor("X").itemsize // 8)


def direct_nhwc(call: Call, vlen: int) -> Call:
    """`work`: a head of 50, a distance for each tap, the input with its zeros."""
    p = shape(call.params)
    rows, columns = (0, 0) if p.empty else p.seen
    image = rows * columns * p.c * call.tensor("X").itemsize
    return with_work(packed_nhwc(call, vlen), 52 + p.r * p.s + image // 8)


def indirect_nhwc(call: Call, vlen: int) -> Call:
    """`work`: a head of 48, an address for each tap of each output, a pixel of zeros."""
    p = shape(call.params)
    return with_work(packed_nhwc(call, vlen), 49 + p.r * p.s * p.oh * p.ow + p.c * call.tensor("X").itemsize // 8)


def point(params: Params, vlen: int) -> str | None:
    """What makes a convolution a matrix product of X and W as they lie."""
    p = shape(params)
    if (p.r, p.s, p.stride) != (1, 1, 1) or any((p.top, p.left, p.bottom, p.right)):
        return "it is for r=1 s=1 stride=1 pad=0"
    return None


def _depthwise(params: Params, vlen: int) -> str | None:
    p = shape(params)
    if p.c != p.groups or not p.h or not p.w:
        return "it is for groups=c, with at least one row and column"
    if (p.r, p.s, p.stride, p.dilation, p.left, p.right) != (3, 3, 1, 1, 1, 1):
        return "it is for r=3 s=3 stride=1 dilation=1 pad_left=1 pad_right=1"
    return None


#: Winograd's F(2 x 2, 3 x 3): G for the taps, Bt for the inputs, At for the sums (Lavin and Gray, 2015, section 4.1).
_G = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
_BT = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], np.float64)
_AT = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], np.float64)


def winograd(call: Call, vlen: int) -> Call:
    """U = G w Gt for each group and element, rounded once; `work`: a head of 32, V, M and the input with its zeros.

    `terms` are the absolute terms of the sums: |At| (sum over c of |G w Gt| * |Bt| |d| |B|) |A|. On the longest way to a result meet
    1 rounding of U, 2 of V, c/groups in the product, 4 in At M A, and that of the bias.
    """
    p = shape(call.params)
    grouped = call.tensor("W").astype(np.float64).reshape(p.groups, p.k // p.groups, p.c // p.groups, 3, 3)
    u = np.einsum("ir,gkcrs,js->gijkc", _G, grouped, _G)
    down, across = (p.oh + 1) // 2, (p.ow + 1) // 2
    image = np.zeros((p.n, p.c, 2 * down + 2, 2 * across + 2))
    rows, columns = min(p.h, image.shape[2] - p.top), min(p.w, image.shape[3] - p.left)
    if rows > 0 and columns > 0:
        image[:, :, p.top : p.top + rows, p.left : p.left + columns] = np.abs(call.tensor("X")[:, :, :rows, :columns])
    terms = np.zeros((p.n, p.k, 2 * down, 2 * across))
    for image_at in range(p.n if down and across else 0):  # one image at a time bounds the memory that this needs
        tiles = np.lib.stride_tricks.sliding_window_view(image[image_at], (4, 4), axis=(1, 2))[:, ::2, ::2]
        v = np.einsum("ir,cyxrs,js->ijcyx", abs(_BT), tiles, abs(_BT)).reshape(4, 4, p.groups, p.c // p.groups, down * across)
        m = np.moveaxis(np.abs(u), 0, 2) @ v
        y = np.einsum("pi,ijgkt,qj->gktpq", abs(_AT), m, abs(_AT)).reshape(p.k, down, across, 2, 2)
        terms[image_at] = y.transpose(0, 1, 3, 2, 4).reshape(p.k, 2 * down, 2 * across)
    strip = vlen // 8
    size = 32 + (16 * strip * (p.c + p.k) // p.groups + p.c * (2 * down + 2) * (2 * across + 2)) // 2 + 1
    call = call.arranged(
        call.prototype.replace("*W", "*U"), ("X", "U", *call.args[2:]),
        Buffer.packed("U", u.reshape(-1).astype(np.float32)), Buffer.packed("terms", np.ascontiguousarray(terms[:, :, : p.oh, : p.ow])),
    )  # fmt: skip
    return with_work(call, size)


def flop_winograd(params: Params) -> int:
    """16 multiply-accumulates a channel for each tile of 2 x 2 outputs."""
    p = shape(params)
    return 2 * 16 * p.n * p.k * (p.c // p.groups) * ((p.oh + 1) // 2) * ((p.ow + 1) // 2)


def _deep(params: Params, vlen: int) -> str | None:
    p = shape(params)
    c, k = p.c // p.groups, p.k // p.groups
    if c < 16 or k < 16 or p.oh * p.ow < 64:
        return f"for {c} channels in, {k} out and {p.oh * p.ow} outputs its transformations cost more than it saves"
    return "its sums are less exact than direct ones; ask for it by name"


def row(
    name: str, dtype: str, doc: str, *, constraint: Reason = no_reason, unsuited: Reason = no_reason, count: Callable[[Params], int] = flop,
    arrange: Callable[[Call, int], Call] = as_it_is, needs: frozenset[str] = frozenset(),
    only: Mapping[str, tuple[Value, ...]] | None = None, example: Mapping[str, Value] | None = None,
) -> Variant:  # fmt: skip
    """A table row of this kernel: everything that follows from name and type."""
    layout = "nhwc" if name.startswith("nhwc") else "nchw"
    return Variant(
        name=name, dtype=dtype, source=f"conv2d/{dtype}_{name}.S", symbol=SYMBOLS[dtype] + ("_nhwc" if layout == "nhwc" else ""), doc=doc,
        flop=count, macc=(dtype, ACCUMULATORS[dtype]), requires=NEEDS[dtype] | needs, constraint=constraint, unsuited=unsuited,
        only={"layout": (layout,), **(only or {})}, arrange=arrange, example=example or {},
    )  # fmt: skip


_DIRECT = "direct: {} output channels by LMUL {}, {} for each load; weights packed, padding and stride resolved beforehand"
_NAIVE = "one strip of one output row at a time: a strided, masked load for each multiply-accumulate"
_DEPTHWISE = "groups=c and 3 x 3: each row of X is read once and adds to three rows of Y"
_THREE: dict[str, tuple[Value, ...]] = {"r": (3,), "s": (3,), "stride": (1,), "dilation": (1,)}
_WINOGRAD = "Winograd F(2x2, 3x3): 16 multiplications for 36; weights transformed beforehand"
_IM2COL = "im2col + matmul: the input of every tap is copied to a matrix, strip by strip; tiles of {} channels by LMUL 4"
_NAIVE_NHWC = "one strip of channels of one output at a time: a load of W for each multiply-accumulate"
_POINT = "1 x 1 as a matrix product of X and W as they lie: tiles of {} rows by LMUL 4"
_NHWC = "direct: tiles of {} outputs by LMUL 4 of channels, {} for each load; weights packed, padding resolved beforehand"
_INDIRECT = "a table has the address of each output's input for each tap; tiles of {} outputs by LMUL 4 of channels"
_TILES = {"f32": (6, "6 vfmacc"), "f16": (7, "7 vfwmacc"), "i8": (7, "7 vwmacc")}


def _nhwc(dtype: str) -> tuple[Variant, ...]:
    rows, macs = _TILES[dtype]
    return (
        row(f"nhwc_{rows}x4", dtype, _NHWC.format(rows, macs), arrange=direct_nhwc),
        row(f"nhwc_{rows}x4_indirect", dtype, _INDIRECT.format(rows), arrange=indirect_nhwc, needs=TABLES),
    )


def _points(dtype: str) -> tuple[Variant, ...]:
    only: dict[str, tuple[Value, ...]] = {"r": (1,), "s": (1,), "stride": (1,), "pad": (0,)}
    names = ("1x1", "nhwc_1x1")
    return tuple(row(name, dtype, _POINT.format(_TILES[dtype][0]), constraint=point, arrange=head_only, only=only) for name in names)


VARIANTS = (
    *(row for dtype in DTYPES for row in _points(dtype)),
    *(row("depthwise", dtype, _DEPTHWISE, constraint=_depthwise, only=_THREE, example={"c": 16, "groups": 16}) for dtype in DTYPES),
    row("14x2", "f32", _DIRECT.format(14, 2, "14 vfmacc"), unsuited=_few, needs=TABLES, arrange=direct(14)),
    row("7x4", "f16", _DIRECT.format(7, 4, "7 vfwmacc"), unsuited=_few, needs=TABLES, arrange=direct(7)),
    row("7x4", "i8", _DIRECT.format(7, 4, "7 vwmacc"), unsuited=_few, needs=TABLES, arrange=direct(7)),
    row("winograd", "f32", _WINOGRAD, only=_THREE, count=flop_winograd, unsuited=_deep, arrange=winograd),
    *(row("im2col", dtype, _IM2COL.format(_TILES[dtype][0]), arrange=im2col, needs=TABLES, unsuited=_compared) for dtype in DTYPES),
    *(row for dtype in DTYPES for row in _nhwc(dtype)),
    *(row("naive", dtype, _NAIVE, count=flop_inside) for dtype in DTYPES),
    *(row("nhwc_naive", dtype, _NAIVE_NHWC, count=flop_inside) for dtype in DTYPES),
)
