"""Instruction sequences for the timing tests, as `rvsim.timing.player.play` takes them.

Each function returns a list of (mnemonic, registers, event) that stands for a kernel; nothing is
executed, addresses and vl are given.
"""

from __future__ import annotations

from typing import Any

Item = tuple[str, dict[str, Any], dict[str, Any]]


class _Program:
    """Collects items with explicit addresses, so that loops are loops to the model."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.pc = 0

    def add(self, name: str, regs: dict[str, int], event: dict[str, Any] | None = None) -> None:
        self.items.append((name, regs, {**(event or {}), "pc": self.pc}))
        self.pc += 4


def blocking(rows: int) -> tuple[int, int]:
    """Rows and LMUL of a block in Ara's own fmatmul, by the height of the matrix."""
    if rows <= 4 or rows > 128:
        return 4, 4
    return (16, 1) if 8 < rows <= 64 else (8, 2)


def fmatmul(m: int, n: int, p: int, vlen: int) -> list[Item]:
    """C = A B in f64, A m x n, blocked as in `blocking`: the steady loop is R x (vfmacc.vf, fld, add) and one vle64.v a step."""
    rows, lmul = blocking(m)
    a, b = 0x10000, 0x10000 + 8 * m * n
    program = _Program()
    limit = vlen * lmul // 64
    for column in range(0, p, limit):
        shape = {"vtype": (64, lmul), "vl": min(limit, p - column)}
        program.pc = 0
        program.add("vsetvli", {"rd": 5, "rs1": 6}, shape)
        for name in ("sub", "add", "add"):
            program.add(name, {"rd": 5, "rs1": 5, "rs2": 6})
        program.add("vsetvli", {"rd": 0, "rs1": 5}, shape)
        for row in range(0, m, rows):
            program.pc = 24
            _block(program, shape, a + 8 * row * n, b + 8 * column, b + 8 * (n * p + row * p + column), rows, lmul, n, p)
    return program.items


def _block(program: _Program, shape: dict[str, Any], a: int, b: int, c: int, rows: int, lmul: int, n: int, p: int) -> None:
    for i in range(rows):
        program.add("vmv.v.i", {"vd": i * lmul}, shape)
    program.add("vle64.v", {"vd": rows * lmul, "rs1": 8}, {**shape, "addr": b})
    for i in range(rows):
        program.add("fld", {"rd": i, "rs1": 9}, {"addr": a + 8 * i * n})
        program.add("add", {"rd": 9, "rs1": 9, "rs2": 10})
    loop = program.pc
    for step in range(n):
        program.pc = loop + (step % 2) * (12 * rows + 32) + (0x4000 if step == n - 1 else 0)
        source, target = rows * lmul + (step % 2) * lmul, rows * lmul + ((step + 1) % 2) * lmul
        for name in ("addi", "slli", "add"):  # a = &A[row][n + 1]
            program.add(name, {"rd": 12 if name == "addi" else 9, "rs1": 12 if name != "add" else 9})
        if step % 2:
            program.add("beq", {"rs1": 12, "rs2": 13})
        for i in range(rows):
            program.add("vfmacc.vf", {"vd": i * lmul, "rs1": i, "vs2": source}, shape)
            if step == n - 1:
                program.add("vse64.v", {"vs3": i * lmul, "rs1": 11}, {**shape, "addr": c + 8 * i * p})
                program.add("add", {"rd": 11, "rs1": 11, "rs2": 10})
                continue
            program.add("fld", {"rd": i, "rs1": 9}, {"addr": a + 8 * (i * n + step + 1)})
            program.add("add", {"rd": 9, "rs1": 9, "rs2": 10})
            if i == 0:
                program.add("add", {"rd": 8, "rs1": 8, "rs2": 10})
                program.add("vle64.v", {"vd": target, "rs1": 8}, {**shape, "addr": b + 8 * (step + 1) * p})
        if step % 2 and step < n - 1:
            program.add("bne", {"rs1": 12, "rs2": 13, "imm": loop - program.pc})


