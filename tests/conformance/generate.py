"""Random blocks of instructions over the whole table: legal ones aimed at every coverage cell, and illegal ones.

Knows encodings only through rvsim.isa and rules only through `cells`: a new row is generated without a change here. What is
never generated, and why, stands in SKIPPED and CSR_NUMBERS.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rvsim.isa import CSRS, FIELDS, Instruction, decode, encode

from .addresses import Addresses, avoid_x0, is_memory
from .blocks import Block, Item, Poke
from .cells import LMULS, SEWS, cells_of, registers, vtype_legal
from .layout import BLOCK, PAGE, UNITS_ON, State
from .operands import Operands

# Rows that one of the two sides cannot be stepped over.
SKIPPED = {"wfi": "Spike's hart sleeps until an interrupt, and here is none"}

# CSRs that instructions may name: those whose every bit both sides define alike, and numbers that nobody has.
CSR_NUMBERS = [CSRS[name] for name in (
    "fflags", "frm", "fcsr", "vstart", "vxsat", "vxrm", "vcsr", "vl", "vtype", "vlenb", "mscratch", "mepc", "mcause", "mtval",
    "mhartid",
)] + [0x000, 0x00B, 0x7FF, 0x800, 0x8FF, 0xC23, 0xCC0, 0xFC0]  # fmt: skip

_JUMPS_AWAY = frozenset({"jalr", "c.jr", "c.jalr", "mret"})
_RESULTS = frozenset({"rd", "fd"})
_T = TypeVar("_T")


def vtype_code(sew: int, lmul: int, policy: int) -> int:
    """The vtype CSR's low bits; policy: vta | vma << 1."""
    return policy << 6 | sew << 3 | lmul & 7


