"""`rvsim run ... --gdb`: hands a session to gdb, and tells the user on stderr what to type."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .outcome import say
from .target import SOURCES

if TYPE_CHECKING:
    from rvsim.machine.session import Session, Stopped


def debugger(port: int, limit: int | None) -> Callable[[Session], Stopped]:
    """What runs a session under gdb."""
    from rvsim.gdb import serve

    def drive(session: Session) -> Stopped:
        return serve(session, port=port, limit=limit, ready=lambda bound: say(f"rvsim: {hint(session, bound)}", sys.stderr))

    return drive


def hint(session: Session, port: int) -> str:
    """The command that connects a debugger with the program's symbols."""
    path, base = Path(session.image.path), session.image.base
    if path.suffix in SOURCES and path.is_file():
        from rvsim.toolchain import build

        path = build(path, isa=session.machine.config.isa)
    words = ["gdb-multiarch", "-ex", f"target remote localhost:{port}"]
    if not path.is_file():  # assembly given as a string
        return "waiting for gdb: " + shlex.join(words)
    if base and session.privileged:
        words += ["-ex", f"add-symbol-file {path} -o {base:#x}"]
    else:
        words.insert(1, str(path))
    return "waiting for gdb: " + shlex.join(words)
