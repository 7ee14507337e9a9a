"""Programs and machines that once crashed the process, gave a stale result, or ate the host's memory."""

from __future__ import annotations

from pathlib import Path

import pytest

import rvsim
from rvsim.engine import Hart, Memory, TimingModel, load_machine, run, timing_rows
from rvsim.toolchain import build

START = "    .section .text\n    .globl _start\n_start:\n    .option norvc\n"
EXIT = "    slli t0, a0, 1\n    ori t0, t0, 1\n    la t1, tohost\n    sd t0, (t1)\n9:  j 9b\n"
DATA = '    .section .tohost, "aw"\n    .balign 64\n    .globl tohost\ntohost: .dword 0\n'


def program(tmp_path: Path, body: str) -> Path:
    source = tmp_path / "p.S"
    source.write_text(START + body + DATA)
    return build(source, link="bare")


@pytest.mark.parametrize("functional", [True, False])
def test_a_handled_trap_of_an_indexed_access_is_not_timed(tmp_path: Path, functional: bool) -> None:
    body = (
        """
    li t0, 0x6600
    csrs mstatus, t0
    la t0, handler
    csrw mtvec, t0
    vsetivli zero, 16, e32, m1, ta, ma
    la t0, tohost
    vle32.v v4, (t0)
    vsetivli zero, 16, e32, m2, ta, ma
    vluxei32.v v3, (zero), v4       # illegal: v3 is no group of two
    vluxei32.v v8, (zero), v4       # faults
"""
        + EXIT
        + """
    .balign 4
handler:
    addi a0, a0, 1
    csrr t0, mepc
    addi t0, t0, 4
    csrw mepc, t0
    mret
"""
    )
    assert rvsim.run_elf(program(tmp_path, body), functional=functional).exit_code == 2


@pytest.mark.parametrize("functional", [True, False])
@pytest.mark.parametrize("target", ["-2", "-4", "0xfffffffff", "1"])
def test_jumps_to_the_ends_of_the_address_space(tmp_path: Path, target: str, functional: bool) -> None:
    result = rvsim.run_elf(program(tmp_path, f"    li t0, {target}\n    jr t0\n" + EXIT), functional=functional)
    assert result.stopped == "trap" and result.error is not None and "cannot be executed" in result.error


@pytest.mark.parametrize("functional", [True, False])
def test_a_store_to_the_second_half_of_an_instruction_across_pages(tmp_path: Path, functional: bool) -> None:
    body = (
        """
    jal ra, across
    la t0, across
    addi t0, t0, 2
    lhu t1, (t0)
    xori t1, t1, 0x30               # addi a0, a0, 1 becomes addi a0, a0, 2
    sh t1, (t0)
    fence.i
    jal ra, across
"""
        + EXIT
        + """
    .balign 4096
    .zero 4094
across:
    .insn i 0x13, 0, a0, a0, 1
    ret
"""
    )
    assert rvsim.run_elf(program(tmp_path, body), functional=functional).exit_code == 3


def test_code_that_changes_all_the_time_needs_no_more_memory(tmp_path: Path) -> None:
    body = (
        """
    li s0, 20000
    la s1, 2f
    lw s2, (s1)
    li s3, 0x00200013 ^ 0x00150513  # between addi a0, a0, 1 and a nop
1:  xor s2, s2, s3
    sw s2, (s1)
    fence.i
2:  addi a0, a0, 1
    addi s0, s0, -1
    bnez s0, 1b
    srli a0, a0, 6
"""
        + EXIT
    )
    elf = program(tmp_path, body)
    machine = rvsim.Machine("generic")
    image = machine.load(elf).image
    machine.memory.map(image.segments[0].address & ~4095, 8192, 7)
    machine.hart.set_htif(image.tohost, None)
    machine.hart.pc = image.entry
    assert run(machine.hart, machine.model, 1_000_000) == "exit"
    assert machine.hart.stop_value == 10000 >> 6
    assert machine.model is not None and len(machine.model.records()) < 100


def test_a_direct_mapped_cache_of_one_line() -> None:
    machine = rvsim.Machine("generic", set={"l1d.line": 8, "l1d.size": 8, "l1d.ways": 1})
    assert machine.run("matmul", m=9, n=9, k=9).correct


def test_two_models_one_after_the_other_on_one_hart() -> None:
    memory = Memory(1 << 20)
    memory.map(0x1000, 4096, 7)
    memory.write(0x1000, bytes.fromhex("13051500") * 8 + bytes.fromhex("73001000"))  # addi a0, a0, 1; ebreak
    hart = Hart(512, {"i", "zicsr"}, memory)
    cycles = []
    for _ in range(3):
        model = TimingModel(load_machine("generic"), timing_rows())
        hart.reset()
        hart.set_return(0x1020)
        hart.pc = 0x1000
        assert run(hart, model) == "return"
        cycles.append(model.drain())
        del model
    assert hart.get_x(10) == 8 and len(set(cycles)) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("dram.bytes_per_cycle", "1e-300", "at least 1e-6"), ("l2.size", "64GiB", "at most 1 GiB"), ("lanes", "0", "power of two")],
)
def test_impossible_machines(field: str, value: str, words: str) -> None:
    with pytest.raises(rvsim.UsageError, match=words):
        rvsim.Machine("generic", set={field: value})
