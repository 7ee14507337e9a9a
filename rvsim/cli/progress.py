"""How far a long run is: one line on stderr that is rewritten, from two seconds on. Nothing in a pipe, nothing with --quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType

_PATIENCE = 2.0  # seconds before the first line
_INTERVAL = 0.25  # between two


class Progress:
    """Around a run: `hook` goes to the machine, which calls it with the instructions executed so far.

    total: instructions the run will take, for the time that is left; None: unknown.
    """

    def __init__(self, *, quiet: bool = False, total: int | None = None) -> None:
        self._on = not quiet and sys.stderr.isatty()
        self._total = total
        self._shown = False
        self._began = self._last = time.monotonic()

    @property
    def hook(self) -> Callable[[int], None] | None:
        """What the machine calls; None when nobody would see it."""
        return self._tick if self._on else None

    def over(self, write: Callable[[bytes], object]) -> Callable[[bytes], object]:
        """`write`, for output of the program: the line makes room for it."""
        if not self._on:
            return write

        def out(data: bytes) -> None:
            self.clear()
            write(data)

        return out

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.clear()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False

    def _tick(self, instructions: int) -> None:
        now = time.monotonic()
        if now - self._began < _PATIENCE or now - self._last < _INTERVAL:
            return
        self._last = now
        self._shown = True
        sys.stderr.write("\r\x1b[K" + line(instructions, now - self._began, self._total))
        sys.stderr.flush()


def line(instructions: int, seconds: float, total: int | None) -> str:
    """`rvsim: 123.4 million instructions, 45.6 MIPS, 0:03 elapsed, about 0:02 left`."""
    rate = instructions / seconds if seconds > 0 else 0.0
    text = f"rvsim: {instructions / 1e6:,.1f} million instructions, {rate / 1e6:.1f} MIPS, {_clock(seconds)} elapsed"
    if total is not None and rate and total > instructions:
        text += f", about {_clock((total - instructions) / rate)} left"
    return text


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02}"
