"""What the generator hands to the comparison: items, each one instruction with the values put in place for it, and blocks.

A block can be laid out as a program that needs no outside help: values come from a literal pool behind it, and every slot
has four bytes, so that the trap handler can step over a slot. It knows encodings only through rvsim.isa.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from rvsim.isa import CSRS, disassemble, encode

from .layout import BLOCK, State

# What is put in place before an instruction: ("x" or "f", register, value), ("v", first register, bytes), (name of a CSR, 0, value).
Poke = tuple[str, int, int | bytes]

C_NOP = 0x0001
SELF_LOOP, EBREAK = 0x0000_006F, 0x0010_0073


@dataclass(frozen=True, slots=True)
class Item:
    """One instruction word (16 bits when its low bits are not 11). `follow`: fetch from wherever it jumped to."""

    word: int
    name: str | None
    pokes: tuple[Poke, ...] = ()
    follow: bool = False

    @property
    def length(self) -> int:
        return 4 if self.word & 3 == 3 else 2

    def slot(self) -> bytes:
        """Four bytes."""
        return struct.pack("<I", self.word) if self.length == 4 else struct.pack("<HH", self.word & 0xFFFF, C_NOP)

    def text(self) -> str:
        return str(disassemble(self.word if self.length == 4 else self.word & 0xFFFF, aliases=False))


@dataclass(frozen=True, slots=True)
class Block:
    """A state to begin with, and items; `at` is the address of the first.

    `straight`: nothing jumps away, so it also runs as a program, in the timed loop when `timed`.
    """

    state: State
    items: tuple[Item, ...]
    straight: bool
    seed: str = ""
    at: int = BLOCK
    timed: bool = False

    def lockstep_image(self) -> bytes:
        """A slot for every item."""
        return b"".join(item.slot() for item in self.items)

    def program(self) -> tuple[bytes, int]:
        """The bytes of a program, whose last slot (its offset is returned too) is left to the caller."""
        slots: list[bytes | tuple[int, int]] = []
        literals: list[int] = []
        for item in self.items:
            for kind, register, value in item.pokes:
                assert isinstance(value, int)
                if kind in CSRS:
                    slots.append(struct.pack("<I", encode("csrrwi", rd=0, csr=CSRS[kind], zimm5=value & 31)))
                else:
                    slots.append(struct.pack("<I", encode("auipc", rd=register, imm20=0)))
                    slots.append((register, len(literals)))
                    literals.append(value)
            slots.append(item.slot())
        end = 4 * len(slots)
        pool = (self.at + end + 11 & -8) - self.at  # behind the last slot, aligned
        out = bytearray()
        for slot in slots:
            if isinstance(slot, tuple):
                register, number = slot  # the auipc before it left its own address in the register
                offset = pool + 8 * number - (len(out) - 4)
                slot = struct.pack("<I", encode("ld", rd=register, rs1=register, imm12=offset))
            out += slot
        out += bytes(pool - end) + struct.pack(f"<{len(literals)}Q", *literals)
        return bytes(out), end
