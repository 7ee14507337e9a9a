"""What this processor can do, and whether it is enough for the native modules: asked before any of them is loaded.

A module built for AVX-512 ends the process on a processor without it; here that becomes an error that says what to do. Also chooses
among the element loops where several SIMD levels were built (RVSIM_LEVELS=all). Plain Python; `_built` is written by setup.py.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from .errors import UsageError

CPUINFO = Path("/proc/cpuinfo")


def features_of(cpuinfo: str) -> frozenset[str] | None:
    """Feature words of the first processor in the text of /proc/cpuinfo; None where it names none."""
    for line in cpuinfo.splitlines():
        name, _, words = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return frozenset(words.split())
    return None


@cache
def features() -> frozenset[str] | None:
    """Feature words of this processor as Linux names them; None where they cannot be known."""
    try:
        with CPUINFO.open() as file:
            return features_of(file.read(16384))
    except OSError:
        return None


def _built() -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """What every native module needs, and (level, what its loops need) of each level built, the best first."""
    try:
        from . import _built as built
    except ImportError:  # nothing is built yet
        return (), (("", ()),)
    return built.REQUIRES, built.LEVELS


def missing(needs: tuple[str, ...], has: frozenset[str] | None) -> list[str]:
    """What a processor lacks; nothing where its features are not known."""
    return [] if has is None else [name for name in needs if name not in has]


def check() -> None:
    """Raises UsageError on a processor that the native modules were not built for."""
    lacks = missing(_built()[0], features())
    if lacks:
        raise UsageError(
            f"rvsim was built for a processor with {', '.join(lacks)}, which this one lacks: build it here "
            "(pip install --force-reinstall --no-binary rvsim-ml rvsim-ml), or for every processor with RVSIM_LEVELS=all"
        )


def level() -> str:
    """The SIMD level whose element loops run here: '' for the only or the lowest one. RVSIM_LEVEL asks for one of those built."""
    levels = dict(_built()[1])
    wanted = os.environ.get("RVSIM_LEVEL")
    if wanted is not None and wanted != "best":
        name = "" if wanted == "baseline" else wanted
        if name not in levels:
            built = ", ".join(level or "baseline" for level in levels)
            raise UsageError(f"RVSIM_LEVEL={wanted} was not built; built: {built} (RVSIM_LEVELS=all builds every level)")
        lacks = missing(levels[name], features())
        if lacks:
            raise UsageError(f"RVSIM_LEVEL={wanted} needs {', '.join(lacks)}, which this processor lacks")
        return name
    return next((name for name, needs in levels.items() if not missing(needs, features())), "")
