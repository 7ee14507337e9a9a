"""The time that a program sees: simulated, so that every run sees the same, or the host's on request.

A simulated cycle is a nanosecond; without a clock in the machine, an instruction is. Sleeping moves the clock and takes no time.
"""

from __future__ import annotations

import time
from collections.abc import Callable

TICKS_PER_SECOND = 1_000_000_000  # of the simulated machine: cycles, which the `time` CSR counts too
_EPOCH = 946_684_800  # what CLOCK_REALTIME says at the start: 2000-01-01 00:00 UTC


class Clock:
    """ticks: how far the simulation is; None: use the host's clocks."""

    def __init__(self, ticks: Callable[[], int] | None) -> None:
        self._ticks = ticks
        self._slept = 0

    def running(self) -> int:
        """Nanoseconds since some start: monotonic and CPU time."""
        return time.monotonic_ns() if self._ticks is None else self._ticks() * 1_000_000_000 // TICKS_PER_SECOND + self._slept

    def wall(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns() if self._ticks is None else _EPOCH * 1_000_000_000 + self.running()

    def sleep(self, nanoseconds: int) -> None:
        """Let time pass."""
        if self._ticks is None:
            time.sleep(min(nanoseconds, 1 << 62) / 1e9)
        else:
            self._slept = min(self._slept + nanoseconds, 1 << 61)
