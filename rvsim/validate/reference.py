"""Measured figures as rows: reads the CSV files of a folder and says which machine, instruction or kernel each is about.

The folder has the layout of `rvsim/validate/data` (its README lists files and columns). Nothing is simulated here.
All errors are UsageError, one line that names the file.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from rvsim.errors import UsageError

KINDS = ("kernel", "instruction", "latency")
PLURAL = {"kernel": "kernels", "instruction": "instructions", "latency": "latencies"}

# Name of a core in the files -> preset that stands for it, where they differ.
PRESETS = {"saturn-shuttle-v256d128-rtl": "saturn-v256d128"}

# Kernel slopes are taken between these sizes: clean, and inside the first-level cache.
SIZES = (1024, 16384)
LATE = 65536

# Policies may change nothing but what the hardware does with old elements; rows that differ by more than this are noise.
POLICY_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `measured` is in `unit`; `params` says how it was taken; `vlen` in bits, 0 where the file has none."""

    machine: str
    kind: str
    name: str
    params: Mapping[str, Any]
    measured: float
    unit: str
    source: str
    vlen: int = 0


def packaged() -> Path:
    """The folder of the figures that come with rvsim."""
    return Path(str(resources.files(__package__).joinpath("data")))


def read(folder: str | Path | None = None) -> list[Row]:
    """All rows of a folder that can count, by default of the packaged one.

    Raises UsageError for a folder without any known file, and for a file whose columns or numbers are wrong.
    """
    root = packaged() if folder is None else Path(folder)
    if not root.is_dir():
        raise UsageError(f"{root}: no such folder; --data takes a folder with files like {', '.join(READERS)}")
    found = [name for name in READERS if (root / name).is_file()]
    if not found:
        raise UsageError(f"{root}: none of the files {', '.join(READERS)} is there")
    rows: list[Row] = []
    for name in found:
        rows += READERS[name](Table(root / name))
    return rows


class Table:
    """A CSV file with named columns; its errors name the file and the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Line number and cells of each row. Raises UsageError when a column is missing or a row is short."""
        try:
            with self.path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(line for line in file if not line.startswith("#"))
                if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
                    raise UsageError(f"{self.path}: no column {', '.join(missing)}; the columns are {', '.join(reader.fieldnames or ())}")
                for cells in reader:
                    if any(cells[column] is None for column in columns):
                        raise UsageError(f"{self.path}, line {reader.line_num}: too few cells")
                    yield reader.line_num, cells
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise UsageError(f"{self.path}: cannot read the figures: {error}") from None

    def number(self, line: int, text: str) -> float:
        """A positive figure. Raises UsageError for anything else."""
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 < value < 1e15:
            raise UsageError(f"{self.path}, line {line}: {text!r} is not a positive number")
        return value

    def sew(self, line: int, text: str) -> int:
        """A standard element width. Raises UsageError."""
        if text not in ("8", "16", "32", "64"):
            raise UsageError(f"{self.path}, line {line}: SEW {text} is none of 8, 16, 32, 64")
        return int(text)

    def lmul(self, line: int, text: str) -> str:
        """An LMUL as assembly has it. Raises UsageError."""
        if text not in ("mf8", "mf4", "mf2", "m1", "m2", "m4", "m8"):
            raise UsageError(f"{self.path}, line {line}: LMUL {text!r} is none of mf8, mf4, mf2, m1, m2, m4, m8")
        return text


def preset_of(core: str) -> str:
    """The preset that stands for a core of the files."""
    return PRESETS.get(core, core)


def _instructions(table: Table) -> list[Row]:
    """Cycles per instruction; cells on which policies that cannot matter disagree are dropped."""
    cells: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for line, c in table.lines("core", "vlen", "insn", "operands", "sew", "lmul", "tail", "mask", "cycles", "source"):
        params = {
            "operands": c["operands"],
            "sew": table.sew(line, c["sew"]),
            "lmul": table.lmul(line, c["lmul"]),
            "tail": c["tail"],
            "mask": c["mask"],
        }
        row = Row(
            preset_of(c["core"]), "instruction", c["insn"], params, table.number(line, c["cycles"]), "cycles/instruction", c["source"],
            int(table.number(line, c["vlen"])),
        )  # fmt: skip
        cells[c["core"], c["vlen"], c["insn"], c["operands"], c["sew"], c["lmul"]].append(row)
    return [row for rows in cells.values() if _agree(rows) for row in rows]


def _agree(rows: Sequence[Row]) -> bool:
    return max(row.measured for row in rows) <= (1 + POLICY_SPREAD) * min(row.measured for row in rows)


