"""Program files to data: `load_elf` reads a RISC-V ELF and returns a `Program`.

    elf        header, segments, relocations; every damage is a one-line ElfError
    sections   symbols and build attributes, left out where damaged
    data       static objects and the padding behind them, for checks of bounds
    lines      source lines from the debug information, read when asked for
    program    the result: frozen data, `rebased(base)`, `symbolize(pc)`, `line_of(pc)`

Imports nothing of ours but the errors; placing a program in memory and running it is done above.
"""

from rvsim.loader.data import Datum, StaticData, static_data
from rvsim.loader.elf import is_elf, load_elf
from rvsim.loader.program import EXECUTE, READ, WRITE, Program, Relocation, Segment, Symbol

__all__ = [
    "EXECUTE", "READ", "WRITE", "Datum", "Program", "Relocation", "Segment", "StaticData", "Symbol", "is_elf", "load_elf", "static_data",
]  # fmt: skip
