"""relu: y = max(x, 0).

Knows the operator only: data, numpy reference, tolerance, FLOP and the table of variants (files of rvsim.asm). The C function
is the same for all of them:

    void srelu(const float *x, float *y, long n)

Tolerance. Exact: nothing is rounded. NaN gives 0, as RISC-V's maximum and numpy's fmax do; the sign of a zero is free;
subnormals are kept. FLOP: none, a maximum is no arithmetic; what counts is the bandwidth.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .base import GUARD, SEED, Buffer, Call, Kernel, Param, Params, Variant
from .compare import Expected, Tolerance


def size(params: Params) -> int:
    """Bytes of both buffers."""
    return 8 * (int(params["n"]) + GUARD)


def pack(params: Params, rng: np.random.Generator) -> Call:
    """Standard normal x."""
    n = int(params["n"])
    x = rng.standard_normal(n).astype(np.float32)
    return Call(
        prototype="void srelu(const float *x, float *y, long n)",
        args=("x", "y", n),
        buffers={"x": Buffer.of("x", x, (1,)), "y": Buffer.of("y", np.empty_like(x), (1,), output=True)},
        params=params,
    )


def reference(call: Call) -> Mapping[str, Expected]:
    """numpy.fmax in double."""
    value = np.fmax(call.tensor("x").astype(np.float64), 0)
    return {"y": Expected(value, np.abs(value), Tolerance(0))}


def _row(name: str, doc: str) -> Variant:
    return Variant(
        name=name,
        dtype="f32",
        source=f"relu/f32_{name}.S",
        symbol="srelu",
        doc=doc,
        flop=lambda params: 0,
        macc=("f32", "f32"),
        requires=frozenset({"zve32f"}),
    )


RELU = Kernel(
    name="relu",
    doc="y = max(x, 0)",
    params=(
        Param("n", 4096, "elements", maximum=1 << 28),
        Param("dtype", "f32", "element type", choices=("f32",)),
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
