"""Hostile program files and system calls: a seed set of the fuzzer (hostile.py), and files made to exhaust a loader."""

from __future__ import annotations

import os
import random
import struct
import time
from pathlib import Path

import pytest

import rvsim
from rvsim.loader import load_elf

from .conftest import Build, new_caller
from .hostile import make_tree, nonsense, outside, run_damaged


@pytest.mark.parametrize("seed", range(4))
def test_random_calls_stay_inside(tmp_path: Path, seed: int) -> None:
    make_tree(tmp_path)
    before, choose = outside(tmp_path), random.Random(seed)
    for _ in range(3):
        guest = new_caller([f"{tmp_path}/open:rw"], stdin=b"some input")
        nonsense(guest, tmp_path, choose, 300)
        guest.process.close()
        assert outside(tmp_path) == before


def test_damaged_programs_end_in_order(program: Build, tmp_path: Path) -> None:
    image = program("mlp.c", "musl").read_bytes()
    make_tree(tmp_path)
    before, choose = outside(tmp_path), random.Random(1)
    ended = {run_damaged(image, tmp_path, choose) for _ in range(60)}
    assert {"ElfError", "limit"} <= ended and outside(tmp_path) == before


def elf(headers: list[tuple[int, ...]], *, sections: list[tuple[int, ...]] = (), tail: bytes = b"", entry: int = 0x10000) -> bytes:  # type: ignore[assignment]
    """An ELF file: program headers right behind the header, then section headers, then `tail`."""
    at = 64 + 56 * len(headers)
    head = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 243, 1, entry, 64, at, 0, 64, 56, len(headers), 64, len(sections), 0
    )  # fmt: skip
    tables = [struct.pack("<IIQQQQQQ", *h) for h in headers] + [struct.pack("<IIQQQQIIQQ", *s) for s in sections]
    return head + b"".join(tables) + tail


def test_one_piece_of_the_file_in_thousands_of_segments(tmp_path: Path) -> None:
    tail = bytes(1 << 20)
    size = 64 + 56 * 60000 + len(tail)
    file = elf([(1, 5, 0, 0x10000 + (index << 23), 0, size, size, 4096) for index in range(60000)], tail=tail)
    with pytest.raises(rvsim.ElfError, match="more than the file"):
        load_elf(file)


def test_names_that_share_one_endless_text() -> None:
    count = 100_000
    names = b"x" * (1 << 20)
    at = 64 + 56 + 2 * 64
    sections = [(0, 2, 0, 0, at, 24 * count, 1, 0, 8, 24), (0, 3, 0, 0, at + 24 * count, len(names), 0, 0, 1, 0)]
    table = b"".join(struct.pack("<IBBHQQ", index, 0x12, 0, 1, index, 0) for index in range(count))
    began = time.process_time()
    program = load_elf(elf([(1, 5, 0, 0x10000, 0, 64, 4096, 4096)], sections=sections, tail=table + names))
    assert time.process_time() - began < 10
    assert 0 < sum(map(len, program.symbols)) <= 4 * len(names) + (1 << 16)


@pytest.mark.parametrize(
    ("memory_size", "address", "says"),
    [
        (1 << 62, 0x10000, "outside the"), (1 << 35, 0x10000, "memory"), (4096, 1 << 40, "outside the|reaches up"),
        (4096, (1 << 36) - 8192, "reaches up"), (1 << 36, 0, "outside the|memory|cannot have"), (1 << 20, 0, "cannot have the page at 0"),
    ],
)  # fmt: skip
def test_giant_segments(tmp_path: Path, memory_size: int, address: int, says: str) -> None:
    path = tmp_path / "giant.elf"
    path.write_bytes(elf([(1, 7, 0, address, 0, 64, memory_size, 4096)], entry=address + 64))
    with pytest.raises(rvsim.UsageError, match=says):
        rvsim.run_elf(path, functional=True)


def test_files_that_never_end_or_never_begin(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in ("/dev/zero", tmp_path / "fifo", tmp_path, "/proc/self/mem", "a\0b"):
        with pytest.raises(rvsim.ElfError, match=r"cannot be read|is empty"):
            load_elf(path)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(rvsim.ElfError, match="more than a program may have"):
        load_elf(tmp_path / "sparse")


def test_output_without_end_is_passed_on_but_not_kept(tmp_path: Path) -> None:
    from rvsim.toolchain import build

    source = tmp_path / "loud.S"
    source.write_text(
        "    .globl _start\n_start: li a0, 1\n la a1, text\n li a2, 1 << 20\n li a7, 64\n ecall\n j _start\n .data\ntext: .zero 1 << 20\n"
    )
    passed: list[int] = []
    path = build(source, link="bare")
    done = rvsim.run_elf(path, mode="user", functional=True, max_instructions=1000, output=lambda data: passed.append(len(data)))
    assert len(done.stdout) == 64 << 20 < sum(passed) and done.stopped == "limit"
