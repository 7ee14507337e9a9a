"""dot: the sum of x[i] y[i].

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them; unlike the one of BLAS it stores its result, so that arguments and results are all arrays:

    void sdot(long n, const float *x, const float *y, float *result)

Tolerance. A sum of n products in any order, fused or not: gamma_n |x||y| as for one element of a matmul (Higham, Accuracy and
Stability, section 3.1), plus one rounding for a first addition to zero and one for a separate multiply. NaN and infinities
follow IEEE 754; subnormals are kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance


def flop(params: Params) -> int:
    """A multiply and an add for each product."""
    return 2 * int(params["n"])


def size(params: Params) -> int:
    """Bytes of the buffers."""
    return 8 * (int(params["n"]) + GUARD) + 4 * (1 + GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal x and y."""
    n = int(params["n"])
    x, y = rng.standard_normal((2, n)).astype(np.float32)
    return Call(
        prototype="void sdot(long n, const float *x, const float *y, float *result)",
        args=(n, "x", "y", "result"),
        buffers={
            "x": Buffer.of("x", x, (1,)),
            "y": Buffer.of("y", y, (1,)),
            "result": Buffer.of("result", np.empty(1, np.float32), (1,), output=True),
        },
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """The sum in double, and that of the absolute products."""
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        products = call.tensor("x").astype(np.float64) * call.tensor("y").astype(np.float64)
        value, scale = products.sum(keepdims=True), np.abs(products).sum(keepdims=True)
    terms = int(call.params["n"]) + 2
    return {"result": Expected(value, scale, Tolerance.of(np.float32, terms, "|result - x y| <= (n + 2) eps |x||y|"))}


def _row(name: str, doc: str) -> Variant:
    return Variant(
        name=name,
        dtype="f32",
        source=f"dot/f32_{name}.S",
        symbol="sdot",
        doc=doc,
        flop=flop,
        macc=("f32", "f32"),
        requires=frozenset({"zve32f"}),
    )


DOT = Kernel(
    name="dot",
    doc="the sum of x[i] y[i]",
    params=(
        Param("n", 4096, "elements", maximum=1 << 28),
        Param("dtype", "f32", "element type", choices=("f32",)),
        SEED,
    ),
    variants=(
        _row("m4", "two strips of LMUL 4 in flight, each with its own partial sums"),
        _row("naive", "one register of partial sums"),
    ),
    relation=lambda params: None,
    size=size,
    pack=pack,
    reference=reference,
)
