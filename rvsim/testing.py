"""For a test suite of your own: `check` is `rvsim check` as an assertion.

from rvsim.testing import check

def test_saxpy():
    check("saxpy.S:saxpy", "void saxpy(long n, float a, const float x[n], float y[n])", reference=lambda n, a, x, y: y + a * x)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rvsim.check import VLENS, Options, Report, Rig, Subject, function_subject, kernel_subjects
from rvsim.check import check as run_check
from rvsim.errors import UsageError

__all__ = ["check"]


def check(
    target: str, proto: str | None = None, *, reference: Callable[..., Any] | None = None, tolerance: float | None = None,
    machine: str = "generic", set: Mapping[str, str] | None = None, vlens: tuple[int, ...] = VLENS, unaligned: bool = False,
    cases: int = 120, seed: int = 0, jobs: int | None = None, variant: str = "auto", **values: Any,
) -> list[Report]:  # fmt: skip
    """Check a function or a registry kernel; AssertionError with the report when something is found, else a report for each variant.

    target: 'FILE.S:symbol' (or .c, .o, .elf), then `proto` is its C prototype with extents; or the name of a registry kernel, then
    `variant` may be a name or your own 'FILE.S:symbol', otherwise every variant is checked. reference: called with the arguments in
    order, arrays as numpy arrays in the prototype's shape; it changes them in place, or returns what the only array that is not const
    should be, or a number that the function should return. tolerance: largest error of a float relative to the largest value of its
    array (default: the square root of the type's epsilon).
    values: fix sizes (n=64), or give lists and ranges as text ('1..100', '8,16'); scalars that are no sizes must be given.
    Raises UsageError for a request that cannot be carried out.
    """
    __tracebackhide__ = True  # pytest shows the test that failed, not this function
    given = {name: str(value) for name, value in values.items()}
    rig = Rig(machine, dict(set or {}))
    subjects: list[tuple[Subject, tuple[str, ...]]]
    if proto is None:
        subjects = [(s, s.words) for s in kernel_subjects(target, variant, given, rig.extensions, max(vlens))]
    else:
        file, colon, symbol = target.rpartition(":")
        if not colon:
            raise UsageError(f"{target}: which function? write FILE.S:FUNCTION")
        if not Path(file).is_file():
            raise UsageError(f"{file}: no such file")
        own = function_subject(file, symbol, proto, given=given, seed=seed, reference=reference, tolerance=tolerance)
        subjects = [(own, (target, "--proto", proto))]
    reports = []
    for subject, words in subjects:
        options = Options(vlens=vlens, unaligned=unaligned, cases=cases, seed=seed, jobs=jobs, words=words)
        reports.append(run_check(subject, rig, options))
        if not reports[-1].clean:
            raise AssertionError(reports[-1].text())
    return reports
