"""`rvsim run` with kernels of the registry: the result in words and in JSON, options, exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Cli

FIELDS = {
    "schema", "status", "target", "variant", "machine", "set", "params", "correct", "check", "max_abs_error", "value", "cycles",
    "instructions", "vector_instructions", "flop", "bytes", "flop_per_cycle", "peak_flop_per_cycle", "peak", "utilization",
    "bound_utilization", "stalls", "wall_seconds", "simulated_mips", "stdout", "exit_code", "stopped", "hypothetical", "arrays", "error",
}  # fmt: skip
SMALL = ("m=8", "n=16", "k=4")


def test_json_has_every_field_and_they_agree(cli: Cli) -> None:
    done = cli("run", "matmul", *SMALL, "--machine", "ara-4l", "--set", "lanes=2", "--json")
    assert done.status == 0 and done.err == ""
    run = done.json
    assert set(run) >= FIELDS
    assert run["status"] == "ok" and run["error"] is None and run["schema"] == 1
    assert run["correct"] is True and 0 <= run["max_abs_error"] < 1e-4
    assert run["target"] == "matmul" and run["machine"] == "ara-4l" and run["set"] == {"lanes": "2"}
    assert run["flop"] == 2 * 8 * 16 * 4
    assert run["flop_per_cycle"] == pytest.approx(run["flop"] / run["cycles"])
    assert run["peak_flop_per_cycle"] == 2 * 2 * 2  # lanes x 2 f32 each x multiply and add
    assert run["utilization"] == pytest.approx(run["flop_per_cycle"] / run["peak_flop_per_cycle"])
    assert sum(run["stalls"].values()) == run["cycles"]
    assert all(isinstance(cycles, int) for cycles in run["stalls"].values())
    assert 0 < run["vector_instructions"] < run["instructions"]
    assert run["stdout"] == "" and run["exit_code"] is None


def test_documentation_describes_exactly_the_fields_of_the_object(cli: Cli) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
    rows = [line for line in page.read_text().splitlines() if line.startswith("| `")]
    described = {name for row in rows for name in row.split("|")[1].replace("`", "").replace(",", " ").split()}
    assert set(cli("run", "matmul", *SMALL, "--json").json) <= described


def test_functional_runs_have_no_cycles(cli: Cli) -> None:
    run = cli("run", "matmul", *SMALL, "--functional", "--json").json
    assert run["correct"] is True and run["instructions"] > 0
    assert [run[key] for key in ("cycles", "stalls", "flop_per_cycle", "utilization", "bound_utilization")] == [None] * 5
    assert "functional run" in cli("run", "matmul", *SMALL, "--functional").out


def test_text_says_the_main_things(cli: Cli) -> None:
    done = cli("run", "matmul", *SMALL, "--machine", "ara-4l")
    run = cli("run", "matmul", *SMALL, "--machine", "ara-4l", "--json").json
    assert done.status == 0 and done.err == ""
    assert "CORRECT" in done.out and f"{run['cycles']:,}" in done.out and f"{run['instructions']:,}" in done.out
    assert f"of {run['peak_flop_per_cycle']:g} at the peak" in done.out
    assert "where the cycles went" in done.out and "100.0 %" in done.out


def test_seed_changes_inputs_and_repeats_them(cli: Cli) -> None:
    first, again, other = (cli("run", "matmul", *SMALL, "--seed", seed, "--json").json for seed in (1, 1, 2))
    assert first["params"]["seed"] == 1
    assert first["max_abs_error"] == again["max_abs_error"] != other["max_abs_error"]


def test_own_source_under_the_contract_of_a_kernel(cli: Cli, here: Path) -> None:
    from rvsim import asm

    (here / "mine.S").write_text(asm.path("matmul/f32_naive.S").read_text())
    run = cli("run", "matmul", "variant=mine.S:sgemm", *SMALL, "--json").json
    assert run["correct"] is True and run["variant"] == "mine.S:sgemm" and run["flop"] == 2 * 8 * 16 * 4


def test_wrong_result_is_status_1_and_names_the_first_wrong_element(cli: Cli, here: Path) -> None:
    (here / "wrong.S").write_text("        .globl sgemm\nsgemm:  ret\n")
    done = cli("run", "matmul", "variant=wrong.S:sgemm", *SMALL, "--json")
    assert done.status == 1
    assert done.json["status"] == "failed" and done.json["correct"] is False
    assert "C[0, 0] was never written" in done.json["error"]
    text = cli("run", "matmul", "variant=wrong.S:sgemm", *SMALL)
    assert text.status == 1 and "WRONG" in text.out and "C[0, 0]" in text.out


def test_trace_has_a_line_for_each_instruction(cli: Cli, here: Path) -> None:
    run = cli("run", "matmul", *SMALL, "--trace", "t.log", "--json").json
    lines = (here / "t.log").read_text().splitlines()
    assert run["correct"] is True and len(lines) == run["instructions"]
    assert all(line.startswith("core") for line in lines)


def test_instruction_limit_fails_the_run(cli: Cli) -> None:
    done = cli("run", "matmul", *SMALL, "--max-instructions", "50", "--json")
    assert done.status == 1 and done.json["status"] == "failed" and "limit of 50" in done.json["error"]


def test_a_field_that_is_set_changes_the_machine(cli: Cli) -> None:
    words = ("run", "matmul", "m=7", "n=256", "k=16", "--set", "lanes=2", "--json")
    narrow, wide = (cli(*words, "--set", f"vlen={vlen}").json for vlen in (128, 1024))
    assert narrow["correct"] and wide["correct"] and narrow["instructions"] > 2 * wide["instructions"]


def test_added_extension_makes_the_machine_hypothetical(cli: Cli) -> None:
    done = cli("run", "matmul", *SMALL, "--set", "isa=+zicntr")
    assert done.status == 0 and "hypothetical: isa +zicntr added" in done.out
