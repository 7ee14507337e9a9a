"""Recorded data to a Report: rounding, loops, functions, regions, calls, and the run over time.

    Recorded --> rows (rounded so that they sum) --> loops, functions
             --> probe: waits, regions, calls, samples

Nothing here runs anything or reads a file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from rvsim.isa import F_NAMES, X_NAMES

from .loops import Found, Step, find_loops
from .recorded import CAUSE_NAMES, TICKS, Code, Recorded
from .report import Call, Edge, Form, Function, Loop, Peak, Region, Report, Row, Timeline, Unit, Wait
from .rounding import apportion, controlled

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_LMULS = ("m1", "m2", "m4", "m8", "?", "mf8", "mf4", "mf2")
_NOWHERE = Code(4, "?", "?", "?", 0)


def build(recorded: Recorded, result: Mapping[str, Any], version: str = "") -> Report:
    """The report of a run; `result` is its JSON object (docs/reference/json.md), which says what ran and whether it was right."""
    merged = _merge(recorded)
    rows = _rows(recorded, merged)
    loops, innermost = _loops(recorded, rows)
    rows = tuple(_in_loop(row, innermost.get(row.address)) for row in rows)
    probe = recorded.probe or {}
    calls = _calls(recorded, probe.get("calls", ()))
    peak = result.get("peak_flop_per_cycle")
    return Report(
        version=version,
        target=result["target"], variant=result.get("variant"), params=dict(result.get("params") or {}), machine=result["machine"],
        set=dict(result.get("set") or {}), hypothetical=tuple(result.get("hypothetical") or ()), correct=result.get("correct"),
        check=result.get("check"), result=dict(result), profiled=recorded.probe is not None, cycles=recorded.cycles,
        instructions=sum(row.count for row in rows), vector_instructions=sum(row.count for row in rows if row.is_vector),
        wall_seconds=result.get("wall_seconds"), flop=result.get("flop"), flop_executed=sum(row.flop for row in rows),
        bytes=recorded.bytes, bytes_loaded=_requested(rows, "load"), bytes_stored=_requested(rows, "store"),
        dram_bytes=recorded.dram_bytes,
        peak=Peak(peak, result.get("peak") or "", result.get("bytes_per_cycle") or 0.0) if peak else None,
        limits=recorded.limits, stalls=dict(recorded.stalls),
        units=tuple(Unit(name, min(round(busy), recorded.cycles)) for name, busy in recorded.busy.items()),
        rows=rows, loops=_with_calls(loops, calls), functions=_functions(recorded, rows, calls),
        regions=_regions(recorded, probe.get("regions", ())), calls=calls, timeline=_timeline(recorded, probe.get("samples")),
    )  # fmt: skip


# ---- rows ------------------------------------------------------------------------------------------------------------------


def _merge(recorded: Recorded) -> dict[tuple[int, int], list[Any]]:
    """Records of one instruction at one place as (count, ticks, causes, elements, bytes)."""
    out: dict[tuple[int, int], list[Any]] = {}
    for pc, insn, count, ticks, causes, elements, nbytes in recorded.records:
        row = out.setdefault((pc, insn), [0, 0, [0] * len(CAUSE_NAMES), 0, 0])
        row[0] += count
        row[1] += ticks
        row[2] = [a + b for a, b in zip(row[2], causes, strict=True)]
        row[3] += elements
        row[4] += nbytes
    return dict(sorted(out.items()))


def _rows(recorded: Recorded, merged: Mapping[tuple[int, int], list[Any]]) -> tuple[Row, ...]:
    table = [row[2] for row in merged.values()]
    cycles = apportion([row[1] for row in merged.values()], recorded.cycles)
    columns = [recorded.stalls[name] for name in CAUSE_NAMES]
    parts = controlled(table, TICKS, columns, cycles)
    details: Mapping[Any, Any] = {(d["pc"], d["insn"]): d for d in (recorded.probe or {}).get("instructions", ())}
    out = []
    for (key, raw), total, causes in zip(merged.items(), cycles, parts, strict=True):
        out.append(_row(recorded, key, raw, total, causes, details.get(key, {})))
    return tuple(out)


def _row(
    recorded: Recorded, key: tuple[int, int], raw: Sequence[Any], cycles: int, causes: Sequence[int], detail: Mapping[str, Any]
) -> Row:
    pc, insn = key
    count, _, _, elements, nbytes = raw
    about, code = recorded.insns[insn], recorded.code.get(pc, _NOWHERE)
    unit = about["unit"]
    vector = unit.startswith("v_")
    long = vector and unit != "v_config"  # it works on vl elements
    if unit in ("load", "fload", "store", "fstore", "amo"):
        nbytes = count * access_bytes(about["name"])
    return Row(
        address=pc, name=code.name, function=code.function, text=code.text, mnemonic=about["name"], unit=unit,
        pipe=recorded.pipes.get(unit), file=code.file, line=code.line, source=code.source, count=count, cycles=cycles,
        causes={name: value for name, value in zip(CAUSE_NAMES, causes, strict=True) if value},
        bytes=nbytes, flop=about["flop"] * (elements if vector else count),
        vl=elements / count if long else None, vlmax=detail["vlmax"] / count if long and detail.get("vlmax") else None,
        forms=tuple(_form(vtype, times) for vtype, times in detail.get("forms", ()) if vtype < 32) if vector else (),
        waits=_waits(recorded, detail.get("waits", ())), targets=tuple(Edge(to, times) for to, times in detail.get("edges", ())),
        loop=None,
    )  # fmt: skip


def access_bytes(mnemonic: str) -> int:
    """Bytes of a scalar load, store or atomic, from its name: lbu, c.fldsp, amoadd.w.aq ..."""
    name = mnemonic.removeprefix("c.")
    if name.startswith(("amo", "lr.", "sc.")):
        size = name.split(".")[1]
    else:
        size = name.removeprefix("f").removesuffix("sp").removesuffix("u")[1:2] if name[:1] != "f" else name[2:3]
    return {"b": 1, "h": 2, "w": 4, "d": 8}.get(size, 8)


def _form(vtype: int, count: int) -> Form:
    return Form(8 << (vtype & 3), _LMULS[(vtype >> 2) & 7], count)


def _waits(recorded: Recorded, waits: Iterable[tuple[int, int, int, int, int, int]]) -> tuple[Wait, ...]:
    names = list(recorded.busy)
    out = [
        Wait(pc, _resource(slot, names), CAUSE_NAMES[cause], round(ticks / TICKS), round(held / TICKS))
        for pc, _, slot, cause, ticks, held in waits
    ]
    return tuple(sorted((wait for wait in out if wait.cycles or wait.held), key=lambda wait: (-wait.cycles, -wait.held)))


def _resource(slot: int, pipes: Sequence[str]) -> str:
    if slot >= 192:
        return f"pipe {pipes[slot - 192]}" if slot - 192 < len(pipes) else "pipe"
    return f"v{slot - 128}" if slot >= 128 else F_NAMES[slot - 64] if slot >= 64 else X_NAMES[slot & 31]


def _in_loop(row: Row, loop: int | None) -> Row:
    if loop is None:
        return row
    return replace(row, loop=loop)


def _requested(rows: Iterable[Row], word: str) -> int:
    return sum(row.bytes for row in rows if word in row.unit or (row.unit == "amo" and word == "load"))


# ---- loops, functions, calls ---------------------------------------------------------------------------------------------


def _step(row: Row, code: Mapping[int, Code]) -> Step:
    kind = {"branch": "branch", "jump": "jump"}.get(row.unit, "")
    base = row.text.split(" ")[0]
    if kind == "jump" and (base in ("jal", "jalr", "call") or row.text.startswith(("jal ", "jalr "))):
        kind = "call"
    elif kind == "jump" and base == "ret":
        kind = "return"
    size = code.get(row.address, _NOWHERE).size
    return Step(row.address, size, row.count, kind, {edge.address: edge.count for edge in row.targets})


def _loops(recorded: Recorded, rows: Sequence[Row]) -> tuple[list[Loop], dict[int, int]]:
    """The loops, and address -> innermost loop."""
    if recorded.probe is None:
        return [], {}
    found = find_loops([_step(row, recorded.code) for row in rows])
    innermost: dict[int, int] = {}
    for number, loop in enumerate(found):  # inner ones come later
        for address in loop.body:
            innermost[address] = number
    return _told_apart([_loop(loop, rows) for loop in found], rows), innermost


def _loop(found: Found, rows: Sequence[Row]) -> Loop:
    numbers = tuple(i for i, row in enumerate(rows) if row.address in found.body)
    mine = [rows[i] for i in numbers]
    head = next(row for row in mine if row.address == found.header)
    first, last = min(mine, key=lambda row: row.address), max(mine, key=lambda row: row.address)
    return Loop(
        name=span(first, last), header=found.header, first=first.address, last=last.address, depth=found.depth,
        parent=found.parent, entries=max(head.count - found.back, 0), iterations=head.count, cycles=sum(row.cycles for row in mine),
        instructions=sum(row.count for row in mine), causes=sum_causes(mine), called=0, rows=numbers,
    )  # fmt: skip


def _told_apart(loops: Sequence[Loop], rows: Sequence[Row]) -> list[Loop]:
    """Loops of one span, told apart by their headers: `sgemm+0x48..0x7c@0x50`."""
    names = Counter(loop.name for loop in loops)
    places = {row.address: row.name.rpartition("+")[2] for row in rows}
    return [loop if names[loop.name] == 1 else replace(loop, name=f"{loop.name}@{places[loop.header]}") for loop in loops]


def span(first: Row, last: Row) -> str:
    """`sgemm+0x48..0x7c`."""
    if first.function == last.function and "+" in last.name:
        return f"{first.name}..{last.name.rsplit('+', 1)[1]}"
    return first.name if first.address == last.address else f"{first.name}..{last.name}"


def sum_causes(rows: Iterable[Row]) -> dict[str, int]:
    """Cause -> cycles over rows, in the order of causes, without zeros."""
    out: dict[str, int] = defaultdict(int)
    for row in rows:
        for name, cycles in row.causes.items():
            out[name] += cycles
    return {name: out[name] for name in CAUSE_NAMES if out[name]}


def _calls(recorded: Recorded, nodes: Sequence[tuple[int, int, int, int, int, int]]) -> tuple[Call, ...]:
    cycles = apportion([node[4] for node in nodes], recorded.cycles)
    out = []
    for (caller, entry, site, count, _, instructions), own in zip(nodes, cycles, strict=True):
        name = recorded.code[entry].function if entry in recorded.code else f"{entry:#x}"
        out.append(Call(None if caller < 0 else caller, name, entry, site, count, own, instructions))
    return tuple(out)


def _below(calls: Sequence[Call]) -> list[int]:
    """Cycles of each call and of all that it called; callers stand before what they call."""
    out = [call.cycles for call in calls]
    for i in range(len(calls) - 1, 0, -1):
        caller = calls[i].caller
        if caller is not None:
            out[caller] += out[i]
    return out


def _called(calls: Sequence[Call], sites: Iterable[int]) -> int:
    """Cycles of functions called from these places; a call inside such a call is counted once."""
    wanted, below = set(sites), _below(calls)
    inside = [False] * len(calls)
    total = 0
    for i, call in enumerate(calls):
        outer = call.caller is not None and inside[call.caller]
        inside[i] = outer or (call.caller is not None and call.site in wanted)
        total += below[i] if inside[i] and not outer else 0
    return total


def _with_calls(loops: Sequence[Loop], calls: Sequence[Call]) -> tuple[Loop, ...]:
    if len(calls) < 2:
        return tuple(loops)
    sites = {call.site for call in calls}
    out = []
    for loop in loops:
        mine = [site for site in sites if loop.first <= site <= loop.last]
        out.append(replace(loop, called=_called(calls, mine)) if mine else loop)
    return tuple(out)


def _functions(recorded: Recorded, rows: Sequence[Row], calls: Sequence[Call]) -> tuple[Function, ...]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.function].append(row)
    out = []
    for name, mine in groups.items():
        start = recorded.code[mine[0].address].start if mine[0].address in recorded.code else mine[0].address
        addresses = {row.address for row in mine}
        called = _called(calls, [call.site for call in calls if call.site in addresses]) if len(calls) > 1 else 0
        out.append(Function(name, start, sum(row.cycles for row in mine), sum(row.count for row in mine), sum_causes(mine), called))
    return tuple(sorted(out, key=lambda function: -function.cycles))


# ---- regions, time -----------------------------------------------------------------------------------------------------------


def _regions(recorded: Recorded, found: Iterable[tuple[int, int, list[Any]]]) -> tuple[Region, ...]:
    """Markers of one name are one region."""
    merged: dict[str, list[Any]] = {}
    for pc, entries, sums in found:
        region = merged.setdefault(recorded.regions.get(pc, f"region@{pc:#x}"), [[], 0, [0] * 7, [0] * len(CAUSE_NAMES)])
        region[0].append(pc)
        region[1] += entries
        region[2] = [a + b for a, b in zip(region[2], sums[:7], strict=True)]
        region[3] = [a + b for a, b in zip(region[3], sums[7], strict=True)]
    out = []
    for name, (places, entries, sums, causes) in merged.items():
        ticks, instructions, vectors, flop, beyond, _, _ = sums
        cycles = round(ticks / TICKS)
        parts = dict(zip(CAUSE_NAMES, apportion(causes, cycles), strict=True))
        kept = {cause: value for cause, value in parts.items() if value}
        out.append(Region(name, tuple(places), entries, cycles, instructions, vectors, flop, beyond, kept))
    return tuple(sorted(out, key=lambda region: -region.cycles))


def _timeline(recorded: Recorded, table: npt.NDArray[np.int64] | None) -> Timeline | None:
    """Differences between samples; bins without time are left out."""
    units_at = 7 + len(CAUSE_NAMES)
    samples: list[Any] = [[*row[:7], row[7:units_at], row[units_at:]] for row in table.tolist()] if table is not None else []
    kept = samples[:1]
    for sample in samples[1:]:
        if sample[0] > kept[-1][0]:
            kept.append(sample)
        elif len(kept) > 1:
            kept[-1] = sample
    if len(kept) < 2:
        return None
    pairs = list(pairwise(kept))

    def counts(at: int) -> tuple[int, ...]:
        return tuple(b[at] - a[at] for a, b in pairs)

    widths = [b[0] - a[0] for a, b in pairs]
    causes = {name: tuple(round((b[7][k] - a[7][k]) / TICKS, 2) for a, b in pairs) for k, name in enumerate(CAUSE_NAMES)}
    units = {name: _shares([b[8][k] - a[8][k] for a, b in pairs], widths) for k, name in enumerate(recorded.busy)}
    return Timeline(
        edges=tuple(round(sample[0] / TICKS, 2) for sample in kept), instructions=counts(1), vector_instructions=counts(2),
        flop=counts(3), bytes=counts(4), dram_bytes=counts(5), causes={k: v for k, v in causes.items() if any(v)}, units=units,
    )  # fmt: skip


def _shares(work: Sequence[int], widths: Sequence[int]) -> tuple[float, ...]:
    """Share of each bin that a pipe worked; work that does not fit is done in the next one."""
    out, left = [], 0
    for busy, width in zip(work, widths, strict=True):
        left += busy
        done = min(left, width)
        left -= done
        out.append(round(done / width, 4))
    return tuple(out)
