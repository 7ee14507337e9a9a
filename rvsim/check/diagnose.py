"""Who is to blame when two runs differ: one undefined thing at a time is changed, and the one that matters is followed.

knock out   the same run with the other pattern in one register, the stack, one array ...: which of them changes the course?
writer      the last instruction that writes an element which is wrong in the end
lockstep    two runs that differ in the culprit only, instruction by instruction, until the difference is read
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rvsim import isa
from rvsim.engine import run

from .bench import STACK, VTYPE, VXRM, VXSAT, Bench, Placement, Poison
from .judge import Verdict, differ
from .subject import Case

AGNOSTIC = "agnostic"
STEPS = 20_000  # instructions that are followed in lockstep
_ELEMENT = re.compile(r"(\w+)((?:\[[\d, ]+\])+) ")  # how the message of a wrong result begins
_NUMBER = re.compile(r"\d+")
_X = dict(enumerate(isa.X_NAMES))


@dataclass(frozen=True, slots=True)
class Culprit:
    """Something undefined on which a run depends, and where it is first read."""

    name: str
    message: str
    pc: int | None
    vtype: str | None
    vl: int | None


def find(benches: Mapping[bool, Bench], twin: Callable[[], Bench], case: Case, place: Placement, limit: int) -> Culprit:
    """benches: by their choice for agnostic elements, False = undisturbed; twin: makes another one that leaves them undisturbed."""
    bench = benches[False]
    base = bench.run(case, place, Poison(), limit)
    if differ(base, benches[True].run(case, place, Poison(), limit), case):
        pc, vtype, vl = first_use(bench, benches[True], case, place, Poison(), Poison())
        return Culprit(AGNOSTIC, _message(AGNOSTIC, case), pc, vtype, vl)
    for group in _groups(case):
        if not differ(base, bench.run(case, place, Poison(0, frozenset(group)), limit), case):
            continue
        for name in group:
            poison = Poison(0, frozenset({name}))
            if len(group) == 1 or differ(base, bench.run(case, place, poison, limit), case):
                pc, vtype, vl = first_use(bench, twin(), case, place, Poison(), poison)
                return Culprit(name, _message(name, case), pc, vtype, vl)
    return Culprit("several", "the result depends on undefined registers or memory, several of them together", None, None, None)


def undefined(benches: Mapping[bool, Bench], case: Case, place: Placement, limit: int) -> bool:
    """Whether a run depends on something undefined, by one change at a time: a check makes both at once, and they may cancel out."""
    base = benches[False].run(case, place, Poison(), limit)
    return differ(base, benches[False].run(case, place, Poison(1), limit), case) or differ(
        base, benches[True].run(case, place, Poison(), limit), case
    )


def writer(bench: Bench, case: Case, place: Placement, found: Verdict, limit: int) -> Verdict:
    """A wrong element of an array, with the instruction that wrote it last."""
    told = _ELEMENT.match(found.message)
    array = case.arrays.get(told[1]) if told is not None else None
    if told is None or array is None:
        return found
    index = [int(n) for n in _NUMBER.findall(told[2])]
    if len(index) != len(array.strides):
        return found
    offset = sum(i * stride for i, stride in zip(index, array.strides, strict=True)) * array.data.itemsize
    write = bench.last_write(case, place, array.name, offset, limit)
    if write is None:
        never = "" if "never written" in found.message else "; nothing writes it"
        return replace(found, message=found.message + never, array=array.name)
    row = isa.decode(bench.machine.hart.word_at(write.pc)[0])
    vector = row is not None and row.unit.startswith("v_")
    return replace(
        found, message=f"{found.message}; last written", pc=write.pc, array=array.name,
        vtype=isa.vtype_text(write.vtype) if vector else None, vl=write.vl if vector else None,
        element=write.element if write.element >= 0 else None,
    )  # fmt: skip


def _groups(case: Case) -> Iterator[list[str]]:
    yield [VTYPE]
    yield [f"v{i}" for i in range(32)]
    yield [f"f{i}" for i in range(32)]
    yield [f"x{i}" for i in range(3, 32)]
    yield [STACK]
    for name, array in case.arrays.items():
        if array.undefined.any():
            yield [name]
    yield [VXRM]
    yield [VXSAT]


def _message(name: str, case: Case) -> str:
    if name in case.arrays:
        return f"relies on what {case.arrays[name].label} holds before the call: it is an output, nobody has written it"
    if name == AGNOSTIC:
        return "relies on tail or masked-off elements that its vtype leaves agnostic (ta, ma): a machine may fill them with ones"
    if name == STACK:
        return "reads stack memory that it has not written"
    if name == VTYPE:
        return "relies on vl and vtype on entry: a vector instruction before the first vset"
    if name == VXRM:
        return "relies on vxrm on entry: fixed-point rounding is the callee's to set"
    if name == VXSAT:
        return "relies on vxsat on entry: clear it before the instructions whose saturation is asked for"
    text = _X[int(name[1:])] if name[0] == "x" else isa.F_NAMES[int(name[1:])] if name[0] == "f" else name
    return f"relies on what {text} holds on entry, which nobody has set"


# ---- lockstep ----------------------------------------------------------------------------------------------------


def first_use(a: Bench, b: Bench, case: Case, place: Placement, first: Poison, second: Poison) -> tuple[int | None, str | None, int | None]:
    """(pc, vtype, vl) of the first instruction whose effect differs between two runs of the same code."""
    addresses = a.start(case, place, first)
    b.start(case, place, second)
    unlike = _unlike(a, b, case, addresses)
    one, two = a.machine.hart, b.machine.hart
    before = _scalars(a), _scalars(b)
    for _ in range(STEPS):
        pc = int(one.pc)
        if pc != int(two.pc):
            return None, None, None
        row = isa.decode(one.word_at(pc)[0])
        start = int(one.csr("vtype")), int(one.csr("vl"))
        traps = one.trap_count, two.trap_count
        stops = run(one, None, 1), run(two, None, 1)
        now = _scalars(a), _scalars(b)
        used = _new_difference(before, now) or int(one.pc) != int(two.pc) or stops[0] != stops[1]
        used = used or (one.trap_count - traps[0]) != (two.trap_count - traps[1])
        if row is not None and not used and "store" in row.unit:  # to the stack it is a spill, to a result it is the use
            after = _unlike(a, b, case, addresses)
            used, unlike = bool((after & ~unlike).any()), after
        elif row is not None and not used:
            body = body_bytes(row, one.word_at(pc)[0], *start, a.vlen // 8, one.v_bytes())
            if body is not None:
                used = bool((one.v_bytes()[body[0]] != two.v_bytes()[body[0]])[body[1]].any())
        if used:
            vector = row is not None and row.unit.startswith("v_")
            text = ("vill" if start[0] >> 63 else isa.vtype_text(start[0])) if vector else None
            return pc, text, start[1] if vector else None
        if stops[0] != "budget":
            break
        before = now
    return None, None, None


def _unlike(a: Bench, b: Bench, case: Case, addresses: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    """Which bytes of the results differ between two machines."""
    places = [(addresses[n], case.arrays[n].data.nbytes) for n in case.results if n in case.arrays]
    return np.concatenate(
        [np.zeros(0, bool), *(a.machine.memory.array(*p, np.uint8) != b.machine.memory.array(*p, np.uint8) for p in places if p[1])]
    )


def _scalars(bench: Bench) -> list[int]:
    hart = bench.machine.hart
    return [*(hart.get_x(i) for i in range(32)), *(hart.get_f(i) for i in range(32)), hart.csr("vl")]


def _new_difference(before: tuple[list[int], list[int]], now: tuple[list[int], list[int]]) -> bool:
    """Whether a register that was the same, or has changed, is now different."""
    return any(
        x != y and (p == q or p != x or q != y) for p, q, x, y in zip(before[0], before[1], now[0], now[1], strict=True)
    )  # fmt: skip


def body_bytes(
    row: isa.Instruction, word: int, vtype: int, vl: int, vlenb: int, registers: npt.NDArray[np.uint8]
) -> tuple[slice, npt.NDArray[np.bool_]] | None:
    """(registers written, which of their bytes are active body elements); None where no vector register has a body.

    Mask results are left out where the element count is not a whole number of bytes: their last byte counts only its bits below
    vl, which bytes cannot tell.
    """
    full = isa.BY_NAME[row.operation] if row.expands else row
    vd = next((o for o in full.operands if o.name == "vd"), None)
    if vd is None or vd.group is None or full.unit.startswith("v_store") or vd.group[:1] == "r" or vtype >> 63:
        return None
    number = (word >> 7) & 31
    sew, lmul = (vtype >> 3) & 7, vtype & 7
    emul = lmul if lmul < 4 else lmul - 8
    if vd.group == "m":
        inside = np.zeros((1, vlenb), bool)
        inside[0, : vl // 8] = True
        return slice(number, number + 1), inside
    size, count = 1 << sew, vl
    if vd.group in ("s", "2s"):
        size, count, emul = size * (2 if vd.group == "2s" else 1), 1, 0
    elif vd.group[:1] == "e":
        size = int(vd.group[1:]) // 8
        emul += size.bit_length() - 1 - sew
    elif vd.group == "2":
        size, emul = 2 * size, emul + 1
    span = (1 << emul if emul > 0 else 1) * vd.nf
    if number + span > 32:
        return None
    active = np.ones(count, bool)
    if not (word >> 25) & 1 and vd.group not in ("s", "2s"):
        active = np.unpackbits(registers[0], bitorder="little", count=max(count, 1))[:count].astype(bool)
    inside = np.zeros((vd.nf, span // vd.nf * vlenb), bool)
    inside[:, : count * size] = np.repeat(active, size)
    return slice(number, number + span), inside.reshape(span, vlenb)
