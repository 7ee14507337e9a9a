"""Loops that run in bulk leave behind what single steps do: every register, flag, count and trap, to the bit.

Random loops of loads and multiply-adds, with special values and pointers that move in all ways, run twice: threaded, where loops
that qualify run in bulk, and in exact steps, where none does. Loops that do not qualify are among them, and must not be taken for one.
"""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from rvsim.core import bulk
from rvsim.engine import EXECUTE, READ, WRITE, Hart, Memory, run
from rvsim.isa import EXTENSIONS
from rvsim.isa.codec import encode

CODE, DATA, SIZE = 0x1000, 0x10000, 1 << 20
STEPS = 20_000  # a run of at most so many instructions goes in exact steps
A0, LIMIT, COUNT = 10, 6, 5  # pointers a0..a5, what the counter is compared with, the counter
SPECIALS = (0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e-40, -3e38, 1.0)


class Loop:
    """One random loop and the state it starts from."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = rng = random.Random(seed)
        self.sew = rng.choice((32, 32, 64))
        self.vlen = rng.choice((128, 256, 512, 1024))
        self.lmul = rng.choice((0, 1, 2))
        vlmax = (self.vlen << self.lmul) // self.sew
        self.vl = rng.choice((vlmax, vlmax, rng.randint(1, vlmax)))
        self.frm = rng.choice((0, 0, 0, 1, 2, 3))
        self.trips = rng.choice((1, 2, 5, 17, 40, 200, 3000))
        self.specials = rng.choice((0, 0, 0, 2, 40))
        self.strides = [rng.choice((0, 4, 8, 64, 256, 260, -4, -64)) for _ in range(6)]
        self.short = rng.random() < 0.15  # memory ends before the loop does
        self.words = self.program()

    def body(self) -> list[int]:
        rng, step = self.rng, 1 << self.lmul
        groups = rng.sample(range(0, 32, step), min(9, 32 // step))
        sources, sums = groups[: rng.randint(1, 3)], groups[3 : rng.randint(4, len(groups))]
        load, vle = ("flw", "vle32.v") if self.sew == 32 else ("fld", "vle64.v")
        regs = list(range(1, 1 + rng.randint(1, 4)))
        words = []
        for source in sources:
            for _ in range(rng.randint(0, 2)):
                words.append(encode(vle, vd=source, rs1=A0 + rng.randint(0, 5)))
        for f in regs[: rng.randint(0, len(regs))]:
            words.append(encode(load, fd=f, rs1=A0 + rng.randint(0, 5), imm12=rng.choice((0, 8, -64))))
        for vd in sums * rng.randint(1, 2):
            words.append(encode("vfmacc.vf", vd=vd, fs1=rng.choice(regs), vs2=rng.choice(sources)))
        if rng.random() < 0.4:
            rng.shuffle(words)
        if rng.random() < 0.3:  # sums that change places, as compilers write it
            x, y = rng.choice(sources), rng.choice(sums)
            words += [encode(vle, vd=x, rs1=A0), encode("vfmadd.vf", vd=x, fs1=regs[0], vs2=y)]
            words += [encode(vle, vd=y, rs1=A0 + 1), encode("vfmadd.vf", vd=y, fs1=regs[-1], vs2=x)]
        if rng.random() < 0.1:  # what no plan knows
            words.append(encode("vfadd.vv", vd=groups[0], vs2=groups[1], vs1=groups[2]))
        return words

    def program(self) -> list[int]:
        rng = self.rng
        words = self.body()
        for i, stride in enumerate(self.strides):
            way = rng.choice((0, 0, 0, 1, 1, 1, 2, 2, 2, 3))
            if way == 0:
                words.append(encode("addi", rd=A0 + i, rs1=A0 + i, imm12=stride))
            elif way == 1:
                words.append(encode("add", rd=A0 + i, rs1=A0 + i, rs2=20 + i))
            elif way == 2:
                words.append(encode("sub", rd=A0 + i, rs1=A0 + i, rs2=20 + i))
            else:  # made anew from another pointer
                words.append(encode("addi", rd=A0 + i, rs1=A0 + (i + 1) % 6, imm12=16))
        if rng.random() < 0.1:
            words.append(encode("slli", rd=A0, rs1=A0, shamt6=0))
        if rng.random() < 0.3:
            rng.shuffle(words)
        branch, step = rng.choice((("bne", 1), ("blt", 1), ("bltu", 1), ("bge", -1), ("bgeu", -1), ("bne", 1)))
        words.append(encode("addi", rd=COUNT, rs1=COUNT, imm12=step))
        a, b = COUNT, LIMIT
        words.append(encode(branch, rs1=a, rs2=b, bimm12=-4 * len(words)))
        self.counter = (0, self.trips) if step == 1 else (self.trips, 1)
        return words

    def start(self) -> Hart:
        rng = np.random.default_rng(self.seed)
        memory = Memory(1 << 24)
        memory.map(CODE, 0x1000, READ | EXECUTE)
        size = SIZE // 4 if self.short else SIZE
        memory.map(DATA, size, READ | WRITE)
        values = rng.standard_normal(size * 8 // self.sew).astype(np.float32 if self.sew == 32 else np.float64)
        places = rng.integers(0, len(values), self.specials * len(values) // 4096)
        values[places] = rng.choice(np.array(SPECIALS, values.dtype), len(places))
        memory.write(DATA, values)
        code = struct.pack(f"<{len(self.words) + 1}I", *self.words, encode("ebreak"))
        memory.write(CODE, code)
        hart = Hart(self.vlen, EXTENSIONS, memory)
        hart.enable()
        for i in range(6):
            hart.set_x(A0 + i, DATA + SIZE // 4 - 0x2000 + 4096 * i % 0x1000 * 4)
            hart.set_x(20 + i, self.strides[i] % (1 << 64))
        for i, value in enumerate(self.counter):
            hart.set_x(COUNT + i, value)
        box = 0xFFFFFFFF << 32 if self.sew == 32 else 0
        for i in range(32):
            raw = values[i].tobytes() if i % 5 else np.array(SPECIALS, values.dtype)[i % 8].tobytes()
            hart.set_f(i, (box if i != 3 else 0) | int.from_bytes(raw, "little"))
        hart.v_bytes()[:] = np.resize(values[64:].view(np.uint8), hart.v_bytes().shape)
        hart.set_vtype((2 if self.sew == 32 else 3) << 3 | self.lmul, self.vl)
        hart.set_csr("frm", self.frm)
        hart.set_return(CODE + 4 * len(self.words))
        hart.pc = CODE
        return hart

    def state(self, hart: Hart) -> tuple[object, ...]:
        return (
            [hart.get_x(i) for i in range(32)], [hart.get_f(i) for i in range(32)], hart.v_bytes().tobytes(), hart.csr("fcsr"),
            hart.csr("vl"), hart.csr("vstart"), hart.instructions, hart.pc, hart.stop, hart.trap if hart.trap_count else None,
        )  # fmt: skip


def stepped(hart: Hart, limit: int) -> None:
    while limit > 0:
        if run(hart, max_instructions=min(limit, STEPS)) != "budget":
            return
        limit -= STEPS


SEEDS, EACH = 320, 80


@pytest.mark.parametrize("first", range(0, SEEDS, EACH))
def test_bulk_equals_steps(first: int) -> None:
    """To the end of the loop, and to a number of instructions in the midst of it."""
    used = 0
    for seed in range(first, first + EACH):
        loop = Loop(seed)
        most = 10 * len(loop.words) * (loop.trips + 2)
        for limit in (most, len(loop.words) * loop.trips * 3 // 4 + seed):
            ours, theirs = (loop.start() for _ in range(2))
            if run(ours, max_instructions=limit + 30_000 if limit == most else limit) == "budget" and limit == most:
                pytest.fail(f"seed {seed} does not end")
            stepped(theirs, limit)
            assert theirs.in_bulk == 0
            assert loop.state(ours) == loop.state(theirs), f"seed {seed}, {limit} instructions"
            used += ours.in_bulk > 0
    assert used >= EACH // 8 if bulk.tails() else used == 0  # of 2 * EACH; a debug build has none


def test_changed_code_is_seen() -> None:
    """A plan ends with the code it was made of."""
    loop = next(loop for loop in map(Loop, range(SEEDS)) if loop.trips == 200 and (ran_in_bulk(loop) or not bulk.tails()))
    ours, theirs = loop.start(), loop.start()
    for hart in (ours, theirs):
        run(hart, max_instructions=100_000) if hart is ours else stepped(hart, 100_000)
        at = next(i for i, word in enumerate(loop.words) if word & 0x7F == 0x57)
        hart.memory.write(CODE + 4 * at, struct.pack("<I", loop.words[at] ^ 1 << 15))  # another scalar
        hart.code_changed(CODE + 4 * at, 4)
        for i, value in enumerate(loop.counter):
            hart.set_x(COUNT + i, value)
        for i in range(6):
            hart.set_x(A0 + i, DATA + 0x10000)
        hart.pc = CODE
        run(hart, max_instructions=100_000) if hart is ours else stepped(hart, 100_000)
    assert loop.state(ours) == loop.state(theirs)


def ran_in_bulk(loop: Loop) -> bool:
    hart = loop.start()
    run(hart, max_instructions=100_000)
    return hart.in_bulk > 0 and hart.stop == "return"
