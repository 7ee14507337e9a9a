"""The instructions of a report as CSV, for spreadsheets and scripts: a line each, a column for each cause."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from rvsim.errors import UsageError

from .report import Report

_COLUMNS = ("address", "name", "function", "text", "unit", "pipe", "file", "line", "count", "cycles")


def csv_text(report: Report) -> str:
    """Columns: those of a row in docs/reference/report.md, then `share`, `vl`, `vlmax`, `sew`, `lmul`, `bytes`, `flop`, `loop`, and causes."""
    out = io.StringIO()
    causes = list(report.stalls)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_COLUMNS, "share", "vl", "vlmax", "sew", "lmul", "bytes", "flop", "loop", *causes])
    for row in report.rows:
        form = row.form
        loop = None if row.loop is None else report.loops[row.loop].name
        known = [f"{row.address:#x}", *(getattr(row, name) for name in _COLUMNS[1:])]
        more = [round(report.share(row.cycles), 6), row.vl, row.vlmax, form and form.sew, form and form.lmul, row.bytes, row.flop, loop]
        writer.writerow([*known, *more, *(row.causes.get(cause, 0) for cause in causes)])
    return out.getvalue()


def write_csv(report: Report, path: str | Path) -> None:
    """Write the table. Raises UsageError where the file cannot be written."""
    try:
        Path(path).write_text(csv_text(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
