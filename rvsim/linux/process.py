"""One program as Linux runs it: loaded, started, and served. It never runs instructions itself.

`serve` is called with the hart at an `ecall`: it does what register a7 asks for, puts the result into a0, and moves on. What ends
the program is raised as `Ended`. Chapters: RISC-V ELF psABI (process start), the kernel's generic system call table.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rvsim.engine import Hart
from rvsim.errors import UsageError
from rvsim.linux import calls_files, calls_memory, calls_paths, calls_process, calls_time
from rvsim.linux.clock import Clock
from rvsim.linux.files import Descriptors, Device, File, Input, Output, OutputFailed
from rvsim.linux.grants import Grants
from rvsim.linux.guest import CallError, Guest
from rvsim.linux.hwprobe import hwcap
from rvsim.linux.numbers import CALLS, NUMBERS
from rvsim.linux.signals import TRAMPOLINE, Ended, Signals
from rvsim.linux.space import AddressSpace
from rvsim.linux.start import first_stack
from rvsim.loader import Program as Image

Handler = Callable[..., int]

# What makes no difference to a program when it is refused: not worth a word to the user.
_QUIET = {"rseq", "set_robust_list", "membarrier", "get_robust_list", "prctl"}


class Resumed(Exception):
    """A call that set all registers itself (rt_sigreturn)."""


@dataclass(frozen=True)
class Settings:
    """What the user of a program decides.

    arguments: argv, the program's name first; environment: all of it; folders: `--dir` texts; stdin: bytes or a descriptor of the
    host; seed: of getrandom and AT_RANDOM; host_time: real clocks instead of simulated time; output, errors: given what is
    written to descriptors 1 and 2; note: given lines for the user.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    folders: Sequence[str] = ()
    stdin: bytes | int = b""
    seed: int = 0
    host_time: bool = False
    output: Callable[[bytes], object] = bytes
    errors: Callable[[bytes], object] = bytes
    note: Callable[[str], object] = str


class Process:
    """A program's view of its machine. ticks: simulated time so far; misaligned: whether such accesses work.

    The image is where it will run; its segments are in memory already.
    """

    def __init__(
        self, hart: Hart, image: Image, extensions: frozenset[str], settings: Settings, *, ticks: Callable[[], int], misaligned: bool
    ) -> None:
        self.hart, self.image, self.extensions, self.settings, self.misaligned = hart, image, extensions, settings, misaligned
        self.guest = Guest(hart)
        self.random = random.Random(settings.seed)
        self.clock = Clock(None if settings.host_time else ticks)
        self.folder = os.getcwd()
        self.umask = 0o022
        self.devices = {f"/dev/{name}": Device(name, self.random) for name in ("null", "zero", "full", "random", "urandom")}
        standard: list[File] = [Input(settings.stdin), Output(settings.output), Output(settings.errors)]
        self.descriptors = Descriptors(standard)
        self.signals = Signals(hart, self.guest, vector="v" in extensions)
        self.auxiliary = b""  # the auxiliary vector, once started
        self._noted: set[str] = set()
        low, high = min(s.address for s in image.segments), max(s.end for s in image.segments)
        if high > hart.memory.size - (1 << 28):
            raise UsageError(f"{image.path} reaches up to {high:#x}, where its stack must be; link it for lower addresses")
        if low < 4096:
            raise UsageError(f"{image.path} is linked for {low:#x}; a Linux program cannot have the page at 0")
        try:
            self.space = AddressSpace(hart, high)
            self.signals.trampoline = self.space.map(0, len(TRAMPOLINE), 3, fixed=False, replace=False)
        except CallError:
            raise UsageError(f"{image.path} and its stack do not fit the guest's memory; raise it with --memory") from None
        for segment in image.segments:
            start = segment.address & ~4095
            self.space.hold(start, ((segment.end + 4095) & ~4095) - start)
        self.grants = Grants(settings.folders)  # last: it opens folders of the host

    def start(self) -> None:
        """Registers, stack and privilege as execve leaves them."""
        encode = os.fsencode
        self.hart.enable()
        arguments = [encode(text) for text in self.settings.arguments]
        environment = {encode(name): encode(value) for name, value in self.settings.environment.items()}
        hwcaps, frame = hwcap(self.extensions), self.signals.frame_size
        pointer, data, self.auxiliary = first_stack(
            self.space.stack_top, self.image, arguments, environment, hwcaps, self.random.randbytes(16), frame
        )
        self.hart.memory.write(pointer, data)
        self.hart.memory.write(self.signals.trampoline, TRAMPOLINE)
        self.space.protect(self.signals.trampoline, len(TRAMPOLINE), 5)
        self.hart.set_x(2, pointer)
        self.hart.pc = self.image.entry
        self.hart.enter_user()

    def close(self) -> None:
        """Close every file of the host."""
        self.descriptors.close_all()
        self.grants.close()

    def note(self, key: str, text: str) -> None:
        """Tell the user something once a run."""
        if key not in self._noted and len(self._noted) < 64:
            self._noted.add(key)
            self.settings.note(text)

    def serve(self) -> None:
        """Do the system call that the hart stands at. Raises Ended when it was the program's last."""
        hart = self.hart
        number = hart.get_x(17)
        found = _HANDLERS.get(number)
        try:
            if found is None:
                result = self._unknown(number)
            else:
                handler, count = found
                result = handler(self, *(hart.get_x(10 + index) for index in range(count)))
        except Resumed:
            self.signals.deliver()
            return
        except CallError as error:
            result = -error.number
        except OSError as error:  # from the host, on behalf of the program
            result = -(error.errno or errno.EIO)
        except (MemoryError, OverflowError):
            result = -errno.ENOMEM
        hart.set_x(10, result)
        hart.pc = hart.pc + 4
        self.signals.deliver()

    def _unknown(self, number: int) -> int:
        name = CALLS.get(number, f"number {number}")
        if name not in _QUIET:
            self.note(f"call {number}", f"the program's system call {name} is not simulated; it gets ENOSYS")
        return -errno.ENOSYS


def _table() -> dict[int, tuple[Handler, int]]:
    """Number -> (function, how many arguments it takes beside the process), from the call modules' functions `sys_NAME`."""
    table: dict[int, tuple[Handler, int]] = {}
    for module in (calls_files, calls_paths, calls_memory, calls_process, calls_time):
        names: dict[str, Any] = vars(module)
        for name, function in names.items():
            if name.startswith("sys_"):
                table[NUMBERS[name.removeprefix("sys_")]] = (function, function.__code__.co_argcount - 1)
    return table


_HANDLERS = _table()

__all__ = ["Ended", "OutputFailed", "Process", "Settings"]
