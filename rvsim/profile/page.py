"""The report as one self-contained HTML page: no request leaves it, so it can be mailed, archived and opened offline.

The page is a template with the report's JSON in it; its script draws. Reads a Report and nothing else.
"""

from __future__ import annotations

import html
import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from rvsim.errors import UsageError

from .colours import CAUSE_COLOURS
from .report import Report
from .text import MEANINGS
from .verdict import verdict


@cache
def _template() -> str:
    return (files("rvsim.profile") / "page.tmpl").read_text(encoding="utf-8")


def page(report: Report) -> str:
    """HTML text. Light or dark as the reader's system is, or as the button says."""
    found = verdict(report)
    paragraphs = [f'<p class="head">{html.escape(found.headline)}</p>', *(f"<p>{html.escape(text)}</p>" for text in found.evidence)]
    if found.advice:
        paragraphs.append(f"<p>Try: {html.escape(found.advice)}.</p>")
    data = {**report.to_json(), "colours": CAUSE_COLOURS, "meanings": dict(MEANINGS)}
    data.pop("result", None)
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":  # nothing in it may end the script
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    out = _template()
    for mark, value in {
        "@TITLE@": html.escape(f"{report.name} on {report.machine}"),
        "@VERDICT@": "\n".join(paragraphs),
        "@REPORT@": text,
    }.items():
        out = out.replace(mark, value)
    return out


def write_page(report: Report, path: str | Path) -> None:
    """Write the page. Raises UsageError where the file cannot be written."""
    try:
        Path(path).write_text(page(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