def dot(n: int, vlen: int, integer: bool) -> list[Item]:
    """Strip-mined dot product of 64-bit elements at m8: two loads, multiply(-add), one reduction at the end."""
    multiply, accumulate = ("vmul.vv", "vmacc.vv") if integer else ("vfmul.vv", "vfmacc.vv")
    program = _Program()
    limit = vlen * 8 // 64
    shape = {"vtype": (64, 8), "vl": min(n, limit)}
    program.add("vsetvli", {"rd": 5, "rs1": 6}, shape)
    program.add("vmv.s.x" if integer else "vfmv.s.f", {"vd": 0, "rs1": 7}, shape)
    for done in range(0, n, limit):
        shape = {"vtype": (64, 8), "vl": min(limit, n - done)}
        program.pc = 8
        program.add("vsetvli", {"rd": 5, "rs1": 6}, shape)
        for vd, base in ((8, 0x10000), (16, 0x10000 + 8 * n)):
            program.add("vle64.v", {"vd": vd, "rs1": vd}, {**shape, "addr": base + 8 * done})
            program.add("add", {"rd": 9, "rs1": 9, "rs2": 5})
        program.pc += 0 if done == 0 else 4
        program.add(multiply if done == 0 else accumulate, {"vd": 24, "vs2": 8, "vs1": 16}, shape)
        program.pc = 40
        program.add("sub", {"rd": 6, "rs1": 6, "rs2": 5})
        program.add("bne", {"rs1": 6, "rs2": 0, "imm": 8 - program.pc})
    program.add("vredsum.vs" if integer else "vfredusum.vs", {"vd": 0, "vs2": 24, "vs1": 0}, shape)
    program.add("vmv.x.s" if integer else "vfmv.f.s", {"rd": 10, "vs2": 0}, shape)
    return program.items


def sgemm(rows: int, n: int, k: int, vlen: int, lmul: int) -> list[Item]:
    """One block of an f32 matmul: `rows` accumulators of `lmul` registers, k steps of one load and `rows` vfmacc.vf."""
    shape = {"vtype": (32, lmul), "vl": min(n, vlen * lmul // 32)}
    program = _Program()
    program.add("vsetvli", {"rd": 5, "rs1": 6}, shape)
    loop = program.pc
    for step in range(k):
        program.pc = loop
        program.add("vle32.v", {"vd": rows * lmul, "rs1": 8}, {**shape, "addr": 0x20000 + 4 * n * step})
        for i in range(rows):
            program.add("flw", {"rd": i, "rs1": 9 + i}, {"addr": 0x10000 + 4 * (i * k + step)})
        for i in range(rows):
            program.add("vfmacc.vf", {"vd": i * lmul, "rs1": i, "vs2": rows * lmul}, shape)
        for i in range(rows):
            program.add("addi", {"rd": 9 + i, "rs1": 9 + i})
        program.add("add", {"rd": 8, "rs1": 8, "rs2": 20})
        program.add("bne", {"rs1": 9, "rs2": 21, "imm": loop - program.pc})
    return program.items


def stream(n: int, vlen: int, lmul: int) -> list[Item]:
    """y += a x over n f32 elements: two loads, vfmacc.vf, one store a strip."""
    program = _Program()
    limit = vlen * lmul // 32
    for done in range(0, n, limit):
        shape = {"vtype": (32, lmul), "vl": min(limit, n - done)}
        program.pc = 0
        program.add("vsetvli", {"rd": 5, "rs1": 6}, shape)
        program.add("vle32.v", {"vd": 8, "rs1": 8}, {**shape, "addr": 0x100000 + 4 * done})
        program.add("vle32.v", {"vd": 16, "rs1": 9}, {**shape, "addr": 0x900000 + 4 * done})
        program.add("vfmacc.vf", {"vd": 16, "rs1": 10, "vs2": 8}, shape)
        program.add("vse32.v", {"vs3": 16, "rs1": 9}, {**shape, "addr": 0x900000 + 4 * done})
        program.add("add", {"rd": 8, "rs1": 8, "rs2": 11})
        program.add("add", {"rd": 9, "rs1": 9, "rs2": 11})
        program.add("sub", {"rd": 6, "rs1": 6, "rs2": 5})
        program.add("bne", {"rs1": 6, "rs2": 0, "imm": -program.pc})
    return program.items
