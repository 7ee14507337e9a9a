"""`rvsim validate`: simulated against measured figures, by machine; a summary first, then the worst rows or all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rvsim.validate import Scored, Validation

KINDS = ("kernels", "instructions", "latencies")


@click.command("validate", short_help="Compare simulated with measured figures.")
@click.option(
    "--machine", "machines", multiple=True, metavar="NAME|FILE.toml", help="A machine with measured figures (repeatable); default all."
)
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Change a field of the machines (repeatable).")
@click.option("--data", metavar="DIR", help="A folder of measured figures instead of the packaged ones.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only rows of this kind (repeatable).")
@click.option("--filter", "pattern", default="", metavar="REGEX", help="Only rows whose name or parameters match.")
@click.option("--rows", "all_rows", is_flag=True, help="List all rows.")
@click.option("--worst", default=10, type=click.IntRange(0), metavar="N", help="List the N worst rows of a machine and kind; default 10.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes; default one a processor.")
@click.option("--json", is_flag=True, help="Print one JSON object: rows and summary.")
def command(
    machines: tuple[str, ...], sets: tuple[str, ...], data: str | None, kinds: tuple[str, ...], pattern: str, all_rows: bool, worst: int,
    jobs: int | None, json: bool,
) -> int:  # fmt: skip
    """Run the reference micro-benchmarks and kernels on simulated machines and print measured, simulated and error."""
    from rvsim.errors import UsageError
    from rvsim.validate import PLURAL, validate

    from .outcome import emit

    fields = {}
    for text in sets:
        key, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--set {text}: write FIELD=VALUE")
        fields[key] = value
    singular = {plural: kind for kind, plural in PLURAL.items()}
    done = validate(
        machines, data=data, kinds=[singular[kind] for kind in kinds], pattern=pattern, sets=fields, jobs=jobs or os.cpu_count() or 1
    )
    if json:
        emit(done.to_json())
    else:
        _show(done, 1 << 30 if all_rows else worst)
    return 0


def _show(done: Validation, worst: int) -> None:
    from .listing import _table
    from .outcome import say

    cells = [
        (machine, kind, str(s.n), _percent(s.median_abs_rel_error), _percent(s.p90_abs_rel_error), _rank(s.rank_correlation))
        for machine, kinds in done.summary.items()
        for kind, s in kinds.items()
    ]
    _table(("machine", "kind", "rows", "median error", "p90 error", "rank correlation"), cells, numbers=(2, 3, 4, 5))
    for reason in sorted({skipped.reason for skipped in done.skipped}):
        say(f"not counted: {sum(skipped.reason == reason for skipped in done.skipped)} rows: {reason}")
    for title, rows in _worst(done, worst):
        say(f"\n{title}")
        _table(("name", "parameters", "measured", "simulated", "error", "unit"), [_cells(scored) for scored in rows], numbers=(2, 3, 4))


def _worst(done: Validation, count: int) -> list[tuple[str, list[Scored]]]:
    from rvsim.validate import PLURAL, worst

    found = []
    for machine, kinds in done.summary.items():
        for kind, s in kinds.items():
            rows = [scored for scored in done.rows if scored.row.machine == machine and PLURAL[scored.row.kind] == kind]
            if count:
                title = f"{machine}, {kind}: {'all' if count >= s.n else f'the worst {count} of'} {s.n} rows"
                found.append((title, rows if count >= s.n else worst(rows, count)))
    return found


def _cells(scored: Scored) -> tuple[Any, ...]:
    row = scored.row
    params = " ".join(f"{key}={value}" for key, value in row.params.items() if value != "")
    return row.name, params, f"{row.measured:.2f}", f"{scored.simulated:.2f}", f"{100 * scored.rel_error:+.1f} %", row.unit


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _rank(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
