"""The log of a window as a Kanata log, version 0004, which the pipeline viewer Konata opens.

    lane 0   Is  issued, on its way to a pipe    Wt  waits there    Ex  at work    Dn  result on its way
    lane 1   Ch  from its first result on: a chained consumer may follow

Format: the Konata project's description of Kanata logs: tab-separated commands in order of cycles.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rvsim.errors import UsageError

from .recording import Recording

_ORDER = {"I": 0, "L": 1, "E": 2, "S": 3, "W": 4, "R": 5}


def kanata(log: Recording) -> str:
    """The text of the log. Times are rounded down to whole cycles, counted from the first issue."""
    commands: list[tuple[int, int, int, str]] = []
    base = int(log.issue.min()) if len(log) else 0
    retired = {int(i): n for n, i in enumerate(sorted(range(len(log)), key=lambda i: (float(log.done[i]), i)))}
    for i in range(len(log)):
        for cycle, text in _commands(log, i, retired[i]):
            commands.append((cycle - base, _ORDER[text[0]], i, text))
    lines = ["Kanata\t0004", "C=\t0"]
    now = 0
    for cycle, _, _, text in sorted(commands):
        if cycle > now:
            lines.append(f"C\t{cycle - now}")
            now = cycle
        lines.append(text)
    return "\n".join(lines) + "\n"


def _commands(log: Recording, i: int, retired: int) -> Iterator[tuple[int, str]]:
    pc = int(log.pc[i])
    issue, done = int(log.issue[i]), int(log.done[i])
    done = max(done, issue + 1)
    yield issue, f"I\t{i}\t{i}\t0"
    yield issue, f"L\t{i}\t0\t{log.name.get(pc, f'{pc:#x}')}: {log.text.get(pc, '')}"
    yield issue, f"L\t{i}\t1\t{_detail(log, i)}"
    stages = [("Is", issue)]
    if log.pipe[i] >= 0:
        stages += [("Wt", int(log.sequenced[i])), ("Ex", int(log.start[i])), ("Dn", int(log.end[i]))]
    else:
        stages += [("Ex", max(issue, int(log.start[i])))]
    known = [(name, min(max(at, issue), done)) for name, at in stages]
    for (name, at), (_, until) in zip(known, [*known[1:], ("", done)], strict=True):
        if until > at:
            yield at, f"S\t{i}\t0\t{name}"
            yield until, f"E\t{i}\t0\t{name}"
    first = min(max(int(log.first[i]), issue), done)
    if log.pipe[i] >= 0 and first < done:
        yield first, f"S\t{i}\t1\tCh"
        yield done, f"E\t{i}\t1\tCh"
    if log.producer[i] >= 0:
        yield issue, f"W\t{i}\t{int(log.producer[i])}\t0"
    yield done, f"R\t{i}\t{retired}\t0"


def _detail(log: Recording, i: int) -> str:
    parts = [f"waited because of {log.causes[int(log.cause[i])]}", f"charged {float(log.charge[i]):.2f} cycles"]
    if log.pipe[i] >= 0:
        parts += [f"pipe {log.pipes[int(log.pipe[i])]}", f"vl {int(log.vl[i])}"]
    if log.bytes[i]:
        parts.append(f"{int(log.bytes[i])} bytes at {int(log.addr[i]):#x}")
    return ", ".join(parts)


def write_konata(log: Recording, path: str | Path) -> None:
    """Write the log. Raises UsageError where the file cannot be written, or for a window without instructions."""
    if not len(log):
        raise UsageError(f"{path}: no instruction was issued in the window, so there is nothing to show; choose another --window")
    try:
        Path(path).write_text(kanata(log), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
