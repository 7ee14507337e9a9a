"""Bounds of the file's own data: what lies outside a static object is found and named, what compilers keep unnamed is not reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from rvsim import loader
from rvsim.check import Options, Rig, check, function_subject
from rvsim.toolchain import build

from .test_broken import BROKEN, Bug, run

BYTES = "int f(int y[n], const unsigned char x[n], long n)"

BUGS = (
    Bug("statics.c", "table_end", "out-of-bounds", "past the end of levels (16 bytes)", "", BYTES),
    Bug("statics.c", "scratch_end", "out-of-bounds", "past the end of scratch (384 bytes)", "vs",
        "void f(float y[n], const float x[n], long n)"),
    Bug("statics.c", "before_results", "out-of-bounds", "writes 4 bytes before the start of results (40 bytes)", "sw",
        "int f(const int x[n], long n)"),
    Bug("statics.c", "constant_written", "const-write", "writes byte 0 of levels (16 bytes), which is read-only", "sb",
        "void f(signed char y[n], long n)"),
    Bug("statics.c", "too_deep", "stack", "overflows the stack", "", "int f(const int x[n], long n)"),
    Bug("statics.S", "into_next", "out-of-bounds", "past the end of first (16 bytes) (element 4)", "vle32.v", "void f(int y[8])"),
    Bug("statics.S", "behind_all", "out-of-bounds", "(element 2)", "vle32.v", "void f(int y[8])"),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.symbol)
def test_bug_is_found_and_named(bug: Bug) -> None:
    report = run(bug, vlens=(128, 1024))
    assert report.findings, report.text()
    found = report.findings[0]
    assert len({(f.kind, f.array) for f in report.findings}) == 1
    assert found.kind == bug.kind and bug.words in found.message, report.text()
    assert (found.instruction or "").startswith(bug.instruction), report.text()


CORRECT = (
    ("statics.c", "ok_statics", BYTES), ("statics.S", "ok_whole", "void f(int y[4])"), ("statics.S", "ok_untyped", "void f(int y[8])"),
    ("statics.S", "ok_hidden", "void f(int y[2])"),
)  # fmt: skip


@pytest.mark.parametrize(("file", "symbol", "proto"), CORRECT, ids=[c[1] for c in CORRECT])
def test_correct_use_is_clean(file: str, symbol: str, proto: str) -> None:
    report = check(function_subject(BROKEN / file, symbol, proto, given={}), Rig(), Options(jobs=1, cases=40, vlens=(128, 1024)))
    assert report.clean, report.text()


def test_objects_and_padding_are_read() -> None:
    source = ".data\n.balign 8\n.type a, @object\n.size a, 5\na: .byte 1, 2, 3, 4, 5\n.balign 8\n.type b, @object\n.size b, 4\nb: .word 1\n"
    program = loader.load_elf(build(source + ".text\n.globl f\nf: ret\n", text=True))
    known = loader.static_data(program)
    assert known is not None
    a, b = known.objects
    assert (a.name, a.size, b.name, b.size, b.address - a.address) == ("a", 5, "b", 4, 8)
    assert known.padding == ((a.end, b.address),)
    assert any(low <= a.address and b.end <= high for low, high in known.filled)


def test_a_file_without_sections_has_no_static_data(tmp_path: Path) -> None:
    image = bytearray(build(".globl f\nf: ret\n", text=True).read_bytes())
    image[0x28:0x30] = bytes(8)  # e_shoff
    image[0x3C:0x3E] = bytes(2)  # e_shnum
    assert loader.static_data(loader.load_elf(bytes(image))) is None
