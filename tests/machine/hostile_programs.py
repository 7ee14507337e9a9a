"""Hostile programs, made from a seed: random words, legal instructions with boundary operands, code that rewrites itself.

A `Case` is what a hart starts with: pages, registers, CSRs, and a limit. Knows encodings through rvsim.isa only; runs nothing.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

from rvsim.isa import CSRS, EXTENSIONS, FIELDS, INSTRUCTIONS, encode, parse_isa

PAGE, TOP = 4096, 1 << 36
HANDLER = 64  # bytes before the end of the first page of code, where a trap handler begins
READ, WRITE, EXECUTE = 1, 2, 4
MASK = (1 << 64) - 1
VLENS = (64, 128, 128, 256, 256, 512, 512, 1024, 2048, 4096, 16384, 65536)
PRESETS = ("generic", "ara-4l", "spacemit-x100", "sifive-x280", "saturn-v256d128", "xuantie-c908", "spacemit-a100")
CLOCKS = frozenset((0xC00, 0xC01, 0xB00))  # what they read depends on the machine's time
_BASES = (0, PAGE, 0x1000_0000, 0x8000_0000, (1 << 32) - 4 * PAGE, TOP - 4 * PAGE)
_ROWS = [row for row in INSTRUCTIONS if row.extension != "zvdot4a8i_0p1"]
_VECTOR = [row for row in _ROWS if row.unit.startswith("v_")]
_MEMORY = [row for row in _ROWS if row.unit.startswith(("v_load", "v_store", "load", "store", "fload", "fstore", "amo"))]
_SYSTEM = [row for row in _ROWS if row.unit in ("system", "csr", "branch", "jump", "v_config")]
_CSR_NUMBERS = (
    *CSRS.values(), 0x300, 0x304, 0x306, 0x30A, 0x320, 0x3A0, 0x3B0, 0x180, 0x744, 0xB03, 0xC03, 0xC1F, 0xF11, 0x000, 0x7FF, 0xFFF,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One program. pages: (address, bytes, permissions, contents); csrs: (number, value); budget: instructions it may execute."""

    name: str
    vlen: int
    preset: str
    extensions: frozenset[str]
    choices: dict[str, bool]
    pages: tuple[tuple[int, int, int, bytes], ...]
    x: tuple[int, ...]
    f: tuple[int, ...]
    v: bytes
    csrs: tuple[tuple[int, int], ...]
    pc: int
    tohost: int | None
    budget: int


