"""qmatmul: C = A W^T for weights in quantised blocks (q4_0, q4_1, q8_0 of GGUF); A is m x k, W n x k, C m x n, float.

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants. dtype is that of the activations: f32, or i8 in
blocks of their own, as a runtime quantises them (q8_0, and q8_1 for q4_1 weights). blocks.py describes the formats. The C function is

    void qmatmul(const float *A, const uint16_t *W, float *C, long M, long N, long K)        A const uint16_t * for i8

where uint16_t stands for blocks and their alignment, that of the half-precision scale they begin with. Packed variants take W as
blocks_packed.inc describes, aligned to float; packing happens once, when weights are loaded, and is not part of the run. `tiles` decodes
packed weights to memory, a block at a time, for many rows of A.

Tolerance. Every element is a sum of k products of activations with exactly decoded weights; forming a weight takes two roundings
(d q and + m), the sum at most k + 16: |error| <= (k + 20) eps |A||W|, |W| = |d q| + |m|. With i8 activations a block's integer sum is
exact (multiplied at 8 bits into 16, which a block of 4-bit weights fits, and two products of q8_0), and four roundings a block follow:
|error| <= (4 k/32 + 40) eps (sum over blocks |d d' sum| bounded by |A||W| + |m s|). Integer elements are -127..127 or 0..15, as
quantisers write them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant, as_it_is
from .blocks import BLOCK, decode_blocks, interleave, random_blocks
from .compare import Array, Expected, Tolerance

WEIGHTS = ("q4_0", "q4_1", "q8_0")
#: Most rows of a decoded block: a strip of them stays in a first-level cache or near it.
DEPTH = 256
#: Rows of A from which decoding weights to memory pays.
MANY_ROWS = 8


def activation_format(params: Params) -> str:
    """The blocks of i8 activations for these weights."""
    return "q8_1" if params["weights"] == "q4_1" else "q8_0"


def sizes(params: Params) -> tuple[int, int, int]:
    """m, n, k."""
    return int(params["m"]), int(params["n"]), int(params["k"])


def flop(params: Params) -> int:
    """A multiply and an add for each of the m n k products; decoding weights is not counted."""
    m, n, k = sizes(params)
    return 2 * m * n * k


def relation(params: Params) -> str | None:
    """Whole blocks only."""
    return f"k={params['k']} must be a multiple of {BLOCK}, the size of a block" if int(params["k"]) % BLOCK else None


def size(params: Params) -> int:
    """Bytes of the buffers, a packed copy of W included."""
    m, n, k = sizes(params)
    return 4 * m * k + 2 * n * k // BLOCK * 40 + 4 * m * n + 4 * 4 * GUARD


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Random blocks; standard normal activations, or blocks of them."""
    m, n, k = sizes(params)
    weights = random_blocks(str(params["weights"]), n, k, rng).view(np.uint16)
    integer = params["dtype"] == "i8"
    a = random_blocks(activation_format(params), m, k, rng).view(np.uint16) if integer else rng.standard_normal((m, k)).astype(np.float32)
    return Call(
        prototype=f"void qmatmul(const {'uint16_t' if integer else 'float'} *A, const uint16_t *W, float *C, long M, long N, long K)",
        args=("A", "W", "C", m, n, k),
        buffers={
            "A": Buffer.packed("A", a),
            "W": Buffer.packed("W", weights),
            "C": Buffer.packed("C", np.empty((m, n), np.float32), output=True),
        },
        params=params,
    )


def _bytes(call: Call, name: str) -> Array:
    """The rows of blocks of a buffer."""
    return np.ascontiguousarray(call.tensor(name)).view(np.uint8)


