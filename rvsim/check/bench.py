"""One machine on which cases are run: arrays laid out, everything undefined poisoned, the checked loop, and what came of it.

    Case + Placement + Poison --> Bench.run --> Outcome

Knows the calling convention (psABI: callee-saved registers, frm; vl, vtype, vxrm and vector registers are the callee's to
change) and guest memory; not what is varied or why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rvsim.engine import READ, WRITE, ByteMap, load_machine, run_checked
from rvsim.errors import SimulationError, UsageError
from rvsim.isa import parse_isa
from rvsim.machine import Machine, Program
from rvsim.machine.abi import assign, result_extended, result_value, scalar_bits
from rvsim.machine.machine import HEAP, STACK_SIZE, STACK_TOP

from .statics import read_statics
from .subject import RETURNED, Array, Case, Subject

PAGE = 4096
DIRTY_STACK = 1 << 14  # bytes below the stack pointer that hold poison
CALLER_FRAME = 1 << 12  # bytes above it that are the caller's
READABLE, WRITABLE = 1, 2
MOST_WRITES = 10_000  # of one element, until the last one is no longer looked for
SAVED = (8, 9, *range(18, 28))  # s0..s11, fs0..fs11
PATTERNS = (0x6B, 0x94)  # differ in every bit; floats far apart, addresses beyond any memory
#: What a run may leave undefined, by name; a poison gives each of them one of two patterns.
STACK, VTYPE, VXRM, VXSAT = "stack", "vtype", "vxrm", "vxsat"


@dataclass(frozen=True, slots=True)
class Rig:
    """The machine whose ISA a check uses, as for `Machine`; VLEN is the checker's to choose, timing plays no part."""

    machine: str = "generic"
    sets: Mapping[str, str] = field(default_factory=dict)

    @property
    def isa(self) -> str:
        """The machine's ISA string. Raises UsageError for an unknown machine or field."""
        if "vlen" in self.sets:
            raise UsageError("--set vlen=...: a check runs many VLENs; choose them with --vlen 128,256")
        return load_machine(self.machine, {name: str(value) for name, value in self.sets.items()}).isa

    @property
    def extensions(self) -> frozenset[str]:
        """Names of the extensions of that ISA."""
        return parse_isa(self.isa)


@dataclass(frozen=True, slots=True)
class Poison:
    """Pattern 0 or 1 for everything undefined; `other` names those that hold the other pattern."""

    pattern: int = 0
    other: frozenset[str] = frozenset()

    def of(self, name: str) -> int:
        """The byte that fills `name`."""
        return PATTERNS[self.pattern ^ (name in self.other)]

    def choice(self, name: str) -> int:
        """0 or 1, for what is no pattern."""
        return self.pattern ^ (name in self.other)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where arrays lie: `shift` elements (bytes, with `unaligned`) behind a 64-byte boundary, or ending at the end of a page."""

    shift: int = 0
    edge: bool = False
    unaligned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a run did. `ended`: return, trap, limit or violation."""

    ended: str
    trail: int
    instructions: int
    outputs: Mapping[str, Array]
    addresses: Mapping[str, int]
    pc: int
    message: str = ""
    violation: tuple[str, bool, int, int, int] | None = None
    broken: tuple[str, ...] = ()  # registers and CSRs that the calling convention protects
    notes: tuple[str, ...] = ()
    state: Mapping[str, int] = field(default_factory=dict)
    trap: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """A store: its pc, the element index of a vector store or -1, vtype and vl."""

    pc: int
    element: int
    vtype: int
    vl: int


