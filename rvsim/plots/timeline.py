"""The pipeline diagram of a piece of a run: instructions down, cycles to the right, as a textbook draws it.

    grey line     issued, on its way to a pipe or waiting         full bar    at work on its pipe
    pale bar      result on its way (latency)                     triangle    first result: a chained consumer may follow
    arrow         what a late instruction waited for

Reads the log of a window (rvsim.profile.Recording) and draws.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rvsim.errors import UsageError
from rvsim.profile.recording import Recording

from .style import COLOURS, check_path, new_figure, save

MOST = 90  # instructions that one figure can show
_SCALAR = "#8a94a3"
_BINDING = 1.5  # cycles between a result and its use within which the one is what the other waited for


def timeline(log: Recording, path: str | Path | None = None, title: str = "", most: int = MOST) -> Any:
    """Draw the first `most` instructions of a log; save if a path is given; return the matplotlib Figure.

    Raises UsageError for an empty log, and for a path that cannot be written.
    """
    count = min(len(log), most)
    if not count:
        raise UsageError("timeline: no instruction was issued in this part of the run; choose another window")
    check_path(path)
    figure = new_figure(1.2 + 0.155 * count)
    axes = figure.add_subplot()
    start = float(log.issue[:count].min())
    pipes = sorted({int(p) for p in log.pipe[:count] if p >= 0})
    colours = {pipe: COLOURS[i % len(COLOURS)] for i, pipe in enumerate(pipes)} | {-1: _SCALAR}
    for i in range(count):
        _instruction(axes, log, i, start, colours[int(log.pipe[i])])
    for i in range(count):
        _arrow(axes, log, i, start, count)
    _labels(axes, log, count, start)
    more = f"\nfirst {count} of {len(log)} instructions" if count < len(log) else ""
    axes.set_title(f"{title}{more}", loc="left", fontsize=9.5)
    _legend(figure, [(log.pipes[pipe], colours[pipe]) for pipe in pipes])
    return save(figure, path)


def _instruction(axes: Any, log: Recording, i: int, start: float, colour: str) -> None:
    issue, begin, end, done = (float(getattr(log, name)[i]) - start for name in ("issue", "start", "end", "done"))
    if log.pipe[i] < 0:
        axes.barh(i, max(0.35, done - issue), left=issue, height=0.62, color=colour, linewidth=0)
        return
    if begin > issue:
        axes.plot([issue, begin], [i, i], color="#b9c0ca", linewidth=1.1, solid_capstyle="butt", zorder=1)
        axes.plot([issue], [i], "|", color="#7d8794", markersize=5, zorder=1)
    axes.barh(i, max(0.35, end - begin), left=begin, height=0.7, color=colour, linewidth=0, zorder=2)
    if done > end:
        axes.barh(i, done - end, left=end, height=0.7, color=colour, alpha=0.28, linewidth=0, zorder=2)
    first = float(log.first[i]) - start
    if begin < first < done - 0.01:
        axes.plot([first], [i + 0.36], "^", color="#1c2430", markersize=3.2, markeredgewidth=0, zorder=4)


def _arrow(axes: Any, log: Recording, i: int, start: float, count: int) -> None:
    """From the producer's first usable result to where the consumer began."""
    producer = int(log.producer[i])
    if not 0 <= producer < count or producer == i:
        return
    to = float(log.start[i] if log.pipe[i] >= 0 else log.issue[i]) - start
    out = min(float(log.first[producer] if log.pipe[producer] >= 0 else log.done[producer]) - start, to)
    if to - out > _BINDING:  # it was there in time; something else made the consumer late
        return
    style = {"arrowstyle": "-|>", "color": "#1c2430", "linewidth": 0.55, "mutation_scale": 5, "shrinkA": 0, "shrinkB": 0, "alpha": 0.75}
    axes.annotate("", xy=(to, i - 0.3 if producer < i else i + 0.3), xytext=(out, producer + 0.36), arrowprops=style, zorder=5)


def _labels(axes: Any, log: Recording, count: int, start: float) -> None:
    names = [log.text.get(int(pc), f"{int(pc):#x}") for pc in log.pc[:count]]
    axes.set_yticks(range(count), [_short(name) for name in names], fontsize=6.4, family="monospace")
    axes.set_ylim(count - 0.4, -0.7)
    last = float(max(log.done[:count])) - start
    tail = sorted(float(d) - start for d in log.done[:count])[int(0.98 * (count - 1))]
    right = last if last < 1.4 * tail else 1.1 * tail
    axes.set_xlim(-0.5, right + 1)
    axes.set_xlabel(f"cycles from cycle {start:,.0f}", fontsize=8)
    axes.tick_params(axis="x", labelsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(True, axis="x", color="#e6e6e6", linewidth=0.6)
    for y in range(4, count, 5):
        axes.axhline(y + 0.5, color="#f0f0f0", linewidth=0.6, zorder=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_axisbelow(True)


def _short(text: str) -> str:
    text = text.partition("<")[0].rstrip()
    return text if len(text) <= 34 else text[:33] + "…"


def _legend(figure: Any, pipes: list[tuple[str, str]]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Patch(color=colour, label=f"pipe {name} at work") for name, colour in pipes]
    handles += [
        Patch(color=_SCALAR, label="scalar core"),
        Patch(color="#555555", alpha=0.28, label="result on its way"),
        Line2D([], [], color="#b9c0ca", label="issued, waiting"),
        Line2D([], [], color="#1c2430", marker="^", linestyle="none", markersize=4, label="first result: chaining"),
        Line2D([], [], color="#1c2430", marker=">", linewidth=0.7, markersize=3, label="waited for"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=7.5, frameon=False)
