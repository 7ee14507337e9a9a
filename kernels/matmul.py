"""matmul: C = A B, row-major with leading dimensions; A is m x k, B k x n, C m x n.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them:

    void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)

Tolerance. One element is a sum of k products. In any order of summation, with or without fused multiply-add, its error is at
most gamma_k |A||B| with gamma_k = k u / (1 - k u), u = eps / 2 (Higham, Accuracy and Stability, section 3.1; a first addition
to zero and a separate multiply keep it below k + 1 roundings). A reference that is computed in the type under test, for want
of a wider one or of time, adds at most as much again. So |C - AB| <= (k + 2) eps |A||B|, plus as many subnormal spacings for
results that underflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Array, Expected, Tolerance

DTYPES: dict[str, np.dtype[Any]] = {"f32": np.dtype(np.float32), "f64": np.dtype(np.float64)}
#: Products up to which an f64 reference is computed in long double, at about 0.1 G a second; beyond, in double by BLAS.
LONG_DOUBLE_PRODUCTS = 1 << 26
C_NAMES = {"f32": ("sgemm", "float"), "f64": ("dgemm", "double")}


def sizes(params: Params) -> tuple[int, int, int]:
    """m, n, k."""
    return int(params["m"]), int(params["n"]), int(params["k"])


def leading(params: Params) -> tuple[int, int, int]:
    """lda, ldb, ldc in elements; 0 means rows without gaps."""
    _, n, k = sizes(params)
    return int(params["lda"]) or k, int(params["ldb"]) or n, int(params["ldc"]) or n


def flop(params: Params) -> int:
    """A multiply and an add for each of the m n k products."""
    m, n, k = sizes(params)
    return 2 * m * n * k


def relation(params: Params) -> str | None:
    """Rows must not overlap."""
    _, n, k = sizes(params)
    for (name, columns), ld in zip((("lda", k), ("ldb", n), ("ldc", n)), leading(params), strict=True):
        if ld < columns:
            return f"{name}={ld} is shorter than a row of {columns} elements; give {name}=0 (no gap) or at least {columns}"
    return None


def size(params: Params) -> int:
    """Bytes of the three buffers."""
    m, _, k = sizes(params)
    lda, ldb, ldc = leading(params)
    return (m * lda + k * ldb + m * ldc + 3 * GUARD) * DTYPES[str(params["dtype"])].itemsize


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal A and B; C all sentinel."""
    m, n, k = sizes(params)
    lda, ldb, ldc = leading(params)
    dtype = DTYPES[str(params["dtype"])]
    a = rng.standard_normal((m, k)).astype(dtype)
    b = rng.standard_normal((k, n)).astype(dtype)
    symbol, c_type = C_NAMES[str(params["dtype"])]
    return Call(
        prototype=f"void {symbol}(const {c_type} *A, const {c_type} *B, {c_type} *C, long M, long N, long K, long lda, long ldb, long ldc)",
        args=("A", "B", "C", m, n, k, lda, ldb, ldc),
        buffers={
            "A": Buffer.of("A", a, (lda, 1)),
            "B": Buffer.of("B", b, (ldb, 1)),
            "C": Buffer.of("C", np.empty((m, n), dtype), (ldc, 1), output=True),
        },
        params=params,
    )


def reference_type(params: Params) -> np.dtype[Any]:
    """The type of the reference: its own error does not count, except for large f64 (the tolerance has room for it)."""
    m, n, k = sizes(params)
    long = params["dtype"] == "f64" and m * n * k <= LONG_DOUBLE_PRODUCTS
    return np.dtype(np.longdouble if long else np.float64)


def reference(call: Call) -> Mapping[str, Expected]:
    """A B in the reference type, and |A||B| in double."""
    dtype = str(call.params["dtype"])
    wide = reference_type(call.params)
    a, b = call.tensor("A"), call.tensor("B")
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        value: Array = a.astype(wide) @ b.astype(wide)
        scale: Array = np.abs(a.astype(np.float64)) @ np.abs(b.astype(np.float64))
    terms = sizes(call.params)[2] + 2
    return {"C": Expected(value, scale, Tolerance.of(DTYPES[dtype], terms, "|C - AB| <= (k + 2) eps |A||B|"))}


def ara_rows(m: int) -> int:
    """Rows of a tile of the `ara` variant: the choice by size of the benchmark it reproduces."""
    for limit, rows in ((4, 4), (8, 8), (64, 16), (128, 8)):
        if m <= limit:
            return rows
    return 4


def _ara_shape(params: Params, vlen: int) -> str | None:
    m, _, k = sizes(params)
    rows = ara_rows(m)
    if m % rows:
        return f"at m={m} it works on {rows} rows at a time: m must be a multiple of {rows}"
    if k < 2 or k % 2:
        return f"it does two steps of k at a time: k={k} must be even and at least 2"
    return None


def _on_request(params: Params, vlen: int) -> str | None:
    return "it is there to compare machine models with measurements; ask for it by name"


def _row(name: str, dtype: str, doc: str) -> Variant:
    """A table row of this kernel: everything that follows from name and dtype."""
    return Variant(
        name=name,
        dtype=dtype,
        source=f"matmul/{dtype}_{name}.S",
        symbol=C_NAMES[dtype][0],
        doc=doc,
        flop=flop,
        macc=(dtype, dtype),
        requires=frozenset({{"f32": "zve32f", "f64": "zve64d"}[dtype]}),
        constraint=_ara_shape if name == "ara" else lambda params, vlen: None,
        unsuited=_on_request if name == "ara" else lambda params, vlen: None,
    )


MATMUL = Kernel(
    name="matmul",
    doc="C = A B, row-major with leading dimensions",
    params=(
        Param("m", 64, "rows of A and C", maximum=1 << 24),
        Param("n", 64, "columns of B and C", maximum=1 << 24),
        Param("k", 64, "columns of A, rows of B", maximum=1 << 24),
        Param("dtype", "f32", "element type", choices=tuple(DTYPES)),
        Param("lda", 0, "elements from row to row of A, 0 for k", maximum=1 << 24),
        Param("ldb", 0, "elements from row to row of B, 0 for n", maximum=1 << 24),
        Param("ldc", 0, "elements from row to row of C, 0 for n", maximum=1 << 24),
        SEED,
    ),
    variants=(
        _row("7x4", "f32", "tiles of 7 rows by LMUL 4: 7 vfmacc for each load of B"),
        _row("7x4", "f64", "tiles of 7 rows by LMUL 4: 7 vfmacc for each load of B"),
        _row("naive", "f32", "one row of C at a time: a load of B for each vfmacc"),
        _row("naive", "f64", "one row of C at a time: a load of B for each vfmacc"),
        _row("ara", "f64", "16 registers of accumulators in the instruction order of Ara's fmatmul"),
    ),
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
