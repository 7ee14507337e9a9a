"""The rows of the open Ara vector unit, measured in RTL simulation: straight-line bodies, short loops, three applications.

Micro-benchmarks: K copies of a body between two reads of the clock, the second after a read of `vl` that makes Ara drain; the
second pass counts, so instructions are in the cache. Sources are v8 and v16, destinations rotate from v24 up. Applications: our own
code in the instruction order that the notes on the measurements state, warm; the clock runs from the first vector instruction
to the end of the last one. The reference's empty body takes 6 cycles; ours is subtracted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from rvsim import engine
from rvsim.engine import EXECUTE, READ, WRITE
from rvsim.isa import BY_NAME

from .assembler import assemble
from .loops import Loop, NotExecutable, registers

CODE, LANDING, X, Y, OUT = 0x2100_0000, 0x2200_0000, 0x3100_0000, 0x3200_0000, 0x3300_0000
SPAN = 1 << 20
EMPTY = 6  # cycles of an empty body in the reference

_SCALARS = {
    "scalar addi independent": "addi {x}, zero, 1",
    "scalar addi dependent": "addi t0, t0, 1",
    "scalar ld hit independent": "ld {x}, 0(a5)",
    "scalar ld hit dependent": "ld a5, 0(a5)",
    "scalar fld hit": "fld {f}, 8(a5)",
    "scalar fmadd.d dependent": "fmadd.d fa0, fa0, fa1, fa2",
    "scalar mul dependent": "mul t0, t0, t1",
    "scalar sd": "sd t0, 16(a5)",
}
_SEQUENCES = {
    "vle64 v8;vfadd v16,v8,v24;vse64 v16": "vle64.v v8, (a0); vfadd.vv v16, v8, v24; vse64.v v16, (a1)",
    "same, two register sets alternating": "vle64.v {a}, (a0); vfadd.vv {b}, {a}, v24; vse64.v {b}, (a1)",
    "axpy: vle x;vle y;vfmacc.vf y,fa0,x;vse y": "vle64.v v8, (a0); vle64.v v16, (a1); vfmacc.vf v16, fa0, v8; vse64.v v16, (a1)",
    "dot: vle a;vle b;vfmacc.vv acc": "vle64.v v8, (a0); vle64.v v16, (a1); vfmacc.vv v24, v8, v16",
    "memcpy: vle;vse": "vle64.v v8, (a0); vse64.v v8, (a1)",
    "vadd.vv + vfadd.vv independent interleaved": "vadd.vv v24, v8, v16; vfadd.vv v28, v8, v16",
    "vadd.vv + vmul.vv independent interleaved": "vadd.vv v24, v8, v16; vmul.vv v28, v8, v16",
    "vfmacc.vf + vslide1down independent": "vfmacc.vf v24, fa0, v8; vslide1down.vx v28, v16, t0",
    "vslide1down v8->v28 ; vfmacc.vf v24,fa0,v28 (dependent)": "vslide1down.vx v28, v8, t0; vfmacc.vf v24, fa0, v28",
    "4x vfmacc.vf on 4 accumulators sharing source": "; ".join(f"vfmacc.vf v{v}, fa0, v16" for v in (0, 4, 24, 28)),
    "4x (fld + vfmacc.vf) 4 accumulators": "; ".join(f"fld fa{i}, 8(a5); vfmacc.vf v{v}, fa{i}, v16" for i, v in enumerate((0, 4, 24, 28))),
    "vfadd WAR: vfadd v24,v8,v16;vfadd v8,v16,v16": "vfadd.vv v24, v8, v16; vfadd.vv v8, v16, v16",
    "vmul v24,v8,v16;vadd v28,v24,v8 (chain MFPU->ALU)": "vmul.vv v24, v8, v16; vadd.vv v28, v24, v8",
    "vadd v24,v8,v16;vmul v28,v24,v8 (chain ALU->MFPU)": "vadd.vv v24, v8, v16; vmul.vv v28, v24, v8",
    "vmv.x.s + dependent addi": "vmv.x.s t0, v8; addi t1, t0, 1",
    "vfmv.f.s + dependent fadd.d": "vfmv.f.s ft0, v8; fadd.d ft1, ft0, ft0",
    "vfredusum.vs;vfmv.f.s": "vfredusum.vs v24, v8, v16; vfmv.f.s ft0, v24",
    "vadd.vv;vmv.x.s;addi": "vadd.vv v24, v8, v16; vmv.x.s t0, v8; addi t1, t0, 1",
    "vle64 aligned": "vle64.v {d}, (a0)",
    "vle64 addr+8": "vle64.v {d}, (a3)",
    "vle64 crossing 4KiB page": "vle64.v {d}, (a4)",
    "vle8 addr+1 vl=512": "vle8.v {d}, (a6)",
    "vse64 then scalar ld same line": "vse64.v v24, (a5); ld t0, 0(a5)",
    "EEW change: e64 write then e32 read (reshuffle) vl=VLMAX": (
        "vadd.vv v24, v8, v16; vsetvli t0, zero, e32, m1; vadd.vv v28, v24, v24; vsetvli t0, zero, e64, m1"
    ),
}  # fmt: skip
_LOOPS = {
    "strip-mined axpy loop e64 m": """
        loop:
        vsetvli t0, a2, e64, m{m}
        vle64.v v8, (a0)
        vle64.v v16, (a1)
        vfmacc.vf v16, fa0, v8
        vse64.v v16, (a1)
        sub a2, a2, t0
        slli t0, t0, 3
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, loop
    """,
    "strip-mined memcpy loop e8 m": """
        loop:
        vsetvli t0, a2, e8, m{m}
        vle8.v v8, (a0)
        vse8.v v8, (a1)
        sub a2, a2, t0
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, loop
    """,
    "scalar loop: addi+bnez": """
        loop:
        addi a2, a2, -1
        bnez a2, loop
    """,
}
_MICRO = """
    vsetvli zero, a2, e{sew}, {lmul}
    csrrs zero, 0xc20, zero
    csrrs s2, 0xc00, zero
    {body}
    csrrs zero, 0xc20, zero
    csrrs s3, 0xc00, zero
    ret
