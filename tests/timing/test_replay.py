"""Replayed loops: with and without replay every figure is the same, on every in-order machine, and replay does happen."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import rvsim
from rvsim.engine import loops
from rvsim.machine import machine as machine_module
from rvsim.timing import TimingModel
from tests.bench.programs import NAMES, build

MACHINES = ("generic", "ara-2l", "ara-4l", "saturn-v256d128", "spacemit-x60", "xuantie-c908", "sifive-x280")
SMALL = {"sgemm": ("-DN=32",), "igemm": ("-DN=32",), "conv2d": (), "stream": ("-DNF=4096",), "scalar": ()}


def figures(model: TimingModel) -> tuple[object, ...]:
    """Everything a run leaves behind: cycles, causes by instruction, bytes, work of the units."""
    rows = sorted(model.by_pc(), key=lambda row: (row.pc, row.insn))
    return model.drain(), rows, model.totals, model.unit_busy, model.stalls


def assert_same(source: str, machine: str, seed: int, vlen: int | None = None, nbytes: int = 1 << 16) -> int:
    """Calls `f` of a program with and without replay; returns the instructions that were replayed."""
    found = []
    for replays in (False, True):
        target = rvsim.Machine(machine, **({} if vlen is None else {"vlen": vlen}))
        target.model.replays = replays
        program = target.load(source)
        area = target.array((nbytes,), "u1")
        for _ in range(2):  # the second call meets what the first has left
            program.call("f", area)
            found.append((figures(target.model), area.tobytes()))
    assert found[:2] == found[2:], f"seed {seed}, {machine}:\n{source}"
    return target.model.replayed


def enough(replayed: int, least: int) -> None:
    """A test of replay has to replay something, in builds that do."""
    assert replayed > least if loops.replays() else replayed == 0


def scalar_instruction(r: random.Random) -> str:
    a, b, c = (f"t{r.randrange(1, 6)}" for _ in range(3))
    f, g, h = (f"fa{r.randrange(4)}" for _ in range(3))
    offset = 8 * r.randrange(40)
    return r.choice([
        f"add {a}, {b}, {c}", f"mul {a}, {b}, {c}", f"addi {a}, {b}, 3", f"xor {a}, {b}, {c}", f"srli {a}, {b}, 7",
        f"ld {a}, {offset}(a0)", f"flw {f}, {offset}(a0)", f"sd {a}, {offset}(a1)", f"fsw {f}, {offset}(a1)",
        f"fmadd.s {f}, {g}, {h}, {f}", f"fadd.s {f}, {g}, {h}", f"div {a}, {b}, {c}", f"ld {a}, 0(s0)", f"sb {a}, 5(s0)",
    ])  # fmt: skip


def vector_instruction(r: random.Random, lmul: int) -> str:
    d, a, b = (f"v{lmul * r.randrange(1, 32 // lmul)}" for _ in range(3))
    mask = r.choice(["", "", "", ", v0.t"])
    return r.choice([
        f"vadd.vv {d}, {a}, {b}{mask}", f"vmul.vx {d}, {a}, t1{mask}", f"vfmacc.vf {d}, fa0, {a}{mask}", f"vle32.v {d}, (s0){mask}",
        f"vle32.v {d}, (a0)", f"vse32.v {d}, (s1){mask}", f"vse32.v {d}, (a1)", f"vlse32.v {d}, (a0), s3", f"vmv.x.s t2, {a}",
        f"vredsum.vs {d}, {a}, {a}", f"vmslt.vv v0, {a}, {b}", f"vmv.v.i {d}, 1", f"vdiv.vv {d}, {a}, {b}",
        f"vsetvli t3, s2, e32, m{lmul}, ta, ma",
        f"vfadd.vv {d}, {a}, {b}", f"vsll.vi {d}, {a}, 2", f"vmv.s.x {d}, t1",
    ])  # fmt: skip


def program(seed: int) -> str:
    """Three loops of random instructions, one inside another, over pointers that move by random steps."""
    r = random.Random(seed)
    lmul = r.choice([1, 1, 2, 4])
    share = r.choice([0.0, 0.3, 0.6])
    lines = [".globl f", "f: addi sp, sp, -64"]
    lines += [f"sd s{i}, {8 * i}(sp)" for i in range(6)]
    lines += ["li t0, 8192", "add a1, a0, t0", "mv s0, a0", "mv s1, a1", "li s3, 12", f"li s2, {r.choice([3, 9, 32, 1000])}"]
    lines += [f"li t{i}, {r.randrange(1, 99)}" for i in range(1, 6)]
    lines += [f"fcvt.s.w fa{i}, t{i + 1}" for i in range(4)]
    lines += [f"vsetvli t3, s2, e32, m{lmul}, ta, ma", "li s5, 3", "2:"]
    for label in (3, 4):
        lines += [f"li s4, {r.choice([3, 17, 60, 150])}", "mv s0, a0", "mv s1, a1", f"{label}:"]
        for _ in range(r.randrange(1, 14)):
            lines.append(vector_instruction(r, lmul) if r.random() < share else scalar_instruction(r))
        lines += [f"addi s0, s0, {r.choice([0, 4, 4, 8, 16, 64])}", f"addi s1, s1, {r.choice([0, 4, 16])}"] if r.random() < 0.8 else []
        lines += ["addi s4, s4, -1", f"bnez s4, {label}b"]
        if r.random() < 0.5:
            lines += [vector_instruction(r, lmul) if r.random() < share else scalar_instruction(r) for _ in range(5)]
    lines += ["addi s5, s5, -1", "bnez s5, 2b"]
    lines += [f"ld s{i}, {8 * i}(sp)" for i in range(6)]
    return "\n".join([*lines, "addi sp, sp, 64", "ret", ""])


class Nest:
    """A program of random nested loops with branches that depend on data, early exits, calls, returns through a table, and stores
    that are loaded again."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lmul = self.r.choice([1, 1, 2, 4])
        self.share = self.r.choice([0.0, 0.0, 0.2, 0.5])
        self.labels = 0
        self.functions: list[list[str]] = []

    def label(self) -> str:
        self.labels += 1
        return f".L{self.labels}"

    def straight(self, most: int) -> list[str]:
        r = self.r
        return [vector_instruction(r, self.lmul) if r.random() < self.share else scalar_instruction(r) for _ in range(r.randrange(1, most))]

    def condition(self) -> list[str]:
        """Sets t6 by data or counters; how often it is 0 differs."""
        r = self.r
        return r.choice([
            [f"andi t6, s{r.randrange(4, 7)}, {r.choice([1, 3, 7])}"],
            ["ld t6, 0(s0)", f"andi t6, t6, {r.choice([1, 3])}"],
            [f"srli t6, s7, {r.randrange(60)}", "andi t6, t6, 1"],
            ["sltiu t6, s4, 5"],
        ])  # fmt: skip

    def shuffle(self) -> list[str]:
        """The next of a sequence of numbers."""
        return ["slli t6, s7, 13", "xor s7, s7, t6", "srli t6, s7, 7", "xor s7, s7, t6", "slli t6, s7, 17", "xor s7, s7, t6"]

    def block(self, depth: int) -> list[str]:
        r = self.r
        lines = []
        for _ in range(r.randrange(1, 4)):
            kind = r.choice(["straight", "straight", "if", "if", "else", "call", "jump", "shuffle", "loop", "vl"])
            if kind == "loop" and depth:
                lines += self.loop(depth - 1)
            elif kind == "if":
                end = self.label()
                lines += [*self.condition(), f"{r.choice(['beqz', 'bnez'])} t6, {end}", *self.straight(5), f"{end}:"]
            elif kind == "else":
                other, end = self.label(), self.label()
                lines += [*self.condition(), f"beqz t6, {other}", *self.straight(5), f"j {end}", f"{other}:", *self.straight(5), f"{end}:"]
            elif kind == "call":
                lines += [r.choice(["call", "jal"]) + f" {self.function()}"]
            elif kind == "jump":
                table, one, two = self.label(), self.label(), self.label()
                lines += [*self.condition(), "snez t6, t6", f"lla ra, {table}", "slli t6, t6, 3", "add ra, ra, t6", "ld ra, 0(ra)", "jr ra"]
                lines += [f"{one}:", *self.straight(3), f"{two}:"]
                lines += [".section .rodata", ".balign 8", f"{table}: .dword {one}, {two}", ".text"]
            elif kind == "shuffle":
                lines += self.shuffle()
            elif kind == "vl" and self.share:
                lines += ["andi t6, s7, 15", f"vsetvli t3, t6, e{r.choice([32, 32, 64])}, m{self.lmul}, ta, ma"]
            else:
                lines += self.straight(8)
        return lines

    def function(self) -> str:
        if len(self.functions) < 3:
            name = f"g{len(self.functions)}"
            self.functions.append([f"{name}:", *self.straight(6), *self.condition(), "beqz t6, 9f", *self.straight(4), "9: ret"])
        return f"g{self.r.randrange(len(self.functions))}"

    def loop(self, depth: int) -> list[str]:
        r = self.r
        head, out = self.label(), self.label()
        counter = f"s{4 + depth}"
        pointers = ["mv s0, a0", "mv s1, a1"] if r.random() < 0.5 else []
        exits = [*self.condition(), *self.condition()[:1], f"beqz t6, {out}"] if r.random() < 0.3 else []
        steps = [f"addi s0, s0, {r.choice([0, 4, 8, 64])}", f"addi s1, s1, {r.choice([0, 4, 16])}", "slli t6, s0, 52", "srli t6, t6, 52",
                 "add s0, a0, t6", "slli t6, s1, 53", "srli t6, t6, 53", "add s1, a1, t6"] if r.random() < 0.5 else []  # fmt: skip
        times = r.choice([2, 3, 5, 8, 20, 40])
        return [*pointers, f"li {counter}, {times}", f"{head}:", *self.block(depth), *exits, *steps, f"addi {counter}, {counter}, -1",
                f"bnez {counter}, {head}", f"{out}:"]  # fmt: skip

    def program(self) -> str:
        r = self.r
        saved = [f"s{i}" for i in range(9)] + ["ra"]
        body = [self.loop(2) for _ in range(2)]
        lines = [".text", ".globl f", "f: addi sp, sp, -96", *(f"sd {name}, {8 * i}(sp)" for i, name in enumerate(saved))]
        lines += ["li t0, 8192", "add a1, a0, t0", "mv s0, a0", "mv s1, a1", "li s3, 12", f"li s2, {r.choice([3, 9, 32, 1000])}"]
        lines += ["li s4, 1", "li s5, 1", "li s6, 1", "li s7, 88172645463325252"]
        lines += [f"li t{i}, {r.randrange(1, 99)}" for i in range(1, 6)]
        lines += [f"fcvt.s.w fa{i}, t{i + 1}" for i in range(4)]
        lines += [f"vsetvli t3, s2, e32, m{self.lmul}, ta, ma", "li s8, 4", "1:", *body[0], *body[1], *self.shuffle(), "addi s8, s8, -1"]
        lines += ["beqz s8, 2f", "j 1b", "2:", *(f"ld {name}, {8 * i}(sp)" for i, name in enumerate(saved)), "addi sp, sp, 96", "ret"]
        return "\n".join([*lines, *(line for function in self.functions for line in function), ""])


