"""Encoding and decoding are inverses for every row; bad operands are refused with a message that names them."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rvsim.isa import BY_NAME, FIELDS, INSTRUCTIONS, Field, Instruction, decode, encode, expand, operand_values


def test_round_trip_of_every_row(random_word: Callable[[Instruction, random.Random], int]) -> None:
    choose = random.Random(7)
    for row in INSTRUCTIONS:
        for _ in range(30):
            word = random_word(row, choose)
            assert row.matches(word)
            assert decode(word) is row or (row.name == "ori" and operand_values(row, word)["rd"] == 0)  # a prefetch
            values = operand_values(row, word)
            implied = {operand.name for operand in row.operands if operand.fixed is not None}
            assert encode(row.name, **{name: value for name, value in values.items() if name not in implied}) == word


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_field_bounds(field: Field) -> None:
    least, most = field.range
    for value in {least, most, least + field.granule, most - field.granule}:
        word = field.put(value)
        assert word & ~field.mask == 0
        assert field.get(word) == value
        assert field.get(word | ~field.mask & 0xFFFF_FFFF) == value
    for value in (least - field.granule, most + field.granule):
        with pytest.raises(ValueError, match=f"{field.name}={value} is outside {least}..{most}"):
            field.put(value)
    if field.granule > 1:
        with pytest.raises(ValueError, match=f"is not a multiple of {field.granule}"):
            field.put(least + 1)


@given(st.integers(0, 0xFFFF_FFFF))
def test_any_word_decodes_to_a_row_that_encodes_it(word: int) -> None:
    row = decode(word)
    if row is None:
        return
    word &= (1 << 8 * row.length) - 1
    assert row.matches(word)
    fields = {name: FIELDS[name].get(word) for name in row.fields}
    assert encode(row.name, **fields) == word


# Encodings printed in the specification, or fixed by the calling convention.
KNOWN = {
    0x00000013: ("addi", {"rd": 0, "rs1": 0, "imm12": 0}),
    0x00008067: ("jalr", {"rd": 0, "imm12": 0, "rs1": 1}),
    0xFE010113: ("addi", {"rd": 2, "rs1": 2, "imm12": -32}),
    0xFFDFF06F: ("jal", {"rd": 0, "jimm20": -4}),
    0xFFFFF537: ("lui", {"rd": 10, "imm20": -4096}),
    0x80000537: ("lui", {"rd": 10, "imm20": -(1 << 31)}),
    0x0D05F557: ("vsetvli", {"rd": 10, "rs1": 11, "zimm11": 0x0D0}),
    0x02056087: ("vle32.v", {"vd": 1, "rs1": 10, "vm": 1}),
    0x8082: ("c.jr", {"c_rs1": 1}),
    0x4505: ("c.li", {"c_rd": 10, "c_imm6": 1}),
    0x6145: ("c.addi16sp", {"sp": 2, "c_imm10sp": 48}),
}


@pytest.mark.parametrize("word", KNOWN, ids=hex)
def test_known_words(word: int) -> None:
    name, values = KNOWN[word]
    row = decode(word)
    assert row is BY_NAME[name]
    assert operand_values(row, word) == values


def test_the_more_specific_row_wins() -> None:
    names = {0x8330000F: "fence.tso", 0x0330000F: "fence", 0x6105: "c.addi16sp", 0x6185: "c.lui", 0x0001: "c.nop"}
    for word, name in names.items():
        row = decode(word)
        assert row is not None and row.name == name


@pytest.mark.parametrize("word", [0, 0xFFFFFFFF, 0x0000_0004, 0x6001, 0x4002, 0x6002, 0x8002, 0x2001, 0xFFFF_0000], ids=hex)
def test_reserved_words_are_none(word: int) -> None:
    """All zeros and all ones are illegal by definition; the others are reserved forms of C."""
    assert decode(word) is None
    assert expand(word) is None


def test_upper_half_is_ignored_for_16_bit_words() -> None:
    assert decode(0xDEAD_8082) is BY_NAME["c.jr"]


def test_defaults() -> None:
    assert encode("vadd.vv", vd=1, vs2=2, vs1=3) == encode("vadd.vv", vd=1, vs2=2, vs1=3, vm=1)
    assert encode("fadd.s", fd=1, fs1=2, fs2=3) == encode("fadd.s", rd=1, rs1=2, rs2=3, rm=7)
    assert encode("fcvt.d.w", fd=1, rs1=2) == encode("fcvt.d.w", fd=1, rs1=2, rm=0)
    assert encode("fence", pred=3, succ=3) == encode("fence", pred=3, succ=3, fm=0, rd=0, rs1=0)
    assert encode("lr.w", rd=1, rs1=2) == encode("lr.w", rd=1, rs1=2, aq=0, rl=0)


@pytest.mark.parametrize(
    ("name", "operands", "message"),
    [
        ("vadd.vw", {}, "unknown instruction 'vadd.vw'"),
        ("add", {"rd": 1, "rs1": 2}, "add: operand rs2 is missing"),
        ("add", {"rd": 1, "rs1": 2, "rs2": 3, "imm12": 4}, "add: no operand 'imm12'; its operands are: rd, rs1, rs2"),
        ("ecall", {"rd": 1}, "ecall: no operand 'rd'; its operands are: none"),
        ("add", {"rd": 32, "rs1": 2, "rs2": 3}, r"add: rd=32 is outside 0\.\.31"),
        ("addi", {"rd": 1, "rs1": 2, "imm12": 2048}, r"addi: imm12=2048 is outside -2048\.\.2047"),
        ("beq", {"rs1": 1, "rs2": 2, "bimm12": 3}, "beq: bimm12=3 is not a multiple of 2"),
        ("lui", {"rd": 1, "imm20": 1}, "lui: imm20=1 is not a multiple of 4096"),
        ("c.lw", {"c_rdp": 7, "c_rs1p": 8, "c_uimm7": 0}, r"c.lw: c_rdp=7 is outside 8\.\.15"),
        ("c.addi4spn", {"c_rdp": 8, "c_uimm10": 0}, "c.addi4spn: c_uimm10 must not be zero"),
        ("c.mv", {"c_rd": 1, "c_rs2": 0}, "c.mv: c_rs2 must not be zero"),
        ("c.addi16sp", {"c_imm10sp": 16, "sp": 2}, "no operand 'sp'"),
    ],
)
def test_encode_refuses(name: str, operands: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode(name, **operands)


EXPANSIONS = {
    "c.addi4spn": ({"c_rdp": 9, "c_uimm10": 16}, "addi", {"rd": 9, "rs1": 2, "imm12": 16}),
    "c.addi16sp": ({"c_imm10sp": -64}, "addi", {"rd": 2, "rs1": 2, "imm12": -64}),
    "c.nop": ({}, "addi", {"rd": 0, "rs1": 0, "imm12": 0}),
    "c.li": ({"c_rd": 5, "c_imm6": -1}, "addi", {"rd": 5, "rs1": 0, "imm12": -1}),
    "c.lui": ({"c_rd": 5, "c_imm18": -4096}, "lui", {"rd": 5, "imm20": -4096}),
    "c.mv": ({"c_rd": 5, "c_rs2": 6}, "add", {"rd": 5, "rs1": 0, "rs2": 6}),
    "c.add": ({"c_rd": 5, "c_rs2": 6}, "add", {"rd": 5, "rs1": 5, "rs2": 6}),
    "c.jr": ({"c_rs1": 5}, "jalr", {"rd": 0, "rs1": 5, "imm12": 0}),
    "c.jalr": ({"c_rs1": 5}, "jalr", {"rd": 1, "rs1": 5, "imm12": 0}),
    "c.j": ({"c_imm12": -2048}, "jal", {"rd": 0, "jimm20": -2048}),
    "c.beqz": ({"c_rs1p": 9, "c_bimm9": 254}, "beq", {"rs1": 9, "rs2": 0, "bimm12": 254}),
    "c.ldsp": ({"c_rd": 8, "c_uimm9sp": 504}, "ld", {"rd": 8, "rs1": 2, "imm12": 504}),
    "c.sdsp": ({"c_rs2": 8, "c_uimm9sp_s": 504}, "sd", {"rs2": 8, "rs1": 2, "storeimm12": 504}),
    "c.fldsp": ({"c_fd": 8, "c_uimm9sp": 8}, "fld", {"fd": 8, "rs1": 2, "imm12": 8}),
    "c.fsd": ({"c_fs2p": 10, "c_rs1p": 11, "c_uimm8": 248}, "fsd", {"fs2": 10, "rs1": 11, "storeimm12": 248}),
    "c.srai": ({"c_rs1p": 12, "c_shamt6": 63}, "srai", {"rd": 12, "rs1": 12, "shamt6": 63}),
    "c.subw": ({"c_rs1p": 12, "c_rs2p": 13}, "subw", {"rd": 12, "rs1": 12, "rs2": 13}),
    "c.ebreak": ({}, "ebreak", {}),
}


@pytest.mark.parametrize("name", EXPANSIONS)
def test_expansion(name: str) -> None:
    operands, target, expected = EXPANSIONS[name]
    assert expand(encode(name, **operands)) == encode(target, **expected)


def test_expand_leaves_32_bit_words_alone() -> None:
    assert expand(0x02056087) == 0x02056087
