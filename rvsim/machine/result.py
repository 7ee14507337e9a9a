"""What a run gives back: counts, timing, correctness, and the derived figures. Plain values; nothing here runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rvsim.errors import UsageError

if TYPE_CHECKING:
    from rvsim.profile.recording import Recording
    from rvsim.profile.report import Report

    from .profiling import Evidence

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Peak:
    """A machine's roofs for one kind of work: best FLOP a cycle, the name of what reaches it, bytes a cycle beyond L1."""

    flop_per_cycle: float
    name: str
    bytes_per_cycle: float


@dataclass(frozen=True, slots=True)
class Result:
    """One finished run. Figures that the run did not produce are None (functional runs have no cycles).

    cycles: simulated, drain included; bytes: moved beyond the first-level cache, or by the vector unit where there is none;
    stalls: cause -> cycles, summing to `cycles`; flop: of the variant's own algorithm.
    """

    target: str
    machine: str
    instructions: int
    wall_seconds: float
    variant: str | None = None
    why: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    value: int | float | None = None
    correct: bool | None = None
    check: str | None = None
    max_abs_error: float | None = None
    cycles: int | None = None
    vector_instructions: int | None = None
    flop: int | None = None
    bytes: int | None = None
    peak: Peak | None = None
    stalls: Mapping[str, int] | None = None
    stdout: str = ""
    exit_code: int | None = None
    hypothetical: tuple[str, ...] = ()
    evidence: Evidence | None = field(default=None, repr=False, compare=False)

    @property
    def flop_per_cycle(self) -> float | None:
        """FLOP of the algorithm a simulated cycle."""
        return self.flop / self.cycles if self.flop is not None and self.cycles else None

    @property
    def peak_flop_per_cycle(self) -> float | None:
        """The machine's best rate for this multiply-accumulate."""
        return self.peak.flop_per_cycle if self.peak else None

    @property
    def utilization(self) -> float | None:
        """flop_per_cycle / peak_flop_per_cycle."""
        return self.flop_per_cycle / self.peak.flop_per_cycle if self.flop_per_cycle is not None and self.peak else None

    @property
    def bound_utilization(self) -> float | None:
        """Share of the roofline at the run's own intensity, min(peak, bandwidth x FLOP / bytes): the larger of the shares of
        peak and of bandwidth, which also holds for work without FLOP."""
        if self.flop_per_cycle is None or self.peak is None or not self.cycles:
            return None
        return max(self.flop_per_cycle / self.peak.flop_per_cycle, (self.bytes or 0) / self.cycles / self.peak.bytes_per_cycle)

    @property
    def simulated_mips(self) -> float | None:
        """Million simulated instructions a second of wall time."""
        return self.instructions / self.wall_seconds / 1e6 if self.wall_seconds > 0 else None

    def to_json(self) -> dict[str, Any]:
        """The stable JSON object (docs/reference/json.md); a field without meaning is None."""
        return {
            "schema": SCHEMA, "status": "failed" if self.correct is False else "ok", "target": self.target, "variant": self.variant,
            "machine": self.machine, "params": dict(self.params), "correct": self.correct, "check": self.check,
            "max_abs_error": self.max_abs_error, "value": self.value, "cycles": self.cycles, "instructions": self.instructions,
            "vector_instructions": self.vector_instructions, "flop": self.flop, "bytes": self.bytes,
            "flop_per_cycle": self.flop_per_cycle, "peak_flop_per_cycle": self.peak_flop_per_cycle,
            "peak": self.peak.name if self.peak else None, "utilization": self.utilization,
            "bound_utilization": self.bound_utilization, "stalls": None if self.stalls is None else dict(self.stalls),
            "wall_seconds": self.wall_seconds, "simulated_mips": self.simulated_mips, "stdout": self.stdout,
            "exit_code": self.exit_code, "hypothetical": list(self.hypothetical),
        }  # fmt: skip

    def report(self) -> Report:
        """The run explained: every instruction with its cycles and causes; loops, waits, calls and the run over time as well when it
        ran with `profile=True`. `print` shows the short result; `.profile()` is the full text.

        Raises UsageError for a functional run.
        """
        if self.evidence is None:
            raise UsageError("a functional run has no cycles to report; leave out functional, or print the result itself")
        import rvsim.plots  # noqa: F401  gives reports their figures; matplotlib is imported by the first one drawn

        data = self.to_json()
        return self.evidence.report(data | {"bytes_per_cycle": self.peak.bytes_per_cycle if self.peak else None})

    @property
    def recording(self) -> Recording | None:
        """The log of the window that was asked for with `window=`."""
        return None if self.evidence is None else self.evidence.recording()

    def __str__(self) -> str:
        """The short readable result: correctness, cycles, rate against peak, where the cycles went."""
        from rvsim.profile.text import report

        return report(self.to_json())

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        if self.evidence is None:
            from rvsim.profile.notebook import preformatted

            return preformatted(str(self))
        return self.report()._repr_html_()

    def plot(self, path: str) -> Any:
        """Draw the run on its machine's roofline and save it (PNG, SVG or PDF by suffix); returns the matplotlib figure."""
        from rvsim.plots.roofline import roofline

        return roofline([self.to_json() | {"bytes_per_cycle": self.peak.bytes_per_cycle if self.peak else None}], path)
