"""Laps of loops that run in bulk: their questions are asked before their work is done, and no figure may tell.

Random products of matrices, three loops deep, whose inner loop qualifies: pointers with all kinds of strides, sources loaded for the step
after, compiler-like and plain forms, sums and vectors that are wider than what is loaded. The same program with every instruction by the
model is what it has to agree with.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

import rvsim
from rvsim.core import bulk
from tests.timing.test_replay import MACHINES, figures


class Kind(NamedTuple):
    """How factors are loaded and multiplied: {0} is a register, {1} an address; vectors lie in v0 and v{lmul}, and may use those above."""

    sew: int
    wide: int  # sums have so many times the width
    scalar: str
    registers: tuple[str, ...]
    vector: str
    multiply: str


FLOATS = tuple(f"fa{i}" for i in range(7))
WHOLES = ("t3", "t4", "t5", "t6", "s2", "s3", "s4")
KINDS = {
    "f32": Kind(32, 1, "flw {0}, {1}", FLOATS, "vle32.v {0}, {1}", "vfmacc.vf {0}, {1}, {2}"),
    "f16": Kind(16, 2, "flh {0}, {1}", FLOATS, "vle16.v {0}, {1}", "vfwmacc.vf {0}, {1}, {2}"),
    "i8": Kind(16, 2, "lb {0}, {1}", WHOLES, "vle8.v {3}, {1}; vsext.vf2 {0}, {3}", "vwmacc.vx {0}, {1}, {2}"),
    "u8": Kind(16, 2, "lbu {0}, {1}", WHOLES, "vle8.v {3}, {1}; vzext.vf2 {0}, {3}", "vwmaccu.vx {0}, {1}, {2}"),
    "i8 with two vtypes": Kind(
        16, 2, "lb {0}, {1}", WHOLES, "vsetvli zero, zero, {narrow}; vle8.v {3}, {1}; vsetvli zero, zero, {full}; vsext.vf2 {0}, {3}",
        "vwmacc.vx {0}, {1}, {2}",
    ),
    "i16": Kind(16, 2, "lh {0}, {1}", WHOLES, "vle16.v {0}, {1}", "vwmacc.vx {0}, {1}, {2}"),
    "i32": Kind(32, 1, "lw {0}, {1}", WHOLES, "vle32.v {0}, {1}", "vmacc.vx {0}, {1}, {2}"),
}  # fmt: skip


def product(seed: int, name: str = "f32", exits: bool = False) -> str:
    """`f` of an array of bytes: sums over columns of the first half go to the second half. exits: branches leave the inner loop."""
    r = random.Random(seed)
    kind = KINDS[name]
    regs = kind.registers
    lmul = r.choice([1, 2, 4]) if kind.wide == 1 else r.choice([1, 2])
    wide = lmul * kind.wide
    vtypes = {"full": f"e{kind.sew}, m{lmul}, ta, ma", "narrow": f"e8, {'m1' if lmul == 2 else 'mf2'}, ta, ma"}

    def fetch(v: int, address: str) -> list[str]:
        upper = f"v{v + 1}" if lmul == 2 and r.random() < 0.7 else "v31"
        return kind.vector.format(f"v{v}", address, "", upper, **vtypes).split("; ")

    rows = r.randint(1, min(7, (32 - 2 * lmul) // wide - (wide > lmul)))
    late = r.random() < 0.4
    source, other = 0, lmul
    sums = [2 * lmul + wide * i for i in range(rows)]
    steps = r.choice([3, 9, 33, 150])
    lines = [".globl f", "f: li t0, 65536", "add a1, a0, t0", f"li a6, {r.choice([3, 4])}", f"li t0, {r.choice([5, 16, 40, 1000])}"]
    lines += [f"vsetvli zero, t0, {vtypes['full']}", "1:", f"li a5, {r.choice([2, 5])}", "mv a7, a0", "2:"]
    lines += (
        [kind.scalar.format(regs[i], f"{4 * i}(a0)") for i in range(rows)]
        + [f"vsetvli zero, zero, e{kind.sew * kind.wide}, m{wide}, ta, ma"]
        + [f"vmv.v.i v{v}, 0" for v in sums]
        + [f"vsetvli zero, zero, {vtypes['full']}"]
        + [f"vmv.v.i v{other}, 0", f"vmv.v.i v{source}, 0"]
    )
    lines += ["mv a2, a7", "addi a3, a0, 64", f"li a4, {steps}", f"li t1, {r.choice([4, 64, 128, 260, 516])}", "3:"]
    turn = []
    for _ in range(r.choice([1, 1, 2, 5])):  # several steps a turn: its code spans lines, some not in the instruction cache at first
        scalars = [kind.scalar.format(regs[i], f"{4 * i * r.choice([1, 16])}(a3)") for i in range(rows)]
        load, work = fetch(source, "(a2)"), [kind.multiply.format(f"v{v}", regs[i], f"v{source}") for i, v in enumerate(sums)]
        turn += [*work, *scalars, *load] if late else [*scalars, *load, *work]
        if late and r.random() < 0.5:  # each scalar as soon as it is free
            turn[-len(work + scalars + load) :] = [line for pair in zip(work, scalars, strict=True) for line in pair] + load
    if r.random() < 0.3:
        turn += ["addi t2, a2, 32", *fetch(other, "(t2)")]
        turn += [kind.multiply.format(f"v{v}", regs[i], f"v{other}") for i, v in enumerate(sums)]
    turn += [f"addi a3, a3, {r.choice([0, 4, 64])}", r.choice(["add a2, a2, t1", "addi a2, a2, 64", "sub a2, a2, zero"])]
    if exits:  # as often as not on the way, and closed by a jump
        turn.insert(r.randint(0, len(turn)), "beqz a4, 4f")
        turn.insert(r.randint(0, len(turn)), f"beq a2, t0, {r.choice('45')}f")
        lines += [*turn, "addi a4, a4, -1", "j 3b" if r.random() < 0.6 else "bnez a4, 3b", "4:", "5:"]
    else:
        lines += [*turn, "addi a4, a4, -1", "bnez a4, 3b"]
    lines += [line for v in sums for line in (f"vse{kind.sew * kind.wide}.v v{v}, (a1)", f"addi a1, a1, {r.choice([0, 64, 256])}")]
    lines += [f"addi a7, a7, {r.choice([0, 64, 1024])}", "addi a5, a5, -1", "bnez a5, 2b", "addi a6, a6, -1", "bnez a6, 1b", "ret", ""]
    return "\n".join(lines)


def compare(machine: str, seed: int, name: str = "f32", exits: bool = False) -> int:
    """Instructions that ran in bulk."""
    found = []
    source = product(seed, name, exits)
    for replays in (False, True):
        target = rvsim.Machine(machine, isa="+zfhmin,+zvfh")
        target.model.replays = replays
        program = target.load(source)
        area = target.array((1 << 17,), "u1")
        area[...] = [17 * i % 61 for i in range(1 << 17)]
        for _ in range(2):
            program.call("f", area)
            found.append((figures(target.model), area.tobytes(), [target.x[i] for i in range(32)], [target.f[i] for i in range(32)]))
    assert found[:2] == found[2:], f"seed {seed}, {machine}:\n{source}"
    return target.hart.in_bulk


@pytest.mark.parametrize("machine", MACHINES)
def test_products(machine: str) -> None:
    used = sum(compare(machine, seed) for seed in range(20))
    assert used > 5000 if bulk.tails() else used == 0


@pytest.mark.parametrize("name", [name for name in KINDS if name != "f32"])
@pytest.mark.parametrize("machine", [machine for machine in MACHINES if machine != "ara-4l"])
def test_wider_products(machine: str, name: str) -> None:
    used = sum(compare(machine, seed, name) for seed in range(5))
    assert used > 500 if bulk.tails() else used == 0


@pytest.mark.parametrize("machine", MACHINES)
def test_products_with_exits(machine: str) -> None:
    used = sum(compare(machine, seed, "f32" if seed % 2 else "i8", True) for seed in range(12))
    assert used > 500 if bulk.tails() else used == 0


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_products_with_exits(machine: str) -> None:
    assert sum(compare(machine, seed, "f32" if seed % 2 else "i8", True) for seed in range(100, 400)) > 10_000 or not bulk.tails()


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_products(machine: str) -> None:
    assert sum(compare(machine, seed) for seed in range(100, 500)) > 100_000 or not bulk.tails()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in KINDS if name != "f32"])
@pytest.mark.parametrize("machine", MACHINES)
def test_many_wider_products(machine: str, name: str) -> None:
    assert sum(compare(machine, seed, name) for seed in range(100, 180)) > 5000 or not bulk.tails()


@pytest.mark.parametrize("machine", ["spacemit-x60", "ara-4l"])
def test_a_kernel_whose_steps_span_lines(machine: str) -> None:
    """Laps of its loop also end in the midst of a rotation, before a line that is not there; what it computes is right all the same."""
    target = rvsim.Machine(machine, vlen=1024)
    for _ in range(2):
        assert target.run("matmul", variant="7x4", m=98, n=512, k=512).correct
    assert target.hart.in_bulk > 0 or not bulk.tails()


@pytest.mark.parametrize("variant", ["naive", "4x4", "7x4", "i8 naive", "i8 7x4", "u8 7x4_packed", "bf16 7x4"])
@pytest.mark.parametrize("machine", ["generic", "ara-4l", "spacemit-x60", "sifive-x280"])
def test_kernels_of_many_sizes(machine: str, variant: str) -> None:
    """Edges of tiles, rows that share sets, a second run on what the first has left: results, and figures with and without replay."""
    for sizes in ((32, 32, 32), (60, 60, 60), (64, 64, 64), (28, 200, 130), (98, 96, 100)):
        found = []
        for replays in (False, True):
            target = rvsim.Machine(machine, isa="+zfbfmin,+zvfbfmin,+zvfbfwma")
            target.model.replays = replays
            for _ in range(2):
                dtype, _, name = variant.rpartition(" ")
                result = target.run("matmul", variant=name, dtype=dtype or "f32", **dict(zip("mnk", sizes, strict=True)))
                assert result.correct, (sizes, replays)
                found.append(figures(target.model))
        assert found[:2] == found[2:], sizes
