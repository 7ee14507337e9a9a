"""The parser of the table refuses rows that are wrong, and says which and why."""

from __future__ import annotations

import pytest

from rvsim.isa import Operand, TableError, parse_rows

GOOD = "add | 31..25=0 rs2 rs1 14..12=0 rd 6..0=0x33 | rd, rs1, rs2 | add | alu | i"


def test_a_good_row() -> None:
    (row,) = parse_rows(f"# a comment\n\n{GOOD}\n")
    assert (row.name, row.mask, row.match, row.length) == ("add", 0xFE00707F, 0x33, 4)
    assert row.fields == ("rs2", "rs1", "rd")
    assert row.operands == (Operand("rd", "rd", "x"), Operand("rs1", "rs1", "x"), Operand("rs2", "rs2", "x"))
    assert (row.operation, row.unit, row.extension, row.flags, row.expands) == ("add", "alu", "i", frozenset(), None)


def test_memory_operands_groups_and_implied_registers() -> None:
    (row,) = parse_rows("lw | imm12 rs1 14..12=2 rd 6..0=0x03 | rd, imm12(rs1) | lw | load | i")
    assert row.operands[1:] == (Operand("imm12", "imm12", "imm"), Operand("rs1", "rs1", "mem"))
    (row,) = parse_rows("vlseg3e32.v | 31..29=2 28..26=0 vm 24..20=0 rs1 14..12=6 vd 6..0=7 | vd:e32x3, (rs1), vm | vle | v_load_seg | v")
    assert row.operands[0] == Operand("vd", "vd", "v", "e32", 3)
    (row,) = parse_rows("vadc.vvm | 31..25=0x20 vs2 vs1 14..12=0 vd 6..0=0x57 | vd, vs2:2, vs1, v0 | vadc | v_carry | v")
    assert [operand.group for operand in row.operands] == ["1", "2", "1", "m"]
    assert row.operands[3] == Operand("v0", None, "v", "m", 1, 0)
    (row,) = parse_rows("c.lwsp | 15..13=2 c_uimm8sp c_rd!0 1..0=2 | c_rd, c_uimm8sp(sp) | lw | load | c | rd=c_rd rs1=2 imm12=c_uimm8sp")
    assert row.operands[2] == Operand("sp", None, "mem", fixed=2)
    assert (row.length, row.nonzero) == (2, (0xF80,))
    assert row.expands == (("rd", "c_rd"), ("rs1", 2), ("imm12", "c_uimm8sp"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" | i", "", "expected 6 or 7 columns, found 5"),
        (" | i", " | i | | ", "expected 6 or 7 columns, found 8"),
        ("rs2 rs1 14", "rs9 rs1 14", "unknown field 'rs9'"),
        ("rs2 rs1 14", "rs2!1 rs1 14", "unknown field 'rs2!1'"),
        ("rs2 rs1 14", "rs2 14", "the encoding covers 0xfff07fff of a 4-byte word"),
        ("rs2 rs1 14", "rs2 rs2 rs1 14", "rs2 covers bits that are covered already"),
        ("14..12=0", "14..11=0", "rd covers bits that are covered already"),
        ("14..12=0", "14..12=8", "14..12=8: the value does not fit the bits"),
        ("14..12=0", "12..14=0", "12..14=0: the value does not fit the bits"),
        ("14..12=0", "14..12=x", "cannot read the bits '14..12=x'"),
        ("31..25=0", "32..25=0", "32..25=0: the value does not fit the bits"),
        ("0x33 |", "0x32 |", "the encoding covers 0xffffffff of a 2-byte word"),
        ("rs1, rs2 |", "rs1, rs7 |", "unknown operand 'rs7'"),
        ("rs1, rs2 |", "rs1, imm12 |", "operand imm12 has no field in the encoding"),
        ("rs1, rs2 |", "rs1, vs2:3 |", "operand vs2: unknown group '3'"),
        ("rs1, rs2 |", "rs1, (fs2) |", "operand (fs2): fs2 cannot hold an address"),
        ("alu", "alo", "unknown unit 'alo'"),
        (" | i", " | q", "unknown extension 'q'"),
        (" | i", " | i | fast", "unknown flag 'fast'"),
    ],
)
def test_a_bad_row_is_named_and_explained(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(TableError) as caught:
        list(parse_rows(GOOD.replace(old, new)))
    assert str(caught.value) == f"row 'add': {message}"


@pytest.mark.parametrize("item", ["rd", "rd=c_imm6", "rd=-", "rd=rs1"])
def test_a_bad_expansion_is_refused(item: str) -> None:
    with pytest.raises(TableError, match=f"row 'c.jr': cannot read the expansion '{item}'"):
        list(parse_rows(f"c.jr | 15..12=8 c_rs1!0 6..2=0 1..0=2 | c_rs1 | jalr | jump | c | {item}"))
