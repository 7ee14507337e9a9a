"""What goes wrong is said in one line: which file, which line, which text, and what to do next."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rvsim.errors import ToolchainError, UsageError
from rvsim.toolchain import build, compilers, find_compiler
from rvsim.toolchain.compilers import run_tool


def message(*args: object, **options: object) -> str:
    """The message of the error that this build raises; always one line."""
    with pytest.raises(ToolchainError) as caught:
        build(*args, **options)  # type: ignore[arg-type]
    text = str(caught.value)
    assert "\n" not in text and text
    assert isinstance(caught.value, UsageError)
    return text


def test_unknown_mnemonic_in_text() -> None:
    assert (
        message("f:\n    nop\n    vfoo.vv v1, v2, v3\n", text=True) == "<string>:3: unrecognized instruction mnemonic: `vfoo.vv v1, v2, v3`"
    )


def test_file_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad kernel.S").write_text("f:\n    vle32.v v1, 4(a0)\n")
    assert message("bad kernel.S").startswith("bad kernel.S:2: ")
    assert message("bad kernel.S").endswith("`vle32.v v1, 4(a0)`")
    assert message(tmp_path / "bad kernel.S").startswith(f"{tmp_path}/bad kernel.S:2: ")


def test_further_errors_are_counted_and_kept_as_a_note() -> None:
    with pytest.raises(ToolchainError) as caught:
        build("one a0\ntwo a0\nthree a0\n", text=True)
    assert re.fullmatch(r"<string>:1: .*`one a0` \(and 2 more\)", str(caught.value))
    assert "three a0" in "".join(caught.value.__notes__)


def test_error_in_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "inner.inc").write_text("nop\nbroken\n")
    (tmp_path / "a.S").write_text('    nop\n    .include "inner.inc"\n')
    (tmp_path / "b.S").write_text('    nop\n#include "inner.inc"\n')
    for name in ("a.S", "b.S"):
        text = message(tmp_path / name)
        assert "inner.inc:2: " in text and text.endswith("`broken`")


def test_error_inside_a_macro_names_its_use() -> None:
    text = message(".macro load reg\n vle32.v \\reg, (a9)\n.endm\n nop\n load v1\n", text=True)
    assert text == "<string>:5: expected register (inside a macro): `vle32.v v1, (a9)`"


def test_c_errors() -> None:
    assert message("int f(void) {\n return y;\n}\n", text=True, language="c") == "<string>:2: use of undeclared identifier 'y': `return y;`"
    assert "without a C library" in message("#include <math.h>\n", text=True, language="c")


def test_undefined_symbol_names_the_line() -> None:
    text = message(".globl f\nf: call helper\n ret\n", text=True)
    assert text.startswith("<string>:2: undefined symbol: helper; define it") and text.endswith("`f: call helper`")


def test_absolute_addresses_are_explained() -> None:
    text = message(".globl f\nf: lui a0, %hi(f)\n ret\n", text=True)
    assert text.startswith("<string>:2: ") and "use `la` or `lla`" in text


@pytest.mark.parametrize(
    ("isa", "said"),
    [
        ("rv32gcv", "expected an RV64 string"),
        ("", "expected an RV64 string"),
        ("rv64gcv_zfoo", "no extension 'zfoo'"),
        ("rv64gcv_z-1", "'z-1' is no extension name"),
        ("rv64g!", "unexpected '!'"),
    ],
)
def test_bad_isa_strings(isa: str, said: str) -> None:
    text = message("nop\n", text=True, isa=isa)
    assert said in text and repr(isa) in text


def test_bad_files(tmp_path: Path) -> None:
    assert message(tmp_path / "none.S") == f"{tmp_path}/none.S: cannot be read (No such file or directory)"
    (tmp_path / "folder.S").mkdir()
    assert "cannot be read" in message(tmp_path / "folder.S")
    (tmp_path / "kernel.cpp").write_text("")
    assert message(tmp_path / "kernel.cpp").endswith("cannot build a .cpp; give .S, .s, .c or .o")
    (tmp_path / "bad.o").write_bytes(b"no object")
    assert "bad.o" in message(tmp_path / "bad.o") or "unit0.o" in message(tmp_path / "bad.o")
    (tmp_path / "noise.S").write_bytes(bytes(range(256)) * 16)
    message(tmp_path / "noise.S")
    assert message([]) == "nothing to build: no source file given"


def test_linker_script_that_is_not_there(tmp_path: Path) -> None:
    assert "linker script cannot be read" in message("nop\n", text=True, link="bare", script=tmp_path / "none.ld")


# --- finding a compiler ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_ziglang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilers, "_ziglang", lambda path: None)
    compilers._find.cache_clear()


@pytest.mark.usefixtures("no_ziglang")
def test_missing_toolchain_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("RVSIM_CC", raising=False)
    text = message("nop # nobody built this\n", text=True)
    compilers._find.cache_clear()
    assert "pip install 'rvsim-ml[toolchain]'" in text


def fake(folder: Path, name: str, script: str) -> Path:
    """An executable that stands for a compiler."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("no_ziglang")
