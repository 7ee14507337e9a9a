"""Whole programs: the same ELF on every machine that it must not tell apart, compared by output and exit status.

A program brings no arrays whose bounds could be known; what is found here is what shows in its behaviour.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rvsim.machine import ElfResult, run_elf

from .bench import Rig
from .report import Finding, Report, quote
from .runner import Options

Progress = Callable[[int, int], None]


def check_program(
    path: Path, rig: Rig, options: Options, progress: Progress | None = None, run: Callable[..., ElfResult] = run_elf
) -> Report:  # fmt: skip
    """Run an ELF over VLEN, agnostic elements and vl; a difference from the first run is a finding, and so is a trap.

    Raises ElfError or UsageError for a file that cannot be run.
    """
    began = time.perf_counter()
    settings = [
        (vlen, agnostic, choice)
        for vlen in options.vlens
        for agnostic in ((options.agnostic,) if options.agnostic else ("undisturbed", "ones"))
        for choice in ((options.vl_choice,) if options.vl_choice else ("max", "half"))
    ]
    isa = rig.isa
    first: ElfResult | None = None
    findings: dict[str, Finding] = {}
    instructions = 0
    for number, (vlen, agnostic, choice) in enumerate(settings):
        done = run(
            path, "generic", vlen=vlen, isa=isa, set={"lanes": 1}, functional=True, agnostic=agnostic, vl_choice=choice,
            max_instructions=options.max_instructions,
        )  # fmt: skip
        instructions += done.instructions
        found = _compare(path, first, done, options, vlen, agnostic, choice)
        if found is not None:
            known = findings.get(found.kind + found.message)
            findings.setdefault(found.kind + found.message, found if known is None else replace(known))
        first = first or done
        if progress is not None:
            progress(number + 1, len(settings))
    kept = tuple(findings.values())[: options.max_findings]
    return Report(str(path), kept, len(settings), 1, instructions, options.vlens, time.perf_counter() - began)


def _compare(
    path: Path, first: ElfResult | None, done: ElfResult, options: Options, vlen: int, agnostic: str, choice: str
) -> Finding | None:
    base = f"{options.vlens[0]}"
    if done.stopped == "trap":
        kind, message = "trap", str(done.error)
    elif done.stopped == "limit":
        kind, message = "no-return", str(done.error)
    elif first is None or first.stopped != "exit":
        return None
    elif done.exit_code != first.exit_code:
        kind, message = "crash", f"it ends with status {done.exit_code}, but with {first.exit_code} at VLEN {base}"
    elif done.stdout != first.stdout:
        kind, message = "differs", _first_line(first.stdout, done.stdout, base)
    else:
        return None
    flags = ["--vlen", f"{base},{vlen}" if str(vlen) != base else base, "--agnostic", agnostic, "--vl-choice", choice]
    rerun = quote(["rvsim", "check", *(options.words or (str(path),)), *flags])
    return Finding(kind, message, str(path), vlen, agnostic, choice, None, None, {}, rerun)


def _first_line(wanted: bytes, got: bytes, base: str) -> str:
    a, b = wanted.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines()
    for number, (x, y) in enumerate(zip(a, b, strict=False), 1):
        if x != y:
            return f"line {number} of its output is {y!r}, but {x!r} at VLEN {base}"
    return f"its output has {len(b)} lines, but {len(a)} at VLEN {base}"
