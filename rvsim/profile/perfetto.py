"""The log of a window as Chrome trace-event JSON, which the Perfetto UI and chrome://tracing open.

    scalar core      one track for each instruction in flight       time: 1 cycle is shown as 1 us
    pipe NAME        what a vector pipe works on                    arrows: who waited for whom
    memory           vector and scalar accesses, issue to done      counters: in flight, bytes asked for, cycles by cause

Format: "Trace Event Format" (Google, the Catapult project): complete events X, flow events s and f, counters C, metadata M.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rvsim.errors import UsageError

from .recording import Recording

_CORE, _VECTOR, _MEMORY, _COUNTERS = 1, 2, 3, 4
_NAMES = {_CORE: "scalar core", _VECTOR: "vector unit", _MEMORY: "memory", _COUNTERS: "counters"}
_BINS = 400  # samples of a counter


def trace_events(log: Recording, title: str = "rvsim") -> dict[str, Any]:
    """The JSON object. Every logged instruction is an event on the track of its pipe, with its stages as arguments."""
    events: list[dict[str, Any]] = [
        {"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "args": {"name": name}} for pid, name in _NAMES.items()
    ]
    events += [{"ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": {"sort_index": pid}} for pid in _NAMES]
    places = list(_instructions(log, events))
    events += _arrows(log, places)
    events += _accesses(log)
    events += _counters(log)
    return {"displayTimeUnit": "ms", "otherData": {"title": title, "unit": "1 us is 1 cycle", "lost": log.lost}, "traceEvents": events}


def write_perfetto(log: Recording, path: str | Path, title: str = "rvsim") -> None:
    """Write the JSON. Raises UsageError where the file cannot be written, or for a window without instructions."""
    if not len(log):
        raise UsageError(f"{path}: no instruction was issued in the window, so there is nothing to show; choose another --window")
    try:
        Path(path).write_text(json.dumps(trace_events(log, title), separators=(",", ":")), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from None


def spread(starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """A track number for each interval, so that none overlaps another on its track; the lowest that is free.

    starts, ends: float64 [n] in cycles, in any order of time.
    """
    free: list[float] = []
    out = np.zeros(len(starts), np.int64)
    for i in np.argsort(starts, kind="stable"):
        track = next((t for t, until in enumerate(free) if until <= starts[i]), len(free))
        if track == len(free):
            free.append(0.0)
        free[track] = float(ends[i])
        out[i] = track
    return out


def _span(log: Recording, i: int) -> tuple[float, float]:
    """When instruction i is shown at work: on its pipe, or from issue to completion in the scalar core."""
    if log.pipe[i] >= 0:
        return float(log.start[i]), max(float(log.end[i]), float(log.start[i]) + 0.25)
    return float(log.issue[i]), max(float(log.done[i]), float(log.issue[i]) + 0.25)


def _instructions(log: Recording, events: list[dict[str, Any]]) -> Iterator[tuple[int, int, float, float]]:
    """Append an event for each instruction; (pid, tid, start, end) of it."""
    spans = np.array([_span(log, i) for i in range(len(log))], np.float64).reshape(len(log), 2)
    tids = np.zeros(len(log), np.int64)
    named: set[tuple[int, int]] = set()
    for pipe in np.unique(log.pipe):
        chosen = np.flatnonzero(log.pipe == pipe)
        base = 1 if pipe < 0 else 100 * (int(pipe) + 1)
        tids[chosen] = base + np.minimum(spread(spans[chosen, 0], spans[chosen, 1]), 98)
    for i in range(len(log)):
        pid, tid = (_CORE if log.pipe[i] < 0 else _VECTOR), int(tids[i])
        if (pid, tid) not in named:
            named.add((pid, tid))
            label = "issue slot" if pid == _CORE else f"pipe {log.pipes[int(log.pipe[i])]}"
            number = tid - 1 if pid == _CORE else tid % 100
            name = f"{label} {number}" if pid == _CORE or number else label
            events.append({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": name}})
            events.append({"ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": {"sort_index": tid}})
        pc, (start, end) = int(log.pc[i]), spans[i]
        args: dict[str, Any] = {"pc": f"{pc:#x}", "at": log.name.get(pc, ""), "index": i, "waited because": log.causes[int(log.cause[i])]}
        args |= {key: round(float(getattr(log, key)[i]), 3) for key in ("issue", "sequenced", "start", "first", "end", "done", "charge")}
        if log.pipe[i] >= 0:
            args |= {"vl": int(log.vl[i]), "SEW": 8 << (int(log.vtype[i]) & 3)}
        if log.bytes[i]:
            args |= {"address": f"{int(log.addr[i]):#x}", "bytes": int(log.bytes[i])}
        name = log.text.get(pc, f"{pc:#x}")
        category = "vector" if pid == _VECTOR else "scalar"
        events.append({"ph": "X", "name": name, "cat": category, "pid": pid, "tid": tid, "ts": start, "dur": end - start, "args": args})
        yield pid, tid, float(start), float(end)


def _arrows(log: Recording, places: Sequence[tuple[int, int, float, float]]) -> Iterator[dict[str, Any]]:
    for i, producer in enumerate(log.producer):
        if 0 <= producer < len(places):
            pid, tid, start, end = places[int(producer)]
            to = places[i]
            common = {"cat": "waits", "name": "waits for", "id": i}
            yield {"ph": "s", "pid": pid, "tid": tid, "ts": max(start, min(end, to[2])) - min(0.01, (end - start) / 2), **common}
            yield {"ph": "f", "bp": "e", "pid": to[0], "tid": to[1], "ts": to[2], **common}


def _accesses(log: Recording) -> Iterator[dict[str, Any]]:
    chosen = np.flatnonzero(log.bytes)
    tracks = spread(log.issue[chosen], np.maximum(log.done[chosen], log.issue[chosen] + 0.25))
    for track in np.unique(tracks):
        yield {"ph": "M", "name": "thread_name", "pid": _MEMORY, "tid": int(track) + 1, "args": {"name": f"access {track}"}}
    for i, track in zip(chosen, tracks, strict=True):
        pc = int(log.pc[i])
        about = {"address": f"{int(log.addr[i]):#x}", "bytes": int(log.bytes[i]), "pc": f"{pc:#x}"}
        start, end = float(log.issue[i]), max(float(log.done[i]), float(log.issue[i]) + 0.25)
        name = log.text.get(pc, f"{pc:#x}").split()[0]
        yield {
            "ph": "X",
            "cat": "memory",
            "name": name,
            "pid": _MEMORY,
            "tid": int(track) + 1,
            "ts": start,
            "dur": end - start,
            "args": about,
        }


def _counters(log: Recording) -> Iterator[dict[str, Any]]:
    start, end = float(log.issue.min()), float(log.done.max())
    edges = np.linspace(start, max(end, start + 1), min(_BINS, max(2, int(end - start))) + 1)
    vector = log.pipe >= 0
    for name, chosen in (("scalar in flight", ~vector), ("vector in flight", vector)):
        begun = np.searchsorted(np.sort(log.issue[chosen]), edges, side="right")
        ended = np.searchsorted(np.sort(log.done[chosen]), edges, side="right")
        for at, value in zip(edges, begun - ended, strict=True):
            yield {"ph": "C", "name": name, "pid": _COUNTERS, "tid": 0, "ts": float(at), "args": {"instructions": int(value)}}
    moved = np.histogram(log.issue, edges, weights=log.bytes)[0] / np.diff(edges)
    for at, rate in zip(edges, moved, strict=False):
        yield {
            "ph": "C",
            "name": "bytes asked for a cycle",
            "pid": _COUNTERS,
            "tid": 0,
            "ts": float(at),
            "args": {"bytes": round(float(rate), 3)},
        }
    shares = {
        log.causes[int(c)]: np.histogram(log.done[log.cause == c], edges, weights=log.charge[log.cause == c])[0]
        for c in np.unique(log.cause)
    }
    for k, at in enumerate(edges[:-1]):
        args = {cause: round(float(values[k]), 3) for cause, values in shares.items()}
        yield {"ph": "C", "name": "cycles by cause", "pid": _COUNTERS, "tid": 0, "ts": float(at), "args": args}