"""
_DOT = """
    csrrs s2, 0xc00, zero
    vsetvli t0, a2, e64, m8, tu
    {zero} v0, {x0}
    vle64.v v8, (a0)
    slli t1, t0, 3
    add a0, a0, t1
    vle64.v v16, (a1)
    add a1, a1, t1
    {multiply} v24, v8, v16
    mv t2, t0
    sub a2, a2, t0
    beqz a2, end
loop:
    vsetvli t0, a2, e64, m8, tu
    vle64.v v8, (a0)
    slli t1, t0, 3
    add a0, a0, t1
    vle64.v v16, (a1)
    add a1, a1, t1
    {accumulate} v24, v8, v16
    sub a2, a2, t0
    bnez a2, loop
    vsetvli zero, t2, e64, m8, tu
end:
    {reduce} v0, v24, v0
    {read}, v0
    ret
"""


def body(kernel: str, sew: int, lmul: str, count: int) -> str:
    """Assembly of `count` repetitions of a micro-benchmark. Raises NotExecutable for one that is not known."""
    lines: list[str] = []
    for i in range(count):
        if kernel in _SCALARS or kernel in _SEQUENCES:
            text = _SCALARS.get(kernel) or _SEQUENCES[kernel]
            a, b = ("v8", "v16") if i % 2 == 0 else ("v12", "v20")
            target = _targets(1, lmul)
            text = text.format(x=f"t{2 + i % 4}", f=f"ft{i % 8}", a=a, b=b, d=f"v{target[i % len(target)]}")
        else:
            text = _single(kernel, lmul, i)
        lines += text.split(";")
    return "\n".join(lines)


def _targets(fields: int, lmul: str) -> tuple[int, ...]:
    size = max(1, int(registers(lmul))) * fields
    return (24, 0) if size == 8 else tuple(range(24, 32, size))


def _single(kernel: str, lmul: str, i: int) -> str:
    """The i-th copy of one instruction: `NAME [immediate] [chain] [masked] [stride=N] [...]`."""
    name, *words = kernel.split()
    if name not in BY_NAME:
        raise NotExecutable(f"the body of {kernel!r} is not known")
    row = BY_NAME[name]
    fields = max([2 if re.match(r"vf?w(?!red)", name) else 1, *(operand.nf for operand in row.operands)])
    places = _targets(fields, lmul)
    chain = "chain" in words
    reduction = name.startswith(("vred", "vfred"))
    target = f"v{24 if chain else places[i % len(places)]}"
    texts = {
        "vd": target, "vs3": "v8", "vs2": target if chain and not reduction else "v8", "vs1": target if chain and reduction else "v16",
        "rs1": "(a0)" if any(operand.cls == "mem" for operand in row.operands) else "t0", "rs2": "t1", "fs1": "fa0",
        "rd": "t2", "fd": "ft0", "simm5": "1", "uimm5": next((word for word in words if word.isdigit()), "1"), "v0": "v0",
    }  # fmt: skip
    operands = [texts[operand.name] for operand in row.operands if operand.cls != "vm"]
    return f"{name} {', '.join(operands)}" + (", v0.t" if "masked" in words else "")


def fmatmul(rows: int, lmul: int, n: int) -> str:
    """C = A B in f64 as Ara's own: blocks of `rows` accumulators of `lmul` registers, two steps of n unrolled, B double buffered.

    a0 A, a1 B, a2 C, a3 row stride of A in bytes, a4 of B and C; a5 columns, a6 rows.
    """
    size = rows * lmul
    buffers = (f"v{size}", f"v{size + lmul}")

    def step(source: str, target: str) -> list[str]:
        lines = ["addi t1, t1, 8", "mv t2, t1"]
        for i in range(rows):
            lines += [f"vfmacc.vf v{i * lmul}, f{_F[i]}, {source}", f"fld f{_F[i]}, 0(t2)", "add t2, t2, a3"]
            lines += ["add t3, t3, a4", f"vle64.v {target}, (t3)"] if i == 0 else []
        return lines

    last = ["mv t4, s6"]
    for i in range(rows):
        last += [f"vfmacc.vf v{i * lmul}, f{_F[i]}, {buffers[1]}", f"vse64.v v{i * lmul}, (t4)", "add t4, t4, a4"]
    lines = [
        "csrrs s2, 0xc00, zero", "strip:", f"vsetvli t0, a5, e64, m{lmul}", "mv s4, a6", "mv s5, a0", "mv s6, a2", "block:",
        *[f"vmv.v.i v{i * lmul}, 0" for i in range(rows)], "mv t3, a1", f"vle64.v {buffers[0]}, (t3)", "mv t1, s5", "mv t2, t1",
        *[line for i in range(rows) for line in (f"fld f{_F[i]}, 0(t2)", "add t2, t2, a3")],
        f"li t5, {n // 2 - 1}", "pair:", *step(*buffers), *step(*reversed(buffers)), "addi t5, t5, -1", "bnez t5, pair",
        *step(*buffers), *last, f"li t6, {rows}", "mul t5, t6, a3", "add s5, s5, t5", "mul t5, t6, a4", "add s6, s6, t5",
        f"addi s4, s4, -{rows}", "bnez s4, block", "sub a5, a5, t0", "slli t0, t0, 3", "add a1, a1, t0", "add a2, a2, t0",
        "bnez a5, strip", "ret",
    ]  # fmt: skip
    return "\n".join(lines)


_F = [f"t{i}" for i in range(8)] + [f"a{i}" for i in range(8)]


def blocking(height: int) -> tuple[int, int]:
    """Rows and LMUL of a block in Ara's own fmatmul, by the height of the matrix."""
    if height <= 4 or height > 128:
        return 4, 4
    return (16, 1) if 8 < height <= 64 else (8, 2)


