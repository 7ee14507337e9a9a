"""Whole bare-metal programs: an ELF with a `tohost` symbol runs from its entry in machine mode until it says it is done.

HTIF as self-checking programs use it: exit, console characters and the `write` system call. Nothing else is served.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rvsim.engine import EXECUTE, READ, WRITE
from rvsim.errors import SimulationError, UsageError
from rvsim.loader import Program as Image

from .fault import place
from .machine import Machine
from .session import Session, Stopped

_RAM = 0x8000_0000
_SYS_WRITE, _ENOSYS = 64, 38
_PIECE = 1 << 20  # bytes of output at once


class BareSession(Session):
    """A bare-metal program. emit: given what it prints. UsageError for a program that is none."""

    def __init__(self, machine: Machine, image: Image, emit: Callable[[bytes], object]) -> None:
        if image.tohost is None:
            hint = "use FILE:symbol with --proto to call a function of it"
            raise UsageError(f"{image.path}: no `tohost` symbol, so it is no bare-metal program; {hint}")
        super().__init__(machine, image.rebased(_RAM) if image.kind == "pie" else image)
        self.clear(machine, self.image)
        self._emit = emit
        _map_ram(machine, self.image)
        machine.hart.set_htif(self.image.tohost, self.image.fromhost)
        machine.hart.pc = self.image.entry

    def serve(self, stop: str) -> Stopped | None:
        hart = self.machine.hart
        self.idle()
        if stop == "exit":
            return Stopped("exit", int(hart.stop_value) & 0xFFFFFFFF)
        if stop == "trap":
            return Stopped("trap", 1, str(self.machine._trap()))
        if hart.stop_value:
            _system_call(self.machine, int(hart.stop_value), self._emit)
        return None

    def idle(self) -> None:
        self._emit(self.machine.hart.take_console())

    def close(self) -> None:
        pass  # it holds nothing of the host


def _map_ram(machine: Machine, image: Image) -> None:
    """RAM from 0x8000_0000 as far as the memory limit goes, and the program's segments in it or elsewhere.

    As on a machine without memory protection, all of it may be read, written and executed.
    """
    memory = machine.memory
    outside = [s for s in image.segments if s.size and not _RAM <= s.address < s.end <= _RAM + memory.limit]
    for segment in outside:
        memory.map(segment.address, segment.size, READ | WRITE | EXECUTE)
    size = min(memory.limit - memory.committed, memory.size - _RAM) & ~0xFFF
    memory.map(_RAM, size, READ | WRITE | EXECUTE)
    for segment in image.segments:
        if segment.data:
            memory.write(segment.address, segment.data)


def _system_call(machine: Machine, block: int, emit: Callable[[bytes], object]) -> None:
    """Serve the system call whose eight doublewords lie at `block`; what it prints goes out in pieces, since it may be all of memory."""
    memory, hart = machine.memory, machine.hart
    try:
        words = memory.array(block, 8, "<u8")
        if int(words[0]) == _SYS_WRITE and int(words[1]) in (1, 2):
            start, size = int(words[2]), int(words[3])
            memory.check(start, size)
            for at in range(start, start + size, _PIECE):
                emit(memory.read(at, min(_PIECE, start + size - at)))
            words[0] = size
        else:
            words[0] = (1 << 64) - _ENOSYS
    except SimulationError as error:
        raise SimulationError(f"HTIF system call at {place(machine.images, machine.pc)}: {error}") from None
    hart.answer_htif()


def signature_span(image: Image) -> tuple[int, int]:
    """Addresses that a signature lies between."""
    span = image.signature
    if span is None:
        raise UsageError(f"{image.path}: no begin_signature and end_signature symbols, so there is no signature to write")
    return span


def write_signature(machine: Machine, span: tuple[int, int], file: Path) -> None:
    """Write memory as text: 8 bytes a line, hexadecimal, most significant digit first."""
    data = machine.memory.read(span[0], (span[1] - span[0] + 7) & ~7)
    lines = (data[i : i + 8][::-1].hex() for i in range(0, len(data), 8))
    try:
        file.write_text("".join(line + "\n" for line in lines))
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror})") from None
