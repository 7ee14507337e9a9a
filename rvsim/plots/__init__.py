"""Figures from recorded data, one a file (matplotlib). They run nothing and need no display.

roofline.py   runs under their machines' ceilings      stalls.py     where the cycles went, a bar a run
scaling.py    a figure against a parameter             heatmap.py    a figure over two parameters
compare.py    runs side by side                        timeline.py   the pipeline diagram of a piece of a run
accuracy.py   simulated against measured figures       style.py      what they share
"""

from typing import Any

from rvsim.profile import report as _report

from .accuracy import accuracy
from .compare import compare
from .heatmap import heatmap
from .roofline import roofline
from .scaling import FIGURES, scaling
from .stalls import stalls
from .timeline import timeline

__all__ = ["FIGURES", "accuracy", "compare", "heatmap", "roofline", "scaling", "stalls", "timeline"]


def _roofline_of(report: _report.Report, path: Any) -> Any:
    rate = None if report.peak is None else report.peak.bytes_per_cycle
    return roofline([report.result | {"bytes_per_cycle": rate}], path)


_report.FIGURES |= {
    "roofline": _roofline_of,
    "stalls": lambda report, path: stalls([(report.name, report)], path),
    "compare": lambda report, path: compare([(report.name, report)], path),
}
