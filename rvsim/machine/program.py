"""A program in a machine's memory: its symbols, and calling its functions with numpy arrays."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rvsim import loader
from rvsim.engine import READ, WRITE
from rvsim.errors import UsageError
from rvsim.loader import Datum as Datum  # of `Program.statics`
from rvsim.loader import Program as Image
from rvsim.loader import StaticData, static_data

from .abi import Prototype, Registers, assign, parse_prototype, result_value, scalar_bits
from .limits import instruction_limit
from .result import Result

if TYPE_CHECKING:
    from rvsim.profile.recording import Window

    from .machine import Machine


class Program:
    """What `Machine.load` returns. `symbols` maps names to addresses; `call` runs a function by the C ABI (LP64D)."""

    def __init__(self, machine: Machine, image: Image) -> None:
        self.machine = machine
        self.image = image

    def __repr__(self) -> str:
        return f"Program({self.image.path!r}, functions: {', '.join(self.image.functions) or 'none'})"

    @property
    def symbols(self) -> dict[str, int]:
        """Name -> address of every symbol."""
        return {name: symbol.address for name, symbol in self.image.symbols.items()}

    def data(self) -> list[np.ndarray[Any, Any]]:
        """Views of the program's own writable memory (.data, .bss, ...), bytes, a segment each; code is left out."""
        own = [s for s in self.image.segments if s.flags & loader.WRITE and not s.flags & loader.EXECUTE and s.size]
        return [self.machine.memory.array(s.address, s.size, np.uint8) for s in own]

    def statics(self) -> StaticData | None:
        """Where its static objects lie, and what of its memory belongs to none; None for a file without section headers."""
        return static_data(self.image)

    def address_of(self, symbol: str) -> int:
        """Address of a function. Raises UsageError listing what there is."""
        address = self.image.address_of(symbol)
        if address is None:
            there = ", ".join(self.image.functions) or "none"
            raise UsageError(f"{self.image.path} has no symbol {symbol!r}; functions: {there} (is it declared .globl?)")
        return address

    def start(self, symbol: str, *args: Any, proto: str | None = None) -> list[tuple[np.ndarray[Any, Any], int]]:
        """Set registers, stack and pc up for a call without running it; then `Machine.step`.

        Returns the arrays to copy back as (array, guest address).
        """
        with self.machine._exclusive():
            prototype = self._prototype(symbol, args, proto)
            registers, back = self._place(symbol, args, prototype)
            self.machine._enter(self.address_of(symbol), registers)
        return back

    def call(
        self, symbol: str, *args: Any, proto: str | None = None, warm: bool = False, max_instructions: int | None = None,
        trace: str | Path | None = None, profile: bool = False, window: Window | None = None, **about: Any,
    ) -> Result:  # fmt: skip
        """Call a function and return its Result.

        args: a numpy array becomes a pointer (copied in, and back unless it is read-only or `const` in `proto`; arrays of
        `Machine.array` are used in place); an int goes to an integer register; np.float32 and np.float16 are NaN-boxed; a
        Python float is a double unless `proto` says otherwise. proto: C prototype, for instance
        'void f(float y[n], const float x[n], float a, long n)'. warm: caches keep what earlier calls left in them.
        trace: file for a commit log. profile: record loops, waits, calls and the run over time for `Result.report()`; such a run looks
        at every instruction and replays none. window: a part of the run to log instruction by instruction (`Result.recording`).
        Raises UsageError for arguments that do not fit, SimulationError when the run traps or exceeds `max_instructions`.
        """
        machine = self.machine
        limit = instruction_limit(max_instructions)
        with machine._exclusive():
            mark = machine._heap_mark()
            try:
                prototype = self._prototype(symbol, args, proto)
                registers, back = self._place(symbol, args, prototype)
                machine._enter(self.address_of(symbol), registers)
                began = time.perf_counter()
                counts, profiler = machine._finish_call(warm, limit, trace, profile, window)
                wall = time.perf_counter() - began
                evidence = machine._evidence(profiler, window)
                for array, address in back:
                    array[...] = machine.memory.array(address, array.shape, array.dtype)
            finally:
                machine._heap_release(mark)
        value = result_value(prototype, machine.x[10], machine.f[10])
        return machine._result(symbol, counts, wall, value=value, evidence=evidence, **about)

    # ---- arguments -----------------------------------------------------------------------------------------------

    def _prototype(self, symbol: str, args: tuple[Any, ...], proto: str | None) -> Prototype | None:
        if proto is None:
            return None
        prototype = parse_prototype(proto)
        if len(prototype.parameters) != len(args):
            raise UsageError(f"{symbol}: the prototype has {len(prototype.parameters)} parameters, the call {len(args)} arguments")
        return prototype

    def _place(
        self, symbol: str, args: tuple[Any, ...], prototype: Prototype | None
    ) -> tuple[Registers, list[tuple[np.ndarray[Any, Any], int]]]:
        words: list[tuple[str, int]] = []
        copies: list[_Copy] = []
        for i, arg in enumerate(args):
            parameter = prototype.parameters[i] if prototype is not None else None
            where = f"{symbol}: argument {i + 1}" + (f" ({parameter.name})" if parameter is not None else "")
            if not isinstance(arg, np.ndarray) or arg.ndim == 0:
                words.append(scalar_bits(arg[()] if isinstance(arg, np.ndarray) else arg, parameter, where))
                continue
            if parameter is not None and not parameter.pointer:
                raise UsageError(f"{where} is {parameter.ctype} in the prototype, got an array")
            if parameter is not None and parameter.ctype != "void" and parameter.dtype.itemsize != arg.dtype.itemsize:
                raise UsageError(f"{where} points to {parameter.ctype} in the prototype, got an array of {arg.dtype}")
            if arg.dtype.hasobject:
                raise UsageError(f"{where}: arrays of {arg.dtype} cannot be passed")
            if not arg.dtype.isnative:
                raise UsageError(f"{where}: {arg.dtype} has the other byte order; pass array.astype({arg.dtype.newbyteorder('=')})")
            written = arg.flags.writeable and not (parameter is not None and parameter.const)
            address = self.machine.address_of(arg)
            words.append(("x", self._copy(arg, written, copies, where) if address is None else address))
        return assign(words), [(copy.array, copy.address) for copy in copies if copy.written]

    def _copy(self, array: np.ndarray[Any, Any], written: bool, copies: list[_Copy], where: str) -> int:
        """Guest address of an argument's copy. The same elements twice are one copy, so that aliases stay aliases."""
        for known in copies:
            if _same_elements(known.array, array):
                if written and not known.written:
                    known.array, known.written = array, True
                return known.address
            if (written or known.written) and _share_memory(known.array, array):
                raise UsageError(f"{where} overlaps another argument in part; put both into one `Machine.array` and pass views of it")
        copies.append(_Copy(array, self.machine._copy_in(array), written))
        return copies[-1].address


