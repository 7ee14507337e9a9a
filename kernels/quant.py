"""Requantisation: 32-bit integer sums to 8-bit results, as quantised networks define a layer's output.

    result[.., n] = clip(round(float(sum + bias[n]) * scale[n]) + zero)

with one scale and one 32-bit bias a column (per-channel quantisation), `zero` the result's zero point. float is f32, both
roundings are to nearest with ties to even, and float -> integer saturates: exactly what vfcvt.f.x, vfmul, vfcvt.x.f, vsadd and
vnclip do (asm/include/requant.inc), so results are bit-exact. A zero point of the activations belongs into the bias:
sum((a - za) b) = sum(a b) - za sum(b). Knows arrays only, no operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .base import Buffer, Value
from .compare import Array, Tolerance
from .formats import STORAGE

#: Integers are compared bit by bit.
EXACT = Tolerance(0)


def requantize(sums: Array, bias: Array, scale: Array, zero: Value, out: str) -> Array:
    """int32 `sums` to `out` ("i8", "u8"); `bias` (int32) and `scale` (float32) broadcast against them, sums wrap around."""
    info = np.iinfo(STORAGE[out])
    biased = sums.astype(np.int32) + bias.astype(np.int32)
    with np.errstate(all="ignore"):  # a product beyond f32 is infinite and saturates
        product = biased.astype(np.float32) * scale.astype(np.float32)
        whole = np.where(np.isnan(product), np.float64(2**31 - 1), np.rint(product).astype(np.float64))
    saturated = np.clip(whole, -(2**31), 2**31 - 1).astype(np.int64)
    return np.asarray(np.clip(saturated + int(zero), info.min, info.max).astype(STORAGE[out]))


@dataclass(frozen=True, slots=True, eq=False)
class Requant:
    """What a layer's output needs: bias (int32) and scale (float32) by column, and the zero point."""

    bias: Array
    scale: Array
    zero: int

    PROTOTYPE: ClassVar[str] = "const int32_t *bias, const float *scale, long zero"

    @classmethod
    def random(cls, n: int, k: int, dtype: str, out: str, rng: np.random.Generator) -> Requant:
        """For sums of k products of random `dtype`: most results fall within the range of `out`, some saturate."""
        factors, results = np.iinfo(STORAGE[dtype]), np.iinfo(STORAGE[out])
        middle = (factors.max + factors.min) / 2
        spread = (factors.max - factors.min) ** 2 / 12 * np.sqrt(max(k, 1)) * (1 + 3 * (middle > 1))
        scale = (60 / spread * rng.uniform(0.5, 2, n)).astype(np.float32)
        bias = rng.integers(-1000, 1000, n) - int(k * middle**2)
        return cls(bias.astype(np.int32), scale, int((results.min + results.max + 1) // 2 + rng.integers(-9, 10)))

    def buffers(self) -> tuple[Buffer, ...]:
        """bias and scale as a call's buffers."""
        return Buffer.of("bias", self.bias, (1,)), Buffer.of("scale", self.scale, (1,))

    def args(self) -> tuple[Any, ...]:
        """The arguments of PROTOTYPE."""
        return "bias", "scale", self.zero
