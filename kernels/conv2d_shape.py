"""The sizes of a convolution, and what follows from them alone: output, FLOP, scratch memory, limits.

Knows no data, no variants and no reference. Sizes are in elements, FLOP count a multiply and an add as two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .base import Params
from .compare import Array

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

    @property
    def seen(self) -> tuple[int, int]:
        """Rows and columns of the input with its zeros that outputs see."""
        sizes = ((self.oh, self.r), (self.ow, self.s))
        rows, columns = ((out - 1) * self.stride + (taps - 1) * self.dilation + 1 for out, taps in sizes)
        return rows, columns

    @property
    def empty(self) -> bool:
        """Whether there is no output."""
        return not (self.n and self.k and self.oh and self.ow)


def shape(params: Params) -> Shape:
    """The sizes, with the paddings that are -1 replaced by `pad`."""
    names = ("n", "c", "h", "w", "k", "r", "s", "stride", "dilation", "groups")
    pads = (int(params[f"pad_{side}"]) for side in SIDES)
    return Shape(*(int(params[name]) for name in names), *(int(params["pad"]) if pad < 0 else pad for pad in pads))


def longs(p: Shape, *extra: int) -> Array:
    """The array `shape` of the C functions."""
    return np.array([*p[:12], p.oh, p.ow, *extra], np.int64)


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
    """Doublewords of `work`, which holds addresses as well as elements.

    A head of 32, the table of taps, packed weights with 16 behind them, the input with its zeros; elements count 4 bytes.
    """
    p = shape(params)
    rows, columns = (-(-span // p.stride) for span in p.seen)
    image = p.c * p.stride**2 * rows * columns if p.oh and p.ow else 0
    return (96 + 2 * (p.taps + 1) + p.k * p.taps + 16 + image + 1) // 2


def steps(values: Array) -> tuple[int, ...]:
    """Strides in elements of an array without gaps."""
    return tuple(int(np.prod(values.shape[axis + 1 :])) for axis in range(values.ndim))
