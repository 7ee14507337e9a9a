"""The measuring loop: known costs of a machine come out of it, operands and rotation are what the reference had."""

from __future__ import annotations

import pytest

from rvsim import isa
from rvsim.validate import assembler, loops
from rvsim.validate.loops import Loop, NotExecutable


def row(operands: str, sew: int, lmul: str) -> dict[str, object]:
    return {"operands": operands, "sew": sew, "lmul": lmul, "tail": "a", "mask": "a"}


@pytest.mark.parametrize(("lmul", "beats"), [("m1", 2), ("m2", 4), ("m4", 8), ("m8", 16)])
def test_cost_is_beats(loop: Loop, lmul: str, beats: int) -> None:
    """256-bit registers on 2 lanes of 64 bits: two beats a register, when no result is waited for."""
    for name in ("vadd.vv", "vfadd.vv", "vmul.vv"):
        found = loops.throughput(loop, name, row("v8,v16,v24", 32, lmul))
        assert found == pytest.approx(beats, rel=0.01), name


def test_a_pipe_of_other_width_is_seen(loop: Loop) -> None:
    wide = Loop("generic", {"vlen": "256", "lanes": "4"})
    assert loops.throughput(wide, "vadd.vv", row("v8,v16,v24", 32, "m4")) == pytest.approx(4, rel=0.01)


def test_chain_costs_latency() -> None:
    """A dependency chain of short vectors takes the latency of the unit, whatever else the machine does."""
    chain = {"metric": "latency(dep-chain via vs2)", "sew": 8, "lmul": "mf8", "note": ""}
    slow = Loop("generic", {"vector.classes.int.latency": "17"})
    assert loops.latency(slow, "vadd.vv", chain) - loops.latency(Loop("generic"), "vadd.vv", chain) == pytest.approx(
        17 - Loop("generic").machine.config.vector.classes["int"].latency, abs=0.05
    )


def test_loop_cost_belongs_to_the_measurement() -> None:
    """A core whose reference loop costs something gets it on top, under its name only."""
    sets = {"vlen": "512", "name": "sifive-x280"}
    named, plain = Loop("generic", sets), Loop("generic", {"vlen": "512"})
    shape = row("v8,v16,v24", 8, "m8")
    extra = loops.throughput(named, "vadd.vv", shape) - loops.throughput(plain, "vadd.vv", shape)
    assert extra == pytest.approx(loops.LOOP_COST["sifive-x280"])


@pytest.mark.parametrize(
    ("name", "sew", "lmul", "places"),
    [
        ("vadd.vv", 8, "m1", (8, 9, 10, 11, 12, 13, 14, 15)),
        ("vadd.vv", 8, "m4", (8, 12)),
        ("vadd.vv", 8, "m8", (8,)),
        ("vwadd.vv", 8, "m1", (8, 10, 12, 14)),
        ("vwadd.vv", 8, "m4", (8,)),
        ("vwredsum.vs", 8, "m2", (8, 10, 12, 14)),
        ("vfwredusum.vs", 16, "m4", (8, 12)),
        ("vfnmsac.vv", 32, "m1", (8, 10, 12, 14)),
        ("vfmacc.vv", 32, "m2", (8, 10, 12, 14)),
        ("vle8.v", 8, "mf2", (8, 9, 10, 11, 12, 13, 14, 15)),
        ("vle32.v", 8, "m1", (8, 12)),
        ("vmv.x.s", 8, "m4", (5, 10)),
        ("vcpop.m", 8, "m8", (5, 10, 11, 12, 13, 14, 15, 16)),
    ],
)
def test_destinations(name: str, sew: int, lmul: str, places: tuple[int, ...]) -> None:
    assert loops.targets(name, sew, lmul) == places


