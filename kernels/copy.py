"""copy: n bytes from x to y.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). Other types are
copied as their bytes. The C function is the same for all of them, memcpy without its result:

    void copy(void *y, const void *x, long n)

Tolerance. Exact. FLOP: none; what counts is the bandwidth.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance


def size(params: Params) -> int:
    """Bytes of both buffers."""
    return 2 * (int(params["n"]) + GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Random bytes."""
    n = int(params["n"])
    x = rng.integers(0, 256, n, np.uint8)
    return Call(
        prototype="void copy(void *y, const void *x, long n)",
        args=("y", "x", n),
        buffers={"x": Buffer.of("x", x, (1,)), "y": Buffer.of("y", np.empty_like(x), (1,), output=True)},
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """x itself, in a type that holds differences of bytes."""
    value = call.tensor("x").astype(np.int64)
    return {"y": Expected(value, np.ones(value.shape), Tolerance(0))}


def _row(name: str, doc: str) -> Variant:
    return Variant(
        name=name,
        dtype="u8",
        source=f"copy/u8_{name}.S",
        symbol="copy",
        doc=doc,
        flop=lambda params: 0,
        macc=("i8", "i8"),
        requires=frozenset({"zve32x"}),
    )


COPY = Kernel(
    name="copy",
    doc="n bytes from x to y",
    params=(
        Param("n", 16384, "bytes", maximum=1 << 30),
        Param("dtype", "u8", "element type; others are copied as bytes", choices=("u8",)),
        SEED,
    ),
    variants=(
        _row("m8", "four strips of LMUL 8 in turn"),
        _row("naive", "one register at a time"),
    ),
    relation=lambda params: None,
    size=size,
    pack=pack,
    reference=reference,
)