class Bench:
    """A functional machine with one program loaded. ones, half: the choices of `Machine`; unaligned: misaligned accesses work."""

    def __init__(self, subject: Subject, vlen: int, rig: Rig, *, ones: bool, half: bool, unaligned: bool) -> None:
        self.machine = Machine(
            "generic", vlen=vlen, isa=rig.isa, set={"lanes": 1}, functional=True, agnostic="ones" if ones else "undisturbed",
            vl_choice="half" if half else "max", misaligned="allow" if unaligned else "trap",
        )  # fmt: skip
        self.vlen, self.ones, self.half = vlen, ones, half
        self.program: Program = subject.load(self.machine)
        self.element = subject.element
        self.entry = self.program.address_of(subject.symbol)
        self._mapped: list[tuple[int, int]] = []
        self.statics = read_statics(self.program)
        self._own = [(view, view.copy()) for view in self.program.data()]  # kept between calls: each run finds it as loaded
        self._map = ByteMap(HEAP, 1 << 16)
        self._size = 1 << 16
        self._watch_own()

    # ---- layout --------------------------------------------------------------------------------------------------

    def _place(self, case: Case, place: Placement, poison: Poison) -> dict[str, int]:
        """Map and fill every array; the address of each. Between arrays there is an unmapped page."""
        memory = self.machine.memory
        for low, size in self._mapped:
            memory.unmap(low, size)
        self._mapped = []
        at = HEAP
        addresses: dict[str, int] = {}
        for array in case.arrays.values():
            scratch = not array.const and array.name not in case.results  # comes from an allocator: aligned to 16 bytes
            unit = 0 if scratch else 1 if place.unaligned else array.data.itemsize
            lead = 64 + place.shift * unit
            size = max(1, array.data.nbytes)
            pages = (lead + size + 64 + PAGE - 1) // PAGE * PAGE
            start = at + pages - array.data.nbytes if place.edge else at + lead
            start -= start & 15 if scratch else 0
            memory.map(at, pages, READ | WRITE)
            self._mapped.append((at, pages))
            memory.array(at, pages, np.uint8)[:] = poison.of(array.name)
            self._fill(array.data, array.undefined, start)
            addresses[array.name] = start
            at += pages + PAGE
        self._flags(case, addresses, at - HEAP)
        return addresses

    def _fill(self, data: Array, undefined: npt.NDArray[np.bool_], start: int) -> None:
        if data.size == 0 or undefined.all():
            return
        target = self.machine.memory.array(start, data.nbytes, np.uint8).reshape(data.size, data.itemsize)
        bits = np.ascontiguousarray(data).view(np.uint8).reshape(data.size, data.itemsize)
        defined = ~undefined
        target[defined] = bits[defined]

    def _flags(self, case: Case, addresses: Mapping[str, int], size: int) -> None:
        if size > self._size:
            self._size = 2 * size
            self._map = ByteMap(HEAP, self._size)
            self._watch_own()
        flags = self._map.flags
        flags[:] = 0
        for array in case.arrays.values():
            rights = READABLE * array.readable.astype(np.uint8) | WRITABLE * array.writable.astype(np.uint8)
            start = addresses[array.name] - HEAP
            flags[start : start + array.data.nbytes] = np.repeat(rights, array.data.itemsize)

    def _watch_own(self) -> None:
        if self.statics is not None:
            self._map.set_own(self.statics.base, self.statics.flags)

    # ---- registers -----------------------------------------------------------------------------------------------

    def _enter(self, case: Case, addresses: Mapping[str, int], poison: Poison) -> int:
        """Registers and stack as a caller may leave them; the end of what the function owns of the stack."""
        machine, hart = self.machine, self.machine.hart
        words = []
        for arg, parameter in zip(case.args, case.prototype.parameters, strict=True):
            words.append(("x", addresses[arg]) if isinstance(arg, str) else scalar_bits(arg, parameter, parameter.name))
        registers = assign(words)
        for i in range(3, 32):
            hart.set_x(i, int.from_bytes(bytes([poison.of(f"x{i}")]) * 8, "little") ^ i)  # no two alike: one restored for another shows
        for i in range(32):
            hart.set_f(i, self._float_bits(poison.choice(f"f{i}")) ^ i)
        vectors = hart.v_bytes()
        for i in range(32):
            vectors[i] = poison.of(f"v{i}")
        hart.set_csr("frm", 0)
        hart.set_csr("vstart", 0)
        hart.set_csr("vxrm", 2 if poison.choice(VXRM) else 1)
        hart.set_csr("vxsat", poison.choice(VXSAT))
        if poison.choice(VTYPE):
            hart.set_vtype(0o30 | 3, 3)  # e64, m8
        else:
            hart.set_vtype(1 << 63, 0)
        machine._enter(self.entry, registers)
        sp = (STACK_TOP - CALLER_FRAME - 8 * len(registers.stack)) & ~15
        machine.memory.array(sp - DIRTY_STACK, DIRTY_STACK + STACK_TOP - sp, np.uint8)[:] = poison.of(STACK)
        for i, bits in enumerate(registers.stack):
            machine.memory.write(sp + 8 * i, bits.to_bytes(8, "little"))
        hart.set_x(2, sp)
        return sp + 8 * len(registers.stack)

    def _float_bits(self, choice: int) -> int:
        """A double, or a NaN-boxed value of the width at work: read at either width, the two are not the same."""
        bits = int.from_bytes(bytes([PATTERNS[0]]) * 8, "little")
        box = (1 << 64) - (1 << (16 if self.element == 2 else 32))
        return bits | box if choice else bits

    def start(self, case: Case, place: Placement, poison: Poison) -> dict[str, int]:
        """Everything up to the first instruction."""
        for now, loaded in self._own:
            now[:] = loaded
        addresses = self._place(case, place, poison)
        top = self._enter(case, addresses, poison)
        self._map.begin(STACK_TOP - STACK_SIZE, STACK_TOP, top)
        return addresses

    def run(self, case: Case, place: Placement, poison: Poison, limit: int) -> Outcome:
        """One call from beginning to end."""
        machine, hart = self.machine, self.machine.hart
        addresses = self.start(case, place, poison)
        entry = {"sp": hart.get_x(2), **{f"x{i}": hart.get_x(i) for i in (3, 4, *SAVED)}, **{f"f{i}": hart.get_f(i) for i in SAVED}}
        vxrm, before = hart.csr("vxrm"), int(hart.instructions)
        with machine._exclusive():
            stop = run_checked(hart, self._map, limit)
        ended, message, pc, violation = stop, "", int(hart.pc), self._map.violation
        if violation is not None:
            ended, pc = "violation", violation[2]
        elif stop == "trap":
            message, pc = str(machine._trap()), int(hart.trap[1])
        elif stop == "budget":
            ended = "limit"
        elif stop != "return":
            raise SimulationError(f"{self.program.image.path}: stopped by {stop}, which a function cannot cause")
        broken = self._broken(entry, case) if ended == "return" else ()
        notes = ("vxrm",) if ended == "return" and hart.csr("vxrm") != vxrm else ()
        outputs = {n: machine.memory.array(addresses[n], case.arrays[n].data.shape, case.arrays[n].data.dtype).copy() for n in case.outputs}
        if RETURNED in case.results:
            value = result_value(case.prototype, hart.get_x(10), hart.get_f(10)) if ended == "return" else 0
            outputs[RETURNED] = np.array([value], case.prototype.result_dtype)
        state = {"vl": hart.csr("vl"), "vtype": hart.csr("vtype"), "vstart": hart.csr("vstart")}
        return Outcome(
            ended, self._map.trail, int(hart.instructions) - before, outputs, addresses, pc, message, violation, broken, notes, state,
            hart.trap if ended == "trap" else None,
        )  # fmt: skip

    def last_write(self, case: Case, place: Placement, name: str, offset: int, limit: int) -> Write | None:
        """The last instruction of a run that writes the element at byte `offset` of an array; None where nothing writes it.

        The element is taken out of the byte map, so that the checked loop stops at every write; the store is then done again.
        """
        addresses = self.start(case, place, Poison())
        hart, size = self.machine.hart, case.arrays[name].data.itemsize
        element = self._map.flags[addresses[name] - HEAP + offset :][:size]
        rights = element.copy()
        top = STACK_TOP  # what the first run has found to be right is not looked at again
        found: Write | None = None
        for _ in range(MOST_WRITES):
            element[:] = rights & READABLE
            self._map.begin(STACK_TOP - STACK_SIZE, STACK_TOP, top)
            stop = run_checked(hart, self._map, limit)
            violation = self._map.violation
            if violation is None or not violation[1] or not 0 <= violation[3] - addresses[name] - offset < size:
                return found if violation is None and stop == "return" else None
            found = Write(violation[2], violation[4], hart.csr("vtype"), hart.csr("vl"))
            element[:] = rights
            run_checked(hart, self._map, 1)
        return found

    def _broken(self, entry: Mapping[str, int], case: Case) -> tuple[str, ...]:
        hart = self.machine.hart
        now: dict[str, Any] = {
            "sp": hart.get_x(2), **{f"x{i}": hart.get_x(i) for i in (3, 4, *SAVED)}, **{f"f{i}": hart.get_f(i) for i in SAVED}
        }  # fmt: skip
        changed = [name for name, value in entry.items() if now[name] != value]
        changed += [name for name in ("frm", "vstart") if hart.csr(name) != 0]
        if not changed and RETURNED in case.results and not result_extended(case.prototype, hart.get_x(10), hart.get_f(10)):
            changed.append(RETURNED)
        return tuple(changed)
