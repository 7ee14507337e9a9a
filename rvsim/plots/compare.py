"""Several runs side by side: cycles, and how near each is to its peak and to its roofline. Reads reports and draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError
from rvsim.profile.report import Report

from .style import COLOURS, check_path, new_figure, plain, save, thousands


def compare(runs: Sequence[tuple[str, Report]], path: str | Path | None = None, title: str = "") -> Any:
    """Draw (label, report) pairs, the first on top and the one others are related to; return the matplotlib Figure.

    Raises UsageError without a run, or for a path that cannot be written.
    """
    if not runs:
        raise UsageError("compare: no run to draw")
    check_path(path)
    rated = any(report.utilization for _, report in runs)
    figure = new_figure(1.5 + 0.46 * len(runs))
    left, *rest = figure.subplots(1, 2 if rated else 1, sharey=True, squeeze=False, width_ratios=[1.25, 1] if rated else None)[0]
    first = runs[0][1].cycles
    places = range(len(runs))
    left.barh(places, [report.cycles for _, report in runs], height=0.62, color=COLOURS[0])
    for y, (_, report) in enumerate(runs):
        note = thousands(report.cycles)
        if y and report.cycles:
            note += f"   {first / report.cycles:.2f}x"
        left.annotate(note, (report.cycles, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    left.set_xlim(0, 1.32 * max(report.cycles for _, report in runs))
    left.set_xlabel("cycles (and speed relative to the first)")
    left.xaxis.set_major_formatter(lambda value, _: thousands(value))
    left.set_yticks(places, [label for label, _ in runs], fontsize=8)
    left.invert_yaxis()
    plain(left, "x")
    left.set_title(title, loc="left", fontsize=10)
    for axes in rest:
        _shares(axes, runs)
    return save(figure, path)


def _shares(axes: Any, runs: Sequence[tuple[str, Report]]) -> None:
    """Share of the peak as a bar, share of the roofline's bound as a mark."""
    for y, (_, report) in enumerate(runs):
        if not report.utilization:
            axes.annotate("no FLOP counted", (0, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8, color="#666666")
            continue
        share, bound = 100 * report.utilization, 100 * (report.bound_utilization or report.utilization)
        axes.barh(y, share, height=0.62, color=COLOURS[4])
        axes.plot([bound], [y], "D", color=COLOURS[1], markersize=5, clip_on=False, zorder=3)
        axes.annotate(f"{share:.0f} %", (max(share, bound), y), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8)
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=COLOURS[4], label="of the peak"),
        Line2D([], [], color=COLOURS[1], marker="D", linestyle="none", markersize=5, label="of the roofline"),
    ]
    axes.legend(handles=handles, fontsize=7.5, frameon=False, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, borderaxespad=0)
    axes.set_xlim(0, 116)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("share (%)")
    plain(axes, "x")
