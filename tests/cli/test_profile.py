"""`rvsim profile` and `rvsim diff`: the texts, the JSON, the files, mistakes, and the progress of long runs."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rvsim.cli.progress import line
from rvsim.profile import Report

from .conftest import Cli

PROTO = "void axpy(float y[n], const float x[n], float a, long n)"
SPIN = """
        .globl  spin
spin:   addi    a0, a0, -1
        bnez    a0, spin
        ret
"""


def test_profile_of_a_kernel(cli: Cli) -> None:
    done = cli("profile", "matmul", "variant=7x4", "m=32", "n=32", "k=32", "--machine", "spacemit-x60")
    assert done.status == 0 and done.err == ""
    first = done.out.splitlines()[:8]
    assert first[0].startswith("matmul 7x4 on spacemit-x60: ") and any("of cycles in loop" in text for text in first)
    for words in ("where the cycles went", "pipes at work", "hot loops", "loop sgemm+", "vfmacc.vf", "f32_7x4.S:"):
        assert words in done.out
    assert "\x1b" not in done.out


def test_profile_as_json_is_the_report(cli: Cli, here: Path) -> None:
    done = cli("profile", "dot", "n=500", "--json", "--save", "r.json")
    data = done.json
    assert data["status"] == "ok" and data["kind"] == "rvsim-report"
    assert sum(row["cycles"] for row in data["rows"]) == data["cycles"] == sum(data["stalls"].values())
    saved = Report.load(here / "r.json")
    assert json.loads(json.dumps(saved.to_json())) == {key: value for key, value in data.items() if key != "status"}


def test_profile_of_a_function_and_of_a_program(cli: Cli, axpy: str, bare: Callable[..., str]) -> None:
    done = cli("profile", f"{axpy}:axpy", "--proto", PROTO, "n=300", "a=2", "--all")
    assert done.status == 0 and "every executed instruction" in done.out and "vfmacc.vf" in done.out
    done = cli("profile", bare(code=3))
    assert done.status == 0 and done.out == "hello\n" and "where the cycles went" in done.err
    assert cli("profile", bare(code=3), "--json").json["result"]["stdout"] == "hello\n"
    done = cli("profile", bare(trap=".word 0"))
    assert done.status == 1 and "illegal instruction" in done.error


def test_csv_has_a_line_an_instruction(cli: Cli, here: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("profile", "relu", "n=100", "--csv").out)))
    assert sum(int(row["count"]) for row in rows) >= 8 and {"address", "text", "cycles", "dram"} <= set(rows[0])
    assert cli("profile", "relu", "n=100", "--csv", "rows.csv").out.startswith("relu")
    again = list(csv.DictReader(io.StringIO((here / "rows.csv").read_text())))
    assert again == rows


def test_csv_and_json_cannot_share_stdout(cli: Cli) -> None:
    done = cli("profile", "relu", "--csv", "--json")
    assert done.status == 2 and "both print to stdout" in done.json["error"]


def test_what_if(cli: Cli) -> None:
    done = cli("profile", "dot", "n=5000", "--what-if", "--top", "0")
    assert "what if" in done.out and "What truly limits: memory bandwidth" in done.out
    data = cli("profile", "dot", "n=5000", "--what-if", "--json").json
    assert [set(item) for item in data["what_if"]] == [{"name", "set", "cycles", "saves", "problem"}] * 4
    assert max(item["saves"] for item in data["what_if"]) > 0.1
    plain = cli("run", "dot", "n=5000", "--json", *(f"--set={key}={value}" for key, value in data["what_if"][0]["set"].items())).json
    assert plain["cycles"] == data["what_if"][0]["cycles"]


def test_the_log_of_a_window(cli: Cli, here: Path) -> None:
    assert cli("profile", "relu", "n=1000", "--window", "100:300", "--log", "log.npz").status == 0
    log = np.load(here / "log.npz")
    assert 0 < len(log["pc"]) == len(log["done"]) and (log["issue"] >= 99).all()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("profile", "nosuch"), "unknown kernel"),
        (("profile", "relu", "--window", "9:3", "--log", "x.npz"), "ends before it begins"),
        (("profile", "relu", "--window", "1:3"), "or --log FILE.npz"),
        (("profile", "relu", "--log", "x.npz"), "add --window"),
        (("profile", "relu", "--save", "nowhere/r.json"), "no folder nowhere"),
        (("profile", "relu", "--functional"), "--functional"),
        (("profile", "relu", "--window", "tile", "--log", "x.npz"), "no region 'tile'"),
        (("diff", "relu"), "both sides are the same"),
        (("diff", "a.json", "relu", "--set-a", "lanes=2"), "a.json is a saved report"),
        (("diff", "relu", "dot", "axpy"), "these are 3"),
        (("diff", "m=3", "relu"), "A is missing"),
        (("diff", "relu", "none.json"), "none.json: cannot be read"),
        (("diff", "matmul", "variant=a,b,c"), "two variants"),
        (("diff", "relu", "dot", "-m", "generic", "-m", "ara-4l", "-m", "ara-2l"), "given 3 times"),
    ],
)
def test_mistakes(cli: Cli, here: Path, words: tuple[str, ...], says: str) -> None:
    done = cli(*words)
    assert done.status == 2 and says in done.error and done.out == ""
    assert cli(*words, "--json").json["status"] == "usage"


def test_diff_of_variants_machines_and_saved_reports(cli: Cli, here: Path) -> None:
    size = ("m=16", "n=16", "k=16")
    done = cli("diff", "matmul", "variant=naive,7x4", *size)
    assert done.status == 0 and done.out.startswith("A  matmul naive on generic\nB  matmul 7x4 on generic\n")
    spelled = cli("diff", "matmul", "variant=naive", *size, "matmul", "variant=7x4")
    assert spelled.out == done.out
    data = cli("diff", "matmul", *size, "-m", "generic", "-m", "ara-4l", "--json").json
    assert (data["a"]["machine"], data["b"]["machine"]) == ("generic", "ara-4l") and data["cycles"][0] != data["cycles"][1]
    cli("profile", "matmul", *size, "--save", "old.json")
    data = cli("diff", "old.json", "matmul", *size, "--set-b", "lanes=2", "--json").json
    single = cli("run", "matmul", *size, "--set", "lanes=2", "--json").json
    assert data["cycles"][1] == single["cycles"] and data["b"]["set"] == {"lanes": "2"}
    assert data["loops"] and all(len(pair["cycles"]) == 2 for pair in data["loops"])
    (here / "bad.json").write_text("{}")
    assert "is no saved report" in cli("diff", "old.json", "bad.json").error


# ---- progress ----------------------------------------------------------------------------------------------------------------


HURRY = "import sys, rvsim.cli, rvsim.cli.progress as p; p._PATIENCE = p._INTERVAL = {}; sys.exit(rvsim.cli.main())"


def on_a_terminal(words: list[str], folder: Path, patience: float) -> tuple[str, str]:
    """stdout through a pipe and what a terminal on stderr received, of a command in a process of its own."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", HURRY.format(patience), *words]
    done = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    seen = b""
    while True:
        try:
            data = os.read(leader, 4096)
        except OSError:  # the last writer is gone
            break
        if not data:
            break
        seen += data
    out = done.communicate(timeout=60)[0]
    os.close(leader)
    assert done.returncode == 0, seen
    return out.decode(), seen.decode()


def test_long_runs_show_progress_on_a_terminal_only(here: Path) -> None:
    """A line that is rewritten and taken away again; none before its time, with --quiet, or where stderr is no terminal."""
    (here / "spin.S").write_text(SPIN)
    words = ["run", "spin.S:spin", "--proto", "void spin(long n)", "n=10000000"]
    out, seen = on_a_terminal(words, here, 0.01)
    assert "million instructions" in seen and "MIPS" in seen and "elapsed" in seen and seen.endswith("\r\x1b[K")
    assert "million instructions," not in out and "cycles" in out
    assert on_a_terminal([*words, "--quiet"], here, 0.01)[1] == ""
    assert on_a_terminal([*words[:-1], "n=1000"], here, 2.0)[1] == ""
    piped = subprocess.run([sys.executable, "-c", HURRY.format(0.01), *words], cwd=here, capture_output=True, check=True)
    assert piped.stderr == b""


def test_the_line_of_progress() -> None:
    assert line(90_000_000, 3.0, None) == "rvsim: 90.0 million instructions, 30.0 MIPS, 0:03 elapsed"
    assert line(90_000_000, 3.0, 210_000_000).endswith("about 0:04 left")
    assert line(5, 7265.0, 3).endswith("2:01:05 elapsed")
