"""What both sides of the comparison share: the memory map, the stubs that load a state, and what a state is.

Two regions of memory with nothing around them, more than 4 GiB apart, so that no 32-bit index reaches code from data and every
stray access faults. It must not know how either side stores its registers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MASK64 = (1 << 64) - 1
PAGE = 4096
CODE, CODE_SIZE = 0x8000_0000, 4 * PAGE
DATA, DATA_SIZE = 0x8_0000_0000, 2 * PAGE

# The first page of code: what brings a state in, and the trap handler. Blocks run from the second page on.
FENCE_I, SET_VL, DROP_RESERVATION, TO_MACHINE, HANDLER = (CODE + at for at in (0x00, 0x10, 0x20, 0x30, 0x100))
BLOCK = CODE + PAGE

FCSR, VSTART, VCSR, VL, VTYPE = 0x003, 0x008, 0x00F, 0xC20, 0xC21
MSTATUS, MTVEC, MSCRATCH, MEPC, MCAUSE, MTVAL, MINSTRET = 0x300, 0x305, 0x340, 0x341, 0x342, 0x343, 0xB02
PMPCFG0, PMPADDR0 = 0x3A0, 0x3B0
WATCHED = (VL, VTYPE, VSTART, VCSR, FCSR)
WATCHED_NAMES = ("vl", "vtype", "vstart", "vcsr", "fcsr")
TRAP_CSRS = (MCAUSE, MEPC, MTVAL)
UNITS_ON = 0x6600  # mstatus: FS and VS dirty

# The handler steps over the instruction (every slot of a block has four bytes) and leaves every register as it was.
_HANDLER = (
    0x340090F3,  # csrrw x1, mscratch, x1
    0x341020F3,  # csrr x1, mepc
    0x00408093,  # addi x1, x1, 4
    0xFFC0F093,  # andi x1, x1, -4
    0x34109073,  # csrw mepc, x1
    0x340090F3,  # csrrw x1, mscratch, x1
    0x30200073,  # mret
)
HANDLER_LENGTH = len(_HANDLER)


def first_page() -> bytes:
    """The stubs and the handler; every stub is one instruction."""
    page = bytearray(PAGE)
    for address, words in (
        (FENCE_I, (0x0000100F,)),
        (SET_VL, (0x8020F057,)),  # vsetvl x0, x1, x2
        (DROP_RESERVATION, (0x1800A02F,)),  # sc.w x0, x0, (x1)
        (TO_MACHINE, (0x00000073,)),  # ecall
        (HANDLER, _HANDLER),
    ):
        page[address - CODE : address - CODE + 4 * len(words)] = struct.pack(f"<{len(words)}I", *words)
    return bytes(page)


@dataclass(frozen=True, slots=True)
class State:
    """All a program can see: registers as bytes, CSRs as numbers, the data region."""

    x: bytes
    f: bytes
    v: bytes
    data: bytes
    vl: int = 0
    vtype: int = 1 << 63
    vstart: int = 0
    vcsr: int = 0
    fcsr: int = 0
    mstatus: int = UNITS_ON
