"""What all figures share: size, fonts, colours, and how they are saved.

A figure is 7.2 inches wide with letters of 8 to 10 points, so that it is legible over the width of a column. Colours are Okabe and
Ito's, and those of the causes (rvsim.profile.colours); none of them carries meaning by hue alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rvsim.errors import UsageError

# Okabe and Ito's palette without its yellow, which is too pale for lines: told apart by all common kinds of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
FORMATS = (".png", ".svg", ".pdf")
WIDTH = 7.2


def new_figure(height: float, width: float = WIDTH) -> Any:
    """A matplotlib Figure of so many inches that needs no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def plain(axes: Any, grid: str | None = "both") -> None:
    """Axes without ornament: a light grid behind the data, no box."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8)
    if grid is not None:
        axes.grid(True, axis=grid, color="#e2e2e2", linewidth=0.6)
    axes.set_axisbelow(True)


def check_path(path: str | Path | None) -> None:
    """Raises UsageError for a suffix that no figure can be saved under."""
    if path is not None and Path(path).suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: cannot save a {Path(path).suffix or 'file without suffix'}; the suffix is one of {', '.join(FORMATS)}")


def save(figure: Any, path: str | Path | None) -> Any:
    """Save to `path`, if there is one: the same file for the same data. Returns the figure; UsageError where it cannot be written."""
    if path is None:
        return figure
    import matplotlib

    check_path(path)
    kind = Path(path).suffix.lower()
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}[kind]
    try:
        with matplotlib.rc_context({"svg.hashsalt": "rvsim", "svg.fonttype": "none"}):
            figure.savefig(path, metadata=metadata)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
    return figure


def thousands(value: float) -> str:
    """1234567 as 1.23M, 950 as 950."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            scale = {"G": 1e9, "M": 1e6, "k": 1e3}[sign]
            return f"{value / scale:.3g}{sign}"
    return f"{value:.4g}"