class Generator:
    """Blocks for one VLEN, reproducible from the seed. `rows`: the rows to draw from."""

    GROUPS = 5  # vector configurations a block

    def __init__(self, rng: random.Random, rows: list[Instruction], vlenb: int, extensions: frozenset[str]) -> None:
        self._rng = rng
        self._vlenb = vlenb
        self.operands = Operands(rng, vlenb)
        self._addresses = Addresses(rng, vlenb)
        self._names = {row.name for row in rows} - SKIPPED.keys()
        rows = [row for row in rows if row.name in self._names]
        self._vector_rows = [row for row in rows if row.unit.startswith("v_") and row.unit != "v_config"]
        scalar = [row for row in rows if row not in self._vector_rows]
        self._config_rows = [row for row in rows if row.unit == "v_config"]
        near = [row for row in scalar if row.name not in _JUMPS_AWAY]
        self._wide = [row for row in rows if row.length == 4]
        self._next_scalar = {False: self._endless(scalar), True: self._endless(near)}
        self._has_vector = bool(self._vector_rows)
        vtypes = [(sew, lmul) for sew in SEWS for lmul in LMULS if vtype_legal(sew, lmul)]
        cells: dict[tuple[int, int], list[tuple[Instruction, int]]] = {vtype: [] for vtype in vtypes}
        for row in self._vector_rows:
            for _, sew, lmul, vm in cells_of(row, extensions, 8 * vlenb):
                cells[sew, lmul].append((row, vm))
        self._next_vector = {vtype: self._endless(entries) for vtype, entries in cells.items() if entries}
        self._next_vtype = self._endless(list(self._next_vector))
        self._vtype, self._vl, self._straight = (0, 0), 0, False

    def _endless(self, things: Sequence[_T]) -> Iterator[_T]:
        """Every one of `things` once before any comes again."""
        order = list(things)
        while order:
            self._rng.shuffle(order)
            yield from order

    # ---- blocks ----------------------------------------------------------------------------------------------------------

    def block(self, straight: bool, seed: str) -> Block:
        """A fresh state and items for it."""
        self._straight = straight
        self._vtype, self._vl = (0, 0), 0
        items: list[Item] = []
        for _ in range(self.GROUPS):
            items += self._group()
        return Block(self._state(), tuple(items), straight, seed, self._place(len(items)), straight and self._rng.random() < 0.3)

    def _place(self, slots: int) -> int:
        """Address of the first item: now and then so that a page ends among the items, or in the middle of one."""
        if self._rng.random() < 0.6:
            return BLOCK
        return BLOCK + PAGE - 4 * self._rng.randrange(slots) - (0 if self._straight else self._rng.choice((0, 2)))

    def _state(self) -> State:
        rng, operands = self._rng, self.operands
        mstatus, style = UNITS_ON, rng.random()
        if not self._straight and style < 0.05:
            mstatus = rng.choice((0x6000, 0x0600, 0))  # one of the units off, or both
        if not self._straight and style > 0.5:
            mstatus |= rng.choice((0x80, 0x1880, 0x1808))  # mret leads to user mode, or stays
        if rng.random() < 0.2:
            operands.fresh_registers()
        return State(operands.x(), operands.f(), operands.v(), operands.data(), fcsr=rng.choice((0, 0x1F, rng.randrange(0xA0))),
                     vcsr=rng.randrange(8), mstatus=mstatus)  # fmt: skip

    def _group(self) -> Iterator[Item]:
        """A vector configuration and instructions under it, others between them."""
        rng = self._rng
        if rng.random() < 0.5:
            rounding = rng.choice((0, 0, 0, 1, 2, 3, 4, 4, rng.randrange(8)))
            yield Item(encode("csrrwi", rd=0, csr=CSRS["frm"], zimm5=rounding), "csrrwi")
        if rng.random() < 0.25:
            yield Item(encode("csrrwi", rd=0, csr=CSRS["vxrm"], zimm5=rng.randrange(4)), "csrrwi")
        if self._has_vector:
            if self._config_rows and rng.random() < 0.3:
                yield self._any_configuration()
            yield self._configure()
        dirty = False  # vstart may be set
        for _ in range(rng.randrange(5, 10)):
            style = rng.random()
            if style < 0.6 and self._has_vector:
                item, dirty = self._vector(dirty)
            elif style < 0.87:
                item = self._scalar()
            else:
                item = self._illegal()
                dirty = True
            yield item
            if item.name and item.name.startswith("lr.") and rng.random() < 0.7:
                yield self._store_conditional(item)

    def _configure(self) -> Item:
        """A vsetvli with a legal vtype."""
        rng = self._rng
        self._vtype = sew, lmul = next(self._next_vtype)
        vlmax = (self._vlenb << max(lmul, 0)) >> (sew + max(-lmul, 0))
        style = rng.random()
        if style < 0.5:
            avl = rng.randrange(min(vlmax, 24) + 1)
        elif style < 0.75:
            avl = rng.randrange(vlmax + 1)
        elif style < 0.95:
            avl = max(vlmax + rng.randrange(-3, 2), 0)
        else:
            avl = rng.choice((vlmax * 2 - 1, vlmax * 2, rng.getrandbits(64), 0))
        self._vl = min(avl, vlmax)
        register = rng.randrange(1, 32)
        word = encode("vsetvli", rd=rng.randrange(32), rs1=register, zimm11=vtype_code(sew, lmul, rng.randrange(4)))
        return Item(word, "vsetvli", (("x", register, avl),))

    def _any_configuration(self) -> Item:
        """A vset* of any kind, legal or not, x0 operands more often than chance has it."""
        rng = self._rng
        row = rng.choice(self._config_rows)
        word = self._random_fields(row)
        vtype = rng.choice((vtype_code(rng.randrange(4), rng.randrange(-3, 4), rng.randrange(4)), rng.getrandbits(10)))
        pokes: tuple[Poke, ...] = ()
        for field in ("zimm10", "zimm11"):
            if field in row.fields:
                word = word & ~FIELDS[field].mask | FIELDS[field].put(vtype)
        for field in ("rd", "rs1"):
            if field in row.fields and rng.random() < 0.4:
                word &= ~FIELDS[field].mask
        for field, value in (("rs1", rng.randrange(self._vlenb * 9)), ("rs2", vtype)):
            if field in row.fields and (number := FIELDS[field].get(word)) and rng.random() < 0.8:
                pokes += (("x", number, value),)
        return Item(word, row.name, pokes)

    # ---- one instruction -------------------------------------------------------------------------------------------------

    def _vector(self, dirty: bool) -> tuple[Item, bool]:
        """A vector instruction, and whether it may leave vstart set."""
        rng = self._rng
        if rng.random() < 0.92:
            row, vm = next(self._next_vector[self._vtype])
        else:  # one that may be illegal here
            row, vm = rng.choice(self._vector_rows), rng.getrandbits(1)
        word = self._registers(row, self._random_fields(row), vm)
        pokes: tuple[Poke, ...] = ()
        memory = is_memory(row)
        if memory:
            word = avoid_x0(row, word)
            pokes = self._addresses.pokes(row, word, self._vtype, self._vl, self._straight)
        else:
            pokes = self._sources(row, word) + self._sticky(row)
        vstart = 0
        if rng.random() < (0.15 if memory else 0.03):
            vstart = rng.choice((1, 2, rng.randrange(32), self._vl if self._vl < 32 else 7))
        if vstart or dirty or not self._straight:
            pokes += (("vstart", 0, vstart),)
        return Item(word, row.name, pokes), memory or vstart > 0

    def _random_fields(self, row: Instruction) -> int:
        word = row.match | self._rng.getrandbits(8 * row.length) & ~row.mask
        for bits in row.nonzero:
            if not word & bits:
                word |= bits & -bits
        return word

    def _registers(self, row: Instruction, word: int, vm: int) -> int:
        """Register numbers as the groups of the operands want them, most of the time."""
        rng = self._rng
        if "vm" in row.fields:
            word = word & ~(1 << 25) | vm << 25
        if rng.random() < 0.1:
            return word
        taken: list[tuple[int, int]] = []
        careful = rng.random() < 0.85
        for operand in row.operands:
            if operand.cls != "v" or operand.field is None:
                continue
            count = registers(operand, *self._vtype)
            size = count * operand.nf
            low = FIELDS[operand.field].slices[0][1]
            for _ in range(6):
                number = rng.randrange(0, 33 - size, count) if size <= 32 else rng.randrange(32)
                clash = any(number < end and first < number + size for first, end in taken)
                if not careful or not (clash or (number == 0 and not word >> 25 & 1 and operand.field == "vd")):
                    break
            taken.append((number, number + size))
            word = word & ~(31 << low) | number << low
        return word

    def _scalar(self) -> Item:
        row = next(self._next_scalar[self._straight])
        return self._complete(row, self._random_fields(row))

    def _sources(self, row: Instruction, word: int) -> tuple[Poke, ...]:
        """Fresh values for scalar sources, now and then: what instructions left in the registers is mostly dull."""
        rng = self._rng
        pokes: tuple[Poke, ...] = ()
        for operand in row.operands:
            if operand.field is None or operand.name in _RESULTS or operand.cls not in ("x", "f"):
                continue
            number = FIELDS[operand.field].get(word)
            if operand.cls == "x" and number and rng.random() < 0.3:
                pokes += (("x", number, self.operands.x_value()),)
            elif operand.cls == "f" and not self._straight and rng.random() < 0.5:
                pokes += (("f", number, self.operands.f_value(self._float_bits(row))),)
        return pokes

    def _sticky(self, row: Instruction) -> tuple[Poke, ...]:
        """Sticky flags back to zero, most of the time: once set they hide what an instruction adds."""
        name = "fflags" if "fp" in row.unit or row.extension in ("f", "d") else "vxsat" if row.unit.startswith("v_") else None
        return ((name, 0, 0),) if name and self._rng.random() < 0.7 else ()

    def _float_bits(self, row: Instruction) -> int:
        """Width of the scalar floating-point source of a row."""
        if row.unit.startswith("v_"):
            return max(8 << self._vtype[0], 16)
        return {"h": 16, "bf16": 16, "s": 32, "d": 64}.get(row.name.rsplit(".")[-1], self._rng.choice((16, 32, 64)))

    def _complete(self, row: Instruction, word: int) -> Item:
        """Addresses, CSR numbers, rounding modes and jump targets that make sense for a word that decodes to `row`."""
        rng = self._rng
        pokes: tuple[Poke, ...] = ()
        follow = False
        if is_memory(row):
            word = avoid_x0(row, word)
            pokes = self._addresses.pokes(row, word, self._vtype, self._vl, self._straight)
        elif "csr" in row.fields:
            numbers = CSR_NUMBERS
            word = word & ~(0xFFF << 20) | rng.choice(numbers) << 20
        elif "rm" in row.fields and rng.random() < 0.9:
            word = word & ~(7 << 12) | rng.choice((0, 1, 2, 3, 4, 7)) << 12
        elif row.unit in ("branch", "jump") and self._straight:
            for field in ("bimm12", "jimm20", "c_imm12", "c_bimm9"):
                if field in row.fields:
                    word = word & ~FIELDS[field].mask | FIELDS[field].put(4)
        elif row.unit == "jump":
            follow = rng.random() < 0.3
        if not pokes and row.unit != "system":
            pokes = self._sources(row, word) + self._sticky(row)
        return Item(word, row.name, pokes, follow)

    def _store_conditional(self, load: Item) -> Item:
        """The partner of a load-reserved: same address register, most of the time the same address and width."""
        rng = self._rng
        register = load.word >> 15 & 31
        width = load.name[2:] if load.name and (self._straight or rng.random() < 0.9) else rng.choice((".w", ".d"))
        word = encode("sc" + width, rd=rng.randrange(32), rs1=register, rs2=rng.randrange(32))
        address = next(int(value) for kind, number, value in load.pokes if kind == "x" and number == register)
        if rng.random() < 0.15:
            address ^= 8 if self._straight else rng.choice((4, 8, 64))  # only when stepped, see GoldenHart.flush_translations
        return Item(word, "sc" + width, (("x", register, address),))

    # ---- words that are mostly no instruction ----------------------------------------------------------------------------

    def _illegal(self) -> Item:
        """A row with some of its fixed bits changed, or a random word."""
        rng = self._rng
        while True:
            style = rng.random()
            row = rng.choice(self._wide)
            if style < 0.6:
                word = self._random_fields(row)
                for _ in range(rng.choice((1, 1, 2, 3))):
                    word ^= 1 << rng.choice((*range(7, 32), 2, 3, 4, 5, 6))
            elif style < 0.85:
                word = rng.getrandbits(32) & ~127 | row.match & 127
            elif style < 0.9:
                word = rng.getrandbits(32) | 3
            else:
                word = rng.getrandbits(16)
                word &= ~3 | rng.randrange(3)
            found = decode(word)
            if found is None:
                return Item(word, None)
            if found.name in self._names and not (self._straight and found.name in _JUMPS_AWAY):
                return self._complete(found, word)
