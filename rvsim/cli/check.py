"""`rvsim check`: run a kernel, a function or a program wherever it must give the same result, and say where it does not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rvsim.errors import UsageError

from .run import RunCommand

if TYPE_CHECKING:
    from rvsim.check import Options, Report, Rig, Subject
    from rvsim.check.program import Surroundings

    from .target import FunctionTarget, KernelTarget, ProgramTarget, Target


@click.command("check", cls=RunCommand, short_help="Find bugs that only other hardware would show.")
@click.argument("target", nargs=-1, required=True, metavar="TARGET [KEY=VALUES]... [-- ARGS]")
@click.option("--proto", metavar="PROTOTYPE", help="C prototype of FILE:symbol: 'void f(float y[n], const float x[n], long n)'.")
@click.option("--reference", metavar="FILE.py:FUNCTION", help="Python function with the same arguments: what is right.")
@click.option("--tolerance", type=click.FloatRange(min=0), metavar="X", help="Largest error of floats, of the array's largest value.")
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Linux programs: a variable of the environment. Repeatable.")
@click.option("--dir", "dirs", multiple=True, metavar="PATH[:rw]", help="Linux programs: a folder to read, or change. Repeatable.")
@click.option("--stdin", "stdin", metavar="FILE", help="Linux programs: what each run finds on standard input. [default: nothing]")
@click.option("--machine", "-m", default="generic", show_default=True, metavar="NAME|FILE.toml", help="Machine whose ISA is used.")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change the machine, for instance isa=+zvbb. Repeatable.")
@click.option("--vlen", "vlens", metavar="LIST", help="VLENs to try.  [default: 128,256,512,1024,2048,4096]")
@click.option("--agnostic", type=click.Choice(["undisturbed", "ones"]), help="Agnostic elements. [default: both]")
@click.option("--vl-choice", type=click.Choice(["max", "half"]), help="vl for VLMAX < AVL < 2 VLMAX. [default: both]")
@click.option("--shift", type=click.IntRange(0, 63), metavar="N", help="Arrays begin N elements off a 64-byte boundary. [default: several]")
@click.option("--edge/--no-edge", default=None, help="Arrays end at the end of a page. [default: both]")
@click.option("--unaligned", is_flag=True, help="Shift by bytes: the code promises to cope with misaligned elements.")
@click.option("--cases", type=click.IntRange(min=1), default=120, show_default=True, metavar="N", help="Shapes to try at each VLEN.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Other shapes and data.")
@click.option("--max-instructions", type=click.IntRange(min=1), metavar="N", help="A run of more does not return. [default: 20000000]")
@click.option("--max-findings", type=click.IntRange(min=1), default=10, show_default=True, metavar="N", help="Report at most N bugs.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes. [default: one a core]")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--json", is_flag=True, help="Print one JSON object on stdout.")
def command(target: tuple[str, ...], **given: Any) -> int:
    """Run TARGET over VLEN, tail and mask policy, legal vl, sizes around every edge, alignments and page ends, with everything
    undefined poisoned, and report what breaks.

    \b
    NAME [variant=V] [dtype=T] [m=1..64]   a registry kernel; without variant=, every variant of the dtype
    NAME variant=FILE.S:symbol             your function under the kernel's contract
    FILE.S|.c|.o:symbol --proto '...'      your function; sizes are varied unless given: n=64, n=1..100, n=8..512:8, n=1,5,9
    FILE.elf [-- args]                     a program: output and exit status must not depend on the machine

    Exit status: 0 when nothing was found, 1 with findings, 2 for a wrong request.
    """
    from .target import parse_target

    parsed = parse_target(target, click.get_current_context().meta.get("rvsim.behind", ()))
    rig, options = _settings(target, given)
    reports = list(_reports(parsed, rig, options, given))
    _show(reports, as_json=given["json"])
    return 0 if all(report.clean for report in reports) else 1


def _settings(words: tuple[str, ...], given: dict[str, Any]) -> tuple[Rig, Options]:
    from rvsim.check import VLENS, Options, Rig

    vlens = VLENS if given["vlens"] is None else _vlens(given["vlens"])
    sets = {}
    for text in given["sets"]:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"--set {text}: write --set FIELD=VALUE, for instance --set isa=+zvbb")
        sets[key] = value
    options = Options(
        vlens=vlens, agnostic=given["agnostic"], vl_choice=given["vl_choice"], shift=given["shift"], edge=given["edge"],
        unaligned=given["unaligned"], cases=given["cases"], seed=given["seed"], max_instructions=given["max_instructions"] or 20_000_000,
        max_findings=given["max_findings"], jobs=given["jobs"], words=words,
    )  # fmt: skip
    rig = Rig(given["machine"], sets)
    rig.isa  # noqa: B018  an unknown machine is refused before anything is built
    return rig, options


def _vlens(text: str) -> tuple[int, ...]:
    try:
        vlens = tuple(dict.fromkeys(int(n) for n in text.split(",")))
    except ValueError:
        vlens = ()
    if not vlens or any(n < 64 or n > 65536 or n & (n - 1) for n in vlens):
        raise UsageError(f"--vlen {text}: a list of powers of two from 64 to 65536, for instance --vlen 128,256")
    return vlens


def _reports(target: Target, rig: Rig, options: Options, given: dict[str, Any]) -> Iterator[Report]:
    from rvsim.check import check

    from .target import FunctionTarget, KernelTarget

    for name in ("proto", "reference", "tolerance"):
        if given[name] is not None and not isinstance(target, FunctionTarget):
            raise UsageError(f"--{name} is for a function of your own (FILE:symbol)")
    program = not isinstance(target, KernelTarget | FunctionTarget)
    for name in ("env", "dirs", "stdin"):
        if given[name] and not program:
            raise UsageError(f"--{name.removesuffix('s')} is for Linux programs (FILE.elf)")
    if not isinstance(target, KernelTarget | FunctionTarget):
        from rvsim.check.program import check_program

        limit = given["max_instructions"] or 1_000_000_000
        with _progress(str(target.path), given) as progress:
            yield check_program(target.path, rig, _replace(options, max_instructions=limit), progress, _surroundings(target, given))
        return
    subjects = _kernel(target, rig, options) if isinstance(target, KernelTarget) else _function(target, options, given)
    for subject, words in subjects:
        with _progress(subject.name, given) as progress:
            yield check(subject, rig, _replace(options, words=words), progress)


def _surroundings(target: ProgramTarget, given: dict[str, Any]) -> Surroundings:
    from rvsim.check.program import Surroundings

    env = {}
    for text in given["env"]:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--env {text}: write --env NAME=VALUE")
        env[name] = value
    try:
        stdin = b"" if given["stdin"] is None else Path(given["stdin"]).read_bytes()
    except OSError as error:
        raise UsageError(f"--stdin {given['stdin']}: cannot be read ({error.strerror})") from None
    flags = [word for option, texts in (("--env", given["env"]), ("--dir", given["dirs"])) for text in texts for word in (option, text)]
    flags += [] if given["stdin"] is None else ["--stdin", given["stdin"]]
    return Surroundings(target.arguments, env, tuple(given["dirs"]), stdin, tuple(flags))


def _replace(options: Options, **changes: Any) -> Options:
    from dataclasses import replace

    return replace(options, **changes)


def _kernel(target: KernelTarget, rig: Rig, options: Options) -> list[tuple[Subject, tuple[str, ...]]]:
    """The variants to check, each with the words that name it."""
    from rvsim.check import kernel_subjects

    return [(s, s.words) for s in kernel_subjects(target.name, target.variant, target.params, rig.extensions, options.vlens[-1])]


def _function(target: FunctionTarget, options: Options, given: dict[str, Any]) -> list[tuple[Subject, tuple[str, ...]]]:
    from rvsim.check import function_subject

    if given["proto"] is None:
        example = f"void {target.symbol}(float y[n], const float x[n], long n)"
        raise UsageError(f"{target.path}:{target.symbol} needs its prototype with extents, for instance --proto '{example}'")
    if not target.path.is_file():
        raise UsageError(f"{target.path}: no such file")
    reference = None if given["reference"] is None else _reference(given["reference"])
    subject = function_subject(
        target.path,
        target.symbol,
        given["proto"],
        given=target.values,
        seed=options.seed,
        reference=reference,
        tolerance=given["tolerance"],
    )
    words = [f"{target.path}:{target.symbol}", "--proto", given["proto"]]
    words += ["--reference", given["reference"]] if given["reference"] else []
    words += [f"{k}={v}" for k, v in target.values.items() if k not in {s.name for s in subject.sizes}]
    return [(subject, tuple(words))]


def _reference(text: str) -> Callable[..., Any]:
    """A function of a Python file of the user's."""
    import importlib.util

    file, colon, name = text.rpartition(":")
    path = Path(file)
    if not colon or not path.is_file():
        raise UsageError(f"--reference {text}: write FILE.py:FUNCTION with an existing file")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"--reference {text}: {path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the user's code: whatever it raises is his to mend
        raise UsageError(f"--reference {text}: {path} fails: {type(error).__name__}: {error}") from None
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"--reference {text}: {path} has no function {name!r}")
    found: Callable[..., Any] = function
    return found


@contextmanager
def _progress(name: str, given: dict[str, Any]) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, nothing in a pipe."""
    if given["quiet"] or given["json"] or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"checking {name}", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(reports: list[Report], *, as_json: bool) -> None:
    from .outcome import emit, say

    if as_json:
        emit(_merged(reports))
        return
    for report in reports:
        text = report.text()
        if sys.stdout.isatty():
            for word, colour in (("CLEAN", "green"), ("FINDING", "red")):
                text = text.replace(word, click.style(word, fg=colour, bold=True), 1)
        say(text)


def _merged(reports: list[Report]) -> dict[str, Any]:
    """One object for all variants: findings name their target."""
    data = [report.to_json() for report in reports]
    return data[0] | {
        "target": ", ".join(d["target"] for d in data), "clean": all(d["clean"] for d in data),
        **{name: sum(d[name] for d in data) for name in ("runs", "cases", "instructions", "seconds")},
        "notes": sorted({note for d in data for note in d["notes"]}), "findings": [f for d in data for f in d["findings"]],
    }  # fmt: skip
