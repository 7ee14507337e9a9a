"""`rvsim list`: JSON lists of objects with names, and tables for readers."""

from __future__ import annotations

import pytest

from rvsim.isa import INSTRUCTIONS

from .conftest import Cli


@pytest.mark.parametrize("what", ["kernels", "machines", "instructions"])
def test_json_is_a_list_of_named_objects(cli: Cli, what: str) -> None:
    done = cli("list", what, "--json")
    assert done.status == 0 and done.err == ""
    assert done.json and all(isinstance(row["name"], str) for row in done.json)


@pytest.mark.parametrize("what", ["kernels", "machines", "instructions"])
def test_text_names_everything(cli: Cli, what: str) -> None:
    out = cli("list", what).out
    assert all(row["name"] in out for row in cli("list", what, "--json").json)
    assert all(line == line.rstrip() for line in out.splitlines())


def test_machines_have_their_figures(cli: Cli) -> None:
    rows = {row["name"]: row for row in cli("list", "machines", "--json").json}
    assert rows["ara-4l"]["vlen"] == 4096 and rows["ara-4l"]["lanes"] == 4 and rows["generic"]["vlen"] == 512
    assert rows["ara-4l"]["peak_flop_per_cycle"] == {"f32": 16.0, "f64": 8.0}
    assert all(row["summary"] and row["isa"].startswith("rv64") for row in rows.values())


def test_kernels_tell_what_run_accepts(cli: Cli) -> None:
    (matmul,) = (row for row in cli("list", "kernels", "--json").json if row["name"] == "matmul")
    params = {param["name"]: param["default"] for param in matmul["params"]} | {"m": 3, "n": 3, "k": 3}
    for variant in [v for v in matmul["variants"] if v["dtype"] == params["dtype"]]:
        own = params | {name: values[0] for name, values in variant["only"].items()}
        words = [f"{name}={value}" for name, value in own.items()]
        assert cli("run", "matmul", f"variant={variant['name']}", *words, "--functional").status == 0


def test_instructions_are_the_table(cli: Cli) -> None:
    rows = cli("list", "instructions", "--json").json
    assert [row["name"] for row in rows] == [row.name for row in INSTRUCTIONS]
    by_name = {row["name"]: row for row in rows}
    assert by_name["vfmacc.vf"] == {
        "name": "vfmacc.vf", "extension": "v", "unit": "v_fp_fma", "operands": ["vd", "fs1", "vs2", "vm"], "executes": True,
    }  # fmt: skip


def test_every_instruction_that_is_listed_as_executing_has_a_handler() -> None:
    """The core installs a handler for each row, and refuses to start where one is missing."""
    import rvsim

    assert rvsim.Machine("generic").x[0] == 0


def test_names_and_patterns_limit_the_list(cli: Cli) -> None:
    assert [row["name"] for row in cli("list", "kernels", "dot", "axpy", "--json").json] == ["axpy", "dot"]
    machines = [row["name"] for row in cli("list", "machines", "ara-*", "--json").json]
    assert machines and all(name.startswith("ara-") for name in machines)
    assert cli("list", "instructions", "vfmacc.vf").out.split()[0] == "vfmacc.vf"
    wrong = cli("list", "kernels", "matmull")
    assert wrong.status == 2 and "no kernel is called 'matmull' (did you mean 'matmul'?)" in wrong.err
