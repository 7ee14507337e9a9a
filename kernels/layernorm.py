"""layernorm: each row of Y is (x - mean) / sqrt(variance + eps) * gamma + beta; row-major with leading dimensions, X and Y are m x n.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them:

    void slayernorm(const float *X, const float *gamma, const float *beta, float *Y, long M, long N, long ldx, long ldy, float eps)

Tolerance. With A = mean |x|, d = x - mean, s = sqrt(variance + eps), u = eps / 2: the mean is off by at most (n + 1) u A, which
shifts all of d alike; d rounds once more. The shift cancels in the variance to first order, whose own sum adds (n + 2) u relative;
half of that reaches 1 / s, with 4 u of division, root and reciprocal. Products and the sum with beta add 3 u. So
|error| <= (n + 10) u (|gamma| (A + |d|) / s + |beta|), as long as the error of the mean is small against s; the bound is twice that.
A row with a NaN or an infinity is all NaN.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance


def sizes(params: Params) -> tuple[int, int, int, int]:
    """m, n, and the leading dimensions in elements; 0 means rows without gaps."""
    n = int(params["n"])
    return int(params["m"]), n, int(params["ldx"]) or n, int(params["ldy"]) or n


def flop(params: Params) -> int:
    """The sum, that of squared differences (1 + 2), the result (1 + 1 + 2)."""
    m, n, _, _ = sizes(params)
    return 8 * m * n


def relation(params: Params) -> str | None:
    """Rows must not overlap."""
    _, n, *ld = sizes(params)
    for name, distance in zip(("ldx", "ldy"), ld, strict=True):
        if distance < n:
            return f"{name}={distance} is shorter than a row of {n} elements; give {name}=0 (no gap) or at least {n}"
    return None


def size(params: Params) -> int:
    """Bytes of the buffers."""
    m, n, ldx, ldy = sizes(params)
    return 4 * (m * (ldx + ldy) + 2 * n + 4 * GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Normal X of mean 0.5 and standard deviation 2, gamma around 1, beta around 0."""
    m, n, ldx, ldy = sizes(params)
    x = (0.5 + 2 * rng.standard_normal((m, n))).astype(np.float32)
    gamma = (1 + 0.1 * rng.standard_normal(n)).astype(np.float32)
    beta = (0.1 * rng.standard_normal(n)).astype(np.float32)
    return Call(
        prototype="void slayernorm(const float *X, const float *gamma, const float *beta, float *Y, long M, long N, long ldx, long ldy,"
        " float eps)",
        args=("X", "gamma", "beta", "Y", m, n, ldx, ldy, float(params["eps"])),
        buffers={
            "X": Buffer.of("X", x, (ldx, 1)),
            "gamma": Buffer.of("gamma", gamma, (1,)),
            "beta": Buffer.of("beta", beta, (1,)),
            "Y": Buffer.of("Y", np.empty_like(x), (ldy, 1), output=True),
        },
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """The same formula in double; eps is rounded to float first, as the call does."""
    x, gamma, beta = (call.tensor(name).astype(np.float64) for name in ("X", "gamma", "beta"))
    n = x.shape[1]
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        d = x - x.sum(axis=1, keepdims=True) / n
        s = np.sqrt((d * d).sum(axis=1, keepdims=True) / n + np.float64(np.float32(call.params["eps"])))
        value = d / s * gamma + beta
        scale = np.abs(gamma) * (np.abs(x).sum(axis=1, keepdims=True) / n + np.abs(d)) / s + np.abs(beta)
    formula = "|Y - layernorm X| <= (n + 10) eps (|gamma| (mean |x| + |x - mean|) / s + |beta|)"
    return {"Y": Expected(value, scale, Tolerance.of(np.float32, n + 10, formula))}


def _row(name: str, doc: str) -> Variant:
    return Variant(
        name=name,
        dtype="f32",
        source=f"layernorm/f32_{name}.S",
        symbol="slayernorm",
        doc=doc,
        flop=flop,
        macc=("f32", "f32"),
        requires=frozenset({"zve32f"}),
    )


LAYERNORM = Kernel(
    name="layernorm",
    doc="each row of Y = (x - mean) / sqrt(variance + eps) gamma + beta, row-major with leading dimensions",
    params=(
        Param("m", 16, "rows", maximum=1 << 24),
        Param("n", 512, "elements of a row", maximum=1 << 24),
        Param("eps", 1e-5, "added to the variance", minimum=1e-10, maximum=1.0),
        Param("dtype", "f32", "element type", choices=("f32",)),
        Param("ldx", 0, "elements from row to row of X, 0 for n", maximum=1 << 24),
        Param("ldy", 0, "elements from row to row of Y, 0 for n", maximum=1 << 24),
        SEED,
    ),
    variants=(
        _row("m8", "three passes at LMUL 8"),
        _row("naive", "the same, one register at a time"),
    ),
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
