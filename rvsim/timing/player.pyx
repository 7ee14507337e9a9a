"""Plays instruction sequences straight into the timing model, without a core: for micro-benchmarks and tests.

Builds the Ops and Events that a core would have produced and feeds them to `timing_step`. It executes nothing: addresses,
vl and branch directions are given.
"""
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint64_t
from libc.stdlib cimport calloc, free

from rvsim.core.op cimport *
from rvsim.timing.model cimport TimingModel, timing_step

from ..errors import UsageError
from .rows import GROUPS
from .units import ALL_UNITS, Path

_MODES = {"strided": VMODE_STRIDED, "indexed": VMODE_INDEXED, "ff": VMODE_FF, "whole": VMODE_WHOLE, "mask": VMODE_MASK}
_NAMES = (("rd", "rs1", "rs2", "rs3"), ("vd", "vs1", "vs2", "vs3"))
_KINDS = {
    Path.LOAD: KIND_LOAD, Path.STORE: KIND_STORE, Path.AMO: KIND_AMO, Path.BRANCH: KIND_BRANCH, Path.CSR: KIND_SYSTEM,
    Path.FENCE: KIND_SYSTEM, Path.CONFIG: KIND_VSET, Path.VECTOR: KIND_VECTOR, Path.VECTOR_LOAD: KIND_VLOAD,
    Path.VECTOR_STORE: KIND_VSTORE,
}


def _size(str name, list operands):
    """Bytes of a memory element: from the group of its data, or from the letter of a scalar mnemonic."""
    for cls, slot, group, _, _ in operands:
        if cls == "v" and slot == 0 and group[0] == "e":
            return int(group[1:]) // 8
    letters = name.removeprefix("c.").removeprefix("f").split(".")[0].removesuffix("sp").removesuffix("u")
    return next((size for letter, size in zip("bhwd", (1, 2, 4, 8)) if letters.endswith(letter)), 8)


def _mode(str unit):
    last = unit.rpartition("_")[2]
    return _MODES.get(last, VMODE_UNIT)


cdef class _Tape:
    """Ops by halfword of the program, and the events in order of execution."""

    cdef Op *ops
    cdef Event *events
    cdef Op **order
    cdef list kept
    cdef readonly int length

    def __cinit__(self, int slots, int length):
        self.ops = <Op *>calloc(slots + 8, sizeof(Op))
        self.events = <Event *>calloc(length + 1, sizeof(Event))
        self.order = <Op **>calloc(length + 2, sizeof(Op *))
        self.kept = []
        self.length = length
        if self.ops == NULL or self.events == NULL or self.order == NULL:
            raise MemoryError("the tape of a played program")

    def __dealloc__(self):
        cdef int i
        if self.events != NULL:
            for i in range(self.length):
                free(self.events[i].elems)
        free(self.ops)
        free(self.events)
        free(self.order)


cdef void fill_op(Op *op, int insn, dict row, dict regs, uint64_t pc):
    path = ALL_UNITS[row["unit"]]
    op.insn = <uint16_t>insn
    op.pc = pc
    op.len = 2
    slots = [0, 0, 0, 0]
    for cls, slot, _, _, _ in row["operands"]:
        if slot < 4:
            slots[slot] = regs.get(_NAMES[cls == "v"][slot], regs.get("vs3", 0) if cls == "v" and slot == 0 else 0)
    op.rd, op.rs1, op.rs2, op.rs3 = slots
    op.imm = <int32_t>regs.get("imm", 0)
    op.vm = <uint8_t>regs.get("vm", 1)
    op.kind = <uint8_t>(_KINDS[path] if path in _KINDS else KIND_PLAIN)
    if row["name"] == "jal" or row["name"] == "c.j":
        op.kind = KIND_JAL
    elif path == Path.JUMP:
        op.kind = KIND_JALR
    if path in (Path.VECTOR_LOAD, Path.VECTOR_STORE):
        op.vmode = <uint8_t>_mode(row["unit"])
        op.size = 0 if op.vmode == VMODE_INDEXED else <uint8_t>_size(row["name"], row["operands"])
    elif path in (Path.LOAD, Path.STORE, Path.AMO):
        op.size = <uint8_t>_size(row["name"], row["operands"])
    for cls, _, _, _, role in row["operands"]:
        if cls == "x" and role == "w" and op.rd == 0:
            op.rd = 32


