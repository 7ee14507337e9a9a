"""Figures from recorded data, one a file (matplotlib). They run nothing and need no display.

    accuracy.py   simulated against measured figures
    roofline.py   runs under their machines' ceilings
"""

from .accuracy import accuracy
from .roofline import roofline

__all__ = ["accuracy", "roofline"]