class Maker:
    """Cases from one random sequence."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rng = random.Random(name)

    def case(self) -> Case:
        rng = self.rng
        vlen, preset = rng.choice(VLENS), rng.choice(PRESETS)
        code = rng.choice(_BASES)
        data = rng.choice([base for base in _BASES if base != code] + [code + (rng.choice((1, 2, 3)) * PAGE)])
        self.edges = self._edges(code, data)
        pages = {code: self._code(rng.choice((1, 1, 2, 3)), code)}
        if not code <= data < code + len(pages[code]):
            pages[data] = rng.randbytes(min(PAGE * rng.choice((1, 2)), TOP - data, code - data if code > data else TOP))
        permissions = {base: rng.choice((7, 7, 7, 5, 4)) if base == code else rng.choice((3, 3, 7, 1, 2, 0)) for base in pages}
        start = code + 2 * rng.randrange(len(pages[code]) // 2) if rng.random() < 0.2 else code
        return Case(
            self.name, vlen, preset, self._extensions(preset),
            {"ones": rng.random() < 0.2, "strict": rng.random() < 0.2, "half": rng.random() < 0.2},
            tuple((base, len(pages[base]), permissions[base], pages[base]) for base in sorted(pages)),
            tuple(rng.choice(self.edges) if rng.random() < 0.7 else rng.getrandbits(64) for _ in range(32)),
            tuple(rng.choice((rng.getrandbits(64), MASK << 32 & MASK | rng.getrandbits(32), 0, 0x7FF0 << 48)) for _ in range(32)),
            rng.randbytes(64) if rng.random() < 0.7 else rng.choice((b"\0", b"\xff")),
            self._csrs(code), start, data & ~7 if rng.random() < 0.1 and permissions.get(data, 0) & WRITE else None,
            rng.choice((1, 50, 300, 2000, 2000, 26000, 30000) if vlen <= 1024 else (1, 50, 300, 700)),
        )  # fmt: skip

    def _extensions(self, preset: str) -> frozenset[str]:
        if self.rng.random() < 0.7:
            return frozenset(EXTENSIONS) - {"zvdot4a8i_0p1"}
        return parse_isa(self.rng.choice(("rv64gc", "rv64gcv", "rv64imafdcv_zicsr_zifencei_zfh_zvfh", "rv64gcv_zba_zbb_zbs_zvfh_zvbb")))

    def _edges(self, code: int, data: int) -> list[int]:
        near = [
            -64,
            -8,
            -4,
            -2,
            -1,
            0,
            1,
            2,
            4,
            8,
            PAGE // 2,
            PAGE - 64,
            PAGE - 8,
            PAGE - 4,
            PAGE - 2,
            PAGE - 1,
            2 * PAGE - 4,
            2 * PAGE - 2,
        ]
        edges = [base + step & MASK for base in (code, data) for step in near for _ in range(3)]
        edges += [base + step & MASK for base in (0, 1 << 12, 1 << 31, 1 << 32, TOP, 1 << 63) for step in (-8, -2, -1, 0, 1, 4)]
        return [*edges, 0, 1, 2, 3, 7, 31, 32, 63, 64, 127, 128, 255, 256, 4095, 65535, 65536]

    def _csrs(self, code: int) -> tuple[tuple[int, int], ...]:
        """mtvec into code, between instructions, into data, nowhere; units on or off; vector state at its ends."""
        rng = self.rng
        out = [(0x300, rng.choice((0x6600, 0x6600, 0x6600, 0x6600, 0x7E00, 0x6000, 0x600, 0, rng.getrandbits(64))))]
        style = rng.random()
        if style < 0.5:
            out.append((0x305, code + PAGE - HANDLER))
        elif style < 0.7:
            out.append((0x305, code + 2 * rng.randrange(PAGE // 2)))
        elif style < 0.85:
            out.append((0x305, rng.choice(self.edges)))
        if out[0][1] & 0x6000:
            out.append((0x003, rng.getrandbits(8)))
        if out[0][1] & 0x600 and rng.random() < 0.3:
            out += [(0x008, rng.choice((1, 3, 31, 65535))), (0x00F, rng.randrange(8))]
        return (*out, (0x306, rng.choice((0, MASK))), (0x30A, rng.choice((0, MASK))))

    # ---- code --------------------------------------------------------------------------------------------------------

    def _code(self, pages: int, at: int) -> bytes:
        rng = self.rng
        mixture = rng.choice(("words", "table", "mixed", "mixed", "mixed", "memory", "vector", "rewriting"))
        out = bytearray()
        if rng.random() < 0.8:
            out += self._configure()
        length = rng.randrange(200, 1200)
        while len(out) < length:
            style = rng.random()
            if mixture == "words" or style < 0.02:
                out += rng.randbytes(rng.choice((2, 4)))
            elif style < (0.3 if mixture == "rewriting" else 0.06):
                out += self._rewrite()
            elif style < 0.12:
                out += self._configure()
            elif style < 0.2 and mixture != "table":
                out += self._control(len(out))
            elif style < 0.24:
                out += _pack(encode("lui", rd=rng.randrange(32), imm20=rng.randrange(-(1 << 19), 1 << 19) << 12))
            elif style < 0.28:
                out += self._csr()
            else:
                rows = _MEMORY if mixture == "memory" and style < 0.7 else _VECTOR if mixture == "vector" and style < 0.7 else _ROWS
                out += self._instruction(rng.choice(rows))
        while len(out) < PAGE * pages:  # the rest of the pages: parts of it again, from any halfword on
            out += out[2 * rng.randrange(len(out) // 2) :][: PAGE * pages - len(out)]
        out[PAGE - HANDLER : PAGE - HANDLER + 16] = _step_over(4)
        return bytes(out)

    def _instruction(self, row: object) -> bytes:
        """Any fields, but immediates are small more often than chance has it."""
        rng = self.rng
        word = row.match | rng.getrandbits(8 * row.length) & ~row.mask  # type: ignore[attr-defined]
        for name in row.fields:  # type: ignore[attr-defined]
            if "imm" in name and rng.random() < 0.7:
                field = FIELDS[name]
                low, high = field.range
                value = rng.choice((0, 0, field.granule, 2 * field.granule, 4 * field.granule, -2 * field.granule, low, high))
                if low <= value <= high and (value - field.bias) % field.granule == 0:
                    word = word & ~field.mask | field.put(value)
            elif name in ("vd", "vs1", "vs2", "vs3") and rng.random() < 0.6:
                word &= ~(rng.choice((1, 3, 7)) << FIELDS[name].slices[0][1])
            elif name == "vm" and rng.random() < 0.5:
                word |= 1 << 25
        for bits in row.nonzero:  # type: ignore[attr-defined]
            if not word & bits:
                word |= bits & -bits
        return word.to_bytes(row.length, "little")  # type: ignore[attr-defined]

    def _configure(self) -> bytes:
        """vl and vtype: mostly legal ones, vl at its ends."""
        rng = self.rng
        vtype = rng.choice((rng.randrange(4) << 3 | rng.choice((0, 1, 2, 3, 5, 6, 7)) | rng.randrange(4) << 6, rng.getrandbits(10)))
        style = rng.random()
        if style < 0.4:
            return _pack(encode("vsetvli", rd=rng.randrange(1, 32), rs1=0, zimm11=vtype))  # VLMAX
        if style < 0.8:
            return _pack(encode("vsetivli", rd=rng.randrange(32), uimm5=rng.randrange(32), zimm10=vtype))
        return _pack(encode("vsetvli", rd=rng.randrange(32), rs1=rng.randrange(32), zimm11=vtype))

    def _csr(self) -> bytes:
        rng = self.rng
        number, name = rng.choice(_CSR_NUMBERS), rng.choice(("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci"))
        if number in (0x300, 0x305) and rng.random() < 0.8:
            number = 0x008  # not too often: with units off or handlers gone little happens
        source = {"zimm5": rng.randrange(32)} if name.endswith("i") else {"rs1": rng.randrange(32)}
        return _pack(encode(name, rd=rng.randrange(32), csr=number, **source))

    def _control(self, at: int) -> bytes:
        """Short loops, jumps between instructions, through registers, calls and returns, traps and returns from them."""
        rng, style = self.rng, self.rng.random()
        if style < 0.45:
            offset = 2 * rng.choice((rng.randrange(-40, 40), rng.randrange(1, 6), rng.randrange(-2000, 2000), 1))
            branch = rng.choice(("beq", "bne", "blt", "bge", "bltu", "bgeu"))
            return _pack(encode(branch, rs1=rng.randrange(32), rs2=rng.randrange(32), bimm12=offset))
        if style < 0.6:
            offset = 2 * rng.choice((rng.randrange(1, 40), rng.randrange(-2000, 2000), 1))
            return _pack(encode("jal", rd=rng.choice((0, 1, 5)), jimm20=offset))
        if style < 0.75:
            return _pack(encode("jalr", rd=rng.choice((0, 1)), rs1=rng.choice((1, 1, 5, rng.randrange(32))), imm12=rng.choice((0, 2, 4))))
        if style < 0.85:
            return _step_over(rng.choice((2, 4, 4)))
        return _pack(encode(rng.choice(("ecall", "ebreak", "mret", "fence.i"))))

    def _rewrite(self) -> bytes:
        """Stores over the code around them: the next instruction, this one, the one before, the neighbour page; scalar and vector."""
        rng = self.rng
        register, value = rng.sample(range(5, 16), 2)
        new = self._instruction(rng.choice(_ROWS))
        word = int.from_bytes((new + b"\1\0")[:4], "little")
        distance = rng.choice((16, 12, 8, 20, 0, 4, 14, 18, 2, -4, 40, 2000, -2000))
        out = [encode("auipc", rd=register, imm20=rng.choice((0, 0, 0, 0, PAGE, -PAGE)))]
        out.append(encode("lui", rd=value, imm20=_sext(word + 0x800 & 0xFFFFF000, 32)))
        out.append(encode("addi", rd=value, rs1=value, imm12=_sext(word & 0xFFF, 12)))
        style = rng.random()
        if style < 0.6:
            store = rng.choice(("sw", "sw", "sh", "sb", "sd"))
            out.append(encode(store, rs1=register, rs2=value, storeimm12=distance))
        else:
            out.append(encode("addi", rd=register, rs1=register, imm12=distance))
            out.append(encode("vsetivli", rd=0, uimm5=rng.choice((1, 2, 4, 31)), zimm10=rng.choice((0b010000, 0b001000, 0b011001))))
            out.append(encode("vmv.v.x", vd=8, rs1=value) if rng.random() < 0.5 else encode("vadd.vi", vd=8, vs2=8, simm5=1, vm=1))
            name = rng.choice(("vse32.v", "vse8.v", "vse64.v", "vsse32.v", "vsuxei8.v", "vs1r.v"))
            row = next(r for r in _VECTOR if r.name == name)
            fields = {"vs3": 8, "rs1": register, "rs2": rng.randrange(5), "vs2": 4, "vm": 1}
            out.append(encode(name, **{key: fields[key] for key in row.fields if key in fields}))
        if rng.random() < 0.5:
            out.append(encode("fence.i"))
        return _pack(*out)


def _step_over(distance: int) -> bytes:
    """A trap handler that goes on behind the instruction."""
    back = (encode("csrrs", rd=6, csr=0x341, rs1=0), encode("addi", rd=6, rs1=6, imm12=distance), encode("csrrw", rd=0, csr=0x341, rs1=6))
    return _pack(*back, encode("mret"))


def _sext(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def _pack(*words: int) -> bytes:
    return struct.pack(f"<{len(words)}I", *words)
