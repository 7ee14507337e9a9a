"""The optional part of an ELF file: sections, symbol table, build attributes (gABI chapter 4; RISC-V ELF psABI).

A program runs without any of it, so damage here is never an error: what cannot be read is left out.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rvsim.loader.program import Symbol

SHT_SYMTAB, SHT_RELA, SHT_NOBITS, SHT_DYNSYM = 2, 4, 8, 11
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR, SHF_TLS = 1, 2, 4, 0x400
_SHT_RISCV_ATTRIBUTES = 0x7000_0003
_SHDR = struct.Struct("<IIQQQQIIQQ")
_SYM = struct.Struct("<IBBHQQ")
_SHN_UNDEF, _SHN_RESERVED = 0, 0xFF00
_SHN_ABS = 0xFFF1
_LONGEST_NAME = 1 << 16  # bytes; a longer name is cut
_LONGEST_OBJECT = 256  # the same for names of data, which are read for messages only
_KINDS: dict[int, Literal["function", "object", "label"]] = {0: "label", 1: "object", 2: "function", 10: "function"}


class Section(NamedTuple):
    """A section header."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry_size: int


def read_sections(image: bytes, offset: int, entry_size: int, count: int, names: int) -> list[Section]:
    """The section headers, or none when the table does not fit into the file."""
    del names  # sections are told apart by type
    if entry_size < _SHDR.size or offset + entry_size * count > len(image):
        return []
    return [Section(*_SHDR.unpack_from(image, offset + entry_size * index)) for index in range(count)]


def _content(image: bytes, section: Section) -> bytes:
    return image[section.offset : section.offset + section.size]


#: Names that linkers give to their own tables.
_LINKERS = frozenset({"_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "_PROCEDURE_LINKAGE_TABLE_"})


def read_symbols(image: bytes, sections: Sequence[Section], *, relocatable: bool) -> dict[str, Symbol]:
    """Named addresses; section and file symbols, undefined ones and the assembler's own marks (`$x`, `.L0`) left out."""
    table = _symbol_table(sections)
    if table is None or table.link >= len(sections):
        return {}
    names = _content(image, sections[table.link])
    left = 4 * len(names)  # names may share their ends, but not so much that they outgrow the file
    symbols: dict[str, Symbol] = {}
    for name, info, _, index, value, size in _SYM.iter_unpack(_whole_entries(image, table)):
        kind = _KINDS.get(info & 15)
        undefined = index == _SHN_UNDEF or (index >= _SHN_RESERVED and index != _SHN_ABS)
        if kind is None or undefined or name >= len(names) or (relocatable and index == _SHN_ABS):
            continue
        end = names.find(b"\0", name, name + _LONGEST_NAME)
        text = names[name : end if end >= 0 else name + _LONGEST_NAME].decode("utf-8", "replace")
        left -= len(text)
        if left < 0:
            break
        if not text or text.startswith(("$", ".L")) or text in _LINKERS:
            continue
        is_global = info >> 4 != 0
        if text not in symbols or (is_global and not symbols[text].is_global):
            symbols[text] = Symbol(text, value, size, kind, is_global)
    return symbols


def read_objects(image: bytes, sections: Sequence[Section]) -> list[Symbol]:
    """Every object with a size and every label of the symbol table, those of the same name too; unnamed and undefined ones left out."""
    table = _symbol_table(sections)
    if table is None or table.link >= len(sections):
        return []
    names = _content(image, sections[table.link])
    found = []
    for name, info, _, index, value, size in _SYM.iter_unpack(_whole_entries(image, table)):
        kind = _KINDS.get(info & 15)
        if kind is None or index == _SHN_UNDEF or index >= _SHN_RESERVED or name >= len(names):
            continue
        end = names.find(b"\0", name, name + _LONGEST_OBJECT)
        text = names[name : end if end >= 0 else name + _LONGEST_OBJECT].decode("utf-8", "replace")
        if not text.startswith("$"):
            found.append(Symbol(text, value, size, kind, info >> 4 != 0))
    return found


def symbol_values(image: bytes, sections: Sequence[Section]) -> list[int]:
    """Values of all symbols by index, as relocations refer to them."""
    table = _symbol_table(sections)
    return [] if table is None else [entry[4] for entry in _SYM.iter_unpack(_whole_entries(image, table))]


def _symbol_table(sections: Sequence[Section]) -> Section | None:
    by_type = {section.type: section for section in reversed(sections)}
    return by_type.get(SHT_SYMTAB) or by_type.get(SHT_DYNSYM)


def _whole_entries(image: bytes, table: Section) -> bytes:
    content = _content(image, table)
    return content[: len(content) // _SYM.size * _SYM.size]


def read_isa(image: bytes, sections: Sequence[Section]) -> str | None:
    """Tag_RISCV_arch of the build attributes."""
    section = next((s for s in sections if s.type == _SHT_RISCV_ATTRIBUTES), None)
    if section is None:
        return None
    try:
        return _arch_attribute(_content(image, section))
    except (IndexError, ValueError):
        return None


def _arch_attribute(data: bytes) -> str | None:
    """'A', then length, vendor and, in a file sub-section, pairs of a tag and a number (even tags) or a string (odd tags)."""
    vendor_end = data.index(b"\0", 5)
    if data[:1] != b"A" or data[5:vendor_end] != b"riscv" or data[vendor_end + 1] != 1:
        return None
    position = vendor_end + 6  # past the sub-section's tag and its 4-byte length
    while position < len(data):
        tag, position = _uleb(data, position)
        if tag % 2 == 0:
            _, position = _uleb(data, position)
            continue
        end = data.index(b"\0", position)
        if tag == 5:
            return data[position:end].decode("ascii", "replace")
        position = end + 1
    return None


def _uleb(data: bytes, position: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128 or shift > 63:
            return value, position
