"""What the timing model needs to know of each row of the instruction table, as plain dictionaries.

The rows are handed in (`describe_all`): this module never imports the table. `Op` numbers registers by slots, and a
field of the table names the slot; which register file a slot addresses is decided here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

GROUPS = ("1", "2", "f2", "f4", "f8", "m", "s", "2s", "e8", "e16", "e32", "e64", "r1", "r2", "r4", "r8")
"""Codes of the operand groups are indices of this tuple (`emul_log` of vector.pxd)."""

SLOTS = {"rd": 0, "rs1": 1, "rs2": 2, "rs3": 3, "vd": 0, "vs1": 1, "vs2": 2, "vs3": 0}
"""Slot of Op by operand name; store data (vs3) sits where vd does."""

MASK_SLOT = 4

_FLOP_UNITS = {
    "fp_add": 1, "fp_mul": 1, "fp_fma": 2, "fp_div": 1, "fp_sqrt": 1,
    "v_fp_add": 1, "v_fp_mul": 1, "v_fp_fma": 2, "v_fp_div": 1, "v_fp_sqrt": 1,
    "v_fp_widen_add": 1, "v_fp_widen_add_w": 1, "v_fp_widen_mul": 1, "v_fp_widen_fma": 2,
    "v_reduce_fp": 1, "v_reduce_fp_ordered": 1, "v_reduce_fp_widen": 1, "v_reduce_fp_ordered_widen": 1,
    "v_int_macc": 2, "v_widen_macc": 2, "v_widen_mul": 1, "v_widen_add_w": 1,  # the last two: a multiply-add into 32 bits in two steps
}  # fmt: skip


class OperandLike(Protocol):
    """The fields read of an operand of the instruction table."""

    name: str
    field: str | None
    cls: str
    group: str | None
    nf: int
    fixed: int | None


class InstructionLike(Protocol):
    """The fields read of a row of the instruction table."""

    name: str
    unit: str
    operation: str
    operands: tuple[Any, ...]
    flags: frozenset[str]
    expands: tuple[tuple[str, str | int], ...] | None


def describe_all(instructions: Iterable[InstructionLike]) -> list[dict[str, Any]]:
    """`describe` of each, in order: index = Op.insn."""
    rows = list(instructions)
    by_name = {row.name: row for row in rows}
    return [describe(row, by_name) for row in rows]


def describe(row: InstructionLike, by_name: Mapping[str, InstructionLike]) -> dict[str, Any]:
    """name, unit, flop (per element, a multiply-add is 2), and operands as (class, slot, group, nf, role).

    A compressed row has the operands of the instruction it expands to, since Op holds the expansion.
    """
    full = row if row.expands is None else by_name.get(row.operation, row)
    operands = []
    for operand in full.operands:
        if operand.cls == "v":
            slot = MASK_SLOT if operand.field is None else SLOTS[operand.name]
            operands.append(("v", slot, operand.group, operand.nf, _role(operand.name, "reads_vd" in full.flags)))
        elif operand.cls in ("x", "f", "mem"):
            cls = "x" if operand.cls == "mem" else operand.cls
            if operand.field in SLOTS:
                operands.append((cls, SLOTS[operand.field], None, 1, "w" if operand.field == "rd" else "r"))
    flop = _FLOP_UNITS.get(row.unit, 0) * (4 if row.operation.startswith("vdot4a") else 1)
    return {"name": row.name, "unit": row.unit, "flop": flop, "operands": operands}


def _role(name: str, reads_vd: bool) -> str:
    if name != "vd":
        return "r"
    return "rw" if reads_vd else "w"
