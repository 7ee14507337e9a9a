"""The comparison itself: it sees every part of the state, and faults that fuzzing once found stay mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rvsim.isa import EXTENSIONS, decode, encode
from tests.conformance.blocks import Block, Item, Poke
from tests.conformance.golden import SPIKE_NAMES, GoldenHart
from tests.conformance.layout import CODE, CODE_SIZE, DATA, DATA_SIZE, HANDLER, State
from tests.conformance.lockstep import Lockstep
from tests.conformance.ours import OurHart

VLEN = 128
STATE = State(bytes(256), bytes(256), bytes(range(256)) * 2, bytes(DATA_SIZE), vl=4, vtype=0x10)
END = DATA + DATA_SIZE
FETCH_FAULT, ILLEGAL, LOAD_FAULT, STORE_FAULT = 1, 2, 5, 7


@pytest.fixture(scope="module")
def both() -> Lockstep:
    extensions = frozenset(name for name in EXTENSIONS if SPIKE_NAMES[name] is not None)
    return Lockstep(GoldenHart(sorted(extensions), VLEN), OurHart(extensions, VLEN))


def block(*steps: tuple[int, tuple[Poke, ...]], state: State = STATE) -> Block:
    items = []
    for word, pokes in steps:
        row = decode(word)
        items.append(Item(word, row.name if row else None, pokes))
    return Block(state, tuple(items), straight=False)


NOP = (encode("addi", rd=0, rs1=0, imm12=0), ())

CHANGES: dict[str, Callable[[OurHart], object]] = {
    "x31": lambda ours: ours.set_x(31, 1),
    "f7": lambda ours: ours.set_f(7, 1),
    "v31": lambda ours: ours.hart.v_bytes().__setitem__((31, 15), 0),
    "memory": lambda ours: ours.memory.write(END - 1, b"\1"),
    "vl": lambda ours: ours.hart.set_vtype(0x10, 3),
    "vtype": lambda ours: ours.hart.set_vtype(0x50, 4),
    "vstart": lambda ours: ours.set_csr(0x008, 1),
    "vcsr": lambda ours: ours.set_csr(0x00F, 4),
    "fcsr": lambda ours: ours.set_csr(0x003, 1),
    "mstatus": lambda ours: ours.set_csr(0x300, 0x6608),
}  # fmt: skip


@pytest.mark.parametrize("part", CHANGES)
def test_every_part_of_the_state_is_compared(both: Lockstep, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load = both.ours.load

    def load_wrong(state: State) -> None:
        load(state)
        CHANGES[part](both.ours)

    assert both.step_by_step(block(NOP)) is None
    monkeypatch.setattr(both.ours, "load", load_wrong)
    for difference in (both.step_by_step(block(NOP)), both.as_program(replace(block(NOP), straight=True))):
        assert difference is not None
        assert [fact.split()[0] for fact in difference.facts] == [part]


def test_trap_and_pc_are_compared(both: Lockstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our side runs another instruction: one that traps otherwise, and one that does not trap."""
    write_code = both.ours.write_code
    ecall = 0x0000_0073
    for word, expected in ((0xFFFF_FFFF, {"trap"}), (0x0000_0013, {"pc", "trap"})):
        other = word.to_bytes(4, "little")
        monkeypatch.setattr(both.ours, "write_code", lambda address, _, other=other: write_code(address, other))
        difference = both.step_by_step(block((ecall, ())))
        assert difference is not None
        assert {fact.split()[0] for fact in difference.facts} == expected


@pytest.mark.parametrize("timed", [False, True])
def test_a_program_steps_over_traps_and_ends(both: Lockstep, timed: bool) -> None:
    """Both whole-program loops, over a literal, a trap, a page end and a compressed instruction."""
    both.ours.model.reset()
    pokes: tuple[Poke, ...] = (("x", 5, 0x1234_5678_9ABC_DEF0), ("vstart", 0, 0))
    steps = ((encode("vadd.vi", vd=3, vs2=4, simm5=1), pokes), (0xFFFF_FFFF, ()), (0x0285, ()))
    program = replace(block(*steps), straight=True, timed=timed, at=CODE + 2 * 4096 - 8)
    assert both.as_program(program) is None
    assert both.ours.hart.get_x(5) == 0x1234_5678_9ABC_DEF1  # 0x0285 is c.addi x5, 1
    assert (both.ours.model.cycles > 0) == timed


def outcome(both: Lockstep, last: Block) -> tuple[int, int, int] | None:
    """Both sides agree; what our trap was, or None."""
    assert both.step_by_step(last) is None
    if both.ours.get_pc() != HANDLER:
        return None
    cause, epc, value = both.ours.trap()
    return cause, epc, value


def test_whole_registers_must_be_aligned(both: Lockstep) -> None:
    for name, operand in (("vl8re64.v", "vd"), ("vl2re8.v", "vd"), ("vs4r.v", "vs3")):
        word = encode(name, **{operand: 9, "rs1": 5})
        trap = outcome(both, block((word, (("x", 5, DATA),))))
        assert trap is not None and trap[0] == ILLEGAL and trap[2] == word, name
        aligned = encode(name, **{operand: 16, "rs1": 5})
        for vill in (0x10, 1 << 63):
            state = replace(STATE, vtype=vill, vl=0)
            assert outcome(both, block((aligned, (("x", 5, DATA),)), state=state)) is None, name


def test_fetch_fault_names_the_half_that_is_missing(both: Lockstep) -> None:
    """A 32-bit instruction begins in the last two bytes of memory."""
    last = replace(block(NOP), at=CODE + CODE_SIZE - 2)
    for side in (both.golden, both.ours):
        side.load(STATE)
        side.write_code(last.at, last.lockstep_image()[:2])
        side.set_pc(last.at)
        side.step(1)
        assert side.trap() == (FETCH_FAULT, last.at, CODE + CODE_SIZE)


def test_store_over_the_end_writes_what_it_can(both: Lockstep) -> None:
    trap = outcome(both, block((encode("sd", rs2=6, rs1=5, storeimm12=0), (("x", 5, END - 3), ("x", 6, 0x0807_0605_0403_0201)))))
    assert trap is not None and trap[0] == STORE_FAULT and trap[2] == END
    assert both.ours.data()[-4:] == bytes((0, 1, 2, 3))


def test_store_conditional_asks_for_the_address_alone(both: Lockstep) -> None:
    pokes: tuple[Poke, ...] = (("x", 5, DATA + 8), ("x", 6, 77))
    for load, store in (("lr.w", "sc.d"), ("lr.d", "sc.w")):
        steps = ((encode(load, rd=7, rs1=5), pokes), (encode(store, rd=7, rs1=5, rs2=6), ()))
        assert outcome(both, block(*steps)) is None
        assert both.ours.hart.get_x(7) == 0
        assert both.ours.data()[8] == 77


@pytest.mark.parametrize(("name", "cause"), [("lr.w", LOAD_FAULT), ("sc.d", STORE_FAULT), ("amoadd.w", STORE_FAULT)])
def test_misaligned_atomic_is_an_access_fault(both: Lockstep, name: str, cause: int) -> None:
    operands = {"rd": 7, "rs1": 5} | ({} if name == "lr.w" else {"rs2": 6})
    trap = outcome(both, block((encode(name, **operands), (("x", 5, DATA + 2),))))
    assert trap is not None and (trap[0], trap[2]) == (cause, DATA + 2)
