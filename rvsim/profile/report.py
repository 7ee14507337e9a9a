"""The Report: one run, explained. The object behind every output of `rvsim profile`, `rvsim diff` and the plots.

Plain typed values, no behaviour of a machine: built by `build.py` from recorded data, saved and loaded as JSON
(docs/reference/report.md). All cycles are whole and sum: rows to the run, causes to their row, both to `stalls`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from rvsim.errors import UsageError

REPORT_SCHEMA = 1
PRODUCTIVE = ("issue", "execute")
#: Kind -> what draws one report, given a path or None. rvsim.plots, a layer above, enters its figures here.
FIGURES: dict[str, Callable[[Any, Any], Any]] = {}


class Peak(msgspec.Struct, frozen=True):
    """Best FLOP a cycle for this multiply-accumulate, the unit that reaches it, bytes a cycle beyond the first-level cache."""

    flop_per_cycle: float
    name: str
    bytes_per_cycle: float


class Limits(msgspec.Struct, frozen=True):
    """The machine, as far as a verdict needs it. bandwidths: level -> bytes a cycle."""

    vlen: int
    lanes: int
    isa: str
    issue_width: float
    dispatch_interval: float
    bandwidths: dict[str, float] = {}


class Wait(msgspec.Struct, frozen=True):
    """An instruction waited for what another one made (register) or held (`pipe NAME`). cycles: charged to it meanwhile; held: how
    long it was kept from starting, which may be in the shadow of other work and sums to nothing."""

    address: int
    resource: str
    cause: str
    cycles: int
    held: int


class Form(msgspec.Struct, frozen=True):
    """A vtype an instruction ran under, and how often."""

    sew: int
    lmul: str
    count: int


class Edge(msgspec.Struct, frozen=True):
    """A jump that was taken, and how often."""

    address: int
    count: int


class Row(msgspec.Struct, frozen=True):
    """One instruction. bytes: requested by it; flop: done by it; vl, vlmax: averages over executions."""

    address: int
    name: str
    function: str
    text: str
    mnemonic: str
    unit: str
    pipe: str | None
    file: str | None
    line: int | None
    source: str | None
    count: int
    cycles: int
    causes: dict[str, int]
    bytes: int
    flop: int
    vl: float | None
    vlmax: float | None
    forms: tuple[Form, ...]
    waits: tuple[Wait, ...]
    targets: tuple[Edge, ...]
    loop: int | None

    @property
    def form(self) -> Form | None:
        """The vtype it ran under most."""
        return max(self.forms, key=lambda form: form.count, default=None)

    @property
    def is_vector(self) -> bool:
        """Timed by the vector unit, vset* included."""
        return self.unit.startswith("v_")


class Loop(msgspec.Struct, frozen=True):
    """A natural loop. iterations: executions of its header; entries: from outside; cycles, instructions, causes: of its own rows,
    inner loops included; called: cycles of functions called from it."""

    name: str
    header: int
    first: int
    last: int
    depth: int
    parent: int | None
    entries: int
    iterations: int
    cycles: int
    instructions: int
    causes: dict[str, int]
    called: int
    rows: tuple[int, ...]


class Function(msgspec.Struct, frozen=True):
    """Instructions under one symbol. called: cycles of functions called from it."""

    name: str
    address: int
    cycles: int
    instructions: int
    causes: dict[str, int]
    called: int


class Region(msgspec.Struct, frozen=True):
    """What ran between the markers `rvsim_region_begin` and `rvsim_region_end` of one name, called functions included."""

    name: str
    addresses: tuple[int, ...]
    entries: int
    cycles: int
    instructions: int
    vector_instructions: int
    flop: int
    bytes: int
    causes: dict[str, int]


class Call(msgspec.Struct, frozen=True):
    """A function on one path of calls: caller is an index into Report.calls (None: the outermost); cycles are its own."""

    caller: int | None
    function: str
    address: int
    site: int
    count: int
    cycles: int
    instructions: int


class Unit(msgspec.Struct, frozen=True):
    """A pipe of the vector unit and the cycles of work it did."""

    name: str
    busy: int


class Timeline(msgspec.Struct, frozen=True):
    """The run in bins: bin i is edges[i]..edges[i + 1], in cycles. units: share of the bin that each pipe worked, 0 to 1;
    causes: cycles; the others are counts within the bin. Vector work is counted when it is dispatched; what exceeds a bin moves on."""

    edges: tuple[float, ...]
    instructions: tuple[int, ...]
    vector_instructions: tuple[int, ...]
    flop: tuple[int, ...]
    bytes: tuple[int, ...]
    dram_bytes: tuple[int, ...]
    causes: dict[str, tuple[float, ...]]
    units: dict[str, tuple[float, ...]]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One timed run. profiled: run with the probe, so that loops, waits, calls, regions and the timeline are there.

    `str(report)` is the short readable result, `report.profile()` the full one. bytes: beyond the first-level cache.
    """

    kind: Literal["rvsim-report"] = "rvsim-report"
    schema: int = REPORT_SCHEMA
    version: str = ""
    target: str
    variant: str | None = None
    params: dict[str, Any] = {}
    machine: str
    set: dict[str, str] = {}
    hypothetical: tuple[str, ...] = ()
    correct: bool | None = None
    check: str | None = None
    result: dict[str, Any] = {}
    profiled: bool = False
    cycles: int
    instructions: int
    vector_instructions: int
    wall_seconds: float | None = None
    flop: int | None = None
    flop_executed: int = 0
    bytes: int = 0
    bytes_loaded: int = 0
    bytes_stored: int = 0
    dram_bytes: int = 0
    peak: Peak | None = None
    limits: Limits
    stalls: dict[str, int]
    units: tuple[Unit, ...] = ()
    rows: tuple[Row, ...] = ()
    loops: tuple[Loop, ...] = ()
    functions: tuple[Function, ...] = ()
    regions: tuple[Region, ...] = ()
    calls: tuple[Call, ...] = ()
    timeline: Timeline | None = None

    # ---- figures that follow -------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Target and variant."""
        return f"{self.target} {self.variant}" if self.variant else self.target

    @property
    def flop_per_cycle(self) -> float | None:
        """FLOP of the algorithm a cycle; of the instructions where there is no contract."""
        work = self.flop if self.flop is not None else self.flop_executed or None
        return None if work is None or not self.cycles else work / self.cycles

    @property
    def utilization(self) -> float | None:
        """flop_per_cycle / peak."""
        rate = self.flop_per_cycle
        return None if rate is None or self.peak is None else rate / self.peak.flop_per_cycle

    @property
    def intensity(self) -> float | None:
        """FLOP a byte beyond the first-level cache: the abscissa of the roofline. None without FLOP or traffic."""
        work = self.flop if self.flop is not None else self.flop_executed or None
        return None if work is None or not self.bytes else work / self.bytes

    @property
    def bandwidth_share(self) -> float | None:
        """Share of the bandwidth behind the first-level cache that was used."""
        if not self.cycles or self.peak is None:
            rate = self.limits.bandwidths.get("l2", self.limits.bandwidths.get("dram"))
        else:
            rate = self.peak.bytes_per_cycle
        return None if not rate or not self.cycles else self.bytes / self.cycles / rate

    @property
    def bound_utilization(self) -> float | None:
        """The run against the roofline at its own intensity."""
        shares = [share for share in (self.utilization, self.bandwidth_share) if share is not None]
        return max(shares, default=None) if self.peak is not None else None

    @property
    def ridge(self) -> float | None:
        """FLOP a byte at which bandwidth and peak bind alike."""
        return None if self.peak is None or not self.peak.bytes_per_cycle else self.peak.flop_per_cycle / self.peak.bytes_per_cycle

    def row_at(self, address: int) -> Row | None:
        """The row of an instruction."""
        return next((row for row in self.rows if row.address == address), None)

    def share(self, cycles: float) -> float:
        """Cycles as a share of the run, 0 to 1."""
        return cycles / self.cycles if self.cycles else 0.0

    # ---- JSON ----------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """The documented object (docs/reference/report.md): all fields, and the figures that follow from them."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        more = ("flop_per_cycle", "utilization", "intensity", "bandwidth_share", "bound_utilization", "ridge")
        data |= {name: getattr(self, name) for name in more}
        for row in data["rows"]:
            row["share"] = self.share(row["cycles"])
        for loop in data["loops"]:
            loop["share"] = self.share(loop["cycles"])
        finite: dict[str, Any] = _finite(data)
        return finite

    def save(self, path: str | Path) -> None:
        """Write the JSON. Raises UsageError where the file cannot be written."""
        try:
            Path(path).write_bytes(msgspec.json.format(msgspec.json.encode(self.to_json()), indent=1) + b"\n")
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror})") from None

    @classmethod
    def load(cls, path: str | Path) -> Report:
        """A saved report. Raises UsageError for a file that cannot be read or is none."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
        try:
            report = msgspec.json.decode(data, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            hint = "save one with `rvsim profile TARGET --save FILE.json`"
            raise UsageError(f"{path}: is no saved report ({str(error).replace('`', '')}); {hint}") from None
        if report.schema != REPORT_SCHEMA:
            raise UsageError(f"{path}: a report of format {report.schema}; this version reads {REPORT_SCHEMA}: profile the target again")
        return report

    # ---- text ----------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        """The short result: right or wrong, how long, how near the limit, where the cycles went."""
        from .text import report

        return report(self.result)

    def profile(self) -> str:
        """The full readable profile, without colour."""
        from .screen import render

        return render(self)

    def plot(self, kind: str, path: str | Path | None = None) -> Any:
        """Draw 'stalls', 'roofline' or 'compare' of this run; save it if a path is given; return the matplotlib Figure.

        Raises UsageError for another kind, a run that has no place in the figure, and a path that cannot be written.
        """
        if kind not in FIGURES:
            there = ", ".join(FIGURES) or "none yet: import rvsim.plots"
            raise UsageError(f"a report has no figure {kind!r}; there are: {there}; others take several runs (rvsim.plots)")
        return FIGURES[kind](self, path)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from .notebook import html

        return html(self)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
