"""docs/accuracy.md: its tables and figure from a validation of the packaged figures; the prose around them is written by hand.

`python -m rvsim.validate docs/accuracy.md` replaces what stands between the two marks in that file and draws the figure beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from rvsim.errors import UsageError
from rvsim.isa import BY_NAME

from .reference import PLURAL
from .score import Scored, Summary, summarise, summary, worst

BEGIN, END = "<!-- figures: begin, written by python -m rvsim.validate -->", "<!-- figures: end -->"
IMAGE = "img/accuracy.svg"

# (machine, kind) -> what the project asks for: median and 90th percentile of the absolute relative error; None: no bar.
TARGETS: dict[tuple[str, str], tuple[float, float | None]] = {
    **{(machine, "instructions"): (0.02, 0.08) for machine in ("spacemit-x60", "spacemit-x100", "sifive-x280", "saturn-v256d128")},
    **{(machine, "kernels"): (0.12, 0.30) for machine in ("spacemit-x60", "spacemit-x100", "saturn-v256d128")},
    **{(machine, "instructions"): (0.03, 0.10) for machine in ("ara-2l", "ara-4l")},
    **{(machine, "kernels"): (0.04, None) for machine in ("ara-2l", "ara-4l")},
    ("spacemit-x60", "latencies"): (0.05, None),
}
RANK_TARGET = 0.95

# Groups of instructions by the unit of the table, the first that matches.
_GROUPS = (
    ("divide, square root", r"v_(int_div|fp_div|fp_sqrt)"),
    ("reductions", r"v_reduce"),
    ("slides, gathers, compress", r"v_(slide|gather|compress)"),
    ("compares and masks", r"v_(compare|fp_compare|mask|iota|carry_mask)"),
    ("moves between files", r"v_(vec_to_scalar|scalar_to_vec|move_whole)"),
    ("widening, narrowing", r"v_(fp_)?(widen|narrow|cvt_widen|cvt_narrow)|v_narrow"),
    ("multiply", r"v_(int_mul|int_macc|fixed_mul|clmul)"),
    ("floating point", r"v_fp"),
    ("segments", r"v_(load|store)_seg"),
    ("strided, indexed", r"v_(load|store)_(strided|indexed)"),
    ("unit stride", r"v_(load|store)"),
    ("integer", r"v_"),
    ("scalar", r""),
)


def group_of(scored: Scored) -> str:
    """The group of an instruction row; the kernel of a kernel row; what else is a sequence."""
    row = scored.row
    if row.kind == "kernel":
        return row.name.removeprefix("app:")
    name = row.name.split()[0]
    if name not in BY_NAME or "+" in row.name:
        return "sequences"
    unit = BY_NAME[name].unit
    return next(group for group, pattern in _GROUPS if re.match(pattern, unit))


def block(rows: Sequence[Scored]) -> str:
    """The generated part of the page, in Markdown."""
    found = summarise(rows)
    parts = [
        "| machine | kind | rows | median error | 90th percentile | rank correlation | asked for |",
        "|---|---|--:|--:|--:|--:|---|",
        *[_line(machine, kind, s) for machine, kinds in found.items() for kind, s in kinds.items()],
        "",
        f"![Simulated against measured cycles, one panel a machine]({IMAGE})",
    ]
    for machine, kinds in found.items():
        mine = [scored for scored in rows if scored.row.machine == machine]
        parts += [
            "",
            f"## {machine}",
            "",
            "| group | kind | rows | median error | 90th percentile | largest |",
            "|---|---|--:|--:|--:|--:|",
        ]
        for kind in kinds:
            parts += _groups([scored for scored in mine if PLURAL[scored.row.kind] == kind], kind)
        parts += ["", "Rows furthest off:", "", "| row | measured | simulated | error |", "|---|--:|--:|--:|"]
        parts += [_row(scored) for scored in _distinct(worst(mine, 400))]
    return "\n".join(parts) + "\n"


def _line(machine: str, kind: str, s: Summary) -> str:
    target = TARGETS.get((machine, kind))
    asked = "-"
    if target is not None:
        asked = f"median {100 * target[0]:.0f} %" + ("" if target[1] is None else f", p90 {100 * target[1]:.0f} %")
        asked += ": met" if met(machine, kind, s) else ": **missed**"
    rank = "-" if s.rank_correlation is None else f"{s.rank_correlation:.3f}"
    return f"| {machine} | {kind} | {s.n} | {_percent(s.median_abs_rel_error)} | {_percent(s.p90_abs_rel_error)} | {rank} | {asked} |"


def met(machine: str, kind: str, s: Summary) -> bool:
    """Whether a summary is inside its bars (true where there is none)."""
    median, p90 = TARGETS.get((machine, kind), (1e9, None))
    return s.median_abs_rel_error <= median and (p90 is None or s.p90_abs_rel_error <= p90)


def _groups(rows: Sequence[Scored], kind: str) -> list[str]:
    groups: dict[str, list[Scored]] = defaultdict(list)
    for scored in rows:
        groups[group_of(scored)].append(scored)
    lines = []
    for name in sorted(groups):
        s = summary(groups[name])
        largest = max(abs(scored.rel_error) for scored in groups[name])
        median, p90 = _percent(s.median_abs_rel_error), _percent(s.p90_abs_rel_error)
        lines.append(f"| {name} | {kind} | {s.n} | {median} | {p90} | {_percent(largest)} |")
    return lines


def _distinct(rows: Iterable[Scored], count: int = 6) -> list[Scored]:
    """The first row of each name: six sizes of one kernel tell no more than one."""
    seen: dict[str, Scored] = {}
    for scored in rows:
        seen.setdefault(scored.row.name, scored)
    return list(seen.values())[:count]


def _row(scored: Scored) -> str:
    row = scored.row
    params = " ".join(f"{key}={value}" for key, value in row.params.items() if value != "" and key not in ("tail", "mask"))
    return f"| `{row.name}` {params} | {row.measured:.2f} | {scored.simulated:.2f} | {100 * scored.rel_error:+.0f} % |"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def rewrite(path: str | Path, rows: Sequence[Scored]) -> None:
    """Put fresh tables into the page at `path` and the figure beside it. Raises UsageError for a page without the two marks."""
    from rvsim.plots.accuracy import accuracy

    page = Path(path)
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{page}: cannot be read ({error.strerror})") from None
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"{page}: the lines {BEGIN!r} and {END!r} are not there; they say where the tables go")
    (page.parent / IMAGE).parent.mkdir(exist_ok=True)
    accuracy([scored.to_json() for scored in rows], page.parent / IMAGE)
    page.write_text(f"{head}{BEGIN}\n\n{block(rows)}\n{END}{tail}", encoding="utf-8")
