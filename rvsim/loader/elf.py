"""ELF files in, `Program` out (System V gABI chapters 4 and 5; RISC-V ELF psABI).

Headers, symbols and relocations are read here with bounds checked first, because files come from anywhere and a kernel
must load in milliseconds; pyelftools is used for debug information. Every damage is an ElfError of one line.
"""

from __future__ import annotations

import itertools
import os
import stat
import struct
from pathlib import Path
from typing import Literal, NamedTuple

from rvsim.errors import ElfError
from rvsim.loader import sections as sec
from rvsim.loader.program import Program, Relocation, Segment, Symbol

_EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
_PHDR = struct.Struct("<IIQQQQQQ")
_DYN = struct.Struct("<QQ")
_RELA = struct.Struct("<QIIq")  # offset, type, symbol, addend

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_RELA, _DT_RELASZ, _DT_SYMTAB = 1, 7, 8, 6
_R_NONE, _R_32, _R_64, _R_RELATIVE, _R_HI20, _R_LO12_I, _R_LO12_S, _R_IRELATIVE = 0, 1, 2, 3, 26, 27, 28, 58
_KINDS: dict[int, Literal["exec", "pie", "rel"]] = {1: "rel", 2: "exec", 3: "pie"}
_MACHINES = {
    3: "x86 (32 bit)",
    8: "MIPS",
    20: "PowerPC",
    21: "PowerPC64",
    22: "s390x",
    40: "Arm (32 bit)",
    43: "SPARC V9",
    62: "x86-64",
    94: "Xtensa",
    183: "AArch64",
    247: "BPF",
    258: "LoongArch",
}
_LARGEST = 4 << 30  # bytes of a file
_HIGHEST = 1 << 63  # no segment may end above: half of the address space, more than any machine has


def read_headers(image: bytes) -> list[sec.Section]:
    """The section headers of a file that `load_elf` has accepted; none where they are missing or damaged."""
    if len(image) < _EHDR.size:
        return []
    header = _EHDR.unpack_from(image)
    return sec.read_sections(image, header[6], header[11], header[12], header[13])


class _Phdr(NamedTuple):
    type: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int


def load_elf(source: str | os.PathLike[str] | bytes) -> Program:
    """Read a RISC-V ELF file (or its bytes); ElfError says in one line why it cannot be used."""
    if isinstance(source, bytes):
        return _Reader("<bytes>", source).program()
    path = Path(source)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ElfError(f"{path}: cannot be read ({'a folder' if stat.S_ISDIR(about.st_mode) else 'no regular file'})")
        if about.st_size > _LARGEST:
            raise ElfError(f"{path}: {about.st_size} bytes are more than a program may have ({_LARGEST >> 30} GiB)")
        image = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ElfError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    return _Reader(str(path), image).program()


def is_elf(source: str | os.PathLike[str]) -> bool:
    """Does the file start like an ELF file?"""
    try:
        if not stat.S_ISREG(os.stat(source).st_mode):
            return False
        with open(source, "rb") as stream:
            return stream.read(4) == b"\x7fELF"
    except (OSError, ValueError):
        return False


