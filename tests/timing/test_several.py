"""Runs of loads, and of multiply-adds that share a vector, which one handler does where laps are replayed, and vector accesses that have
one of their own. With and without replay every figure and every register is the same, whatever has changed since the laps were recorded:
rounding mode, vl, vtype, what is enabled, addresses that trap."""

from __future__ import annotations

import random

import numpy as np
import pytest

import rvsim
from tests.timing.test_replay import MACHINES, enough, figures

SPECIAL = np.array([0, 0x80000000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFC12345, 1, 0x7F7FFFFF], np.uint32)
AREA = 1 << 16


def unit(r: random.Random, lmul: int, sew: int, odd: bool) -> list[str]:
    """Loads of a vector and of scalars, and multiply-adds with them, some of which read what others have written. odd: some address traps
    where accesses have to be aligned."""
    groups = [f"v{lmul * i}" for i in range(1, min(32 // lmul, 9))]
    vector, load, size = r.choice(groups), "flw" if sew == 32 else "fld", sew // 8
    count = r.randrange(1, 7)
    first = size * r.randrange(20)
    offsets = [first + size * i * r.choice([1, 1, 1, 16]) for i in range(count)]
    if odd and r.random() < 0.5:
        offsets[r.randrange(count)] += 2
    lines = [f"vle{sew}.v {vector}, (s0)"] if r.random() < 0.6 else []
    lines += [*(f"{load} fa{i}, {offset}(s1)" for i, offset in enumerate(offsets))]
    lines += ["addi t2, t2, 1"] if r.random() < 0.3 else []
    for i in range(count):
        a = r.choice(groups)
        other = vector if r.random() < 0.9 else r.choice(groups)
        lines.append(r.choice([
            f"vfmacc.vf {a}, fa{i}, {other}", f"vfmacc.vf {a}, fa{i}, {other}", f"vfmacc.vf {a}, fa{i}, {other}",
            f"vfmadd.vf {other}, fa{i}, {a}", f"vfmacc.vf {a}, fa{i}, {other}, v0.t", f"vfnmsac.vf {a}, fa{i}, {other}",
        ] if r.random() < 0.4 else [f"vfmacc.vf {a}, fa{i}, {other}"]))  # fmt: skip
    return lines


def changes(r: random.Random, sew: int, lmul: int) -> list[str]:
    """Between laps, by the number of the turn in s5: another rounding mode, vtype, vl; something off; addresses that trap."""
    wide = r.choice([lmul, 1, 8])
    lines = {
        "frm": ["andi t0, s5, 7", "csrw frm, t0"],
        "vl": [f"li t0, {r.choice([1, 7, 20])}", "mul t0, t0, s5", f"vsetvli zero, t0, e{sew}, m{lmul}, ta, ma"],
        "vtype": [f"vsetvli zero, s2, e{r.choice([8, sew])}, m{wide}, ta, ma"],
        "off": ["csrc mstatus, s6", f"andi t0, s5, {r.choice([1, 3])}", "beqz t0, 5f", "csrs mstatus, s6", "5:"],
        "trap": ["mv s1, a0", "andi t0, s5, 3", "bnez t0, 5f", f"li s1, {r.choice([-8, -16, 8])}", "5:"],
        "vstart": ["andi t0, s5, 1", "csrw vstart, t0"],
    }
    return [line for name in r.sample(list(lines), r.choice([1, 1, 2, 3])) for line in lines[name]]


def program(seed: int) -> str:
    """`f` of an array of numbers, in loops that are met again after something has changed."""
    r = random.Random(seed)
    lmul, sew = r.choice([1, 1, 2, 4]), r.choice([32, 32, 64])
    odd = seed % 3 == 0
    lines = [".globl f", ".option norvc", "f: addi sp, sp, -64", *(f"sd s{i}, {8 * i}(sp)" for i in range(7))]
    lines += ["csrr a4, mtvec", "lla t0, trap", "csrw mtvec, t0", "li a3, 0", f"li s6, {r.choice([0x6000, 0x600])}", "li t0, 0x6600"]
    lines += ["csrs mstatus, t0", "csrwi frm, 0", f"li s2, {r.choice([3, 16, 33, 1000])}", "li t4, 32768", "add a1, a0, t4", "mv s1, a0"]
    lines += [f"vsetvli zero, s2, e{sew}, m{lmul}, ta, ma", f"li s5, {r.choice([6, 12])}", "1:"]
    for label in "23":
        lines += changes(r, sew, lmul) if r.random() < 0.7 else []
        lines += [f"li s4, {r.choice([3, 12, 40])}", "mv s0, a0", f"{label}:"]
        lines += [line for _ in range(r.randrange(1, 5)) for line in unit(r, lmul, sew, odd)]
        lines += [f"vse{sew}.v v{lmul}, (a1)"] if r.random() < 0.8 else []  # else it may run in bulk
        lines += [f"addi s0, s0, {r.choice([0, 4, 64])}" if not odd or sew == 32 else "addi s0, s0, 8"]
        lines += ["addi s1, s1, 4"] if r.random() < 0.2 and sew == 32 else []
        lines += ["addi s4, s4, -1", f"bnez s4, {label}b"]
    lines += ["addi s5, s5, -1", "bnez s5, 1b", "li t0, 0x6600", "csrs mstatus, t0", "csrr t0, fflags", "sd t0, 0(a1)", "sd a3, 8(a1)"]
    lines += ["vsetvli zero, zero, e8, m8, ta, ma", "vsetvli t1, x0, e8, m8, ta, ma"]
    lines += [line for v in (0, 8, 16, 24) for line in ("add a1, a1, t1", f"vse8.v v{v}, (a1)")]
    lines += ["csrwi frm, 0", "csrw mtvec, a4", *(f"ld s{i}, {8 * i}(sp)" for i in range(7)), "addi sp, sp, 64", "ret"]
    lines += [".balign 4", "trap: addi a3, a3, 1", "csrr t6, mepc", "addi t6, t6, 4", "csrw mepc, t6", "mret", ""]
    return "\n".join(lines)


def numbers(seed: int) -> np.ndarray:
    """What is multiplied: small numbers, with or without special ones among them."""
    r = np.random.default_rng(seed)
    found = r.integers(-50, 50, AREA // 4).astype(np.float32).view(np.uint32)
    some = r.random(found.size) < (0, 0.002, 0.1)[seed % 3]
    found[some] = r.choice(SPECIAL, int(some.sum()))
    return found


def compare(machine: str, seed: int, vlen: int | None = None) -> tuple[int, int]:
    """Instructions that were replayed, and traps."""
    found = []
    source = program(seed)
    for replays in (False, True):
        target = rvsim.Machine(machine, **({} if vlen is None else {"vlen": vlen}), misaligned="trap" if seed % 3 == 0 else "allow")
        target.model.replays = replays
        loaded = target.load(source)
        area = target.array((AREA // 4,), "u4")
        area[...] = numbers(seed)
        for _ in range(2):
            loaded.call("f", area)
            found.append((figures(target.model), area.tobytes(), [target.x[i] for i in range(32)], [target.f[i] for i in range(32)]))
    assert found[:2] == found[2:], f"seed {seed}, {machine}:\n{source}"
    return target.model.replayed, int(area.view(np.uint64)[AREA // 16 + 1])


@pytest.mark.parametrize("machine", MACHINES)
def test_runs_of_loads_and_products(machine: str) -> None:
    replayed, traps = (sum(counts) for counts in zip(*(compare(machine, seed) for seed in range(16)), strict=True))
    assert traps > 1000
    enough(replayed, 5000)


@pytest.mark.parametrize(("change", "value"), [("csrc mstatus", 0x600), ("csrc mstatus", 0x6000), ("csrw vstart", 1), ("csrw frm", 5)])
def test_products_that_have_become_illegal(change: str, value: int) -> None:
    """No other instruction of the loop tells that these are not to be executed any more."""
    source = f"""
        .globl f
        .option norvc
    f:  csrr a4, mtvec
        lla t0, trap
        csrw mtvec, t0
        li a3, 0
        vsetvli zero, zero, e32, m1, ta, ma
        vsetvli t0, x0, e32, m1, ta, ma
        vle32.v v8, (a0)
        li t2, 20
    1:  li t1, 50
    2:  addi t3, t3, 1
        vfmacc.vf v9, fa0, v8
        vfmacc.vf v10, fa1, v8
        vfmadd.vf v8, fa2, v10
        addi t1, t1, -1
        bnez t1, 2b
        addi t4, t2, -2             # in the last turn but one
        seqz t4, t4
        neg t4, t4
        li t0, {value}
        and t0, t0, t4
        {change}, t0
        addi t2, t2, -1
        bnez t2, 1b
        li t0, 0x6600
        csrs mstatus, t0
        csrw vstart, zero
        csrwi frm, 0
        csrw mtvec, a4
        vse32.v v9, (a0)
        sd a3, 256(a0)
        ret
        .balign 4
    trap: addi a3, a3, 1
        csrr t6, mepc
        addi t6, t6, 4
        csrw mepc, t6
        mret
    """
    found = []
    for replays in (False, True):
        target = rvsim.Machine("spacemit-x60")
        target.model.replays = replays
        for i in range(10, 13):
            target.f[i] = 0x3F800000 | 0xFFFFFFFF << 32
        area = target.array((100,), np.uint64)
        loaded = target.load(source)
        loaded.call("f", area)
        found.append((figures(target.model), area.tobytes()))
    assert area[32] == 150
    assert found[0] == found[1]
    enough(target.model.replayed, 200)


@pytest.mark.parametrize("machine", ["ara-2l", "spacemit-x60"])
def test_long_chains_take_no_stack(machine: str) -> None:
    """Handlers jump from one to the next: half a million of them in one chain would not fit on a stack."""
    source = """
        .globl f
    f:  vsetvli t0, x0, e32, m1, ta, ma
        li t1, 60000
        vmv.v.i v9, 0
        vmv.v.i v10, 0
    1:  vle32.v v8, (a0)
        flw fa0, 0(a0)
        flw fa1, 4(a0)
        vfmacc.vf v9, fa0, v8
        vfmacc.vf v10, fa1, v8
        vse32.v v9, (a1)
        addi t1, t1, -1
        bnez t1, 1b
        ret
    """
    target = rvsim.Machine(machine)
    area = target.array((64,), np.float32)
    area[...] = 1
    other = target.array((64,), np.float32)
    target.load(source).call("f", area, other)
    assert other[0] == 60000
    enough(target.model.replayed, 400_000)


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_runs_of_loads_and_products(machine: str) -> None:
    vlens = (None, 512, 1024)
    enough(sum(compare(machine, seed, vlens[seed // 3 % 3])[0] for seed in range(100, 500)), 100_000)
