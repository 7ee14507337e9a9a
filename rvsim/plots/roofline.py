"""Runs on the roofline of their machines: FLOP a cycle over FLOP a byte, both logarithmic.

The roof of a machine is min(peak, bandwidth x intensity) (Williams, Waterman, Patterson 2009), where bytes are those moved beyond
the first-level cache. Reads the JSON objects of runs and draws; needs no display and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, degrees
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError

from .style import COLOURS, MARKERS, check_path, new_figure, save

# Where a label may stand, in points from its marker, the best first.
_LABELS = 6  # so many points find room for a label each; more of them, or of machines, are told apart by a legend
_PLACES = tuple((dx, dy) for far in (5, 18, 32) for dx in (8, -8) for dy in (far, -far))


@dataclass(frozen=True, slots=True)
class Roof:
    """Ceilings of one machine for one kind of work, in FLOP a cycle and bytes a cycle (None: unknown)."""

    machine: str
    peak: float
    unit: str
    bytes_per_cycle: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """One run. `intensity` is None when nothing was moved beyond the first-level cache."""

    label: str
    rate: float
    intensity: float | None
    roof: Roof


@dataclass(frozen=True, slots=True)
class Label:
    """Text that belongs to the point `at`, and the offsets in points where it may stand."""

    text: str
    at: tuple[float, float]
    colour: str
    places: tuple[tuple[int, int], ...]


def roofline(runs: Sequence[Mapping[str, Any]], path: str | Path | None = None, title: str = "") -> Any:
    """Draw runs under their roofs; save to `path` (.png, .svg or .pdf) if given, and return the matplotlib Figure.

    runs: objects of `Result.to_json()` with `bytes_per_cycle` (bytes a cycle beyond the first-level cache) added, and a `label` if the
    target's name is not to be used.
    Raises UsageError for a run without cycles, FLOP or peak, and for a path that cannot be written.
    """
    points = [_point(run) for run in runs]
    if not points:
        raise UsageError("roofline: no run to draw")
    check_path(path)
    figure = new_figure(4.8)
    axes = figure.add_subplot()
    left, right = _span(points)
    roofs = list(dict.fromkeys(point.roof for point in points))
    _axes(axes, points, left, right)
    axes.set_title(title or "Roofline: " + ", ".join(dict.fromkeys(p.roof.machine for p in points)), loc="left")
    for roof, colour in zip(roofs, _colours(len(roofs)), strict=True):
        _draw_roof(axes, roof, left, right, colour)
    notes = _points(axes, points, roofs, right)
    if len(points) > _LABELS or len(roofs) > 2:
        _legend(figure, points, roofs)
        return save(figure, path)
    labels = [*_peak_labels(roofs, right), *notes]
    figure.draw_without_rendering()  # fixes the layout, on which extents depend
    slopes = [_slope_label(axes, roof, left, colour, len(roofs) > 1) for roof, colour in zip(roofs, _colours(len(roofs)), strict=True)]
    _place(axes, labels, [text.get_window_extent() for text in slopes if text is not None])
    return save(figure, path)


def _point(run: Mapping[str, Any]) -> Point:
    name = " ".join(str(run[key]) for key in ("target", "variant") if run.get(key))
    for key, what in (("cycles", "cycles (run it without --functional)"), ("flop", "FLOP count"), ("peak_flop_per_cycle", "peak")):
        if not run.get(key):
            raise UsageError(f"roofline: the run of {name or 'a target'} has no {what}, so it has no place in the figure")
    sizes = "x".join(str(run["params"][key]) for key in ("m", "n", "k") if key in (run.get("params") or {}))
    roof = Roof(str(run["machine"]), float(run["peak_flop_per_cycle"]), str(run.get("peak") or ""), run.get("bytes_per_cycle"))
    intensity = run["flop"] / run["bytes"] if run.get("bytes") else None
    return Point(str(run.get("label") or f"{name} {sizes}".strip()), run["flop"] / run["cycles"], intensity, roof)


def _span(points: Sequence[Point]) -> tuple[float, float]:
    """Intensities to show: all points and all ridges, and some room."""
    ridges = [p.roof.peak / p.roof.bytes_per_cycle for p in points if p.roof.bytes_per_cycle]
    known = [p.intensity for p in points if p.intensity is not None] + ridges or [1.0]
    return min(known) / 6, max(known) * 12


def _axes(axes: Any, points: Sequence[Point], left: float, right: float) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator

    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    top = max(p.roof.peak for p in points)
    bottom = min([p.rate for p in points] + [p.roof.bytes_per_cycle * left for p in points if p.roof.bytes_per_cycle])
    axes.set_xlim(left, right)
    axes.set_ylim(max(bottom / 1.6, top / 4096), top * 2.2)
    plain = FuncFormatter(lambda value, _: f"{value:g}" if value >= 1 else f"1/{round(1 / value)}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=2, numticks=12))
        axis.set_major_formatter(plain)
        axis.set_minor_locator(LogLocator(base=2, subs=[], numticks=2))
    axes.set_xlabel("arithmetic intensity (FLOP / byte moved beyond the first-level cache)")
    axes.set_ylabel("performance (FLOP / cycle)")
    axes.grid(True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _colours(count: int) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(count)]


def _draw_roof(axes: Any, roof: Roof, left: float, right: float, colour: str) -> None:
    """The roof as one line: bandwidth up to the ridge, the peak from there on."""
    ridge = max(left, roof.peak / roof.bytes_per_cycle) if roof.bytes_per_cycle else left
    slope = [(left, roof.bytes_per_cycle * left)] if roof.bytes_per_cycle and ridge > left else []
    xs, ys = zip(*slope, (ridge, roof.peak), (right, roof.peak), strict=True)
    axes.plot(xs, ys, color=colour, linewidth=1.8, solid_joinstyle="round")


def _slope_label(axes: Any, roof: Roof, left: float, colour: str, named: bool) -> Any:
    """The bandwidth along its ceiling, turned as the line is on the page; None where no slope is in sight."""
    if not roof.bytes_per_cycle:
        return None
    low, ridge = max(left, axes.get_ylim()[0] / roof.bytes_per_cycle), roof.peak / roof.bytes_per_cycle
    if ridge <= low:
        return None
    middle = (low * ridge) ** 0.5
    (x0, y0), (x1, y1) = (axes.transData.transform((x, roof.bytes_per_cycle * x)) for x in (low, ridge))
    return axes.annotate(
        f"{roof.machine + ': ' if named else ''}{roof.bytes_per_cycle:g} byte/cycle", (middle, roof.bytes_per_cycle * middle),
        xytext=(-3, 3), textcoords="offset points", rotation=degrees(atan2(y1 - y0, x1 - x0)), rotation_mode="anchor",
        ha="center", va="bottom", color=colour, fontsize=8,
    )  # fmt: skip


def _peak_labels(roofs: Sequence[Roof], right: float) -> list[Label]:
    """One label a ceiling; machines with the same peak share it."""
    labels = []
    for peak in dict.fromkeys(roof.peak for roof in roofs):
        same = [roof for roof in roofs if roof.peak == peak]
        owner = ", ".join(dict.fromkeys(roof.machine for roof in same)) + ": " if len(roofs) > 1 else ""
        units = ", ".join(dict.fromkeys(roof.unit for roof in same if roof.unit))
        text = f"{owner}peak {peak:g} FLOP/cycle{f' ({units})' if units else ''}"
        colour = _colours(len(roofs))[roofs.index(same[0])] if len(same) == 1 else "#333333"
        labels.append(Label(text, (right, peak), colour, ((-4, 4), (-4, -4))))
    return labels


def _markers(points: Sequence[Point]) -> dict[str, str]:
    """Label -> marker: one target has the same on every machine. Those with the highest rates come first."""
    names = dict.fromkeys(point.label for point in sorted(points, key=lambda p: (-p.rate, p.label)))
    return {name: MARKERS[number % len(MARKERS)] for number, name in enumerate(names)}


def _points(axes: Any, points: Sequence[Point], roofs: Sequence[Roof], right: float) -> list[Label]:
    """Draw the markers; what is to be written beside each."""
    labels, markers = [], _markers(points)
    several = len({roof.machine for roof in roofs}) > 1
    for point in sorted(points, key=lambda p: (-p.rate, p.label)):
        colour = _colours(len(roofs))[roofs.index(point.roof)]
        edge = point.intensity is None
        x = right / 1.12 if point.intensity is None else point.intensity
        marker = ">" if edge else markers[point.label]
        axes.plot([x], [point.rate], marker=marker, color=colour, markeredgecolor="white", markersize=8, linestyle="none", zorder=3)
        note = ", no traffic beyond L1" if edge else ""
        name = f"{point.label} {point.roof.machine}" if several else point.label
        text = f"{name}\n{point.rate:.3g} FLOP/cycle, {point.rate / point.roof.peak:.0%} of peak{note}"
        labels.append(Label(text, (x, point.rate), colour, _PLACES))
    return labels


def _legend(figure: Any, points: Sequence[Point], roofs: Sequence[Roof]) -> None:
    """Which colour is which roof, and which marker which target."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=c, linewidth=1.8, label=_ceilings(roof)) for roof, c in zip(roofs, _colours(len(roofs)), strict=True)]
    for name, marker in _markers(points).items():
        rates = [f"{point.rate:.3g}" for roof in roofs for point in points if point.label == name and point.roof == roof]
        about = f"{name}: {', '.join(rates)} FLOP/cycle"
        handles.append(Line2D([], [], color="#555555", marker=marker, linestyle="none", markersize=6, label=about))
    columns = 1 if max(len(str(handle.get_label())) for handle in handles) > 62 else 2
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, fontsize=7.5, frameon=False)


