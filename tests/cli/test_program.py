"""`rvsim run FILE.elf`: output, exit status and summary of bare-metal and Linux programs, each on its stream."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Cli

Bare = Callable[..., str]


@pytest.mark.parametrize(("code", "status"), [(0, 0), (3, 3), (0x1FF, 0xFF)])
def test_exit_status_is_the_low_byte_of_the_program(cli: Cli, bare: Bare, code: int, status: int) -> None:
    done = cli("run", bare(code))
    assert done.status == status
    assert done.out == "hello\n"
    assert f"exit code     {code}" in done.err and "where the cycles went" in done.err


def test_json_holds_the_output(cli: Cli, bare: Bare) -> None:
    done = cli("run", bare(3), "--json")
    assert done.status == 3 and done.err == ""
    run = done.json
    assert run["stdout"] == "hello\n" and run["exit_code"] == 3 and run["stopped"] == "exit" and run["status"] == "ok"
    assert run["cycles"] > 0 and run["error"] is None and run["flop"] is None


def test_a_trap_is_status_1_and_told_apart_from_exit_code_1(cli: Cli, bare: Bare) -> None:
    done = cli("run", bare(trap=".word 0xffffffff"), "--json")
    assert done.status == 1
    assert done.json["status"] == "failed" and done.json["stopped"] == "trap" and done.json["stdout"] == "hello\n"
    assert "illegal instruction at 0x8000" in done.json["error"] and "<_start+0x28>: .word 0xffffffff" in done.json["error"]
    assert cli("run", bare(1), "--json").json["status"] == "ok"
    text = cli("run", bare(trap=".word 0xffffffff"))
    assert text.status == 1 and text.out == "hello\n" and "rvsim: error: illegal instruction at" in text.err


def test_instruction_limit(cli: Cli, bare: Bare) -> None:
    done = cli("run", bare(trap="j finish"), "--max-instructions", "1000", "--json")
    assert done.status == 1 and done.json["stopped"] == "limit" and done.json["instructions"] == 1000
    assert "--max-instructions" in done.json["error"]


def test_signature(cli: Cli, bare: Bare, here: Path) -> None:
    assert cli("run", bare(), "--signature", "sig.txt", "--functional").status == 0
    assert (here / "sig.txt").read_text() == "0123456789abcdef\n000000000000002a\n"


def test_trace(cli: Cli, bare: Bare, here: Path) -> None:
    run = cli("run", bare(), "--trace", "t.log", "--json").json
    assert len((here / "t.log").read_text().splitlines()) == run["instructions"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--", "a", "b"], "takes no arguments; leave out `-- a b`"),
        (["n=3"], "no parameter 'n'"),
        (["--proto", "void f(long n)"], "--proto is for a function of your own"),
        (["--seed", "1"], "--seed is for Linux programs"),
        (["--dir", "."], "--dir is for Linux programs"),
        (["--host-time"], "--host-time is for Linux programs"),
    ],
)
def test_mistakes_are_named(cli: Cli, bare: Bare, words: list[str], says: str) -> None:
    done = cli("run", bare(), *words)
    assert done.status == 2 and says in done.error and done.out == ""


def test_functions_alone_are_pointed_to_what_runs(cli: Cli, axpy: str, here: Path) -> None:
    import shutil

    from rvsim.toolchain import build

    shutil.copy(build(here / axpy), here / "axpy.elf")
    done = cli("run", "axpy.elf")
    assert done.status == 2 and "no `tohost` symbol" in done.error and "axpy.elf:FUNCTION" in done.error


@pytest.mark.parametrize("option", ["--trace", "--signature"])
def test_a_file_that_cannot_be_written(cli: Cli, bare: Bare, option: str) -> None:
    done = cli("run", bare(), option, "no/such/folder/file", "--json")
    assert done.status == 2 and done.json["status"] == "usage" and "no/such/folder/file: cannot be written" in done.json["error"]


# Linux, without a C library: writes its second argument to stdout and its name to stderr, then does what THEN says.
LINUX = """
        .globl  _start
_start: ld      s0, 16(sp)              # argv[1]
        mv      a1, s0
        li      a2, 5
        li      a0, 1
        li      a7, 64
        ecall
        ld      a1, 8(sp)               # argv[0]
        li      a2, 4
        li      a0, 2
        ecall
        li      a0, 7
        THEN
        li      a7, 93
        ecall
"""


@pytest.fixture
def linux(here: Path) -> Callable[..., str]:
    """`linux(then)` builds a Linux program in the current directory and returns its name."""
    import shutil

    from rvsim.toolchain import build

    def make(then: str = "nop") -> str:
        (here / "linux.S").write_text(LINUX.replace("THEN", then))
        shutil.copy(build(here / "linux.S", link="bare"), here / "linux.elf")
        return "linux.elf"

    return make


def test_a_linux_program(cli: Cli, linux: Bare) -> None:
    done = cli("run", linux(), "--", "hello", "--json")
    assert (done.status, done.out) == (7, "hello")
    assert done.err.startswith("linu") and "exit code     7" in done.err and "where the cycles went" in done.err
    run = cli("run", "linux.elf", "--json", "--functional", "--", "hello").json
    assert (run["stdout"], run["exit_code"], run["status"], run["cycles"]) == ("hello", 7, "ok", None)


@pytest.mark.parametrize(
    ("then", "status", "says"),
    [
        ("sd a0, 0(zero)", 139, "store outside memory at 0x"), (".word 0xffffffff", 132, "illegal instruction at 0x"),
        ("ebreak", 133, "breakpoint at 0x"), ("jr a0", 139, "jump to memory that cannot be executed"),
        ("csrr t0, mstatus", 132, "illegal instruction at 0x"),
    ],
)  # fmt: skip
def test_a_fault_is_128_and_the_signal(cli: Cli, linux: Bare, then: str, status: int, says: str) -> None:
    done = cli("run", linux(then), "--functional", "--", "hello")
    assert done.status == status and done.out == "hello" and says in done.err and "(SIG" in done.err
    assert "<_start+0x" in done.err or "jump" in says
    assert cli("run", "linux.elf", "--json", "--", "hello").json["status"] == "failed"


def test_linux_mistakes_are_named(cli: Cli, linux: Bare) -> None:
    linux()
    for words, says in (
        (["--dir", "none"], "--dir none: none is no folder"), (["--env", "X"], "write --env NAME=VALUE"),
        (["--signature", "f"], "--signature is for bare-metal programs"), (["--mode", "bare"], "a bare-metal program takes no arguments"),
        (["--memory", "4MiB"], "do not fit the guest's memory"),
    ):  # fmt: skip
        done = cli("run", "linux.elf", *words, "--", "hello")
        assert done.status == 2 and says in done.error and done.out == ""


def test_a_missing_call_is_a_note(cli: Cli, linux: Bare) -> None:
    done = cli("run", linux("li a7, 425\n ecall\n ecall\n li a0, 0"), "--", "hello")
    assert done.status == 0 and done.err.count("rvsim: note: the program's system call io_uring_setup is not simulated") == 1
