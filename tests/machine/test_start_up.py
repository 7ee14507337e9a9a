"""The start-up and trap code that self-checking programs bring: probing CSRs behind a moved mtvec, user mode, ecall to end."""

from __future__ import annotations

from pathlib import Path

import pytest

import rvsim
from rvsim.toolchain import build

TEXT = """
    .globl _start
_start:
    j reset
    .balign 4
trap_vector:
    csrr t5, mcause
    li t6, 8                        # environment call from user mode
    beq t5, t6, write_tohost
    li t6, 11
    beq t5, t6, write_tohost
    la t5, {handler}
    beqz t5, 1f
    jr t5
1:  ori gp, gp, 1337
write_tohost:
    la t5, tohost
    sw gp, 0(t5)
    sw zero, 4(t5)
    j write_tohost
reset:
    csrr a0, mhartid
1:  bnez a0, 1b
    la t0, 1f
    csrw mtvec, t0
    csrwi 0x744, 8                  # mnstatus
    .balign 4
1:  la t0, 1f
    csrw mtvec, t0
    csrwi satp, 0
    .balign 4
1:  la t0, 1f
    csrw mtvec, t0
    li t0, (1 << 53) - 1
    csrw pmpaddr0, t0
    li t0, 0x1f
    csrw pmpcfg0, t0
    .balign 4
1:  csrwi mie, 0
    la t0, 1f
    csrw mtvec, t0
    csrwi medeleg, 0
    csrwi mideleg, 0
    .balign 4
1:  li gp, 0
    la t0, trap_vector
    csrw mtvec, t0
    li t0, 0x6600                   # FS and VS
    csrs mstatus, t0
    csrwi fcsr, 0
    csrwi vcsr, 0
    li t0, 0x1800
    csrc mstatus, t0                # MPP = user
    la t0, 1f
    csrw mepc, t0
    mret
1:
{body}
    .section .tohost, "aw", @progbits
    .balign 64
    .globl tohost
tohost: .dword 0
    .globl fromhost
fromhost: .dword 0
"""
PASS = "    fence\n    li gp, 1\n    li a7, 93\n    li a0, 0\n    ecall\n"
FAIL = "    fence\n    slli gp, gp, 1\n    ori gp, gp, 1\n    ecall\n"


def code(tmp_path: Path, body: str, handler: str = "0", functional: bool = True) -> int:
    source = tmp_path / "p.S"
    source.write_text(TEXT.format(body=body, handler=handler))
    result = rvsim.run_elf(build(source, link="bare"), functional=functional, max_instructions=100_000)
    assert result.stopped == "exit"
    return result.exit_code


@pytest.mark.parametrize("functional", [True, False])
def test_pass_and_fail(tmp_path: Path, functional: bool) -> None:
    assert code(tmp_path, PASS, functional=functional) == 0
    assert code(tmp_path, "    li gp, 21\n" + FAIL, functional=functional) == 21


def test_flags_are_those_of_each_operation(tmp_path: Path) -> None:
    body = """
    li gp, 2
    li t0, 1
    fcvt.d.l fa0, t0
    li t0, 3
    fcvt.d.l fa1, t0
    fsflags zero
    fdiv.d fa2, fa0, fa1
    fsflags t1, zero
    li t2, 1                        # inexact
    bne t1, t2, fail
    fmv.d.x fa3, zero
    fdiv.d fa2, fa0, fa3
    fsflags t1, zero
    li t2, 8                        # division by zero
    bne t1, t2, fail
    vsetivli zero, 4, e64, m1, ta, ma
    vfmv.v.f v8, fa0
    vfmv.v.f v9, fa1
    vfdiv.vv v10, v8, v9
    frflags t1
    li t2, 1
    bne t1, t2, fail
    csrr t1, fcsr
    bne t1, t2, fail
"""
    assert code(tmp_path, body + PASS + "fail:\n" + FAIL) == 0


def test_own_handler_for_an_illegal_instruction(tmp_path: Path) -> None:
    body = (
        """
    li gp, 2
    .word 0xffffffff
    li gp, 3
    csrr t0, mstatus                # machine mode's, so illegal in user mode
    li gp, 4
"""
        + FAIL
        + """
    .balign 4
handler:
    li t0, 2
    csrr t1, mcause
    bne t0, t1, 1f
    csrr t1, mtval
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    addi s0, s0, 1
    li t1, 2
    bne s0, t1, 2f
    li gp, 1
    j write_tohost
2:  mret
1:  li gp, 11
    j write_tohost
"""
    )
    assert code(tmp_path, body, "handler") == 0


def test_vector_units_are_off_after_reset(tmp_path: Path) -> None:
    body = """
    .balign 4
    li gp, 5
    vsetivli zero, 4, e32, m1, ta, ma
    vmv.v.i v8, 1
    li gp, 1
    j done
done:
"""
    assert code(tmp_path, body + PASS) == 0
    off = TEXT.replace("li t0, 0x6600", "li t0, 0x6000").replace("csrwi vcsr, 0", "nop")
    source = tmp_path / "off.S"
    source.write_text(off.format(body=body + PASS, handler="0"))
    assert rvsim.run_elf(build(source, link="bare"), functional=True).exit_code == (5 | 1337) >> 1
