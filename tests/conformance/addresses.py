"""Addresses for loads, stores and atomics: mostly inside the data region, often at its edges, sometimes nowhere.

Everything comes from a row's operand list. Stray accesses must fault on both sides, and never reach code: no address below 4 GiB
is made, nor one from which a 32-bit index leads there (the golden model has its debug module at zero, and code lies at 2 GiB).
"""

from __future__ import annotations

import random
import re

from rvsim.isa import FIELDS, Instruction, operand_values

from .blocks import Poke
from .cells import shape
from .layout import DATA, DATA_SIZE, MASK64

END = DATA + DATA_SIZE
_NOWHERE = (1 << 33, DATA - 4096, END + 4096, 1 << 36, 1 << 40, 1 << 55, 1 << 62, (1 << 63) - 8, 1 << 63, MASK64 - (1 << 33))
_SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}


def is_memory(row: Instruction) -> bool:
    return row.unit in ("load", "store", "fload", "fstore", "amo") or row.unit.startswith(("v_load", "v_store"))


def base_field(row: Instruction) -> tuple[str | None, int]:
    """(field, fixed register) of the base address."""
    operand = next(o for o in row.operands if o.cls == "mem")
    return operand.field, operand.fixed or 0


def avoid_x0(row: Instruction, word: int) -> int:
    """The word with another base register where that was x0."""
    field, _ = base_field(row)
    if field is not None and FIELDS[field].get(word) == 0:
        word |= FIELDS[field].put(5)
    return word


class Addresses:
    """Chooses pokes for the address operands of memory instructions."""

    def __init__(self, rng: random.Random, vlenb: int) -> None:
        self._rng = rng
        self._vlenb = vlenb

    def _target(self, extent: int, granule: int) -> int:
        """First byte of an access of about `extent` bytes."""
        rng, style = self._rng, self._rng.random()
        room = max(DATA_SIZE - extent, 1)
        if style < 0.7:
            address = DATA + rng.randrange(room)
        elif style < 0.82:
            address = END - rng.randrange(extent + 8)
        elif style < 0.88:
            address = DATA - rng.randrange(1, extent + 8)
        elif style < 0.94:
            address = DATA + 4096 - rng.randrange(extent + 8)
        else:
            address = rng.choice(_NOWHERE) + rng.randrange(16)
        if rng.random() < 0.7:
            address &= -granule
        return address & MASK64

    def pokes(self, row: Instruction, word: int, vtype: tuple[int, int], vl: int, straight: bool) -> tuple[Poke, ...]:
        """Register values that make the access of `word` land somewhere of interest. vtype: log2(SEW / 8), log2(LMUL)."""
        values = operand_values(row, word)
        field, fixed = base_field(row)
        base = fixed if field is None else FIELDS[field].get(word)
        offset = next((values[o.name] for o in row.operands if o.cls == "imm"), 0)
        if not row.unit.startswith("v_"):
            size = _SIZES[match[1]] if (match := re.search(r"([bhwd])u?(?:sp)?$", row.name.split(".")[-1])) else 8
            target = self._target(size, size)
            if row.unit == "amo":
                target = target & -size if straight or self._rng.random() < 0.9 else target
            return (("x", base, target - offset & MASK64),)
        return self._vector(row, values, base, vtype, vl, straight)

    def _vector(
        self, row: Instruction, values: dict[str, int], base: int, vtype: tuple[int, int], vl: int, straight: bool
    ) -> tuple[Poke, ...]:
        rng = self._rng
        data = next(o for o in row.operands if o.name in ("vd", "vs3"))
        both = shape(data, *vtype)
        eew = 1 << both[0] if both and both[0] >= 0 else 1
        if data.group and data.group[0] == "r":
            extent = int(data.group[1:]) * self._vlenb
        else:
            extent = max(vl, 1) * eew * data.nf
        extent = min(extent, DATA_SIZE)
        if "rs2" in values:
            stride = rng.choice((0, 1, -1, eew, -eew, eew * data.nf, 2 * eew, 3, 8, 16, 64, -24, 0x7FFF_FFFF, rng.getrandbits(64)))
            if rng.random() < 0.5 and vl:
                stride = rng.randrange(-(DATA_SIZE // vl), DATA_SIZE // vl + 1)
            middle = self._target(8, eew) if rng.random() < 0.5 else DATA + (0 if stride >= 0 else DATA_SIZE - eew * data.nf)
            if values["rs2"] == base:
                return (("x", base, middle),)
            register_pokes: tuple[Poke, ...] = (("x", values["rs2"], stride & MASK64),) if values["rs2"] else ()
            return (("x", base, middle), *register_pokes)
        index = next((o for o in row.operands if o.name == "vs2"), None)
        if index is None:
            return (("x", base, self._target(extent, eew)),)
        target = DATA + rng.choice((0, 0, 8, 3, 64)) if rng.random() < 0.8 else self._target(8, eew)
        log_eew, log_emul = shape(index, *vtype) or (0, 0)
        if straight or log_eew == 0 or rng.random() < 0.3:
            return (("x", base, target),)
        count = (1 << max(log_emul, 0)) * self._vlenb >> log_eew
        if values["vs2"] + (1 << max(log_emul, 0)) > 32:
            return (("x", base, target),)
        limit = DATA_SIZE + (8 if rng.random() < 0.3 else -eew * data.nf - 64)
        offsets = b"".join(rng.randrange(limit).to_bytes(1 << log_eew, "little") for _ in range(min(count, max(vl, 1))))
        return (("x", base, target), ("v", values["vs2"], offsets))
