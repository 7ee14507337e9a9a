"""Between a run and its report: sets the probe up, collects what was recorded, and adds what the program's files say.

    Window, images --> Profiler --run--> Evidence --report()--> profile.Report

The only place where recorded data meet symbols, source lines and the machine's prices.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rvsim import engine, isa
from rvsim.errors import UsageError
from rvsim.loader import Program as Image

if TYPE_CHECKING:  # every timed run comes here; only those that are reported load the rest
    from rvsim.profile.recorded import Code
    from rvsim.profile.recording import Recording, Window
    from rvsim.profile.report import Limits, Report

_REGION = "rvsim_region."


def profiler_for(model: engine.TimingModel | None, images: Sequence[Image], profile: bool, window: Window | None) -> engine.Profiler | None:
    """The probe that a run needs; None when nothing is asked for. Raises UsageError for a window that cannot be."""
    if not profile and window is None:
        return None
    if model is None:
        raise UsageError("a functional run has no cycles to explain; leave out functional")
    if window is None:
        return engine.Profiler(model)
    _check_window(window)
    capacity = max(1, window.limit)
    if window.region is not None:
        return engine.Profiler(model, capacity=capacity, regions=_region_addresses(images, window.region))
    if window.address is not None:
        return engine.Profiler(model, capacity=capacity, trigger=(window.address, window.first, window.last))
    return engine.Profiler(model, capacity=capacity, window=(window.start, window.end))


def _check_window(window: object) -> None:
    """A window holds what its type says, in the range of what counts it; UsageError."""
    from rvsim.profile.recording import Window

    if not isinstance(window, Window):
        raise UsageError(f"window={window!r:.60} is no rvsim.profile.Window")
    for name in ("start", "end", "first", "last", "limit", "address"):
        value, bits = getattr(window, name), 64 if name == "address" else 63
        if (value is not None or name != "address") and not (isinstance(value, int) and 0 <= value < 1 << bits):
            raise UsageError(f"window: {name}={value!r:.60} is no number that can be reached")


def _region_addresses(images: Iterable[Image], name: str) -> list[int]:
    regions = region_names(images)
    found = [address for address, region in regions.items() if region == name]
    if not found:
        there = ", ".join(sorted(set(regions.values()))) or "none (docs/howto/profile-a-kernel.md shows how to mark one)"
        raise UsageError(f"there is no region {name!r} in the program; regions: {there}; a window in cycles is START:END")
    return found


def region_names(images: Iterable[Image]) -> dict[int, str]:
    """Address of each begin marker -> name of its region; the marker's label is `rvsim_region.NAME.UNIQUE`."""
    out = {}
    for image in images:
        for symbol in image.symbols.values():
            if symbol.name.startswith(_REGION):
                out[symbol.address] = symbol.name.removeprefix(_REGION).rpartition(".")[0] or symbol.name
    return out


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a timed run leaves behind for its report. Holds the program's images, not the machine."""

    images: tuple[Image, ...]
    config: engine.MachineConfig
    insns: Sequence[Mapping[str, Any]]
    records: Sequence[Any]
    cycles: int
    vector_instructions: int
    bytes: int
    dram_bytes: int
    stalls: Mapping[str, int]
    busy: Mapping[str, float]
    probe: Mapping[str, Any] | None = None
    log: tuple[Any, int] | None = None
    window: Window | None = None
    sets: Mapping[str, str] = field(default_factory=dict)

    def report(self, result: Mapping[str, Any]) -> Report:
        """The Report of the run whose JSON object is `result`."""
        from rvsim.profile.build import build
        from rvsim.profile.recorded import Recorded

        addresses = {record[0] for record in self.records}
        code = _Listing(self.images, self.insns).code({record[0]: record[1] for record in self.records})
        for node in (self.probe or {}).get("calls", ()):
            if node[1] and node[1] not in addresses:
                code |= _Listing(self.images, self.insns).code({node[1]: 0})
        recorded = Recorded(
            self.records, self.insns, self.cycles, self.bytes, self.dram_bytes, self.stalls, self.busy, _limits(self.config),
            _pipes(self.config), code, region_names(self.images), self.probe,
        )  # fmt: skip
        version = str(getattr(sys.modules.get("rvsim"), "__version__", ""))  # of the package above, which this layer does not import
        return build(recorded, {**result, "set": dict(self.sets)}, version)

    def recording(self) -> Recording | None:
        """The log of the window, or None when none was asked for."""
        if self.log is None or self.window is None:
            return None
        from rvsim.profile.recording import from_log

        log, lost = self.log
        code = _Listing(self.images, self.insns).code(dict(zip(log["pc"].tolist(), log["insn"].tolist(), strict=True)))
        return from_log(
            log, lost, pipes=tuple(self.busy), text={pc: line.text for pc, line in code.items()},
            name={pc: line.name for pc, line in code.items()}, window=self.window,
        )  # fmt: skip


