"""The rows of a report as comma-separated values: one instruction a line, one column a cause."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from rvsim.errors import UsageError

from .recorded import CAUSE_NAMES
from .report import Report

_FIELDS = (
    "address", "name", "function", "text", "unit", "pipe", "file", "line", "count", "cycles", "share", "bytes", "flop", "vl", "vlmax",
)  # fmt: skip


def csv_text(report: Report) -> str:
    """A header line and a line an instruction; `sew`, `lmul` of its commonest vtype, `waits_for` of its longest wait; empty: none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_FIELDS, "sew", "lmul", "loop", "waits_for", "waits_on", "wait_cycles", *CAUSE_NAMES])
    for row in report.rows:
        plain = [f"{row.address:#x}", row.name, row.function, row.text, row.unit, row.pipe, row.file, row.line, row.count, row.cycles]
        form, wait = row.form, next(iter(row.waits), None)
        maker = None if wait is None else report.row_at(wait.address)
        loop = None if row.loop is None else report.loops[row.loop].name
        more = [round(report.share(row.cycles), 6), row.bytes, row.flop, row.vl, row.vlmax, form and form.sew, form and form.lmul, loop]
        waits = [None] * 3 if wait is None else [maker.name if maker else f"{wait.address:#x}", wait.resource, wait.cycles]
        writer.writerow(["" if value is None else value for value in (*plain, *more, *waits, *(row.causes.get(c, 0) for c in CAUSE_NAMES))])
    return out.getvalue()


def write_csv(report: Report, path: str | Path) -> None:
    """Write the table. Raises UsageError where the file cannot be written."""
    try:
        Path(path).write_text(csv_text(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
