"""Whole bare-metal programs: an ELF with a `tohost` symbol runs from its entry in machine mode until it says it is done.

HTIF as self-checking programs use it: exit, console characters and the `write` system call. Nothing else is served.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rvsim import engine
from rvsim.engine import EXECUTE, READ, WRITE
from rvsim.errors import SimulationError, UsageError
from rvsim.loader import Program as Image
from rvsim.loader import load_elf

from .fault import place
from .limits import commit_log, instruction_limit
from .machine import LANDING, STACK_SIZE, STACK_TOP, Machine
from .result import Result

_RAM = 0x8000_0000
_SYS_WRITE, _ENOSYS = 64, 38


@dataclass(frozen=True, slots=True)
class ElfResult:
    """How a program ended. `stopped`: 'exit', 'trap' or 'limit'; exit_code is 1 for the last two, with `error` saying why."""

    exit_code: int
    instructions: int
    cycles: int | None
    stdout: bytes
    stopped: str
    result: Result
    error: str | None = None


def run_elf(
    path: str | Path, machine: str | Path = "generic", *, vlen: int | None = None, isa: str | None = None,
    set: Mapping[str, object] | None = None, max_instructions: int | None = None, signature: str | Path | None = None,
    functional: bool = False, memory: str | int = "2GiB", trace: str | Path | None = None,
    output: Callable[[bytes], object] | None = None, **choices: str,
) -> ElfResult:  # fmt: skip
    """Run a bare-metal RISC-V ELF to its end.

    max_instructions: stop after so many. signature: file for memory from begin_signature to end_signature, 8 bytes a line,
    hexadecimal, most significant digit first. trace: file for a commit log. output: called with what the program prints, as
    it comes. choices: agnostic, misaligned and vl_choice, as for `Machine`.
    Raises ElfError or UsageError for a file that cannot be run or written; a program that traps or hits the limit ends with exit code 1.
    """
    limit = instruction_limit(max_instructions)
    image = load_elf(Path(path))
    if image.tohost is None:
        hint = "use FILE:symbol with --proto to call a function of it"
        raise UsageError(f"{path}: no `tohost` symbol, so it is no bare-metal program; {hint}")
    span = None if signature is None else _signature_span(image, path)
    target = Machine(machine, vlen=vlen, isa=isa, set=set, functional=functional, memory=memory, **choices)
    if image.kind == "pie":
        image = image.rebased(_RAM)
    target.images.append(image)
    target.memory.unmap(LANDING, 4096)  # what calls need is not part of this program's machine
    target.memory.unmap(STACK_TOP - STACK_SIZE, STACK_SIZE)
    target.hart.reset()
    _map_ram(target, image)
    target.hart.set_htif(image.tohost, image.fromhost)
    target.hart.pc = image.entry
    printed: list[bytes] = []

    def emit(data: bytes) -> None:
        if data:
            printed.append(data)
            if output is not None:
                output(data)

    began = time.perf_counter()
    with commit_log(trace, target.hart) as log:
        stopped, code, error = _drive(target, limit, emit, log)
    wall = time.perf_counter() - began
    if signature is not None and span is not None:
        _write_signature(target, span, Path(signature))
    if target.model is not None:
        target.model.drain()
    stdout = b"".join(printed)
    result = target._result(
        str(path), int(target.hart.instructions), wall, stdout=stdout.decode(errors="replace"), exit_code=code, check=error,
        correct=None if error is None else False,
    )  # fmt: skip
    return ElfResult(code, int(target.hart.instructions), result.cycles, stdout, stopped, result, error)


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


def _drive(
    machine: Machine, max_instructions: int | None, emit: Callable[[bytes], None], log: Any
) -> tuple[str, int, str | None]:
    """Run until the end, serving the host's side of HTIF; (stopped, exit code, error)."""
    hart = machine.hart
    while True:
        done = int(hart.instructions) + int(hart.trap_count)
        left = None if max_instructions is None else max(0, max_instructions - done)
        stop = engine.run(hart, machine.model, left, log)
        emit(hart.take_console())
        if stop == "exit":
            return "exit", int(hart.stop_value) & 0xFFFFFFFF, None
        if stop == "trap":
            return "trap", 1, str(machine._trap())
        if stop == "budget":
            where = place(machine.images, machine.pc)
            return "limit", 1, f"the limit of {max_instructions} instructions was reached at {where}; raise it with --max-instructions"
        if hart.stop_value:
            emit(_system_call(machine, int(hart.stop_value)))


def _system_call(machine: Machine, block: int) -> bytes:
    """Serve the system call whose eight doublewords lie at `block`; what it printed."""
    memory, hart = machine.memory, machine.hart
    out = b""
    try:
        words = memory.array(block, 8, "<u8")
        if int(words[0]) == _SYS_WRITE and int(words[1]) in (1, 2):
            size = int(words[3])
            out = memory.read(int(words[2]), size)
            words[0] = size
        else:
            words[0] = (1 << 64) - _ENOSYS
    except SimulationError as error:
        raise SimulationError(f"HTIF system call at {place(machine.images, machine.pc)}: {error}") from None
    hart.answer_htif()
    return out


def _signature_span(image: Image, path: str | Path) -> tuple[int, int]:
    span = image.signature
    if span is None:
        raise UsageError(f"{path}: no begin_signature and end_signature symbols, so there is no signature to write")
    return span


def _write_signature(machine: Machine, span: tuple[int, int], file: Path) -> None:
    data = machine.memory.read(span[0], (span[1] - span[0] + 7) & ~7)
    lines = (data[i : i + 8][::-1].hex() for i in range(0, len(data), 8))
    try:
        file.write_text("".join(line + "\n" for line in lines))
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror})") from None