def collect(
    model: engine.TimingModel, images: Sequence[Image], profiler: engine.Profiler | None, window: Window | None, sets: Mapping[str, str]
) -> Evidence:
    """Everything a report needs of a run that is over (after `drain`)."""
    totals = model.totals
    probe = None if profiler is None else profiler.finish()
    return Evidence(
        images=tuple(images), config=model.config, insns=model.insns, records=model.records(), cycles=model.cycles,
        vector_instructions=totals.vector_instructions, bytes=totals.bytes_beyond_l1, dram_bytes=totals.dram_bytes,
        stalls=model.stalls, busy=model.unit_busy, probe=probe,
        log=profiler.log() if profiler is not None and window is not None else None, window=window, sets=dict(sets),
    )  # fmt: skip


def _limits(config: engine.MachineConfig) -> Limits:
    from rvsim.profile.report import Limits

    return Limits(
        vlen=config.vlen, lanes=config.lanes, isa=config.isa, issue_width=float(config.scalar.issue_width),
        dispatch_interval=float(config.vector.dispatch_interval), bandwidths=dict(engine.peaks(config)["bytes_per_cycle"]),
    )  # fmt: skip


def _pipes(config: engine.MachineConfig) -> dict[str, str]:
    """Unit of the instruction table -> pipe that does it (the first, where there is a choice)."""
    return {unit: price.pipe[0] for price in config.vector.classes.values() for unit in price.units if price.pipe}


class _Listing:
    """Addresses to text, symbols and source lines, from the images of programs; files are read once."""

    def __init__(self, images: Sequence[Image], insns: Sequence[Mapping[str, Any]]) -> None:
        self.images = images
        self.insns = insns

    def code(self, instructions: Mapping[int, int]) -> dict[int, Code]:
        """address -> Code, for (address, row of the instruction table)."""
        return {pc: self._line(pc, insn) for pc, insn in instructions.items()}

    def _line(self, pc: int, insn: int) -> Code:
        from rvsim.profile.recorded import Code

        image = next((image for image in self.images if any(s.address <= pc < s.end for s in image.segments)), None)
        mnemonic = str(self.insns[insn]["name"]) if insn else "?"
        if image is None:
            return Code(4, mnemonic, f"{pc:#x}", f"{pc:#x}", pc)
        word, size = _word(image, pc)
        row = isa.decode(word) if size else None
        same = row is not None and (row.name == mnemonic or not insn)  # a program may have changed its own code
        text = isa.disassemble(word, pc, image.symbolize) if same else f"{mnemonic} (code changed)"
        symbol, place = image.symbol_at(pc), image.line_of(pc)
        file, line = place if place is not None else (None, None)
        return Code(
            size or 4, text, image.symbolize(pc), symbol.name if symbol else f"{pc:#x}", symbol.address if symbol else pc, file, line,
            _source(file, line) if file is not None and line is not None else None,
        )  # fmt: skip


def _word(image: Image, pc: int) -> tuple[int, int]:
    """The instruction at pc in the file, and its size in bytes; size 0 where the file has none."""
    for segment in image.segments:
        at = pc - segment.address
        if 0 <= at < len(segment.data):
            low = int.from_bytes(segment.data[at : at + 2], "little")
            return (int.from_bytes(segment.data[at : at + 4], "little"), 4) if low & 3 == 3 else (low, 2)
    return 0, 0


def _source(file: str, line: int) -> str | None:
    lines = _lines(file)
    return lines[line - 1].rstrip() if 0 < line <= len(lines) else None


@functools.lru_cache(maxsize=64)
def _lines(file: str) -> tuple[str, ...]:
    try:
        return tuple(Path(file).read_text(errors="replace").splitlines())
    except (OSError, ValueError):
        return ()
