"""Recorded data to what a reader sees. Takes plain data, runs nothing, prints nothing.

    recorded.py  what a run leaves behind        loops.py     natural loops of the executed code
    build.py     Recorded -> Report              rounding.py  cycles that are whole and sum
    report.py    Report: the object behind every output, saved as JSON
    recording.py the log of a window: every instruction in it, with the times of its stages
    text.py      the short readable result of one run
    screen.py    the full profile as text        verdict.py   what limits the run, in a sentence
    notebook.py  what Jupyter shows

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .recording import Recording, Window
    from .report import Report
    from .text import MEANINGS

_HOME = {"Recording": "recording", "Window": "recording", "Report": "report", "MEANINGS": "text"}

__all__ = ["MEANINGS", "Recording", "Report", "Window"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
