"""The one table of instructions: its row grammar, the parser, and the typed rows.

Rows live in `rv64i`, `rvfd`, `rvc`, `rvb`, `rvz`, `rvzf`, `rvv_arith`, `rvv_mem` and `rvv_ext` as literal text, one instruction
a row, so that a search for a mnemonic finds it. Everything else reads `INSTRUCTIONS`. This package imports nothing of ours and knows no
behaviour: `operation` names it, the core implements it.

A row has six columns and may have a seventh:

    mnemonic | encoding | operands | operation | unit | extension | flags or expansion

**encoding** covers every bit once: field names of `rvsim.isa.fields`, and hi..lo=value or bit=value for fixed bits. `field!0`
means that the field is never zero in this instruction.

**operands**, in assembly order. Integer registers `rd rs1 rs2`, floating-point registers `fd fs1 fs2 fs3` (fields rd, rs1, rs2,
rs3), vector registers `vd vs1 vs2 vs3`; an immediate has the name of its field; `imm(reg)` and `(reg)` are memory operands:
an immediate right before a base register is its offset. `vm` is the optional mask, `rm` the rounding mode, `aq` and `rl`
the suffixes of atomics. `sp` and `v0` are registers, `rtz` a rounding mode implied by the mnemonic.

A vector operand's group `:G` gives effective element width and group relative to vtype:

    1            EEW = SEW, EMUL = LMUL (the suffix may be left out)
    2            EEW = 2*SEW, EMUL = 2*LMUL
    f2 f4 f8     EEW = SEW/n, EMUL = LMUL/n
    m            a mask: EEW = 1, one register
    s, 2s        element 0 of one register of any number, EEW = SEW or 2*SEW
    e8 .. e64    EEW fixed, EMUL = EEW/SEW*LMUL
    r1 r2 r4 r8  so many whole registers
    ...xN        a segment of N such groups, in consecutive registers

**operation**: what it does with its operands, shared by rows that differ only in the kind of an operand that the operand list
tells (`vadd` for .vv, .vx, .vi). Scalar register and immediate forms are two operations.

**unit**, **flags**: words of `rvsim.isa.names`. **extension** likewise; `zcb+zbb` needs both, `zfhmin/zfbfmin` either.

The legality rules that need no flag because operands tell them:
group alignment, EMUL within 1/8..8, source and destination overlap of different EEW (section 5.2), no write of v0 by
masked instructions except for groups `m`, `s`, `2s` (section 5.3), and vd != v0 where `v0` is an operand, unless vd is `:m`.

**expansion** (compressed rows, whose operation is the mnemonic they expand to): target=source, where target is an operand of
that instruction and source a field of the 16-bit word or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from . import rv64i, rvb, rvc, rvfd, rvv_arith, rvv_ext, rvv_mem, rvz, rvzf
from .fields import FIELDS
from .names import EXTENSIONS, FLAGS, UNITS


class TableError(ValueError):
    """A row of the table is wrong; the text names the row and the fault."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand of an assembly line.

    `cls` is one of x f v imm csr mem vm rm aq rl fence vtype fli; `mem` is the integer register holding a base address.
    `field` is None for what the mnemonic implies; its number is `fixed`. `group` (without xN) is None except
    for vectors; `nf` is the number of fields of a segment.
    """

    name: str
    field: str | None
    cls: str
    group: str | None = None
    nf: int = 1
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One row. `match` holds the fixed bits under `mask`; each mask in `nonzero` must have a set bit in the word.

    `extension` is the one it belongs to; it exists where all the extensions of one of the sets in `requires` are there.
    """

    name: str
    mask: int
    match: int
    length: int
    nonzero: tuple[int, ...]
    fields: tuple[str, ...]
    operands: tuple[Operand, ...]
    operation: str
    unit: str
    extension: str
    requires: tuple[frozenset[str], ...]
    flags: frozenset[str]
    expands: tuple[tuple[str, str | int], ...] | None

    def matches(self, word: int) -> bool:
        """Whether `word` is an encoding of this instruction."""
        return word & self.mask == self.match and all(word & bits for bits in self.nonzero)


