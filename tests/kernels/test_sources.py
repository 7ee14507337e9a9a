"""Every hand-written kernel assembles without a warning, is what its registry row says, and keeps the library's rules:
a head with prototype, register map and bound; a plain C ABI function; no data, no relocation, no stack of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from rvsim import asm, kernels

SOURCES = asm.sources()
EXTRA = ("zfh", "zvfh", "zfbfmin", "zvfbfmin", "zvfbfwma", "experimental_zvqdotq")
ROWS = {variant.source: (kernel, variant) for kernel in kernels.KERNELS.values() for variant in kernel.variants}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Source -> object file; warnings are errors."""
    folder = tmp_path_factory.mktemp("objects")
    cache = folder / "zig"
    cache.mkdir()
    built = {}
    for source in SOURCES:
        built[source] = folder / source.replace("/", "-").replace(".S", ".o")
        command = [
            sys.executable,
            "-m",
            "ziglang",
            "cc",
            "-target",
            "riscv64-freestanding-none",
            "-mcpu=generic_rv64+m+a+f+d+c+v+" + "+".join(EXTRA),
        ]
        command += ["-mcmodel=medany", "-Wall", "-Wextra", "-Werror", "-Wa,--fatal-warnings", "-I", str(asm.include_dir())]
        command += ["-c", str(asm.path(source)), "-o", str(built[source])]
        environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(cache), "ZIG_LOCAL_CACHE_DIR": str(cache)}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0 and not done.stderr, f"{source}: {done.stderr}"
    return built


def head(source: str) -> str:
    """The comment that opens a file."""
    match = re.match(r"/\*.*?\*/", asm.path(source).read_text(), re.DOTALL)
    assert match, f"{source} does not begin with a comment"
    return match[0]


def shared_text(source: str) -> list[str]:
    """Files of the library whose loops this one completes or renames: other kernels, and included files that draw a blocking picture."""
    included = re.findall(r'#include "([\w./]+)"', asm.path(source).read_text())
    return [file for file in included if file.endswith(".S") or "\n * Blocking:" in asm.path(f"include/{file}").read_text()]


def test_files_and_registry_rows_are_the_same_set() -> None:
    assert set(SOURCES) == set(ROWS)


@pytest.mark.parametrize("source", SOURCES)
def test_object_is_one_function_and_nothing_else(source: str, objects: dict[str, Path]) -> None:
    with objects[source].open("rb") as stream:
        elf = ELFFile(stream)
        sizes = {section.name: section["sh_size"] for section in elf.iter_sections()}
        assert not any(sizes.get(name) for name in (".data", ".bss", ".rodata", ".tdata", ".sdata"))
        assert ".rela.text" not in sizes, "the code refers to addresses: it is not position independent"
        visible = [symbol for symbol in elf.get_section_by_name(".symtab").iter_symbols() if symbol["st_info"]["bind"] == "STB_GLOBAL"]
        assert [symbol.name for symbol in visible] == [ROWS[source][1].symbol]
        assert visible[0]["st_info"]["type"] == "STT_FUNC"
        assert 0 <= sizes[".text"] - visible[0]["st_size"] < 4


@pytest.mark.parametrize("source", SOURCES)
def test_head_gives_prototype_registers_blocking_and_bound(source: str) -> None:
    kernel, variant = ROWS[source]
    prototype = kernel.prepare(kernel.validate(variant.kind), variant=variant, vlen=512).prototype
    text = head(source)
    assert f" * {prototype}\n" in re.sub(r",\n \*\s+", ", ", text)  # it may take several lines
    assert f" {variant.symbol}(" in prototype
    assert "\n * Bound:" in text
    shared = shared_text(source)
    where = "include" if shared and shared[0].endswith(".inc") else kernel.name
    described = head(f"{where}/{shared[0]}") if shared else text
    assert "\n * Blocking:" in described and "\n * Registers:" in described
    assert all(name in text for name in shared), "a file that shares another's text says so in its head"


@pytest.mark.parametrize("path", [*SOURCES, *(f"include/{file.name}" for file in asm.include_dir().iterdir())])
def test_text_keeps_the_house_style(path: str) -> None:
    lines = asm.path(path).read_text().split("\n")
    assert all(len(line) <= 140 and "\t" not in line and line == line.rstrip() for line in lines)
    assert lines[-1] == "" and lines[-2] != ""
    assert len(lines) <= 400


@pytest.mark.parametrize("source", SOURCES)
def test_stack_serves_saved_registers_and_arguments_only(source: str) -> None:
    """A kernel's own text reaches the arguments only: the ninth at 0(sp), behind `save` at FRAME and up."""
    uses = [line.split("//")[0].strip() for line in asm.path(source).read_text().split("\n") if re.search(r"\bsp\b", line.split("//")[0])]
    assert all(re.fullmatch(r"(ld|lw|lbu?|fl[wd]|sd)\s+\w+, (0|\d+|FRAME( \+ \d+)?)\(sp\)", use) for use in uses), uses


def test_paths_are_relative_to_the_package() -> None:
    assert asm.path("matmul/f32_7x4.S").is_file()
    assert asm.path() == asm.include_dir().parent
    assert not asm.path("matmul/none.S").exists()
