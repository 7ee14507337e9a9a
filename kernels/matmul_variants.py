"""The variants of matmul: a row each, with what they need, what they cannot do and when "auto" should pass them over.

"auto" takes the first row that fits, so the order is that of preference. Knows the operator's parameters, nothing of its data
and reference (matmul.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .base import Buffer, Call, Params, Value, Variant, as_it_is
from .formats import C_TYPES, STORAGE

#: (dtype, acc, out) -> the contract's C function.
SYMBOLS = {
    ("f64", "f64", "f64"): "dgemm", ("f32", "f32", "f32"): "sgemm", ("f16", "f32", "f16"): "hgemm", ("f16", "f16", "f16"): "hgemm",
    ("f16", "f32", "f32"): "shgemm", ("bf16", "f32", "f32"): "sbgemm", ("i8", "i32", "i32"): "igemm", ("i8", "i32", "i8"): "igemm_q",
    ("u8", "i32", "i32"): "ugemm", ("u8", "i32", "u8"): "ugemm_q",
}  # fmt: skip
#: The extensions for a multiply-accumulate of these types (RVV 1.0 section 18; Zvfh includes Zvfhmin, its scalars need flh).
NEEDS = {
    "f64": frozenset({"zve64d"}), "f32": frozenset({"zve32f"}), "f16": frozenset({"zvfh"}),
    "bf16": frozenset({"zvfbfwma"}), "i8": frozenset({"zve32x"}), "u8": frozenset({"zve32x"}),
}  # fmt: skip
Reason = Callable[[Params, int], str | None]


def sizes(params: Params) -> tuple[int, int, int]:
    """m, n, k."""
    return int(params["m"]), int(params["n"]), int(params["k"])


def spans(params: Params) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Rows and columns of A, B and C as they are stored."""
    m, n, k = sizes(params)
    return (k, m) if params["ta"] else (m, k), (n, k) if params["tb"] else (k, n), (m, n)


def leading(params: Params) -> tuple[int, int, int]:
    """lda, ldb, ldc in elements; 0 means rows without gaps."""
    lda, ldb, ldc = (int(params[name]) or span[1] for name, span in zip(("lda", "ldb", "ldc"), spans(params), strict=True))
    return lda, ldb, ldc


def is_plain(params: Params) -> bool:
    """Whether the problem is one C = A B, without transposition, factors and batch."""
    return (params["ta"], params["tb"], params["alpha"], params["beta"], params["batch"]) == (0, 0, 1, 0, 1)


def flop(params: Params) -> int:
    """A multiply and an add for each of the m n k products."""
    m, n, k = sizes(params)
    return 2 * m * n * k * int(params["batch"])


def is_requantised(params: Params) -> bool:
    """Whether C has 8 bits: its factors are a scale for each column, so there is no alpha and beta."""
    return params["out"] in ("i8", "u8")


def full_call(call: Call) -> Call:
    """The arguments of the general function: those of the plain one, then transposition, batch and its strides, alpha and beta.

    alpha and beta are double for f64, float for the other floats, long for integers; results of 8 bits have none.
    """
    params = call.params
    prototype = call.prototype.replace("(", "_full(", 1).removesuffix(")")
    prototype += ", long transA, long transB, long batch, long strideA, long strideB, long strideC"
    strides = tuple(rows * ld for (rows, _), ld in zip(spans(params), leading(params), strict=True))
    values: tuple[Value, ...] = (params["ta"], params["tb"], params["batch"], *strides)
    if not is_requantised(params):
        ctype = {"f64": "double", "i32": "long"}.get(str(params["acc"]), "float")
        prototype += f", {ctype} alpha, {ctype} beta"
        values += tuple(int(params[name]) if ctype == "long" else params[name] for name in ("alpha", "beta"))
    return call.arranged(prototype + ")", (*call.args, *values))


#: Most rows of a packed block of B: enough for a visit to C to pay, few enough for a strip of them to stay in a second-level cache.
BLOCK_ROWS = 512
#: What the loops' state takes at the head of scratch memory.
STATE_BYTES = 128


def strip(vlen: int, itemsize: int) -> int:
    """Columns of a strip: VLMAX at LMUL 4."""
    return vlen * 4 // (8 * itemsize)


