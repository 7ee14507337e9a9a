"""Recorded data to what a reader sees. Takes plain data, runs nothing, prints nothing.

    text.py   the short readable result of one run
"""

from .text import MEANINGS, report

__all__ = ["MEANINGS", "report"]
