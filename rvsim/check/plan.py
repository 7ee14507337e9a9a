"""Which values a check tries: sizes around every edge a kernel can have, and the configurations for each of them.

Edges come from the machine (VLMAX of each LMUL, one less, one more, half as much again) and from the small numbers among which
register tiles and unrolling lie. The choice is random but fixed: the same command tries the same cases.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from .bench import Placement
from .subject import Size, Subject

VLENS = (128, 256, 512, 1024, 2048, 4096)
SMALL = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 23, 31, 32, 33)
MOST_WORK = 300_000.0  # element operations of a case
TRIES = 40  # draws for each case wanted


@dataclass(frozen=True, slots=True)
class Config:
    """One way to run a case: the hardware's choices and where the arrays lie."""

    vlen: int
    half: bool
    place: Placement


def edges(vlen: int, element: int) -> list[int]:
    """Vector lengths around which a strip-mined loop changes course."""
    out: set[int] = set()
    for lmul in (1, 2, 4, 8):
        vlmax = vlen // 8 // element * lmul
        out |= {vlmax - 1, vlmax, vlmax + 1, vlmax + vlmax // 2 + 1, 2 * vlmax + 3}
    return sorted(n for n in out if n > 0)


def shapes(subject: Subject, vlen: int, count: int, seed: int) -> list[dict[str, int | float | str]]:
    """At most `count` sets of parameter values; each parameter meets every kind of value."""
    rng = random.Random(f"{seed} {vlen} {subject.name}")
    wide = edges(vlen, subject.element)
    sizes = subject.sizes
    found: dict[tuple[object, ...], dict[str, int | float | str]] = {}
    wanted = _systematic(sizes, wide, rng)
    for _ in range(TRIES * count):
        if len(found) >= count:
            break
        values = next(wanted, None)
        if values is None:
            values = _random(sizes, wide, rng)
        for size in sizes:
            if size.tied is not None and rng.random() < 0.9:
                values[size.name] = values[size.tied]
        if subject.work(values, vlen) <= MOST_WORK:
            found.setdefault(tuple(values.values()), values)
        if not sizes:
            break
    return list(found.values())


def _systematic(sizes: tuple[Size, ...], wide: list[int], rng: random.Random) -> Iterator[dict[str, int | float | str]]:
    """Every edge value once for each parameter, the other parameters at modest values."""
    free = sum(1 for s in sizes if not s.choices and s.low != s.high)
    order = [(s, value) for s in sizes for value in _values(s, wide)]
    rng.shuffle(order)
    yield {s.name: s.default if s.default is not None else _modest(s, free, rng) for s in sizes}
    for size, value in order:
        yield {s.name: value if s is size else _modest(s, free, rng) for s in sizes}


def _values(size: Size, wide: list[int]) -> list[int | float | str]:
    if size.choices:
        return list(size.choices)
    return [n for n in dict.fromkeys([*SMALL, *wide, size.low, min(size.high, 4096)]) if size.admits(n)]


def _modest(size: Size, free: int, rng: random.Random) -> int | float | str:
    """A value that keeps a case small: the more parameters vary, the smaller; options such as a stride mostly at their default."""
    option = size.default is not None and (size.choices or (isinstance(size.default, int) and size.default <= 1))
    if option and rng.random() < 0.7:
        return size.default  # type: ignore[no-any-return]
    if size.choices:
        return rng.choice(size.choices)  # type: ignore[no-any-return]
    small = [n for n in (SMALL if free < 3 else SMALL[:15] if free == 3 else SMALL[:7]) if size.admits(n)]
    return rng.choice(small) if small else size.low


def _random(sizes: tuple[Size, ...], wide: list[int], rng: random.Random) -> dict[str, int | float | str]:
    """Two parameters anywhere, the others modest."""
    free = [s for s in sizes if s.choices or s.low != s.high]
    bold = rng.sample(free, min(2, len(free)))
    values = {s.name: _modest(s, len(free), rng) for s in sizes}
    for size in bold:
        known = _values(size, wide)
        steps = (size.high - size.low) // size.step
        values[size.name] = rng.choice(known) if known else size.low + size.step * rng.randint(0, steps)
    return values


def placements(unaligned: bool) -> Iterator[Placement]:
    """An endless cycle of places for the arrays."""
    shifts = (0, 1, 3, 2, 5, 7)
    yield from itertools.cycle(Placement(shift, edge, unaligned) for shift in shifts for edge in (False, True))
