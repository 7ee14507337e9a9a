"""The command `rvsim`: one verb a file, and here the one place where errors become a line and an exit status.

    app.py      the group: names and help of the verbs          target.py    the grammar of TARGET
    run.py      rvsim run                                       arguments.py arrays and scalars for a function of the user's own
    listing.py  rvsim list                                      outcome.py   JSON objects, text on streams
    disasm.py   rvsim disasm

Verbs import what they need when they run, so that `rvsim --help` stays quick. Exit status: 0, 1 for a run that failed, 2 for
a request that is wrong, 130 for Ctrl-C; a bare-metal program gives its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rvsim.errors import RvsimError, SimulationError

FAILED, USAGE, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141

__all__ = ["FAILED", "INTERRUPTED", "PIPE_CLOSED", "USAGE", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line (without the program's name) and return the exit status.

    A mistake of the user ends in one line on stderr, and with `--json` in an object on stdout too; anything else that is
    raised is a bug and passes through.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _dispatch(words)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("rvsim: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `| head`
        _silence()
        return PIPE_CLOSED
    except MemoryError:
        print("rvsim: error: the host has not enough memory for this; choose smaller sizes", file=sys.stderr)
        return FAILED
    except OSError as error:
        if error.filename is not None:  # files that a user names are reported where they are opened
            raise
        _silence()
        print(f"rvsim: error: output cannot be written ({error.strerror})", file=sys.stderr)
        return FAILED


def _dispatch(words: list[str]) -> int:
    import click

    from .app import VERBS, app
    from .outcome import report_error

    own = words[: words.index("--")] if "--" in words else words
    json = "--json" in own
    verb = next((word for word in own if word in VERBS), None)
    try:
        with app.make_context("rvsim", words or ["--help"]) as context:  # not `main`, which prints around Ctrl-C
            return int(app.invoke(context) or 0)
    except click.exceptions.Exit as stop:  # --help and --version
        return stop.exit_code
    except click.ClickException as error:
        hint = f"see `rvsim {verb} --help`" if verb else "see `rvsim --help`"
        report_error(f"{error.format_message().rstrip('.')}; {hint}", "usage", json=json, verb=verb)
        return USAGE
    except RvsimError as error:
        failed = isinstance(error, SimulationError)
        report_error(str(error), "failed" if failed else "usage", json=json, verb=verb)
        return FAILED if failed else USAGE


def _silence() -> None:
    """Point stdout to nowhere, so that the flush at interpreter exit has nothing to complain about."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # stdout is no file (it was replaced): then nothing will be flushed to a pipe
        pass
