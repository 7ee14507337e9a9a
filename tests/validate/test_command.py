"""`rvsim validate` as users and scripts meet it, and the page it writes."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from rvsim.cli import main
from rvsim.errors import UsageError
from rvsim.plots.accuracy import accuracy
from rvsim.validate import Validation
from rvsim.validate.document import BEGIN, END, block, group_of, rewrite

ROOT = Path(__file__).parents[2]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--machine", "ara-4l", "--filter", r"^(app|vadd\.vv)", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in found["rows"]} == {"kernel", "instruction"}
    for row in found["rows"]:
        assert set(row) == {"machine", "kind", "name", "params", "measured", "simulated", "rel_error", "unit", "source"}
        assert row["machine"] == "ara-4l" and row["source"] == "ara-rtl"
        assert row["rel_error"] == pytest.approx(row["simulated"] / row["measured"] - 1, abs=2e-5)
    assert set(found["summary"]) == {"ara-4l"} and set(found["summary"]["ara-4l"]) == {"kernels", "instructions"}
    for summary in found["summary"]["ara-4l"].values():
        assert set(summary) == {"median_abs_rel_error", "p90_abs_rel_error", "rank_correlation", "n"}
    assert found["summary"]["ara-4l"]["kernels"]["n"] == sum(row["kind"] == "kernel" for row in found["rows"])
    assert found["not_counted"] == [] and found["status"] == "ok"


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--machine", "ara-4l", "--kind", "kernels", "--worst", "2"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["machine", "kind", "rows", "median", "error", "p90", "error", "rank", "correlation"]
    assert "the worst 2 of" in out and out.count("app:") == 2
    assert main(["validate", "--machine", "ara-4l", "--kind", "kernels", "--rows"]) == 0
    assert capsys.readouterr().out.count("app:") > 15


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--machine", "generic"], "no measured figures for generic"),
        (["--machine", "ara-4k"], "unknown machine 'ara-4k'; did you mean"),
        (["--data", "nowhere"], "nowhere: no such folder"),
        (["--kind", "colours"], "'colours' is not one of"),
        (["--filter", "("], "no regular expression"),
        (["--set", "vlen"], "--set vlen: write FIELD=VALUE"),
        (["--machine", "ara-4l", "--set", "colour=red"], "no field 'colour'"),
    ],
)
def test_mistakes(capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert main(["validate", *words]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert said.err.startswith("rvsim: error: ") and message in said.err


def test_a_machine_of_your_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file stands for the machine that it names; a slower one is found slower."""
    file = tmp_path / "mine.toml"
    file.write_text('base = "ara-4l"\nname = "ara-4l"\n[vector]\ndispatch_interval = 40.0\n')
    assert main(["validate", "--machine", str(file), "--filter", r"^vadd\.vv$|^vadd.vv m1", "--kind", "instructions", "--json"]) in (0, 2)
    capsys.readouterr()
    assert main(["validate", "--machine", str(file), "--filter", r"^vadd\.vv 64 m1", "--json"]) == 0
    errors = [row["rel_error"] for row in json.loads(capsys.readouterr().out)["rows"]]
    assert min(errors) > 0.5


def test_page(packaged: Validation, tmp_path: Path) -> None:
    """The generated part replaces what was between the marks, the prose stays, and the same rows give the same files."""
    page = tmp_path / "accuracy.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    rewrite(page, packaged.rows)
    first, image = page.read_text(), (tmp_path / "img/accuracy.svg").read_bytes()
    assert first.startswith("before\n") and first.endswith("after\n") and "old" not in first
    assert all(f"## {machine}" in first for machine in packaged.summary)
    assert len(image) < 200_000
    rewrite(page, packaged.rows)
    assert page.read_text() == first and (tmp_path / "img/accuracy.svg").read_bytes() == image
    page.write_text("no marks\n")
    with pytest.raises(UsageError, match="say where the tables go"):
        rewrite(page, packaged.rows)


def test_committed_page_has_every_machine(packaged: Validation) -> None:
    text = (ROOT / "docs/accuracy.md").read_text()
    assert all(f"## {machine}\n" in text for machine in packaged.summary)
    assert (ROOT / "docs/img/accuracy.svg").is_file()


def test_groups(packaged: Validation) -> None:
    groups = {group_of(scored) for scored in packaged.rows}
    assert {"integer", "divide, square root", "segments", "sequences", "memcpy", "fmatmul"} <= groups
    assert "| divide, square root | instructions |" in block(packaged.rows)


def test_figure(tmp_path: Path) -> None:
    rows = [{"machine": m, "kind": "kernel", "measured": 2.0, "simulated": 2.1} for m in "abcd"]
    assert len([axes for axes in accuracy(rows, tmp_path / "x.png").axes if axes.get_visible()]) == 4
    assert (tmp_path / "x.png").stat().st_size > 1000
    with pytest.raises(UsageError, match="no row to draw"):
        accuracy([])
    with pytest.raises(UsageError, match="suffix"):
        accuracy(rows, tmp_path / "x.doc")
    with pytest.raises(UsageError, match="cannot be written"):
        accuracy(rows, tmp_path / "nowhere" / "x.png")


def test_how_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What docs/howto/score-a-machine.md shows works, and comes out as it says."""
    text = (ROOT / "docs/howto/score-a-machine.md").read_text()
    blocks = dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/instruction-throughput.csv").write_text(blocks["csv"])
    (tmp_path / "my-core.toml").write_text(blocks["toml"])
    monkeypatch.chdir(tmp_path)
    for line in re.findall(r"^    (rvsim .*)$", text, re.MULTILINE):
        assert main(shlex.split(line)[1:]) == 0
    assert "vfmacc.vv" in capsys.readouterr().out
    exec(compile(blocks["python"], "score-a-machine.md", "exec"), {})
    machine, median, name, error = capsys.readouterr().out.split()
    assert (machine, name) == ("my-core", "vfmacc.vv") and float(median) < 0.02 and float(error) == pytest.approx(-0.5, abs=0.02)
