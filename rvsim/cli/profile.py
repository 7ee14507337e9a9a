"""`rvsim profile`: one target on one machine, every cycle explained; a readable profile, or the Report as JSON.

    words --target.py--> Target --run.execute, profiled--> Report --> text | JSON | CSV | file
                                  --what-if--> the same on machines without one of their limits
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rvsim.errors import SimulationError, UsageError

from .run import RunCommand

if TYPE_CHECKING:
    from rvsim.profile.report import Report

    from .run import Options
    from .target import Target

# What `rvsim run` has and a profile does not.
_DEFAULTS: dict[str, Any] = {"functional": False, "saves": (), "trace": None, "signature": None, "gdb": None, "profile": True}


_FILES = ("html", "flame", "perfetto", "konata")  # exports; each names the file it writes


def target_options(command: Any) -> Any:
    """The options that say what runs, and on what; shared by the verbs that explain runs."""
    for option in (
        click.option("--quiet", "-q", is_flag=True, help="No progress on stderr."),
        click.option("--memory", default="2GiB", show_default=True, metavar="SIZE", help="Memory that the guest may use."),
        click.option("--misaligned", type=click.Choice(["allow", "trap"]), default="allow", show_default=True, help="Misaligned accesses."),
        click.option("--agnostic", type=click.Choice(["undisturbed", "ones"]), default="undisturbed", help="Agnostic vector elements."),
        click.option("--vl-choice", type=click.Choice(["max", "half"]), default="max", help="vl for VLMAX < AVL < 2 VLMAX."),
        click.option("--host-time", is_flag=True, help="Linux: the host's clocks instead of simulated time."),
        click.option("--env", multiple=True, metavar="NAME=VALUE", help="Linux: a variable of the environment. Repeatable."),
        click.option("--dir", "dirs", multiple=True, metavar="PATH[:rw]", help="Linux: a folder the program may read, or change."),
        click.option("--mode", type=click.Choice(["bare", "user"]), help="ELF: how to run it."),
        click.option("--max-instructions", type=click.IntRange(min=1), metavar="N", help="Stop after N instructions; the run has failed."),
        click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed of random inputs. [default: 0]"),
        click.option("--proto", metavar="PROTOTYPE", help="C prototype of FILE:symbol: 'void f(float y[n], const float x[n], long n)'."),
    ):
        command = option(command)
    return command


@click.command("profile", cls=RunCommand, short_help="Explain every cycle of a run: verdict, hot loops, annotated listing.")
@click.argument("target", nargs=-1, required=True, metavar="TARGET [KEY=VALUE]... [-- ARGS]")
@click.option("--machine", "-m", default="generic", show_default=True, metavar="NAME|FILE.toml", help="Machine to simulate.")
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change the machine: vlen=1024, lanes=2, isa=+EXT. Repeatable.")
@click.option("--what-if", is_flag=True, help="Run again on machines without one of their limits, and say what each would buy.")
@click.option("--top", type=click.IntRange(min=0), default=2, show_default=True, metavar="N", help="Loops in the listing.")
@click.option("--all", "everything", is_flag=True, help="The listing has every executed instruction.")
@click.option("--save", metavar="FILE.json", help="Save the Report, for `rvsim diff`.")
@click.option("--csv", is_flag=False, flag_value="-", metavar="[FILE]", help="One line an instruction, to FILE or stdout.")
@click.option("--html", metavar="FILE.html", help="The report as one page that works offline.")
@click.option("--flame", metavar="FILE.svg", help="A flame graph; folded stacks for a name that ends in .folded.")
@click.option("--perfetto", metavar="FILE.json", help="A trace for the Perfetto UI, of --window or of the whole run.")
@click.option("--konata", metavar="FILE.kanata", help="A log for the pipeline viewer Konata, of --window or of the whole run.")
@click.option("--window", metavar="START:END|REGION", help="The part of the run for --perfetto, --konata and --log.")
@click.option("--log", metavar="FILE.npz", help="Save the log of --window as numpy arrays.")
@click.option("--json", is_flag=True, help="Print the Report as one JSON object.")
@target_options
def command(target: tuple[str, ...], **given: Any) -> int:
    """Run TARGET on a simulated machine and explain every cycle.

    \b
    NAME [variant=V] m=64 ...            a kernel of the registry
    NAME variant=FILE.S:symbol m=64 ...  your function under the same contract
    FILE.S|.c|.o:symbol --proto '...' n=1000
                                         your function with arrays
    FILE.elf [-- args]                   a whole program

    The first screen says what limits the run and where the cycles went; behind it stand the hot loops, instruction by instruction.
    `--save` keeps the Report for `rvsim diff`. Exit status as of `rvsim run`, but 0 for any program that ended by itself.
    """
    from .target import parse_target

    own = {name: given.pop(name) for name in ("what_if", "top", "everything", "save", "csv", "window", "log", *_FILES)}
    if own["csv"] == "-" and given["json"]:
        raise UsageError("--csv and --json both print to stdout; give one of them a file: --csv FILE, or --save FILE.json")
    options = options_of(given, window=_window(own), json=given.pop("json") or own["csv"] == "-")
    parsed = parse_target(target, click.get_current_context().meta.get("rvsim.behind", ()))
    from .run import refuse_misplaced

    refuse_misplaced(target[0], parsed, options)
    _refuse_folders(own)
    report, status, recording = profiled(parsed, options)
    json = options.json and own["csv"] != "-"
    if own["save"]:
        report.save(own["save"])
    if own["log"]:
        recording().save(own["log"])
    _export(report, recording, own)
    _show(report, own, json, _experiments(parsed, options, report) if own["what_if"] else None)
    return status


def options_of(given: Mapping[str, Any], **more: Any) -> Options:
    """Options of `rvsim run` from those of a verb that explains."""
    from .run import Options

    return Options(**{**_DEFAULTS, **given, **more})


def profiled(target: Target, options: Options) -> tuple[Report, int, Any]:
    """(report, exit status, a function that gives the recording). Raises SimulationError for a run that fails."""
    from .run import execute
    from .target import ProgramTarget

    status, data, result = execute(target, options)
    if data["stopped"] not in (None, "exit"):
        raise SimulationError(str(data["error"]))
    if result.correct is False:
        from .outcome import say

        say(f"rvsim: warning: wrong result: {result.check}; the profile is of a run that is not right", sys.stderr)
    return result.report(), 0 if isinstance(target, ProgramTarget) else status, lambda: result.recording


def _window(own: Mapping[str, Any]) -> Any:
    """The part of the run to log."""
    if own["log"] and not own["window"]:
        raise UsageError("--log needs a part of the run: add --window START:END in cycles, or the name of a region")
    logs = [name for name in ("log", "perfetto", "konata") if own[name]]
    if not own["window"] and not logs:
        return None
    if not logs:
        raise UsageError("--window is for a log of that part: add --perfetto FILE.json, --konata FILE.kanata or --log FILE.npz")
    from rvsim.profile.recording import Window

    return Window.parse(own["window"]) if own["window"] else Window()


def _export(report: Report, recording: Any, own: Mapping[str, Any]) -> None:
    """Write the files that were asked for."""
    title = f"{report.name} on {report.machine}"
    if own["html"]:
        from rvsim.profile.page import write_page

        write_page(report, own["html"])
    if own["flame"]:
        from rvsim.profile.flame import write_flame

        write_flame(report, own["flame"])
    if own["perfetto"]:
        from rvsim.profile.perfetto import write_perfetto

        write_perfetto(recording(), own["perfetto"], title)
    if own["konata"]:
        from rvsim.profile.konata import write_konata

        write_konata(recording(), own["konata"])
    if (own["perfetto"] or own["konata"]) and recording().lost:
        from .outcome import say

        lost = recording().lost
        say(f"rvsim: warning: the log holds {len(recording())} instructions, {lost} more found no room; choose a --window", sys.stderr)


def _refuse_folders(own: Mapping[str, Any]) -> None:
    """Files that cannot be written are a mistake that is better known before a long run."""
    for name in ("save", "csv", "log", *_FILES):
        if own[name] and own[name] != "-" and not Path(own[name]).parent.is_dir():
            raise UsageError(f"--{name} {own[name]}: there is no folder {Path(own[name]).parent}")


def _experiments(target: Target, options: Options, report: Report) -> Any:
    import msgspec

    from rvsim.engine import load_machine
    from rvsim.profile.whatif import experiments, what_if

    from .run import execute

    def run(sets: Mapping[str, str]) -> int:
        changed = dataclasses.replace(
            options, profile=False, window=None, json=True, sets=(*options.sets, *(f"{key}={value}" for key, value in sets.items()))
        )
        _, _, result = execute(target, changed, expected=report.instructions)
        return int(result.cycles or 0)

    fields = msgspec.to_builtins(load_machine(options.machine, options.fields))
    return what_if(experiments(fields), run)


def _show(report: Report, own: Mapping[str, Any], json: bool, outcomes: Any) -> None:
    from rvsim.profile import whatif

    from .outcome import emit, say

    if json:
        more = {} if outcomes is None else {"what_if": whatif.to_json(report.cycles, outcomes)}
        emit({"status": "failed" if report.correct is False else "ok", **report.to_json(), **more})
        return
    if own["csv"] == "-":
        from rvsim.profile.table import csv_text

        sys.stdout.write(csv_text(report))
        return
    if own["csv"]:
        from rvsim.profile.table import write_csv

        write_csv(report, own["csv"])
    from rvsim.profile.screen import render

    stream = sys.stderr if report.result.get("exit_code") is not None else sys.stdout  # a program's own output has stdout
    say(render(report, colour=stream.isatty(), width=_width(), top=own["top"], everything=own["everything"]), stream)
    if outcomes is not None:
        say("\n" + whatif.table(report.cycles, outcomes), stream)


def _width() -> int:
    import shutil

    return max(60, min(120, shutil.get_terminal_size((100, 24)).columns))

