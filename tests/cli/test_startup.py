"""The frame of the command line: help, version, quick start-up, interrupts and closed pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rvsim

from .conftest import AXPY, Cli

OWN = {"rvsim.machine", "rvsim.engine", "rvsim.core", "rvsim.toolchain", "rvsim.isa"}
HEAVY = {"numpy", "matplotlib", "rich", "elftools", "msgspec"} | OWN
HELP = (["--help"], ["--version"], ["run", "--help"], ["list", "--help"], ["disasm", "--help"], ["run", "--frob"])


def loaded_after(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter has after `code`."""
    script = f"import sys\n{code}\nimport json; print('\\n' + json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("words", HELP)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    assert not loaded_after(f"from rvsim.cli import main; main({words!r})") & HEAVY


def test_a_run_loads_no_more_than_it_needs() -> None:
    loaded = loaded_after("from rvsim.cli import main; main(['run', 'matmul', 'm=4', 'n=4', 'k=4'])")
    assert "rvsim.machine" in loaded
    assert not {name for name in ("matplotlib", "rich", "elftools", "rvsim.toolchain.builder") if name in loaded}


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"rvsim {rvsim.__version__}\n"


def test_help_names_every_verb(cli: Cli) -> None:
    for words in ([], ["--help"], ["-h"]):
        done = cli(*words)
        assert done.status == 0 and all(verb in done.out for verb in ("run", "list", "disasm"))


def test_module_and_function_are_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "rvsim", "run", "matmull"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2 and done.stderr.startswith("rvsim: error: unknown kernel") and "Traceback" not in done.stderr


def test_interrupt_is_one_line_and_130(tmp_path: Path) -> None:
    (tmp_path / "spin.S").write_text("        .globl spin\nspin:   j spin\n")
    command = [sys.executable, "-m", "rvsim", "run", "spin.S:spin", "--proto", "void spin(long n)", "n=1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130 and out == "" and err == "rvsim: interrupted\n"


def test_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "rvsim", "list", "instructions"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    os.close(writer)
    assert done.stderr == "" and done.returncode == 141


def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "rvsim", "list", "instructions"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 1 and done.stderr.startswith("rvsim: error: output cannot be written") and len(done.stderr.splitlines()) == 1


def test_a_terminal_without_unicode_gets_plain_bars() -> None:
    command = [sys.executable, "-m", "rvsim", "run", "matmul", "m=4", "n=4", "k=4"]
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, env=env, timeout=120, check=True)
    assert b"###" in done.stdout and done.stdout.isascii()


def test_json_has_no_values_that_json_lacks(cli: Cli, here: Path) -> None:
    import numpy as np

    (here / "axpy.S").write_text(AXPY)
    np.save("x.npy", np.array([np.nan, np.inf, -np.inf], np.float32))
    np.save("y.npy", np.zeros(3, np.float32))
    proto = "void axpy(float y[n], const float x[n], float a, long n)"
    done = cli("run", "axpy.S:axpy", "--proto", proto, "n=3", "a=1", "x=@x.npy", "y=@y.npy", "--json")
    run = json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert run["arrays"][0]["first"] == ["NaN", "Infinity", "-Infinity"] and run["arrays"][0]["not_finite"] == 3
