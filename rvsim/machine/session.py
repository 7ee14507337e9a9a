"""A whole program on its machine, run in pieces until it ends: what `run_elf` and the debugger hold.

A kind of program (bare.py, user.py) prepares the machine and says what to do when the run loop comes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rvsim import engine
from rvsim.loader import Program as Image

from .fault import place
from .machine import LANDING, STACK_SIZE, STACK_TOP, Machine

_KEPT = 64 << 20  # bytes of a program's output that are kept for the result; all of it is passed on


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a program does not run on. kind: 'exit', 'trap' or 'limit'; `signal` is Linux's for a trap, 0 elsewhere."""

    kind: str
    code: int
    error: str | None = None
    signal: int = 0


class Output:
    """What a program prints on one stream: passed on as it comes, and kept."""

    def __init__(self, pass_on: Callable[[bytes], object] | None) -> None:
        self._pass_on = pass_on
        self._parts: list[bytes] = []
        self._size = 0

    def __call__(self, data: bytes) -> None:
        if not data:
            return
        kept = data[: _KEPT - self._size]
        if kept:
            self._parts.append(kept)
            self._size += len(kept)
        if self._pass_on is not None:
            self._pass_on(data)

    @property
    def text(self) -> bytes:
        return b"".join(self._parts)


class Session(ABC):
    """One program on one machine. `image` is the program where it lies."""

    def __init__(self, machine: Machine, image: Image) -> None:
        self.machine, self.image = machine, image
        machine.images.append(image)
        machine.memory.unmap(LANDING, 4096)  # what calls need is not part of a whole program's machine
        machine.memory.unmap(STACK_TOP - STACK_SIZE, STACK_SIZE)
        machine.hart.reset()

    @property
    def executed(self) -> int:
        """Instructions and traps so far: what limits count."""
        return int(self.machine.hart.instructions) + int(self.machine.hart.trap_count)

    def run(self, most: int | None = None, log: Any = None, profiler: engine.Profiler | None = None) -> Stopped | None:
        """Run until the program ends; None when `most` more instructions have been executed before that."""
        start = self.executed
        while True:
            left = None if most is None else max(0, most - (self.executed - start))
            stop = engine.run(self.machine.hart, self.machine.model, left, log, profiler, self.machine.progress)
            if stop == "budget":
                self.idle()
                return None
            ended = self.serve(stop)
            if ended is not None:
                return ended

    @abstractmethod
    def serve(self, stop: str) -> Stopped | None:
        """Do what the program stopped for; None: it goes on."""

    @abstractmethod
    def idle(self) -> None:
        """Called when a piece is over: output that is waiting goes out."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the program held of the host."""

    def limit(self, most: int) -> Stopped:
        """What reaching the instruction limit means."""
        where = place(self.machine.images, self.machine.pc)
        return Stopped("limit", 1, f"the limit of {most} instructions was reached at {where}; raise it with --max-instructions")
