"""The log of a window: every executed instruction in it, with the times of its stages. Timeline, Perfetto and Konata read this.

    Window: which part of the run  -->  the machine runs with it  -->  Recording: one numpy array a column

Bounded: a window takes at most `limit` entries, about 104 bytes each; what finds no room is counted in `lost`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvsim.errors import UsageError

from .recorded import CAUSE_NAMES

_STAMPS = 240 * 32  # stamps a cycle: ticks with room for a cause
_TIMES = ("issue", "sequenced", "start", "first", "end", "done", "charge")


@dataclass(frozen=True, slots=True)
class Window:
    """Which instructions to log: those that the scalar core issues in cycles start..end; or those between the markers of
    `region`; or those from execution number `first` (counted from 0) of the instruction at `address` up to number `last`,
    without the latter: one iteration of a loop is (header, n, n + 1)."""

    start: int = 0
    end: int = 1 << 47
    region: str | None = None
    address: int | None = None
    first: int = 0
    last: int = 1
    limit: int = 200_000

    @classmethod
    def parse(cls, text: str) -> Window:
        """'1000:2000' in cycles, or the name of a region. Raises UsageError."""
        match = re.fullmatch(r"(\d*):(\d*)", text)
        if match is None:
            if not text.strip() or re.search(r"[\x00-\x1f\"\\]", text):
                raise UsageError(f"window {text!r}: write START:END in cycles, or the name of a region")
            return cls(region=text)
        start, end = int(match[1] or 0), int(match[2]) if match[2] else 1 << 47
        if end <= start:
            raise UsageError(f"window {text!r}: it ends before it begins; write START:END in cycles")
        return cls(start, end)


@dataclass(frozen=True, slots=True)
class Recording:
    """Executed instructions in program order. All times are in cycles from the start of the run, as float64.

    pc uint64 [n]: address. issue: the scalar core issued it, or the vector unit accepted it; sequenced: the vector unit sent it
    to its pipe; start: its pipe began; first: the first result was there for a chained consumer; end: its pipe was through with
    it; done: complete. charge: cycles charged to it. producer int64: index of the instruction it waited for, -1: none in the log.
    addr uint64, bytes uint32: memory access, 0 bytes: none. vl uint32, vtype uint8: of vector instructions; vtype is
    log2(SEW / 8) | vlmul << 2.
    cause uint8: index into `causes`, why it began when it did. pipe int32: index into `pipes`, -1: the scalar core.
    text: address -> disassembly; name: address -> symbol+offset. lost: instructions of the window that found no room.
    """

    pc: npt.NDArray[np.uint64]
    issue: npt.NDArray[np.float64]
    sequenced: npt.NDArray[np.float64]
    start: npt.NDArray[np.float64]
    first: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    done: npt.NDArray[np.float64]
    charge: npt.NDArray[np.float64]
    producer: npt.NDArray[np.int64]
    addr: npt.NDArray[np.uint64]
    bytes: npt.NDArray[np.uint32]
    vl: npt.NDArray[np.uint32]
    vtype: npt.NDArray[np.uint8]
    cause: npt.NDArray[np.uint8]
    pipe: npt.NDArray[np.int32]
    pipes: tuple[str, ...]
    text: Mapping[int, str]
    name: Mapping[int, str]
    window: Window
    lost: int = 0
    causes: tuple[str, ...] = CAUSE_NAMES

    def __len__(self) -> int:
        return len(self.pc)

    def part(self, first: int, last: int) -> Recording:
        """Instructions first..last, without the latter; producers outside of it are forgotten."""
        columns = {name: getattr(self, name)[first:last] for name in ("pc", *_TIMES, *_OTHERS)}
        producer = columns["producer"] - first
        columns["producer"] = np.where((producer >= 0) & (producer < last - first), producer, -1)
        return replace(self, **columns)

    def iteration_like_most(self, header: int, body: Collection[int] = ()) -> Recording:
        """Of the iterations that begin at address `header`, the one of median length in cycles; the whole log if there is none.

        body: addresses of the loop. An iteration that leaves it ends with its last instruction there, not when the loop is next entered.
        """
        starts = np.flatnonzero(self.pc == header)
        if not len(starts):
            return self
        ends = np.append(starts[1:], len(self))
        whole = len(starts) - 1 if len(starts) > 1 else 1  # the last may have been cut off
        if body:
            inside = np.flatnonzero(np.isin(self.pc, np.fromiter(body, np.uint64)))
            ends = inside[np.searchsorted(inside, ends) - 1] + 1
        lengths = [float(self.done[a:b].max() - self.issue[a]) for a, b in zip(starts[:whole], ends[:whole], strict=True)]
        middle = sorted(range(whole), key=lambda i: (lengths[i], i))[whole // 2]
        return self.part(int(starts[middle]), int(ends[middle]))

    def save(self, path: str | Path) -> None:
        """The columns as .npz. Raises UsageError where the file cannot be written."""
        columns: dict[str, Any] = {name: getattr(self, name) for name in ("pc", *_TIMES, *_OTHERS)}
        try:
            with Path(path).open("wb") as stream:
                np.savez_compressed(stream, **columns, pipes=np.array(self.pipes), causes=np.array(self.causes))
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


_OTHERS = ("producer", "addr", "bytes", "vl", "vtype", "cause", "pipe")


def from_log(
    log: npt.NDArray[Any], lost: int, *, pipes: Sequence[str], text: Mapping[int, str], name: Mapping[int, str], window: Window
) -> Recording:
    """A Recording of the probe's structured array, whose times are in stamps."""
    times: dict[str, Any] = {key: log[key].astype(np.float64) / _STAMPS for key in _TIMES}
    others: dict[str, Any] = {key: np.ascontiguousarray(log[key]) for key in _OTHERS}
    return Recording(
        pc=np.ascontiguousarray(log["pc"]), **times, **others, pipes=tuple(pipes), text=text, name=name, window=window, lost=lost
    )
