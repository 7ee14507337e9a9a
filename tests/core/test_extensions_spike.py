"""The extensions beyond IMAFDCV against Spike: single instructions from equal states, registers, flags, memory and traps compared.

Every row that an extension of this list brings runs, and every floating-point row of V at SEW 16; a new row is covered as soon
as it is in the table. The draft dot product, which Spike knows by its old name, is among them. Seeds are fixed.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from rvsim import isa
from rvsim.core.hart import Hart
from rvsim.core.memory import Memory
from rvsim.engine.loops import run
from tests.core.conftest import SpikeHart

BASE_ISA = "rv64gcv"
NEW = (
    "zba_zbb_zbs_zbc_zicond_zfh_zfbfmin_zfa_zcb_zicbom_zicbop_zicboz_zihintpause_zihintntl_zimop_zcmop_zawrs_zvbb_zvbc_zvfh_zvfbfmin"
    "_zvfbfwma"
)
CASES = 40
FFLAGS, FRM, MCAUSE, MTVAL = 0x001, 0x002, 0x342, 0x343
C_NOP = 1
DATA = SpikeHart.BASE + 0x6000
BLOCK = 256  # bytes of data memory that instructions may touch
F16 = [0x0000, 0x0001, 0x03FF, 0x0400, 0x1400, 0x3800, 0x3BFF, 0x3C00, 0x3E00, 0x4100, 0x5BFF, 0x6400, 0x77FF, 0x7800, 0x7BFF,
       0x7C00, 0x7C01, 0x7DFF, 0x7E00, 0x7FFF, 0x0200, 0x0100, 0x57F8, 0x5800]  # fmt: skip
BF16 = [0x0000, 0x0001, 0x007F, 0x0080, 0x3B80, 0x3F00, 0x3F7F, 0x3F80, 0x3FC0, 0x7EFF, 0x7F00, 0x7F7F, 0x7F80, 0x7F81, 0x7FC0, 0x7FFF]
F32 = [0x00000000, 0x00000001, 0x00007FFF, 0x00008000, 0x007F7FFF, 0x007F8000, 0x007FBFFF, 0x007FC000, 0x007FFFFF, 0x00800000,
       0x33000000, 0x33800000, 0x387FC000, 0x387FE000, 0x387FF000, 0x38800000, 0x3EFFFFFF, 0x3F000000, 0x3F7FFFFF, 0x3F800000,
       0x3F808000, 0x3F818000, 0x3FC00000, 0x40200000, 0x42FF0000, 0x46FFFE00, 0x477FDFFF, 0x477FE000, 0x477FEFFF, 0x477FF000,
       0x4B000001, 0x4EFFFFFF, 0x4F000000, 0x4F800000, 0x5F000000, 0x7F7F7FFF, 0x7F7F8000, 0x7F7FFFFF, 0x7F800000, 0x7F800001,
       0x7FC00000, 0x7FFFFFFF]  # fmt: skip
F64 = [0x0000000000000000, 0x0000000000000001, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x3E70000000000000, 0x3F0FFC0000000000,
       0x3FDFFFFFFFFFFFFF, 0x3FE0000000000000, 0x3FEFFFFFFFFFFFFF, 0x3FF0000000000000, 0x4004000000000000, 0x40EFFC0000000000,
       0x40EFFDFFFFFFFFFF, 0x40EFFE0000000000, 0x41DFFFFFFFC00000, 0x41DFFFFFFFE00000, 0x41E0000000000000, 0x41E0000000100000,
       0x41EFFFFFFFE00000, 0x41F0000000000001, 0x4330000000000001, 0x433FFFFFFFFFFFFF, 0x43E0000000000000, 0x4410000000000000,
       0x7FEFFFFFFFFFFFFF, 0x7FF0000000000000, 0x7FF0000000000001, 0x7FF8000000000000, 0x7FFFFFFFFFFFFFFF]  # fmt: skip


def new_rows() -> list[str]:
    """Mnemonics that the extensions bring."""
    old = isa.parse_isa(BASE_ISA)
    return [row.name for row in isa.INSTRUCTIONS if not any(choice <= old for choice in row.requires)]


def half_rows() -> list[str]:
    """Rows of V that Zvfh makes legal at another SEW."""
    return [row.name for row in isa.INSTRUCTIONS if row.extension == "v" and row.flags & {"fp", "fp2"}]


# ---- operands --------------------------------------------------------------------------------------------


def eight_bytes(rng: random.Random) -> bytes:
    kind = rng.randrange(7)
    if kind == 0:
        return rng.randbytes(8)
    if kind == 1:
        return struct.pack("<4H", *(rng.choice(BF16) | rng.getrandbits(1) << 15 for _ in range(4)))
    if kind == 2:
        return struct.pack("<2I", *(rng.choice(F32) | rng.getrandbits(1) << 31 for _ in range(2)))
    if kind == 3:
        return struct.pack("<4e", *(rng.uniform(-4, 4) * 2.0 ** rng.randint(-14, 12) for _ in range(4)))
    if kind == 4:
        return bytes(rng.choice((0, 1, 0x7F, 0x80, 0xFF, 0x10)) for _ in range(8))
    return struct.pack("<4H", *(rng.choice(F16) | rng.getrandbits(1) << 15 for _ in range(4)))


def x_value(rng: random.Random) -> int:
    edges = (0, 1, (1 << 64) - 1, 1 << 63, (1 << 63) - 1, 0xFFFFFFFF, 1 << 32, 0x80000000, 0x7FFFFFFF)
    return rng.choice((rng.choice(edges), rng.getrandbits(64), 1 << rng.randrange(64), rng.randrange(130)))


def f_value(rng: random.Random) -> int:
    kind = rng.randrange(9)
    if kind == 0:
        return rng.getrandbits(64)
    if kind == 1:
        return 0xFFFFFFFFFFFF << 16 | rng.choice(BF16) | rng.getrandbits(1) << 15
    if kind < 5:
        return 0xFFFFFFFFFFFF << 16 | (rng.choice(F16) | rng.getrandbits(1) << 15 if kind < 4 else rng.getrandbits(16))
    if kind == 5:
        return 0xFFFFFFFF << 32 | rng.choice(F32) | rng.getrandbits(1) << 31
    if kind == 6:  # near an integer or a half
        return int(struct.unpack("<Q", struct.pack("<d", rng.randrange(-9, 9) / 2 + rng.choice((0, 2**-30, -(2**-30)))))[0])
    return rng.choice(F64) | rng.getrandbits(1) << 63


def vtype_of(row: isa.Instruction, rng: random.Random) -> int:
    """Mostly one under which the row may be legal."""
    sew = next((number for number, flag in enumerate(("e16", "e32", "e64"), 1) if flag in row.flags), None)
    if sew is None and {"fp", "fp2"} & row.flags:
        sew = 1 if "fp" in row.flags else rng.choice((0, 1))
    if sew is None or rng.randrange(8) == 0:
        sew = rng.randrange(4)
    return rng.getrandbits(2) << 6 | sew << 3 | rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 6, 7))


def operands_of(row: isa.Instruction, vtype: int, rng: random.Random) -> dict[str, int]:
    group = 1 << (vtype & 7) if vtype & 7 < 4 else 1
    careful = rng.randrange(8) != 0
    values = {}
    for operand in row.operands:
        if operand.field is None:
            continue
        if operand.cls == "v":
            wide = group * (2 if operand.group == "2" and vtype & 7 < 4 else 1) if operand.group not in ("m", "s", "2s") else 1
            values[operand.name] = rng.randrange(32) & ~(min(wide, 8) - 1 if careful else 0)
        elif operand.cls in ("x", "f", "mem"):
            least, most = isa.FIELDS[operand.field].range
            values[operand.name] = rng.randrange(least, min(most, 29) + 1)
        elif operand.cls == "rm":
            values[operand.name] = rng.choice((0, 1, 2, 3, 4, 7, 7, 7, 5))
        else:
            field = isa.FIELDS[operand.field]
            values[operand.name] = rng.randrange(field.range[0], field.range[1] + 1, field.granule)
    return values


# ---- two machines in one state ---------------------------------------------------------------------------


class Pair:
    """Our hart and Spike's, with these extensions beyond `BASE_ISA`."""

    def __init__(self, ours: str, golden: str, vlen: int, scratch: Path) -> None:
        self.golden, self.vlen = SpikeHart(f"{BASE_ISA}_{golden}_zvl{vlen}b_zicclsm", vlen, scratch), vlen
        self.memory = Memory()
        self.memory.map(SpikeHart.BASE, SpikeHart.SIZE, 7)
        self.ours = Hart(vlen, isa.parse_isa(f"{BASE_ISA}_{ours}"), self.memory)
        self.ours.enable()
        self.ours.set_csr("mtvec", SpikeHart.TRAP)
        self.memory.write(SpikeHart.TRAP, struct.pack("<I", 0x6F))

    def load(self, rng: random.Random) -> None:
        """New contents for v, x and f."""
        v = b"".join(eight_bytes(rng) for _ in range(4 * self.vlen // 8))
        self.golden.set_v(v)
        self.ours.v_bytes().reshape(-1)[:] = list(v)
        for i in range(32):
            value = f_value(rng)
            self.golden.set_f(i, value)
            self.ours.set_f(i, value)
        for i in range(1, 30):
            self.set_x(i, x_value(rng))

    def set_x(self, i: int, value: int) -> None:
        self.golden.set_x(i, value)
        self.ours.set_x(i, value)

    def set_data(self, data: bytes) -> None:
        self.golden._write(DATA, data)
        self.memory.write(DATA, data)

    def f_of_golden(self) -> list[int]:
        """Through memory: 32 stores."""
        words = [isa.encode("fsd", fs2=i, rs1=31, storeimm12=8 * i) for i in range(32)]
        self.golden.set_x(31, SpikeHart.VIEW)
        assert self.golden.run(words) == 32
        load = self.golden._hart.mmu.load_reserved_64
        return [load(SpikeHart.VIEW + 8 * i) & (1 << 64) - 1 for i in range(32)]

    def prepare(self, words: list[int]) -> None:
        assert self.golden.run(words) == len(words)
        self.run_ours(struct.pack(f"<{len(words)}I", *words), len(words))

    def run_ours(self, code: bytes, steps: int) -> None:
        for i in (30, 31):
            self.ours.set_x(i, self.golden.x(i))
        self.memory.write(SpikeHart.CODE, code)
        self.ours.code_changed(SpikeHart.CODE, len(code))
        self.ours.pc = SpikeHart.CODE
        run(self.ours, max_instructions=steps)

    def execute(self, word: int) -> bool:
        """Run one instruction on both and compare everything; whether it was legal."""
        code = struct.pack("<I", word) if word & 3 == 3 else struct.pack("<2H", word, C_NOP)
        for hart in (self.golden, self.ours):
            hart.set_csr(FFLAGS, 0)
            hart.set_csr(MCAUSE, 0)
        traps = self.ours.trap_count
        for i in (30, 31):
            self.golden.set_x(i, 0)
        self.run_ours(code, 1)
        step = self.golden._hart
        self.golden._write(SpikeHart.CODE, code)
        step.state.pc = SpikeHart.STUB
        step.step(1)
        step.state.pc = SpikeHart.CODE
        step.step(1)
        legal = bool(step.state.pc & (1 << 64) - 1 != SpikeHart.TRAP)
        assert (self.ours.trap_count == traps) == legal, f"legal on Spike: {legal}"
        if legal:
            assert self.ours.pc == step.state.pc & (1 << 64) - 1, "pc"
        else:
            assert self.ours.trap[0] == self.golden.csr(MCAUSE), "cause, ours first"
            assert self.ours.trap[2] == self.golden.csr(MTVAL) & (1 << 64) - 1, "mtval, ours first"
        self.compare()
        return legal

    def compare(self) -> None:
        assert [self.ours.get_x(i) for i in range(32)] == [self.golden.x(i) for i in range(32)], "x"
        assert self.ours.csr("fflags") == self.golden.csr(FFLAGS), "fflags, ours first"
        assert self.ours.csr("vl") == self.golden.csr(0xC20)
        load = self.golden._hart.mmu.load_reserved_64
        theirs = struct.pack(f"<{BLOCK // 8}Q", *(load(DATA + i) & (1 << 64) - 1 for i in range(0, BLOCK, 8)))
        assert self.memory.read(DATA, BLOCK).hex() == theirs.hex(), "memory"
        assert [hex(self.ours.get_f(i)) for i in range(32)] == [hex(value) for value in self.f_of_golden()], "f"
        golden_v = self.golden.v()
        n = self.vlen // 8
        for i in range(32):
            mine = self.ours.v_bytes()[i].tobytes()
            assert mine.hex() == golden_v[i * n : i * n + n].hex(), f"v{i}, ours first, byte 0 on the left"


def one_case(pair: Pair, row: isa.Instruction, rng: random.Random) -> tuple[bool, str]:
    """Prepare both machines and run one random word of `row`; legality and text."""
    vtype = vtype_of(row, rng)
    values = operands_of(row, vtype, rng)
    word = isa.encode(row.name, **values)
    setup = [isa.encode("csrrwi", rd=0, csr=FRM, zimm5=rng.choice((0, 0, 1, 2, 3, 4, 4, 5)))]
    setup.append(isa.encode("vsetivli", rd=0, uimm5=rng.randrange(32), zimm10=vtype))
    if rng.randrange(3) == 0:
        setup[-1] = isa.encode("vsetvli", rd=30, rs1=0, zimm11=vtype)
    pair.prepare(setup)
    base = next((operand for operand in row.operands if operand.cls == "mem"), None)
    if base is not None:
        offset = next((values[operand.name] for operand in row.operands if operand.cls == "imm"), 0)
        outside = rng.randrange(10) == 0  # where there is no memory, on both
        pair.set_data(rng.randbytes(BLOCK))
        pair.set_x(values[base.name], (0x7000_0000 if outside else DATA + rng.randrange(64, 128)) - offset)
    text = f"{isa.disassemble(word)} with vtype {isa.vtype_text(vtype)}, frm {setup[0] >> 15 & 31}"
    try:
        return pair.execute(word), text
    except AssertionError as error:
        raise AssertionError(f"{text}: {error}") from None


def run_cases(pair: Pair, name: str) -> None:
    rng = random.Random(f"{name} {pair.vlen}")
    legal = 0
    for case in range(CASES):
        if case % 4 == 0:
            pair.load(rng)
        legal += one_case(pair, isa.BY_NAME[name], rng)[0]
    assert legal >= CASES // 12, "too few cases were legal for this test to say anything"


@pytest.fixture(scope="module", params=[128, 512])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(f"{NEW}_zvdot4a8i_0p1", f"{NEW}_zvqdotq", request.param, tmp_path_factory.mktemp("spike"))


@pytest.mark.parametrize("name", [*new_rows(), *half_rows()])
def test_same_as_spike(pair: Pair, name: str) -> None:
    run_cases(pair, name)


@pytest.fixture(scope="module")
def small_pair(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Pair]:
    made: dict[str, Pair] = {}

    def make(extensions: str) -> Pair:
        if extensions not in made:
            made[extensions] = Pair(extensions, extensions, 128, tmp_path_factory.mktemp("spike"))
        return made[extensions]

    return make


@pytest.mark.parametrize("name", [*half_rows(), "fli.h", "flh", "fadd.h", "fcvt.s.h", "fminm.h"])
@pytest.mark.parametrize("extensions", ["zfa_zvfhmin", "zfa_zvfh"])
def test_parts_of_half_precision(small_pair: Callable[[str], Pair], extensions: str, name: str) -> None:
    """Which rows Zvfhmin and Zvfh make legal, alone."""
    pair = small_pair(extensions)
    rng = random.Random(f"{name} {extensions}")
    pair.load(rng)
    for _ in range(6):
        one_case(pair, isa.BY_NAME[name], rng)


@pytest.mark.parametrize(("name", "bit"), [("cbo.zero", 7), ("cbo.clean", 6), ("cbo.flush", 6), ("cbo.inval", 4)])
def test_user_mode_needs_leave_for_cache_blocks(name: str, bit: int) -> None:
    """menvcfg.CBZE, CBCFE and CBIE (CMO chapter); no golden model, for it runs in machine mode here."""
    base, block = 0x8000_0000, 0x8000_1040
    for allowed in (False, True):
        memory = Memory()
        memory.map(base, 1 << 13, 7)
        hart = Hart(128, isa.parse_isa(f"{BASE_ISA}_zicbom_zicboz"), memory)
        memory.write(base, struct.pack("<2I", isa.encode("mret"), isa.encode(name, rs1=10)))
        memory.write(block - 64, b"\xff" * 192)
        hart.set_csr("mepc", base + 4)
        hart.set_csr(0x30A, 1 << bit if allowed else 0xF0 & ~(0x30 if bit == 4 else 1 << bit))
        hart.set_x(10, block + 9)
        hart.pc = base
        run(hart, max_instructions=2)
        assert hart.priv == 0
        assert hart.trap_count == (0 if allowed else 1)
        assert allowed or hart.trap[0] == 2
        zeroed = bytes(64) if allowed and name == "cbo.zero" else b"\xff" * 64
        assert memory.read(block - 64, 192) == b"\xff" * 64 + zeroed + b"\xff" * 64


@pytest.mark.parametrize("name", new_rows())
def test_nothing_is_there_unless_asked_for(small_pair: Callable[[str], Pair], name: str) -> None:
    """Without the extensions a word traps, or is the base instruction in whose space it lies."""
    pair = small_pair("zicntr")
    rng = random.Random(name)
    pair.load(rng)
    for _ in range(3):
        one_case(pair, isa.BY_NAME[name], rng)
