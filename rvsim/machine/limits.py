"""What users give as sizes, limits and files of a run, checked before anything runs.

Each function turns one request into what the layers below take, or raises UsageError. Runs nothing.
"""

from __future__ import annotations

import contextlib
import operator
import os
import re
from collections.abc import Iterator
from pathlib import Path

from rvsim.engine import CommitLog, Hart
from rvsim.errors import UsageError

_LARGEST = 1 << 40  # bytes of guest memory; the address space is smaller
_SIZES = {"": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def parse_size(text: str | int) -> int:
    """Bytes of '2GiB', '512MiB' or a number."""
    match = re.fullmatch(r"\s*(\d{1,19})\s*([A-Za-z]*)\s*", str(text))
    if match is None or match[2].lower() not in _SIZES:
        raise UsageError(f"size {text!r}: write a number of bytes, or for instance 512MiB or 2GiB")
    size = int(match[1]) * _SIZES[match[2].lower()]
    if size > _LARGEST:
        raise UsageError(f"size {text!r}: a guest has at most {_LARGEST >> 30} GiB")
    return size


def integer(value: object, what: str) -> int:
    """A Python or numpy integer as a Python one; UsageError says what should have been one."""
    try:
        return operator.index(value)  # type: ignore[arg-type]  # that it may be anything is the point
    except TypeError:
        raise UsageError(f"{what} has to be an integer, not {type(value).__name__} {value!r:.60}") from None


def instruction_limit(count: int | None) -> int | None:
    """A number of instructions as the run loops take it; None for no limit."""
    if count is None:
        return None
    number = integer(count, "a number of instructions")
    if number < 0:
        raise UsageError(f"{number} instructions cannot be run; give zero or more")
    return number if number < 1 << 63 else None  # no run gets that far


@contextlib.contextmanager
def commit_log(path: str | Path | None, hart: Hart) -> Iterator[CommitLog | None]:
    """The log of a run, or None without a path; closed afterwards. UsageError where it cannot be written, also midway."""
    if path is None:
        yield None
        return
    if not isinstance(path, str | os.PathLike):
        raise UsageError(f"{path!r:.60} is no file name for a trace")
    try:
        log = CommitLog(path, hart)
        try:
            yield log
        finally:
            log.close()
    except BrokenPipeError:  # the reader of a pipe has left: no mistake of the request
        raise
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
