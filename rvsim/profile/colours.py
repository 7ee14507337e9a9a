"""One colour a cause, wherever causes are drawn: pages, plots, exports.

Useful work is blue, waiting for values and units amber and brown, memory green by distance, bandwidth red: told apart with any common
form of colour blindness by lightness within a family and by hue between families (after Okabe and Ito, and Tol).
"""

from __future__ import annotations

CAUSE_COLOURS: dict[str, str] = {
    "execute": "#3f7fbf",
    "issue": "#9ecae9",
    "operand": "#f2b447",
    "unit": "#d98c1f",
    "queue": "#cdb79a",
    "order": "#8c6d46",
    "l1": "#a6d8a8",
    "l2": "#54a868",
    "dram": "#1f6b3b",
    "bandwidth": "#d6503f",
    "frontend": "#c79ac0",
    "branch": "#7b4173",
    "csr": "#9a9a9a",
}
OTHER = "#bbbbbb"


def cause_colour(cause: str) -> str:
    """The colour of a cause; grey for one that has none."""
    return CAUSE_COLOURS.get(cause, OTHER)
