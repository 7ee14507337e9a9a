"""The full profile as text: verdict, cause bar, hot loops, and the annotated listing. In colour for a terminal, plain otherwise.

Reads a Report and nothing else. `render` gives all of it; `overview` and `listing` are its halves.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Sequence

from .report import PRODUCTIVE, Loop, Report, Row
from .text import MEANINGS, tenths
from .verdict import own_cycles, verdict

# Colours of causes, the same wherever causes are shown; readable on dark and light terminals.
COLOURS: dict[str, str] = {
    "issue": "green", "execute": "bright_green", "frontend": "magenta", "branch": "bright_magenta", "operand": "yellow",
    "unit": "bright_yellow", "queue": "cyan", "order": "bright_cyan", "l1": "bright_blue", "l2": "blue", "dram": "red",
    "bandwidth": "bright_red", "csr": "white",
}  # fmt: skip
_LETTERS = {
    "issue": "i", "execute": "e", "frontend": "f", "branch": "b", "operand": "o", "unit": "u", "queue": "q", "order": "r", "l1": "1",
    "l2": "2", "dram": "D", "bandwidth": "B", "csr": "c",
}  # fmt: skip
_WIDTH = 100
_NARROW = 96  # below it tables leave cycles out: the share says the same
_ENDLESS = 10_000  # a pipe: one instruction a line, whatever it waits for
_LOOPS = 8
_HOT = 0.005  # rows below this share are shown only among hot ones

Piece = tuple[str, str]  # text and style


def render(report: Report, *, colour: bool = False, width: int = _WIDTH, top: int = 2, everything: bool = False) -> str:
    """The profile as text. top: loops in the listing; everything: the listing has every executed instruction."""
    lines = [*_overview(report, width, colour), [], *_listing(report, top, everything, colour, width if colour else _ENDLESS)]
    return _paint([_cut(line, width) for line in lines] if colour else lines, colour)


def overview(report: Report, width: int = _WIDTH) -> str:
    """The first screen, plain."""
    return _paint(_overview(report, width, False), False)


def listing(report: Report) -> str:
    """Every executed instruction, plain."""
    return _paint(_listing(report, 0, True, False, _ENDLESS), False)


def _paint(lines: Iterable[Sequence[Piece]], colour: bool) -> str:
    if not colour:
        return "\n".join("".join(text for text, _ in line).rstrip() for line in lines).rstrip("\n")
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=10_000, highlight=False, emoji=False)
    for line in lines:
        console.print(Text.assemble(*line), no_wrap=True, crop=False, soft_wrap=True)
    return out.getvalue().rstrip("\n")


def _cut(line: Sequence[Piece], width: int) -> list[Piece]:
    """The line without blanks at its end, no wider than a terminal: the last thing on it gives way."""
    text = "".join(piece for piece, _ in line).rstrip()
    room = len(text) if len(text) <= width else width - 1
    cut: list[Piece] = []
    for piece, style in line:
        cut.append((piece[:room], style))
        room -= len(cut[-1][0])
    return cut if len(text) <= width else [*cut, ("…", "dim")]


# ---- the first screen --------------------------------------------------------------------------------------------------------


def _overview(report: Report, width: int, colour: bool) -> list[list[Piece]]:
    params = " ".join(f"{key}={value}" for key, value in report.params.items())
    changed = "".join(f" {key}={value}" for key, value in report.set.items())
    lines: list[list[Piece]] = [[(f"{report.name} on {report.machine}{changed}", "bold"), (f": {report.cycles:,} cycles", "")]]
    lines += [[(line, "dim")] for line in textwrap.wrap(params, width - 2, initial_indent="  ", subsequent_indent="  ")]
    if report.hypothetical:
        added = ", ".join(f"+{extension}" for extension in report.hypothetical)
        lines.append([(f"  hypothetical: isa {added} added; {report.machine} as built does not have it", "yellow")])
    if report.correct is False:
        lines.append([("  WRONG: ", "bold red"), (report.check or "", "")])
    lines += [[], *_verdict(report, width), [], *_causes(report, width, colour), [], *_units(report, width)]
    for table in (_loops(report, width), _functions(report), _regions(report)):
        if table:
            lines += [[], *table]
    return lines


def _verdict(report: Report, width: int) -> list[list[Piece]]:
    found = verdict(report)
    lines: list[list[Piece]] = [[("  " + line, "bold")] for line in textwrap.wrap(found.headline, width - 2)]
    for text in found.evidence:
        lines += [[("  " + line, "")] for line in textwrap.wrap(text, width - 2)]
    if found.advice:
        lines += [[("  " + line, "green")] for line in textwrap.wrap(f"Try: {found.advice}.", width - 2)]
    return lines


def _causes(report: Report, width: int, colour: bool) -> list[list[Piece]]:
    """One bar for the run, and what its parts mean."""
    items = sorted(((cause, cycles) for cause, cycles in report.stalls.items() if cycles), key=lambda item: -item[1])
    bar = _bar(dict(items), report.cycles, min(width, 100) - 4, colour)
    lines: list[list[Piece]] = [[("  where the cycles went", "bold")], [("  ", ""), *bar]]
    shares = tenths([cycles for _, cycles in items])
    digits = max(len(f"{report.cycles:,}"), 6)
    for (cause, cycles), share in zip(items, shares, strict=True):
        if share:
            mark = ("█ ", COLOURS.get(cause, "")) if colour else (f"{_LETTERS.get(cause, '?')} ", "")
            text = f"{cause:<10}{share / 10:5.1f} %  {cycles:>{digits},}  "
            lines.append([("  ", ""), mark, (text, ""), (MEANINGS.get(cause, ""), "dim")])
    return lines


def _bar(parts: dict[str, int], total: int, width: int, colour: bool) -> list[Piece]:
    """Parts of a whole as one bar: coloured blocks, or letters where there is no colour."""
    pieces: list[Piece] = []
    at = done = 0
    for cause, cycles in parts.items():
        done += cycles
        upto = round(width * done / total) if total else 0
        if upto > at:
            letter = "█" if colour else _LETTERS.get(cause, "?")
            pieces.append((letter * (upto - at), COLOURS.get(cause, "")))
            at = upto
    return pieces


def _units(report: Report, width: int) -> list[list[Piece]]:
    busy = [f"{unit.name} {report.share(unit.busy):.1%}" for unit in sorted(report.units, key=lambda unit: -unit.busy) if unit.busy]
    lines: list[list[Piece]] = []
    if busy:
        lines += _labelled("pipes at work", ", ".join(busy), width)
    scalars = report.instructions - report.vector_instructions
    counts = f"{report.instructions:,}: {report.vector_instructions:,} vector, {scalars:,} scalar"
    lines += _labelled("instructions", counts + (f"; {report.instructions / report.cycles:.2f} a cycle" if report.cycles else ""), width)
    roof = []
    if report.flop_per_cycle is not None and report.peak is not None and report.flop:
        roof.append(f"{report.flop_per_cycle:.2f} of {report.peak.flop_per_cycle:g} FLOP/cycle ({report.peak.name})")
    if report.intensity is not None and report.ridge is not None:
        side = "memory" if report.intensity < report.ridge else "compute"
        roof.append(f"{report.intensity:.2f} FLOP/byte, on the {side} side (the roofs meet at {report.ridge:.2g})")
    if report.bound_utilization is not None:
        roof.append(f"{report.bound_utilization:.0%} of what the roofline allows")
    return lines + (_labelled("roofline", "; ".join(roof), width) if roof else [])


def _labelled(label: str, text: str, width: int) -> list[list[Piece]]:
    lines = textwrap.wrap(text, width - 17) or [""]
    return [[(f"  {label if i == 0 else '':<15}", "bold"), (line, "")] for i, line in enumerate(lines)]


def _main_causes(causes: dict[str, int], cycles: int) -> str:
    """The causes that matter, largest first: `execute 70 % dram 20 %`."""
    top = sorted(causes.items(), key=lambda item: -item[1])[:3]
    return "  ".join(f"{cause} {value / cycles:.0%}" for cause, value in top if cycles and value / cycles >= 0.05)


def _loops(report: Report, width: int) -> list[list[Piece]]:
    own = own_cycles(report)
    order = [i for i in sorted(range(len(report.loops)), key=lambda i: -own[i]) if report.share(own[i]) >= 0.01][:_LOOPS]
    if not order:
        return [] if report.profiled else [[("  loops, waits and the run over time are recorded with profile=True", "dim")]]
    lines: list[list[Piece]] = [
        [("  hot loops", "bold"), ("   share of cycles outside inner loops", "dim")],
        [(f"   share{_wide('      cycles', width)}  iterations  cycles/iter   loop, and what its cycles went to", "dim")],
    ]
    for i in order:
        loop = report.loops[i]
        each = loop.cycles / loop.iterations if loop.iterations else 0.0
        depth = f" depth {loop.depth}" if loop.depth > 1 else ""
        text = f"  {report.share(own[i]):6.1%}{_wide(f'  {loop.cycles:>10,}', width)}  {loop.iterations:>10,}  {each:>11,.1f}   "
        lines.append([(text, ""), (loop.name + depth, "bold"), ("  " + _main_causes(loop.causes, loop.cycles), "")])
    return lines


def _wide(text: str, width: int) -> str:
    """A column that a narrow terminal does not have."""
    return text if width >= _NARROW else ""


def _functions(report: Report) -> list[list[Piece]]:
    if len(report.functions) < 2:
        return []
    lines: list[list[Piece]] = [
        [("  functions", "bold"), ("   cycles of their own instructions, and of what they call", "dim")],
        [("   share      cycles      called   function", "dim")],
    ]
    for function in report.functions[:_LOOPS]:
        if report.share(function.cycles + function.called) >= 0.001:
            text = f"  {report.share(function.cycles):6.1%}  {function.cycles:>10,}  {function.called:>10,}   "
            lines.append([(text, ""), (function.name, "bold"), ("  " + _main_causes(function.causes, function.cycles), "")])
    return lines


def _regions(report: Report) -> list[list[Piece]]:
    if not report.regions:
        return []
    lines: list[list[Piece]] = [[("  regions", "bold")], [("   share      cycles     entries   region", "dim")]]
    for region in report.regions:
        text = f"  {report.share(region.cycles):6.1%}  {region.cycles:>10,}  {region.entries:>10,}   "
        lines.append([(text, ""), (region.name, "bold"), ("  " + _main_causes(region.causes, region.cycles), "")])
    return lines


# ---- the listing -------------------------------------------------------------------------------------------------------------


def _listing(report: Report, top: int, everything: bool, colour: bool, width: int) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    own = own_cycles(report)
    if everything or max(map(report.share, own), default=0.0) < 0.02:
        rows = report.rows if everything else _hot_rows(report)
        title = "every executed instruction" if everything else "the hottest instructions"
        return [*_header(title, width), *_rows(report, rows, colour, width)]
    for i in sorted(range(len(report.loops)), key=lambda i: -own[i])[:top]:
        if report.share(own[i]) >= 0.02 or not lines:
            loop = report.loops[i]
            inner = {j for other in report.loops if other.parent == i for j in other.rows}
            rows = [report.rows[j] for j in loop.rows if j not in inner]
            if inner:  # the loop around: only what matters of it
                rows = [row for row in rows if report.share(row.cycles) >= 0.001] or rows[:1]
            lines += ([[]] if lines else []) + _header(_title(report, loop, bool(inner)), width) + _rows(report, rows, colour, width)
    return lines


def _title(report: Report, loop: Loop, has_inner: bool) -> str:
    each = loop.cycles / loop.iterations if loop.iterations else 0.0
    without = ", without its inner loops" if has_inner else ""
    return f"loop {loop.name}: {report.share(loop.cycles):.1%} of cycles, {loop.iterations:,} iterations of {each:,.1f} cycles{without}"


def _header(title: str, width: int) -> list[list[Piece]]:
    columns = "   share      cycles   per exec  causes       vl  address       instruction"
    if width < _NARROW:
        columns = "   share   per exec  causes    vl  address   instruction"
    return [[("  " + title, "bold")], [(columns, "dim")]]


def _hot_rows(report: Report) -> list[Row]:
    hot = sorted(report.rows, key=lambda row: -row.cycles)[:30]
    return sorted((row for row in hot if row.cycles), key=lambda row: row.address)


def _rows(report: Report, rows: Sequence[Row], colour: bool, width: int) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    place: tuple[str | None, int | None] = (None, None)
    end = 0
    most = max((row.cycles for row in rows), default=0)
    for row in rows:
        if end and row.address > end:
            lines.append([("            ...", "dim")])
        end = row.address + 4
        if row.source is not None and (row.file, row.line) != place and not _says_the_same(row):
            name = (row.file or "").rsplit("/", 1)[-1]
            lines.append([(f"  {name}:{row.line}", "cyan"), ("  " + row.source.strip(), "cyan")])
        place = (row.file, row.line)
        lines += _row(report, row, most, colour, width)
    return lines


def _says_the_same(row: Row) -> bool:
    """A line of assembly that is just this instruction: the disassembly says it."""
    words = (row.source or "").split("#")[0].split("//")[0].split()
    return any(word == row.text.split(" ")[0] or word == row.mnemonic for word in words[:2])


def _row(report: Report, row: Row, most: int, colour: bool, width: int) -> list[list[Piece]]:
    """Its line; what it waited for follows on a line of its own where the terminal is too narrow."""
    share = report.share(row.cycles)
    heat = "bold red" if most and row.cycles > most / 2 else "yellow" if most and row.cycles > most / 8 else "" if row.cycles else "dim"
    each = row.cycles / row.count if row.count else 0.0
    numbers = f"  {share:6.1%}{_wide(f'  {row.cycles:>10,}', width)}  {each:>9.2f}  "
    causes = dict(sorted(row.causes.items(), key=lambda item: (item[0] not in PRODUCTIVE, -item[1])))
    bar = _bar(causes, row.cycles, 8 if width >= _NARROW else 6, colour)
    pad = (8 if width >= _NARROW else 6) - sum(len(text) for text, _ in bar)
    vl = "" if row.vl is None else f"{row.vl:.0f}" if row.vl == round(row.vl) else f"{row.vl:.1f}"
    place = f"{row.name.rsplit('+', 1)[-1] if '+' in row.name else row.name:<{12 if width >= _NARROW else 8}}"[:24]
    blank = " " * pad + f"  {vl:>{6 if width >= _NARROW else 5}}  {place}  "
    pieces: list[Piece] = [(numbers if row.cycles else " " * len(numbers), heat), *bar, (blank, ""), (f"{row.text:<32}", heat)]
    note = _note(report, row)
    if not note:
        return [pieces]
    used = sum(len(text) for text, _ in pieces)
    if used + 2 + len(note) <= width:
        return [[*pieces, ("  " + note, "dim")]]
    return [pieces, [(" " * max(min(used - 32, width - len(note) - 1), 2) + note, "dim")]]


def _note(report: Report, row: Row) -> str:
    """What it waited for, and under which vtype it ran."""
    parts = []
    wait = next(iter(row.waits), None)
    if wait is not None and (wait.cycles >= 0.05 * row.cycles and report.share(wait.cycles) >= _HOT):
        maker = report.row_at(wait.address)
        of = f" from {maker.text.split(' ')[0]} ({maker.name.rsplit('+', 1)[-1]})" if maker is not None else ""
        parts.append(f"{wait.cycles / row.count:.1f} for {wait.resource}{of}: {wait.cause}")
    if row.unit == "v_config" and row.form is not None:
        parts.append(f"e{row.form.sew} {row.form.lmul}")
    return "  ".join(parts)
