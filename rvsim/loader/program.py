"""A loaded program as data: segments, symbols, relocations, debug lines. Nothing here runs or places it.

`Program.rebased(base)` is the loader's half of System V gABI chapter 5 for static position-independent programs: it
moves everything by `base` and applies the relative relocations. Knows nothing about simulated memory.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rvsim.errors import ElfError

READ, WRITE, EXECUTE = 4, 2, 1  # segment flags as in p_flags
_WORD = 8  # bytes of the 64-bit words that relocations patch


@dataclass(frozen=True)
class Segment:
    """A range of memory: `data` at `address`, zeros up to `size` bytes, `flags` of READ | WRITE | EXECUTE."""

    address: int
    data: bytes = field(repr=False)
    size: int
    flags: int

    @property
    def end(self) -> int:
        return self.address + self.size


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name for an address; `size` is 0 where the file gives none (labels of hand-written assembly)."""

    name: str
    address: int
    size: int
    kind: Literal["function", "object", "label"]
    is_global: bool


@dataclass(frozen=True, slots=True)
class Relocation:
    """A 64-bit word at `address` that holds the address `value`; both move with the program."""

    address: int
    value: int


@dataclass(frozen=True)
class Program:
    """What a RISC-V ELF file says, checked.

    kind        'exec' has fixed addresses, 'pie' may be moved by `rebased`, 'rel' is an object file that needs linking
    segments    sorted by address, never overlapping
    symbols     name -> Symbol; a global one wins over a local one of the same name
    isa         ISA string of .riscv.attributes, versions included, or None
    headers     address and number of the program headers where a run sees them, or None
    """

    path: str
    kind: Literal["exec", "pie", "rel"]
    entry: int
    segments: tuple[Segment, ...]
    symbols: dict[str, Symbol]
    relocations: tuple[Relocation, ...] = ()
    isa: str | None = None
    headers: tuple[int, int] | None = None
    base: int = 0
    image: bytes = field(default=b"", repr=False, compare=False)

    @property
    def tohost(self) -> int | None:
        """Address of the HTIF word that ends a bare-metal program, or None."""
        return self.address_of("tohost")

    @property
    def fromhost(self) -> int | None:
        return self.address_of("fromhost")

    @property
    def signature(self) -> tuple[int, int] | None:
        """Address range that a conformance program leaves its results in, or None."""
        begin, end = self.address_of("begin_signature"), self.address_of("end_signature")
        return None if begin is None or end is None or end < begin else (begin, end)

    def address_of(self, name: str) -> int | None:
        symbol = self.symbols.get(name)
        return None if symbol is None else symbol.address

    @property
    def functions(self) -> tuple[str, ...]:
        """Global names that can be called: in an executable segment, functions and labels, sorted."""
        return tuple(sorted(s.name for s in self.symbols.values() if s.is_global and s.kind != "object" and self._executable(s.address)))

    def rebased(self, base: int, *, relocate: bool = True) -> Program:
        """The program moved up by `base` with its relocations applied; ElfError unless it is position independent.

        relocate=False: for programs whose own start-up code applies them, as Linux has it.
        """
        if self.kind != "pie":
            raise ElfError(f"{self.path}: has fixed addresses and cannot be moved; link it with -static-pie")
        images = [bytearray(segment.data) for segment in self.segments]
        starts = [segment.address for segment in self.segments]
        for relocation in self.relocations if relocate else ():
            index = bisect.bisect_right(starts, relocation.address) - 1
            offset = relocation.address - starts[index] if index >= 0 else -1
            # Zero-filled memory has no room for one: linkers put every word that they relocate into the file.
            if offset < 0 or offset + _WORD > len(images[index]):
                raise ElfError(f"{self.path}: damaged: a relocation points outside the program ({relocation.address:#x})")
            image = images[index]
            image[offset : offset + _WORD] = ((relocation.value + base) % (1 << 64)).to_bytes(_WORD, "little")
        return dataclasses.replace(
            self,
            entry=self.entry + base,
            segments=tuple(
                dataclasses.replace(segment, address=segment.address + base, data=bytes(image))
                for segment, image in zip(self.segments, images, strict=True)
            ),
            symbols={name: dataclasses.replace(s, address=s.address + base) for name, s in self.symbols.items()},
            relocations=tuple(Relocation(r.address + base, r.value + base) for r in self.relocations),
            headers=None if self.headers is None else (self.headers[0] + base, self.headers[1]),
            base=self.base + base,
        )

    def symbol_at(self, pc: int) -> Symbol | None:
        """The symbol whose code `pc` lies in: the nearest function or global label at or below it, else a local label."""
        if not self._executable(pc):
            return None
        nearest = None
        for starts, symbols in self._code_symbols:
            index = bisect.bisect_right(starts, pc) - 1
            if index >= 0:
                symbol = symbols[index]
                if not symbol.size or pc < symbol.address + symbol.size:
                    return symbol
                nearest = nearest or symbol
        return nearest

    def symbolize(self, pc: int) -> str:
        """`name`, `name+0x1c`, or the plain address where no symbol is near."""
        symbol = self.symbol_at(pc)
        if symbol is None:
            return f"{pc:#x}"
        return symbol.name if pc == symbol.address else f"{symbol.name}+{pc - symbol.address:#x}"

    def line_of(self, pc: int) -> tuple[str, int] | None:
        """Source file and line of the instruction at `pc`, from the debug information; None without it."""
        starts, rows = self._lines
        index = bisect.bisect_right(starts, pc - self.base) - 1
        return rows[index] if index >= 0 else None

    def source_of(self, pc: int) -> str | None:
        """The text of the source line at `pc`, where the file is still there."""
        place = self.line_of(pc)
        if place is None:
            return None
        try:
            lines = Path(place[0]).read_text(errors="replace").splitlines()
        except (OSError, ValueError):
            return None
        return lines[place[1] - 1].strip() if 0 < place[1] <= len(lines) else None

    def _executable(self, address: int) -> bool:
        return any(s.flags & EXECUTE and s.address <= address < s.end for s in self.segments)

    @functools.cached_property
    def _code_symbols(self) -> tuple[tuple[list[int], list[Symbol]], ...]:
        """Sorted code symbols: first those that name functions, then all local labels."""
        code = [s for s in self.symbols.values() if s.kind != "object" and self._executable(s.address)]
        code.sort(key=lambda s: (s.address, s.is_global, s.size))
        groups = ([s for s in code if s.is_global or s.kind == "function"], [s for s in code if not s.is_global and s.kind == "label"])
        return tuple(([s.address for s in group], group) for group in groups)

    @functools.cached_property
    def _lines(self) -> tuple[list[int], list[tuple[str, int] | None]]:
        from rvsim.loader.lines import line_table

        return line_table(self.image, str(Path(self.path).absolute().parent))
