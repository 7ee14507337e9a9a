"""Spelling: what the disassembler prints where LLVM is not asked, register names, vtype, CSR names, ISA strings."""

from __future__ import annotations

import pytest

from rvsim.isa import ALIASES, CSRS, F_NAMES, X_NAMES, disassemble, encode, parse_isa, vtype_text


@pytest.mark.parametrize(
    ("word", "text", "plain"),
    [
        (0x00008067, "ret", "jalr zero, 0(ra)"),
        (0x8082, "ret", "c.jr ra"),
        (0x4505, "li a0, 1", "c.li a0, 1"),
        (0x0001, "nop", "c.nop"),
        (0x0D05F557, "vsetvli a0, a1, e32, m1, ta, ma", "vsetvli a0, a1, e32, m1, ta, ma"),
        (0x00056087, "vle32.v v1, (a0), v0.t", "vle32.v v1, (a0), v0.t"),
        (0xFFFFF537, "lui a0, 0xfffff", "lui a0, 0xfffff"),
        (0x003100D3, "fadd.s ft1, ft2, ft3, rne", "fadd.s ft1, ft2, ft3, rne"),
        (0x003170D3, "fadd.s ft1, ft2, ft3", "fadd.s ft1, ft2, ft3, dyn"),
        (0x003150D3, "fadd.s ft1, ft2, ft3, rm5", "fadd.s ft1, ft2, ft3, rm5"),
        (0x7FF02573, "csrr a0, 2047", "csrrs a0, 2047, zero"),
        (0xC2002573, "csrr a0, vl", "csrrs a0, vl, zero"),
        (0xC0001073, "unimp", "csrrw zero, cycle, zero"),
        (0x00A00533, "add a0, zero, a0", "add a0, zero, a0"),
        (0x852E, "mv a0, a1", "c.mv a0, a1"),
        (0x0000, ".half 0x0000", ".half 0x0000"),
        (0xFFFFFFFF, ".word 0xffffffff", ".word 0xffffffff"),
        (0x0100000F, "pause", "pause"),
        (0x00200033, "ntl.p1", "ntl.p1"),
        (0x900A, "c.ntl.p1", "c.ntl.p1"),
        (0x6081, "c.mop.1", "c.mop.1"),
    ],
)
def test_text(word: int, text: str, plain: str) -> None:
    assert disassemble(word) == text
    assert disassemble(word, aliases=False) == plain


def test_branch_targets_are_addresses_and_labels() -> None:
    back = encode("bne", rs1=5, rs2=0, bimm12=-16)
    assert disassemble(back, 0x80000010) == "bnez t0, 0x80000000"
    labels = {0x80000000: "main", 0x80000004: "main+0x4"}
    assert disassemble(back, 0x80000010, labels.get) == "bnez t0, 0x80000000 <main>"
    assert disassemble(back, 0x80000014, labels.get) == "bnez t0, 0x80000004 <main+0x4>"
    assert disassemble(back, 0x80000020, labels.get) == "bnez t0, 0x80000010"
    assert disassemble(encode("c.j", c_imm12=-2), 0) == "j 0xfffffffffffffffe"


def test_vtype_text() -> None:
    assert vtype_text(0xD2) == "e32, m4, ta, ma"
    assert vtype_text(0x0F) == "e16, mf2, tu, mu"
    assert vtype_text(0x45) == "e8, mf8, ta, mu"
    for reserved in (0x04, 0x20, 0x100, 0x7FF):
        assert vtype_text(reserved) == str(reserved)


def test_register_names() -> None:
    assert len(set(X_NAMES)) == len(set(F_NAMES)) == 32
    assert [X_NAMES[i] for i in (0, 1, 2, 5, 8, 10, 18, 28)] == ["zero", "ra", "sp", "t0", "s0", "a0", "s2", "t3"]
    assert [F_NAMES[i] for i in (0, 8, 10, 18, 28)] == ["ft0", "fs0", "fa0", "fs2", "ft8"]


def test_csr_numbers() -> None:
    """Samples from the specification's listing, the ends of the numbered families among them."""
    known = {
        "fflags": 0x001, "fcsr": 0x003, "vstart": 0x008, "vcsr": 0x00F, "vl": 0xC20, "vlenb": 0xC22, "cycle": 0xC00,
        "hpmcounter31": 0xC1F, "mstatus": 0x300, "mtvec": 0x305, "mcounteren": 0x306, "mepc": 0x341, "mtval": 0x343,
        "pmpcfg14": 0x3AE, "pmpaddr0": 0x3B0, "pmpaddr63": 0x3EF, "mnstatus": 0x744, "minstret": 0xB02,
        "mhpmcounter31": 0xB1F, "mhpmevent3": 0x323, "mhpmevent31": 0x33F, "mhartid": 0xF14, "satp": 0x180,
    }  # fmt: skip
    assert {name: CSRS[name] for name in known} == known
    assert len(set(CSRS.values())) == len(CSRS)