def reference(call: Call) -> Mapping[str, Expected]:
    """In double, from decoded blocks."""
    _, _, k = sizes(call.params)
    weights = decode_blocks(str(call.params["weights"]), _bytes(call, "W"))
    if call.params["dtype"] == "f32":
        a = call.tensor("A").astype(np.float64)
        size_of = np.abs(weights.q * np.repeat(weights.d, BLOCK, axis=1)) + np.repeat(np.abs(weights.m), BLOCK, axis=1)
        with np.errstate(all="ignore"):  # infinities among the inputs are the caller's choice
            value, scale = a @ weights.values().T, np.abs(a) @ size_of.T
        return {"C": Expected(value, scale, Tolerance.of(np.float32, k + 20, "|C - AW| <= (k + 20) eps |A||W|"))}
    acts = decode_blocks(activation_format(call.params), _bytes(call, "A"))
    x, w = acts.q * np.repeat(acts.d, BLOCK, axis=1), weights.q * np.repeat(weights.d, BLOCK, axis=1)
    value = x @ w.T + acts.s @ weights.m.T
    scale = np.abs(x) @ np.abs(w).T + np.abs(acts.s) @ np.abs(weights.m).T
    return {"C": Expected(value, scale, Tolerance.of(np.float32, k // 8 + 40, "|C - AW| <= (k/8 + 40) eps (|A||W| + |s||m|)"))}


def packed_call(call: Call, vlen: int) -> Call:
    """W packed in strips of VLMAX(e32,m4) rows."""
    strips = interleave(str(call.params["weights"]), _bytes(call, "W"), vlen // 8).view(np.uint32)
    packed = Buffer.packed("packed W", strips)
    return call.arranged(
        call.prototype.replace("uint16_t *W", "uint32_t *W"), tuple("packed W" if arg == "W" else arg for arg in call.args), packed
    )


def tiles_call(call: Call, vlen: int) -> Call:
    """The packed call with scratch for one decoded block of weights."""
    packed = packed_call(call, vlen)
    depth = max(BLOCK, min(sizes(call.params)[2], DEPTH))
    work = Buffer.packed("work", np.empty(depth * (vlen // 8), np.float32), output=True)
    prototype = packed.prototype.removesuffix(")") + ", float *work, long depth)"
    return packed.arranged(prototype, (*packed.args, "work", depth), work)


def _few_rows(params: Params, vlen: int) -> str | None:
    m = sizes(params)[0]
    return f"m={m} rows are too few for decoding weights to memory to pay" if m < MANY_ROWS else None


def _always_suited(params: Params, vlen: int) -> None:
    """No objection."""


def _row(weights: str, name: str, dtype: str, doc: str) -> Variant:
    return Variant(
        name=f"{weights}_{name}",
        dtype=dtype,
        source=f"qmatmul/{dtype}_{weights}_{name}.S",
        symbol="qmatmul",
        doc=doc,
        flop=flop,
        macc=("f32", "f32") if dtype == "f32" else ("i8", "i16"),
        requires=frozenset({"zve32f"}) | (frozenset() if name != "naive" and dtype == "f32" else frozenset({"zfhmin"})),
        only={"weights": (weights,)},
        arrange={"packed": packed_call, "tiles": tiles_call}.get(name, as_it_is),
        unsuited=_few_rows if name == "tiles" else _always_suited,
    )


def _rows(weights: str, dtype: str) -> str:
    return "two" if (weights, dtype) == ("q8_0", "i8") else "four"


QMATMUL = Kernel(
    name="qmatmul",
    doc="C = A W^T with weights in quantised blocks of 32 (GGUF)",
    params=(
        Param("m", 4, "rows of A and C", maximum=1 << 20),
        Param("n", 256, "rows of W, columns of C", maximum=1 << 20),
        Param("k", 256, "elements of a row of A and W, a multiple of 32", maximum=1 << 20),
        Param("dtype", "f32", "activations: f32, or i8 in blocks q8_0 (q8_1 for q4_1)", choices=("f32", "i8")),
        Param("weights", "q4_0", "format of the weights", choices=WEIGHTS),
        SEED,
    ),
    variants=tuple(
        _row(weights, name, dtype, doc)
        for dtype in ("f32", "i8")
        for weights in WEIGHTS
        for name, doc in (
            ("tiles", "packed in strips when loaded, decoded block by block for 7x4 tiles of many rows of A"),
            ("packed", f"packed in strips when loaded; {_rows(weights, dtype)} rows of A use an unpacked element"),
            ("naive", "blocks as they are in the file, one element of C at a time"),
        )
        if (name, dtype) != ("tiles", "i8")
    ),
    relation=relation,
    size=size,
    pack=pack,
    reference=reference,
)
