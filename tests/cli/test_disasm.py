"""`rvsim disasm`: instructions, labels and words of sources, objects and ELF files."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

from rvsim.cli.disasm import Code, rows
from rvsim.isa import encode

from .conftest import Cli


def test_source_is_built_and_listed(cli: Cli, axpy: str) -> None:
    done = cli("disasm", axpy)
    assert done.status == 0 and done.err == ""
    assert "<axpy>:" in done.out and "vsetvli      t0, a2, e32, m8, ta, ma" in done.out and "vfmacc.vf    v16, fa0, v8" in done.out


def test_json_rows_cover_the_code_without_gaps(cli: Cli, axpy: str) -> None:
    code = cli("disasm", axpy, "--json").json
    assert code[0]["symbol"] == "axpy" and code[0]["text"] == "vsetvli t0, a2, e32, m8, ta, ma" and code[0]["word"] == "0d3672d7"
    assert all(a["address"] + a["bytes"] == b["address"] for a, b in itertools.pairwise(code))
    assert code[-1]["text"] == "ret" and code[-1]["bytes"] == 2


def test_no_aliases_names_the_instructions_themselves(cli: Cli, axpy: str) -> None:
    assert cli("disasm", axpy, "--no-aliases", "--json").json[-1]["text"].startswith("c.jr")


def test_object_file_is_listed_unlinked(cli: Cli, axpy: str, here: Path) -> None:
    from rvsim.toolchain import find_compiler

    compiler = find_compiler()
    flags = compiler.compile_flags("rv64gcv", assembly=True)
    env = {"ZIG_GLOBAL_CACHE_DIR": str(here / "zig"), "ZIG_LOCAL_CACHE_DIR": str(here / "zig"), "PATH": "/usr/bin:/bin"}
    subprocess.run([*compiler.cc, *flags, "-c", axpy, "-o", "axpy.o"], check=True, env=env, stdin=subprocess.DEVNULL, timeout=120)
    code = cli("disasm", "axpy.o", "--json").json
    assert code[0]["address"] == 0 and code[0]["symbol"] == "axpy" and code[0]["section"] == ".text"


def test_file_without_sections_is_listed_by_segments(cli: Cli, axpy: str, here: Path) -> None:
    from rvsim.toolchain import build

    image = bytearray(build(here / axpy).read_bytes())
    image[40:48] = bytes(8)  # e_shoff
    image[60:62] = bytes(2)  # e_shnum
    (here / "bare.elf").write_bytes(image)
    code = cli("disasm", "bare.elf", "--json").json
    assert any(row["text"] == "vfmacc.vf v16, fa0, v8" for row in code) and code[0]["section"].startswith("segment")


def test_damaged_section_headers_do_not_matter(cli: Cli, axpy: str, here: Path) -> None:
    from rvsim.toolchain import build

    image = build(here / axpy).read_bytes()
    start = int.from_bytes(image[40:48], "little")
    for at in range(start, len(image), 7):
        broken = bytearray(image)
        broken[at] ^= 0xFF
        (here / "broken.elf").write_bytes(broken)
        assert cli("disasm", "broken.elf").status in (0, 2)


def test_branches_name_their_target() -> None:
    data = b"".join(encode(name, **operands).to_bytes(4, "little") for name, operands in (
        ("addi", {"rd": 10, "rs1": 10, "imm12": 1}), ("bne", {"rs1": 10, "rs2": 11, "bimm12": -4}), ("jal", {"rd": 1, "jimm20": -4}),
    ))  # fmt: skip
    listed = list(rows(Code(".text", 0x1000, data, ((0x1000, "loop"),))))
    assert [row["text"] for row in listed][1:] == ["bne a0, a1, 0x1000 <loop>", "jal 0x1004 <loop+0x4>"]


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"\xff\xff\xff\xff", [".word 0xffffffff"]),
        (b"\x00\x00", [".half 0x0000"]),
        (b"\x82\x80\x13", ["ret", ".byte 0x13"]),
        (b"\x13\x05", [".half 0x513"]),
        (b"\x13\x05\x15", [".half 0x513", ".byte 0x15"]),
    ],
)
def test_bytes_that_are_no_instruction(data: bytes, texts: list[str]) -> None:
    assert [row["text"] for row in rows(Code("x", 0, data, ()))] == texts


def test_elf_of_the_library(cli: Cli, here: Path) -> None:
    from rvsim import asm
    from rvsim.prebuild import kernel_elf

    shutil.copy(kernel_elf(asm.path("matmul/f32_7x4.S")), here / "kernel.elf")
    done = cli("disasm", "kernel.elf")
    assert done.status == 0 and "<sgemm>:" in done.out and ".word" not in done.out
