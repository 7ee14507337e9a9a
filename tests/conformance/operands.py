"""Operand values that find faults: ends of ranges, floating-point specials of every format, and plain random bits.

Knows number formats, no instruction. Images of whole register files are drawn from pools made once, since they are needed
hundreds of times a second.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import numpy.typing as npt

from .layout import DATA_SIZE, MASK64

FLOAT_FORMATS = {16: (5, 10), 32: (8, 23), 64: (11, 52)}  # bits: exponent, fraction
BF16 = (8, 7)


def float_edges(exponent: int, fraction: int) -> list[int]:
    """Both signs of zero, subnormals, ends of the normals, neighbours of one, integer limits, infinity, both kinds of NaN."""
    bias, one, infinity = (1 << exponent - 1) - 1, 1 << fraction, (1 << exponent) - 1 << fraction
    values = {0, 1, 2, one >> 1, one - 1, one, one + 1, infinity - one, infinity - 1, infinity, infinity + 1,
              infinity | one >> 1, infinity | one >> 1 | 1, infinity | one - 1}  # fmt: skip
    for power in (0, 1, 7, 8, 15, 16, 31, 32, 63, 64, -1, -fraction, 1 - bias + fraction):
        if 0 < power + bias < (1 << exponent) - 1:
            middle = power + bias << fraction
            values |= {middle - 1, middle, middle + 1, middle | one >> 1}
    return sorted(values | {v | 1 << exponent + fraction for v in values})


def integer_edges(bits: int) -> list[int]:
    """The ends of the signed and unsigned ranges of this width and their neighbours, powers of two, small numbers."""
    mask = (1 << bits) - 1
    values = {v & mask for v in range(-3, 4)}
    for power in {bits - 1, bits // 2, bits // 2 - 1, bits // 4, 3, 5, 7}:
        values |= {(1 << power) + d & mask for d in (-1, 0, 1)} | {-(1 << power) + d & mask for d in (-1, 0, 1)}
    return sorted(values)


def _narrowest(value: int, bits: int) -> int:
    """`value` repeated up to 64 bits."""
    return sum(value << shift for shift in range(0, 64, bits))


class Operands:
    """Seeded source of values and of register-file images for one VLEN."""

    IMAGES = 96

    def __init__(self, rng: random.Random, vlenb: int) -> None:
        self._rng = rng
        self._numpy = np.random.default_rng(rng.getrandbits(64))
        self.vlenb = vlenb
        self._edges = {bits: integer_edges(bits) for bits in (8, 16, 32, 64)}
        self._floats = {bits: float_edges(*layout) for bits, layout in FLOAT_FORMATS.items()}
        self.x_values = [v & MASK64 for bits in (8, 16, 32) for v in self._edges[bits]] + self._edges[64]
        self.x_values += [v | MASK64 << 32 & MASK64 for v in self._edges[32]]
        self.f_values = self._floats[64] + [v | MASK64 << 32 & MASK64 for v in self._floats[32]]
        self.f_values += [v | MASK64 << 16 & MASK64 for v in self._floats[16] + float_edges(*BF16)]
        self.f_values += self._floats[32][:8]  # not NaN-boxed: they read as the canonical NaN
        pools = [self._edges[8], self._edges[16] + self._floats[16] + float_edges(*BF16), self._edges[32] + self._floats[32],
                 self._edges[64] + self._floats[64]]  # fmt: skip
        types = (np.uint8, np.uint16, np.uint32, np.uint64)
        self._pools = [np.array(pool, dtype) for pool, dtype in zip(pools, types, strict=True)]
        self._registers = [self._register() for _ in range(self.IMAGES)]
        self._x = np.array(self.x_values, np.uint64)
        self._f = np.array(self.f_values, np.uint64)

    def _register(self) -> bytes:
        """One vector register: elements of one width, edge values, random bits, or small numbers that serve as indices."""
        kind, style = self._rng.randrange(4), self._rng.random()
        pool = self._pools[kind]
        count = self.vlenb >> kind
        if style < 0.5:
            values = self._numpy.choice(pool, count)
        elif style < 0.7:
            values = np.where(self._numpy.random(count) < 0.5, self._numpy.choice(pool, count), self._bits(count, pool.dtype))
        elif style < 0.85:
            values = (self._bits(count, pool.dtype) % pool.dtype.type(64)).astype(pool.dtype)
        else:
            values = self._bits(count, pool.dtype)
        return bytes(values.astype(pool.dtype).tobytes())

    def _bits(self, count: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        return np.frombuffer(self._numpy.bytes(count * dtype.itemsize), dtype)

    def v(self) -> bytes:
        """All 32 vector registers. Groups of up to eight neighbours may have the same style of content."""
        out: list[bytes] = []
        while len(out) < 32:
            out += [self._rng.choice(self._registers)] * (1 if self._rng.random() < 0.8 else self._rng.choice((2, 4)))
        if self._rng.random() < 0.15:  # no element active, or every one
            out[0] = self._rng.choice((b"\0", b"\xff")) * self.vlenb
        # Copies of one register would hide a mix-up of registers: rotate each by its number.
        return b"".join(register[i:] + register[:i] for i, register in enumerate(out[:32]))

    def fresh_registers(self) -> None:
        """Replace some of the pool's registers."""
        for _ in range(8):
            self._registers[self._rng.randrange(self.IMAGES)] = self._register()

    def x_value(self) -> int:
        return self._rng.choice(self.x_values) if self._rng.random() < 0.7 else self._rng.getrandbits(64)

    def f_value(self, bits: int) -> int:
        """A NaN-boxed value of this width most of the time, or anything."""
        style = self._rng.random()
        if style < 0.1:
            return self._rng.choice(self.f_values)
        value = self._rng.choice(self._floats[bits]) if style < 0.75 else self._rng.getrandbits(bits)
        return value | MASK64 << bits & MASK64

    def x(self) -> bytes:
        values = self._numpy.choice(self._x, 32)
        noise = self._numpy.random(32) < 0.3
        values[noise] = self._bits(32, np.dtype(np.uint64))[noise]
        values[0] = 0
        return bytes(values.tobytes())

    def f(self) -> bytes:
        values = self._numpy.choice(self._f, 32)
        noise = self._numpy.random(32) < 0.15
        values[noise] = self._bits(32, np.dtype(np.uint64))[noise]
        return bytes(values.tobytes())

    def data(self) -> bytes:
        """The data region, half of it edge values."""
        random_half = self._numpy.bytes(DATA_SIZE // 2)
        pool = self._pools[self._rng.randrange(4)]
        edges = self._numpy.choice(pool, DATA_SIZE // 2 // pool.dtype.itemsize).tobytes()
        return bytes(edges + random_half) if self._rng.random() < 0.5 else bytes(random_half + edges)
