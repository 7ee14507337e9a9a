"""How a figure of runs changes with a parameter: VLEN, lanes, LMUL, a size. One line a series over numbers; bars side by side over
names (variants, machines), which have no order. Reads reports and draws.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError
from rvsim.profile.report import Report

from .style import COLOURS, MARKERS, check_path, new_figure, plain, save, thousands

#: Name -> axis label; the figures of a run that can be drawn.
FIGURES: dict[str, str] = {
    "cycles": "cycles",
    "flop_per_cycle": "FLOP per cycle",
    "utilization": "share of the peak (%)",
    "bound_utilization": "share of what the roofline allows (%)",
    "instructions": "instructions",
    "speedup": "speed-up over the first point",
}
SHARES = ("utilization", "bound_utilization")


def figure_of(report: Report, name: str, first: Report | None = None) -> float | None:
    """A figure of a run; None where the run has none (no FLOP, no peak)."""
    if name not in FIGURES:
        raise UsageError(f"unknown figure {name!r}; there are: {', '.join(FIGURES)}")
    if name == "speedup":
        return (first or report).cycles / report.cycles if report.cycles else None
    value = getattr(report, name)
    if value is None or (not value and name in ("flop_per_cycle", "utilization")):  # a kernel without FLOP has no rate
        return None
    return 100 * float(value) if name in SHARES else float(value)


def written(value: float, figure: str) -> str:
    """A value of a figure as it is written beside its mark."""
    if figure in ("cycles", "instructions"):
        return thousands(value)
    return f"{value:.3g}{'x' if figure == 'speedup' else ''}"


_BARS = 14  # so many bars leave room for a number above each
_CROWDED = 80  # characters of labels, set at equal distances, that one line below the axis has room for


def scaling(
    series: Mapping[str, Sequence[tuple[Any, Report]]], parameter: str, path: str | Path | None = None, *, figure: str = "cycles",
    title: str = "",
) -> Any:  # fmt: skip
    """Draw label -> [(value of the parameter, report)]; save if a path is given; return the matplotlib Figure.

    Numbers stand on a logarithmic axis when they span a factor of 8 or more; values that are no numbers get a bar for each series.
    figure: a name of FIGURES. Raises UsageError where no point has that figure, and for a path that cannot be written.
    """
    check_path(path)
    out = new_figure(4.0)
    axes = out.add_subplot()
    values = list(dict.fromkeys(value for points in series.values() for value, _ in points))
    known_numbers = [number for value in values if (number := _number(value)) is not None]
    numbers = len(known_numbers) == len(values)
    wide = numbers and min(known_numbers) > 0 and max(known_numbers) / min(known_numbers) >= 8
    place = dict(zip(values, known_numbers if numbers else range(len(values)), strict=True))
    drawn: list[float] = []
    count = sum(1 for points in series.values() if points)
    labelled = len(series) == 1 or (not numbers and len(values) * len(series) <= _BARS)
    for number, (label, points) in enumerate(series.items()):
        first = points[0][1] if points else None
        known = [(v, y) for v, report in points if (y := figure_of(report, figure, first)) is not None]
        if not known:
            continue
        xs = [float(place[v]) for v, _ in known]
        ys = [y for _, y in known]
        drawn += ys
        colour, above = COLOURS[number % len(COLOURS)], 6
        if numbers:
            axes.plot(xs, ys, marker=MARKERS[number % len(MARKERS)], color=colour, linewidth=1.6, markersize=5, label=label)
        else:
            width, above = 0.8 / count, 2
            xs = [x + width * (number - (count - 1) / 2) for x in xs]
            axes.bar(xs, ys, width=0.92 * width, color=colour, label=label)
        for x, y in zip(xs, ys, strict=True) if labelled else ():
            axes.annotate(written(y, figure), (x, y), xytext=(0, above), textcoords="offset points", ha="center", fontsize=7.5)
    if not drawn:
        raise UsageError(f"scaling: none of the runs has a {FIGURES[figure]}; draw `cycles`")
    _axes(axes, place, numbers, wide, drawn, figure)
    axes.set_xlabel(axis_label(parameter))
    axes.set_ylabel(FIGURES[figure])
    axes.set_title(title, loc="left", fontsize=10)
    if len(series) > 1:
        axes.legend(fontsize=8, frameon=False)
    return save(out, path)


def _number(value: Any) -> float | None:
    """A value as a number: 8, "0.5", "256KiB"; None for names."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?(KiB|MiB|GiB)?", str(value))
    return None if match is None else float(match[1]) * _SIZES[match[2]]


_SIZES = {None: 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _axes(axes: Any, place: Mapping[Any, float], numbers: bool, wide: bool, drawn: Sequence[float], figure: str) -> None:
    plain(axes)
    if wide:
        axes.set_xscale("log", base=2)
    axes.minorticks_off()
    labels = [str(value) for value in place]
    crowded = len(labels) * (max(map(len, labels)) + 1) > _CROWDED
    slant = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
    axes.set_xticks(list(place.values()), labels, **slant)
    if numbers and figure in ("cycles", "instructions") and max(drawn) > 8 * min(drawn) > 0:
        axes.set_yscale("log", base=2)
        axes.minorticks_off()
    else:
        axes.set_ylim(0, max(1.12 * max(drawn), 105 if figure in SHARES and max(drawn) > 80 else 0))
    axes.yaxis.set_major_formatter(lambda value, _: thousands(value))
    axes.margins(x=0.06)
    if not numbers:
        axes.grid(False, axis="x")
        axes.tick_params(axis="x", length=0)


def axis_label(parameter: str) -> str:
    """A parameter with its unit."""
    units = {"vlen": "VLEN (bits)", "lanes": "lanes", "l1d.size": "first-level data cache (bytes)", "l2.size": "second-level cache (bytes)"}
    return units.get(parameter, parameter)