class Bench:
    """A machine that takes the measures of the Ara rows."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        for address, size in ((CODE, 0x8000), (LANDING, 0x1000), (X, SPAN), (Y, SPAN), (OUT, SPAN)):
            loop.memory.map(address, size, READ | WRITE | EXECUTE)
        loop.memory.write(LANDING, b"\x73\x00\x10\x00")
        loop.hart.set_return(LANDING)
        self.empty = 0
        self.empty = self._micro("", 64, "m1", 1, "") - EMPTY

    def figure(self, name: str, params: Mapping[str, Any]) -> float:
        """Simulated cycles, in all or a repetition, as the row has it. Raises NotExecutable."""
        if name.startswith("app:"):
            return float(self._application(name[4:], params["size"]))
        kernel, sew, lmul = name, params["sew"], params["lmul"]
        vl = int(params["vl"]) if params["vl"] != "VLMAX" else int(self.loop.machine.config.vlen / sew * registers(lmul))
        for start, text in _LOOPS.items():
            if kernel.startswith(start):
                return float(self._micro(text.replace("{m}", kernel[len(start) :]), sew, lmul, int(params["size"]), kernel))
        totals = [
            self._micro(body(kernel, sew, lmul, count), sew, lmul, vl, kernel) for count in map(int, str(params["counts"]).split(".."))
        ]
        return float(totals[0]) if len(totals) == 1 else (totals[1] - totals[0]) / _distance(params["counts"])

    def _micro(self, text: str, sew: int, lmul: str, size: int, kernel: str) -> int:
        self._load(_MICRO.format(sew=sew, lmul=lmul, body=text))
        self._contents(kernel, sew)
        for _ in range(2):
            self._call({12: size})
        return self.loop.hart.get_x(19) - self.loop.hart.get_x(18) - self.empty

    def _application(self, kernel: str, size: str) -> int:
        sizes = [int(word) for word in re.findall(r"\d+", size)]
        self._contents(kernel, 64)
        if kernel == "fmatmul":
            m, n, p = sizes
            self._load(fmatmul(*blocking(m), n))
            arguments = {10: X, 11: X + 8 * m * n, 12: X + 8 * n * (m + p), 13: 8 * n, 14: 8 * p, 15: p, 16: m}
        elif kernel in ("dotproduct", "fdotproduct"):
            names = {
                "zero": "vmv.s.x",
                "x0": "zero",
                "multiply": "vmul.vv",
                "accumulate": "vmacc.vv",
                "reduce": "vredsum.vs",
                "read": "vmv.x.s a0",
            }
            floats = {
                "zero": "vfmv.s.f",
                "x0": "fa3",
                "multiply": "vfmul.vv",
                "accumulate": "vfmacc.vv",
                "reduce": "vfredusum.vs",
                "read": "vfmv.f.s fa0",
            }
            self._load(_DOT.format(**(floats if kernel == "fdotproduct" else names)))
            arguments = {11: X + 8 * sizes[0], 12: sizes[0]}
        else:
            raise NotExecutable(f"there is no code for {kernel}")
        for _ in range(2):
            end = self._call(arguments)
        return end - self.loop.hart.get_x(18)

    def _load(self, text: str) -> None:
        block = assemble(text)
        self.loop.memory.write(CODE, block)
        self.loop.hart.code_changed(CODE, len(block))

    def _contents(self, kernel: str, sew: int) -> None:
        """Operands: 3 where integers are divided, offsets where v8 is an index, 1.0 elsewhere; all elements active."""
        hart, vlen = self.loop.hart, self.loop.machine.config.vlen
        registers_ = hart.v_bytes()
        one = np.array([3], f"<u{sew // 8}") if kernel.startswith(("vdiv", "vrem")) else _ONE[sew]
        registers_[:] = np.resize(one, vlen // sew).view(np.uint8)
        registers_[0] = 0xFF
        if "xei" in kernel:
            registers_[8] = (8 * np.arange(vlen // 64, dtype="<u8")).view(np.uint8)

    def _call(self, arguments: Mapping[int, int]) -> int:
        """Run the code and return the cycle at which everything has ended."""
        hart, model, memory = self.loop.hart, self.loop.model, self.loop.memory
        model.drain()
        memory.write(OUT, np.array([OUT], "<u8"))
        page = X + 0x1000 - self.loop.machine.config.vlen // 16
        values = {1: LANDING, 5: 3, 6: 16, 10: X, 11: Y, 13: X + 8, 14: page, 15: OUT, 16: LANDING, 17: X + 1}
        for number, value in (values | {16: X + 1} | dict(arguments)).items():
            hart.set_x(number, value)
        for number, bits in ((10, 0x3FF0_0000_0000_0000), (11, 0x3FF0_0000_0000_0000), (12, 0), (13, 0)):
            hart.set_f(number, bits)
        hart.pc = CODE
        if engine.run(hart, model, 50_000_000) != "return":
            raise NotExecutable(f"{self.loop.name} lacks an instruction of this row")
        return int(model.drain())


_ONE = {8: np.array([1], "u1"), 16: np.array([1], "<f2"), 32: np.array([1], "<f4"), 64: np.array([1], "<f8")}


def _distance(counts: str) -> int:
    few, many = counts.split("..")
    return int(many) - int(few)
