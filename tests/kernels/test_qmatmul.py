"""qmatmul: block formats against their definitions, kernels right at any shape and VLEN, packing loses nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rvsim import kernels
from rvsim.errors import UsageError
from rvsim.kernels import blocks

from .conftest import Run, RunOn

QMATMUL = kernels.get("qmatmul")
ROWS = list(QMATMUL.variants)


def test_blocks_hold_what_the_formats_define() -> None:
    """One block of each format, byte by byte."""
    half = np.array([0.5, -2.0], np.float16).view(np.uint8)
    nibbles = np.array([0x10 * (15 - j) + j for j in range(16)], np.uint8)
    low, high = np.arange(16), 15 - np.arange(16)
    q = np.concatenate([low, high])
    q4_0 = np.concatenate([half[:2], nibbles])[None]
    assert np.array_equal(blocks.decode_blocks("q4_0", q4_0).values()[0], 0.5 * (q - 8))
    q4_1 = np.concatenate([half, nibbles])[None]
    assert np.array_equal(blocks.decode_blocks("q4_1", q4_1).values()[0], 0.5 * q - 2.0)
    signed = np.arange(-16, 16, dtype=np.int8)
    q8_0 = np.concatenate([half[:2], signed.view(np.uint8)])[None]
    assert np.array_equal(blocks.decode_blocks("q8_0", q8_0).values()[0], 0.5 * signed)
    q8_1 = blocks.decode_blocks("q8_1", np.concatenate([half, signed.view(np.uint8)])[None])
    assert np.array_equal(q8_1.q[0], signed) and q8_1.s[0, 0] == -2.0


@pytest.mark.parametrize("form", ["q4_0", "q4_1", "q8_0"])
@pytest.mark.parametrize(("rows", "lanes"), [(1, 16), (16, 16), (17, 16), (5, 64)])
def test_packing_loses_nothing(form: str, rows: int, lanes: int) -> None:
    rng = np.random.default_rng(3)
    data = blocks.random_blocks(form, rows, 96, rng)
    packed = blocks.interleave(form, data, lanes)
    heads = 2 if form == "q4_1" else 1
    body = blocks.SIZES[form] - 2 * heads
    strips = packed.reshape(-(-rows // lanes), 3, heads * 4 * lanes + body * lanes)
    decoded = blocks.decode_blocks(form, data)
    for row in range(rows):
        strip, lane = divmod(row, lanes)
        for block in range(3):
            scales = strips[strip, block, : heads * 4 * lanes].copy().view(np.float32).reshape(heads, lanes)[:, lane]
            assert scales[0] == decoded.d[row, block] and (heads == 1 or scales[1] == decoded.m[row, block])
            bytes_ = strips[strip, block, heads * 4 * lanes :].reshape(body, lanes)[:, lane]
            assert np.array_equal(bytes_, data.reshape(rows, 3, -1)[row, block, 2 * heads :])


@settings(max_examples=20, derandomize=True)
@given(
    m=st.integers(0, 9), n=st.sampled_from([0, 1, 15, 16, 17, 33, 63, 65, 130]), k=st.sampled_from([0, 32, 64, 96, 288]),
    vlen=st.sampled_from([128, 256, 512, 1024, 2048, 4096]), seed=st.integers(0, 99),
)  # fmt: skip
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_any_shape(assert_right: Run, row: kernels.Variant, m: int, n: int, k: int, vlen: int, seed: int) -> None:
    assert_right("qmatmul", row.name, vlen, m=m, n=n, k=k, seed=seed, **row.kind)


@pytest.mark.parametrize("vlen", [128, 512, 4096])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.dtype}-{row.name}")
def test_columns_around_a_strip(assert_right: Run, row: kernels.Variant, vlen: int) -> None:
    for n in (vlen // 8 - 1, vlen // 8, vlen // 8 + 1):
        assert_right("qmatmul", row.name, vlen, {"agnostic": "ones"}, m=3, n=n, k=32, **row.kind)


@pytest.mark.parametrize("row", [row for row in ROWS if row.dtype == "i8"], ids=lambda row: row.name)
def test_extreme_integers_do_not_overflow(run_on: RunOn, row: kernels.Variant) -> None:
    """Largest quants of one sign everywhere: 32 products of a block at their largest sum."""
    weights, k, m, n = str(row.kind["weights"]), 64, 2, 3
    form = "q8_1" if weights == "q4_1" else "q8_0"
    a, w = blocks.random_blocks(form, m, k, np.random.default_rng(1)), blocks.random_blocks(weights, n, k, np.random.default_rng(2))
    for x in (127, -127):
        acts = a.reshape(m, 2, -1)
        acts[..., blocks.SIZES[form] - 32 :] = np.int8(x).view(np.uint8)
        rows = w.reshape(n, 2, -1)
        rows[..., blocks.SIZES[weights] - (32 if weights == "q8_0" else 16) :] = 0x81 if weights == "q8_0" else 0x0F if x > 0 else 0xF0
        check, _ = run_on(
            "qmatmul", row.name, 256, {"A": acts.reshape(m, -1).view("u2"), "W": rows.reshape(n, -1).view("u2")}, m=m, n=n, k=k, **row.kind
        )
        assert check.correct, check


def test_a_part_of_a_block_is_refused() -> None:
    with pytest.raises(UsageError, match="k=33 must be a multiple of 32"):
        QMATMUL.validate({"k": 33})


@pytest.mark.parametrize("vlen", [128, 512, 4096])
@pytest.mark.parametrize("row", [row for row in ROWS if row.name.endswith("tiles")], ids=lambda row: row.name)
def test_sums_over_several_decoded_blocks(assert_right: Run, row: kernels.Variant, vlen: int) -> None:
    """More of K than one decoded block holds, with a part of one left; every number of rows that a tile has."""
    for m, n, k in ((1, 5, 288), (6, 17, 544), (7, 33, 512), (13, vlen // 8 + 1, 320), (15, vlen // 8, 800)):
        assert_right("qmatmul", row.name, vlen, m=m, n=n, k=k, **row.kind)


def test_many_rows_are_worth_decoding_weights() -> None:
    def choice(**raw: object) -> str:
        return QMATMUL.select("auto", QMATMUL.validate(raw), vlen=256, isa=frozenset({"v", "zfhmin"})).variant.name

    assert choice(m=32) == "q4_0_tiles" and choice(m=1) == "q4_0_packed" and choice(m=32, dtype="i8") == "q4_0_packed"
