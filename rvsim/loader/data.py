"""The static data of a program: which bytes its sections fill, and which of them are padding behind an object.

Read from section headers and the symbol table (gABI chapter 4), so a stripped file has none. What a compiler keeps without a
name (constants, strings) is told from padding by what it holds and by its size: padding is zero, and shorter than the alignment.
"""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass

from rvsim.loader import sections as sec
from rvsim.loader.elf import read_headers
from rvsim.loader.program import Program

MOST_SECTIONS = 1000  # of a program that is looked at; linkers make some dozens
#: Section types that hold a program's own code and data (PROGBITS, NOBITS, arrays of constructors), and not the linker's tables.
_CONTENT = frozenset({1, sec.SHT_NOBITS, 14, 15, 16})


@dataclass(frozen=True, slots=True)
class Datum:
    """A static object: `size` bytes at `address`. writable: whether its section is."""

    name: str
    address: int
    size: int
    writable: bool

    @property
    def end(self) -> int:
        return self.address + self.size


@dataclass(frozen=True, slots=True)
class StaticData:
    """filled: (start, end) of sections in memory, code included; padding: (start, end) behind objects; objects: by address."""

    filled: tuple[tuple[int, int], ...]
    padding: tuple[tuple[int, int], ...]
    objects: tuple[Datum, ...]


def static_data(program: Program) -> StaticData | None:
    """What is known of a program's static data, at the addresses where it has been placed; None without section headers."""
    sections = read_headers(program.image)
    placed = [
        s
        for s in sections
        if s.flags & sec.SHF_ALLOC and s.size and s.type in _CONTENT and not (s.flags & sec.SHF_TLS and s.type == sec.SHT_NOBITS)
    ]
    if not 0 < len(placed) <= MOST_SECTIONS or program.kind == "rel":
        return None
    symbols = sec.read_objects(program.image, sections)
    objects: list[Datum] = []
    padding: list[tuple[int, int]] = []
    for section in placed:
        if section.flags & (sec.SHF_EXECINSTR | sec.SHF_TLS):
            continue
        end = section.address + section.size
        inside = sorted((s for s in symbols if section.address <= s.address < end), key=lambda s: (s.address, -s.size))
        sized = [s for s in inside if s.kind == "object" and not s.name.startswith(".L") and 0 < s.size <= end - s.address]
        objects += [Datum(s.name, s.address, s.size, bool(section.flags & sec.SHF_WRITE)) for s in sized]
        marks = sorted({s.address for s in inside} | {end})
        low = section.address  # the highest end so far: an object within another, or an alias, ends nothing
        for this, following in itertools.pairwise([*sized, None]):
            low = max(low, this.address + this.size) if this is not None else low
            if following is None or following.address >= low:
                padding += _padding(program.image, section, low, marks[bisect.bisect_left(marks, low)])
    base = program.base
    return StaticData(
        tuple((s.address + base, s.address + s.size + base) for s in placed),
        tuple((low + base, high + base) for low, high in sorted(padding)),
        tuple(Datum(d.name, d.address + base, d.size, d.writable) for d in sorted(objects, key=lambda d: (d.address, -d.size))),
    )


def _padding(image: bytes, section: sec.Section, low: int, high: int) -> list[tuple[int, int]]:
    """[(low, high)] where that is what alignment leaves between two objects of a section, else nothing."""
    if not 0 < high - low < section.align:
        return []
    content = (
        b"" if section.type == sec.SHT_NOBITS else image[section.offset + low - section.address : section.offset + high - section.address]
    )
    return [] if any(content) else [(low, high)]