@pytest.mark.parametrize("machine", MACHINES)
def test_random_nests(machine: str) -> None:
    enough(sum(assert_same(Nest(seed).program(), machine, seed) for seed in range(10)), 5000)


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_random_nests(machine: str) -> None:
    vlens = (None, None, 1024, 2048)
    enough(sum(assert_same(Nest(seed).program(), machine, seed, vlens[seed % 4]) for seed in range(100, 400)), 5000)


@pytest.mark.parametrize("machine", MACHINES)
def test_random_loops(machine: str) -> None:
    enough(sum(assert_same(program(seed), machine, seed) for seed in range(12)), 5000)


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_random_loops(machine: str) -> None:
    vlens = (None, None, 1024, 2048)
    enough(sum(assert_same(program(seed), machine, seed, vlens[seed % 4]) for seed in range(100, 500)), 5000)


def streams(seed: int) -> str:
    """Loops of random vector instructions whose loads and stores go through a mebibyte: lines arrive at many different times, stores wait
    for others to leave the caches, and all of that comes again and again."""
    r = random.Random(seed)
    lmul = r.choice([1, 2, 4])
    lines = [".globl f", "f: addi sp, sp, -64", *(f"sd s{i}, {8 * i}(sp)" for i in range(6))]
    lines += ["li t0, 0x7ffff", "li t1, 0x80000", "add a1, a0, t1", "li s3, 12", f"li s2, {r.choice([9, 32, 1000])}"]
    lines += ["li s0, 0", "li s1, 0", "fcvt.s.w fa0, t1", f"vsetvli t3, s2, e32, m{lmul}, ta, ma"]
    lines += [f"li s5, {r.choice([20, 60])}", "1:", f"li s4, {r.choice([3, 8, 30])}", "2:"]
    lines += ["add t4, a0, s0", "add t5, a1, s1"]
    for _ in range(r.randrange(3, 16)):
        d, a, b = (f"v{lmul * r.randrange(1, 32 // lmul)}" for _ in range(3))
        lines.append(r.choice([
            f"vle32.v {d}, (t4)", f"vle32.v {d}, (t4)", f"vse32.v {d}, (t5)", f"vse32.v {d}, (t5)", f"vfmacc.vf {d}, fa0, {a}",
            f"vfmacc.vf {d}, fa0, {a}", f"vadd.vv {d}, {a}, {b}", "flw fa0, 0(t4)", "lw t2, 8(t5)", "add t3, t2, t3", "sw t3, 4(t5)",
            f"vsll.vi {d}, {a}, 2", f"vlse32.v {d}, (t4), s3", f"vse32.v {d}, (t4)", f"vle32.v {d}, (a0)",
        ]))  # fmt: skip
        lines += ["addi t4, t4, 4"] if r.random() < 0.2 else []
    lines += [f"addi s0, s0, {r.choice([4, 64, 256, 520])}", "and s0, s0, t0"]
    lines += [f"addi s1, s1, {r.choice([64, 256, 1024])}", "and s1, s1, t0", "addi s4, s4, -1", "bnez s4, 2b"]
    lines += [*(["vse32.v v8, (t5)"] if r.random() < 0.5 else []), f"addi s0, s0, -{r.choice([64, 256, 2000])}"]
    lines += ["and s0, s0, t0", "addi s5, s5, -1", "bnez s5, 1b", *(f"ld s{i}, {8 * i}(sp)" for i in range(6)), "addi sp, sp, 64", "ret"]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("machine", MACHINES)
