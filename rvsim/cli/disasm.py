"""`rvsim disasm FILE`: the instructions of an ELF, object or source file, with labels.

Sections marked executable are listed; a file without section headers is listed by its executable segments. An object file is
listed unlinked, each section from address 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rvsim.errors import ElfError, UsageError

if TYPE_CHECKING:
    from rvsim.loader import Program

_EXECUTABLE = 4  # SHF_EXECINSTR


@dataclass(frozen=True, slots=True)
class Code:
    """Bytes to list: `labels` are (address, name) inside it, sorted."""

    name: str
    address: int
    data: bytes
    labels: tuple[tuple[int, str], ...]

    def label_at(self, address: int) -> str | None:
        """`name+0x10` for an address inside, or None."""
        import bisect

        if not self.address <= address < self.address + len(self.data):
            return None
        at = bisect.bisect_right(self.labels, (address, "\U0010ffff")) - 1
        if at < 0:
            return None
        start, name = self.labels[at]
        return name if start == address else f"{name}+{address - start:#x}"


@click.command("disasm", short_help="Disassemble an ELF, object or source file.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--no-aliases", is_flag=True, help="The instructions themselves: no pseudo-instructions, compressed ones as such.")
@click.option("--isa", default="rv64gcv", show_default=True, metavar="ISA", help="What a .c file is compiled for.")
@click.option("--json", is_flag=True, help="Print a JSON list: section, address, symbol, bytes, word, text.")
def command(file: Path, no_aliases: bool, isa: str, json: bool) -> int:
    """List the instructions of FILE: a RISC-V ELF, a .o, or a .S or .c that is built first."""
    from .outcome import emit, say

    parts = code_of(file, isa)
    if json:
        emit([row for part in parts for row in rows(part, aliases=not no_aliases)])
        return 0
    for number, part in enumerate(parts):
        say(f"{'' if number == 0 else chr(10)}{file}, section {part.name}:")
        say(_listing(part, aliases=not no_aliases))
    return 0


def code_of(file: Path, isa: str = "rv64gcv") -> list[Code]:
    """The executable parts of a file, sources built. Raises ElfError, ToolchainError, UsageError."""
    from rvsim.loader import load_elf

    if not file.is_file():
        raise UsageError(f"{file}: {'is no file' if file.exists() else 'no such file'}")
    if file.suffix in (".S", ".s", ".c"):
        from rvsim.toolchain import build

        program = load_elf(build(file, isa=isa))
    else:
        program = load_elf(file)
    parts = _sections(program) or _segments(program)
    if not parts:
        raise ElfError(f"{file}: holds no executable section")
    return parts


def _sections(program: Program) -> list[Code]:
    """By section headers; none when these are missing or damaged."""
    from io import BytesIO

    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        elf: Any = ELFFile(BytesIO(program.image))
        symbols = _symbols(elf)
        return [
            Code(str(section.name), section["sh_addr"], section.data(), tuple(sorted(symbols.get(index, ()))))
            for index, section in enumerate(elf.iter_sections())
            if section["sh_flags"] & _EXECUTABLE and section["sh_type"] == "SHT_PROGBITS" and section["sh_size"]
        ]
    except (ELFError, ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError, OverflowError, MemoryError):
        return []  # pyelftools trusts the file; segments have been checked by the loader


def _symbols(elf: Any) -> dict[int, list[tuple[int, str]]]:
    """Section number -> (address, name); the assembler's own marks left out, a function before a label at the same place."""
    found: dict[int, dict[int, tuple[int, str]]] = {}
    table = elf.get_section_by_name(".symtab")
    for symbol in table.iter_symbols() if table is not None else ():
        name, section, kind = symbol.name, symbol["st_shndx"], symbol["st_info"]["type"]
        if not name or not isinstance(section, int) or kind not in ("STT_NOTYPE", "STT_FUNC") or name.startswith(("$", ".L")):
            continue
        rank = (kind == "STT_FUNC") + 2 * (symbol["st_info"]["bind"] == "STB_GLOBAL")
        known = found.setdefault(section, {}).get(symbol["st_value"])
        if known is None or rank > known[0]:
            found[section][symbol["st_value"]] = (rank, name)
    return {section: [(address, name) for address, (_, name) in names.items()] for section, names in found.items()}


def _segments(program: Program) -> list[Code]:
    from rvsim.loader import EXECUTE

    labels = sorted((s.address, s.name) for s in program.symbols.values() if s.kind != "object")
    return [
        Code(f"segment {number}", s.address, s.data, tuple(x for x in labels if s.address <= x[0] < s.end))
        for number, s in enumerate(program.segments)
        if s.flags & EXECUTE and s.data
    ]


def rows(part: Code, *, aliases: bool = True) -> Iterator[dict[str, Any]]:
    """One row an instruction; bytes that are none become `.word` or `.half`, an odd rest `.byte`."""
    from rvsim.isa import disassemble

    offset, end = 0, len(part.data)
    while offset < end:
        address = part.address + offset
        wanted = 4 if part.data[offset] & 3 == 3 else 2
        whole = wanted <= end - offset
        size = wanted if whole else min(2, end - offset)
        word = int.from_bytes(part.data[offset : offset + size], "little")
        text = disassemble(word, address, part.label_at, aliases) if whole else f".{'byte' if size == 1 else 'half'} {word:#x}"
        symbol = part.label_at(address)
        yield {"section": part.name, "address": address, "symbol": symbol, "bytes": size, "word": f"{word:0{2 * size}x}", "text": text}
        offset += size


def _listing(part: Code, *, aliases: bool) -> str:
    lines = []
    for row in rows(part, aliases=aliases):
        symbol = row["symbol"]
        if symbol is not None and "+0x" not in symbol:
            lines.append(f"\n{row['address']:#x} <{symbol}>:")
        mnemonic, _, operands = row["text"].partition(" ")
        lines.append(f"{row['address']:10x}:  {row['word']:<8}  {mnemonic:<12} {operands}".rstrip())
    return "\n".join(lines)