class _Reader:
    """One file being read; the methods go from the header outward."""

    def __init__(self, path: str, image: bytes) -> None:
        self._path = path
        self._image = image
        self._header = self._read_header()
        self._phdrs = self._read_phdrs()
        self._sections = sec.read_sections(image, self._header[6], self._header[11], self._header[12], self._header[13])

    def _fail(self, what: str) -> ElfError:
        return ElfError(f"{self._path}: {what}")

    def _read_header(self) -> tuple[int, ...]:
        image = self._image
        if image[:4] != b"\x7fELF":
            raise self._fail("is empty" if not image else "not an ELF file; give a RISC-V ELF, or a .S or .c source")
        if len(image) < 20:
            raise self._fail(f"truncated: {len(image)} bytes are no ELF header")
        if image[5] == 2:
            raise self._fail("big-endian ELF; rvsim runs little-endian RISC-V")
        machine = int.from_bytes(image[18:20], "little")
        if machine != 243:
            raise self._fail(f"made for {_MACHINES.get(machine, f'machine number {machine}')}, not for RISC-V")
        if image[4] != 2 or image[5] != 1:
            raise self._fail("32-bit RISC-V; rvsim runs RV64" if image[4] == 1 else "damaged ELF header (class or byte order)")
        if len(image) < _EHDR.size:
            raise self._fail(f"truncated: {len(image)} bytes are no ELF header")
        header = _EHDR.unpack_from(image)
        if header[1] not in _KINDS:
            raise self._fail("a core dump, not a program" if header[1] == 4 else f"unknown ELF type {header[1]}")
        return header

    def _read_phdrs(self) -> list[_Phdr]:
        offset, size, count = self._header[5], self._header[9], self._header[10]
        if count == 0:
            return []
        if size < _PHDR.size:
            raise self._fail(f"damaged: program headers of {size} bytes")
        if offset + size * count > len(self._image):
            raise self._fail(f"truncated: program headers end at byte {offset + size * count}, the file at {len(self._image)}")
        return [_Phdr(*_PHDR.unpack_from(self._image, offset + size * index)) for index in range(count)]

    def program(self) -> Program:
        """Everything put together."""
        kind = _KINDS[self._header[1]]
        segments = () if kind == "rel" else self._segments()
        return Program(
            path=self._path,
            kind=kind,
            entry=self._header[4],
            segments=segments,
            symbols=sec.read_symbols(self._image, self._sections, relocatable=kind == "rel"),
            relocations=self._relocations() if kind == "pie" else (),
            isa=sec.read_isa(self._image, self._sections),
            headers=self._headers_in_memory(),
            image=self._image,
        )

    def _headers_in_memory(self) -> tuple[int, int] | None:
        """Where a run sees the program headers, which are part of a segment as a rule."""
        offset, count = self._header[5], self._header[10]
        for p in self._phdrs:
            if p.type == _PT_LOAD and p.offset <= offset and offset + count * _PHDR.size <= p.offset + p.filesz:
                return p.vaddr + offset - p.offset, count
        return None

    def _segments(self) -> tuple[Segment, ...]:
        if any(p.type == _PT_INTERP for p in self._phdrs):
            raise self._fail("dynamically linked; link it with -static")
        wanted = sorted((p for p in self._phdrs if p.type == _PT_LOAD and p.memsz), key=lambda p: p.vaddr)
        if not wanted:
            raise self._fail("has no loadable segment; is it a linked program?")
        for p in wanted:
            self._check(p)
        for low, high in itertools.pairwise(wanted):
            if high.vaddr < low.vaddr + low.memsz:
                raise self._fail(f"damaged: segments overlap at {high.vaddr:#x}")
        if sum(p.filesz for p in wanted) > 2 * len(self._image):  # linkers share a page or two between segments
            raise self._fail("damaged or truncated: its segments hold more than the file")
        return tuple(Segment(p.vaddr, self._image[p.offset : p.offset + p.filesz], p.memsz, p.flags & 7) for p in wanted)

    def _check(self, p: _Phdr) -> None:
        if p.offset + p.filesz > len(self._image):
            raise self._fail(f"truncated: a segment ends at byte {p.offset + p.filesz}, the file at {len(self._image)}")
        if p.filesz > p.memsz:
            raise self._fail(f"damaged: a segment has more bytes in the file ({p.filesz}) than in memory ({p.memsz})")
        if p.vaddr + p.memsz > _HIGHEST:
            raise self._fail(f"a segment of {p.memsz} bytes at {p.vaddr:#x} does not fit into any memory")

    def _relocations(self) -> tuple[Relocation, ...]:
        dynamic = next((p for p in self._phdrs if p.type == _PT_DYNAMIC), None)
        if dynamic is None:
            return self._kept_relocations()
        tags = self._dynamic_tags(dynamic)
        if _DT_NEEDED in tags:
            raise self._fail("needs shared libraries; link it with -static-pie")
        size = tags.get(_DT_RELASZ, 0)
        if not size:
            return ()
        table = self._at_address(tags.get(_DT_RELA, 0), size)
        found = []
        for offset, kind, symbol, addend in _RELA.iter_unpack(table[: size // _RELA.size * _RELA.size]):
            if kind == _R_RELATIVE:
                found.append(Relocation(offset, addend % (1 << 64)))
            elif kind == _R_64:
                found.append(Relocation(offset, (self._dynamic_symbol(tags, symbol) + addend) % (1 << 64)))
            elif kind not in (_R_NONE, _R_IRELATIVE):
                raise self._fail(f"relocation of type {kind} at {offset:#x} needs a dynamic linker; link it with -static-pie")
        return tuple(found)

    def _dynamic_tags(self, dynamic: _Phdr) -> dict[int, int]:
        end = min(dynamic.offset + dynamic.filesz, len(self._image))
        tags: dict[int, int] = {}
        for offset in range(dynamic.offset, end - _DYN.size + 1, _DYN.size):
            tag, value = _DYN.unpack_from(self._image, offset)
            if tag == 0:
                break
            tags.setdefault(tag, value)
        return tags

    def _dynamic_symbol(self, tags: dict[int, int], index: int) -> int:
        entry = self._at_address(tags.get(_DT_SYMTAB, 0) + 24 * index, 24)
        section, value = struct.unpack("<6xHQ8x", entry)
        if section == 0 and index:
            raise self._fail("has an undefined symbol; link it with everything it needs")
        return int(value)

    def _at_address(self, address: int, size: int) -> bytes:
        """Bytes of the file that a run would see at `address`."""
        for p in self._phdrs:
            if p.type == _PT_LOAD and p.vaddr <= address and address + size <= p.vaddr + p.filesz:
                start = p.offset + address - p.vaddr
                if start + size <= len(self._image):
                    return self._image[start : start + size]
        raise self._fail(f"damaged: its dynamic section points outside the program ({address:#x})")

    def _kept_relocations(self) -> tuple[Relocation, ...]:
        """Relocations that a linker without -pie was told to keep (--emit-relocs)."""
        values = sec.symbol_values(self._image, self._sections)
        found = []
        for section in self._sections:
            target = self._sections[section.info] if section.type == sec.SHT_RELA and section.info < len(self._sections) else None
            if target is None or not target.flags & sec.SHF_ALLOC:
                continue
            table = self._image[section.offset : section.offset + section.size // _RELA.size * _RELA.size]
            for offset, kind, symbol, addend in _RELA.iter_unpack(table[: len(table) // _RELA.size * _RELA.size]):
                if kind in (_R_32, _R_HI20, _R_LO12_I, _R_LO12_S):
                    raise self._fail(f"holds an absolute 32-bit address at {offset:#x}; use `la` or `lla`, or .dword in tables")
                if kind == _R_64 and symbol < len(values):
                    found.append(Relocation(offset, (values[symbol] + addend) % (1 << 64)))
        return tuple(found)


__all__ = ["Program", "Relocation", "Segment", "Symbol", "is_elf", "load_elf", "read_headers"]
