"""Two runs of one case that must agree, and what it means when they do not or when one of them goes wrong.

The first run leaves agnostic elements undisturbed and has one pattern in everything undefined, the second fills agnostic
elements with ones and has the other pattern. Whatever differs between them was decided by something nobody defined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from rvsim import isa
from rvsim.machine.fault import place
from rvsim.machine.machine import STACK_SIZE, STACK_TOP

from .bench import Bench, Outcome
from .subject import RETURNED, Array, Case, Placed

ABI_NAMES = {
    "sp": "sp",
    "x3": "gp",
    "x4": "tp",
    **{f"x{i}": n for i, n in zip((8, 9, *range(18, 28)), [f"s{i}" for i in range(12)], strict=True)},
}
ABI_NAMES |= {f"f{i}": f"fs{n}" for n, i in enumerate((8, 9, *range(18, 28)))}
STACK_OVERFLOW = 1 << 20  # bytes below the stack where an access means that it has overflowed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a pair of runs. `key` tells one bug from another;"""

    kind: str
    key: str
    message: str
    pc: int | None = None
    vtype: str | None = None
    vl: int | None = None
    element: int | None = None
    address: int | None = None
    array: str | None = None


def verdict(bench: Bench, case: Case, first: Outcome, second: Outcome, baseline: Callable[[], str | None]) -> Verdict | None:
    """The worst of what two runs show; `baseline` compares the first one's outputs with another configuration's."""
    alone = [_alone(bench, case, outcome) for outcome in (first, second)]
    one, two = alone
    if one is not None and two is not None and (one.kind, one.key, one.address) == (two.kind, two.key, two.address):
        return one
    for found in alone:
        if found is not None and found.kind == "abi":
            return found
    if differ(first, second, case):
        after = next((f"; then it {v.message}" for v in alone if v is not None and v.kind != "trap"), "")
        after = after or ("; then it traps" if one is not None or two is not None else "")
        return Verdict("undefined", "undefined", after)
    wrong = case.judge(first.outputs) if case.judge is not None else None
    if wrong is not None:
        return Verdict("wrong-result", f"wrong {_subject_of(wrong)}", wrong)
    differs = baseline()
    return None if differs is None else Verdict("differs", f"differs {_subject_of(differs)}", differs)


def _subject_of(message: str) -> str:
    """The array, or the return value, of which a message speaks."""
    return message.partition("[")[0].partition(" ")[0]


def differ(a: Outcome, b: Outcome, case: Case) -> bool:
    """Whether two runs took another course, ended in another way, or gave another result."""
    return (a.trail, a.ended, a.trap, a.violation) != (b.trail, b.ended, b.trap, b.violation) or not same(a.outputs, b.outputs, case)


def same(a: Mapping[str, Array], b: Mapping[str, Array], case: Case) -> bool:
    for name in case.results:
        first = a[name]
        inside = slice(None) if name == RETURNED else case.arrays[name].readable
        bits = f"u{first.itemsize}"
        if not np.array_equal(first.view(bits)[inside], b[name].view(bits)[inside]):
            return False
    return True


def _alone(bench: Bench, case: Case, outcome: Outcome) -> Verdict | None:
    """What one run shows by itself."""
    if outcome.ended == "violation":
        return _violation(bench, case, outcome)
    if outcome.ended == "trap":
        return _trap(bench, case, outcome)
    if outcome.ended == "limit":
        text = f"it had not returned after {outcome.instructions} instructions (at {place(bench.machine.images, outcome.pc)})"
        return Verdict("no-return", "no-return", text, outcome.pc)
    if outcome.broken == (RETURNED,):
        text = "the result does not fill its register: the calling convention wants 32-bit and shorter integers sign-extended to 64 bits"
        return Verdict("abi", f"abi {RETURNED}", text + ", shorter floats NaN-boxed")
    if outcome.broken:
        names = ", ".join(ABI_NAMES.get(name, name) for name in outcome.broken)
        what = "must be 0 on return" if set(outcome.broken) <= {"vstart", "frm"} else "must be what the caller left there"
        return Verdict("abi", f"abi {names}", f"{names} {what}")
    return None


def _state(bench: Bench, outcome: Outcome, pc: int) -> tuple[str | None, int | None]:
    """vtype and vl, for a vector instruction."""
    row = isa.decode(bench.machine.hart.word_at(pc)[0])
    if row is None or not row.unit.startswith("v_"):
        return None, None
    vtype = outcome.state["vtype"]
    return ("vill" if vtype >> 63 else isa.vtype_text(vtype)), outcome.state["vl"]


