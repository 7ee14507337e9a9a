"""What a command says: JSON objects, and text on the right stream. Knows no verb's business.

Results go to stdout; errors, and the summary of a program that prints itself, to stderr. JSON has no NaN or infinity:
they are written as the texts "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import Any, TextIO

EXTRA = ("set", "arrays", "stopped", "error")  # what the command line adds to Result.to_json()


def blank(status: str, error: str, **known: Any) -> dict[str, Any]:
    """The object of `rvsim run --json` for a run that gave no result: every field there, null but for what is `known`."""
    from rvsim.machine import SCHEMA, Result

    fields = Result(target="", machine="", instructions=0, wall_seconds=0.0).to_json()
    return dict.fromkeys((*fields, *EXTRA)) | {"schema": SCHEMA, "status": status, "error": error} | known


def report_error(message: str, status: str, *, json: bool, verb: str | None, **known: Any) -> None:
    """One line on stderr; with `json` an object on stdout as well, for `run` with all its fields."""
    message = " ".join(message.split("\n")).strip()
    if json:
        emit(blank(status, message, **known) if verb == "run" else {"schema": 1, "status": status, "error": message})
    say(f"rvsim: error: {message}", sys.stderr)


def emit(data: Any) -> None:
    """Print one JSON value on stdout."""
    print(json.dumps(_finite(data), indent=1, allow_nan=False), file=sys.stdout)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print text, to stdout unless told otherwise; characters that the terminal's encoding lacks are replaced."""
    out = sys.stdout if stream is None else stream
    encoding = getattr(out, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.replace("█", "#").encode(encoding, "backslashreplace").decode(encoding)
    print(text, file=out, flush=True)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
