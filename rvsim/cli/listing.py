"""`rvsim list kernels|machines|instructions [NAME ...]`: what there is, as a table or as a JSON list of objects that each have a `name`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

Rows = list[dict[str, Any]]


@click.command("list", short_help="List kernels, machines or instructions.")
@click.argument("what", type=click.Choice(["kernels", "machines", "instructions"]))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", is_flag=True, help="Print a JSON list of objects, each with a `name`.")
def command(what: str, names: tuple[str, ...], json: bool) -> int:
    """List what there is: kernels with their parameters and variants, machines with their peaks, instructions.

    NAME, which may be a pattern such as 'ara-*' or 'vfw*', limits the list.
    """
    from .outcome import emit

    rows, show = {"kernels": (kernels, _show_kernels), "machines": (machines, _show_machines)}.get(what, (instructions, _show_instructions))
    found = _named(rows(), names, what)
    if json:
        emit(found)
    else:
        show(found)
    return 0


def _named(rows: Rows, patterns: Sequence[str], what: str) -> Rows:
    """The rows whose name matches one of the patterns; all without any. Raises UsageError for a pattern without a match."""
    from fnmatch import fnmatchcase

    from rvsim.errors import UsageError
    from rvsim.kernels.base import did_you_mean

    for pattern in patterns:
        if not any(fnmatchcase(row["name"], pattern) for row in rows):
            hint = did_you_mean(pattern, [row["name"] for row in rows])
            raise UsageError(f"no {what.removesuffix('s')} is called {pattern!r}{hint}; `rvsim list {what}` shows them all")
    return [row for row in rows if not patterns or any(fnmatchcase(row["name"], pattern) for pattern in patterns)]


def kernels() -> Rows:
    """The registry: parameters and variants of each kernel."""
    from rvsim.kernels import KERNELS

    return [kernel.describe() for kernel in KERNELS.values()]


def machines() -> Rows:
    """The presets, with the best rate of f32 and f64 multiply-accumulate in FLOP a cycle."""
    from rvsim.engine import load_machine, machine_names, peaks

    rows = []
    for name in machine_names():
        config = load_machine(name)
        mac = peaks(config)["mac"]
        best = {dtype: mac[dtype, dtype].flop_per_cycle if (dtype, dtype) in mac else None for dtype in ("f32", "f64")}
        row = {"name": name, "summary": config.summary, "vlen": config.vlen, "lanes": config.lanes, "isa": config.isa}
        rows.append(row | {"source": config.source, "peak_flop_per_cycle": best})
    return rows


def instructions() -> Rows:
    """The instruction table. Every row executes: the core refuses to start when one has no handler."""
    from rvsim.isa import INSTRUCTIONS

    return [
        {
            "name": row.name, "extension": row.extension, "unit": row.unit,
            "operands": [operand.name for operand in row.operands], "executes": True,
        }
        for row in INSTRUCTIONS
    ]  # fmt: skip


def _show_kernels(rows: Rows) -> None:
    from .outcome import say

    for row in rows:
        say(f"{row['name']}: {row['doc']}\n")
        params = [(p["name"], str(p["default"]), p["doc"] + _choices(p)) for p in row["params"]]
        _table(("parameter", "default", ""), params)
        say("")
        variants = [(v["name"], _kind(v), v["doc"], v["source"]) for v in row["variants"]]
        _table(("variant", "dtype", "", "source (in rvsim.asm)"), variants)
        say(f"\nrvsim run {row['name']} {' '.join(str(p['name']) + '=' + str(p['default']) for p in row['params'][:4])}")


def _kind(variant: dict[str, Any]) -> str:
    return " ".join([variant["dtype"], *(f"{name}={'|'.join(map(str, values))}" for name, values in variant["only"].items())])


def _choices(param: dict[str, Any]) -> str:
    return f": {', '.join(param['choices'])}" if "choices" in param else ""


def _show_machines(rows: Rows) -> None:
    def peak(row: dict[str, Any], dtype: str) -> str:
        best = row["peak_flop_per_cycle"][dtype]
        return "-" if best is None else f"{best:g}"

    cells = [(r["name"], str(r["vlen"]), str(r["lanes"]), peak(r, "f32"), peak(r, "f64"), r["summary"]) for r in rows]
    _table(("machine", "VLEN", "lanes", "f32 FLOP/cycle", "f64 FLOP/cycle", ""), cells, numbers=(1, 2, 3, 4))


def _show_instructions(rows: Rows) -> None:
    """Plain columns: a thousand rows are for grep."""
    from .outcome import say

    wide = max(len(row["name"]) for row in rows)
    unit = max(len(row["unit"]) for row in rows)
    say("\n".join(f"{r['name']:<{wide}}  {r['extension']:<8}  {r['unit']:<{unit}}  {', '.join(r['operands'])}".rstrip() for r in rows))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    from rich.console import Console
    from rich.table import Table

    from .outcome import say

    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for index, title in enumerate(header):
        table.add_column(title, justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    width = None if sys.stdout.isatty() else 160  # in a file or pipe no line is broken
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as printed:
        console.print(table)
    say("\n".join(line.rstrip() for line in printed.get().splitlines()))
