"""`rvsim plot`: a figure of one or many runs. Words are targets, machines and parameters; what is drawn comes from rvsim.plots.

words --> series of runs (targets x machines x values of --x and --y) --> Reports --> figure --> PNG, SVG or PDF
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rvsim.errors import UsageError

from .profile import target_options
from .run import RunCommand
from .series import Axis, Job, in_common, labels_of, make_jobs, parse_axis, report_of, run_job, run_jobs

if TYPE_CHECKING:
    from rvsim.profile.recording import Recording
    from rvsim.profile.report import Report

KINDS = ("roofline", "stalls", "scaling", "heatmap", "timeline", "accuracy", "compare")
_ITERATIONS = 9  # of a loop that are looked at, to find one that is like most


@click.command("plot", cls=RunCommand, short_help="Draw runs: roofline, stalls, scaling, heatmap, timeline, accuracy, compare.")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("words", nargs=-1, metavar="TARGET [KEY=VALUE]... [TARGET [KEY=VALUE]...]")
@click.option("--output", "-o", metavar="FILE", help="File to write: .png, .svg or .pdf. [default: KIND.png]")
@click.option(
    "--machine", "-m", "machines", multiple=True, metavar="NAME", help="Machine; repeat it for one series each. [default: generic]"
)
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change the machines. Repeatable.")
@click.option("--x", metavar="NAME=VALUES", help="Vary a parameter, machine field, `machine` or `variant`: vlen=128..4096, lanes=2,4,8.")
@click.option("--y", metavar="NAME=VALUES", help="A second one: rows of a heatmap, series otherwise.")
@click.option(
    "--figure", metavar="NAME", help="What to draw: cycles, utilization, flop_per_cycle, bound_utilization, speedup, instructions."
)
@click.option("--share", is_flag=True, help="stalls: every bar is 100 %.")
@click.option("--loop", metavar="NAME", help="timeline: one iteration of this loop. [default: the hottest]")
@click.option("--window", metavar="START:END|REGION", help="timeline: this part of the run instead.")
@click.option("--most", type=click.IntRange(min=1), metavar="N", help="timeline: at most N instructions. [default: 90]")
@click.option("--data", metavar="DIR", help="accuracy: a folder of measured figures. [default: those that come with rvsim]")
@click.option("--title", metavar="TEXT", help="Title of the figure.")
@click.option("--json", is_flag=True, help="Print what was drawn as one JSON object.")
@target_options
def command(kind: str, words: tuple[str, ...], **given: Any) -> int:
    """Draw runs of one or more TARGETs, or saved reports (FILE.json), and write the figure.

    \b
    rvsim plot roofline matmul softmax -m ara-4l -o roofline.svg
    rvsim plot stalls matmul variant=naive matmul variant=7x4
    rvsim plot scaling matmul m=64 n=64 k=64 --x vlen=256..4096 --y variant=naive,7x4 --figure utilization
    rvsim plot heatmap matmul --x vlen=512..4096 --y lanes=2,4,8
    rvsim plot timeline matmul m=64 n=64 k=64 -m spacemit-x60
    rvsim plot compare matmul -m ara-4l -m spacemit-x60 -m sifive-x280
    rvsim plot accuracy -m spacemit-x60

    VALUES: a list 2,4,8; a doubling range 128..4096; a range with a step 16..64:16.
    """
    own = {name: given.pop(name) for name in _OWN}
    path = own["output"] or f"{kind}.png"
    _check_output(path)
    behind = click.get_current_context().meta.get("rvsim.behind", ())
    if kind == "accuracy":
        drawn = _accuracy(words, own, path)
    else:
        drawn = _runs(kind, words, behind, own, given, path)
    from .outcome import emit, say

    if own["json"]:
        emit({"schema": 1, "status": "ok", "kind": kind, "file": path, **drawn})
    else:
        say(path)
    return 0


_OWN = ("output", "machines", "sets", "x", "y", "figure", "share", "loop", "window", "most", "data", "title", "json")


def _check_output(path: str) -> None:
    from rvsim.plots.style import check_path

    check_path(path)
    if not Path(path).parent.is_dir():
        raise UsageError(f"--output {path}: there is no folder {Path(path).parent}")


def _runs(
    kind: str, words: Sequence[str], behind: Sequence[str], own: Mapping[str, Any], given: dict[str, Any], path: str
) -> dict[str, Any]:
    """Make the runs and draw them; plain data about the points."""
    _refuse_misplaced(kind, own)
    x, y = (None if own[name] is None else parse_axis(own[name]) for name in ("x", "y"))
    varied = [axis for axis in (x, y) if axis is not None]
    jobs = make_jobs(words, own["machines"] or ("generic",), own["sets"], varied, behind=behind, proto=given["proto"])
    if kind == "timeline":
        return _timeline(jobs, own, given, path)
    if kind in ("scaling", "heatmap") and x is None:
        raise UsageError(f"{kind} needs a parameter to vary: --x vlen=128..4096")
    if kind == "heatmap" and y is None:
        raise UsageError("a heatmap needs two parameters: --x vlen=512..4096 --y lanes=2,4,8")
    reports = run_jobs(jobs, given, impossible=kind in ("scaling", "heatmap"))
    draw: dict[str, Callable[..., Any]] = {"scaling": _scaling, "heatmap": _heatmap}
    if kind in draw:
        draw[kind](jobs, reports, x, y, own, path)
    else:
        named = [replace(job, machine="") for job in jobs] if kind == "roofline" else jobs  # there the roof says which machine
        labelled = [(label, report) for label, report in zip(labels_of(named), reports, strict=True) if report is not None]
        _bars(kind, labelled, in_common(jobs), own, path)
    return {"points": [_point(job, report) for job, report in zip(jobs, reports, strict=True)]}


def _refuse_misplaced(kind: str, own: Mapping[str, Any]) -> None:
    fits = {
        "share": ("stalls",), "loop": ("timeline",), "window": ("timeline",), "most": ("timeline",), "figure": ("scaling", "heatmap"),
        "data": ("accuracy",),
    }  # fmt: skip
    for name, kinds in fits.items():
        if own[name] and kind not in kinds:
            raise UsageError(f"--{name} is for {' and '.join(kinds)}, not {kind}")
    if own["figure"]:
        from rvsim.plots import FIGURES

        if own["figure"] not in FIGURES:
            raise UsageError(f"--figure {own['figure']}: choose one of {', '.join(FIGURES)}")


def _point(job: Job, report: Report | None) -> dict[str, Any]:
    about: dict[str, Any] = {"target": " ".join(job.words), "machine": job.machine, "set": list(job.sets), "at": list(job.at)}
    if report is None:
        return about | {"cycles": None, "instructions": None, "utilization": None, "bound_utilization": None, "flop_per_cycle": None}
    names = ("cycles", "instructions", "utilization", "bound_utilization", "flop_per_cycle")
    return about | {name: getattr(report, name) for name in names}


# ---- drawing ----------------------------------------------------------------------------------------------------


def _bars(kind: str, runs: Sequence[tuple[str, Report]], title: str, own: Mapping[str, Any], path: str) -> None:
    from rvsim import plots

    if kind == "stalls":
        plots.stalls(runs, path, own["title"] or f"{title}: where the cycles went", share=own["share"])
    elif kind == "compare":
        plots.compare(runs, path, own["title"] or title)
    else:
        plots.roofline(_rated(runs), path, own["title"] or "")


def _rated(runs: Sequence[tuple[str, Report]]) -> list[dict[str, Any]]:
    """The runs that have a place on a roofline; the others are named on stderr. Where no run has one, all: the figure says why not."""
    from .outcome import say

    shown, left = [], []
    for label, report in runs:
        about: dict[str, Any] = {**report.result, "label": label if len(runs) > 1 else None}
        if report.flop and report.peak is not None:
            shown.append(about | {"bytes_per_cycle": report.peak.bytes_per_cycle})
        elif report.flop is None and (executed := _executed(report)) is not None:
            shown.append(about | executed)
        else:
            nothing = "it has no FLOP count" if report.flop is not None else "the vector unit did no floating-point arithmetic"
            why = f"{report.machine} has no peak for its arithmetic" if report.flop else nothing
            left.append(about | {"why": f"rvsim: warning: {label} on {report.machine} is left out: {why}"})
    for about in left if shown else ():
        say(about["why"], sys.stderr)
    return shown or left


def _executed(report: Report) -> dict[str, Any] | None:
    """FLOP and roof of code without a contract: what its instructions did, under the peak of the vector unit that did most of it."""
    from collections import Counter

    from rvsim.engine import load_machine, peaks

    work: Counter[tuple[str, int]] = Counter()
    for row in report.rows:
        if row.flop and row.is_vector and row.form is not None:
            work[row.unit, row.form.sew] += row.flop
    if not work:
        return None
    (unit, sew), _ = work.most_common(1)[0]
    roofs = peaks(load_machine(report.machine, report.set))
    mac = roofs["mac"].get((f"f{sew}", f"f{2 * sew if 'widen' in unit else sew}"))
    if mac is None:
        return None
    bandwidths = roofs["bytes_per_cycle"]
    beyond = next((bandwidths[level] for level in ("l2", "l3") if level in bandwidths), bandwidths["dram"])
    return {
        "flop": report.flop_executed, "peak_flop_per_cycle": mac.flop_per_cycle, "peak": f"{mac.unit} e{mac.sew}",
        "bytes_per_cycle": beyond,
    }  # fmt: skip


def _scaling(jobs: Sequence[Job], reports: Sequence[Report | None], x: Axis, y: Axis | None, own: Mapping[str, Any], path: str) -> None:
    from rvsim import plots

    still = [replace(job, words=_without(job, x.name), sets=tuple(s for s in job.sets if not s.startswith(f"{x.name}="))) for job in jobs]
    still = [replace(job, machine="") if x.name == "machine" else job for job in still]
    series: dict[str, list[tuple[Any, Report]]] = {}
    for label, job, report in zip(labels_of(still), jobs, reports, strict=True):
        if report is not None:
            series.setdefault(label, []).append((job.at[0], report))
    common = [word for word in _without(jobs[0], x.name) if all(word in job.words for job in jobs)]
    machines = ", ".join(dict.fromkeys(job.machine for job in jobs)) if x.name != "machine" else "several machines"
    title = own["title"] or f"{' '.join(common)} on {machines}"
    plots.scaling(series, x.name, path, figure=own["figure"] or "cycles", title=title)


def _without(job: Job, name: str) -> tuple[str, ...]:
    return tuple(word for word in job.words if not word.startswith(f"{name}="))


def _heatmap(jobs: Sequence[Job], reports: Sequence[Report | None], x: Axis, y: Axis, own: Mapping[str, Any], path: str) -> None:
    from rvsim import plots

    if len({(job.words[0], job.machine) for job in jobs}) > 1 and "machine" not in (x.name, y.name):
        raise UsageError("a heatmap shows one target on one machine")
    cells = {(job.at[0], job.at[1]): report for job, report in zip(jobs, reports, strict=True)}
    title = own["title"] or jobs[0].words[0] + ("" if "machine" in (x.name, y.name) else f" on {jobs[0].machine}")
    plots.heatmap(cells, (x.name, y.name), path, figure=own["figure"] or "cycles", title=title)


def _timeline(jobs: Sequence[Job], own: Mapping[str, Any], given: Mapping[str, Any], path: str) -> dict[str, Any]:
    from rvsim import plots
    from rvsim.profile.recording import Window

    if len(jobs) != 1:
        raise UsageError("a timeline shows one run: one target on one machine")
    job = jobs[0]
    if job.words[0].endswith(".json"):
        raise UsageError(f"{job.words[0]}: a saved report has no log of single instructions; name the target itself")
    if own["window"]:
        log: Recording = run_job(job, given, Window.parse(own["window"]))[1]()
        title = f"{' '.join(job.words)} on {job.machine}, {own['window']}"
    else:
        log, name = _iteration(job, own["loop"], given)
        title = f"{job.words[0]} on {job.machine}: one iteration of {name}"
    plots.timeline(log, path, own["title"] or title, **({"most": own["most"]} if own["most"] else {}))
    return {"points": [{"target": " ".join(job.words), "machine": job.machine, "instructions": len(log)}]}


def _iteration(job: Job, name: str | None, given: Mapping[str, Any]) -> tuple[Recording, str]:
    """The log of one iteration of a loop that took as long as most of those around it, and the loop's name."""
    from rvsim.profile.recording import Window
    from rvsim.profile.verdict import hottest

    report = report_of(job, given)
    loop = hottest(report) if name is None else _loop_called(report, name)
    if loop is None:
        there = ", ".join(one.name for one in report.loops[:8]) or "none"
        raise UsageError(f"no loop {name or 'stands out'}; there are: {there}; or choose a part of the run with --window START:END")
    first = max(0, loop.iterations * 3 // 4 - _ITERATIONS // 2)
    last = min(loop.iterations, first + _ITERATIONS)
    log: Recording = run_job(job, given, Window(address=loop.header, first=first, last=last))[1]()
    return log.iteration_like_most(loop.header, {report.rows[i].address for i in loop.rows}), loop.name


def _loop_called(report: Report, name: str) -> Any:
    """The loop of this name, or the first whose name has it in it."""
    return next((one for one in report.loops if one.name == name), None) or next((one for one in report.loops if name in one.name), None)


def _accuracy(words: Sequence[str], own: Mapping[str, Any], path: str) -> dict[str, Any]:
    from rvsim import plots
    from rvsim.validate import validate

    if words:
        raise UsageError(f"accuracy draws measured figures, not runs of {words[0]!r}; choose machines with --machine")
    fields = {text.partition("=")[0]: text.partition("=")[2] for text in own["sets"]}
    rows = validate(own["machines"], data=own["data"], sets=fields, jobs=os.cpu_count() or 1).to_json()["rows"]
    plots.accuracy(rows, path, own["title"] or "Simulated and measured cycles")
    return {"points": [{"machine": row["machine"], "measured": row["measured"], "simulated": row["simulated"]} for row in rows]}