cdef void fill_event(Event *ev, dict row, dict regs, dict state, dict given, long vlen):
    cdef int i
    sew, lmul = state["vtype"]
    code = lmul.bit_length() - 1 if lmul >= 1 else 8 - (round(1 / lmul).bit_length() - 1)
    ev.vtype = (sew.bit_length() - 4) | (code << 2)
    ev.vlmax = int(vlen * lmul) // sew
    ev.vl = state["vl"] if state["vl"] is not None else ev.vlmax
    ev.active = ev.vl
    ev.addr = given.get("addr", 0)
    nf = max([fields for cls, _, _, fields, _ in row["operands"] if cls == "v"], default=1)
    size = _size(row["name"], row["operands"]) if row["unit"].startswith(("v_load", "v_store")) else 1
    if row["unit"].endswith("indexed"):
        size = sew // 8
    whole = [1 << (GROUPS.index(group) - 12) for cls, _, group, _, _ in row["operands"] if cls == "v" and group[0] == "r"]
    ev.stride = given.get("stride", 0 if "elems" in given else size * nf)
    ev.bytes = given.get("bytes", whole[0] * vlen // 8 if whole else ev.vl * size * nf)
    if row["unit"].startswith("v_slide"):
        ev.stride = given.get("stride", 1 if "slide1" in row["unit"] else regs.get("imm", 1))
    if "elems" in given:
        ev.elems = <uint64_t *>calloc(len(given["elems"]) + 1, 8)
        if ev.elems == NULL:
            raise MemoryError("the element addresses of a played instruction")
        for i in range(len(given["elems"])):
            ev.elems[i] = given["elems"][i]


def play(TimingModel model, program, int repeat=1):
    """Times `program` `repeat` times over, in order.

    An item is (mnemonic, registers, event): registers rd rs1 rs2 rs3 vd vs1 vs2 vs3 vm imm; event addr stride bytes elems,
    vl and vtype=(SEW, LMUL), which hold until changed, and pc, which defaults to the address after the item before.
    Items of the same pc are executions of one instruction. Raises UsageError for an unknown mnemonic,
    and for two at one place.
    """
    cdef int i, r, slot
    cdef _Tape tape
    names = {row["name"]: number for number, row in enumerate(model.insns)}
    items = list(program)
    state = {"vl": None, "vtype": (64, 1)}
    pcs = []
    at = 0
    for item in items:
        at = item[2].get("pc", at) if len(item) > 2 else at
        pcs.append(at)
        at += 4
    tape = _Tape((max(pcs, default=0) >> 1) + 4, len(items))
    for i, item in enumerate(items):
        name, regs, given = (*item, {}, {})[:3]
        if name not in names:
            raise UsageError(f"no instruction {name!r} in the table")
        row = model.insns[names[name]]
        state.update({key: given[key] for key in ("vl", "vtype") if key in given})
        slot = pcs[i] >> 1
        if not tape.ops[slot].len:
            fill_op(&tape.ops[slot], names[name], row, regs, 0x10000 + <uint64_t>pcs[i])
        elif tape.ops[slot].insn != names[name]:
            raise UsageError(f"item {i}: {name} at {pcs[i]:#x}, where {model.insns[tape.ops[slot].insn]['name']} stands")
        tape.order[i] = &tape.ops[slot]
        fill_event(&tape.events[i], row, regs, state, given, model.config.vlen)
    tape.order[len(items)] = tape.order[0] if repeat > 1 else tape.order[len(items) - 1] + 2
    r = len(items)
    with nogil:
        for _ in range(repeat):
            for i in range(r):
                timing_step(model.t, tape.order[i], &tape.events[i], tape.order[i + 1])


def cost(TimingModel model, program, int repeat):
    """Nanoseconds of host time for one instruction of `program`, played `repeat` times (after one round to warm up)."""
    import time

    play(model, program, 1)
    start = time.process_time_ns()
    play(model, program, repeat)
    return (time.process_time_ns() - start) / (repeat * len(program))
