"""axpy: y = a x + y, in place.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them, with the argument order of BLAS and unit strides:

    void saxpy(long n, float a, const float *x, float *y)

Tolerance. A fused multiply-add rounds once, a multiply and an add twice; each rounding is at most eps/2 of |a x| + |y|. The
reference in double is exact to 2^-52. NaN and infinities follow IEEE 754, also for a = 0; subnormals are kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import FLOAT_MAX, GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance


def flop(params: Params) -> int:
    """A multiply and an add for each element."""
    return 2 * int(params["n"])


def size(params: Params) -> int:
    """Bytes of both buffers."""
    return 8 * (int(params["n"]) + GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal x and y."""
    n = int(params["n"])
    x, y = rng.standard_normal((2, n)).astype(np.float32)
    return Call(
        prototype="void saxpy(long n, float a, const float *x, float *y)",
        args=(n, float(params["a"]), "x", "y"),
        buffers={"x": Buffer.of("x", x, (1,)), "y": Buffer.of("y", y, (1,), updated=True)},
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """a x + y in double; a is rounded to float first, as the call does."""
    a = np.float64(np.float32(call.params["a"]))
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        product = a * call.tensor("x").astype(np.float64)
        y = call.tensor("y").astype(np.float64)
        value, scale = product + y, np.abs(product) + np.abs(y)
    return {"y": Expected(value, scale, Tolerance.of(np.float32, 2, "|y - (a x + y0)| <= 2 eps (|a x| + |y0|)"))}


def _row(name: str, doc: str) -> Variant:
    return Variant(
        name=name,
        dtype="f32",
        source=f"axpy/f32_{name}.S",
        symbol="saxpy",
        doc=doc,
        flop=flop,
        macc=("f32", "f32"),
        requires=frozenset({"zve32f"}),
    )


AXPY = Kernel(
    name="axpy",
    doc="y = a x + y",
    params=(
        Param("n", 4096, "elements", maximum=1 << 28),
        Param("a", 0.7, "the factor", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
        Param("dtype", "f32", "element type", choices=("f32",)),
        SEED,
    ),
    variants=(
        _row("m8", "two strips of LMUL 8 in flight"),
        _row("naive", "one register at a time"),
    ),
    relation=lambda params: None,
    size=size,
    pack=pack,
    reference=reference,
)
