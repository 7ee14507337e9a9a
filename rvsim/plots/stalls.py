"""Where the cycles of runs went: a stacked bar a run, a colour a cause. Reads reports and draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError
from rvsim.profile.colours import CAUSE_COLOURS, OTHER
from rvsim.profile.report import Report

from .style import check_path, new_figure, plain, save, thousands

_SEEN = 0.003  # share of the longest bar from which a cause is in the legend
_LEAST = 0.06  # share of the longest bar from which a segment is labelled


def stalls(
    runs: Sequence[tuple[str, Report]], path: str | Path | None = None, title: str = "Where the cycles went", *, share: bool = False
) -> Any:
    """Draw (label, report) pairs, the first on top; save if a path is given; return the matplotlib Figure.

    share: every bar is 100 %, otherwise bars are as long as their runs. Raises UsageError without a run, or for a path that cannot
    be written.
    """
    if not runs:
        raise UsageError("stalls: no run to draw")
    check_path(path)
    figure = new_figure(1.25 + 0.42 * len(runs) + 0.25)
    axes = figure.add_subplot()
    longest = max(report.cycles for _, report in runs)
    used: list[str] = []
    for y, (_, report) in enumerate(runs):
        at = 0.0
        for cause in _order(report):
            width = 100 * report.share(report.stalls[cause]) if share else float(report.stalls[cause])
            if width <= 0:
                continue
            if width >= _SEEN * (100 if share else longest):
                used.append(cause)
            axes.barh(y, width, left=at, height=0.68, color=CAUSE_COLOURS.get(cause, OTHER), edgecolor="white", linewidth=0.5)
            if width >= _LEAST * (100 if share else longest):
                ink = "white" if cause in ("execute", "dram", "branch", "order", "bandwidth", "l2") else "#1c2430"
                axes.text(at + width / 2, y, f"{report.share(report.stalls[cause]):.0%}", ha="center", va="center", fontsize=7.5, color=ink)
            at += width
        if not share:
            axes.text(at + 0.008 * longest, y, thousands(report.cycles), va="center", fontsize=8)
    axes.set_yticks(range(len(runs)), [label for label, _ in runs], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 100 if share else 1.09 * longest)
    axes.set_xlabel("share of cycles (%)" if share else "cycles")
    axes.xaxis.set_major_formatter(lambda value, _: thousands(value))
    plain(axes, "x")
    axes.set_title(title, loc="left", fontsize=10)
    _legend(figure, list(dict.fromkeys(c for c in CAUSE_COLOURS if c in used)))
    return save(figure, path)


def _order(report: Report) -> list[str]:
    """Useful work first, then by the order of the colours, so that bars compare."""
    known = [cause for cause in CAUSE_COLOURS if cause in report.stalls]
    return known + [cause for cause in report.stalls if cause not in CAUSE_COLOURS]


def _legend(figure: Any, causes: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=CAUSE_COLOURS[cause], label=cause) for cause in causes]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(7, len(handles) or 1), fontsize=8, frameon=False)
