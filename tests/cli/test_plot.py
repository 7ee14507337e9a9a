"""`rvsim plot` as users meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rvsim import UsageError
from rvsim.cli.plot import command
from rvsim.cli.series import make_jobs, parse_axis

SMALL = ("m=8", "n=16", "k=8")


def invoke(*words: str) -> Any:
    return CliRunner().invoke(command, [*words, "--quiet"], standalone_mode=False)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        (("roofline", "matmul", *SMALL, "softmax"), 2),
        (("stalls", "matmul", "variant=naive", *SMALL, "matmul", "variant=7x4", *SMALL), 2),
        (("scaling", "matmul", *SMALL, "--x", "vlen=512..2048", "--y", "variant=naive,7x4", "--figure", "utilization"), 6),
        (("scaling", "matmul", *SMALL, "--x", "machine=generic,ara-4l"), 2),
        (("heatmap", "matmul", *SMALL, "--x", "vlen=512,1024", "--y", "lanes=4,16"), 4),
        (("compare", "matmul", *SMALL, "-m", "generic", "-m", "ara-4l"), 2),
        (("timeline", "matmul", *SMALL), 1),
        (("timeline", "matmul", *SMALL, "--window", "0:200", "--most", "20"), 1),
    ],
)
def test_every_kind_writes_its_figure(words: tuple[str, ...], points: int, tmp_path: Path) -> None:
    path = tmp_path / "figure.svg"
    result = invoke(*words, "-o", str(path), "--json")
    assert result.return_value == 0, result.output
    assert path.read_text().lstrip().startswith("<?xml")
    data = json.loads(result.output)
    assert data["file"] == str(path)
    assert len(data["points"]) == points


def test_machines_that_cannot_be_are_empty_cells(tmp_path: Path) -> None:
    words = ("heatmap", "matmul", *SMALL, "--x", "vlen=512,1024", "--y", "lanes=4,16", "-o", str(tmp_path / "h.png"), "--json")
    points = json.loads(invoke(*words).output)["points"]
    assert [point["cycles"] is None for point in points] == [False, True, False, False]


PROTO = ("--proto", "void axpy(float y[n], const float x[n], float a, long n)", "a=0.5")


@pytest.fixture
def axpy(tmp_path: Path) -> str:
    """A function of the user's own."""
    source = "".join(f"        {line}\n" for line in ("vsetvli t0, a2, e32, m8, ta, ma", "vle32.v v8, (a1)", "vle32.v v16, (a0)",
        "vfmacc.vf v16, fa0, v8", "vse32.v v16, (a0)", "sub a2, a2, t0", "slli t0, t0, 2", "add a0, a0, t0", "add a1, a1, t0",
        "bnez a2, axpy", "ret"))  # fmt: skip
    (tmp_path / "axpy.S").write_text(f"        .globl axpy\naxpy:\n{source}")
    return f"{tmp_path / 'axpy.S'}:axpy"


def test_parameters_of_a_function_are_those_of_its_prototype(axpy: str, tmp_path: Path) -> None:
    result = invoke("scaling", axpy, *PROTO, "--x", "n=64,256", "-o", str(tmp_path / "s.svg"), "--json")
    assert result.exception is None, result.output
    cycles = [point["cycles"] for point in json.loads(result.output)["points"]]
    assert cycles[1] > cycles[0] > 0


def test_the_roofline_of_a_function_counts_what_it_executed(axpy: str, tmp_path: Path) -> None:
    path = tmp_path / "r.svg"
    result = invoke("roofline", axpy, *PROTO, "n=1000", "-o", str(path), "--json")
    assert result.exception is None, result.output
    cycles = json.loads(result.output)["points"][0]["cycles"]
    text = path.read_text()
    assert f"{2000 / cycles:.3g} FLOP/cycle" in text and "peak 16 FLOP/cycle (v_fp_fma e32)" in text


def test_sizes_and_fractions_are_numbers_on_the_axis(tmp_path: Path) -> None:
    from rvsim import plots
    from rvsim.machine import Machine

    report = Machine("generic").run("axpy", n=16, profile=True).report()
    axes = plots.scaling({"a": [("64KiB", report), ("1MiB", report)]}, "l2.size").axes[0]
    assert list(axes.lines[0].get_xdata()) == [1 << 16, 1 << 20]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["64KiB", "1MiB"]
    axes = plots.scaling({"a": [("0.5", report), (2, report)]}, "dram.bytes_per_cycle").axes[0]
    assert list(axes.lines[0].get_xdata()) == [0.5, 2]


