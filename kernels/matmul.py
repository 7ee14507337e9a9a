"""matmul: C = A B, row-major with leading dimensions; A is m x k, B k x n, C m x n.

Knows the operator only: data, numpy reference, tolerance; the table of variants is matmul_variants.py. The C function has the
same arguments for all variants but a few that need scratch or packed operands, and its name follows BLAS:

    void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)

    dtype  acc  out     symbol      dtype  acc  out     symbol
    f64    f64  f64     dgemm       bf16   f32  f32     sbgemm
    f32    f32  f32     sgemm       i8     i32  i32     igemm
    f16    f32  f16     hgemm       i8     i32  i8      igemm_q     results requantised, see quant.py
    f16    f16  f16     hgemm       u8     i32  i32     ugemm
    f16    f32  f32     shgemm      u8     i32  u8      ugemm_q

With ta, tb, alpha, beta or batch it is C = alpha op(A) op(B) + beta C for each of a batch of matrices that lie one behind the
other, and the function is the one of `full_call`: the symbol above and `_full`. With beta = 0, C is not read, as in BLAS. For integers
alpha and beta are 32-bit integers; results of 8 bits have a scale for each column instead. f16 sums round alpha and beta to f16.

Tolerance. One element is a sum of k products. In any order of summation, with or without fused multiply-add, its error is at
most gamma_k |A||B| with gamma_k = k u / (1 - k u), u = eps / 2 of the accumulator (Higham, Accuracy and Stability, section 3.1;
a first addition to zero and a separate multiply keep it below k + 1 roundings). A reference that is computed in the type under
test, for want of a wider one or of time, adds at most as much again. So |C - AB| <= (k + 2) eps |A||B|, plus as many subnormal
spacings for results that underflow; alpha and beta add two roundings, a narrower C one of its own. Integers are exact and wrap
around. NaN and infinities follow IEEE 754, subnormals are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .base import FLOAT_MAX, GUARD, SEED, Buffer, Call, Kernel, Param, Params
from .compare import Array, Expected, Tolerance
from .formats import C_TYPES, STORAGE, decode, encode, fill_of, is_float
from .matmul_variants import SYMBOLS, VARIANTS, full_call, is_plain, is_requantised, leading, sizes, spans
from .quant import EXACT, Requant, requantize

#: dtype -> accumulator types, the default first.
ACCUMULATORS = {"f64": ("f64",), "f32": ("f32",), "f16": ("f32", "f16"), "bf16": ("f32",), "i8": ("i32",), "u8": ("i32",)}
#: (dtype, accumulator) -> types of C, the default first.
OUTPUTS = {
    ("f64", "f64"): ("f64",), ("f32", "f32"): ("f32",), ("f16", "f32"): ("f16", "f32"), ("f16", "f16"): ("f16",),
    ("bf16", "f32"): ("f32",), ("i8", "i32"): ("i32", "i8"), ("u8", "i32"): ("i32", "u8"),
}  # fmt: skip
#: Where a requantised call has its zero point.
ZERO = 11
#: Products up to which an f64 reference is computed in long double, at about 0.1 G a second; beyond, in double by BLAS.
LONG_DOUBLE_PRODUCTS = 1 << 26


def complete(params: dict[str, Any]) -> None:
    """acc and out that were left to the dtype."""
    if params["acc"] == "auto":
        params["acc"] = ACCUMULATORS[params["dtype"]][0]
    if params["out"] == "auto" and (params["dtype"], params["acc"]) in OUTPUTS:
        params["out"] = OUTPUTS[params["dtype"], params["acc"]][0]


def relation(params: Params) -> str | None:
    """Types that go together; rows must not overlap."""
    dtype, acc, out = (str(params[name]) for name in ("dtype", "acc", "out"))
    if acc not in ACCUMULATORS[dtype]:
        return f"acc={acc} is not available for dtype={dtype}; take {' or '.join(ACCUMULATORS[dtype])}"
    if out not in OUTPUTS[dtype, acc]:
        return f"out={out} is not available for dtype={dtype} acc={acc}; take {' or '.join(OUTPUTS[dtype, acc])}"
    for name, (_, columns), ld in zip(("lda", "ldb", "ldc"), spans(params), leading(params), strict=True):
        if ld < columns:
            return f"{name}={ld} is shorter than a row of {columns} elements; give {name}=0 (no gap) or at least {columns}"
    return None if is_float(dtype) else _integer_factors(params)


def _integer_factors(params: Params) -> str | None:
    for name, neutral in (("alpha", 1), ("beta", 0)):
        value = float(params[name])
        if is_requantised(params) and value != neutral:
            return f"{name}={value:g} is not possible with out={params['out']}: results are requantised with a scale for each column"
        if value != int(value) or not -(2**31) <= value < 2**31:
            return f"{name}={value:g} is no 32-bit integer, which dtype={params['dtype']} needs"
    return None


def size(params: Params) -> int:
    """Bytes of the buffers."""
    types = (params["dtype"], params["dtype"], params["out"])
    total = 0
    for (rows, _), ld, dtype in zip(spans(params), leading(params), types, strict=True):
        total += (int(params["batch"]) * rows * ld + GUARD) * STORAGE[str(dtype)].itemsize
    return total + 8 * (sizes(params)[1] + GUARD)


def values(dtype: str, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Standard normal floats, integers from the whole range of their type."""
    if is_float(dtype):
        return encode(rng.standard_normal(shape), dtype)
    info = np.iinfo(STORAGE[dtype])
    return rng.integers(info.min, info.max, shape, STORAGE[dtype], endpoint=True)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Random A and B; C all sentinel, or random where beta C is added."""
    dtype, out = str(params["dtype"]), str(params["out"])
    batch = int(params["batch"])
    buffers = {}
    for name, kind, (rows, columns), ld in zip("ABC", (dtype, dtype, out), spans(params), leading(params), strict=True):
        shape = (rows, columns) if batch == 1 else (batch, rows, columns)
        strides = (ld, 1) if batch == 1 else (rows * ld, ld, 1)
        blank = name == "C" and params["beta"] == 0
        data = np.empty(shape, STORAGE[kind]) if blank else values(kind, shape, rng)
        buffers[name] = Buffer.of(name, data, strides, output=blank, updated=name == "C", fill=fill_of(kind))
    m, n, k = sizes(params)
    symbol, ctype = SYMBOLS[dtype, str(params["acc"]), out], C_TYPES[dtype]
    prototype = f"void {symbol}(const {ctype} *A, const {ctype} *B, {C_TYPES[out]} *C, long M, long N, long K, long lda, long ldb, long ldc"
    args: tuple[Any, ...] = ("A", "B", "C", m, n, k, *leading(params))
    if out in ("i8", "u8"):
        requant = Requant.random(n, k, dtype, out, rng)
        buffers |= {buffer.name: buffer for buffer in requant.buffers()}
        prototype += f", {Requant.PROTOTYPE}"
        args += requant.args()
    call = Call(prototype + ")", args, buffers, params)
    return call if is_plain(params) else full_call(call)


def reference_type(params: Params) -> np.dtype[Any]:
    """The type of the reference: its own error does not count, except for large f64 (the tolerance has room for it)."""
    m, n, k = sizes(params)
    long = params["dtype"] == "f64" and m * n * k <= LONG_DOUBLE_PRODUCTS
    return np.dtype(np.longdouble if long else np.float64)


def reference(call: Call) -> Mapping[str, Expected]:
    """alpha op(A) op(B) + beta C in the reference type, and the same of absolute values in double; integers exactly."""
    params = call.params
    a, b = (decode(call.tensor(name), str(params["dtype"])) for name in "AB")
    a = np.swapaxes(a, -1, -2) if params["ta"] else a
    b = np.swapaxes(b, -1, -2) if params["tb"] else b
    if not is_float(str(params["dtype"])):
        return {"C": _integers(call, a, b)}
    wide = reference_type(params)
    kind = STORAGE[str(params["acc"])].type
    alpha, beta, (_, _, k) = float(kind(params["alpha"])), float(kind(params["beta"])), sizes(params)
    with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
        value: Array = a.astype(wide) @ b.astype(wide)
        scale: Array = np.abs(a.astype(np.float64)) @ np.abs(b.astype(np.float64))
        if is_plain(params):
            return {"C": _tolerated(params, value, scale, k + 2, "AB", "|A||B|")}
        value, scale = wide.type(alpha) * value, abs(alpha) * scale
        if beta:
            value, scale = value + beta * call.tensor("C").astype(wide), scale + abs(beta) * np.abs(call.tensor("C").astype(np.float64))
    return {"C": _tolerated(params, value, scale, k + 4, "alpha AB + beta C", "(|alpha||A||B| + |beta||C|)")}


def _tolerated(params: Params, value: Array, scale: Array, terms: int, what: str, size_of: str) -> Expected:
    acc, out = (STORAGE[str(params[name])] for name in ("acc", "out"))
    sums = f"(k + {terms - sizes(params)[2]}) eps"
    if acc == out:
        return Expected(value, scale, Tolerance.of(out, terms, f"|C' - ({what})| <= {sums} {size_of}"))
    ratio = float(np.finfo(acc).eps / np.finfo(out).eps)
    own = np.abs(value).astype(np.float64) + terms * ratio * scale  # in units of the wider eps: one rounding to the type of C
    formula = f"|C' - ({what})| <= eps({params['out']}) |{what}| + {sums}({params['acc']}) {size_of}"
    return Expected(value, own, Tolerance.of(out, 1, formula))


def _integers(call: Call, a: Array, b: Array) -> Expected:
    """Sums modulo 2^32, requantised where C is narrow. In double they are exact: k 255^2 < 2^53 for any k that fits."""
    sums = (a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64).astype(np.int32)
    scale = np.abs(a).astype(np.float64) @ np.abs(b).astype(np.float64)
    out = str(call.params["out"])
    if out != "i32":
        value = requantize(sums, call.tensor("bias"), call.tensor("scale"), call.args[ZERO], out)
        return Expected(value.astype(np.int64), scale, EXACT)
    alpha, beta = int(call.params["alpha"]), int(call.params["beta"])
    total = alpha * sums.astype(np.int64)  # at most 2^62 in size, twice that below 2^63
    if beta:
        total = total + beta * call.tensor("C").astype(np.int64)
    return Expected(total.astype(np.int32).astype(np.int64), scale, EXACT)


def _choice(name: str, doc: str) -> Param:
    return Param(name, 0, doc, maximum=1)


MATMUL = Kernel(
    name="matmul",
    doc="C = A B, row-major with leading dimensions",
    params=(
        Param("m", 64, "rows of A and C", maximum=1 << 24),
        Param("n", 64, "columns of B and C", maximum=1 << 24),
        Param("k", 64, "columns of A, rows of B", maximum=1 << 24),
        Param("dtype", "f32", "element type of A and B", choices=tuple(ACCUMULATORS)),
        Param("acc", "auto", "type of the sums", choices=("auto", "f64", "f32", "f16", "i32")),
        Param("out", "auto", "element type of C", choices=("auto", "f64", "f32", "f16", "i32", "i8", "u8")),
        Param("lda", 0, "elements from row to row of A, 0 for no gap", maximum=1 << 24),
        Param("ldb", 0, "elements from row to row of B, 0 for no gap", maximum=1 << 24),
        Param("ldc", 0, "elements from row to row of C, 0 for no gap", maximum=1 << 24),
        _choice("ta", "1: A is stored transposed, k x m"),
        _choice("tb", "1: B is stored transposed, n x k"),
        Param("alpha", 1.0, "factor of A B", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
        Param("beta", 0.0, "factor of the C that was there; 0: it is not read", minimum=-FLOAT_MAX, maximum=FLOAT_MAX),
        Param("batch", 1, "number of products, one behind the other", minimum=1, maximum=1 << 20),
        SEED,
    ),
    variants=VARIANTS,
    complete=complete,
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
