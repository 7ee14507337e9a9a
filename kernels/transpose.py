"""transpose: B = the transpose of A, row-major with leading dimensions; A is m x n, B n x m.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them:

    void stranspose(const float *A, float *B, long M, long N, long lda, long ldb)

Tolerance. Exact. FLOP: none; what counts is the bandwidth.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance


def leading(params: Params) -> tuple[int, int]:
    """lda, ldb in elements; 0 means rows without gaps."""
    return int(params["lda"]) or int(params["n"]), int(params["ldb"]) or int(params["m"])


def relation(params: Params) -> str | None:
    """Rows must not overlap."""
    for (name, columns), ld in zip((("lda", params["n"]), ("ldb", params["m"])), leading(params), strict=True):
        if ld < int(columns):
            return f"{name}={ld} is shorter than a row of {columns} elements; give {name}=0 (no gap) or at least {columns}"
    return None


def size(params: Params) -> int:
    """Bytes of both buffers."""
    lda, ldb = leading(params)
    return 4 * (int(params["m"]) * lda + int(params["n"]) * ldb + 2 * GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal A."""
    m, n = int(params["m"]), int(params["n"])
    lda, ldb = leading(params)
    a = rng.standard_normal((m, n)).astype(np.float32)
    return Call(
        prototype="void stranspose(const float *A, float *B, long M, long N, long lda, long ldb)",
        args=("A", "B", m, n, lda, ldb),
        buffers={"A": Buffer.of("A", a, (lda, 1)), "B": Buffer.of("B", np.empty((n, m), np.float32), (ldb, 1), output=True)},
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """numpy's transpose, in double."""
    value = call.tensor("A").astype(np.float64).T
    return {"B": Expected(value, np.abs(value), Tolerance(0))}


def _odd(params: Params, vlen: int) -> str | None:
    ldb = leading(params)[1]
    return f"rows of B that are {ldb} elements apart are not made of doublewords" if ldb % 2 or params["m"] == 1 else None


def _row(name: str, doc: str) -> Variant:
    return Variant(
        name=name,
        dtype="f32",
        source=f"transpose/f32_{name}.S",
        symbol="stranspose",
        doc=doc,
        flop=lambda params: 0,
        macc=("f32", "f32"),
        requires=frozenset({"zve64x" if name == "zip2" else "zve32x"}),
        unsuited=_odd if name == "zip2" else lambda params, vlen: None,
    )


TRANSPOSE = Kernel(
    name="transpose",
    doc="B = the transpose of A, row-major with leading dimensions",
    params=(
        Param("m", 64, "rows of A, columns of B", maximum=1 << 24),
        Param("n", 64, "columns of A, rows of B", maximum=1 << 24),
        Param("dtype", "f32", "element type", choices=("f32",)),
        Param("lda", 0, "elements from row to row of A, 0 for n", maximum=1 << 24),
        Param("ldb", 0, "elements from row to row of B, 0 for m", maximum=1 << 24),
        SEED,
    ),
    variants=(
        _row("zip2", "two rows zipped into doublewords: a strided store writes two columns"),
        _row("naive", "a row becomes a column by a strided store"),
    ),
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