_IMPLIED = {"sp": 2, "v0": 0, "rtz": 1}
_CLASSES = {
    "csr": "csr", "fli": "fli", "vm": "vm", "rm": "rm", "aq": "aq", "rl": "rl",
    "pred": "fence", "succ": "fence", "zimm10": "vtype", "zimm11": "vtype",
}  # fmt: skip
_X_REGISTERS = frozenset({"rd", "rs1", "rs2", "c_rd", "c_rs1", "c_rs2", "c_rdp", "c_rs1p", "c_rs2p"})
_F_FIELDS = {
    "fd": "rd", "fs1": "rs1", "fs2": "rs2", "fs3": "rs3",
    "c_fd": "c_rd", "c_fs2": "c_rs2", "c_fdp": "c_rdp", "c_fs2p": "c_rs2p",
}  # fmt: skip
GROUPS = frozenset({"1", "2", "f2", "f4", "f8", "m", "s", "2s", "e8", "e16", "e32", "e64", "r1", "r2", "r4", "r8"})


def _vector(name: str, group: str) -> Operand:
    group, _, fields = group.partition("x")
    if group not in GROUPS:
        raise TableError(f"operand {name}: unknown group {group!r}")
    fixed = _IMPLIED.get(name)
    return Operand(name, None if fixed is not None else name, "v", group, int(fields or 1), fixed)


def _register_or_immediate(name: str) -> Operand:
    if name in _X_REGISTERS:
        return Operand(name, name, "x")
    if name in _F_FIELDS:
        return Operand(name, _F_FIELDS[name], "f")
    if name in ("vd", "vs1", "vs2", "vs3"):
        return _vector(name, "1")
    if name == "v0":
        return _vector(name, "m")
    if name == "sp":
        return Operand(name, None, "x", fixed=_IMPLIED[name])
    if name == "rtz":
        return Operand(name, None, "rm", fixed=_IMPLIED[name])
    if name in FIELDS:
        return Operand(name, name, _CLASSES.get(name, "imm"))
    raise TableError(f"unknown operand {name!r}")


@cache
def _operands(token: str) -> tuple[Operand, ...]:
    """The operands of one comma-separated item: one, or an offset and its base register."""
    if token.endswith(")"):
        offset, _, base = token[:-1].partition("(")
        register = _register_or_immediate(base)
        if register.cls != "x":
            raise TableError(f"operand {token}: {base} cannot hold an address")
        memory = Operand(base, register.field, "mem", fixed=register.fixed)
        return (_register_or_immediate(offset), memory) if offset else (memory,)
    name, colon, group = token.partition(":")
    return (_vector(name, group),) if colon else (_register_or_immediate(name),)


def _fixed_bits(token: str) -> tuple[int, int]:
    """Mask and match of `hi..lo=value` or `bit=value`."""
    try:
        bits, _, text = token.partition("=")
        hi, _, lo = bits.partition("..")
        high, low, value = int(hi), int(lo or hi), int(text, 0)
    except ValueError:
        raise TableError(f"cannot read the bits {token!r}") from None
    width = high - low + 1
    if not 0 <= low <= high <= 31 or value >> width:
        raise TableError(f"{token}: the value does not fit the bits")
    return ((1 << width) - 1) << low, value << low


