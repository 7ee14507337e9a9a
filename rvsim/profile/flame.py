"""Flame graphs: cycles by path of calls, then by loop, then by cause; as folded stacks and as an SVG (after B. Gregg's form).

A function that is called on several paths shares its loops' and causes' proportions among them: they are counted for each
instruction, not for each path. Widths are cycles, colours causes; the parts sum to the run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from html import escape
from pathlib import Path

from rvsim.errors import UsageError

from .colours import cause_colour
from .report import Report
from .rounding import apportion

Stack = tuple[str, ...]
_WIDTH, _ROW, _TOP, _LETTER = 1200.0, 19, 44, 6.7
_FUNCTION, _LOOP = "#d8dee6", "#eceff3"


def stacks(report: Report) -> dict[Stack, int]:
    """Path -> cycles: functions from the outermost, loops from the outermost, the cause last. They sum to report.cycles."""
    within = _within(report)
    out: dict[Stack, int] = defaultdict(int)
    paths = _paths(report)
    if not paths:
        for function, parts in within.items():
            for tail, cycles in parts.items():
                out[(function, *tail)] += cycles
        return dict(out)
    for path, cycles in paths.items():
        parts = within.get(path[-1], {})
        total = sum(parts.values())
        if not total:
            out[path] += cycles
            continue
        shares = apportion(list(parts.values()), cycles)
        for tail, share in zip(parts, shares, strict=True):
            if share:
                out[(*path, *tail)] += share
    return dict(out)


def _within(report: Report) -> dict[str, dict[Stack, int]]:
    """Function -> (loops, cause) -> cycles."""
    out: dict[str, dict[Stack, int]] = defaultdict(lambda: defaultdict(int))
    for row in report.rows:
        chain: list[str] = []
        at = row.loop
        while at is not None:
            chain.insert(0, f"loop {report.loops[at].name}")
            at = report.loops[at].parent
        for cause, cycles in row.causes.items():
            out[row.function][(*chain, cause)] += cycles
    return {name: dict(parts) for name, parts in out.items()}


def _paths(report: Report) -> dict[Stack, int]:
    out: dict[Stack, int] = defaultdict(int)
    for call in report.calls:
        path = [call.function]
        at = call.caller
        while at is not None and len(path) < 200:
            path.insert(0, report.calls[at].function)
            at = report.calls[at].caller
        if call.cycles:
            out[tuple(path)] += call.cycles
    return dict(out)


def folded(report: Report) -> str:
    """Folded stacks, a line each: `main;sgemm;loop sgemm+0x48..0x7c;execute 1234`."""
    return "".join(f"{';'.join(path)} {cycles}\n" for path, cycles in sorted(stacks(report).items()))


def flame_svg(report: Report) -> str:
    """The figure; a frame's name, cycles and share show when the pointer rests on it."""
    data = stacks(report)
    causes = set(report.stalls)
    height = _TOP + _ROW * (max((len(path) for path in data), default=0) + 1) + 12
    head = f"{report.name} on {report.machine}: {report.cycles:,} cycles"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 20:g} {height}" font-size="11" role="img" '
        f'font-family="ui-monospace, Menlo, Consolas, monospace" aria-label="{escape(head)}">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="10" y="24" font-size="15" font-family="sans-serif">{escape(head)}</text>',
    ]
    scale = _WIDTH / max(1, report.cycles)
    _frames({(head, *path): n for path, n in data.items()}, (), 10.0, 0, scale, report.cycles, causes, parts)
    return "\n".join([*parts, "</svg>", ""])


def _frames(
    data: Mapping[Stack, int], prefix: Stack, x: float, depth: int, scale: float, total: int, causes: set[str], parts: list[str]
) -> None:
    """Append the frames one level below `prefix`, the widest first, and theirs below them."""
    sums: dict[str, int] = defaultdict(int)
    for path, cycles in data.items():
        if len(path) > len(prefix) and path[: len(prefix)] == prefix:
            sums[path[len(prefix)]] += cycles
    for name, cycles in sorted(sums.items(), key=lambda item: (item[0] in causes, -item[1], item[0])):
        width = cycles * scale
        if width >= 0.15:
            leaf = name in causes
            colour = cause_colour(name) if leaf else _LOOP if name.startswith("loop ") else _FUNCTION
            y = _TOP + depth * _ROW
            shown = "all" if depth == 0 else name
            text = (
                shown if len(shown) * _LETTER < width - 8 else shown[: max(0, int((width - 8) / _LETTER) - 1)] + "…" if width > 30 else ""
            )
            ink = "#ffffff" if name in ("execute", "dram", "branch", "bandwidth", "order", "l2") else "#1c2430"
            parts.append(
                f"<g><title>{escape(shown)}: {cycles:,} cycles, {100 * cycles / max(1, total):.1f} %</title>"
                f'<rect x="{x:.2f}" y="{y}" width="{max(width - 0.5, 0.3):.2f}" height="{_ROW - 1}" rx="2" fill="{colour}"/>'
                f'<text x="{x + 4:.2f}" y="{y + 13}" fill="{ink}">{escape(text)}</text></g>'
            )
            _frames(data, (*prefix, name), x, depth + 1, scale, total, causes, parts)
        x += width


def write_flame(report: Report, path: str | Path) -> None:
    """Write the SVG, or folded stacks for a path that ends in .folded or .txt. Raises UsageError for other suffixes."""
    file = Path(path)
    if file.suffix not in (".svg", ".folded", ".txt"):
        raise UsageError(f"{path}: a flame graph is written as .svg, or as folded stacks to .folded or .txt")
    try:
        file.write_text(flame_svg(report) if file.suffix == ".svg" else folded(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