@pytest.mark.parametrize(
    ("name", "operands", "text"),
    [
        ("vadd.vx", "v8,v16,t0", "vadd.vx v8, v16, t0"),
        ("vmacc.vx", "v8,t0,v16", "vmacc.vx v8, t0, v16"),
        ("vfmacc.vf", "v8,ft0,v16", "vfmacc.vf v8, ft0, v16"),
        ("vsll.vi", "v8,v16,13", "vsll.vi v8, v16, 13"),
        ("vmerge.vim", "v8,v16,13,v0", "vmerge.vim v8, v16, 13, v0"),
        ("vle16ff.v", "v8,(t0)", "vle16ff.v v8, (t0)"),
        ("vssseg3e8.v", "v8,(t2),t3", "vssseg3e8.v v8, (t2), t3"),
        ("vlse64.v", "v8,(t2),x0", "vlse64.v v8, (t2), zero"),
        ("vcpop.m", "t0,v8", "vcpop.m t0, v8"),
        ("vmfgt.vv", "v8,v16,v24", "vmflt.vv v8, v24, v16"),
    ],
)
def test_operands(name: str, operands: str, text: str) -> None:
    assert isa.disassemble(loops.word_of(name, operands), aliases=False).split() == text.split()


def test_every_vector_instruction_runs_in_the_loop(loop: Loop) -> None:
    """Rows of any mnemonic can be scored: each runs at one SEW at least, with operands as a row would have them."""
    texts = {"vs2": "v16", "vs1": "v24", "rd": "t0", "fd": "ft0", "rs1": "t0", "rs2": "t3", "fs1": "ft0", "v0": "v0"}
    stuck = []
    for name, unit in ((row.name, row) for row in isa.INSTRUCTIONS if row.unit.startswith("v_") and row.unit != "v_config"):
        if unit.extension.startswith("zvdot"):
            continue  # not in the machine's ISA
        memory = "(t2)" if any(o.name == "rs2" for o in unit.operands) else "(t0)"
        operands = [
            memory if o.cls == "mem" else texts.get(o.name, "3" if o.cls == "imm" else "v8") for o in unit.operands if o.cls != "vm"
        ]
        if not any(runs(loop, name, ",".join(operands), sew) for sew in (32, 64, 16, 8)):
            stuck.append(name)
    assert not stuck


def runs(loop: Loop, name: str, operands: str, sew: int) -> bool:
    try:
        return loops.throughput(loop, name, row(operands, sew, "m1")) > 0
    except NotExecutable:
        return False


@pytest.mark.parametrize(
    ("pseudo", "operands", "name"),
    [
        ("vmsge.vv", "v8,v16,v24", "vmsle.vv"),
        ("vneg.v", "v8,v16", "vrsub.vx"),
        ("vmslt.vi", "v8,v16,13", "vmsle.vi"),
        ("vmset.m", "v8", "vmxnor.mm"),
    ],
)
def test_spellings_of_assemblers(pseudo: str, operands: str, name: str) -> None:
    assert isa.disassemble(loops.word_of(pseudo, operands), aliases=False).split()[0] == name


def test_what_cannot_run_is_told(loop: Loop) -> None:
    with pytest.raises(NotExecutable, match="instruction table"):
        loops.throughput(loop, "vfrobnicate.vv", row("v8,v16,v24", 8, "m1"))
    with pytest.raises(NotExecutable, match="generic"):
        loops.throughput(loop, "vfadd.vv", row("v8,v16,v24", 8, "m1"))  # there is no 8-bit floating point
    assert loops.throughput(loop, "vadd.vv", row("v8,v16,v24", 8, "m8")) == pytest.approx(16, rel=0.01)  # and the loop goes on


def test_assembler() -> None:
    code = assembler.assemble("start:\n li a0, 5 # five\n vsetvli t0, a0, e16, mf2\n vadd.vi v8, v8, 1, v0.t\n bnez a0, start\n ret")
    words = [int.from_bytes(code[i : i + 4], "little") for i in range(0, len(code), 4)]
    assert [isa.disassemble(word, aliases=False).split()[0] for word in words] == ["addi", "vsetvli", "vadd.vi", "bne", "jalr"]
    assert "mf2" in isa.disassemble(words[1]) and "v0.t" in isa.disassemble(words[2])


@pytest.mark.parametrize("line", ["vadd.vv v8, v9", "frob a0", "bnez a0, nowhere", "addi a0, a0, 5000", "vle8.v v8, (q9)"])
def test_assembler_names_the_line(line: str) -> None:
    with pytest.raises(ValueError, match=line[:4]):
        assembler.assemble(line)