class _Parser:
    """Parses rows; equal items of the columns share one parsed object, which keeps the import cheap."""

    def __init__(self) -> None:
        self._bits: dict[str, tuple[int, int, str | None, int]] = {}
        self._operand_lists: dict[str, tuple[Operand, ...]] = {}
        self._requires: dict[str, tuple[frozenset[str], ...]] = {}
        self._flag_sets: dict[str, frozenset[str]] = {"": frozenset()}

    def bits(self, token: str) -> tuple[int, int, str | None, int]:
        """(word bits covered, fixed value, field name or None, word bits that must not be all zero)."""
        if "=" in token:
            return *_fixed_bits(token), None, 0
        name, _, nonzero = token.partition("!")
        if name not in FIELDS or nonzero not in ("", "0"):
            raise TableError(f"unknown field {token!r}")
        covered = FIELDS[name].mask
        return covered, 0, name, covered if nonzero else 0

    def encoding(self, text: str) -> tuple[int, int, int, tuple[str, ...], tuple[int, ...]]:
        """(mask, match, length, field names, nonzero masks) of an encoding column."""
        covered = mask = match = 0
        fields: list[str] = []
        nonzero: list[int] = []
        for token in text.split():
            part = self._bits.get(token)
            if part is None:
                part = self._bits[token] = self.bits(token)
            bits, value, name, not_zero = part
            if covered & bits:
                raise TableError(f"{token} covers bits that are covered already")
            covered |= bits
            if name is None:
                mask |= bits
                match |= value
            else:
                fields.append(name)
                if not_zero:
                    nonzero.append(not_zero)
        length = 4 if match & 3 == 3 else 2
        if covered != (1 << 8 * length) - 1:
            raise TableError(f"the encoding covers {covered:#x} of a {length}-byte word")
        return mask, match, length, tuple(fields), tuple(nonzero)

    def operands(self, text: str) -> tuple[Operand, ...]:
        """The operand column, in assembly order."""
        known = self._operand_lists.get(text)
        if known is None:
            items = [item.strip() for item in text.split(",")] if text else []
            known = self._operand_lists[text] = tuple(operand for item in items for operand in _operands(item))
        return known

    def requires(self, text: str) -> tuple[frozenset[str], ...]:
        """The extension column."""
        known = self._requires.get(text)
        if known is None:
            known = self._requires[text] = tuple(frozenset(choice.split("+")) for choice in text.split("/"))
            if unknown := sorted(frozenset().union(*known) - EXTENSIONS.keys()):
                raise TableError(f"unknown extension {unknown[0]!r}")
        return known

    def flags(self, text: str) -> frozenset[str]:
        """The flags column of a row that is not compressed."""
        known = self._flag_sets.get(text)
        if known is None:
            known = self._flag_sets[text] = frozenset(text.split())
            if unknown := sorted(known - FLAGS.keys()):
                raise TableError(f"unknown flag {unknown[0]!r}")
        return known

    def row(self, line: str) -> Instruction:
        """One row.

        Raises TableError without the row's name; `parse_rows` adds it.
        """
        columns = [column.strip() for column in line.split("|")]
        if not 6 <= len(columns) <= 7:
            raise TableError(f"expected 6 or 7 columns, found {len(columns)}")
        name, encoding, operand_text, operation, unit, extension = columns[:6]
        extra = columns[6] if len(columns) == 7 else ""
        if unit not in UNITS:
            raise TableError(f"unknown unit {unit!r}")
        requires = self.requires(extension)
        mask, match, length, fields, nonzero = self.encoding(encoding)
        operands = self.operands(operand_text)
        for operand in operands:
            if operand.field is not None and operand.field not in fields:
                raise TableError(f"operand {operand.name} has no field in the encoding")
        expands = _expansion(extra, fields) if length == 2 else None
        flags = self.flags("" if length == 2 else extra)
        return Instruction(
            name, mask, match, length, nonzero, fields, operands, operation, unit, re.split("[+/]", extension)[0], requires, flags, expands
        )


def _expansion(text: str, fields: tuple[str, ...]) -> tuple[tuple[str, str | int], ...]:
    pairs: list[tuple[str, str | int]] = []
    for item in text.split():
        target, equals, source = item.partition("=")
        number = source.removeprefix("-").isdecimal()
        if not equals or not (number or source in fields):
            raise TableError(f"cannot read the expansion {item!r}")
        pairs.append((target, int(source) if number else source))
    return tuple(pairs)


def parse_rows(text: str) -> Iterator[Instruction]:
    """The instructions of a text of rows; blank lines and lines that start with # are skipped.

    Raises TableError, naming the row, for anything the grammar in the module's docstring does not allow.
    """
    parser = _Parser()
    for line in text.splitlines():
        if line and line[0] != "#":
            try:
                yield parser.row(line)
            except TableError as error:
                raise TableError(f"row {line.split('|')[0].strip()!r}: {error}") from None


def _build() -> dict[str, Instruction]:
    text = "\n".join(module.ROWS for module in (rv64i, rvfd, rvc, rvb, rvz, rvzf, rvv_arith, rvv_mem, rvv_ext))
    rows: dict[str, Instruction] = {}
    for row in parse_rows(text):
        if row.name in rows:
            raise TableError(f"row {row.name!r}: appears twice")
        rows[row.name] = row
    return rows


BY_NAME: dict[str, Instruction] = _build()
INSTRUCTIONS: tuple[Instruction, ...] = tuple(BY_NAME.values())
