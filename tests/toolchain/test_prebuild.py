"""Kernels built with the package run without a toolchain, and only as long as they belong to their source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rvsim.errors import ToolchainError
from rvsim.loader import load_elf
from rvsim.prebuild import find_prebuilt, kernel_elf, prebuild
from rvsim.toolchain import build, compilers


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of two kernels that share an include."""
    root = tmp_path / "asm"
    (root / "include").mkdir(parents=True)
    (root / "op").mkdir()
    (root / "include" / "end.inc").write_text(".macro end\n ret\n.endm\n")
    (root / "op" / "one.S").write_text('#include "end.inc"\n.globl one\none:\n nop\n end\n')
    (root / "op" / "two.S").write_text(".globl two\ntwo: ret\n")
    return root


def test_in_place(library: Path) -> None:
    built = prebuild(library, library)
    assert built == [library / "op" / "one.elf", library / "op" / "two.elf"]
    assert find_prebuilt(library / "op" / "one.S") == built[0]
    assert load_elf(built[0]).functions == ("one",)


def test_into_a_build_folder_and_moved(library: Path, tmp_path: Path) -> None:
    prebuild(library, tmp_path / "out")
    assert find_prebuilt(library / "op" / "one.S") is None
    for name in ("one", "two"):
        os.rename(tmp_path / "out" / "op" / f"{name}.elf", library / "op" / f"{name}.elf")
    library = library.rename(tmp_path / "installed elsewhere")
    path = find_prebuilt(library / "op" / "one.S")
    assert path is not None
    program = load_elf(path)
    address = program.symbols["one"].address
    assert program.line_of(address) == (str(library / "op" / "one.S"), 4)
    assert program.source_of(address) == "nop"
    assert str(tmp_path).encode() not in path.read_bytes()


def test_only_changes_are_written(library: Path) -> None:
    prebuild(library, library)
    before = {path: path.stat().st_mtime_ns for path in library.glob("*/*.elf")}
    prebuild(library, library)
    assert {path: path.stat().st_mtime_ns for path in library.glob("*/*.elf")} == before
    (library / "op" / "two.S").write_text(".globl two\ntwo: nop\n ret\n")
    prebuild(library, library)
    after = {path.stem: path.stat().st_mtime_ns != stamp for path, stamp in before.items()}
    assert after == {"one": False, "two": True}


def test_same_source_gives_the_same_bytes(library: Path, tmp_path: Path) -> None:
    prebuild(library, tmp_path / "a")
    prebuild(library, tmp_path / "b")
    for name in ("one", "two"):
        assert (tmp_path / "a" / "op" / f"{name}.elf").read_bytes() == (tmp_path / "b" / "op" / f"{name}.elf").read_bytes()


@pytest.mark.parametrize("changed", ["op/one.S", "include/end.inc"])
def test_a_changed_source_or_include_makes_it_void(library: Path, changed: str) -> None:
    prebuild(library, library)
    (library / changed).write_text((library / changed).read_text() + "\n")
    assert find_prebuilt(library / "op" / "one.S") is None
    assert find_prebuilt(library / "op" / "two.S") is not None


def test_kernels_whose_source_is_gone_are_removed(library: Path) -> None:
    prebuild(library, library)
    (library / "op" / "two.S").unlink()
    (library / "op" / "users.elf").write_bytes(b"something that we did not build")
    prebuild(library, library)
    assert {path.name for path in library.glob("op/*.elf")} == {"one.elf", "users.elf"}


def test_damaged_files_are_void(library: Path) -> None:
    path = prebuild(library, library)[0]
    path.write_bytes(path.read_bytes()[:-1])
    assert find_prebuilt(library / "op" / "one.S") is None
    path.write_bytes(b"")
    assert find_prebuilt(library / "op" / "one.S") is None


def test_isa_without_what_was_assumed(library: Path) -> None:
    prebuild(library, library)
    source = library / "op" / "one.S"
    assert find_prebuilt(source, "rv64gcv_zvfh") and find_prebuilt(source, "rva23u64")
    assert find_prebuilt(source, "rv64gv") is None  # without C the compressed instructions are illegal
    assert load_elf(kernel_elf(source, "rv64gv")).symbols["one"].address % 4 == 0


def test_no_toolchain_is_needed(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prebuild(library, library)
    monkeypatch.setattr(compilers.subprocess, "Popen", None)
    assert kernel_elf(library / "op" / "one.S") == library / "op" / "one.elf"


def test_errors(library: Path) -> None:
    (library / "op" / "bad.S").write_text("bad a0\n")
    with pytest.raises(ToolchainError, match=r"op/bad\.S:1: "):
        prebuild(library, library)
    with pytest.raises(ToolchainError, match="cannot be read"):
        kernel_elf(library / "op" / "none.S")


def test_prebuilt_and_built_now_are_the_same_code(library: Path) -> None:
    prebuilt = load_elf(prebuild(library, library)[1])
    now = load_elf(build(library / "op" / "two.S"))
    code = [s.data for s in prebuilt.segments if s.flags & 1]
    assert code and code == [s.data for s in now.segments if s.flags & 1]
