"""Loops that run in bulk leave behind what single steps do: every register, flag, count and trap, to the bit.

Random loops of loads and multiply-adds, with special values and pointers that move in all ways, run twice: threaded, where loops
that qualify run in bulk, and in exact steps, where none does. Loops that do not qualify are among them, and must not be taken for one.
First products of f32 and f64, then those whose sums or vectors are wider than what is loaded, of integers and of halves.
"""

from __future__ import annotations

import ctypes
import random
import struct
from importlib import import_module
from typing import NamedTuple

import numpy as np
import pytest

from rvsim import host
from rvsim.core import bulk, survey
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
        self.vtype = (2 if self.sew == 32 else 3) << 3 | self.lmul
        self.settle()
        self.words = self.program()

    def settle(self) -> None:
        rng = self.rng
        self.frm = rng.choice((0, 0, 0, 1, 2, 3))
        self.trips = rng.choice((1, 2, 5, 17, 40, 200, 3000))
        self.specials = rng.choice((0, 0, 0, 2, 40))
        self.strides = [rng.choice((0, 4, 8, 64, 256, 260, -4, -64)) for _ in range(6)]
        self.short = rng.random() < 0.15  # memory ends before the loop does

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
        self.counter = (0, self.trips) if step == 1 else (self.trips, 1)
        if rng.random() < 0.3:  # the way out is forward, and a jump leads back
            opposite = {"bne": "beq", "blt": "bge", "bge": "blt", "bltu": "bgeu", "bgeu": "bltu"}[branch]
            words.insert(at := rng.randint(0, len(words)), encode("addi", rd=0, rs1=0, imm12=0))
            words.append(encode("jal", rd=0, jimm20=-4 * len(words)))
            words[at] = encode(opposite, rs1=a, rs2=b, bimm12=4 * (len(words) - at))
            if rng.random() < 0.3:  # one that is not taken, or stays in the loop
                words.insert(0, encode("beq", rs1=A0, rs2=LIMIT, bimm12=8))
                words[-1] = encode("jal", rd=0, jimm20=-4 * (len(words) - 1))
            return words
        words.append(encode(branch, rs1=a, rs2=b, bimm12=-4 * len(words)))
        return words

    def start(self) -> Hart:
        rng = np.random.default_rng(self.seed)
        memory = Memory(1 << 24)
        memory.map(CODE, 0x1000, READ | EXECUTE)
        size = SIZE // 4 if self.short else SIZE
        memory.map(DATA, size, READ | WRITE)
        values = self.values(rng, size)
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
        self.registers(hart, values)
        hart.v_bytes()[:] = np.resize(values[64:].view(np.uint8), hart.v_bytes().shape)
        hart.set_vtype(self.vtype, self.vl)
        hart.set_csr("frm", self.frm)
        hart.set_return(CODE + 4 * len(self.words))
        hart.pc = CODE
        return hart

    def values(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """What lies in memory."""
        values = rng.standard_normal(size * 8 // self.sew).astype(np.float32 if self.sew == 32 else np.float64)
        places = rng.integers(0, len(values), self.specials * len(values) // 4096)
        values[places] = rng.choice(np.array(SPECIALS, values.dtype), len(places))
        return values

    def registers(self, hart: Hart, values: np.ndarray) -> None:
        box = 0xFFFFFFFF << 32 if self.sew == 32 else 0
        for i in range(32):
            raw = values[i].tobytes() if i % 5 else np.array(SPECIALS, values.dtype)[i % 8].tobytes()
            hart.set_f(i, (box if i != 3 else 0) | int.from_bytes(raw, "little"))

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


def compare(loop: Loop) -> int:
    """To the end of the loop, and to a number of instructions in the midst of it. How many of the two had rotations in bulk."""
    used = 0
    most = 10 * len(loop.words) * (loop.trips + 2)
    for limit in (most, len(loop.words) * loop.trips * 3 // 4 + loop.seed):
        ours, theirs = (loop.start() for _ in range(2))
        if run(ours, max_instructions=limit + 30_000 if limit == most else limit) == "budget" and limit == most:
            pytest.fail(f"seed {loop.seed} does not end")
        stepped(theirs, limit)
        assert theirs.in_bulk == 0
        assert loop.state(ours) == loop.state(theirs), f"seed {loop.seed}, {limit} instructions"
        used += ours.in_bulk > 0
    return used


@pytest.mark.parametrize("first", range(0, SEEDS, EACH))
def test_bulk_equals_steps(first: int) -> None:
    used = sum(compare(Loop(seed)) for seed in range(first, first + EACH))
    assert used >= EACH // 8 if bulk.tails() else used == 0  # of 2 * EACH; a debug build has none


class Kind(NamedTuple):
    """Products whose sums or vectors are wider than what is loaded."""

    sew: int  # of what is multiplied
    loaded: int  # bits of it in memory
    wide: bool  # sums have twice the width
    extend: tuple[str, ...]  # what makes vectors wider
    multiply: tuple[str, ...]
    scalars: tuple[str, ...]


WHOLE = ("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld")
WIDEN = ("vwmacc.vx", "vwmacc.vx", "vwmaccu.vx", "vwmaccsu.vx", "vwmaccus.vx")
KINDS = {
    "i8 as 16 bits to 32": Kind(16, 8, True, ("vsext.vf2", "vzext.vf2"), WIDEN, WHOLE),
    "i16 to 32": Kind(16, 16, True, (), WIDEN, WHOLE),
    "i8 to 16": Kind(8, 8, True, (), WIDEN, WHOLE),
    "i32": Kind(32, 32, False, (), ("vmacc.vx", "vmadd.vx"), WHOLE),
    "i16 as 32 bits": Kind(32, 16, False, ("vsext.vf2", "vzext.vf2"), ("vmacc.vx",), WHOLE),
    "i8 as 32 bits": Kind(32, 8, False, ("vsext.vf4", "vzext.vf4"), ("vmacc.vx",), WHOLE),
    "i16": Kind(16, 16, False, (), ("vmacc.vx", "vmadd.vx"), WHOLE),
    "i8 as 16 bits": Kind(16, 8, False, ("vsext.vf2", "vzext.vf2"), ("vmacc.vx",), WHOLE),
    "f16 to 32": Kind(16, 16, True, (), ("vfwmacc.vf",), ("flh",)),
    "f16": Kind(16, 16, False, (), ("vfmacc.vf", "vfmadd.vf"), ("flh",)),
    "bf16 to 32": Kind(16, 16, True, (), ("vfwmaccbf16.vf",), ("flh",)),
}
AVL = 9


class WideLoop(Loop):
    """The same of a kind, with vsetvli on the way."""

    def __init__(self, name: str, seed: int) -> None:
        self.seed = seed
        self.name, self.kind = name, KINDS[name]
        self.rng = rng = random.Random(f"{name} {seed}")
        self.vlen = rng.choice((128, 256, 512, 1024))
        self.lmul = rng.choice((-1, 0, 1, 2)) if self.kind.sew < 32 else rng.choice((0, 1, 2))
        vlmax = int(self.vlen * 2.0**self.lmul) // self.kind.sew
        self.vl = rng.choice((vlmax, vlmax, rng.randint(1, vlmax)))
        self.avl = rng.choice((self.vl, self.vl, 5 * self.vl))
        self.vtype = self.vtypei(0)
        self.settle()
        self.strides = [rng.choice((0, 1, 2, 8, 63, 64, 256, -1, -64)) for _ in range(6)]
        self.words = self.program()

    def vtypei(self, log: int, grow: int = 0) -> int:
        """The vtype whose SEW is 2**log times what is multiplied, with the same VLMAX; grow: with another."""
        return (self.kind.sew.bit_length() - 4 + log) << 3 | (self.lmul + log + grow) & 7

    def vectors(self) -> list[list[int]]:
        """Words that load a vector and make it wider, by group of registers that gets it; sums have the other groups."""
        rng, kind = self.rng, self.kind
        size = 1 << max(0, self.lmul)
        width = 1 << max(0, self.lmul + kind.wide)
        groups = list(range(0, 32, max(size, width)))
        rng.shuffle(groups)
        self.sources, self.sums = groups[: rng.randint(1, 2)], groups[3 : rng.randint(4, min(12, len(groups)))]
        narrow = max(1, size * kind.loaded // kind.sew)
        extend = rng.choice(kind.extend) if kind.extend else ""
        spare = groups[2]
        words = []
        for source in self.sources:
            at = source if not extend else source + size - narrow if size > 1 and rng.random() < 0.6 else spare
            some = [encode(f"vle{kind.loaded}.v", vd=at, rs1=A0 + rng.randint(0, 5))]
            if extend:
                some.append(encode(extend, vd=source, vs2=at))
            words.append(some)
        return words

    def body(self) -> list[int]:
        rng, kind = self.rng, self.kind
        loads = self.vectors()
        name = rng.choice(kind.multiply)
        regs = rng.sample(range(16, 20), rng.randint(1, 4))
        operand = "fs1" if name.startswith("vf") else "rs1"
        scalars = [
            encode(load, **{"fd" if load == "flh" else "rd": reg}, rs1=A0 + rng.randint(0, 5), imm12=rng.choice((0, 8, -64, 1)))
            for reg in regs[: rng.choice((0, 1, len(regs), len(regs)))]
            for load in [rng.choice(kind.scalars)]
        ]
        work = [
            encode(name, vd=vd, vs2=source, **{operand: rng.choice(regs)})
            for source in self.sources
            for vd in self.sums * (rng.random() < 0.9)
        ]
        if rng.random() < 0.3:
            words = [*work, *scalars, *(word for some in loads for word in some)]
        else:
            words = [*(word for some in loads for word in some), *scalars, *work]
        way = rng.random()
        if way < 0.1:
            rng.shuffle(words)
        elif way < 0.4 and kind.loaded < kind.sew:  # SEW of the loads, then that of the rest, as compilers write it
            avl = rng.choice((0, AVL))
            log = kind.loaded.bit_length() - kind.sew.bit_length()
            words = [w for some in loads for w in some[:1]]
            words = [encode("vsetvli", rd=0, rs1=avl, zimm11=self.vtypei(log)), *words]
            words += [encode("vsetvli", rd=0, rs1=avl, zimm11=self.vtypei(0)), *(w for some in loads for w in some[1:]), *scalars, *work]
        elif way < 0.5:
            words.insert(0, encode("vsetvli", rd=0, rs1=rng.choice((0, AVL)), zimm11=self.vtypei(0) | rng.choice((0, 0xC0))))
        elif way < 0.55:  # not the vtype that the loop began with, or not its vl
            other = rng.choice((self.vtypei(0, -1), self.vtypei(0) ^ 8, self.vtypei(0)))
            words.insert(rng.randint(0, len(words)), encode("vsetvli", rd=0, rs1=rng.choice((COUNT, AVL)), zimm11=other))
        if rng.random() < 0.05:  # an address hangs on what was loaded
            words.append(encode("add", rd=A0, rs1=A0, rs2=regs[0]))
        if rng.random() < 0.05:  # a scalar that is computed
            words.append(encode("addi", rd=regs[0], rs1=regs[0], imm12=1))
        return words

    def values(self, rng: np.random.Generator, size: int) -> np.ndarray:
        if not self.name.startswith(("f", "bf")):
            return rng.integers(0, 256, size, np.uint8)
        values = rng.standard_normal(size // 2).astype(np.float32)
        if self.seed % 3 == 0:
            values *= np.float32(2**-10)  # many products are subnormal in f16
        places = rng.integers(0, len(values), self.specials * len(values) // 4096)
        values[places] = rng.choice(np.array(SPECIALS, np.float32), len(places))
        with np.errstate(over="ignore"):
            return values.astype(np.float16) if self.name.startswith("f") else values.view(np.uint16)[1::2].copy()

    def registers(self, hart: Hart, values: np.ndarray) -> None:
        words = values.view(np.uint16)
        for i in range(32):
            hart.set_f(i, (0xFFFFFFFFFFFF << 16 if i != 17 else 0) | int(words[i]))
        for i in (16, 17, 18, 19):
            hart.set_x(i, int.from_bytes(words[4 * i : 4 * i + 4].tobytes(), "little"))
        hart.set_x(AVL, self.avl)


@pytest.mark.parametrize("name", KINDS)
def test_wider_sums(name: str) -> None:
    used = sum(compare(WideLoop(name, seed)) for seed in range(60))
    assert (used >= 12 or name == "f16") if bulk.tails() else used == 0  # of 120; not every host multiplies f16 itself


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_many_wider_sums(name: str) -> None:
    assert sum(compare(WideLoop(name, seed)) for seed in range(100, 1500)) > 200 or name == "f16" or not bulk.tails()


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


SOURCES = {"s8": np.int8, "u8": np.uint8, "s16": np.int16, "u16": np.uint16, "s32": np.int32}
TYPES = {"i16": np.uint16, "i32": np.uint32, "pairs": np.uint32}


@pytest.mark.parametrize("name", [name for name in survey.KERNEL_NAMES if "_" in name])
def test_integer_kernels(name: str) -> None:
    """Each against numpy: numbers of sums, steps and elements, with extreme values among them."""
    level = host.level()
    kernels = import_module(f"rvsim.core.loops_bulk{f'_{level}' if level else ''}").kernels()
    if not kernels:
        return  # a build without bulk
    kernel = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint64
    )(kernels[name])
    kind, source = TYPES[name.split("_")[0]], SOURCES[name.split("_")[1]]
    rng = np.random.default_rng(5)
    low, high = np.iinfo(source).min, np.iinfo(source).max
    for m in range(1, 9):
        for steps, n in ((1, 1), (2, 33), (3, 200), (8, 64), (5, 517)):
            x = rng.integers(low, high + 1, (steps, n)).astype(source)
            x[rng.random((steps, n)) < 0.2] = low
            y = rng.integers(-(1 << 15), 1 << 15, (steps, m)).astype(np.int32)
            y[rng.random((steps, m)) < 0.2] = -(1 << 15)
            if not name.startswith("pairs"):
                y = rng.integers(-(1 << 31), 1 << 31, (steps, m)).astype(np.int32)
            d = rng.integers(0, 1 << 16, (m, n)).astype(kind)
            expected = (d + y.T.astype(np.int64).astype(np.uint64) @ x.astype(np.int64).astype(np.uint64)).astype(kind)
            rows = (ctypes.c_void_p * m)(*(row.ctypes.data for row in d))
            vectors = (ctypes.c_void_p * (steps + 1))(*(row.ctypes.data for row in x))
            assert kernel(m, rows, vectors, y.ctypes.data, steps, n) == 0
            assert np.array_equal(d, expected), (m, steps, n)
