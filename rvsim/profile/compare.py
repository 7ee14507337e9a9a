"""Two reports side by side: totals, cycles by cause, cycles by loop. Reads the reports and nothing else.

Loops of the same program are matched by place; of different programs by rank, hottest with hottest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from .recorded import CAUSE_NAMES
from .report import Loop, Report
from .verdict import own_cycles, verdict

_LOOPS = 8
_WIDTH = 100  # of a line of the text


@dataclass(frozen=True, slots=True)
class Pair:
    """A loop of each report, or of one of them; cycles are those outside of inner loops."""

    a: Loop | None
    b: Loop | None
    a_cycles: int
    b_cycles: int


def compare(a: Report, b: Report) -> dict[str, Any]:
    """The comparison as plain data (docs/reference/report.md): every figure as [a, b]."""
    causes = [cause for cause in CAUSE_NAMES if a.stalls.get(cause) or b.stalls.get(cause)]
    return {
        "schema": 1, "status": "ok", "a": _who(a), "b": _who(b), "speedup": a.cycles / b.cycles if b.cycles else None,
        **{name: [getattr(a, name), getattr(b, name)] for name in _FIGURES},
        "stalls": {cause: [a.stalls.get(cause, 0), b.stalls.get(cause, 0)] for cause in causes},
        "units": {name: [_busy(a, name), _busy(b, name)] for name in dict.fromkeys(unit.name for unit in (*a.units, *b.units))},
        "loops": [
            {
                "name": [_name(pair.a), _name(pair.b)], "cycles": [pair.a_cycles, pair.b_cycles],
                "iterations": [_times(pair.a), _times(pair.b)],
            }
            for pair in match_loops(a, b)
        ],
    }  # fmt: skip


_FIGURES = ("cycles", "instructions", "vector_instructions", "flop", "bytes", "flop_per_cycle", "utilization", "bound_utilization")


def _who(report: Report) -> dict[str, Any]:
    return {"target": report.target, "variant": report.variant, "machine": report.machine, "set": report.set, "params": report.params}


def _busy(report: Report, name: str) -> int | None:
    return next((unit.busy for unit in report.units if unit.name == name), None)


def _name(loop: Loop | None) -> str | None:
    return None if loop is None else loop.name


def _times(loop: Loop | None) -> int | None:
    return None if loop is None else loop.iterations


def match_loops(a: Report, b: Report) -> list[Pair]:
    """Loops in pairs, the costliest first."""
    own_a, own_b = own_cycles(a), own_cycles(b)
    same = [row.text for row in a.rows][:32] == [row.text for row in b.rows][:32] and {loop.name for loop in a.loops} & {
        loop.name for loop in b.loops
    }
    pairs: list[Pair] = []
    if same:
        names = {loop.name: i for i, loop in enumerate(b.loops)}
        for i, loop in enumerate(a.loops):
            at = names.pop(loop.name, None)
            pairs.append(Pair(loop, None if at is None else b.loops[at], own_a[i], 0 if at is None else own_b[at]))
        pairs += [Pair(None, b.loops[at], 0, own_b[at]) for at in names.values()]
    else:
        first = sorted(range(len(a.loops)), key=lambda i: -own_a[i])
        second = sorted(range(len(b.loops)), key=lambda i: -own_b[i])
        for left, right in zip_longest(first, second):
            mine, theirs = None if left is None else a.loops[left], None if right is None else b.loops[right]
            pairs.append(Pair(mine, theirs, 0 if left is None else own_a[left], 0 if right is None else own_b[right]))
    return sorted(pairs, key=lambda pair: -max(pair.a_cycles, pair.b_cycles))


def title(report: Report) -> str:
    """`matmul 7x4 on ara-4l lanes=2`."""
    changed = "".join(f" {key}={value}" for key, value in report.set.items())
    return f"{report.name} on {report.machine}{changed}"


def text(a: Report, b: Report) -> str:
    """The comparison to read."""
    return "\n".join(_lines(a, b))


def _lines(a: Report, b: Report) -> Iterator[str]:
    yield f"A  {title(a)}"
    yield f"B  {title(b)}"
    different = {key for key in (*a.params, *b.params) if a.params.get(key) != b.params.get(key)}
    if different:
        yield "   " + ", ".join(f"{key}: {a.params.get(key, '-')} against {b.params.get(key, '-')}" for key in sorted(different))
    yield ""
    yield f"  {_judgement(a, b)}"
    for side, report in (("A", a), ("B", b)):
        yield from wrap(f"{side}: {verdict(report).headline}", _WIDTH, initial_indent="  ", subsequent_indent="     ")
    yield ""
    yield _row("", "A", "B", "B - A", "B / A")
    counts = (("cycles", "cycles"), ("instructions", "instructions"), ("of them vector", "vector_instructions"), ("bytes", "bytes"))
    for label, name in counts:
        yield _numbers(label, getattr(a, name), getattr(b, name))
    for label, name in (("of the peak", "utilization"), ("of the roofline", "bound_utilization")):
        x, y = getattr(a, name), getattr(b, name)
        if x is not None or y is not None:
            yield _row(label, "-" if x is None else f"{x:.1%}", "-" if y is None else f"{y:.1%}", "", "")
    yield ""
    yield _row("cycles by cause", "A", "B", "B - A", "B / A")
    causes = sorted(CAUSE_NAMES, key=lambda cause: -max(a.stalls.get(cause, 0), b.stalls.get(cause, 0)))
    for cause in causes:
        if a.stalls.get(cause) or b.stalls.get(cause):
            yield _numbers(cause, a.stalls.get(cause, 0), b.stalls.get(cause, 0))
    pairs = [pair for pair in match_loops(a, b) if max(a.share(pair.a_cycles), b.share(pair.b_cycles)) >= 0.01][:_LOOPS]
    if pairs:
        yield ""
        yield _row("cycles by loop", "A", "B", "B - A", "B / A") + "   without inner loops"
        for pair in pairs:
            names = [name for name in (_name(pair.a), _name(pair.b)) if name is not None]
            both = names[0] if len(set(names)) == 1 else f"A {_name(pair.a) or '-'}, B {_name(pair.b) or '-'}"
            yield _numbers("", pair.a_cycles, pair.b_cycles) + f"   {both}"


def _judgement(a: Report, b: Report) -> str:
    if not a.cycles or not b.cycles:
        return "one of them has no cycles"
    ratio = a.cycles / b.cycles
    if 0.995 <= ratio <= 1.005:
        return "B takes as long as A" if a.cycles == b.cycles else f"B takes about as long as A ({b.cycles - a.cycles:+,} cycles)"
    return f"B is {ratio:.2f} times as fast as A" if ratio > 1 else f"B is {1 / ratio:.2f} times as slow as A"


def _numbers(label: str, x: int, y: int) -> str:
    return _row(label, f"{x:,}", f"{y:,}", f"{y - x:+,}" if y != x else "0", f"{y / x:.2f}" if x else "-")


def _row(label: str, a: str, b: str, change: str, ratio: str) -> str:
    return f"  {label:<16}{a:>15}{b:>15}{change:>16}{ratio:>8}".rstrip()