def block_depth(k: int) -> int:
    """Rows of a packed block: K in equal parts of at most BLOCK_ROWS."""
    return -(-k // max(1, -(-k // BLOCK_ROWS)))


def _strip_bytes(params: Params, vlen: int) -> int:
    _, n, k = sizes(params)
    itemsize = STORAGE[str(params["dtype"])].itemsize
    return k * min(n, strip(vlen, itemsize)) * itemsize


def _pieces(params: Params, vlen: int) -> bool:
    """Whether B in place costs more than packing it: registers are short, and a strip that is a piece of each row outgrows a cache."""
    m, n, _ = sizes(params)
    narrow = n > strip(vlen, STORAGE[str(params["dtype"])].itemsize)
    return vlen <= 1024 and m >= 21 and narrow and _strip_bytes(params, vlen) >= 1 << 14


def _seven_rows(params: Params, vlen: int) -> str | None:
    """When tiles of seven rows are second best."""
    size = _strip_bytes(params, vlen)
    if _pieces(params, vlen):
        return f"a strip of B, {size >> 10} KiB in pieces, would leave a first-level cache before the next rows use it; packing pays"
    if vlen <= 512 and size <= 1 << 14:
        return f"a strip of B, {-(-size >> 10)} KiB, stays in a first-level cache: a tile of 4 rows starts and ends sooner"
    return None


def _packing(params: Params, vlen: int) -> str | None:
    """When packing does not pay."""
    return None if _pieces(params, vlen) or not is_plain(params) else "packing would not pay"


def _narrow_packing(params: Params, vlen: int) -> str | None:
    """When a strip of 16-bit elements had better be read in place: by and by it is in a cache, and rows of long registers are long."""
    _, n, k = sizes(params)
    acc = STORAGE[str(params["acc"])].itemsize
    size = 2 * k * min(n, strip(vlen, acc))
    if is_plain(params) and (vlen > 256 or int(params["m"]) < 21 or n <= strip(vlen, acc) or size <= 1 << 14):
        return "packing would not pay"
    return None


def _extending(params: Params, vlen: int) -> str | None:
    """When extending a strip of B beforehand does not pay."""
    m = int(params["m"])
    return f"m={m} rows are too few for extending B beforehand to pay" if is_plain(params) and m < 28 else None


def _row_by_row(params: Params, vlen: int) -> str | None:
    """When sums had better stay in registers: B is in a cache, or a strip of a row is long enough for memory."""
    _, n, k = sizes(params)
    if n <= 2 * strip(vlen, STORAGE[str(params["acc"])].itemsize) or vlen > 1024:
        return "strips of B are as good as rows here"
    return "B stays in a second-level cache" if k * n * STORAGE[str(params["dtype"])].itemsize < 1 << 20 else None


#: Products of one column of C up to which setting up a tile takes longer than doing without one.
FEW_PRODUCTS = 16


def _unless_tiny(unsuited: Reason) -> Reason:
    """`unsuited`, and passed over where the plain variant is done before a tile is set up."""

    def reason(params: Params, vlen: int) -> str | None:
        m, _, k = sizes(params)
        return f"m={m} k={k} are done before a tile is set up" if m * k <= FEW_PRODUCTS else unsuited(params, vlen)

    return reason


def packed_call(call: Call, vlen: int) -> Call:
    """The general function with scratch for its state and one packed block of B."""
    kind = STORAGE[str(call.params["dtype"])]
    _, n, k = sizes(call.params)
    depth = block_depth(k)
    full = full_call(call) if is_plain(call.params) else call
    state = max(32, STATE_BYTES // kind.itemsize)
    work = Buffer.packed("work", np.empty(state + depth * min(n, strip(vlen, kind.itemsize)), kind), output=True)
    prototype = full.prototype.removesuffix(")") + f", {C_TYPES[str(call.params['dtype'])]} *work, long depth)"
    return full.arranged(prototype, (*full.args, "work", depth), work)


def widened_call(call: Call, vlen: int) -> Call:
    """The general function with scratch for its state and one packed strip of B, all of K deep, as 16-bit elements."""
    _, n, k = sizes(call.params)
    full = full_call(call) if is_plain(call.params) else call
    work = Buffer.packed("work", np.empty(24 + -(-k * min(n, strip(vlen, 4)) // 4), np.int64), output=True)
    return full.arranged(full.prototype.removesuffix(")") + ", long *work)", (*full.args, "work"), work)


def no_reason(params: Params, vlen: int) -> str | None:
    """No objection."""
    return None


def plain_only(params: Params, vlen: int) -> str | None:
    """What most variants are limited to."""
    return None if is_plain(params) else "it is for one C = A B: ta=0 tb=0 alpha=1 beta=0 batch=1"


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
    return plain_only(params, vlen)


def _for_comparison(params: Params, vlen: int) -> str | None:
    return "it is there to compare others with; ask for it by name"


def _on_request(params: Params, vlen: int) -> str | None:
    return "it is there to compare machine models with measurements; ask for it by name"


def row(
    name: str, dtype: str, doc: str, *, acc: str = "", out: str = "", constraint: Reason = plain_only, unsuited: Reason = no_reason,
    arrange: Callable[[Call, int], Call] = as_it_is, symbol: str = "", needs: frozenset[str] = frozenset(), m: int = 0, n: int = 0,
) -> Variant:  # fmt: skip
    """A table row of this kernel: everything that follows from name and types."""
    unsuited = unsuited if name.startswith("naive") else _unless_tiny(unsuited)
    kind = next(types for types in SYMBOLS if types[0] == dtype and acc in ("", types[1]) and out in ("", types[2]))
    limits = (("acc", kind[1], acc), ("out", kind[2], out), ("m", m, m), ("n", n, n))
    only = {name: (value,) for name, value, limited in limits if limited}
    return Variant(
        name=name, dtype=dtype, source=f"matmul/{dtype}_{name}.S", symbol=symbol or SYMBOLS[kind], doc=doc, flop=flop,
        macc=(dtype, kind[1]), requires=NEEDS[dtype] | needs, constraint=constraint, unsuited=unsuited, only=only, arrange=arrange,
    )  # fmt: skip


def widened(name: str, dtype: str, doc: str, unsuited: Reason, acc: str = "", out: str = "") -> Variant:
    """A row of the general function with sums twice as wide as factors."""
    needs = frozenset({"zve32f"}) if out in ("i8", "u8") else frozenset()
    variant = row(name, dtype, doc, acc=acc, out=out, constraint=no_reason, arrange=widened_call, unsuited=unsuited, needs=needs)
    return replace(variant, symbol=f"{variant.symbol}_full")


def _by_fours(params: Params, vlen: int) -> str | None:
    lda = leading(params)[0]
    if int(params["k"]) % 4 or lda % 4:
        return f"it reads A by words of four elements: k={params['k']} and lda={lda} must be multiples of 4"
    return plain_only(params, vlen)


def _dot4_call(call: Call, vlen: int) -> Call:
    """Scratch for one packed strip of B behind the operator's own arguments; A aligned to words of four elements."""
    (m, _, k), (lda, _, _) = sizes(call.params), leading(call.params)
    rows = np.full((m, lda), -1, np.int8)
    rows[:, :k] = call.tensor("A")
    words = Buffer.packed("A by fours", rows.view(np.int32))
    work = Buffer.packed("work", np.empty(k // 4 * (strip(vlen, 4) + 2), np.int32), output=True)
    prototype = call.prototype.replace("igemm(const int8_t", "igemm_dot4(const int32_t").removesuffix(")") + ", int32_t *work)"
    return call.arranged(prototype, ("A by fours", *call.args[1:], "work"), words, work)


_TILES = "tiles of 7 rows by LMUL 4: 7 vfmacc for each load of B"
_PACKED = "7x4 tiles on packed blocks of B; also transposed operands, alpha, beta, batches"
_GEMV = "a matrix times a column (n=1): four rows at a time along k"
_GEVM = "a row times a matrix (m=1): rows of B are read from end to end, sixteen (8 bits: eight) at a time"
_DOT = "a dot product for each element of C: strided loads of B, a reduction an element"
_NAIVE = "one row of C at a time: a load of B for each vfmacc"
_WIDE = "tiles of 7 rows by LMUL 4 of sums, factors at LMUL 2"
_WIDE_PACKED = "7x4 tiles on strips of B packed as 16-bit elements; also transposed operands, {}"
_SCALED, _BATCHED = _WIDE_PACKED.format("alpha, beta, batches"), _WIDE_PACKED.format("batches; requantised in registers")
_NAIVE_WIDE = "one row of C at a time: a load of B for each multiply-accumulate"

VARIANTS = (
    row("gemv", "f32", _GEMV, n=1),
    row("gemv", "f64", _GEMV, n=1),
    row("gevm", "f32", _GEVM, m=1, unsuited=_row_by_row),
    row("gevm", "f64", _GEVM, m=1, unsuited=_row_by_row),
    row("7x4", "f32", _TILES, unsuited=_seven_rows),
    row("7x4", "f64", _TILES, unsuited=_seven_rows),
    row("7x4_packed", "f32", _PACKED, constraint=no_reason, unsuited=_packing, arrange=packed_call, symbol="sgemm_full"),
    row("7x4_packed", "f64", _PACKED, constraint=no_reason, unsuited=_packing, arrange=packed_call, symbol="dgemm_full"),
    row("4x4", "f32", "tiles of 4 rows by LMUL 4: 4 vfmacc for each load of B"),
    row("4x4", "f64", "tiles of 4 rows by LMUL 4: 4 vfmacc for each load of B"),
    row("dot", "f32", _DOT, unsuited=_for_comparison),
    row("dot", "f64", _DOT, unsuited=_for_comparison),
    row("naive", "f32", _NAIVE),
    row("naive", "f64", _NAIVE),
    row(
        "ara", "f64", "16 registers of accumulators in the instruction order of Ara's fmatmul", constraint=_ara_shape, unsuited=_on_request
    ),
    row("gevm", "f16", _GEVM, acc="f16", out="f16", m=1, unsuited=_row_by_row),
    row(
        "7x4_packed",
        "f16",
        _PACKED,
        acc="f16",
        out="f16",
        constraint=no_reason,
        unsuited=_narrow_packing,
        arrange=packed_call,
        symbol="hgemm_full",
    ),
    row("7x4", "f16", _TILES, acc="f16", out="f16"),
    row("naive", "f16", _NAIVE, acc="f16", out="f16"),
    widened("7x4_packed_acc32", "f16", _SCALED, _narrow_packing, acc="f32", out="f16"),
    row("7x4_acc32", "f16", _WIDE, acc="f32", out="f16"),
    row("naive_acc32", "f16", _NAIVE_WIDE, acc="f32", out="f16"),
    row("gevm_out32", "f16", _GEVM, acc="f32", out="f32", m=1, unsuited=_row_by_row),
    widened("7x4_packed_out32", "f16", _SCALED, _narrow_packing, acc="f32", out="f32"),
    row("7x4_out32", "f16", _WIDE, acc="f32", out="f32"),
    row("naive_out32", "f16", _NAIVE_WIDE, acc="f32", out="f32"),
    row("gevm", "bf16", _GEVM, m=1, unsuited=_row_by_row),
    widened("7x4_packed", "bf16", _SCALED, _narrow_packing),
    row("7x4", "bf16", _WIDE),
    row("naive", "bf16", _NAIVE_WIDE),
    row(
        "7x4_dot4",
        "i8",
        "7x4 tiles of four-way dot products (draft Zvdot4a8i 0.1) on packed strips of B",
        out="i32",
        constraint=_by_fours,
        arrange=_dot4_call,
        symbol="igemm_dot4",
        needs=frozenset({"zvdot4a8i_0p1"}),
    ),
    row("gevm", "i8", _GEVM, out="i32", m=1, unsuited=_row_by_row),
    widened("7x4_packed", "i8", _SCALED, _extending, out="i32"),
    row("7x4", "i8", _WIDE + "; B is extended to 16 bits once for 7 vwmacc", out="i32"),
    widened("7x4_packed_requant", "i8", _BATCHED, _extending, out="i8"),
    row("7x4_requant", "i8", _WIDE + ", requantised in registers", out="i8", needs=frozenset({"zve32f"})),
    row("naive", "i8", _NAIVE_WIDE, out="i32"),
    row("gevm", "u8", _GEVM, out="i32", m=1, unsuited=_row_by_row),
    widened("7x4_packed", "u8", _SCALED, _extending, out="i32"),
    row("7x4", "u8", _WIDE + "; B is extended to 16 bits once for 7 vwmacc", out="i32"),
    widened("7x4_packed_requant", "u8", _BATCHED, _extending, out="u8"),
    row("7x4_requant", "u8", _WIDE + ", requantised in registers", out="u8", needs=frozenset({"zve32f"})),
    row("naive", "u8", _NAIVE_WIDE, out="i32"),
)
