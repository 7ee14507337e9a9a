"""Exports of a profile hold what the run did, in the form their readers ask for."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import rvsim
from rvsim import UsageError
from rvsim.cli.profile import command
from rvsim.profile import Recording, Report, Window
from rvsim.profile.flame import flame_svg, folded, stacks, write_flame
from rvsim.profile.konata import kanata
from rvsim.profile.page import page
from rvsim.profile.perfetto import trace_events

CALLS = """
    .globl twice
    .type twice, @function
    .type work, @function
twice:
    addi sp, sp, -16
    sd ra, 8(sp)
    call work
    call work
    ld ra, 8(sp)
    addi sp, sp, 16
    ret
work:
    li t0, 20
1:  addi t0, t0, -1
    bnez t0, 1b
    ret
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return rvsim.Machine("generic").run("softmax", profile=True).report()


@pytest.fixture(scope="module", params=["generic", "spacemit-x100"])
def log(request: pytest.FixtureRequest) -> Recording:
    recording = rvsim.Machine(request.param).run("matmul", m=8, n=32, k=8, window=Window()).recording
    assert recording is not None
    return recording


# ---- Perfetto ----------------------------------------------------------------------------------------------------


def test_trace_events_are_what_the_format_asks_for(log: Recording) -> None:
    data = json.loads(json.dumps(trace_events(log), allow_nan=False))
    assert data["traceEvents"]
    for event in data["traceEvents"]:
        assert event["ph"] in "XMCsf"
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
        if event["ph"] != "M":
            assert event["ts"] >= 0
        if event["ph"] == "X":
            assert event["dur"] > 0


