"""`rvsim run`: one kernel, function or program on one machine; a readable result, or one JSON object.

    words --target.py--> Target --+--> Machine.run      registry kernel, checked
                                  +--> Program.call     a function of the user's own
                                  +--> run_elf          a whole program
                                         |--> dict (Result.to_json and a little more) --> text or JSON
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rvsim.errors import SimulationError, UsageError

if TYPE_CHECKING:
    from rvsim.machine import Result
    from rvsim.profile.recording import Window

    from .arguments import Arguments
    from .progress import Progress
    from .target import FunctionTarget, KernelTarget, ProgramTarget, Target


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `rvsim run`, as given."""

    machine: str
    sets: tuple[str, ...]
    functional: bool
    memory: str
    agnostic: str
    misaligned: str
    vl_choice: str
    proto: str | None
    seed: int | None
    saves: tuple[str, ...]
    max_instructions: int | None
    trace: str | None
    signature: str | None
    mode: str | None
    dirs: tuple[str, ...]
    env: tuple[str, ...]
    host_time: bool
    gdb: int | None
    json: bool
    quiet: bool = False
    profile: bool = False
    window: Window | None = None

    @property
    def fields(self) -> dict[str, str]:
        """`--set` as machine field -> text."""
        fields = {}
        for text in self.sets:
            key, equals, value = text.partition("=")
            if not equals or not key:
                raise UsageError(f"--set {text}: write --set FIELD=VALUE, for instance --set vlen=1024")
            fields[key] = value
        return fields

    @property
    def environment(self) -> dict[str, str]:
        """`--env` as name -> value."""
        pairs = [text.partition("=") for text in self.env]
        for text, (name, equals, _) in zip(self.env, pairs, strict=True):
            if not equals or not name:
                raise UsageError(f"--env {text}: write --env NAME=VALUE")
        return {name: value for name, _, value in pairs}

    @property
    def choices(self) -> dict[str, Any]:
        """What the specification leaves open, as `Machine` takes it."""
        return {"agnostic": self.agnostic, "misaligned": self.misaligned, "vl_choice": self.vl_choice}


class RunCommand(click.Command):
    """Takes the words behind `--` out before click does, which would mix them with the others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep them in the context."""
        if "--" in args:
            at = args.index("--")
            ctx.meta["rvsim.behind"] = tuple(args[at + 1 :])
            args = args[:at]
        return super().parse_args(ctx, args)


