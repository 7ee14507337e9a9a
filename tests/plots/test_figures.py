"""Figures: what is drawn is what was measured, they can be saved in each format, and what cannot be drawn is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rvsim
from rvsim import UsageError, plots
from rvsim.profile import Recording, Report

Runs = list[tuple[str, Report]]


def texts(figure: Any) -> set[str]:
    from matplotlib.text import Text

    return {text.get_text() for text in figure.findobj(Text) if text.get_text()}


def test_stalls_stack_to_the_cycles_of_each_run(reports: Runs) -> None:
    figure = plots.stalls(reports)
    (axes,) = figure.axes
    for y, (_, report) in enumerate(reports):
        widths = [bar.get_width() for bar in axes.patches if round(bar.get_y() + bar.get_height() / 2) == y]
        assert sum(widths) == report.cycles
    assert {label.get_text() for label in axes.get_yticklabels()} == {label for label, _ in reports}


def test_shares_of_stalls_are_whole(reports: Runs) -> None:
    (axes,) = plots.stalls(reports, share=True).axes
    for y in range(len(reports)):
        widths = [bar.get_width() for bar in axes.patches if round(bar.get_y() + bar.get_height() / 2) == y]
        assert sum(widths) == pytest.approx(100)


def test_scaling_draws_each_point(reports: Runs) -> None:
    points = [(256 << i, report) for i, (_, report) in enumerate(reports)]
    figure = plots.scaling({"run": points}, "vlen", figure="cycles")
    line = figure.axes[0].lines[0]
    assert list(line.get_xdata()) == [256, 512, 1024]
    assert list(line.get_ydata()) == [report.cycles for _, report in reports]
    assert "VLEN (bits)" in texts(figure)


def test_scaling_leaves_out_runs_without_the_figure(reports: Runs) -> None:
    figure = plots.scaling({"run": [(i, report) for i, (_, report) in enumerate(reports)]}, "lanes", figure="utilization")
    assert len(figure.axes[0].lines[0].get_xdata()) == 2
    with pytest.raises(UsageError, match="none of the runs has"):
        plots.scaling({"copy": [(1, reports[2][1])]}, "lanes", figure="utilization")


def test_a_heatmap_writes_each_number_and_marks_what_cannot_be(reports: Runs) -> None:
    cells: dict[tuple[Any, Any], Report | None] = {(1, 1): reports[0][1], (2, 1): reports[1][1], (1, 2): reports[0][1], (2, 2): None}
    figure = plots.heatmap(cells, ("lanes", "vlen"))
    from rvsim.plots.style import thousands

    assert {thousands(reports[0][1].cycles), thousands(reports[1][1].cycles), "–"} <= texts(figure)


def test_compare_relates_to_the_first(reports: Runs) -> None:
    figure = plots.compare(reports)
    ratio = reports[0][1].cycles / reports[1][1].cycles
    assert any(text.endswith(f"{ratio:.2f}x") for text in texts(figure))
    assert "no FLOP counted" in texts(figure)


def test_a_timeline_has_a_line_for_each_instruction(log: Recording) -> None:
    figure = plots.timeline(log, most=30)
    axes = figure.axes[0]
    assert len(axes.get_yticklabels()) == 30
    assert axes.get_yticklabels()[0].get_text() == log.text[int(log.pc[0])][:34]
    assert any("first 30 of" in text for text in texts(figure))


def test_a_part_of_a_log_keeps_its_own_producers(log: Recording) -> None:
    part = log.part(10, 40)
    assert len(part) == 30
    for i in range(30):
        inside = 10 <= log.producer[10 + i] < 40
        assert part.producer[i] == (log.producer[10 + i] - 10 if inside else -1)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
@pytest.mark.parametrize("draw", ["stalls", "compare", "scaling", "heatmap", "timeline"])
def test_every_figure_is_saved_in_every_format(draw: str, suffix: str, reports: Runs, log: Recording, tmp_path: Path) -> None:
    path = tmp_path / f"figure.{suffix}"
    calls: dict[str, Callable[[], Any]] = {
        "stalls": lambda: plots.stalls(reports, path),
        "compare": lambda: plots.compare(reports, path),
        "scaling": lambda: plots.scaling({"a": [(1, reports[0][1]), (2, reports[1][1])]}, "lanes", path),
        "heatmap": lambda: plots.heatmap({(1, 1): reports[0][1], (2, 1): reports[1][1]}, ("lanes", "vlen"), path),
        "timeline": lambda: plots.timeline(log, path, most=12),
    }
    calls[draw]()
    data = path.read_bytes()
    assert data.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix])
    first = data
    calls[draw]()
    assert path.read_bytes() == first  # the same runs, the same file


def test_wrong_files_are_refused(reports: Runs, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="suffix"):
        plots.stalls(reports, tmp_path / "figure.gif")
    with pytest.raises(UsageError, match="cannot be written"):
        plots.stalls(reports, tmp_path / "missing" / "figure.png")
    with pytest.raises(UsageError, match="no run"):
        plots.stalls([])


def test_a_report_draws_itself(report: Report, tmp_path: Path) -> None:
    for kind in ("stalls", "roofline", "compare"):
        assert report.plot(kind, tmp_path / f"{kind}.svg").axes
    with pytest.raises(UsageError, match="no figure 'scaling'"):
        report.plot("scaling")


def test_names_are_bars_side_by_side_and_never_a_line(reports: Runs) -> None:
    (_, tiled), (_, naive), _ = reports
    series = {"one": [("7x4", tiled), ("naive", naive)], "two": [("7x4", naive), ("naive", tiled)]}
    (axes,) = plots.scaling(series, "variant").axes
    assert not axes.lines
    bars = sorted((bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in axes.patches)
    assert [height for _, height in bars] == [tiled.cycles, naive.cycles, naive.cycles, tiled.cycles]
    assert [round(place) for place, _ in bars] == [0, 0, 1, 1]
    assert axes.get_ylim()[0] == 0  # the length of a bar is what is read


def test_an_iteration_ends_where_its_loop_is_left() -> None:
    """Of a loop with two iterations each time it is entered, the second one does not have what runs until the loop is next entered."""
    from rvsim.profile import Window

    machine = rvsim.Machine("ara-4l")
    report = machine.run("softmax", m=4, n=512, profile=True).report()
    loop = max(report.loops, key=lambda one: one.cycles if one.depth == max(x.depth for x in report.loops) else 0)
    assert loop.iterations == 2 * loop.entries
    body = {report.rows[i].address for i in loop.rows}
    for first in range(2):
        log = machine.run("softmax", m=4, n=512, window=Window(address=loop.header, first=first, last=first + 1)).recording
        assert log is not None
        one = log.iteration_like_most(loop.header, body)
        assert {int(pc) for pc in one.pc} <= body
        assert len(one) == loop.instructions // loop.iterations


@pytest.mark.parametrize("machines", [1, 2, 3, 5])
def test_words_of_the_accuracy_figure_do_not_cover_each_other(machines: int) -> None:
    kinds = ("instruction", "kernel", "latency")
    rows = [{"machine": f"m{m}", "kind": kind, "measured": 10.0**m, "simulated": 11.0**m} for m in range(machines) for kind in kinds]
    figure = plots.accuracy(rows)
    figure.draw_without_rendering()
    axes = [one for one in figure.axes if one.get_visible()]
    words = [figure.legends[0], figure._suptitle, *(one.xaxis.label for one in axes if one.get_xlabel())]
    boxes = [word.get_window_extent() for word in words]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)


def test_labels_of_many_long_values_are_slanted() -> None:
    report = rvsim.Machine("generic").run("axpy", n=16, profile=True).report()
    series = {"generic": [(2**k, report) for k in range(17)]}
    labels = plots.scaling(series, "n").axes[0].get_xticklabels()
    assert all(label.get_rotation() == 35 for label in labels)
