"""Masks, permutations and vector floating point against Spike: registers, flags and legality of single instructions.

Every row of the table that these modules execute runs on both machines from the same state, under random vtype, vl, mask,
rounding mode and register numbers (aligned ones more often), on elements that are mostly edge values. Seeds are fixed.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Any

import pytest

from rvsim import isa
from rvsim.core import softvector, vperm
from rvsim.core.hart import Hart
from rvsim.core.memory import Memory
from rvsim.engine.loops import run

CASES = 64
FFLAGS, FRM = 0x001, 0x002
F32_EDGES = [0x00000000, 0x00000001, 0x007FFFFF, 0x00800000, 0x3EFFFFFF, 0x3F000000, 0x3F7FFFFF, 0x3F800000, 0x3FC00000, 0x40200000,
             0x42FF0000, 0x46FFFE00, 0x47000000, 0x477FFF00, 0x4B000001, 0x4EFFFFFF, 0x4F000000, 0x4F7FFFFF, 0x5F000000, 0x5F7FFFFF,
             0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FC00000, 0x7FFFFFFF, 0x00200000, 0x00300000, 0x7E800000, 0x7F000000]  # fmt: skip
F64_EDGES = [0x0000000000000000, 0x0000000000000001, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x36A0000000000000, 0x380FFFFFFFFFFFFF,
             0x3810000000000001, 0x3FDFFFFFFFFFFFFF, 0x3FE0000000000000, 0x3FEFFFFFFFFFFFFF, 0x3FF0000000000000, 0x4004000000000000,
             0x40DFFFFFFFF00000, 0x41DFFFFFFFE00000, 0x41DFFFFFFFFFFFFF, 0x41E0000000000000, 0x41EFFFFFFFFFFFFF, 0x43DFFFFFFFFFFFFF,
             0x43E0000000000000, 0x43EFFFFFFFFFFFFF, 0x47EFFFFFE0000000, 0x47EFFFFFF0000000, 0x47F0000000000000, 0x7FEFFFFFFFFFFFFF,
             0x7FF0000000000000, 0x7FF0000000000001, 0x7FF8000000000000, 0x7FFFFFFFFFFFFFFF, 0x0008000000000000]  # fmt: skip


def rows() -> list[str]:
    """Mnemonics whose operation one of the two modules executes, always or in some rounding mode."""
    mine = set(softvector.codes()) | set(vperm.handlers())
    mine |= {name.rsplit("_", 1)[0] for name in vperm.handlers() if name.endswith(("_vv", "_vx", "_vi"))}
    return [row.name for row in isa.INSTRUCTIONS if row.operation in mine and row.extension == "v"]


class Pair:
    """Our hart and Spike's, kept in the same state."""

    def __init__(self, golden: Any, vlen: int) -> None:
        self.golden, self.vlen = golden, vlen
        self.memory = Memory()
        self.memory.map(golden.BASE, 1 << 16, 7)
        self.ours = Hart(vlen, isa.parse_isa("rv64gcv"), self.memory)
        self.ours.enable()
        self.ours.set_csr("mtvec", golden.TRAP)

    def load(self, rng: random.Random) -> None:
        """New contents for every register an instruction reads."""
        v = b"".join(eight_bytes(rng) for _ in range(4 * self.vlen // 8))
        self.golden.set_v(v)
        self.ours.v_bytes().reshape(-1)[:] = list(v)
        for i in range(32):
            value = f_register(rng)
            self.golden.set_f(i, value)
            self.ours.set_f(i, value)
        for i in range(1, 30):
            value = rng.choice((rng.randrange(8), rng.randrange(2 * self.vlen), rng.getrandbits(64), (1 << 64) - 1))
            self.golden.set_x(i, value)
            self.ours.set_x(i, value)
        for i in (30, 31):
            self.ours.set_x(i, self.golden.x(i))

    def execute(self, words: list[int]) -> bool:
        """Run on both and compare everything; whether the last instruction was legal."""
        for i in (30, 31):
            self.ours.set_x(i, self.golden.x(i))
        for hart in (self.golden, self.ours):
            hart.set_csr(FFLAGS, 0)
        base = self.golden.BASE
        self.memory.write(base, struct.pack(f"<{len(words)}I", *words))
        self.ours.code_changed(base, 4 * len(words))
        self.ours.pc = base
        traps = self.ours.trap_count
        run(self.ours, max_instructions=len(words))
        done = self.golden.run(words)
        assert done >= len(words) - 1, "the instructions that prepare the state are legal"
        assert (self.ours.trap_count == traps) == (done == len(words)), f"legal on Spike: {done == len(words)}"
        assert [self.ours.get_x(i) for i in range(30)] == [self.golden.x(i) for i in range(30)]
        assert self.ours.csr("fflags") == self.golden.csr(FFLAGS), "fflags, ours first"
        assert self.ours.csr("vl") == self.golden.csr(0xC20)
        mine, theirs = self.ours.v_bytes(), self.golden.v()
        n = self.vlen // 8
        for i in range(32):
            assert mine[i].tobytes().hex() == theirs[i * n : i * n + n].hex(), f"v{i}, ours first, byte 0 on the left"
        return bool(done == len(words))


def eight_bytes(rng: random.Random) -> bytes:
    kind = rng.randrange(5)
    if kind < 2:
        return struct.pack("<2I", *(rng.choice(F32_EDGES) | rng.getrandbits(1) << 31 for _ in range(2)))
    if kind == 2:
        return struct.pack("<Q", rng.choice(F64_EDGES) | rng.getrandbits(1) << 63)
    if kind == 3:
        return struct.pack("<2f", *(rng.uniform(-4, 4) * 2.0 ** rng.randint(-20, 40) for _ in range(2)))
    return rng.choice((rng.randbytes(8), struct.pack("<4H", *(rng.randrange(64) for _ in range(4)))))


def f_register(rng: random.Random) -> int:
    if rng.randrange(8) == 0:
        return rng.getrandbits(64)
    if rng.randrange(2):
        return 0xFFFFFFFF << 32 | rng.choice(F32_EDGES) | rng.getrandbits(1) << 31
    return rng.choice(F64_EDGES) | rng.getrandbits(1) << 63


def random_words(row: isa.Instruction, rng: random.Random) -> list[int]:
    """Set frm and vtype, then the instruction."""
    floating = bool({"fp", "fp2"} & row.flags)
    sew = rng.choice((1, 1, 2, 2, 2, 3)) if floating else rng.randrange(4)
    lmul = rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 6, 7))
    vtype = rng.getrandbits(2) << 6 | sew << 3 | lmul
    vset = isa.encode("vsetvli", rd=0, rs1=rng.randrange(1, 30), zimm11=vtype)
    if rng.randrange(4) == 0:
        vset = isa.encode("vsetvli", rd=29, rs1=0, zimm11=vtype)  # vl = VLMAX
    elif rng.randrange(2):
        vset = isa.encode("vsetivli", rd=0, uimm5=rng.randrange(32), zimm10=vtype)
    values = {}
    group = 1 << lmul if lmul < 4 else 1
    careful = rng.randrange(8) != 0
    for operand in row.operands:
        if operand.field is None:
            continue
        if operand.cls == "v":
            wide = group * (2 if operand.group == "2" and lmul < 4 else 1) if operand.group not in ("m", "s", "2s") else 1
            values[operand.name] = rng.randrange(32) & ~(min(wide, 8) - 1 if careful else 0)
        elif operand.cls == "vm":
            values[operand.name] = rng.getrandbits(1)
        elif operand.cls == "imm":
            values[operand.name] = rng.randrange(32)
        else:
            values[operand.name] = rng.randrange(30)
    frm = rng.choice((0, 0, 1, 2, 3, 4, 4, 5)) if floating else 0
    return [isa.encode("csrrwi", rd=0, csr=FRM, zimm5=frm), vset, isa.encode(row.name, **values)]


@pytest.fixture(scope="module", params=[128, 512])
def pair(request: pytest.FixtureRequest, spike_hart: Callable[[int], Any]) -> Pair:
    return Pair(spike_hart(request.param), request.param)


@pytest.mark.parametrize("name", rows())
def test_same_as_spike(pair: Pair, name: str) -> None:
    rng = random.Random(f"{name} {pair.vlen}")
    legal = 0
    for case in range(CASES):
        if case % 8 == 0:
            pair.load(rng)
        words = random_words(isa.BY_NAME[name], rng)
        try:
            legal += pair.execute(words)
        except AssertionError as error:
            text = "; ".join(isa.disassemble(word) for word in words)
            raise AssertionError(f"case {case}: {text}: {error}") from None
    assert legal >= CASES // 12, "too few cases were legal for this test to say anything"