@click.command("run", cls=RunCommand, short_help="Run a kernel, a function of yours, or a whole program.")
@click.argument("target", nargs=-1, required=True, metavar="TARGET [KEY=VALUE]... [-- ARGS]")
@click.option("--machine", "-m", default="generic", show_default=True, metavar="NAME|FILE.toml", help="Machine to simulate.")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change the machine: vlen=1024, lanes=2, isa=+EXT. Repeatable.")
@click.option("--functional", is_flag=True, help="No clock: results and instruction counts only, as fast as possible.")
@click.option("--proto", metavar="PROTOTYPE", help="C prototype of FILE:symbol: 'void f(float y[n], const float x[n], long n)'.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed of random inputs and of a program's chance. [default: 0]")
@click.option("--save", "saves", multiple=True, metavar="NAME=FILE.npy", help="Save an array of FILE:symbol after the run. Repeatable.")
@click.option("--max-instructions", type=click.IntRange(min=1), metavar="N", help="Stop after N instructions; the run has then failed.")
@click.option("--trace", metavar="FILE", help="Write a commit log in Spike's format.")
@click.option("--signature", metavar="FILE", help="Bare metal: write memory between begin_signature and end_signature.")
@click.option("--mode", type=click.Choice(["bare", "user"]), help="ELF: how to run it. [default: bare when it has a `tohost` symbol]")
@click.option("--dir", "dirs", multiple=True, metavar="PATH[:rw]", help="Linux: a folder that the program may read, or change. Repeatable.")
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Linux: a variable of the program's environment. Repeatable.")
@click.option("--host-time", is_flag=True, help="Linux: the host's clocks instead of simulated time.")
@click.option(
    "--gdb", type=click.IntRange(0, 65535), is_flag=False, flag_value=0, metavar="[PORT]",
    help="Wait for gdb on this port of loopback (any free one), and run under it.",
)  # fmt: skip
@click.option("--memory", default="2GiB", show_default=True, metavar="SIZE", help="Memory that the guest may use.")
@click.option(
    "--agnostic", type=click.Choice(["undisturbed", "ones"]), default="undisturbed", show_default=True, help="Agnostic vector elements."
)
@click.option(
    "--misaligned", type=click.Choice(["allow", "trap"]), default="allow", show_default=True, help="Misaligned loads and stores."
)
@click.option(
    "--vl-choice", type=click.Choice(["max", "half"]), default="max", show_default=True,
    help="vl for VLMAX < AVL < 2 VLMAX: VLMAX, or half of AVL.",
)  # fmt: skip
@click.option("--json", is_flag=True, help="Print one JSON object on stdout.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
def command(target: tuple[str, ...], **given: Any) -> int:
    """Run TARGET on a simulated machine.

    \b
    NAME [variant=V] m=64 ...            a kernel of the registry, checked against numpy
    NAME variant=FILE.S:symbol m=64 ...  your function under the same contract
    FILE.S|.c|.o:symbol --proto '...' n=1000 x=@x.npy
                                         your function with arrays, random or from .npy files
    FILE.elf [-- args]                   a static Linux program, or a bare-metal one (with a `tohost` symbol)

    A kernel's or function's result is printed on stdout. A program's own output goes to stdout and the result to stderr.
    Exit status: 0; 1 when the run failed or the result is wrong; 2 for a wrong request; for a program its own low 8 bits.
    """
    from .target import parse_target

    options = Options(**given)
    parsed = parse_target(target, click.get_current_context().meta.get("rvsim.behind", ()))
    refuse_misplaced(target[0], parsed, options)
    try:
        status, data, _ = execute(parsed, options)
    except SimulationError as error:
        from .outcome import report_error

        known = {"target": target[0], "machine": options.machine, "set": options.fields}
        report_error(str(error), "failed", json=options.json, verb="run", **known)
        return 1
    _show(data, options, summary=sys.stderr if data["exit_code"] is not None else sys.stdout)
    return status


def refuse_misplaced(name: str, target: Target, options: Options) -> None:
    """An option that would have no effect on this kind of target is a mistake."""
    from .target import FunctionTarget, ProgramTarget

    whole, function = isinstance(target, ProgramTarget), isinstance(target, FunctionTarget)
    kind = "a whole program" if whole else "a function" if function else "a registry kernel"
    for option, value, fits, wanted in (
        ("--proto", options.proto, function, "a function of your own (FILE:symbol)"),
        ("--save", options.saves, function, "a function of your own (FILE:symbol)"),
        ("--signature", options.signature, whole, "whole programs (FILE.elf)"),
        ("--mode", options.mode, whole, "whole programs (FILE.elf)"),
        ("--dir", options.dirs, whole, "Linux programs (FILE.elf)"),
        ("--env", options.env, whole, "Linux programs (FILE.elf)"),
        ("--host-time", options.host_time, whole, "Linux programs (FILE.elf)"),
    ):
        if value and not fits:
            raise UsageError(f"{option} is for {wanted}; {name} is {kind}")


def execute(target: Target, options: Options, expected: int | None = None) -> tuple[int, dict[str, Any], Result]:
    """(exit status, the JSON object, the result). expected: instructions it will take, for the time left; None: unknown."""
    from .progress import Progress
    from .target import FunctionTarget, KernelTarget

    with Progress(quiet=options.quiet, total=expected or options.max_instructions) as progress:
        if isinstance(target, KernelTarget):
            status, data, result = _kernel(target, options, progress)
        elif isinstance(target, FunctionTarget):
            status, data, result = _function(target, options, progress)
        else:
            status, data, result = _program(target, options, progress)
    more: dict[str, Any] = {"set": options.fields, "arrays": None, "stopped": None, "error": None}
    return status, {**data, **{name: value for name, value in more.items() if name not in data}}, result


def _machine(options: Options, progress: Progress) -> Any:
    from rvsim.machine import Machine

    machine = Machine(options.machine, set=options.fields, functional=options.functional, memory=options.memory, **options.choices)
    machine.progress = progress.hook
    machine.debugger = _debugger(options)
    return machine


def _debugger(options: Options) -> Any:
    if options.gdb is None:
        return None
    from .debug import debugger

    if options.trace is not None:
        raise UsageError("--trace and --gdb do not go together; leave out one")
    return debugger(options.gdb, options.max_instructions)


def _limits(options: Options) -> dict[str, Any]:
    """Keyword arguments that are only passed on when they are given."""
    limits: dict[str, Any] = {"max_instructions": options.max_instructions, "trace": options.trace}
    limits |= {"profile": options.profile or None, "window": options.window}
    return {name: value for name, value in limits.items() if value is not None}


def _kernel(target: KernelTarget, options: Options, progress: Progress) -> tuple[int, dict[str, Any], Result]:
    from rvsim import kernels

    params: dict[str, Any] = dict(target.params)
    if options.seed is not None:
        if "seed" in params:
            raise UsageError(f"the seed is given twice: seed={params['seed']} and --seed {options.seed}")
        params["seed"] = options.seed
    kernels.get(target.name).validate(params)  # before a machine is built: the cheaper mistake first
    result = _machine(options, progress).run(target.name, variant=target.variant, **_limits(options), **params)
    data = result.to_json()
    if result.correct is False:
        return 1, data | {"error": f"wrong result: {result.check}"}, result
    return 0, data, result


def _function(target: FunctionTarget, options: Options, progress: Progress) -> tuple[int, dict[str, Any], Result]:
    from rvsim.machine import parse_size
    from rvsim.machine.abi import parse_prototype

    from .arguments import build_arguments, describe, save

    if options.proto is None:
        example = f"void {target.symbol}(float y[n], const float x[n], long n)"
        raise UsageError(f"{target.path}:{target.symbol} needs its prototype, for instance --proto '{example}' n=1000")
    seed = options.seed or 0
    arguments = build_arguments(parse_prototype(options.proto), target.values, seed=seed, most=parse_size(options.memory))
    files = _save_files(options, arguments)
    program = _machine(options, progress).load(target.path)
    if target.symbol not in program.symbols:
        there = ", ".join(program.image.functions) or "none"
        raise UsageError(f"{target.path} has no symbol {target.symbol!r}; functions: {there} (is it declared .globl?)")
    about = {"target": f"{target.path}:{target.symbol}", "params": {**arguments.params, "seed": seed}}
    result = program.call(target.symbol, *arguments.values, proto=options.proto, **_limits(options), **about)
    for name, file in files.items():
        save(arguments.arrays[name], file)
    return 0, result.to_json() | {"arrays": [describe(name, arguments.arrays[name]) for name in arguments.written]}, result


def _save_files(options: Options, arguments: Arguments) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for text in options.saves:
        name, equals, file = text.partition("=")
        if not equals or not file.removeprefix("@"):
            raise UsageError(f"--save {text}: write --save NAME=FILE.npy")
        if name not in arguments.arrays:
            raise UsageError(f"--save {text}: there is no array {name!r}; there are: {', '.join(arguments.arrays) or 'none'}")
        path = Path(file.removeprefix("@"))
        if not path.parent.is_dir():
            raise UsageError(f"--save {text}: there is no folder {path.parent}")
        files[name] = path
    return files


def _program(target: ProgramTarget, options: Options, progress: Progress) -> tuple[int, dict[str, Any], Result]:
    from rvsim.machine import run_elf

    done = run_elf(
        target.path, options.machine, set=options.fields, functional=options.functional, memory=options.memory,
        signature=options.signature, output=None if options.json else progress.over(_to_stdout), errors=progress.over(_to_stderr),
        note=_note, mode=options.mode,
        args=target.arguments, env=options.environment, dirs=options.dirs, stdin=_standard_input(), seed=options.seed or 0,
        host_time=options.host_time, debugger=_debugger(options), progress=progress.hook, **options.choices, **_limits(options),
    )  # fmt: skip
    data = done.result.to_json() | {"stopped": done.stopped, "error": done.error}
    if done.stopped != "exit":
        return done.exit_code & 0xFF, data | {"status": "failed"}, done.result
    return done.exit_code & 0xFF, data, done.result


def _standard_input() -> int | bytes:
    """The descriptor of our own standard input; nothing where it is closed."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, ValueError, OSError):
        return b""


def _to_stderr(data: bytes) -> None:
    sys.stderr.buffer.write(data)
    sys.stderr.buffer.flush()


def _note(text: str) -> None:
    from .outcome import say

    say(f"rvsim: note: {text}", sys.stderr)


def _to_stdout(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _show(data: dict[str, Any], options: Options, summary: Any) -> None:
    from .outcome import emit, say

    if options.json:
        emit(data)
        return
    from rvsim.profile.text import report

    text = report(data)
    if summary.isatty():
        text = _coloured(text)
    say(text, summary)
    if data["stopped"] not in (None, "exit"):
        say(f"rvsim: error: {data['error']}", sys.stderr)


def _coloured(text: str) -> str:
    """The verdict in colour: it is what one looks for first."""
    for word, colour in (("CORRECT", "green"), ("WRONG", "red")):
        text = text.replace(word, click.style(word, fg=colour, bold=True), 1)
    return text


__all__ = ["Options", "RunCommand", "command", "execute", "refuse_misplaced"]
