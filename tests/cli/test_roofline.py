"""The roofline figure: what is drawn where, and files that come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rvsim.errors import UsageError
from rvsim.plots import roofline


def run(rate: float = 8.0, nbytes: int = 4096, **changes: Any) -> dict[str, Any]:
    flop = 64_000
    made: dict[str, Any] = {
        "target": "matmul", "variant": "7x4", "machine": "ara-4l", "params": {"m": 8, "n": 9, "k": 10}, "cycles": int(flop / rate),
        "flop": flop, "bytes": nbytes, "peak_flop_per_cycle": 16.0, "peak": "v_fp_fma e32", "bytes_per_cycle": 8.0,
    }  # fmt: skip
    return made | changes


def test_roof_and_points_are_where_they_belong() -> None:
    axes = roofline([run(), run(rate=2.0, variant="naive")]).axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    roof, *points = axes.lines
    (x0, y0), (x1, y1), (_, y2) = roof.get_xydata()
    assert y0 == pytest.approx(8 * x0) and (x1, y1, y2) == (2.0, 16.0, 16.0)
    assert [tuple(point.get_xydata()[0]) for point in points] == [(64_000 / 4096, 8.0), (64_000 / 4096, 2.0)]


def test_everything_is_labelled_with_units() -> None:
    axes = roofline([run(), run(rate=2.0, variant="naive", machine="generic")]).axes[0]
    texts = " ".join(text.get_text() for text in axes.texts)
    assert "ara-4l, generic: peak 16 FLOP/cycle (v_fp_fma e32)" in texts and "ara-4l: 8 byte/cycle" in texts
    assert "matmul 7x4 8x9x10 ara-4l\n8 FLOP/cycle, 50% of peak" in texts and "matmul naive 8x9x10 generic" in texts
    assert "FLOP / byte" in axes.get_xlabel() and "FLOP / cycle" in axes.get_ylabel()


def test_labels_do_not_cover_each_other() -> None:
    figure = roofline([run(rate=rate, nbytes=nbytes) for rate in (8.0, 7.8, 7.6) for nbytes in (4096, 5000)])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 8
    assert not [(i, j) for i in range(8) for j in range(i) if boxes[i].overlaps(boxes[j])]


def test_many_points_have_a_legend_that_hides_none() -> None:
    machines = ("ara-4l", "generic", "spacemit-x60")
    runs = [run(rate=rate, label=f"kernel {rate:g}", machine=machine) for rate in (8.0, 4.0, 2.0) for machine in machines]
    figure = roofline(runs)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert all(any(text.startswith(f"{machine}: 8 byte/cycle, 16 FLOP/cycle") for text in texts) for machine in machines)
    assert "kernel 4: 4, 4, 4 FLOP/cycle" in texts
    figure.draw_without_rendering()
    assert not figure.legends[0].get_window_extent().overlaps(figure.axes[0].get_window_extent())
    assert not figure.axes[0].texts


def test_a_run_without_traffic_stands_at_the_edge() -> None:
    axes = roofline([run(nbytes=0)]).axes[0]
    assert "no traffic beyond L1" in " ".join(text.get_text() for text in axes.texts)
    assert axes.lines[-1].get_marker() == ">"


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"roof{suffix}"
    roofline([run()], path)
    assert path.stat().st_size > 5000


@pytest.mark.parametrize("missing", ["cycles", "flop", "peak_flop_per_cycle"])
def test_a_run_that_has_no_place_is_refused(missing: str) -> None:
    with pytest.raises(UsageError, match="has no place in the figure"):
        roofline([run(**{missing: None})])


def test_paths_that_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"one of \.png, \.svg, \.pdf"):
        roofline([run()], tmp_path / "roof.bmp")
    with pytest.raises(UsageError, match="cannot be written"):
        roofline([run()], tmp_path / "none" / "roof.png")
    with pytest.raises(UsageError, match="no run to draw"):
        roofline([])
