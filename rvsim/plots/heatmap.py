"""A figure of runs over two parameters, as a grid of cells with their numbers. Reads reports and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError
from rvsim.profile.report import Report

from .scaling import FIGURES, axis_label, figure_of, written
from .style import check_path, new_figure, save


def heatmap(
    cells: Mapping[tuple[Any, Any], Report | None], names: tuple[str, str], path: str | Path | None = None, *, figure: str = "cycles",
    title: str = "",
) -> Any:  # fmt: skip
    """Draw (x value, y value) -> report, None for a pair that no machine can have; save if a path is given; return the Figure.

    names: what x and y are. Dark is good: few cycles, high shares. Raises UsageError where no run has the figure.
    """
    import numpy as np

    check_path(path)
    xs, ys = list(dict.fromkeys(x for x, _ in cells)), list(dict.fromkeys(y for _, y in cells))
    first = next((report for report in cells.values() if report is not None), None)
    grid = np.full((len(ys), len(xs)), np.nan)
    for (x, y), report in cells.items():
        value = None if report is None else figure_of(report, figure, first)
        grid[ys.index(y), xs.index(x)] = np.nan if value is None else value
    if np.isnan(grid).all():
        raise UsageError(f"heatmap: none of the runs has a {FIGURES[figure]}; draw `cycles`")
    out = new_figure(1.4 + 0.42 * len(ys))
    axes = out.add_subplot()
    less = figure in ("cycles", "instructions")
    spread = np.nanmax(grid) > 8 * np.nanmin(grid) > 0
    shade = np.log(grid) if spread else grid
    image = axes.imshow(shade, cmap="cividis" if less else "cividis_r", aspect="auto", origin="lower")
    _numbers(axes, grid, shade, image, figure)
    axes.set_xticks(range(len(xs)), [str(x) for x in xs], fontsize=8)
    axes.set_yticks(range(len(ys)), [str(y) for y in ys], fontsize=8)
    axes.set_xlabel(axis_label(names[0]))
    axes.set_ylabel(axis_label(names[1]))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_title(f"{title + ': ' if title else ''}{FIGURES[figure]}", loc="left", fontsize=10)
    axes.text(1, 1.015, "darker is better", transform=axes.transAxes, ha="right", va="bottom", fontsize=7.5, color="#666666")
    return save(out, path)


def _numbers(axes: Any, grid: Any, shade: Any, image: Any, figure: str) -> None:
    """Write each cell's figure in an ink that its shade leaves legible."""
    for (row, column), value in _items(grid):
        if value != value:
            axes.text(column, row, "–", ha="center", va="center", fontsize=8, color="#777777")
            continue
        red, green, blue, _ = image.cmap(image.norm(shade[row, column]))
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
        axes.text(column, row, written(value, figure), ha="center", va="center", fontsize=8, color="white" if dark else "#1c2430")


def _items(grid: Any) -> Sequence[tuple[tuple[int, int], float]]:
    return [((row, column), float(grid[row, column])) for row in range(grid.shape[0]) for column in range(grid.shape[1])]
