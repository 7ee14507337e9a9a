"""Whole programs: the same ELF on every machine that it must not tell apart, compared by output and exit status.

A program brings no arrays whose bounds could be known; what is found here is what shows in its behaviour.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rvsim.machine import ElfResult, run_elf

from .bench import Rig
from .report import Finding, Report, quote
from .runner import Options

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a Linux program finds: the words behind its name, environment, folders ('PATH' or 'PATH:rw') and standard input.

    flags: how a command line says all of it but `args`.
    """

    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    dirs: tuple[str, ...] = ()
    stdin: bytes = b""
    flags: tuple[str, ...] = ()


def check_program(
    path: Path, rig: Rig, options: Options, progress: Progress | None = None, around: Surroundings | None = None
) -> Report:  # fmt: skip
    """Run an ELF over VLEN, agnostic elements and vl; a difference from the first run is a finding, and so is a trap.

    The first run is always at the first VLEN with agnostic elements undisturbed and the largest vl, whatever `options` leave open.
    Raises ElfError or UsageError for a file that cannot be run.
    """
    around = around or Surroundings()
    began = time.perf_counter()
    settings = [
        (vlen, agnostic, choice)
        for vlen in options.vlens
        for agnostic in ((options.agnostic,) if options.agnostic else ("undisturbed", "ones"))
        for choice in ((options.vl_choice,) if options.vl_choice else ("max", "half"))
    ]
    base = (options.vlens[0], "undisturbed", "max")
    settings = [base, *(s for s in settings if s != base)]
    isa = rig.isa
    first: ElfResult | None = None
    findings: dict[str, Finding] = {}
    instructions = 0
    for number, (vlen, agnostic, choice) in enumerate(settings):
        done = run_elf(
            path, "generic", vlen=vlen, isa=isa, set={"lanes": 1}, functional=True, agnostic=agnostic, vl_choice=choice,
            max_instructions=options.max_instructions, args=around.args, env=around.env, dirs=around.dirs, stdin=around.stdin,
        )  # fmt: skip
        instructions += done.instructions
        found = _compare(path, rig, first, done, options, around, (vlen, agnostic, choice))
        if found is not None:
            findings.setdefault(found.kind + found.message, found)
        first = first or done
        if progress is not None:
            progress(number + 1, len(settings))
    kept = tuple(findings.values())[: options.max_findings]
    return Report(str(path), kept, len(settings), 1, instructions, options.vlens, time.perf_counter() - began)


def _compare(
    path: Path, rig: Rig, first: ElfResult | None, done: ElfResult, options: Options, around: Surroundings, setting: tuple[int, str, str]
) -> Finding | None:
    vlen, agnostic, choice = setting
    base = f"{options.vlens[0]}"
    there = base if vlen != options.vlens[0] else f"{base} with the largest vl and agnostic elements undisturbed"
    if done.stopped == "trap":
        kind, message = "trap", str(done.error)
    elif done.stopped == "limit":
        kind, message = "no-return", str(done.error)
    elif first is None or first.stopped != "exit":
        return None
    elif done.exit_code != first.exit_code:
        kind, message = "crash", f"it ends with status {done.exit_code}, but with {first.exit_code} at VLEN {there}"
    elif done.stdout != first.stdout:
        kind, message = "differs", _first_line(first.stdout, done.stdout, there)
    else:
        return None
    flags = ["--vlen", f"{base},{vlen}" if str(vlen) != base else base, "--agnostic", agnostic, "--vl-choice", choice]
    flags += ["--machine", rig.machine] if rig.machine != "generic" else []
    flags += [word for name, value in rig.sets.items() for word in ("--set", f"{name}={value}")]
    behind = ["--", *around.args] if around.args else []
    rerun = quote(["rvsim", "check", *(options.words or (str(path),)), *flags, *around.flags, *behind])
    return Finding(kind, message, str(path), vlen, agnostic, choice, None, None, {}, rerun)


def _first_line(wanted: bytes, got: bytes, base: str) -> str:
    a, b = wanted.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines()
    for number, (x, y) in enumerate(zip(a, b, strict=False), 1):
        if x != y:
            return f"line {number} of its output is {y!r}, but {x!r} at VLEN {base}"
    return f"its output has {len(b)} lines, but {len(a)} at VLEN {base}"
