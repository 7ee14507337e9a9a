"""What went wrong in a run, in one line: what, where (pc, symbol, instruction), and what to do about it."""

from __future__ import annotations

from rvsim import isa
from rvsim.engine import Hart
from rvsim.errors import SimulationError
from rvsim.loader import Program as Image

_CAUSES = {
    0: "misaligned jump", 1: "jump to memory that cannot be executed", 2: "illegal instruction", 3: "breakpoint",
    4: "misaligned load", 5: "load outside memory", 6: "misaligned store", 7: "store outside memory", 8: "environment call",
    11: "environment call",
}  # fmt: skip


def place(images: list[Image], pc: int) -> str:
    """`symbol+0x10` where a loaded program has one, otherwise the address alone."""
    for image in images:
        if any(s.address <= pc < s.end for s in image.segments):
            text = image.symbolize(pc)
            return f"{pc:#x} <{text}>" if not text.startswith("0x") else text
    return f"{pc:#x}"


def _vector_state(hart: Hart) -> str:
    try:
        vtype, vl = hart.csr("vtype"), hart.csr("vl")
    except Exception:  # the vector unit is off: nothing to say about it
        return "vector unit off"
    return "vtype is vill" if vtype >> 63 else f"vtype {isa.vtype_text(vtype)}, vl {vl}"


def _why_illegal(hart: Hart, word: int, extensions: frozenset[str], machine: str) -> str:
    row = isa.decode(word)
    if row is None:
        return "no instruction of any extension that rvsim knows has this encoding"
    if not any(choice <= extensions for choice in row.requires):
        missing = ",".join(f"+{name}" for name in sorted(row.requires[0] - extensions))
        return f"{row.name} ({row.extension}) is not on {machine}; add --set isa={missing}"
    if row.unit.startswith("v_"):
        if row.unit.startswith("v_fp") and hart.csr("mstatus") & 0x6000 and hart.csr("frm") > 4:
            return f"the rounding mode frm = {hart.csr('frm')} is reserved"
        vstart = hart.csr("vstart") if hart.csr("mstatus") & 0x600 else 0
        return f"reserved under {_vector_state(hart)}" + (f", vstart {vstart}" if vstart else "")
    if "fp_" in row.unit or row.unit in ("fload", "fstore"):
        return "reserved rounding mode, or the floating-point unit is off"
    return "not allowed in this state"


def trap_error(hart: Hart, images: list[Image], extensions: frozenset[str], machine: str) -> SimulationError:
    """The error for a trap that no handler of the program could take."""
    cause, pc, value = hart.trap
    word, length = hart.word_at(pc)
    where = place(images, pc)
    text = isa.disassemble(word, pc) if length else "nothing can be fetched here"
    what = _CAUSES.get(cause, f"trap {cause}")
    if cause == 2:
        detail = f"{word:#0{2 + 2 * length}x}: {_why_illegal(hart, word, extensions, machine)}"
    elif cause in (4, 5, 6, 7):
        detail = f"address {value:#x}"
        row = isa.decode(word)
        if row is not None and row.unit.startswith("v_"):
            detail += f", element {hart.csr('vstart')}, {_vector_state(hart)}"
    elif cause == 1:
        detail = f"address {value:#x} is not mapped for execution"
    else:
        detail = "nothing handles it"
    return SimulationError(f"{what} at {where}: {text}: {detail}")
