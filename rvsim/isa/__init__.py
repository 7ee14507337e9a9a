"""WHAT an instruction is: one table of RISC-V instructions, and what reads it directly.

    rv64i rvb rvz rvfd rvzf rvc        rows, literal text          fields   where operand bits sit
    rvv_arith rvv_mem rvv_ext    |                              names    units, extensions, flags
                      table.py  ->  INSTRUCTIONS
                 /         |         \\
            codec.py   disasm.py   isa_string.py

Pure Python; imports nothing of ours and knows no behaviour and no timing. The chapters are those of the unprivileged
specification, and of V 1.0.
"""

from __future__ import annotations

from .codec import ALIASES, decode, encode, expand, operand_values
from .csrs import CSRS
from .disasm import F_NAMES, PC_RELATIVE, X_NAMES, disassemble, vtype_text
from .fields import FIELDS, Field
from .isa_string import parse_isa
from .names import EXTENSIONS, FLAGS, UNITS
from .table import BY_NAME, GROUPS, INSTRUCTIONS, Instruction, Operand, TableError, parse_rows

__all__ = [
    "ALIASES",
    "BY_NAME",
    "CSRS",
    "EXTENSIONS",
    "FIELDS",
    "FLAGS",
    "F_NAMES",
    "GROUPS",
    "INSTRUCTIONS",
    "PC_RELATIVE",
    "UNITS",
    "X_NAMES",
    "Field",
    "Instruction",
    "Operand",
    "TableError",
    "decode",
    "disassemble",
    "encode",
    "expand",
    "operand_values",
    "parse_isa",
    "parse_rows",
    "vtype_text",
]
