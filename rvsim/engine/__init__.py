"""The run loops, and through them what the layers above need of core and timing.

    loops.pyx functional, stepwise and timed loops over one hart
    replay.pyx code whose timing repeats; record.pyx how that is found out; ahead.pyx laps of loops that run in bulk
    several.pyx runs of loads and of multiply-adds in replayed laps; streams.pyx unit-stride vector accesses there
    chain.pyx the timed run as a chain of handlers; timed.pyx holds those that wire.py spells out
    profiled.pyx the timed loop under a probe
    trace.pyx the loop that prints a commit log; watch.pyx the one that stops at accesses to certain memory
    checked.pyx the loop that looks every access up in a byte map

Names are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rvsim import host

if TYPE_CHECKING:
    from rvsim.core.hart import CSRS, Hart
    from rvsim.core.memory import EXECUTE, READ, WRITE, Memory
    from rvsim.timing import CAUSES, MachineConfig, TimingModel, load_machine, machine_names, peaks
    from rvsim.timing.probe import Profiler

    from .checked import ByteMap, run_checked
    from .loops import forget_timing, run
    from .trace import CommitLog
    from .watch import run_watched

_HOME = {
    "Hart": "rvsim.core.hart", "CSRS": "rvsim.core.hart", "Memory": "rvsim.core.memory", "READ": "rvsim.core.memory",
    "WRITE": "rvsim.core.memory", "EXECUTE": "rvsim.core.memory", "CAUSES": "rvsim.timing", "MachineConfig": "rvsim.timing",
    "TimingModel": "rvsim.timing", "load_machine": "rvsim.timing", "machine_names": "rvsim.timing", "peaks": "rvsim.timing",
    "Profiler": "rvsim.timing.probe", "run": "rvsim.engine.loops", "forget_timing": "rvsim.engine.loops",
    "CommitLog": "rvsim.engine.trace", "run_watched": "rvsim.engine.watch", "ByteMap": "rvsim.engine.checked",
    "run_checked": "rvsim.engine.checked",
}  # fmt: skip

host.check()

__all__ = [
    "CAUSES", "CSRS", "EXECUTE", "READ", "WRITE", "ByteMap", "CommitLog", "Hart", "MachineConfig", "Memory", "Profiler", "TimingModel",
    "forget_timing", "load_machine", "machine_names", "peaks", "run", "run_checked", "run_watched", "timing_rows",
]  # fmt: skip


def timing_rows() -> list[dict[str, Any]]:
    """The instruction table as the timing model reads it, indexed by Op.insn; entry 0 stands for an illegal instruction."""
    from rvsim.isa import BY_NAME, INSTRUCTIONS
    from rvsim.timing import describe_all

    if not _ROWS:
        rows: list[Any] = [BY_NAME["ecall"], *INSTRUCTIONS]
        _ROWS.extend(describe_all(rows))
    return _ROWS


_ROWS: list[dict[str, Any]] = []


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
