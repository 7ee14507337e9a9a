"""What the tests of the instruction table share: LLVM's assembler (from the ziglang wheel) and LLVM's disassembler.

The assembler comes with the test extra and must be there. `llvm-objdump` comes from the system: tests marked `llvm` skip
without it, unless RVSIM_REQUIRE_LLVM is set, as CI does.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from rvsim.isa import CSRS, FIELDS, Instruction, Operand, encode

# What the table holds. The draft has its old name there, and the disassembler need not know it.
FEATURES = (
    "m+a+f+d+c+v+zba+zbb+zbs+zbc+zicond+zfh+zfbfmin+zfa+zcb+zicbom+zicbop+zicboz+zihintpause+zihintntl+zimop+zcmop+zawrs"
    "+zvbb+zvbc+zvfh+zvfbfmin+zvfbfwma"
)
DRAFTS = "+experimental_zvqdotq"


_VTYPES = [sew << 3 | lmul | agnostic for sew in range(4) for lmul in (0, 1, 2, 3, 5, 6, 7) for agnostic in (0, 64, 128, 192)]


def _value(operand: Operand, choose: random.Random) -> int:
    if operand.cls == "csr":
        return choose.choice(sorted(CSRS.values()))
    if operand.cls == "vtype":
        return choose.choice(_VTYPES)
    if operand.cls == "rm":
        return choose.choice([0, 1, 2, 3, 4, 7])
    assert operand.field is not None
    field = FIELDS[operand.field]
    least, most = field.range
    return choose.choice([least, most, choose.randrange(least, most + 1, field.granule)])


def _random_operands(row: Instruction, choose: random.Random) -> dict[str, int]:
    """Values of every operand; vector registers are distinct, aligned where whole registers are, and never v0."""
    registers = choose.sample(range(1, 32), 4)
    values: dict[str, int] = {}
    for operand in row.operands:
        if operand.field is None:
            continue
        if operand.cls == "v":
            group = operand.group or ""
            if group.startswith("r"):
                size = int(group[1:])
                values[operand.name] = choose.randrange(0, 32, size)
            else:
                values[operand.name] = registers.pop()
        else:
            values[operand.name] = _value(operand, choose)
    return values


def _random_word(row: Instruction, choose: random.Random) -> int:
    while True:
        try:
            return encode(row.name, **_random_operands(row, choose))
        except ValueError as error:
            assert "must not be zero" in str(error), error


@pytest.fixture(scope="session")
def random_word() -> Callable[[Instruction, random.Random], int]:
    """(row, source of randomness) -> a word of the row with legal operands, fields that must not be zero included."""
    return _random_word


@pytest.fixture(scope="session")
def assemble_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """source -> object file; the assembler's messages are raised as AssertionError."""
    cache = tmp_path_factory.mktemp("zig-cache")

    def run(source: str) -> Path:
        folder = tmp_path_factory.mktemp("asm")
        (folder / "in.s").write_text(source)
        command = [sys.executable, "-m", "ziglang", "cc", "-target", "riscv64-freestanding-none"]
        command += [f"-mcpu=generic_rv64+{FEATURES}{DRAFTS}", "-mno-relax", "-c", "in.s", "-o", "out.o"]
        environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(cache), "ZIG_LOCAL_CACHE_DIR": str(cache)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[:4000]
        return folder / "out.o"

    return run


@pytest.fixture(scope="session")
def assemble(assemble_file: Callable[[str], Path]) -> Callable[[str], bytes]:
    """source -> bytes of .text."""

    def run(source: str) -> bytes:
        with assemble_file(source).open("rb") as stream:
            section = ELFFile(stream).get_section_by_name(".text")
            assert section is not None
            return bytes(section.data())

    return run


def _objdump() -> str | None:
    for name in [f"llvm-objdump-{version}" for version in range(25, 16, -1)] + ["llvm-objdump"]:
        if path := shutil.which(name):
            text = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            version = re.search(r"version (\d+)", text)
            if version and int(version.group(1)) >= 17:
                return path
    return None


@pytest.fixture(scope="session")
def llvm_text(assemble_file: Callable[[str], Path]) -> Callable[[list[int], bool], list[str]]:
    """(words, aliases) -> LLVM's text of each word, one blank between mnemonic and operands, addresses without labels."""
    tool = _objdump()
    if tool is None:
        message = "llvm-objdump 17 or later is not on the PATH (Debian: llvm-19)"
        if os.environ.get("RVSIM_REQUIRE_LLVM"):
            pytest.fail(message)
        pytest.skip(message)

    def run(words: list[int], aliases: bool) -> list[str]:
        # Data directives would make the disassembler skip them: assemble no-ops of the same lengths, then patch.
        lines = [".option rvc\nc.nop" if word & 3 != 3 else ".option norvc\nnop" for word in words]
        path = assemble_file(".text\n" + "\n".join(lines) + "\n")
        with path.open("r+b") as stream:
            section = ELFFile(stream).get_section_by_name(".text")
            assert section is not None
            stream.seek(section["sh_offset"])
            stream.write(b"".join(word.to_bytes(4 if word & 3 == 3 else 2, "little") for word in words))
        command = [tool, "-d", "-z", "--no-show-raw-insn", "--no-leading-addr", "--print-imm-hex=false"]
        command += ["--mattr=+" + FEATURES.replace("+", ",+"), *([] if aliases else ["-M", "no-aliases"])]
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
        texts = [line.strip() for line in done.stdout.splitlines() if line.startswith((" ", "\t"))]
        return [re.sub(r"\s*<[^>u][^>]*>$", "", text.replace("\t", " ", 1)).strip() for text in texts]

    return run
