"""Callers that hand over nonsense, or raise in a callback, get an error; the machine stays as it was and runs on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rvsim
from rvsim.profile import Window

SOURCE = """
    .globl seven
seven: li a0, 7
    ret
    .globl count
count:
1:  addi a0, a0, -1
    bnez a0, 1b
    li a0, 9
    ret
    .globl stops
stops: ebreak
    ret
"""
NONSENSE = [
    None, -1, 1.5, "zz", b"zz", [], {}, (), object(), 1 << 70, -(1 << 70), float("nan"), np.float32(1.5), np.arange(2), slice(0, 1), 1j,
]  # fmt: skip


@pytest.fixture(scope="module")
def program() -> rvsim.Program:
    return rvsim.Machine("generic").load(SOURCE)


def works(program: rvsim.Program) -> None:
    result = program.call("seven")
    assert result.value == 7 and result.cycles is not None and sum(result.stalls.values()) == result.cycles


def assign(registers: Any, key: object, value: object) -> None:
    registers[key] = value


@pytest.mark.parametrize("thing", NONSENSE, ids=repr)
def test_wrong_types(program: rvsim.Program, thing: Any) -> None:
    """Each of these is refused, or means something for a few of the values; nothing else happens."""
    machine = program.machine
    before = machine.memory.committed
    requests = [
        lambda: machine.array(thing), lambda: machine.array((4, thing)), lambda: machine.array(1, thing), lambda: machine.v(thing),
        lambda: machine.v(0, thing), lambda: machine.v(0, np.uint8, thing), lambda: machine.x[thing], lambda: assign(machine.x, thing, 1),
        lambda: assign(machine.x, 10, thing), lambda: machine.f[thing], lambda: assign(machine.f, 10, thing), lambda: machine.csr[thing],
        lambda: assign(machine.csr, thing, 1), lambda: assign(machine.csr, "mscratch", thing), lambda: setattr(machine, "pc", thing),
        lambda: program.call("seven", max_instructions=thing), lambda: program.call("seven", window=thing),
        lambda: program.call("seven", window=Window(start=thing)), lambda: program.call("seven", window=Window(limit=thing)),
        lambda: program.call("seven", window=Window(address=thing)), lambda: program.call("seven", thing),
    ]  # fmt: skip
    for request in requests:
        try:
            request()
        except rvsim.RvsimError as error:
            assert "\n" not in str(error)
    works(program)
    assert machine.memory.committed <= before + (16 << 20)


@pytest.mark.parametrize("thing", [1, 0, True, b"a", 1.5, -1, [], object()], ids=repr)
def test_a_trace_is_a_file_name(program: rvsim.Program, thing: Any) -> None:
    """A number would be an open file of this process, and closed afterwards."""
    with pytest.raises(rvsim.UsageError, match="file name"):
        program.call("seven", trace=thing)
    os.fstat(1)
    works(program)


def test_steps_without_end(program: rvsim.Program) -> None:
    for count in (1 << 62, 1 << 63, 1 << 64, 10**40):
        program.start("count", 1000)
        assert program.machine.step(count) == 2002
    for wrong in (-1, 1.0, "1", [1]):
        program.start("count", 1)
        with pytest.raises(rvsim.UsageError):
            program.machine.step(wrong)  # type: ignore[arg-type]
    works(program)


@pytest.mark.parametrize("functional", [False, True])
def test_progress_that_raises(functional: bool) -> None:
    machine = rvsim.Machine("generic", functional=functional)
    program = machine.load(SOURCE)

    def fails(done: int) -> None:
        assert done == machine.hart.instructions
        raise ZeroDivisionError("a user's mistake")

    machine.progress = fails
    before, start = machine.memory.committed, 0
    for profile in (False, not functional):
        with pytest.raises(ZeroDivisionError):
            program.call("count", 1 << 40, np.zeros(100_000), profile=profile)
        assert machine.memory.committed == before
        done = (1 << 40) - machine.x[10]  # the registers are those of the instruction count
        assert (machine.hart.instructions - start) // 2 in (done, done - 1)
        start = machine.hart.instructions
    machine.progress = None
    assert program.call("count", 10).value == 9
    assert functional or program.call("count", 10, profile=True).cycles


def test_progress_that_uses_the_machine() -> None:
    """Looking is allowed, also from within; running, loading and allocating are refused."""
    machine = rvsim.Machine("generic")
    program = machine.load(SOURCE)
    refused = []

    def looks(done: int) -> None:
        assert machine.x[10] > 0 and machine.csr["vl"] == 0 and machine.v(8).size and machine.cycles
        for request in (lambda: program.call("seven"), machine.step, lambda: machine.array(3), lambda: program.start("seven")):
            with pytest.raises(rvsim.UsageError, match="is running"):
                request()
            refused.append(done)

    machine.progress = looks
    assert program.call("count", 1_000_000).value == 9
    assert len(refused) >= 4


def test_a_debugger_that_raises() -> None:
    machine = rvsim.Machine("generic")
    program = machine.load(SOURCE)

    def fails(session: Any) -> Any:
        machine.hart.break_everywhere()
        raise ConnectionError("the other side has gone")

    machine.debugger = fails
    with pytest.raises(ConnectionError):
        program.call("seven")
    machine.debugger = None
    works(program)
    with pytest.raises(rvsim.SimulationError, match="breakpoint"):  # and no longer taken for the debugger's
        program.call("stops")


def test_output_that_raises(tmp_path: Path) -> None:
    """The program's console goes to the callback; its exception comes out of run_elf as it is."""
    from rvsim.toolchain import build

    source = tmp_path / "prints.S"
    source.write_text(
        "    .globl _start\n_start: li t0, 0x0101000000000041\n    la t1, tohost\n1:  sd t0, (t1)\n    j 1b\n"
        '    .section .tohost, "aw"\n    .balign 64\n    .globl tohost\ntohost: .dword 0\n'
    )
    elf = build(source, link="bare")

    def fails(data: bytes) -> None:
        raise BlockingIOError(len(data))

    for functional in (False, True):
        with pytest.raises(BlockingIOError):
            rvsim.run_elf(elf, functional=functional, output=fails)
        done = rvsim.run_elf(elf, functional=functional, max_instructions=3000)
        assert done.stopped == "limit" and set(done.stdout) == {0x41}


def test_all_of_memory_as_output(tmp_path: Path) -> None:
    """A program that prints its whole memory costs no second copy of it."""
    from rvsim.toolchain import build

    source = tmp_path / "loud.S"
    source.write_text(
        "    .globl _start\n_start: la t0, block\n    la t1, tohost\n    sd t0, (t1)\n1:  ld t2, (t1)\n    bnez t2, 1b\n    ld t3, (t0)\n"
        '    li t2, 1\n    sd t2, (t1)\n2:  j 2b\n    .section .tohost, "aw"\n    .balign 64\n    .globl tohost\ntohost: .dword 0\n'
        "    .balign 64\nblock: .dword 64, 1, 0x80000000, 100 << 20\n"
    )
    sizes: list[int] = []
    path = build(source, link="bare")
    done = rvsim.run_elf(path, functional=True, memory="128MiB", output=lambda data: sizes.append(len(data)))
    assert done.exit_code == 0 and sum(sizes) == 100 << 20 and max(sizes) <= 1 << 20 and len(done.stdout) == 64 << 20
    with pytest.raises(rvsim.SimulationError, match="HTIF system call"):
        rvsim.run_elf(path, functional=True, memory="64MiB")
