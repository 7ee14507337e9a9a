"""Figures from recorded data, one a file (matplotlib). They run nothing and need no display.

    roofline.py   runs under their machines' ceilings
"""

from .roofline import roofline

__all__ = ["roofline"]
