"""Static Linux programs on a machine: loading, the run loop's `ecall` stops, and what a fault means there.

A fault ends the program as an uncaught signal would: exit code 128 + signal, and an error that names the instruction.
"""

from __future__ import annotations

from rvsim.errors import UsageError
from rvsim.linux import Ended, OutputFailed, Process, Settings
from rvsim.linux.numbers import SIGNALS
from rvsim.loader import EXECUTE
from rvsim.loader import Program as Image

from .machine import Machine
from .program import place_image
from .session import Session, Stopped

_BASE = 0x1000_0000  # where position-independent programs are put
_ECALL = 8
_SIGNAL_OF = {0: 7, 1: 11, 2: 4, 3: 5, 4: 7, 5: 11, 6: 7, 7: 11}  # cause -> SIGBUS, SIGSEGV, SIGILL, SIGTRAP


class UserSession(Session):
    """A Linux program. misaligned: whether such accesses work on this machine."""

    privileged = False

    def __init__(self, machine: Machine, image: Image, settings: Settings, *, misaligned: bool = True) -> None:
        if not any(s.flags & EXECUTE and s.address <= image.entry < s.end for s in image.segments) or not image.entry:
            raise UsageError(
                f"{image.path} has no entry point and no `tohost` symbol, so it is neither a Linux nor a bare-metal program; "
                f"{image.path}:FUNCTION --proto '...' calls a function of it"
            )
        super().__init__(machine, image.rebased(_BASE, relocate=False) if image.kind == "pie" else image)
        self.clear(machine, self.image)
        try:
            place_image(machine, self.image)
        except UsageError as error:
            raise UsageError(f"{image.path}: {error}") from None
        self.process = Process(
            machine.hart, self.image, machine.extensions, settings, ticks=self._ticks, misaligned=misaligned
        )  # fmt: skip
        try:
            self.process.start()
        except BaseException:
            self.process.close()
            raise
        self.auxiliary = self.process.auxiliary

    def _ticks(self) -> int:
        """Simulated time: cycles, or instructions where the machine has no clock."""
        cycles = self.machine.cycles
        return int(self.machine.hart.instructions) if cycles is None else cycles

    def serve(self, stop: str) -> Stopped | None:
        cause = self.machine.hart.trap[0]
        if stop == "trap" and cause == _ECALL:
            try:
                self.process.serve()
            except Ended as end:
                return Stopped("trap" if end.signal else "exit", end.code, end.why, end.signal)
            except OutputFailed as failed:
                raise failed.error from None
            return None
        signal = _SIGNAL_OF.get(cause, 4)
        try:
            if stop == "trap" and self.process.signals.fault(signal, 1, self._fault_address()):
                return None
        except Ended as end:
            return Stopped("trap", end.code, end.why, end.signal)
        return Stopped("trap", 128 + signal, f"{self.machine._trap()} ({SIGNALS[signal]})", signal)

    def _fault_address(self) -> int:
        """si_addr: what could not be accessed, or the instruction that could not be executed."""
        cause, pc, value = self.machine.hart.trap
        return int(pc if cause in (2, 3) else value)

    def idle(self) -> None:
        pass  # output goes out with the call that makes it

    def close(self) -> None:
        self.process.close()

