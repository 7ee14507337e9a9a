"""The measuring loop of the instruction rows, run through the simulator: 64 copies of one instruction and a branch back.

What the reference loops did, as far as their figures show it: sources in v16 and v24, masks in v0, destinations rotating
over v8..v15 by LMUL (by 2 LMUL for widening instructions); vl = VLMAX; data in the first-level cache. Operand values are
harmless ones (small integers, 1.0), so dividers meet easy data as in most reference rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from rvsim import engine
from rvsim.engine import EXECUTE, READ, WRITE
from rvsim.isa import BY_NAME, encode
from rvsim.machine import Machine

from .assembler import assemble, vtype

COPIES = 64
ILLEGAL = 2  # cause of an illegal instruction
CODE, DATA, DATA_SIZE = 0x2000_0000, 0x3000_0000, 1 << 17
MIDDLE = DATA + DATA_SIZE // 2

# Cycles an instruction that a core's reference loop adds to every row: a cost of its measuring loop, not of the machine.
LOOP_COST = {"sifive-x280": 0.14}

# Accumulating forms whose reference loop rotates as if they were widening (seen in their latency at each LMUL).
_WIDE_SPACED = re.compile(r"vf?w(?!red)|vfn(macc|msac|msub)\.")
_EEW = re.compile(r"e(8|16|32|64)(ff)?\.v$")
_INDEX = re.compile(r"ei(8|16|32|64)\.v$")
_SCALAR_TARGETS = (5, 10, 11, 12, 13, 14, 15, 16)
_COUNTER, _VL = 18, 19


class NotExecutable(Exception):
    """The simulated machine has no such instruction, or not at this SEW and LMUL; the text says so."""


def registers(lmul: str) -> float:
    """LMUL as a number: m4 -> 4, mf2 -> 0.5."""
    return 1 / int(lmul[2:]) if lmul.startswith("mf") else int(lmul[1:])


@cache
def word_of(name: str, operands: str) -> int:
    """The instruction with the first of its destinations. Raises NotExecutable for one the table lacks, or not with these operands."""
    try:
        return int.from_bytes(assemble(f"{name} {operands}"), "little")
    except ValueError as error:
        raise NotExecutable(f"{name} is not in the instruction table" if "unknown" in str(error) else str(error)) from None


def targets(name: str, sew: int, lmul: str) -> tuple[int, ...]:
    """Destination registers in the order of rotation."""
    if name in ("vcpop.m", "vfirst.m"):
        return _SCALAR_TARGETS  # a mask unit's scalar does not make the next one wait
    step = max(1, int(registers(lmul)))
    if name in BY_NAME:  # whole registers
        step = max([step, *(int(o.group[1:]) for o in BY_NAME[name].operands if o.group and o.group[0] == "r")])
    if _INDEX.search(name) and name in BY_NAME:  # fields of an indexed load must stay clear of the offsets in v16
        step *= BY_NAME[name].operands[0].nf
    if match := _EEW.search(name):
        step = max(step, int(registers(lmul) * int(match[1]) / sew))
    count = max(1, 8 // (2 * step if _WIDE_SPACED.match(name) else step))
    if name in ("vmv.x.s", "vfmv.f.s"):
        return _SCALAR_TARGETS[:count]
    return tuple(8 + i * (8 // count) for i in range(count))


def rotated(word: int, places: tuple[int, ...]) -> list[int]:
    """COPIES words whose destination field (vd, vs3 or rd: bits 11..7) goes round `places`."""
    return [word & ~0xF80 | places[i % len(places)] << 7 for i in range(COPIES)]


class Loop:
    """A machine with the measuring loop in its memory; `cost` runs one body and gives its steady cycles an instruction."""

    def __init__(self, name: str, sets: Mapping[str, object] | None = None) -> None:
        self.machine = Machine(name, set=sets)
        self.name = self.machine.config.name
        self.hart, self.memory = self.machine.hart, self.machine.memory
        assert self.machine.model is not None
        self.model = self.machine.model
        self.memory.map(CODE, 0x1000, READ | EXECUTE | WRITE)
        self.memory.map(DATA, DATA_SIZE, READ | WRITE)
        # A machine may follow the branch for as long as its history is before it expects it: train it once.
        self._place([encode("vsetvli", rd=_VL, rs1=0, zimm11=vtype(8, "m1")), *[encode("addi", rd=0, rs1=0, imm12=0)] * COPIES])
        self._run(1 + 40 * (COPIES + 2))

    def _place(self, words: list[int]) -> None:
        """One configuration, the copies, then the branch back to the first copy."""
        back = -4 * len(words)
        code = np.array(
            [*words, encode("addi", rd=_COUNTER, rs1=_COUNTER, imm12=-1), encode("bne", rs1=_COUNTER, rs2=0, bimm12=back)], "<u4"
        )
        self.memory.write(CODE, code.tobytes())
        self.hart.code_changed(CODE, 4 * len(code))
        self.hart.set_x(_COUNTER, 1 << 40)
        self.hart.pc = CODE

    def _run(self, instructions: int) -> int:
        """Run that many more and return the cycle at which the last result is there."""
        if engine.run(self.hart, self.model, instructions) != "budget":
            illegal = self.hart.trap[0] == ILLEGAL
            raise NotExecutable(f"{self.name} has no such instruction" if illegal else f"vectors of {self.name} outgrow the row's data")
        return int(self.model.cycles)

    def cost(
        self,
        words: list[int],
        sew: int,
        lmul: str,
        tail: str = "a",
        mask: str = "a",
        stride: int = 0,
        scalar: int = 3,
        index: int = 0,
    ) -> float:
        """Cycles an instruction in the steady state of the loop over `words`.

        stride: bytes of the strided operand t3. scalar: value of t0. index: bits of the offsets in v16, 0 for none.
        Raises NotExecutable.
        """
        self._operands(sew, stride, scalar, index)
        self._place([encode("vsetvli", rd=_VL, rs1=0, zimm11=vtype(sew, lmul, tail, mask)), *words])
        self.model.drain()
        length = len(words) + 2
        begin = self._run(1 + length)
        end, rounds = self._run(length), 1
        while end - begin < 1500 and rounds < 24:  # cycles are whole: enough of them for three digits
            more = max(1, min(24 - rounds, 1500 * rounds // max(end - begin, 1) - rounds))
            end, rounds = self._run(more * length), rounds + more
        return (end - begin) / (len(words) * rounds)

    def _operands(self, sew: int, stride: int, scalar: int, index: int) -> None:
        hart, vlen = self.hart, self.machine.config.vlen
        hart.v_bytes()[:] = _contents(sew, vlen)
        if index:
            offsets = np.arange(8 * vlen // index) * (sew // 8) % (1 << min(index, 12))
            hart.v_bytes()[16:24] = offsets.astype(f"<u{index // 8}").view(np.uint8).reshape(8, -1)
        hart.set_x(5, scalar)
        hart.set_x(6, -sew // 8 if stride == 0 else -stride // 3)
        hart.set_x(7, MIDDLE)
        hart.set_x(28, stride)
        hart.set_f(0, _ONE[sew] | (~0 << sew & 0xFFFF_FFFF_FFFF_FFFF))


_ONE = {8: 1, 16: 0x3C00, 32: 0x3F80_0000, 64: 0x3FF0_0000_0000_0000}


@cache
def _contents(sew: int, vlen: int) -> Any:
    """Vector registers full of 1.0 (ones at SEW 8), and every other element active in v0."""
    block = np.full((32, vlen // sew), _ONE[sew], f"<u{sew // 8}").view(np.uint8)
    block[0] = 0x55
    return block


def throughput(loop: Loop, name: str, params: Mapping[str, Any]) -> float:
    """Simulated cycles an instruction of a throughput row."""
    sew, lmul, operands = params["sew"], params["lmul"], params["operands"]
    match = _EEW.search(name)
    in_memory = "(" in operands
    eew = int(match[1]) if match else sew
    words = rotated(word_of(name, operands), targets(name, sew, lmul))
    found = _INDEX.search(name)
    index = int(found[1]) if found else 0
    start = DATA if in_memory else 3
    cycles = loop.cost(words, sew, lmul, params.get("tail", "a"), params.get("mask", "a"), 3 * eew // 8, start, index)
    return cycles + LOOP_COST.get(loop.name, 0.0)


def scalar(loop: Loop, name: str, params: Mapping[str, Any]) -> float:
    """Simulated cycles an instruction of a row of scalar instructions, all with the same operands."""
    loop.hart.set_x(9, MIDDLE)
    return loop.cost([word_of(name, params["operands"])] * COPIES, 64, "m1")


def latency(loop: Loop, name: str, params: Mapping[str, Any]) -> float:
    """Simulated cycles an instruction of a row of dependency chains and loads by stride."""
    sew, lmul, note = params["sew"], params["lmul"], params["note"]
    if params["metric"].startswith("latency"):
        if name == "vmv1r.v":
            pair = [encode(name, vd=8, vs2=8)] if "self" in note else [encode(name, vd=8, vs2=9), encode(name, vd=9, vs2=8)]
            return loop.cost(pair * (COPIES // len(pair)), sew, lmul)
        return loop.cost([word_of(name, _usual(name, "v8"))] * COPIES, sew, lmul)
    stride = re.match(r"stride (\d+)B", note)
    if stride:
        word, bytes_ = word_of(name, "v8,(t2),t3"), int(stride[1])
        return loop.cost(rotated(word, targets(name, sew, lmul)), sew, lmul, stride=bytes_)
    return loop.cost(rotated(word_of(name, _usual(name, "v16")), targets(name, sew, lmul)), sew, lmul, scalar=DATA)


def _usual(name: str, source: str) -> str:
    """Operands of a row that names none: destination v8, vs2 as given, vs1 v24, memory at t0."""
    texts = {"vs2": source, "vs1": "v24", "rs1": "t0", "rs2": "t3", "fs1": "ft0", "simm5": "3", "uimm5": "3", "v0": "v0"}
    operands = BY_NAME[name].operands if name in BY_NAME else ()
    return ",".join("(t0)" if o.cls == "mem" else texts.get(o.name, "v8") for o in operands if o.cls != "vm")
