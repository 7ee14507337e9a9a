"""Runs blocks on both sides and compares everything a program can see.

Two ways: word by word, comparing after each, with whatever it jumps to ignored; and as one program through our threaded run loop, comparing
at its end. It must not know what instructions do. Compared: pc, x, f, v, data memory, vl vtype vstart vcsr fcsr; after a trap
mcause, mepc, mtval; at the end of a block mstatus (FS and VS apart, see docs/conformance.md) and the count of retired instructions.
"""

from __future__ import annotations

import ctypes
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from rvsim.isa import BY_NAME, CSRS, INSTRUCTIONS

from .blocks import EBREAK, SELF_LOOP, Block, Item
from .cells import Cell
from .golden import GoldenHart
from .layout import CODE, CODE_SIZE, DATA, DATA_SIZE, FCSR, HANDLER, HANDLER_LENGTH, MSTATUS, PAGE, VTYPE, WATCHED, WATCHED_NAMES
from .ours import OurHart

# Traps are what these do (sret: there is no supervisor mode).
MEANT_TO_TRAP = frozenset({"ecall", "ebreak", "c.ebreak", "sret"})

MSTATUS_COMPARED = 0x1888  # MPP, MPIE, MIE

_memcmp: Callable[[int, int, int], int] = ctypes.CDLL(None).memcmp
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two runs of a block part: after item `index` (the number of items: at the end), and what differs."""

    index: int
    name: str | None
    facts: tuple[str, ...]

    def kind(self) -> str:
        """The same fault seen twice has the same kind: the row, and which parts of the state differ."""
        return f"{self.name}: {' '.join(sorted({fact.split()[0].rstrip('0123456789') for fact in self.facts}))}"


def _touches_f(item: Item) -> bool:
    row = BY_NAME.get(item.name) if item.name else None
    return row is None or row.extension not in ("i", "m", "a", "zifencei") or row.length == 2


def _touches_memory(item: Item) -> bool:
    row = BY_NAME.get(item.name) if item.name else None
    return row is None or row.unit in ("store", "fstore", "amo") or row.unit.startswith("v_store")


_ATOMIC = frozenset(row.name for row in INSTRUCTIONS if row.unit == "amo")


class Lockstep:
    """Both sides, side by side."""

    def __init__(self, golden: GoldenHart, ours: OurHart) -> None:
        assert golden.vlenb == ours.vlenb
        self.golden, self.ours = golden, ours
        self.compared = 0
        self.coverage: Counter[Cell] = Counter()
        self._v_size = 32 * golden.vlenb
        self._pages = list(zip(golden.pages, ours.pages, strict=True))

    # ---- comparing -----------------------------------------------------------------------------------------------------

    def _memory_differs(self) -> bool:
        return any(_memcmp(a, b, PAGE) for a, b in self._pages)

    def _facts(self, watched: tuple[int, ...]) -> list[str]:
        """Every part of the state that differs, golden model first."""
        golden, ours = self.golden, self.ours
        facts = []
        for letter, a, b in (("x", ctypes.string_at(golden.x_address, 256), ctypes.string_at(ours.x_address, 256)),
                             ("f", golden.f(), ours.f())):  # fmt: skip
            for i, (one, other) in enumerate(zip(struct.unpack("<32Q", a), struct.unpack("<32Q", b), strict=True)):
                if one != other:
                    facts.append(f"{letter}{i} golden {one:#x}, ours {other:#x}")
        a, b = ctypes.string_at(golden.v_address, self._v_size), ctypes.string_at(ours.v_address, self._v_size)
        for i in range(32):
            span = slice(i * golden.vlenb, (i + 1) * golden.vlenb)
            if a[span] != b[span]:
                at = next(k for k in range(golden.vlenb) if a[span][k] != b[span][k])
                low = at & ~7
                one, other = a[span][low : low + 8][::-1].hex(), b[span][low : low + 8][::-1].hex()
                facts.append(f"v{i} differs from byte {at} on: bytes {low + 7}..{low} golden {one}, ours {other}")
        a, b = golden.data(), ours.data()
        if a != b:
            at = next(k for k in range(len(a)) if a[k] != b[k])
            facts.append(f"memory at {DATA + at:#x}: golden {a[at : at + 8].hex(' ')}, ours {b[at : at + 8].hex(' ')}")
        for number, name in zip(WATCHED, WATCHED_NAMES, strict=True):
            if number in watched and golden.csr(number) != ours.csr(number):
                facts.append(f"{name} golden {golden.csr(number):#x}, ours {ours.csr(number):#x}")
        return facts

    def _end_facts(self, retired: tuple[int, int] | None) -> list[str]:
        facts = []
        one, other = self.golden.privilege(), self.ours.privilege()
        if one != other:
            facts.append(f"privilege golden {one}, ours {other}")
        elif one == 3:  # user mode may not read mstatus
            one, other = self.golden.csr(MSTATUS) & MSTATUS_COMPARED, self.ours.csr(MSTATUS) & MSTATUS_COMPARED
            if one != other:
                facts.append(f"mstatus golden {one:#x}, ours {other:#x}")
        if retired and retired[0] != retired[1]:
            facts.append(f"instret golden {retired[0]}, ours {retired[1]}")
        return facts

    # ---- word by word --------------------------------------------------------------------------------------------------

    def _prepare(self, block: Block, image: bytes) -> None:
        for side in (self.golden, self.ours):
            side.write_code(block.at, image)
            side.load(block.state)

    def _poke(self, item: Item, usable: frozenset[str]) -> None:
        for kind, register, value in item.pokes:
            if kind == "x" and isinstance(value, int):
                self.golden.set_x(register, value)
                self.ours.set_x(register, value)
            elif kind == "f" and isinstance(value, int):
                self.golden.set_f(register, value)
                self.ours.set_f(register, value)
            elif isinstance(value, int):
                if kind in usable:  # an access that would trap ends the process that Spike runs in
                    self.golden.set_csr(CSRS[kind], value)
                    self.ours.set_csr(CSRS[kind], value)
            elif isinstance(value, bytes):
                offset = register * self.golden.vlenb
                ctypes.memmove(self.golden.v_address + offset, value, len(value))
                ctypes.memmove(self.ours.v_address + offset, value, len(value))

    def step_by_step(self, block: Block) -> Difference | None:
        """The first difference, or None."""
        self._prepare(block, block.lockstep_image())
        golden, ours = self.golden, self.ours
        state, hart = golden.state, ours.hart
        fs, vs = block.state.mstatus & 0x6000, block.state.mstatus & 0x600
        watched = tuple(n for n in WATCHED if (fs if n == FCSR else vs))
        vtype = block.state.vtype
        usable = frozenset(({"fflags"} if fs else set()) | ({"vstart", "vxsat"} if vs else set()))
        start = golden.retired(), ours.retired()
        for index, item in enumerate(block.items):
            if item.pokes:
                self._poke(item, usable)
            pc = block.at + 4 * index
            state.pc = pc
            hart.pc = pc
            if item.name in _ATOMIC and not golden.flush_translations():
                continue
            golden.step(1)
            ours.step(1)
            self.compared += 1
            facts = self._compare(item, watched)
            if facts is None and item.follow:
                facts = self._follow(item, watched)
            if facts:
                return Difference(index, item.name, tuple(facts))
            trapped = golden.get_pc() == HANDLER
            if item.name and (not trapped or item.name in MEANT_TO_TRAP):
                self._cover(item, vtype)
            if vs:
                vtype = golden.csr(VTYPE)
        retired = golden.retired() - start[0], ours.retired() - start[1]
        facts = self._facts(watched) + self._end_facts(retired)
        return Difference(len(block.items), None, tuple(facts)) if facts else None

    def _compare(self, item: Item, watched: tuple[int, ...]) -> list[str] | None:
        """Cheap comparison first; the facts only when something differs."""
        golden, ours = self.golden, self.ours
        facts = []
        one, other = golden.get_pc(), ours.get_pc()
        if one != other:
            facts.append(f"pc golden {one:#x}, ours {other:#x}")
        if HANDLER in (one, other):
            mine, yours = golden.trap(), ours.trap()
            if mine != yours:
                facts.append("trap golden cause {} at {:#x} value {:#x}, ours cause {} at {:#x} value {:#x}".format(*mine, *yours))
        if not facts and not (
            _memcmp(golden.x_address, ours.x_address, 256)
            or _memcmp(golden.v_address, ours.v_address, self._v_size)
            or any(golden.csr(n) != ours.csr(n) for n in watched)
            or (_touches_f(item) and golden.f() != ours.f())
            or (_touches_memory(item) and self._memory_differs())
        ):
            return None
        return facts + self._facts(watched)

    def _follow(self, item: Item, watched: tuple[int, ...]) -> list[str] | None:
        """Fetch from where a jump led, when nothing can be there."""
        pc = self.golden.get_pc()
        if pc < 0x1_0000 or CODE <= pc < CODE + CODE_SIZE or DATA <= pc < DATA + DATA_SIZE:
            return None
        self.golden.step(1)
        self.ours.step(1)
        self.compared += 1
        return self._compare(item, watched)

    def _cover(self, item: Item, vtype: int) -> None:
        assert item.name
        row = BY_NAME[item.name]
        if not row.unit.startswith("v_") or row.unit == "v_config":
            self.coverage[item.name, 0, 0, 1] += 1
        elif not vtype >> 63:
            lmul = vtype & 7
            vm = item.word >> 25 & 1 if "vm" in row.fields else 1
            self.coverage[item.name, vtype >> 3 & 7, lmul if lmul < 4 else lmul - 8, vm] += 1

    # ---- as one program ------------------------------------------------------------------------------------------------

    def as_program(self, block: Block) -> Difference | None:
        """A difference at the end of the whole block, or None. Ours runs in the threaded or the timed loop."""
        image, end = block.program()
        golden, ours = self.golden, self.ours
        for side, last in ((golden, SELF_LOOP), (ours, EBREAK)):
            side.write_code(block.at, image[:end] + struct.pack("<I", last) + image[end + 4 :])
            side.load(block.state)
        golden.set_pc(block.at)
        ours.set_pc(block.at)
        for _ in range(1 + 2 * len(block.items)):  # one call of step ends at a trap
            golden.step(end // 4 + HANDLER_LENGTH)
            if golden.get_pc() == block.at + end:
                break
        stop = ours.run_until(block.at + end, block.timed)
        self.compared += len(block.items)
        facts = []
        if golden.get_pc() != block.at + end:
            facts.append(f"pc golden {golden.get_pc():#x}, and not the end {block.at + end:#x}")
        if stop != "return":
            facts.append(f"stop ours {stop} at {ours.get_pc():#x}, and not the end {block.at + end:#x}")
        facts += self._facts(WATCHED) + self._end_facts(None)
        if block.timed and sum(ours.model.stalls.values()) != ours.model.cycles:
            facts.append(f"cycles ours {ours.model.cycles}, and causes that sum to {sum(ours.model.stalls.values())}")
        return Difference(len(block.items), None, tuple(facts)) if facts else None

    def run(self, block: Block) -> Difference | None:
        """As the block asks for."""
        return self.as_program(block) if block.straight else self.step_by_step(block)

    def locate(self, block: Block, difference: Difference) -> tuple[Block, Difference]:
        """For a program that ended differently: the instruction that did it, if stepping shows it too."""
        if not block.straight:
            return block, difference
        stepped = replace(block, straight=False)
        where = self.step_by_step(stepped)
        return (stepped, where) if where else (block, difference)
