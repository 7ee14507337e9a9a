"""Running a whole program to its end: `run_elf` for bare-metal and static Linux ELF files, and the result of either."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rvsim.errors import UsageError
from rvsim.linux import Settings
from rvsim.loader import Program as Image
from rvsim.loader import load_elf

from .bare import BareSession, signature_span, write_signature
from .limits import commit_log, instruction_limit
from .machine import Machine
from .result import Result
from .session import Output, Session, Stopped
from .user import UserSession

if TYPE_CHECKING:
    from rvsim.profile.recording import Window


@dataclass(frozen=True, slots=True)
class ElfResult:
    """How a program ended. `stopped`: 'exit', 'trap' or 'limit'; `error` says why for the last two.

    exit_code: the program's own; 1 for a bare-metal program that trapped and at the limit, 128 + signal for a Linux program that
    a fault or a signal of its own ended. stdout, stderr: what it printed, the first 64 MiB of each. notes: what rvsim had to say about
    system calls. image: the program where it lay, for names of addresses.
    """

    exit_code: int
    instructions: int
    cycles: int | None
    stdout: bytes
    stopped: str
    result: Result
    error: str | None = None
    stderr: bytes = b""
    notes: tuple[str, ...] = ()
    image: Image | None = None


def run_elf(
    path: str | Path, machine: str | Path = "generic", *, vlen: int | None = None, isa: str | None = None,
    set: Mapping[str, object] | None = None, max_instructions: int | None = None, signature: str | Path | None = None,
    functional: bool = False, memory: str | int = "2GiB", trace: str | Path | None = None,
    output: Callable[[bytes], object] | None = None, mode: str | None = None, args: Sequence[str] = (),
    env: Mapping[str, str] | None = None, dirs: Sequence[str] = (), stdin: bytes | int = b"", seed: int = 0,
    host_time: bool = False, errors: Callable[[bytes], object] | None = None, note: Callable[[str], object] | None = None,
    profile: bool = False, window: Window | None = None, progress: Callable[[int], object] | None = None,
    debugger: Callable[[Session], Stopped] | None = None, **choices: str,
) -> ElfResult:  # fmt: skip
    """Run a RISC-V ELF to its end: a bare-metal program if it has a `tohost` symbol, otherwise a static Linux program.

    mode: 'bare' or 'user' (Linux) decides instead. max_instructions: stop after so many. trace: file for a commit log. output:
    called with what the program prints, as it comes. choices: agnostic, misaligned and vl_choice, as for `Machine`.
    profile, window: as for `Program.call`. progress: called with the instructions executed so far, tens of times a second.
    Bare metal: signature: file for memory from begin_signature to end_signature, 8 bytes a line, hexadecimal.
    Linux: args: words behind the program's name. env: its environment, empty unless given. dirs: folders it may reach, 'PATH' to
    read or 'PATH:rw'. stdin: bytes, or a descriptor of this process. seed: of its random numbers. host_time: real clocks instead of
    simulated time. errors: called with what it prints on stderr. note: called with remarks, such as a system call that is missing.
    debugger: runs the program instead of us, for instance `rvsim.gdb.serve`.
    Raises ElfError or UsageError for a file that cannot be run or written; a program that traps or hits the limit is a result.
    """
    for name, words in (("args", args), ("dirs", dirs)):
        if isinstance(words, str | bytes):
            raise UsageError(f"{name} is a list of strings: write {name}=[{words!r}]")
    limit = instruction_limit(max_instructions)
    image = load_elf(Path(path))
    bare = is_bare(image, mode)
    _refuse_misplaced(path, bare, args, signature, {"--dir": dirs, "--env": env, "--host-time": host_time, "--seed": seed})
    span = None if signature is None else signature_span(image)
    target = Machine(machine, vlen=vlen, isa=isa, set=set, functional=functional, memory=memory, **choices)
    printed, complained = Output(output), Output(errors)
    notes: list[str] = []

    def remark(text: str) -> None:
        notes.append(text)
        if note is not None:
            note(text)

    session: Session
    if bare:
        session = BareSession(target, image, printed)
    else:
        settings = Settings(
            arguments=(str(path), *args), environment=env or {}, folders=dirs, stdin=stdin, seed=seed, host_time=host_time,
            output=printed, errors=complained, note=remark,
        )  # fmt: skip
        session = UserSession(target, image, settings, misaligned=choices.get("misaligned") != "trap")
    try:
        profiler = target._profiler(profile, window)
        target.progress = progress
        began = time.perf_counter()
        with commit_log(trace, target.hart) as log:
            ended = session.run(limit, log, profiler) if debugger is None else debugger(session)
        wall = time.perf_counter() - began
    finally:
        session.close()
    if ended is None:
        ended = session.limit(limit or 0)
    if signature is not None and span is not None:
        write_signature(target, span, Path(signature))
    if target.model is not None:
        target.model.drain()
    result = target._result(
        str(path), int(target.hart.instructions), wall, stdout=printed.text.decode(errors="replace"), exit_code=ended.code,
        check=ended.error, correct=None if ended.error is None else False, evidence=target._evidence(profiler, window),
    )  # fmt: skip
    return ElfResult(
        ended.code, result.instructions, result.cycles, printed.text, ended.kind, result, ended.error, complained.text, tuple(notes),
        session.image,
    )  # fmt: skip


def is_bare(image: Image, mode: str | None) -> bool:
    """Whether a program runs bare-metal; UsageError for a mode that does not exist or a file that is no program."""
    if mode not in (None, "bare", "user"):
        raise UsageError(f"mode={mode!r}: choose 'bare' or 'user'")
    if image.kind == "rel":
        raise UsageError(f"{image.path} is not linked, so it is no program; name it .o and call a function of it")
    return image.tohost is not None if mode is None else mode == "bare"


def _refuse_misplaced(path: str | Path, bare: bool, args: Sequence[str], signature: object, linux: Mapping[str, object]) -> None:
    """What has no effect on this kind of program is a mistake."""
    if bare and args:
        raise UsageError(f"{path}: a bare-metal program takes no arguments; leave out `-- {' '.join(args)}`")
    given = [option for option, value in linux.items() if value]
    if bare and given:
        raise UsageError(f"{given[0]} is for Linux programs; {path} runs as a bare-metal program")
    if not bare and signature is not None:
        raise UsageError(f"--signature is for bare-metal programs; {path} runs as a Linux program")