GENERAL = {"i", "m", "a", "f", "d", "zicsr", "zifencei", "priv"}


@pytest.mark.parametrize(
    ("text", "extensions"),
    [
        ("rv64g", GENERAL),
        ("rv64gcv", GENERAL | {"c", "v"}),
        ("RV64GCV", GENERAL | {"c", "v"}),
        ("rv64imac", {"i", "m", "a", "c", "priv"}),
        ("rv64imzicsr", {"i", "m", "zicsr", "priv"}),
        ("rv64iv_zvl512b", {"i", "v", "d", "f", "zicsr", "zvl512b", "priv"}),
        ("rv64ib_zfh", {"i", "zba", "zbb", "zbs", "f", "zfh", "zfhmin", "zicsr", "priv"}),
        ("rv64gcv_zvfh_zvfbfwma", GENERAL | {"c", "v", "zvfh", "zvfhmin", "zfhmin", "zvfbfwma", "zvfbfmin", "zfbfmin"}),
        ("rv64gc_zba_zbb_zcb1p0", GENERAL | {"c", "zba", "zbb", "zcb"}),
        ("rv64gcv_zvbb_zvdot4a8i_0p1_zvl256b", GENERAL | {"c", "v", "zvbb", "zvkb", "zvdot4a8i_0p1", "zvl256b"}),
        ("rva20u64", GENERAL - {"zifencei"} | {"c", "zicntr", "ziccif", "ziccrse", "ziccamoa", "za128rs", "zicclsm"}),
        ("rv64id", {"i", "d", "f", "zicsr", "priv"}),
        (
            "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_v1p0_zicsr2p0_zmmul1p0_zaamo1p0_zca1p0_zcd1p0_zve64d1p0_zvl128b1p0",
            {"i", "m", "a", "f", "d", "c", "v", "zicsr", "zvl128b", "priv"},
        ),
    ],
)
def test_isa_strings(text: str, extensions: set[str]) -> None:
    assert parse_isa(text) == extensions


def test_rva23_is_the_list_of_the_profile() -> None:
    """RVA23U64, chapter "RVA23 Mandatory Extensions" of the profile; Zifencei is none of them."""
    listed = (
        "m a f d c zicsr zicntr zihpm ziccif ziccrse ziccamoa zicclsm za64rs zihintpause zba zbb zbs zic64b zicbom zicbop zicboz"
        " zfhmin zkt v zvfhmin zvbb zvkt zihintntl zicond zimop zcmop zcb zfa zawrs supm"
    )
    assert parse_isa("rva23u64") == {"i", "priv", "zvkb", *listed.split()}
    assert parse_isa("rva23u64_zvfh_zvl256b") == parse_isa("rva23u64") | {"zvfh", "zvl256b"}


def test_the_draft_keeps_its_old_names() -> None:
    for old, new in ALIASES.items():
        scalar = {"rs1": 12} if new.endswith(".vx") else {"vs1": 3}
        word = encode(old, vd=1, vs2=2, **scalar)
        assert word == encode(new, vd=1, vs2=2, **scalar)
        assert disassemble(word) == f"{new} v1, v2, {'a2' if new.endswith('.vx') else 'v3'}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rv32gc", "expected a string that starts with rv64"),
        ("", "expected a string that starts with rv64"),
        ("rv64gc_zxyz", "unknown extension 'zxyz'"),
        ("rv64gcq", "unknown extension 'q'"),
        ("rv64mc", r"the base i \(or g\) is missing"),
        ("rv64gc_", "an underscore without a name after it"),
        ("rv64gc__zicsr", "an underscore without a name after it"),
        ("rv64g_zcb", "zcb without c is not supported"),
        ("rv64gc_zvfh", "zvfh without v is not supported"),
        ("rv64gcv_zvdot4a8i", "zvdot4a8i is a draft; ask for the version that is simulated: zvdot4a8i_0p1"),
        ("rv64gcv_zvdot4a8i_0p2", "zvdot4a8i is a draft"),
        ("rva99u64", "expected a string that starts with rv64 or a profile"),
        ("rv64gc_zve32x", "zve32x without the whole of v is not supported"),
        ("rv64gc+v", r"unknown extension '\+v'"),
    ],
)
def test_isa_strings_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_isa(text)
