"""Judging an output: element by element against a wider reference, with a bound that is derived, not tuned.

Knows arrays and error bounds only; no kernel, no machine. Figures follow the usual definitions (N. Higham, Accuracy and
Stability of Numerical Algorithms, chapter 3): absolute error, error in units in the last place of the expected value, and
error relative to the sum of absolute terms, which is what a bound on a sum of products is proportional to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """|error| <= terms * (eps * scale + tiny), elementwise, where scale is the sum of the absolute terms.

    `terms` counts the roundings on the longest way to one element. Each contributes at most eps/2 relative to scale, or
    tiny/2 when the result is subnormal; the other half leaves room for the reference's own roundings. `terms=0` means exact.
    """

    terms: float
    eps: float = 0.0
    tiny: float = 0.0
    formula: str = "exact"

    @classmethod
    def of(cls, dtype: npt.DTypeLike, terms: int, formula: str) -> Tolerance:
        """The tolerance of `terms` roundings in a float `dtype`."""
        info = np.finfo(np.dtype(dtype))
        return cls(terms, float(info.eps), float(info.smallest_subnormal), formula)

    def times(self, slack: float) -> Tolerance:
        """A tolerance `slack` times as wide."""
        return replace(self, terms=self.terms * slack, formula=f"{slack:g} x ({self.formula})")

    def bound(self, scale: Array) -> Array:
        """Largest admissible absolute error of each element."""
        return np.asarray(self.terms * (self.eps * scale + self.tiny))


@dataclass(frozen=True, slots=True)
class Expected:
    """What an output should be: `value` in a wider type, `scale` = the sum of absolute terms of each element."""

    value: Array
    scale: Array
    tolerance: Tolerance

    def widened(self, slack: float) -> Expected:
        """The same with `slack` times the tolerance."""
        return self if slack == 1 else replace(self, tolerance=self.tolerance.times(slack))


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on one call; `message` names the first wrong element.

    Errors are maxima over the elements whose expected value is finite: absolute, in units in the last place, and relative to
    the sum of absolute terms. They are None when such an element came out as NaN, infinite or not at all.
    """

    correct: bool
    max_abs_error: float | None
    max_ulp_error: float | None
    max_rel_error: float | None
    tolerance: str
    message: str


def judge(name: str, got: Array, expected: Expected, untouched: Array) -> Check:
    """Compare the output array `got` with `expected`. `untouched` marks elements that still hold the sentinel.

    NaN equals NaN whatever its payload. An infinite expected value, or one beyond the range of got's dtype, asks for the
    infinity of its sign. A sum whose absolute terms are infinite has no bound: only its class is compared.
    """
    if got.size == 0:
        return Check(True, 0.0, 0.0, 0.0, expected.tolerance.formula, f"{name} is empty")
    with np.errstate(all="ignore"):
        rounded = expected.value.astype(got.dtype)
        error = np.abs(got.astype(expected.value.dtype) - expected.value)
        bound = expected.tolerance.bound(expected.scale)
        finite = np.isfinite(rounded) & np.isfinite(got)
        same_class = (np.isnan(rounded) & np.isnan(got)) | (rounded == got)
        wrong = np.where(finite, ~(error <= bound), ~same_class)
        if got.dtype.kind == "f":  # an integer may rightly be equal to the sentinel
            wrong |= untouched
            ulps = error / np.spacing(np.abs(rounded)).astype(error.dtype)
        else:
            ulps = error
        relative = np.where(error == 0, 0, error / expected.scale)

    measurable = not (wrong & (untouched | ~finite)).any()

    def worst(figure: Array) -> float | None:
        return float(np.max(figure, where=finite, initial=0)) if measurable else None

    return Check(
        correct=not wrong.any(),
        max_abs_error=worst(error),
        max_ulp_error=worst(ulps),
        max_rel_error=worst(relative),
        tolerance=expected.tolerance.formula,
        message=_message(name, got, rounded, error, bound, wrong, untouched),
    )


def combine(verdicts: Sequence[Check], damages: Sequence[str]) -> Check:
    """One verdict from those of all outputs, and descriptions of memory that should not have been written."""

    def worst(figures: Sequence[float | None]) -> float | None:
        known = [figure for figure in figures if figure is not None]
        return max(known) if len(known) == len(figures) else None

    wrong = [verdict.message for verdict in verdicts if not verdict.correct]
    return Check(
        correct=not wrong and not damages,
        max_abs_error=worst([verdict.max_abs_error for verdict in verdicts]),
        max_ulp_error=worst([verdict.max_ulp_error for verdict in verdicts]),
        max_rel_error=worst([verdict.max_rel_error for verdict in verdicts]),
        tolerance=verdicts[0].tolerance,
        message="; ".join([*wrong, *damages]) or verdicts[0].message,
    )


def _message(name: str, got: Array, rounded: Array, error: Array, bound: Array, wrong: Array, untouched: Array) -> str:
    if not wrong.any():
        return f"{name} agrees with the reference in all {got.size} elements"
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    at = f"{name}[{', '.join(map(str, first))}]"
    rest = f"{int(wrong.sum())} of {got.size} elements are wrong"
    if untouched[first]:
        return f"{at} was never written, expected {rounded[first]!s}; {rest}"
    return (
        f"{at} is {got[first]!s}, expected {rounded[first]!s}"
        f" (error {float(error[first]):.3g}, tolerance {float(bound[first]):.3g}); {rest}"
    )