def _inside(points: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """The sizes that count, ascending; of a series that begins later those up to LATE."""
    low, high = SIZES if min(points)[0] <= SIZES[1] else (0, LATE)
    return sorted(point for point in points if low <= point[0] <= high)


def _latencies(table: Table) -> list[Row]:
    """X60 dependency chains and loads by stride; two runs of a cell that disagree are noise and dropped."""
    cells: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for line, c in table.lines("core", "insn", "metric", "sew", "lmul", "cycles", "note", "source"):
        sew, lmul = table.sew(line, c["sew"] or "8"), table.lmul(line, c["lmul"] or "m1")
        params = {"metric": c["metric"], "sew": sew, "lmul": lmul, "note": c["note"]}
        row = Row(preset_of(c["core"]), "latency", c["insn"], params, table.number(line, c["cycles"]), "cycles/instruction", c["source"])
        cells[c["core"], c["insn"], c["metric"], c["sew"], c["lmul"], re.sub(r" run\d$", "", c["note"])].append(row)
    return [row for rows in cells.values() if _agree(rows) for row in rows]


def _kernels(table: Table) -> list[Row]:
    """Slopes between neighbouring sizes: the cost of the timer, which is in every figure, drops out."""
    series: dict[tuple[str, ...], list[tuple[int, float]]] = defaultdict(list)
    for line, c in table.lines("core", "vlen", "kernel", "variant", "n_bytes", "cycles", "source"):
        key = (c["core"], str(int(table.number(line, c["vlen"]))), c["kernel"], c["variant"], c["source"])
        series[key].append((int(table.number(line, c["n_bytes"])), table.number(line, c["cycles"])))
    rows = []
    for (core, vlen, kernel, variant, source), points in series.items():
        inside = _inside(points)
        for (n, cycles), (n_next, cycles_next) in pairwise(inside):
            if cycles_next > cycles:  # otherwise noise is larger than the work between the two
                params = {"variant": variant, "n": n, "n_next": n_next}
                slope = (cycles_next - cycles) / (n_next - n)
                rows.append(Row(preset_of(core), "kernel", kernel, params, slope, "cycles/element", source, int(vlen)))
    return rows


def _ara(table: Table) -> list[Row]:
    """Ara's RTL: applications in all, micro-benchmarks as the total of the most repetitions and as the cost of one more."""
    rows = []
    for line, c in table.lines("source", "config", "kernel", "parameters", "cycles", "incremental_cycles_per_rep", "raw_totals"):
        shape = re.fullmatch(r"lanes=(\d+) vlen=(\d+)", c["config"])
        if shape is None:
            raise UsageError(f"{table.path}, line {line}: config {c['config']!r} is not like 'lanes=4 vlen=4096'")
        lanes, vlen = int(shape[1]), int(shape[2])

        def row(kind: str, name: str, params: dict[str, Any], measured: float, unit: str, c: dict[str, str] = c) -> None:
            rows.append(Row(f"ara-{lanes}l", kind, name, params, measured, unit, c["source"], vlen))  # noqa: B023

        cycles = table.number(line, c["cycles"])
        if c["kernel"].startswith("app:"):
            row("kernel", c["kernel"], {"size": c["parameters"].split(" (")[0]}, cycles, "cycles")
            continue
        name = c["kernel"].removeprefix("micro:")
        params = _ara_shape(c["parameters"], vlen)
        if "size" in params:
            row("instruction", name, params, cycles, "cycles")
            continue
        counts = re.findall(r"T\((\d+)\)", c["raw_totals"])
        if len(counts) < (2 if c["incremental_cycles_per_rep"] else 1):
            raise UsageError(f"{table.path}, line {line}: raw_totals {c['raw_totals']!r} is not like 'T(1)=28 T(4)=76'")
        row("instruction", name, params | {"counts": counts[-1]}, cycles, "cycles")
        if c["incremental_cycles_per_rep"]:
            each = table.number(line, c["incremental_cycles_per_rep"])
            row("instruction", name, params | {"counts": f"{counts[-2]}..{counts[-1]}"}, each, "cycles/repetition")
    return rows


def _ara_shape(text: str, vlen: int) -> dict[str, Any]:
    """SEW, LMUL and vl of a micro-benchmark; `size` of a loop."""
    found = dict(re.findall(r"(\w+)=(\w+)", text))
    sew, lmul = int(found.get("SEW", 64)), int(found.get("LMUL", 1))
    vl = found.get("vl", "VLMAX")
    params: dict[str, Any] = {"sew": sew, "lmul": f"m{lmul}", "vl": "VLMAX" if vl == str(vlen * lmul // sew) else vl}
    for key in ("n", "bytes", "iterations"):
        if key in found:
            params["size"] = found[key]
    return params


def _scalars(table: Table) -> list[Row]:
    """Cycles per scalar instruction."""
    rows = []
    for line, c in table.lines("core", "insn", "operands", "cycles", "source"):
        cycles = table.number(line, c["cycles"])
        rows.append(
            Row(preset_of(c["core"]), "instruction", c["insn"], {"operands": c["operands"]}, cycles, "cycles/instruction", c["source"])
        )
    return rows


READERS = {
    "ara-rtl-cycles.csv": _ara,
    "kernel-cycles.csv": _kernels,
    "instruction-throughput.csv": _instructions,
    "scalar-throughput.csv": _scalars,
    "x60-latency-and-memory.csv": _latencies,
}


def select(rows: Iterable[Row], machines: Sequence[str] = (), kinds: Sequence[str] = ()) -> list[Row]:
    """Rows of these machines and kinds; an empty sequence means all."""
    return [row for row in rows if (not machines or row.machine in machines) and (not kinds or row.kind in kinds)]