def test_arguments_of_a_program_reach_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="words after `--` are for whole programs"):
        make_jobs(["axpy"], ["generic"], [], [], behind=["24"])
    (tmp_path / "p.elf").write_bytes(b"")
    jobs = make_jobs([str(tmp_path / "p.elf"), "axpy", "n=8"], ["generic", "ara-4l"], [], [], behind=["24"])
    assert [job.behind for job in jobs] == [("24",), ("24",), (), ()]


def test_what_has_no_roofline_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "r.svg"
    result = CliRunner().invoke(command, ["roofline", "axpy", "n=64", "copy", "-q", "-o", str(path)], standalone_mode=False)
    assert result.exception is None and path.exists()
    assert "copy" in result.stderr and "no FLOP count" in result.stderr and "axpy" not in result.stderr
    alone = invoke("roofline", "copy", "-o", str(path))
    assert isinstance(alone.exception, UsageError) and "no FLOP count" in str(alone.exception)


@pytest.mark.parametrize("kind", ["stalls", "compare", "roofline", "scaling", "heatmap", "timeline"])
def test_every_kind_takes_a_title(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "r.svg"
    axes = {"scaling": ["--x", "n=64,128"], "heatmap": ["--x", "n=64,128", "--y", "lanes=2,4"]}.get(kind, [])
    result = invoke(kind, "axpy", *axes, "--title", "A title of mine", "-o", str(path))
    assert result.exception is None, result.output
    assert "A title of mine" in path.read_text()


def test_saved_reports_are_drawn(tmp_path: Path) -> None:
    import rvsim

    rvsim.Machine("generic").run("axpy", n=100, profile=True).report().save(tmp_path / "a.json")
    result = invoke("stalls", str(tmp_path / "a.json"), "-o", str(tmp_path / "s.png"), "--json")
    assert json.loads(result.output)["points"][0]["cycles"] > 0


def test_a_saved_report_is_drawn_once_and_under_its_own_machine(tmp_path: Path) -> None:
    from rvsim.machine import Machine

    saved = str(tmp_path / "a.json")
    Machine("ara-4l", set={"lanes": "2"}).run("axpy", n=100, profile=True).report().save(saved)
    words = ("stalls", saved, "axpy", "n=100", "-m", "generic", "-m", "spacemit-x60", "-o", str(tmp_path / "s.png"), "--json")
    points = json.loads(invoke(*words).output)["points"]
    assert [point["machine"] for point in points] == ["ara-4l", "generic", "spacemit-x60"]
    assert points[0]["set"] == ["lanes=2"]


@pytest.mark.parametrize(
    ("text", "values"),
    [("vlen=128..1024", (128, 256, 512, 1024)), ("lanes=2,4", (2, 4)), ("m=16..40:8", (16, 24, 32, 40)), ("variant=a,b", ("a", "b"))],
)
def test_axes(text: str, values: tuple[object, ...]) -> None:
    assert parse_axis(text).values == values


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("stalls",), "which TARGET"),
        (("stalls", "nothing"), "unknown kernel"),
        (("scaling", "matmul"), "--x"),
        (("heatmap", "matmul", "--x", "vlen=512,1024"), "two parameters"),
        (("scaling", "matmul", "--x", "vlen"), "NAME=VALUES"),
        (("scaling", "matmul", "--x", "vlen=9..3"), "empty range"),
        (("scaling", "matmul", "--x", "nothing=1,2"), "nothing"),
        (("scaling", "matmul", "--x", "vlen=100,200"), "vlen"),
        (("scaling", "matmul", "--x", "lanes=1,2", "--figure", "beauty"), "choose one of"),
        (("stalls", "matmul", "-o", "figure.gif"), "suffix"),
        (("stalls", "matmul", "-o", "/nowhere/figure.png"), "no folder"),
        (("timeline", "matmul", "-m", "generic", "-m", "ara-4l"), "one run"),
        (("timeline", "matmul", *SMALL, "--loop", "nowhere"), "no loop nowhere"),
        (("timeline", "matmul", *SMALL, "--window", "9999999:10000000"), "no instruction"),
        (("roofline", "matmul", "--share"), "--share is for stalls"),
        (("accuracy", "matmul"), "measured figures"),
        (("scaling", "none.json", "--x", "n=1,2"), "none.json: a saved report is one run; to vary n"),
        (("stalls", "none.json"), "none.json: cannot be read"),
        (("stalls", "none.json", "n=4"), "has no parameter 'n=4'"),
    ],
)
def test_wrong_requests_are_refused(words: tuple[str, ...], message: str) -> None:
    result = invoke(*words)
    assert isinstance(result.exception, UsageError), result.output
    assert message in str(result.exception)