def _violation(bench: Bench, case: Case, outcome: Outcome) -> Verdict:
    assert outcome.violation is not None
    what, store, pc, address, element = outcome.violation
    vtype, vl = _state(bench, outcome, pc)
    verb = "writes" if store else "reads"
    at = element if element >= 0 else None
    more = f" (element {element})" if element >= 0 else ""
    if what == "below-sp":
        text = f"{verb} the stack below the stack pointer, where an interrupt may overwrite it"
        return Verdict("stack", f"stack {pc:#x}", text, pc, vtype, vl, at, address)
    if what == "caller-frame":
        return Verdict("stack", f"stack {pc:#x}", f"{verb} its caller's stack frame", pc, vtype, vl, at, address)
    near = bench.statics.near(address, inside=False) if bench.statics is not None else None
    if near is not None:
        return Verdict("out-of-bounds", f"bounds {pc:#x}", f"{verb} {near[1]}{more}", pc, vtype, vl, at, address, near[0].name)
    array, text, inside = locate(case, outcome.addresses, address)
    if inside and store and array is not None and array.const:
        text = f"writes {text}{more}, which is const"
        return Verdict("const-write", f"const {pc:#x}", text, pc, vtype, vl, at, address, array.name)
    kind, key = "out-of-bounds", f"bounds {pc:#x}"
    return Verdict(kind, key, f"{verb} {text}{more}", pc, vtype, vl, at, address, None if array is None else array.name)


def _trap(bench: Bench, case: Case, outcome: Outcome) -> Verdict:
    assert outcome.trap is not None
    cause, pc, value = outcome.trap
    vtype, vl = _state(bench, outcome, pc)
    element = outcome.state["vstart"] if vtype is not None and cause in (4, 5, 6, 7) else None
    if cause in (5, 7):
        return _fault(bench, case, outcome, element, Verdict("trap", f"trap {pc:#x}", outcome.message, pc, vtype, vl, element, value))
    if cause in (4, 6):
        array, text, _ = locate(case, outcome.addresses, value)
        text = f"accesses {text} at an address that is not aligned to what it accesses ({value:#x}); not every machine does that"
        return Verdict("trap", f"trap {pc:#x}", text, pc, vtype, vl, element, value, None if array is None else array.name)
    return Verdict("trap", f"trap {pc:#x}", outcome.message, pc, vtype, vl, element)


def _fault(bench: Bench, case: Case, outcome: Outcome, element: int | None, found: Verdict) -> Verdict:
    """An access that the page's permissions forbid, told of the array or object it belongs to."""
    assert outcome.trap is not None
    cause, pc, address = outcome.trap
    verb = "writes" if cause == 7 else "reads"
    more = f" (element {element})" if element is not None else ""
    if STACK_TOP - STACK_SIZE - STACK_OVERFLOW <= address < STACK_TOP - STACK_SIZE:
        text = f"overflows the stack: {verb} {STACK_TOP - STACK_SIZE - address} bytes below its end; it has {STACK_SIZE >> 10} KiB"
        return replace(found, kind="stack", key=f"stack {pc:#x}", message=text)
    bounds = replace(found, kind="out-of-bounds", key=f"bounds {pc:#x}")
    array, text, _ = locate(case, outcome.addresses, address)
    if array is not None:
        return replace(bounds, message=f"{verb} {text}{more}", array=array.name)
    statics = bench.statics
    owned = statics.near(address, inside=True) if statics is not None else None
    if owned is not None:
        text = f"{verb} {owned[1]}{more}, which is read-only"
        return replace(found, kind="const-write", key=f"const {pc:#x}", message=text, array=owned[0].name)
    near = statics.near(address, inside=False) if statics is not None else None
    return replace(bounds, message=f"{verb} {text if near is None else near[1]}{more}", array=None if near is None else near[0].name)


def locate(case: Case, addresses: Mapping[str, int], address: int) -> tuple[Placed | None, str, bool]:
    """(array, 'element [1][2] of B[64][64]' or '4 bytes past the end of B[64][64]', inside it) for an address near an array."""
    best: tuple[int, Placed, str, bool] | None = None
    for name, array in case.arrays.items():
        start, end = addresses[name], addresses[name] + array.data.nbytes
        if start <= address < end:
            return _inside(array, address - start)
        gap = start - address if address < start else address - end
        if gap > 1 << 16:
            continue
        side = "before the start of" if address < start else "past the end of"
        text = f"{gap} byte{'s' if gap != 1 else ''} {side} {array.label}" if gap else f"past the end of {array.label}"
        if best is None or gap < best[0]:
            best = (gap, array, text, False)
    if best is None:
        return None, f"memory that belongs to no array (address {address:#x})", False
    return best[1], best[2], False


def _inside(array: Placed, offset: int) -> tuple[Placed, str, bool]:
    element = offset // array.data.itemsize
    if not array.readable[element]:
        return array, f"the gap between rows of {array.label} (element {element} of its memory)", False
    index, rest = [], element
    for stride in array.strides:
        index.append(rest // stride if stride else 0)
        rest -= index[-1] * stride
    return array, f"{array.name}{''.join(f'[{i}]' for i in index)}", True
