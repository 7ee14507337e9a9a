"""Words to instructions and back: decode, encode, expand, operand values.

Reads the table and the fields; knows no mnemonic and no bit position itself. The core decodes with its own native code
from the same data; this is the reference for it and serves tools.
"""

from __future__ import annotations

from functools import cache

from .fields import FIELDS
from .table import BY_NAME, INSTRUCTIONS, Instruction

# Old spellings: Zvqdotq became the draft Zvdot4a8i, with the same words.
ALIASES = {
    "vqdot.vv": "vdot4a.vv", "vqdot.vx": "vdot4a.vx", "vqdotu.vv": "vdot4au.vv", "vqdotu.vx": "vdot4au.vx",
    "vqdotsu.vv": "vdot4asu.vv", "vqdotsu.vx": "vdot4asu.vx", "vqdotus.vx": "vdot4aus.vx",
}  # fmt: skip

# What an assembler puts where the source says nothing: unmasked, dynamic rounding.
_DEFAULTS = {"vm": 1, "rm": 7}


@cache
def _index() -> tuple[tuple[tuple[int, dict[int, list[Instruction]]], ...], ...]:
    """For 16-bit and 32-bit words: (mask, match -> rows), the mask with the most fixed bits first.

    Where two rows match a word the one with more fixed bits is meant (c.nop before c.addi, fence.tso before fence).
    """
    tables: tuple[dict[int, dict[int, list[Instruction]]], ...] = ({}, {})
    for row in INSTRUCTIONS:
        tables[row.length == 4].setdefault(row.mask, {}).setdefault(row.match, []).append(row)
    return tuple(tuple(sorted(table.items(), key=lambda item: -item[0].bit_count())) for table in tables)


def decode(word: int) -> Instruction | None:
    """The row that `word` encodes, or None.

    A word whose low two bits are not 3 is a 16-bit one, and its bits 31..16 are ignored.
    """
    wide = word & 3 == 3
    word &= 0xFFFF_FFFF if wide else 0xFFFF
    for mask, matches in _index()[wide]:
        for row in matches.get(word & mask, ()):
            if all(word & bits for bits in row.nonzero):
                return row
    return None


def operand_values(row: Instruction, word: int) -> dict[str, int]:
    """The value of every operand of `row` in `word`, by operand name; implied registers included."""
    values: dict[str, int] = {}
    for operand in row.operands:
        if operand.fixed is not None:
            values[operand.name] = operand.fixed
        elif operand.field is not None:
            values[operand.name] = FIELDS[operand.field].get(word)
    return values


def _field_values(row: Instruction, operands: dict[str, int]) -> dict[str, int]:
    values: dict[str, int] = {}
    left = dict(operands)
    for operand in row.operands:
        if operand.field is None:
            continue
        for key in (operand.name, operand.field):
            if key in left:
                values[operand.field] = left.pop(key)
                break
        else:
            default = 0 if operand.name in ("aq", "rl") else _DEFAULTS.get(operand.name)
            if default is None:
                raise ValueError(f"{row.name}: operand {operand.name} is missing")
            values[operand.field] = 0 if operand.name == "rm" and "exact" in row.flags else default
    for key in list(left):
        if key in row.fields:
            values[key] = left.pop(key)
    if left:
        known = ", ".join(operand.name for operand in row.operands if operand.field is not None) or "none"
        raise ValueError(f"{row.name}: no operand {next(iter(left))!r}; its operands are: {known}")
    return values


def encode(name: str, **operands: int) -> int:
    """The word of instruction `name` with these operand values (keys are operand names or field names).

    `vm` defaults to 1, `rm` to dyn (rne for conversions that are exact), `aq` and `rl` to 0, and so do fields that are
    no operand. Values are those of the semantics: byte offsets, and the shifted value of upper immediates.
    An old spelling of `ALIASES` stands for the new one.
    Raises ValueError for an unknown mnemonic or operand, a missing operand, and a value out of range.
    """
    row = BY_NAME.get(ALIASES.get(name, name))
    if row is None:
        raise ValueError(f"unknown instruction {name!r}")
    word = row.match
    for field, value in _field_values(row, operands).items():
        try:
            word |= FIELDS[field].put(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    for bits in row.nonzero:
        if not word & bits:
            field = next(field for field in row.fields if FIELDS[field].mask == bits)
            raise ValueError(f"{name}: {field} must not be zero")
    return word


def expand(word: int) -> int | None:
    """The 32-bit word that a 16-bit word stands for; a 32-bit word is returned as it is.

    None when the word is no instruction.
    """
    row = decode(word)
    if row is None:
        return None
    if row.expands is None:
        return word & 0xFFFF_FFFF
    values = {target: source if isinstance(source, int) else FIELDS[source].get(word) for target, source in row.expands}
    return encode(row.operation, **values)
