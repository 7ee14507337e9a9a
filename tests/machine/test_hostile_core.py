"""Nothing a program does crashes the core or a run loop: a seed set of the fuzzer (hostile.py), and the faults that were found once."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from rvsim.engine import EXECUTE, READ, WRITE, CommitLog, Hart, Memory, Profiler, TimingModel, load_machine, run, timing_rows
from rvsim.errors import RvsimError, SimulationError, UsageError
from rvsim.isa import EXTENSIONS, encode

CODE, DATA = 0x8000_0000, 0x9000_0000


def words(*instructions: int) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in instructions)


def hart_with(*instructions: int, data: int = 4096) -> Hart:
    """A hart at the beginning of a program, with units on, and a0 at the data."""
    memory = Memory(1 << 26)
    memory.map(CODE, 4096, READ | WRITE | EXECUTE)
    memory.write(CODE, words(*instructions, encode("ebreak")))
    memory.map(DATA, data, READ | WRITE)
    hart = Hart(256, frozenset(EXTENSIONS) - {"zvdot4a8i_0p1"}, memory)
    hart.enable()
    hart.set_return(CODE + 4 * len(instructions))
    hart.pc = CODE
    hart.set_x(10, DATA)
    return hart


def model(machine: str = "generic") -> TimingModel:
    return TimingModel(load_machine(machine), timing_rows())


class Lines:
    """A commit log in memory, which may fail after some lines."""

    def __init__(self, hart: Hart, most: int = 1 << 30) -> None:
        self.log, self.text, self.most = CommitLog("/dev/null", hart), "", most
        self.log.file.close()
        self.log.file = self

    def write(self, text: str) -> None:
        self.most -= 1
        if self.most < 0:
            raise OSError("no space left")
        self.text += text


def test_seed_set() -> None:
    """As a user would start it; the processes of the cases must survive."""
    command = [sys.executable, "-m", "tests.machine.hostile", "--cases", "160", "--seed", "7"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "cases=160 " in done.stdout and "failures=0 " in done.stdout


def test_a_trace_leaves_out_what_lies_before_vstart() -> None:
    """The elements that were not stored lie where nothing is: the log must not look there."""
    hart = hart_with(encode("vsse64.v", vs3=8, rs1=10, rs2=11, vm=1))
    hart.set_vtype(0b011000, 4)
    hart.set_csr("vstart", 3)
    hart.set_x(10, DATA - 3 * 4096)
    hart.set_x(11, 4096)
    lines = Lines(hart)
    assert run(hart, None, 10, lines.log) == "return"
    assert lines.text.count(" mem ") == 1 and f"mem {DATA:#018x}" in lines.text


def test_a_trace_of_a_cleared_block() -> None:
    hart = hart_with(encode("cbo.zero", rs1=10))
    lines = Lines(hart)
    assert run(hart, None, 10, lines.log) == "return"
    assert lines.text.count(" mem ") == 64


@pytest.mark.parametrize("timed", [False, True])
def test_a_trace_that_cannot_be_written_stops_between_two_instructions(timed: bool) -> None:
    hart = hart_with(*[encode("addi", rd=5, rs1=5, imm12=1)] * 9)
    clock = model() if timed else None
    with pytest.raises(OSError, match="no space"):
        run(hart, clock, 100, Lines(hart, most=4).log)
    assert hart.get_x(5) == hart.instructions == 5
    assert run(hart, clock, 100) == "return"
    assert hart.get_x(5) == hart.instructions == 9
    assert clock is None or (clock.totals.instructions, sum(clock.stalls.values())) == (9, clock.cycles)


def test_pages_without_permissions_count_once() -> None:
    memory = Memory(1 << 20)
    for _ in range(600):
        memory.map(DATA, 4096, 0)
    assert memory.committed == 4096
    memory.map(DATA, 4096, READ | 0x70)
    assert memory.committed == 4096 and memory.allows(DATA, 4096, READ) and not memory.allows(DATA, 1, WRITE)
    memory.unmap(DATA, 4096)
    assert memory.committed == 0


def test_code_pages_that_are_unmapped_and_mapped_again_are_watched() -> None:
    """The page that the hart stands on keeps its slots; a store to it, once it is mapped again, must still be noticed."""
    hart = hart_with()
    memory = hart.memory
    hart.pc = CODE
    hart.drop_code(CODE, 4096)
    memory.unmap(CODE, 4096)
    memory.map(CODE, 4096, READ | WRITE | EXECUTE)
    one, two = encode("addi", rd=6, rs1=6, imm12=1), encode("addi", rd=6, rs1=6, imm12=16)
    memory.write(CODE, words(encode("sw", rs1=10, rs2=11, storeimm12=8), encode("addi", rd=7, rs1=7, imm12=-1), one,
                             encode("bne", rs1=7, rs2=0, bimm12=-12), encode("ebreak")))  # fmt: skip
    hart.set_return(CODE + 16)
    hart.set_x(10, CODE)
    hart.set_x(11, one)
    hart.set_x(7, 2)
    assert run(hart, None, 2) == "budget"
    run(hart, None, 2)  # the instruction has been decoded
    hart.set_x(11, two)
    assert run(hart, None, 100) == "return"
    assert hart.get_x(6) == 1 + 16


@pytest.mark.parametrize("machine", ["generic", "ara-4l", "spacemit-x100"])
def test_a_store_over_itself_is_timed_once(machine: str) -> None:
    """It leaves its slot empty; what is decoded there next is another instruction, with a record of its own."""
    store = encode("sw", rs1=10, rs2=11, storeimm12=4)
    body = (encode("addi", rd=5, rs1=5, imm12=-1), store, encode("bne", rs1=5, rs2=0, bimm12=-8))
    hart = hart_with(*body)
    clock = model(machine)
    hart.set_x(10, CODE)
    hart.set_x(11, store)
    hart.set_x(5, 40000)
    assert run(hart, clock, 200_000) == "return"
    clock.drain()
    assert clock.totals.instructions == hart.instructions == 120_000
    assert {record[2] for record in clock.records()} == {40000} and len(clock.records()) == 3


def test_a_run_too_short_for_charges_is_charged_to_itself() -> None:
    """What an earlier run met last is no part of this one."""
    load, nop = encode("ld", rd=5, rs1=10, imm12=0), encode("addi", rd=0, rs1=0, imm12=0)
    hart, clock = hart_with(nop, nop, load, nop), model("sifive-x280")
    assert run(hart, clock) == "return"
    clock.reset()
    hart.pc = CODE + 8
    run(hart, clock, 1)
    cycles = clock.drain()
    assert cycles > 1 and sum(clock.stalls.values()) == cycles


def test_empty_caches_have_forgotten_lines_beyond_the_address_space() -> None:
    """A branch to where nothing can be: its line enters the instruction cache under a number that fits it."""
    hart, clock = hart_with(encode("beq", rs1=0, rs2=0, bimm12=-2048)), model()
    memory = hart.memory
    memory.map(0, 4096, READ | WRITE | EXECUTE)
    memory.write(0, words(encode("beq", rs1=0, rs2=0, bimm12=-2048)))
    cycles = []
    for _ in range(3):
        clock.reset()
        hart.pc = 0
        assert run(hart, clock, 10) == "trap"
        cycles.append(clock.drain())
    assert cycles == cycles[:1] * 3


def test_more_instructions_than_can_be_told_apart_end_the_run() -> None:
    size = 5 << 20
    hart, clock = hart_with(), model()
    hart.memory.map(CODE, size, READ | WRITE | EXECUTE)
    hart.memory.write(CODE, b"\x01\x00" * (size // 2))
    with pytest.raises(SimulationError, match="different instructions"):
        run(hart, clock)
    clock.reset()
    hart.pc = CODE
    assert run(hart, clock, 1000) == "budget" and hart.instructions < size // 2


@pytest.mark.parametrize("number", [-1, 4096, 1 << 70, -(1 << 70), 1.5, None, "cycles", b"vl", [], {}])
def test_csrs_that_cannot_be(number: object) -> None:
    hart = hart_with()
    with pytest.raises(UsageError, match="CSR"):
        hart.csr(number)
    with pytest.raises(UsageError, match="CSR"):
        hart.set_csr(number, 1)


@pytest.mark.parametrize(
    ("vtype", "vl", "becomes"),
    [(0b011011, 1 << 31, (0b011011, 32)), (0b000000, 33, (0, 32)), (0b100000, 1, (1 << 63, 0)), (0b000100, 1, (1 << 63, 0)),
     (0b011101, 1, (1 << 63, 0)), (1 << 63, 9, (1 << 63, 0)), (0xFFFF, 9, (1 << 63, 0)), (0b000101, 9, (0b000101, 4))],
)  # fmt: skip
def test_vtype_and_vl_from_outside_are_possible_ones(vtype: int, vl: int, becomes: tuple[int, int]) -> None:
    hart = hart_with(encode("vadd.vv", vd=8, vs2=8, vs1=8, vm=1))
    hart.set_vtype(vtype, vl)
    assert (hart.csr("vtype"), hart.csr("vl")) == becomes
    run(hart, None, 3)


def test_reset_clears_every_csr() -> None:
    hart = hart_with()
    for number in (0x3A0, 0x3B0, 0x3BF, "mscratch", "mepc", "mcause", "mtval"):
        hart.set_csr(number, 0x1234_5678)
        hart.reset()
        assert hart.csr(number) == 0


def test_code_that_changed_nowhere() -> None:
    hart = hart_with(encode("addi", rd=5, rs1=5, imm12=1))
    for address, size in ((1 << 36, 8), ((1 << 64) - 8, 8), (0, 1 << 63), ((1 << 36) - 4, 4096), (CODE, 0)):
        hart.code_changed(address, size)
    assert run(hart, None, 10) == "return"


def test_a_profile_that_an_exception_keeps_alive() -> None:
    """The next profile begins anew, and the collector may free an old one together with its model in any order."""

    def failing(done: int) -> None:
        raise KeyError("a user's mistake")

    loop = (encode("addi", rd=5, rs1=5, imm12=-1), encode("bne", rs1=5, rs2=0, bimm12=-4))
    kept = []
    for _ in range(5):
        hart, clock = hart_with(*loop), model()
        hart.set_x(5, 1 << 30)
        old = Profiler(clock)
        try:
            run(hart, clock, 300_000, None, old, failing)
        except KeyError as error:
            kept.append((error, old))  # a cycle: error -> traceback -> frame -> kept
        new = Profiler(clock, capacity=100)
        clock.reset()
        assert run(hart, clock, 1000, None, new) == "budget"
        clock.drain()
        found = new.finish()["instructions"]
        assert sorted(i["pc"] for i in found) == [CODE, CODE + 4] and len(new.log()[0]) == 100
        del hart, clock, old, new
    kept.append(kept)  # type: ignore[arg-type]
    del kept
    gc.collect()


def test_errors_of_the_limits_are_ours() -> None:
    for request in ((CODE, 1 << 40), (1 << 36, 1), (DATA, 1 << 27)):
        with pytest.raises(RvsimError):
            Memory(1 << 20).map(*request, READ)