def _ceilings(roof: Roof) -> str:
    slope = f"{roof.bytes_per_cycle:g} byte/cycle, " if roof.bytes_per_cycle else ""
    return f"{roof.machine}: {slope}{roof.peak:g} FLOP/cycle{f' ({roof.unit})' if roof.unit else ''}"


def _place(axes: Any, labels: Sequence[Label], taken: list[Any]) -> None:
    """Write each label where it hides least: inside the axes, on no line, marker or other label."""
    inside, lines = axes.get_window_extent(), [line.get_transform().transform_path(line.get_path()) for line in axes.lines]
    for label in labels:
        best = None
        for place in label.places:
            text = axes.annotate(
                label.text, label.at, xytext=place, textcoords="offset points", ha="left" if place[0] > 0 else "right",
                va="bottom" if place[1] > 0 else "top", color=label.colour, fontsize=8, linespacing=1.1,
            )  # fmt: skip
            box = text.get_window_extent()
            outside = box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1
            cost = 100 * outside + sum(10 * box.overlaps(other) for other in taken)
            cost += sum(1 for line in lines if line.intersects_bbox(box, filled=False))
            if best is None or cost < best[0]:
                if best is not None:
                    best[1].remove()
                best = (cost, text)
            else:
                text.remove()
        if best is not None:
            taken.append(best[1].get_window_extent())