@dataclass(slots=True)
class _Copy:
    """An argument's copy in guest memory; `written`: it goes back after the call."""

    array: np.ndarray[Any, Any]
    address: int
    written: bool


def _share_memory(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    try:
        return np.shares_memory(a, b, max_work=10_000)  # type: ignore[arg-type]  # any bound: the stubs know two
    except np.exceptions.TooHardError:
        return True


def _same_elements(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    if a is b:
        return True
    first, second = (array.__array_interface__["data"][0] for array in (a, b))
    return (first, a.shape, a.strides, a.dtype) == (second, b.shape, b.strides, b.dtype)


def place_image(machine: Machine, image: Image) -> None:
    """Copy a program's segments to memory with their permissions."""
    from rvsim.engine import EXECUTE

    permissions: Mapping[int, int] = {4: READ, 2: WRITE, 1: EXECUTE}
    spans = []
    for segment in image.segments:
        if segment.size == 0:
            continue
        perm = sum(mine for theirs, mine in permissions.items() if segment.flags & theirs)
        machine.memory.map(segment.address, segment.size, READ | WRITE)
        machine.memory.write(segment.address, segment.data)
        machine.hart.code_changed(segment.address, segment.size)
        spans.append((segment, perm))
    pages: dict[int, int] = {}  # segments may share a page: it gets the permissions of both
    for segment, perm in spans:
        for page in range(segment.address >> 12, (segment.end - 1 >> 12) + 1):
            pages[page] = pages.get(page, 0) | perm
    for page, perm in pages.items():
        machine.memory.map(page << 12, 4096, perm)