def test_every_instruction_is_an_event_and_tracks_do_not_overlap(log: Recording) -> None:
    events = trace_events(log)["traceEvents"]
    shown = [e for e in events if e["ph"] == "X" and e["cat"] != "memory"]
    assert len(shown) == len(log)
    tracks: dict[Any, list[tuple[float, float]]] = defaultdict(list)
    for event in (e for e in events if e["ph"] == "X"):
        tracks[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    for spans in tracks.values():
        spans.sort()
        for (_, end), (start, _) in itertools.pairwise(spans):
            assert start >= end - 1e-9


def test_arrows_come_in_pairs_that_go_forward(log: Recording) -> None:
    events = trace_events(log)["traceEvents"]
    starts = {e["id"]: e["ts"] for e in events if e["ph"] == "s"}
    ends = {e["id"]: e["ts"] for e in events if e["ph"] == "f"}
    assert starts.keys() == ends.keys()
    assert starts
    assert all(starts[i] <= ends[i] for i in starts)


def test_charges_of_the_log_are_in_the_counter(log: Recording) -> None:
    counters = [e for e in trace_events(log)["traceEvents"] if e["ph"] == "C" and e["name"] == "cycles by cause"]
    assert sum(sum(e["args"].values()) for e in counters) == pytest.approx(float(log.charge.sum()), abs=1.0)


# ---- Kanata ------------------------------------------------------------------------------------------------------


def parse_kanata(text: str) -> dict[int, dict[str, Any]]:
    """A reader of Kanata logs, strict about order: instructions with their stages and the cycle they retire in."""
    lines = text.splitlines()
    assert lines[0] == "Kanata\t0004"
    assert re.fullmatch(r"C=\t\d+", lines[1])
    now, out = int(lines[1].partition("\t")[2]), {}
    for line in lines[2:]:
        name, *fields = line.split("\t")
        if name == "C":
            assert int(fields[0]) > 0
            now += int(fields[0])
            continue
        number = int(fields[0])
        if name == "I":
            assert number not in out
            out[number] = {"label": "", "open": {}, "stages": [], "retired": None, "begin": now}
            continue
        item = out[number]
        assert item["retired"] is None
        if name == "L":
            item["label"] += fields[2] if fields[1] == "0" else ""
        elif name == "S":
            assert fields[1] not in item["open"]
            item["open"][fields[1]] = (fields[2], now)
        elif name == "E":
            stage, began = item["open"].pop(fields[1])
            assert stage == fields[2]
            item["stages"].append((fields[1], stage, began, now))
        elif name == "W":
            assert int(fields[1]) in out
        else:
            assert name == "R"
            item["retired"] = now
    return out


def test_a_kanata_log_is_read_back(log: Recording) -> None:
    items = parse_kanata(kanata(log))
    assert len(items) == len(log)
    base = int(log.issue.min())
    for i, item in items.items():
        assert not item["open"]
        assert item["begin"] == int(log.issue[i]) - base
        assert item["retired"] == max(int(log.done[i]), int(log.issue[i]) + 1) - base
        assert log.text[int(log.pc[i])] in item["label"]
        if log.pipe[i] >= 0 and int(log.end[i]) > int(log.start[i]):
            work = [(a, b) for lane, stage, a, b in item["stages"] if (lane, stage) == ("0", "Ex")]
            assert work == [(int(log.start[i]) - base, min(int(log.end[i]) - base, item["retired"]))]


# ---- flame graphs ------------------------------------------------------------------------------------------------


def test_stacks_sum_to_the_run(report: Report) -> None:
    assert sum(stacks(report).values()) == report.cycles
    assert sum(int(line.rpartition(" ")[2]) for line in folded(report).splitlines()) == report.cycles


def test_called_functions_stand_on_their_callers() -> None:
    called = rvsim.Machine("generic").load(CALLS).call("twice", profile=True).report()
    paths = stacks(called)
    assert sum(paths.values()) == called.cycles
    assert any(path[:2] == ("twice", "work") for path in paths)
    assert not any(path[0] == "work" for path in paths)


def test_frames_lie_inside_the_figure(report: Report) -> None:
    text = flame_svg(report)
    boxes = re.findall(r'<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"', text)
    assert boxes
    assert all(float(x) + float(width) <= 1211 for x, _, width in boxes)
    assert f"{report.cycles:,} cycles" in text


def test_wrong_suffixes_are_refused(report: Report, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.svg"):
        write_flame(report, tmp_path / "flame.png")


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_page_carries_the_report_and_asks_for_nothing(report: Report) -> None:
    text = page(report)
    inside = re.search(r'<script type="application/json" id="report">(.*?)</script>', text, re.S)
    assert inside is not None
    data = json.loads(inside[1])
    assert data["cycles"] == report.cycles
    assert len(data["rows"]) == len(report.rows)
    assert not re.search(r"""(?:src|href)\s*=|@import|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)""", text)


def test_nothing_in_a_report_ends_the_script(report: Report) -> None:
    import msgspec

    evil = msgspec.structs.replace(report, target="</script><b>x", params={"a": "<!--"})
    text = page(evil)
    assert "<b>x" not in text
    assert text.count("</script>") == 2


# ---- the command -------------------------------------------------------------------------------------------------


def test_the_command_writes_every_export(tmp_path: Path) -> None:
    names = {"html": "p.html", "flame": "f.svg", "perfetto": "t.json", "konata": "t.kanata", "csv": "rows.csv"}
    words = [word for option, name in names.items() for word in (f"--{option}", str(tmp_path / name))]
    result = CliRunner().invoke(command, ["relu", "n=100", "--window", "0:400", *words], standalone_mode=False)
    assert result.return_value == 0, result.output
    assert all((tmp_path / name).stat().st_size > 100 for name in names.values())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--html", "/nowhere/p.html"], "no folder"),
        (["--window", "0:10"], "--perfetto FILE.json"),
        (["--perfetto", "t.json", "--window", "5:5"], "ends before"),
        (["--konata", "t.kanata", "--window", "99999999:99999999999"], "no instruction"),
    ],
)
def test_wrong_requests_are_refused(words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["relu", "n=100", *words], standalone_mode=False)
    assert isinstance(result.exception, UsageError), result.output
    assert message in str(result.exception)
