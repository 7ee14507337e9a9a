"""How far simulated figures are from measured ones: reference rows, programs that take the same measure, and scores.

    reference.py    measured rows from CSV files; data/ has those that come with rvsim
    loops.py        the 64-copy measuring loop, dependency chains       assembler.py   text to words without a toolchain
    kernels.py      warm kernels, whose code is kernel_code.py          ara.py         what Ara's RTL was measured on
    run.py          rows -> processes -> `Validation`                   score.py       errors, rank correlation
    document.py     the tables and the figure of docs/accuracy.md

It runs programs through `Machine` like any user; it must not know how time is computed.
"""

from .reference import KINDS, PLURAL, Row, packaged, read
from .run import Validation, validate
from .score import Scored, Skipped, Summary, spearman, summarise, worst

__all__ = [
    "KINDS", "PLURAL", "Row", "Scored", "Skipped", "Summary", "Validation",
    "packaged", "read", "spearman", "summarise", "validate", "worst",
]  # fmt: skip
