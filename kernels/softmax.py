"""softmax: each row of Y is exp(x - max) / sum of exp(x - max); row-major with leading dimensions, X and Y are m x n.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them:

    void ssoftmax(const float *X, float *Y, long M, long N, long ldx, long ldy)

Tolerance. With t = x - max, u = eps / 2, to first order: rounding t changes exp(t) by |t| u, an exp good to 1 ulp by 2 u more; in
the sum those errors enter as their mean, weighted by y, and n additions add n u; dividing (or a reciprocal and a product) adds 2 u.
So |error| <= y u (n + 6 + |t| + mean |t|). The bound is twice that, plus as many subnormal spacings for results that underflow.
A row with a NaN or +infinity is all NaN, as is one of -infinities only; -infinity among numbers gives 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance

#: A subtraction, the argument reduction (1 + 4), six multiply-adds, two factors of 2^n, the sum, the product with 1 / sum.
FLOP_EACH = 1 + 1 + 4 + 6 * 2 + 2 + 1 + 1


def sizes(params: Params) -> tuple[int, int, int, int]:
    """m, n, and the leading dimensions in elements; 0 means rows without gaps."""
    n = int(params["n"])
    return int(params["m"]), n, int(params["ldx"]) or n, int(params["ldy"]) or n


def flop(params: Params) -> int:
    """Arithmetic of the three passes; finding the maximum is none."""
    m, n, _, _ = sizes(params)
    return FLOP_EACH * m * n


def relation(params: Params) -> str | None:
    """Rows must not overlap."""
    _, n, *ld = sizes(params)
    for name, distance in zip(("ldx", "ldy"), ld, strict=True):
        if distance < n:
            return f"{name}={distance} is shorter than a row of {n} elements; give {name}=0 (no gap) or at least {n}"
    return None


def size(params: Params) -> int:
    """Bytes of both buffers."""
    m, _, ldx, ldy = sizes(params)
    return 4 * (m * (ldx + ldy) + 2 * GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Normal X of standard deviation 3: probabilities from about 1 to 1e-8."""
    m, n, ldx, ldy = sizes(params)
    x = (3 * rng.standard_normal((m, n))).astype(np.float32)
    return Call(
        prototype="void ssoftmax(const float *X, float *Y, long M, long N, long ldx, long ldy)",
        args=("X", "Y", m, n, ldx, ldy),
        buffers={"X": Buffer.of("X", x, (ldx, 1)), "Y": Buffer.of("Y", np.empty_like(x), (ldy, 1), output=True)},
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """The same formula in double."""
    x = call.tensor("X").astype(np.float64)
    n = x.shape[1]
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        t = x - x.max(axis=1, keepdims=True, initial=-np.inf)
        e = np.exp(t)
        value = e / e.sum(axis=1, keepdims=True)
        distance = np.where(value > 0, -t, 0)  # where exp is 0 so is the error
        mean = (value * distance).sum(axis=1, keepdims=True)
        scale = value * (1 + (distance + mean) / (n + 6))
    formula = "|Y - softmax X| <= eps Y (n + 6 + |x - max| + mean)"
    return {"Y": Expected(value, scale, Tolerance.of(np.float32, n + 6, formula))}


def _no_two_strips(params: Params, vlen: int) -> str | None:
    n = int(params["n"])
    return f"rows of {n} are not two strips of LMUL 2" if n < vlen // 8 else None


def _one_register(params: Params, vlen: int) -> str | None:
    n = int(params["n"])
    return f"rows of {n} fit one register" if n <= vlen // 32 else None


def _always_suited(params: Params, vlen: int) -> None:
    """No objection."""


def _row(name: str, doc: str, unsuited: Callable[[Params, int], str | None] = _always_suited) -> Variant:
    return Variant(
        name=name,
        dtype="f32",
        source=f"softmax/f32_{name}.S",
        symbol="ssoftmax",
        doc=doc,
        flop=flop,
        macc=("f32", "f32"),
        requires=frozenset({"zve32f"}),
        unsuited=unsuited,
    )


SOFTMAX = Kernel(
    name="softmax",
    doc="each row of Y = exp(x - max) / sum, row-major with leading dimensions",
    params=(
        Param("m", 16, "rows", maximum=1 << 24),
        Param("n", 512, "elements of a row", maximum=1 << 24),
        Param("dtype", "f32", "element type", choices=("f32",)),
        Param("ldx", 0, "elements from row to row of X, 0 for n", maximum=1 << 24),
        Param("ldy", 0, "elements from row to row of Y, 0 for n", maximum=1 << 24),
        SEED,
    ),
    variants=(
        _row("2xm2", "two strips of LMUL 2 at a time: one waits for its results while the other works", _no_two_strips),
        _row("m2", "exp in registers at LMUL 2, good to 0.9 ulp", _one_register),
        _row("naive", "the same, one register at a time"),
    ),
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
