"""Element types of contracts: their names, numpy's, C's, and the ones numpy lacks.

A dtype is spelled as in `rvsim list kernels`: f64 f32 f16 bf16 i32 i8 u8 (i4 only within blocks of weights, see blocks.py).
numpy has no bfloat16: arrays of it are uint16 that hold the bits, and `decode` and `encode` convert.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

#: dtype -> numpy's type of an array element in memory.
STORAGE: dict[str, np.dtype[Any]] = {
    "f64": np.dtype(np.float64),
    "f32": np.dtype(np.float32),
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(np.uint16),
    "i32": np.dtype(np.int32),
    "i16": np.dtype(np.int16),
    "i8": np.dtype(np.int8),
    "u8": np.dtype(np.uint8),
}
#: dtype -> how a C prototype spells it; bfloat16 as its bits, for compilers without a type for it.
C_TYPES = {
    "f64": "double", "f32": "float", "f16": "_Float16", "bf16": "uint16_t", "i32": "int32_t", "i16": "int16_t", "i8": "int8_t",
    "u8": "uint8_t",
}  # fmt: skip
#: One bfloat16 NaN with a payload: the sentinel of memory that is no tensor element.
BF16_NAN = np.array([0x7FE5], np.uint16)


def is_float(dtype: str) -> bool:
    """Whether a dtype is a floating-point one."""
    return "f" in dtype


def encode_bf16(values: Array) -> Array:
    """float32 to the bits of bfloat16 (uint16), to nearest with ties to even; a NaN stays a quiet NaN."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    return np.asarray(np.where(np.isnan(values), (bits >> 16) | 0x40, rounded).astype(np.uint16))


def encode(values: Array, dtype: str) -> Array:
    """Floats as they lie in memory: rounded to `dtype`, for bf16 as bits."""
    return encode_bf16(values.astype(np.float32)) if dtype == "bf16" else np.asarray(values.astype(STORAGE[dtype]))


def decode(stored: Array, dtype: str) -> Array:
    """Elements as they lie in memory to numbers: bfloat16 becomes float32, all others stay what they are."""
    return (stored.astype(np.uint32) << 16).view(np.float32) if dtype == "bf16" else stored


def fill_of(dtype: str) -> Array | None:
    """What `Buffer.of` should take as sentinel: None for types that numpy knows."""
    return BF16_NAN if dtype == "bf16" else None