def test_order_of_compilers_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RVSIM_CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # nothing but the fakes
    fake(tmp_path, "ld", "true")
    fake(tmp_path, "ld.lld", "true")
    answers = 'case "$1" in --print-targets) echo "  riscv64 - 64-bit RISC-V";; --version) echo "{0} 1.0";; *) echo {1};; esac'
    fake(tmp_path, "riscv64-unknown-elf-gcc", answers.format("gcc", tmp_path / "ld"))
    compilers._find.cache_clear()
    assert find_compiler().kind == "gcc"
    fake(tmp_path, "clang", 'case "$1" in --print-targets) echo "  x86-64";; *) echo clang;; esac')
    compilers._find.cache_clear()
    assert find_compiler().kind == "gcc"  # a clang without the riscv64 target is passed over
    fake(tmp_path, "clang", answers.format("clang version", tmp_path / "ld.lld"))
    compilers._find.cache_clear()
    assert find_compiler().kind == "clang"
    monkeypatch.setenv("RVSIM_CC", str(tmp_path / "riscv64-unknown-elf-gcc"))
    assert find_compiler().kind == "gcc"
    compilers._find.cache_clear()


@pytest.mark.parametrize("chosen", ["/nowhere/cc", "no-such-compiler-here", "'unbalanced", "true"])
def test_useless_rvsim_cc_is_named(chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RVSIM_CC", chosen)
    assert "RVSIM_CC" in message("nop # chosen\n", text=True)


def test_rvsim_cc_may_be_a_command_with_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RVSIM_CC", f"'{sys.executable}' -m ziglang cc")
    assert find_compiler().kind == "zig"
    assert build("nop # by module\n", text=True).is_file()


# --- tools that misbehave --------------------------------------------------------------------------------------------------------


def test_a_tool_that_hangs_is_stopped_with_its_children(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    hang = fake(tmp_path, "hang", f"sleep 300 & echo $! > '{marker}'; wait")
    start = time.monotonic()
    with pytest.raises(ToolchainError, match=r"no answer within 0\.5 s"):
        run_tool([str(hang)], cwd=tmp_path, timeout=0.5)
    assert time.monotonic() - start < 20
    deadline = time.monotonic() + 10
    while is_running(int(marker.read_text())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(int(marker.read_text()))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"  # a dead process that nobody has waited for


def test_a_tool_gets_no_standard_input(tmp_path: Path) -> None:
    reader = fake(tmp_path, "reader", 'read line; echo "got:$line" >&2')
    assert run_tool([str(reader)], cwd=tmp_path, timeout=20).stderr == "got:\n"


def test_a_tool_that_is_no_program(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no program")
    with pytest.raises(ToolchainError, match="cannot be run"):
        run_tool([str(tmp_path / "data")], cwd=tmp_path)


def test_no_folder_for_temporary_files() -> None:
    code = (
        "import tempfile; tempfile.tempdir = '/proc/none'\n"
        "from rvsim.toolchain import build\nfrom rvsim.errors import ToolchainError\n"
        "try: build('nop', text=True)\nexcept ToolchainError as error: print(error)\n"
    )
    env = {**os.environ, "RVSIM_CACHE_DIR": "/proc/none", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert "set TMPDIR" in done.stdout


def test_a_label_defined_twice_is_found_in_the_source() -> None:
    text = message("    .globl f\nf:\n    nop\nf:  ret\n", text=True)
    assert text.startswith("<string>:4: symbol 'f' is already defined") and "f:  ret" in text
