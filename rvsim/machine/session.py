"""A whole program on its machine, run in pieces until it ends: what `run_elf` and the debugger hold.

A kind of program (bare.py, user.py) prepares the machine and says what to do when the run loop comes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rvsim import engine
from rvsim.loader import Program as Image

from .fault import place
from .machine import LANDING, STACK_SIZE, STACK_TOP, Machine

_KEPT = 64 << 20  # bytes of a program's output that are kept for the result; all of it is passed on


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a program does not run on.

    kind: 'exit', 'trap' or 'limit'; under a debugger 'killed', 'break' at an ebreak, 'watch' behind an access to `address` in the
    watched range number `code`. code: the program's exit code otherwise. signal: Linux's for a trap, 0 elsewhere.
    """

    kind: str
    code: int
    error: str | None = None
    signal: int = 0
    address: int = 0


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
    """One program on one machine. `image` is the program where it lies.

    privileged: it runs in machine mode. auxiliary: the auxiliary vector that Linux gave it. return_pc: where an ebreak ends it.
    """

    privileged = True
    auxiliary = b""
    return_pc = (1 << 64) - 1

    def __init__(self, machine: Machine, image: Image) -> None:
        self.machine, self.image = machine, image

    @property
    def executed(self) -> int:
        """Instructions and traps so far: what limits count."""
        return int(self.machine.hart.instructions) + int(self.machine.hart.trap_count)

    def run(
        self, most: int | None = None, log: Any = None, profiler: engine.Profiler | None = None, *,
        watch: Sequence[tuple[int, int, int]] = (),
    ) -> Stopped | None:  # fmt: skip
        """Run until the program ends; None when `most` more instructions have been executed before that.

        log: a commit log. watch: ranges as `engine.run_watched` takes them; an access to one stops the program too.
        """
        start = self.executed
        hart, model = self.machine.hart, self.machine.model
        while True:
            left = None if most is None else max(0, most - (self.executed - start))
            if watch:
                stop, hit = self._watched(left, watch)
            else:
                stop, hit = engine.run(hart, model, left, log, profiler, self.machine.progress), None
            if hit is not None and stop == "budget":
                self.idle()
                return Stopped("watch", hit[0], address=hit[1])
            if stop == "budget":
                self.idle()
                return None
            if stop == "code":  # too much decoded code, seen by the watched loop only
                engine.forget_timing(hart)
                continue
            ended = self.at_ebreak() if stop == "return" else self.serve(stop)
            if ended is not None:
                return ended

    def _watched(self, left: int | None, watch: Sequence[tuple[int, int, int]]) -> tuple[str, tuple[int, int] | None]:
        hart, model = self.machine.hart, self.machine.model
        engine.run(hart, model, 0)  # ties the hart to the model
        stop, hit = engine.run_watched(hart, model, 1 << 62 if left is None else left, watch)
        return stop or "budget", hit

    def at_ebreak(self) -> Stopped:
        """The program stands at an ebreak that belongs to a debugger, or at `return_pc`."""
        return Stopped("break", 0)

    @abstractmethod
    def serve(self, stop: str) -> Stopped | None:
        """Do what the program stopped for; None: it goes on."""

    @abstractmethod
    def idle(self) -> None:
        """Called when a piece is over: output that is waiting goes out."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the program held of the host."""

    @staticmethod
    def clear(machine: Machine, image: Image) -> None:
        """Make a fresh machine one for a whole program: what calls need is no part of it."""
        machine.images.append(image)
        machine.memory.unmap(LANDING, 4096)
        machine.memory.unmap(STACK_TOP - STACK_SIZE, STACK_SIZE)
        machine.hart.reset()

    def limit(self, most: int) -> Stopped:
        """What reaching the instruction limit means."""
        where = place(self.machine.images, self.machine.pc)
        return Stopped("limit", 1, f"the limit of {most} instructions was reached at {where}; raise it with --max-instructions")


class CallSession(Session):
    """A function call that is set up on a machine; it ends when the function returns."""

    return_pc = LANDING

    def at_ebreak(self) -> Stopped:
        return Stopped("exit" if self.machine.pc == LANDING else "break", 0)

    def serve(self, stop: str) -> Stopped | None:
        return Stopped("trap", 1, str(self.machine._trap()))

    def idle(self) -> None:
        pass

    def close(self) -> None:
        pass
