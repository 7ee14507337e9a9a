"""`python -m tests.bench.kernels [--check] [NAME ...]`: simulated cycles of the kernel library on every machine that can run it.

Writes kernels.txt beside this file (golden cycle counts) and docs/reference/kernels.md (share of the bound, causes where a bar
is missed). `--check` writes nothing and tells what differs. A NAME is a machine or the beginning of a case.

Cycles are of a second run on the same machine: code and data are in the caches that can hold them, as in a benchmark that
takes the best of several runs. To add a kernel, add a line to CASES.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rvsim
from rvsim import kernels
from rvsim.engine import machine_names, peaks

HERE = Path(__file__).parent
GOLDEN = HERE / "kernels.txt"
PAGE = HERE.parents[1] / "docs" / "reference" / "kernels.md"
#: The machines that the bars are for, if they have the extension.
JUDGED = ("ara-4l", "spacemit-x60", "sifive-x280", "saturn-v256d128", "spacemit-x100", "spacemit-a100")


@dataclass(frozen=True)
class Case:
    """One line of the table; `bar`: the share of the bound (the machine's peak, for compute) that the judged machines should reach."""

    kernel: str
    variant: str
    params: str
    bar: float | None = None
    quick: bool = False

    @property
    def name(self) -> str:
        """The words that `rvsim run` takes."""
        return f"{self.kernel} variant={self.variant} {self.params}".strip()

    @property
    def values(self) -> dict[str, str]:
        """The parameters as a dictionary."""
        return dict(word.split("=") for word in self.params.split())


def _cube(size: int, rest: str = "") -> str:
    return f"m={size} n={size} k={size} {rest}".strip()


_LAYER = "h=56 w=56 c=64 k=64"
_HALF = "h=28 w=28 c=64 k=64"

CASES = (
    *(Case("matmul", variant, _cube(64, f"dtype={dtype}"), quick=True) for dtype in ("f32", "f64") for variant in ("naive", "4x4", "7x4")),
    *(Case("matmul", variant, _cube(256, "dtype=f32")) for variant in ("naive", "4x4", "7x4")),
    Case("matmul", "auto", _cube(256, "dtype=f32"), 0.9),
    *(Case("matmul", variant, _cube(256, "dtype=f64")) for variant in ("naive", "7x4", "7x4_packed")),
    Case("matmul", "dot", _cube(64)),
    Case("matmul", "gemv", "m=256 n=1 k=256"),
    *(Case("matmul", variant, "m=1 n=1024 k=512") for variant in ("naive", "gevm")),
    *(Case("matmul", "auto", f"m=1 n=1024 k=1024 dtype={dtype}") for dtype in ("f32", "bf16", "i8")),
    *(Case("matmul", variant, _cube(256, "dtype=f16 acc=f16")) for variant in ("naive", "7x4", "7x4_packed")),
    *(Case("matmul", variant, _cube(256, "dtype=f16 acc=f32")) for variant in ("naive_acc32", "7x4_acc32", "7x4_packed_acc32")),
    *(Case("matmul", variant, _cube(256, "dtype=bf16"), bar) for variant, bar in (("naive", None), ("7x4", 0.85))),
    *(Case("matmul", variant, _cube(256, "dtype=i8"), bar) for variant, bar in (("naive", None), ("7x4", None), ("7x4_packed", 0.8))),
    *(Case("matmul", variant, _cube(256, "dtype=i8 out=i8")) for variant in ("7x4_requant", "7x4_packed_requant")),
    *(Case("matmul", "auto", _cube(128, f"dtype={dtype} tb=1 batch=4")) for dtype in ("f32", "f16", "i8")),
    *(Case("matmul", "7x4", _cube(64, f"dtype={dtype}"), quick=True) for dtype in ("bf16", "i8", "u8")),
    *(
        Case("qmatmul", f"q4_0_{name}", f"m={m} n=256 k=256 dtype={dtype} weights=q4_0", quick=m == 1)
        for dtype in ("f32", "i8") for m in (1, 32) for name in ("naive", "packed")
    ),
    *(Case("qmatmul", f"q4_0_{name}", "m=1 n=1024 k=1024 dtype=i8 weights=q4_0") for name in ("naive", "packed")),
    *(Case("qmatmul", f"{w}_tiles", f"m=32 n=256 k=256 dtype=f32 weights={w}") for w in ("q4_0", "q4_1", "q8_0")),
    *(Case("qmatmul", f"{w}_packed", f"m=32 n=256 k=256 dtype={dtype} weights={w}") for dtype in ("f32", "i8") for w in ("q4_1", "q8_0")),
    Case("conv2d", "auto", _LAYER, 0.8),
    Case("conv2d", "auto", f"{_LAYER} layout=nhwc", 0.8),
    Case("conv2d", "winograd", _LAYER),
    *(Case("conv2d", variant, _HALF) for variant in ("naive", "14x2", "im2col", "winograd")),
    *(Case("conv2d", f"nhwc_{variant}", f"{_HALF} layout=nhwc") for variant in ("naive", "6x4", "6x4_indirect")),
    *(Case("conv2d", "naive", f"{_HALF} dtype={dtype}") for dtype in ("f16", "i8")),
    *(Case("conv2d", "7x4", f"{_HALF} dtype={dtype}") for dtype in ("f16", "i8")),
    *(Case("conv2d", "nhwc_7x4", f"{_HALF} layout=nhwc dtype={dtype}") for dtype in ("f16", "i8")),
    *(Case("conv2d", f"{name}1x1", f"{_HALF} r=1 s=1 pad=0 layout={layout}") for name, layout in (("", "nchw"), ("nhwc_", "nhwc"))),
    *(Case("conv2d", variant, "h=56 w=56 c=64 k=64 groups=64", bar) for variant, bar in (("naive", None), ("depthwise", 0.8))),
    *(Case("conv2d", variant, "", quick=True) for variant in ("naive", "14x2", "winograd")),
    *(Case("conv1d", variant, "w=1024 c=64 k=64 s=5") for variant in ("naive", "14x2")),
    *(Case("conv_transpose2d", variant, "h=14 w=14 c=64 k=64") for variant in ("naive", "14x2")),
    *(Case(kernel, "auto", "m=128 n=512") for kernel in ("softmax", "layernorm", "transpose")),
    *(Case(kernel, "auto", "n=1000000") for kernel in ("axpy", "dot", "relu")),
    Case("copy", "auto", "n=4000000"),
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One case on one machine."""

    machine: str
    case: str
    cycles: int
    utilization: float | None
    bound: float | None
    stalls: Mapping[str, int]
    memory: tuple[int, float]
    """Bytes that main memory moved, and how many it moves a cycle."""

    @property
    def line(self) -> str:
        """As in kernels.txt."""
        return f"{self.machine} | {self.case} | {self.cycles} | {_percent(self.utilization)} | {_percent(self.bound)}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def measure(machine: str, case: Case) -> Figure | None:
    """Cycles of the second run; None when the machine lacks what the kernel needs. Raises AssertionError for a wrong result."""
    runner = rvsim.Machine(machine)
    contract = kernels.get(case.kernel)
    try:
        contract.select(case.variant, contract.validate(case.values), vlen=runner.config.vlen, isa=runner.extensions)
    except rvsim.UsageError:
        return None
    for warm in (False, True):
        result = runner.run(case.kernel, variant=case.variant, warm=warm, **case.values)
    assert result.correct, f"{case.name} on {machine}: {result.check}"
    assert result.cycles is not None and result.stalls is not None
    assert runner.model is not None
    memory = (runner.model.totals.dram_bytes, peaks(runner.config)["bytes_per_cycle"]["dram"])
    return Figure(machine, case.name, result.cycles, result.utilization, result.bound_utilization, result.stalls, memory)


def wanted(names: Sequence[str]) -> Iterator[tuple[str, Case]]:
    """Machines and cases that the words of the command line select; all without any."""
    machines = [name for name in machine_names() if name in names] or list(machine_names())
    starts = tuple(name for name in names if name not in machine_names())
    return ((machine, case) for case in CASES if not starts or case.name.startswith(starts) for machine in machines)


def golden() -> dict[tuple[str, str], str]:
    """(machine, case) -> its line of kernels.txt."""
    lines = [line for line in GOLDEN.read_text().splitlines() if line and line[0] != "#"]
    return {tuple(line.split(" | ")[:2]): line for line in lines}  # type: ignore[misc]  # two words


def below_bar(figure: Figure, case: Case) -> bool:
    """Whether a judged machine misses the bar; compute kernels are measured against the peak."""
    share = figure.utilization if figure.utilization is not None else figure.bound
    return case.bar is not None and figure.machine in JUDGED and (share or 0) < case.bar


def page(figures: Sequence[Figure]) -> str:
    """docs/reference/kernels.md."""
    machines = list(dict.fromkeys(figure.machine for figure in figures))
    cell = {(figure.machine, figure.case): _percent(figure.bound) for figure in figures}
    rows = [[f"`{case.name}`", *(cell.get((machine, case.name), "") for machine in machines)] for case in CASES]
    missed = [(figure, case) for figure in figures for case in CASES if case.name == figure.case and below_bar(figure, case)]
    parts = [_HEAD, _table(["", *machines], [row for row in rows if any(row[1:])])]
    if missed:
        parts.append(_MISSED + "\n".join(f"- `{case.name}` on {figure.machine}: {_why(figure, case)}" for figure, case in missed) + "\n")
    return "\n".join(parts)


def _why(figure: Figure, case: Case) -> str:
    waits = {cause: cycles for cause, cycles in figure.stalls.items() if cause not in ("issue", "execute") and cycles * 100 > figure.cycles}
    parts = ", ".join(f"{cause} {cycles / figure.cycles:.1%}" for cause, cycles in sorted(waits.items(), key=lambda item: -item[1]))
    reached = figure.utilization or figure.bound or 0
    moved, rate = figure.memory
    serial = 1 / (1 + moved / rate / (figure.cycles * reached))
    return (
        f"{_percent(reached)} of the peak instead of {case.bar:.0%}; waits: {parts or 'none over 1 %'}. The multiplier's own time and"
        f" {moved / 1024:,.0f} KiB from and to main memory at {rate:g} bytes a cycle, one after the other, would allow {_percent(serial)};"
        f" the rest are misses that are waited for one by one."
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (header, ["---", *("---:" for _ in header[1:])], *rows)]
    return "\n".join(lines) + "\n"


_HEAD = """# How near the kernels are to their bound

Written by `make bench-kernels`; the cycle counts behind it are `tests/bench/kernels.txt`. Each figure is the share of the roofline that a
kernel reaches in a second run (code and data in the caches that can hold them): of the machine's peak for its multiply-accumulate, or of
the bandwidth beyond the first-level cache where that is larger. An empty cell: the machine lacks an extension.
"""
_MISSED = """## Where a bar is missed, and why

The bars, on ara-4l, spacemit-x60, sifive-x280, saturn-v256d128, spacemit-x100 and spacemit-a100: 90 % of the peak for f32 matmul at
256 x 256 x 256 (as `variant=auto` picks), 80 % for i8 (packed), 85 % for bf16; 80 % for a 3 x 3 convolution of 56 x 56 x 64 to 64 channels
and for a depthwise one. [What bounds the kernels](../explanation/kernel-bounds.md) goes through the causes.

"""


def main(words: Sequence[str]) -> int:
    """Measure; write, or with --check compare."""
    check = "--check" in words
    names = [word for word in words if word != "--check"]
    figures: list[Figure] = []
    before = golden() if GOLDEN.exists() else {}
    different = 0
    for machine, case in wanted(names):
        figure = measure(machine, case)
        if figure is None:
            continue
        figures.append(figure)
        old = before.get((machine, case.name))
        different += old != figure.line
        print(figure.line + ("" if old == figure.line else f"   was {old.split(' | ')[2]}" if old else "   new"), flush=True)
    if not check and not names:
        GOLDEN.write_text(
            "# machine | case | cycles | of the peak | of the bound     (make bench-kernels)\n" + "\n".join(f.line for f in figures) + "\n"
        )
        PAGE.write_text(page(figures))
    elif not check:
        print("nothing was written: for that, run without names")
    print(f"{len(figures)} figures, {different} differ from {GOLDEN.name}")
    return int(check and different > 0)


def selected(machine: str) -> list[Any]:
    """The quick cases on one machine, for the tests."""
    return [(machine, case) for case in CASES if case.quick]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
