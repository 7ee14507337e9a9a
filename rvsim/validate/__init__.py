"""How far simulated figures are from measured ones: reference rows, programs that take the same measure, and scores.

    reference.py   measured rows from CSV files            data/       the figures that come with rvsim, with their sources
    loops.py       the 64-copy measuring loop, latencies   score.py    errors, rank correlation
    run.py         rows -> processes -> `Validation`

It runs programs through `Machine` like any user; it must not know how time is computed.
"""

from .reference import KINDS, PLURAL, Row, packaged, read
from .run import Validation, validate
from .score import Scored, Skipped, Summary, spearman, summarise, worst

__all__ = [
    "KINDS",
    "PLURAL",
    "Row",
    "Scored",
    "Skipped",
    "Summary",
    "Validation",
    "packaged",
    "read",
    "spearman",
    "summarise",
    "validate",
    "worst",
]
