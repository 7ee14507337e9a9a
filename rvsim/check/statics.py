"""The byte map of a program's static data: where an access is outside every object, and beside which one.

    StaticData (sections, objects, padding) --> Statics.flags: for ByteMap.set_own    Statics.near: for messages

Objects side by side have alternating colours, so that one access that reaches from one into the next is seen. Knows addresses
only; what a compiler keeps without a name counts as allowed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rvsim.engine.checked import COLOURS
from rvsim.machine.program import Datum, Program

PAGE = 4096
MOST = 64 << 20  # bytes of a map; larger programs are not watched
NEAR = 1 << 16  # bytes between an address and the object that it is told of
_ALLOWED = 3  # readable and writable: page permissions hold


@dataclass(frozen=True, slots=True)
class Statics:
    """`flags` for the bytes from `base` on, as `ByteMap.set_own` has them; `objects` by address."""

    base: int
    flags: npt.NDArray[np.uint8]
    objects: tuple[Datum, ...]

    def near(self, address: int, *, inside: bool) -> tuple[Datum, str] | None:
        """(object, '4 bytes past the end of table (64 bytes)') for an address. inside: it may lie in one; otherwise it is beyond."""
        within = [d for d in self.objects if d.address <= address < d.end]
        if inside:
            return (within[-1], f"byte {address - within[-1].address} of {label(within[-1])}") if within else None
        best: tuple[int, Datum, str] | None = None
        for datum in self.objects:
            if datum in within:
                continue
            if address < datum.address:
                gap, side = datum.address - address, f"before the start of {label(datum)}"
            else:
                gap, side = address - datum.end, f"past the end of {label(datum)}"
            if gap <= NEAR and (best is None or gap < best[0] or (gap == best[0] and address >= datum.end)):
                best = gap, datum, side if gap == 0 else f"{gap} byte{'s' if gap != 1 else ''} {side}"
        return None if best is None else best[1:]


def label(datum: Datum) -> str:
    """The object's name and size."""
    return f"{datum.name} ({datum.size} bytes)"


def read_statics(program: Program) -> Statics | None:
    """The map of a loaded program; None where the file tells nothing, or where it is too large."""
    known = program.statics()
    segments = [s for s in program.image.segments if s.size]
    if known is None or not segments:
        return None
    base = min(s.address for s in segments) // PAGE * PAGE
    end = -(-max(s.end for s in segments) // PAGE) * PAGE
    if end - base > MOST:
        return None
    flags = np.full(end - base, _ALLOWED, np.uint8)
    for segment in segments:
        flags[segment.address // PAGE * PAGE - base : -(-segment.end // PAGE) * PAGE - base] = 0
    for low, high in known.filled:
        flags[max(0, low - base) : max(0, high - base)] = _ALLOWED
    if program.image.headers is not None:
        start = program.image.headers[0] // PAGE * PAGE - base
        flags[max(0, start) : max(0, program.image.headers[0] + 56 * program.image.headers[1] - base)] = _ALLOWED
    for low, high in known.padding:
        flags[max(0, low - base) : max(0, high - base)] = 0
    colours, covered = itertools.cycle(COLOURS), 0
    for datum in known.objects:  # by address, of those that begin together the largest first: an alias within another adds nothing
        if datum.address >= covered:
            flags[max(0, datum.address - base) : max(0, datum.end - base)] |= np.uint8(next(colours))
            covered = datum.end
    return Statics(base, flags, known.objects)
