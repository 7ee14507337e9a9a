"""conv1d: one-dimensional convolution with stride, dilation, padding, groups, bias and activation.

Knows that it is conv2d of images of one row, with filters of one row: contract, C functions (`sconv1d`, `hconv1d`, `iconv1d`), scratch,
reference and tolerance are those of conv2d.py with h = r = 1, in layout nchw: X n x c x w, W k x c/groups x s, Y n x k x ow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from . import conv2d
from .base import Call, Kernel, Param, Params, Value, Variant
from .conv2d_variants import VARIANTS


def as_2d(params: Params) -> Params:
    """The parameters of conv2d that mean the same."""
    rows: dict[str, Value] = {"h": 1, "r": 1, "layout": "nchw", "pad_top": 0, "pad_bottom": 0}
    return MappingProxyType(dict(params) | rows)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """conv2d's call under this operator's name."""
    call = conv2d.pack(as_2d(params), rng)
    return replace(call, prototype=call.prototype.replace("conv2d(", "conv1d("))


def _reason(of: Callable[[Params, int], str | None]) -> Callable[[Params, int], str | None]:
    return lambda params, vlen: of(as_2d(params), vlen)


def _count(of: Callable[[Params], int]) -> Callable[[Params], int]:
    return lambda params: of(as_2d(params))


def _row(row: Variant) -> Variant:
    return replace(
        row, source=row.source.replace("conv2d/", "conv1d/"), symbol=row.symbol.replace("2d", "1d"), flop=_count(row.flop), only={},
        constraint=_reason(row.constraint), unsuited=_reason(row.unsuited),
    )  # fmt: skip


_NAMES = ("n", "w", "c", "k", "s", "stride", "pad", "dilation", "groups")
_TWO = {param.name: param for param in conv2d.PARAMS}
_OWN = {
    "w": Param("w", 256, "length of the input", maximum=1 << 24),
    "s": Param("s", 3, "length of the filter", minimum=1, maximum=1 << 10),
}

CONV1D = Kernel(
    name="conv1d",
    doc="one-dimensional convolution with stride, dilation, padding, groups, bias and activation",
    params=(*(_OWN.get(name, _TWO[name]) for name in (*_NAMES, "dtype", "pad_left", "pad_right")), *conv2d.COMMON),
    variants=tuple(_row(row) for row in VARIANTS if row.name in ("14x2", "7x4", "naive")),
    relation=lambda params: conv2d.relation(as_2d(params)),
    size=lambda params: conv2d.size(as_2d(params)),
    pack=pack,
    reference=conv2d.reference,
)
