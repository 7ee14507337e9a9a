"""Bare-metal programs: HTIF exit, console and system calls, traps with a handler, limits, signatures."""

from __future__ import annotations

from pathlib import Path

import pytest

import rvsim
from rvsim.toolchain import build

HEAD = """
    .section .text
    .globl _start
_start:
"""
TAIL = """
    .section .tohost, "aw"
    .balign 64
    .globl tohost
tohost: .dword 0
    .globl fromhost
fromhost: .dword 0
    .section .data
    .balign 16
    .globl begin_signature
begin_signature:
    .dword 0x1122334455667788, 1
    .globl end_signature
end_signature:
block: .dword 64, 1, text, 6, 0, 0, 0, 0
text: .ascii "hello\\n"
"""


def program(tmp_path: Path, body: str) -> Path:
    source = tmp_path / "program.S"
    source.write_text(HEAD + body + TAIL)
    return build(source, link="bare")


EXIT_0 = "    li t0, 1\n    la t1, tohost\n    sd t0, (t1)\n1:  j 1b\n"


@pytest.mark.parametrize("functional", [False, True])
def test_exit_codes(tmp_path: Path, functional: bool) -> None:
    for code in (0, 3, 1337):
        elf = program(tmp_path, f"    li t0, {code << 1 | 1}\n    la t1, tohost\n    sd t0, (t1)\n1:  j 1b\n")
        result = rvsim.run_elf(elf, functional=functional)
        assert (result.exit_code, result.stopped) == (code, "exit")
        assert (result.cycles is None) == functional


def test_exit_by_two_word_stores(tmp_path: Path) -> None:
    body = "1:  li t0, 7\n    la t1, tohost\n    sw t0, (t1)\n    sw zero, 4(t1)\n    j 1b\n"
    assert rvsim.run_elf(program(tmp_path, body)).exit_code == 3


def test_exit_by_one_word_store_and_a_spin(tmp_path: Path) -> None:
    body = "    li t0, 9\n    la t1, tohost\n    sw t0, (t1)\n1:  j 1b\n"
    assert rvsim.run_elf(program(tmp_path, body), functional=True).exit_code == 4


def test_console_by_character(tmp_path: Path) -> None:
    body = "".join(
        f"    li t0, {1 << 56 | 1 << 48 | ord(c)}\n    la t1, tohost\n    sd t0, (t1)\n2:  ld t2, (t1)\n    bnez t2, 2b\n" for c in "aA!\n"
    ).replace("2:", "2:")
    assert rvsim.run_elf(program(tmp_path, body + EXIT_0)).stdout == b"aA!\n"


def test_a_long_text_is_not_cut(tmp_path: Path) -> None:
    body = f"""
    li s0, 100000
    la t1, tohost
    li t0, {1 << 56 | 1 << 48 | ord("x")}
3:  sd t0, (t1)
    addi s0, s0, -1
    bnez s0, 3b
"""
    assert rvsim.run_elf(program(tmp_path, body + EXIT_0), functional=True).stdout == b"x" * 100000


def test_write_system_call(tmp_path: Path) -> None:
    body = """
    la t0, block
    la t1, tohost
    sd t0, (t1)
2:  la t2, fromhost
    ld t3, (t2)
    beqz t3, 2b
    la t0, block
    ld t3, (t0)
    li t4, 6
    bne t3, t4, 3f
"""
    fail = "3:  li t0, 5\n    la t1, tohost\n    sd t0, (t1)\n4:  j 4b\n"
    chunks: list[bytes] = []
    result = rvsim.run_elf(program(tmp_path, body + EXIT_0 + fail), output=chunks.append)
    assert result.exit_code == 0 and result.stdout == b"hello\n" == b"".join(chunks)


def test_a_trap_goes_to_the_programs_handler(tmp_path: Path) -> None:
    body = """
    la t0, handler
    csrw mtvec, t0
    .word 0xffffffff
    li a1, 7
    ecall
    li t0, 1
    la t1, tohost
    sd t0, (t1)
1:  j 1b
    .balign 4
handler:
    csrr t0, mcause
    add a0, a0, t0
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    li t2, 13
    bne a0, t2, 2f
    li t0, 27
    la t1, tohost
    sd t0, (t1)
2:  mret
"""
    assert rvsim.run_elf(program(tmp_path, body)).exit_code == 13  # illegal instruction 2 + environment call 11


def test_a_trap_without_a_handler_ends_the_run(tmp_path: Path) -> None:
    result = rvsim.run_elf(program(tmp_path, "    ld a0, (zero)\n" + EXIT_0))
    assert (result.exit_code, result.stopped) == (1, "trap")
    assert result.error is not None and "load outside memory" in result.error and "_start" in result.error


def test_the_limit_says_where(tmp_path: Path) -> None:
    result = rvsim.run_elf(program(tmp_path, "1:  j 1b\n"), max_instructions=1000)
    assert (result.exit_code, result.stopped, result.instructions) == (1, "limit", 1000)
    assert result.error is not None and "_start" in result.error


def test_a_trap_loop_meets_the_limit(tmp_path: Path) -> None:
    body = "    la t0, h\n    csrw mtvec, t0\n    .balign 4\nh:  .word 0xffffffff\n"
    assert rvsim.run_elf(program(tmp_path, body), max_instructions=5000).stopped == "limit"


def test_signature(tmp_path: Path) -> None:
    out = tmp_path / "signature"
    rvsim.run_elf(program(tmp_path, EXIT_0), signature=out)
    assert out.read_text() == "1122334455667788\n0000000000000001\n"


def test_self_modifying_code(tmp_path: Path) -> None:
    body = """
    la t0, 3f
    li t1, 0x00500513           # addi a0, zero, 5
    jal ra, 3f                  # runs, and is decoded
    sw t1, (t0)
    fence.i
    jal ra, 3f
    slli t0, a0, 1
    ori t0, t0, 1
    la t1, tohost
    sd t0, (t1)
1:  j 1b
    .option norvc
3:  addi a0, zero, 9
    ret
"""
    assert rvsim.run_elf(program(tmp_path, "    .option norvc\n" + body)).exit_code == 5


def test_counters(tmp_path: Path) -> None:
    body = """
    csrr s0, minstret
    nop
    nop
    csrr s1, minstret
    sub s1, s1, s0
    slli t0, s1, 1
    ori t0, t0, 1
    la t1, tohost
    sd t0, (t1)
1:  j 1b
"""
    for functional in (True, False):
        assert rvsim.run_elf(program(tmp_path, body), functional=functional).exit_code == 3


def test_user_mode_and_back(tmp_path: Path) -> None:
    body = """
    la t0, handler
    csrw mtvec, t0
    la t0, user
    csrw mepc, t0
    csrw mstatus, zero          # MPP = user
    mret
user:
    csrr t0, mstatus            # illegal here
    .balign 4
handler:
    csrr a0, mcause
    slli t0, a0, 1
    ori t0, t0, 1
    la t1, tohost
    sd t0, (t1)
1:  j 1b
"""
    assert rvsim.run_elf(program(tmp_path, body)).exit_code == 2


def test_functions_are_no_programs(tmp_path: Path) -> None:
    source = tmp_path / "f.S"
    source.write_text("    .globl f\nf:  ret\n")
    with pytest.raises(rvsim.UsageError, match="no `tohost` symbol"):
        rvsim.run_elf(build(source))
