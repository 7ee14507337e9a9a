"""Quantised weights and activations in blocks of 32, byte for byte as GGUF files and ggml hold them.

    format  bytes  layout                                        value of an element
    q4_0       18  d: f16 | 16 bytes q                           d (q - 8), q in 0..15
    q4_1       20  d: f16 | m: f16 | 16 bytes q                  d q + m
    q8_0       34  d: f16 | 32 int8 q                            d q
    q8_1       36  d: f16 | s: f16 = d sum(q) | 32 int8 q        d q         (activations for q4_1 only)

Byte j of a 4-bit block holds element j in its low half and element j + 16 in its high half. Knows arrays only, no operator.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .compare import Array

BLOCK = 32
#: format -> bytes of a block.
SIZES = {"q4_0": 18, "q4_1": 20, "q8_0": 34, "q8_1": 36}


class Blocks(NamedTuple):
    """Decoded blocks of rows x k: integers q (with the 8 of q4_0 taken off), and d, m, s as float64, rows x k/32."""

    q: Array
    d: Array
    m: Array
    s: Array

    def values(self) -> Array:
        """The elements, rows x k, exactly."""
        return np.asarray(self.q * np.repeat(self.d, BLOCK, axis=1) + np.repeat(self.m, BLOCK, axis=1))


def random_blocks(form: str, rows: int, k: int, rng: np.random.Generator) -> Array:
    """Rows of k elements in blocks: uint8, rows x (k / 32 x bytes of a block); values of about standard normal size."""
    n = k // BLOCK
    size = SIZES[form]
    out = np.zeros((rows, n, size), np.uint8)
    bits = 4 if form.startswith("q4") else 8
    d = (rng.uniform(0.5, 1.5, (rows, n)) / (4 if bits == 4 else 60)).astype(np.float16)
    out[..., :2] = d[..., None].view(np.uint8)
    if bits == 4:
        out[..., size - 16 :] = rng.integers(0, 256, (rows, n, 16), np.uint8)
    else:
        out[..., size - BLOCK :] = rng.integers(-127, 128, (rows, n, BLOCK)).astype(np.int8).view(np.uint8)
    if form == "q4_1":
        out[..., 2:4] = (-8 * d.astype(np.float32) * rng.uniform(0.8, 1.2, (rows, n))).astype(np.float16)[..., None].view(np.uint8)
    elif form == "q8_1":
        total = out[..., 4:].view(np.int8).sum(axis=-1, dtype=np.int32)
        out[..., 2:4] = (d.astype(np.float32) * total).astype(np.float16)[..., None].view(np.uint8)
    return out.reshape(rows, n * size)


def decode_blocks(form: str, data: Array) -> Blocks:
    """What `random_blocks` of the same format holds."""
    rows, n = data.shape[0], data.shape[1] // SIZES[form]
    blocks = np.ascontiguousarray(data).reshape(rows, n, SIZES[form])
    halves = np.ascontiguousarray(blocks[..., :4]).view(np.float16).astype(np.float64)
    zero = np.zeros((rows, n))
    if form.startswith("q4"):
        packed = blocks[..., SIZES[form] - 16 :]
        q = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.int32) - (8 if form == "q4_0" else 0)
    else:
        q = np.ascontiguousarray(blocks[..., SIZES[form] - BLOCK :]).view(np.int8).astype(np.int32)
    second = halves[..., 1]
    return Blocks(q.reshape(rows, n * BLOCK), halves[..., 0], second if form == "q4_1" else zero, second if form == "q8_1" else zero)


def interleave(form: str, data: Array, lanes: int) -> Array:
    """Weights as asm/include/blocks_packed.inc takes them: strips of `lanes` rows, block by block: d, [m], bytes, each across the rows."""
    rows, size = data.shape[0], SIZES[form]
    count = data.shape[1] // size
    strips = -(-rows // lanes)
    padded = np.zeros((strips * lanes, data.shape[1]), np.uint8)
    padded[:rows] = data
    blocks = padded.reshape(strips, lanes, count, size).transpose(0, 2, 3, 1)  # strip, block, byte, row
    heads = 2 if form == "q4_1" else 1
    halves = np.ascontiguousarray(blocks[:, :, : 2 * heads].transpose(0, 1, 3, 2)).view(np.float16).astype(np.float32)
    scales = np.ascontiguousarray(halves.transpose(0, 1, 3, 2)).view(np.uint8).reshape(strips, count, heads * 4 * lanes)
    body = np.ascontiguousarray(blocks[:, :, 2 * heads :]).reshape(strips, count, (size - 2 * heads) * lanes)
    return np.concatenate([scales, body], axis=-1).reshape(-1)
