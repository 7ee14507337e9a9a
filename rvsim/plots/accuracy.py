"""Simulated against measured figures, a panel a machine: what lies on the diagonal is right.

Reads rows of `rvsim validate --json` and draws; runs nothing. Rows that fall on the same spot are drawn once, so that thousands of
them stay a small file; the spots are an image, the text is text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, log10
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError

from .style import COLOURS, check_path, new_figure, save

_STYLES = {"instruction": (COLOURS[0], "o"), "kernel": (COLOURS[1], "s"), "latency": (COLOURS[2], "^")}
_NAMES = {"instruction": "instructions", "kernel": "kernels", "latency": "latencies"}
_GRID = 0.012  # decades: spots closer than this look like one
_COLUMNS = 3


def accuracy(rows: Sequence[Mapping[str, Any]], path: str | Path | None = None, title: str = "Simulated and measured cycles") -> Any:
    """Draw rows by machine and kind on logarithmic axes; save to `path` (.png, .svg, .pdf) if given, return the matplotlib Figure.

    rows: objects with machine, kind, measured, simulated (cycles, or cycles a unit of work).
    Raises UsageError when there is no row, and for a path that cannot be written.
    """
    if not rows:
        raise UsageError("accuracy: no row to draw")
    check_path(path)
    machines = sorted({str(row["machine"]) for row in rows})
    columns = min(_COLUMNS, len(machines))
    lines = ceil(len(machines) / columns)
    figure = new_figure(2.9 * lines + (1.2 if columns > 1 else 1.6), 3.1 * columns + 0.4)
    grid = figure.subplots(lines, columns, squeeze=False)
    for number, axes in enumerate(grid.flat):
        if number < len(machines):
            _panel(axes, machines[number], [row for row in rows if row["machine"] == machines[number]])
            axes.set_xlabel("measured (cycles)" if number + columns >= len(machines) else "", fontsize=8)
            axes.set_ylabel("" if number % columns else "simulated (cycles)", fontsize=8)
        else:
            axes.set_visible(False)
    figure.suptitle(title, x=0.01, ha="left")
    _legend(figure, {str(row["kind"]) for row in rows}, columns)
    return save(figure, path)


def _panel(axes: Any, machine: str, rows: Sequence[Mapping[str, Any]]) -> None:
    from matplotlib.ticker import FuncFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    low = min(value for row in rows for value in (row["measured"], row["simulated"]) if value > 0) / 1.5
    high = max(max(row["measured"], row["simulated"]) for row in rows) * 1.5
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}" if value < 1e4 else f"{value / 1000:g}k"))
        axis.set_minor_locator(NullLocator())
    axes.fill_between([low, high], [0.85 * low, 0.85 * high], [1.15 * low, 1.15 * high], color="#eeeeee", linewidth=0)
    axes.plot([low, high], [low, high], color="#888888", linewidth=0.8)
    for kind, (colour, marker) in _STYLES.items():
        spots = _spots([row for row in rows if row["kind"] == kind])
        if spots:
            x, y = zip(*spots, strict=True)
            axes.plot(x, y, marker, color=colour, markersize=3, markeredgewidth=0, alpha=0.55, linestyle="none", rasterized=True)
    axes.set_title(f"{machine} ({len(rows)} rows)", fontsize=9, loc="left")
    axes.tick_params(labelsize=7)
    axes.grid(True, color="#e4e4e4", linewidth=0.5)
    axes.set_axisbelow(True)


def _spots(rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Distinct places of rows, to the resolution of the eye."""
    seen = {tuple(round(log10(row[key]) / _GRID) for key in ("measured", "simulated")) for row in rows if row["simulated"] > 0}
    return sorted((10 ** (x * _GRID), 10 ** (y * _GRID)) for x, y in seen)


def _legend(figure: Any, kinds: set[str], columns: int) -> None:
    """Below the panels: beside the title there is room only where panels are many."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Line2D([], [], color=colour, marker=marker, linestyle="none", markersize=5, label=_NAMES[kind])
        for kind, (colour, marker) in _STYLES.items()
        if kind in kinds
    ]
    handles.append(Patch(color="#eeeeee", label="within 15 %"))
    many = len(handles) if columns > 1 else 2
    figure.legend(handles=handles, loc="outside lower center", ncols=many, fontsize=8, frameon=False, borderpad=0, labelspacing=0.3)
