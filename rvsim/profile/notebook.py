"""What a Jupyter notebook shows for a result or a report: the text, set as preformatted HTML. No script, no style of the page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Report


def preformatted(text: str) -> str:
    """Text as HTML in a monospaced block that scrolls sideways rather than wrapping."""
    return f'<pre style="line-height:1.25;overflow-x:auto">{escape(text)}</pre>'


def html(report: Report) -> str:
    """Verdict and causes first; the listing folded away."""
    from .screen import listing, overview

    return preformatted(overview(report)) + f"<details><summary>Listing</summary>{preformatted(listing(report))}</details>"
