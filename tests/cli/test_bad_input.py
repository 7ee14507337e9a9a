"""Bad input ends in one clear line and exit status 2, or 1 for a run that fails; never in a traceback."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from .conftest import Cli

PROTO = "void f(const float x[n], long n)"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["matmull"], "unknown kernel 'matmull' (did you mean 'matmul'?)"),
        (["matmul", "dtype=f99"], "dtype=f99 is not available; dtype is one of: f64, f32, f16, bf16, i8, u8"),
        (["matmul", "--machine", "ara"], "unknown machine 'ara'"),
        (["matmul", "q=3"], "matmul has no parameter 'q'"),
        (["matmul", "m=-1"], "m=-1 is out of range"),
        (["matmul", "m=big"], "m=big is no integer"),
        (["matmul", "m"], "'m' is no parameter; write key=value"),
        (["matmul", "m=1", "m=2"], "m is given twice"),
        (["matmul", "variant=8x8"], "matmul has no variant '8x8'"),
        (["matmul", "variant=none.S:sgemm"], "none.S"),
        (["matmul", "seed=1", "--seed", "2"], "the seed is given twice"),
        (["matmul", "--set", "vlen=1000"], "vlen is 1000; it must be a power of two"),
        (["matmul", "--set", "vleen=1024"], "no field 'vleen'"),
        (["matmul", "--set", "vlen"], "write --set FIELD=VALUE"),
        (["matmul", "--memory", "lots"], "size 'lots'"),
        (["matmul", "--max-instructions", "0"], "0 is not in the range"),
        (["matmul", "--frobnicate"], "--frobnicate"),
        (["matmul", "--proto", PROTO], "--proto is for a function of your own"),
        (["matmul", "--signature", "s"], "--signature is for whole programs"),
        (["matmul", "--", "x"], "words after `--` are for whole programs"),
        (["m=3"], "'m=3' is a parameter, but TARGET is missing"),
        ([], "Missing argument"),
        (["none.elf"], "none.elf: no such file"),
        (["a/folder/none"], "a/folder/none: no such file"),
        (["."], "is no file"),
        (["none.S"], "which function of it? write none.S:FUNCTION"),
        (["none.S:f", "--proto", PROTO, "n=1"], "none.S: no such file"),
        (["none.S:"], "no symbol after the colon"),
    ],
)
def test_usage(cli: Cli, here: Path, words: list[str], says: str) -> None:
    done = cli("run", *words)
    assert done.status == 2 and says in done.error and done.out == ""


def test_usage_errors_are_json_objects_with_every_field(cli: Cli) -> None:
    fields = set(cli("run", "matmul", "m=4", "n=4", "k=4", "--json").json)
    for words in (["matmull"], ["matmul", "--frobnicate"], ["matmul", "--set", "x=1"]):
        done = cli("run", *words, "--json")
        assert done.status == 2 and set(done.json) == fields
        assert done.json["status"] == "usage" and done.json["error"] == done.error
        assert {key for key, value in done.json.items() if value is not None} == {"schema", "status", "error"}


@pytest.mark.parametrize("words", [["frob"], ["list", "frobs"], ["list"], ["disasm"], ["disasm", "none.elf"], ["--frob"]])
def test_other_verbs(cli: Cli, here: Path, words: list[str]) -> None:
    done = cli(*words)
    assert done.status == 2 and done.error and done.out == ""


@pytest.mark.parametrize("words", [["run"], ["disasm"]])
def test_files_that_are_no_usable_elf(cli: Cli, axpy: str, here: Path, words: list[str]) -> None:
    from rvsim.toolchain import build

    image = build(here / axpy).read_bytes()
    files = {
        "text.elf": (b"hello, I am no program\n", "not an ELF file"),
        "empty.elf": (b"", "is empty"),
        "x86.elf": (image[:18] + struct.pack("<H", 62) + image[20:], "made for x86-64, not for RISC-V"),
        "rv32.elf": (image[:4] + b"\1" + image[5:], "32-bit RISC-V"),
        "head.elf": (image[:40], "truncated"),
        "part.elf": (image[:300], "truncated"),
    }
    for name, (content, says) in files.items():
        (here / name).write_bytes(content)
        done = cli(*words, name)
        assert done.status == 2 and done.error.startswith(f"{name}: ") and says in done.error, name


def test_assembly_error_has_file_line_and_text(cli: Cli, here: Path) -> None:
    (here / "bad.S").write_text("        .globl f\nf:      vfrob.vv v0, v8\n        ret\n")
    done = cli("run", "bad.S:f", "--proto", PROTO, "n=1")
    assert done.status == 2 and done.error.startswith("bad.S:2") and "vfrob.vv" in done.error
    assert cli("disasm", "bad.S").error == done.error
    assert cli("run", "matmul", "variant=bad.S:f").error == done.error


def test_illegal_instruction_says_where_and_what(cli: Cli, here: Path) -> None:
    (here / "ill.S").write_text("        .globl f\nf:      nop\n        .word 0xffffffff\n        ret\n")
    done = cli("run", "ill.S:f", "--proto", PROTO, "n=1", "--json")
    assert done.status == 1 and done.json["status"] == "failed" and done.json["target"] == "ill.S:f"
    assert "illegal instruction at 0x" in done.error and "<f+0x2>" in done.error and "0xffffffff" in done.error


def test_access_outside_memory_says_where_and_which_address(cli: Cli, here: Path) -> None:
    (here / "wild.S").write_text("        .globl f\nf:      li a0, 0x40\n        lw a1, 4(a0)\n        ret\n")
    done = cli("run", "wild.S:f", "--proto", PROTO, "n=1")
    assert done.status == 1 and "load outside memory" in done.error
    assert "<f+0x4>" in done.error and "lw a1, 4(a0)" in done.error and "0x44" in done.error


def test_a_trace_that_cannot_be_written_to_its_end_is_one_line_and_one_object(cli: Cli) -> None:
    done = cli("run", "matmul", "m=8", "n=8", "k=8", "--trace", "/dev/full", "--json")
    assert done.status == 2 and "/dev/full: cannot be written" in done.error
    assert done.json["status"] == "usage" and "/dev/full" in done.json["error"]


@pytest.mark.parametrize("word", ["--memory=99999999999999999999GiB", "--memory=-5"])
def test_sizes_beyond_all_bounds(cli: Cli, word: str) -> None:
    assert "size" in cli("run", "matmul", word).error
