"""The object users hold: a machine, the programs in it, and what runs on it gives back.

    machine.py   Machine: memory, registers, loading, running kernels
    program.py   Program: symbols, calling C functions with arrays
    abi.py       prototypes and argument passing          registers.py   x, f and CSRs as Python sequences
    bare.py      whole bare-metal programs (HTIF)         fault.py       what went wrong, in one line
    result.py    Result: counts, timing, correctness            limits.py   sizes, limits and files that users ask for
"""

from .bare import ElfResult, run_elf
from .limits import parse_size
from .machine import Machine
from .program import Program
from .result import SCHEMA, Peak, Result

__all__ = ["SCHEMA", "ElfResult", "Machine", "Peak", "Program", "Result", "parse_size", "run_elf"]
