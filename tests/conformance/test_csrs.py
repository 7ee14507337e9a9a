"""Every CSR number, written and read back on both sides; where they may differ, and why, stands in one table."""

from __future__ import annotations

import struct

import pytest

from rvsim.isa import CSRS, EXTENSIONS, encode
from tests.conformance.golden import SPIKE_NAMES, GoldenHart
from tests.conformance.layout import BLOCK, DATA_SIZE, HANDLER, MASK64, State
from tests.conformance.ours import OurHart
from tests.conformance.side import Side, words_at

VLEN = 128
STATE = State(bytes(256), bytes(256), bytes(4 * VLEN), bytes(DATA_SIZE))

# name or stem of a name: why the two sides may differ
DIFFERENT = {
    "satp": "no translation: ours reads zero, the golden model has no supervisor mode and hence no satp",
    "mstatus": "FS and VS always read dirty once on; no TW; the rest is compared at the end of every block",
    "misa": "read-only; the golden model lets extensions be turned off",
    "medeleg": "a plain register, since start-up code writes it; the golden model has it only with supervisor mode",
    "mideleg": "as medeleg",
    "mtvec": "direct mode only",
    "mcounteren": "the golden model's bits are those of the counters it has",
    "mcountinhibit": "as mcounteren",
    "menvcfg": "its bits are those of extensions that the two sides need not share",
    "pmp": "plain registers: no physical memory protection",
    "mn": "plain registers: no resumable non-maskable interrupts",
    "mcontext": "no triggers; their other registers are the numbers below",
    "cycle": "simulated cycles", "time": "simulated cycles", "instret": "counts the code around the comparison too",
    "mcycle": "as cycle", "minstret": "as instret; its progress is compared in every block", "hpmcounter": "read as zero, or not there",
    "marchid": "names the implementation",
}  # fmt: skip
TRIGGERS = range(0x7A0, 0x7B0)


def may_differ(number: int, name: str) -> bool:
    return number in TRIGGERS or name in DIFFERENT or name.startswith(("pmp", "mn", "hpmcounter"))


@pytest.fixture(scope="module")
def sides() -> tuple[GoldenHart, OurHart]:
    """A pair of its own: some of the values written here would get in the way of other tests."""
    extensions = frozenset(name for name in EXTENSIONS if SPIKE_NAMES[name] is not None)
    return GoldenHart(sorted(extensions), VLEN), OurHart(extensions, VLEN)


def accesses(side: Side, number: int, value: int) -> tuple[object, ...]:
    """What csrrw and then csrrs x7, csr, x0 do: (trapped, value read) each."""
    program = (encode("csrrw", rd=6, rs1=5, csr=number), encode("csrrs", rd=7, rs1=0, csr=number))
    side.write_code(BLOCK, struct.pack("<2I", *program))
    side.load(STATE)
    side.set_x(5, value)
    seen: list[object] = []
    for offset, register in ((0, 6), (4, 7)):
        side.set_pc(BLOCK + offset)
        side.step(1)
        trap = side.trap()[::2] if side.get_pc() == HANDLER else None
        seen.append((trap, int(words_at(side.x_address, 32)[register])))
    return tuple(seen)


def test_every_csr_number_does_the_same(sides: tuple[GoldenHart, OurHart]) -> None:
    names = {number: name for name, number in CSRS.items()}
    golden, ours = sides
    compared = 0
    for number in range(1 << 12):
        if may_differ(number, names.get(number, "")):
            continue
        for value in (0, MASK64, 0x5A5A_5A5A_5A5A_5A5A):
            assert accesses(golden, number, value) == accesses(ours, number, value), f"{number:#x} {names.get(number)} <- {value:#x}"
            compared += 1
    assert compared > 3 * 3800


@pytest.mark.parametrize("name", ["mcycle", "minstret"])
def test_a_written_counter_goes_on_from_there(sides: tuple[GoldenHart, OurHart], name: str) -> None:
    """The write itself is not counted; what was there before differs."""
    for value in (0, 1000, MASK64):
        for side in sides:
            assert accesses(side, CSRS[name], value)[1] == (None, value)


def test_misa_tells_the_width_and_the_extensions(sides: tuple[GoldenHart, OurHart]) -> None:
    golden, ours = sides
    assert golden.csr(CSRS["misa"]) == ours.csr(CSRS["misa"])
