"""Programs of real toolchains: the same output and exit status as under qemu, in functional and timed runs."""

from __future__ import annotations

from pathlib import Path

import pytest

import rvsim

from .conftest import Build, under_qemu


def compare(path: Path, *words: str, stdin: bytes = b"", dirs: tuple[str, ...] = (), functional: bool = True) -> rvsim.ElfResult:
    """Run here and under qemu; both must print and end alike."""
    expected = under_qemu(path, *words, stdin=stdin)
    done = rvsim.run_elf(path, vlen=256, functional=functional, args=words, stdin=stdin, dirs=dirs)
    assert (done.exit_code, done.stdout, done.stderr) == expected
    return done


def test_inference_in_c_with_intrinsics_on_musl(program: Build) -> None:
    path = program("mlp.c", "musl")
    done = compare(path, "30")
    assert done.exit_code == 0 and done.stdout.endswith(b"30 of 30 right\n")
    timed = rvsim.run_elf(path, vlen=512, args=["30"], profile=True)
    assert timed.stdout == done.stdout and timed.cycles and timed.result.vector_instructions
    hottest = sorted(timed.result.report().functions, key=lambda function: -function.cycles)
    assert hottest[0].name == "dense" and "printf_core" in [function.name for function in hottest[:4]]


@pytest.mark.llvm
def test_what_a_c_library_asks_of_linux_on_glibc(program: Build, tmp_path: Path) -> None:
    path = program("report.c", "glibc")
    done = compare(path, str(tmp_path), stdin=b"a line\nmore\n", dirs=(f"{tmp_path}:rw",))
    assert done.exit_code == 0 and not list(tmp_path.iterdir())
    assert compare(path, functional=False).cycles


@pytest.mark.llvm
def test_exceptions_and_streams_in_cpp_on_glibc(program: Build) -> None:
    path = program("shapes.cpp", "glibc")
    assert compare(path, "zebra", "ant").exit_code == 7
    died = compare(path, "--throw")
    assert (died.exit_code, died.stopped) == (134, "trap") and died.error is not None and "SIGABRT" in died.error


@pytest.mark.llvm
def test_signals_on_glibc(program: Build) -> None:
    path = program("signals.c", "glibc")
    for functional in (True, False):
        assert compare(path, functional=functional).exit_code == 3
    ended = compare(path, "end")
    assert (ended.exit_code, ended.error) == (143, "the program ended itself by SIGTERM")
    kept = rvsim.run_elf(path, vlen=256, functional=True, args=["vector"])  # older versions of qemu lose them
    assert kept.stdout.endswith(b"vl 8, vtype d0, sum 28, handled: 30\n")


@pytest.mark.slow
@pytest.mark.llvm
@pytest.mark.parametrize(
    ("source", "libc", "status"),
    [("shapes.cpp", "musl", 7), ("sieve.zig", "musl", 0), ("report.c", "musl", 0), ("report.c", "static-pie", 0), ("signals.c", "musl", 3)],
)
def test_further_toolchains(program: Build, tmp_path: Path, source: str, libc: str, status: int) -> None:
    words = (str(tmp_path),) if source == "report.c" else ()
    path = program(source, libc)
    for functional in (True, False):
        done = compare(path, *words, dirs=(f"{tmp_path}:rw",), functional=functional)
        assert done.exit_code == status


def test_runs_repeat(program: Build) -> None:
    path = program("mlp.c", "musl")
    first, second = (rvsim.run_elf(path, args=["5"]) for _ in range(2))
    assert (first.stdout, first.cycles, first.instructions) == (second.stdout, second.cycles, second.instructions)