def test_streams(machine: str) -> None:
    enough(sum(assert_same(streams(seed), machine, seed, nbytes=(1 << 20) + (1 << 16)) for seed in range(8)), 5000)


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_many_streams(machine: str) -> None:
    vlens = (None, 512, 1024, 2048)
    enough(sum(assert_same(streams(seed), machine, seed, vlens[seed % 4], (1 << 20) + (1 << 16)) for seed in range(100, 400)), 5000)


@pytest.mark.parametrize("machine", ["ara-4l", "spacemit-x60"])
@pytest.mark.parametrize("name", NAMES)
def test_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, name: str) -> None:
    """The benchmark programs, whole."""
    elf = build(name, 1, tmp_path, *SMALL[name])
    models: list[TimingModel] = []

    def make(*arguments: object) -> TimingModel:
        models.append(TimingModel(*arguments))
        models[-1].replays = len(models) == 2
        return models[-1]

    monkeypatch.setattr(machine_module, "TimingModel", make)
    plain, replayed = ((rvsim.run_elf(elf, machine, vlen=512).stdout, figures(models[-1])) for _ in range(2))
    assert plain == replayed
    assert models[0].replayed == 0
    enough(models[1].replayed, 0)


def test_answers_that_vary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that come from the second level and from memory at hundreds of different times, with nearly all of it replayed."""
    elf = build("conv2d", 8, tmp_path)
    models: list[TimingModel] = []

    def make(*arguments: object) -> TimingModel:
        models.append(TimingModel(*arguments))
        models[-1].replays = len(models) == 2
        return models[-1]

    monkeypatch.setattr(machine_module, "TimingModel", make)
    plain, replayed = ((rvsim.run_elf(elf, "spacemit-x60", vlen=512), figures(models[-1])) for _ in range(2))
    assert plain[1] == replayed[1]
    assert plain[0].instructions is not None
    enough(models[1].replayed, plain[0].instructions * 9 // 10)


@pytest.mark.parametrize("machine", ["ara-4l", "spacemit-x60", "generic"])
@pytest.mark.parametrize("kernel", ["matmul m=28 n=96 k=160", "conv2d", "softmax", "axpy n=4000"])
def test_kernels(machine: str, kernel: str) -> None:
    name, *sizes = kernel.split()
    found = []
    for replays in (False, True):
        target = rvsim.Machine(machine)
        target.model.replays = replays
        target.run(name, **{key: int(value) for key, value in (size.split("=") for size in sizes)})
        found.append(figures(target.model))
    assert found[0] == found[1]


def test_code_that_changes_while_its_loop_is_replayed() -> None:
    """A store over the loop's own code, in its fiftieth iteration."""
    source = """
        .section .code, "awx"
        .globl f
        .option norvc
    f:  lla t1, 2f
        lla t3, patch
        lw t4, 0(t3)
        sub t1, t1, a0
        li t0, 100
        li t5, 50
    1:  addi t2, t2, 1
    2:  addi t2, t2, 2
        sub t6, t5, t0              # the code once, otherwise the array
        seqz t6, t6
        neg t6, t6
        and t6, t6, t1
        add t6, t6, a0
        sw t4, 0(t6)
        addi t0, t0, -1
        bnez t0, 1b
        fence.i
        ret
    patch:
        addi t2, t2, 7
    """
    for machine in ("generic", "ara-4l"):
        enough(assert_same(source, machine, 0), 300)
