"""The short result of a run as plain text: right or wrong, how long, how near the machine's limit, where the cycles went.

Reads the JSON object of a run (docs/reference/json.md) and nothing else; knows no machine and no kernel. A field that is null
or absent leaves out its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: What a cause of lost or used cycles means, in few words; the long ones are in docs/reference/json.md.
MEANINGS: dict[str, str] = {
    "issue": "useful: issuing instructions",
    "execute": "useful: units at work at full rate",
    "frontend": "instructions not there yet (instruction cache)",
    "branch": "mispredicted or taken branches",
    "operand": "waiting for the result of an earlier computation",
    "unit": "waiting for a unit that is busy",
    "queue": "waiting for room in a queue",
    "order": "waiting for older instructions (register reuse, memory order)",
    "l1": "waiting for data from the first-level cache",
    "l2": "waiting for data from the second or third level",
    "dram": "waiting for data from main memory",
    "bandwidth": "moving data at the full rate of a cache level or memory",
    "csr": "vset* and other control registers",
}
_BAR = 24  # characters of a bar that stands for all cycles
_LABEL = 14


def report(run: Mapping[str, Any]) -> str:
    """The text for one run's JSON object, several lines without a final line break."""
    blocks = [_head(run), _figures(run), _stalls(run.get("stalls")), _arrays(run.get("arrays"))]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}}{text}"


def _head(run: Mapping[str, Any]) -> list[str]:
    name = " ".join(str(run[key]) for key in ("target", "variant") if run.get(key))
    params = " ".join(f"{key}={value}" for key, value in (run.get("params") or {}).items())
    changed = "".join(f" {key}={value}" for key, value in (run.get("set") or {}).items())
    lines = [f"{name} on {run['machine']}{changed}"]
    if params:
        lines.append(f"  {params}")
    if run.get("hypothetical"):
        added = ", ".join(f"+{extension}" for extension in run["hypothetical"])
        lines.append(f"  hypothetical: isa {added} added; {run['machine']} as built does not have it")
    return lines


def _figures(run: Mapping[str, Any]) -> list[str]:
    return [line for line in (_verdict(run), _cycles(run), _instructions(run), *_rate(run), _traffic(run), _speed(run)) if line]


def _verdict(run: Mapping[str, Any]) -> str:
    if run.get("exit_code") is not None:
        stopped = "" if run.get("stopped") in (None, "exit") else f", stopped by {run['stopped']}"
        return _line("exit code", f"{run['exit_code']}{stopped}")
    if run.get("correct") is None:
        value = "" if run.get("value") is None else f"returned {run['value']}; "
        return _line("result", f"{value}not checked: there is no reference (run it as a kernel's variant=FILE:symbol for one)")
    error = run.get("max_abs_error")
    figure = "no error figure: an element is not finite or was never written" if error is None else f"largest absolute error {error:.3g}"
    check = f": {run['check']}" if run.get("check") else ""
    return _line("result", f"{'CORRECT' if run['correct'] else 'WRONG'}{check}; {figure}")


def _cycles(run: Mapping[str, Any]) -> str:
    return _line("cycles", "none: functional run, without a clock" if run.get("cycles") is None else f"{run['cycles']:,}")


def _instructions(run: Mapping[str, Any]) -> str:
    if run.get("instructions") is None:
        return ""
    vector, cycles = run.get("vector_instructions"), run.get("cycles")
    text = f"{run['instructions']:,}"
    if vector is not None:
        text += f", {vector:,} of them vector"
    return _line("instructions", text + (f", {run['instructions'] / cycles:.2f} a cycle" if cycles else ""))


def _rate(run: Mapping[str, Any]) -> list[str]:
    rate, peak = run.get("flop_per_cycle"), run.get("peak_flop_per_cycle")
    if rate is None:
        return []
    if not peak:
        return [_line("FLOP/cycle", f"{rate:.2f}")]
    bound = run.get("bound_utilization")
    if not run.get("flop"):  # a kernel that only moves data has nothing but bandwidth to be measured by
        return [] if bound is None else [_line("bandwidth", f"{bound:.1%} of what the level behind the first cache delivers")]
    lines = [_line("FLOP/cycle", f"{rate:.2f} of {peak:g} at the peak ({run.get('peak')}): {rate / peak:.1%}")]
    if bound is not None:
        lines.append(_line("roofline", f"{bound:.1%} of what memory and peak together allow at {_intensity(run)}"))
    return lines


def _intensity(run: Mapping[str, Any]) -> str:
    if not run.get("bytes") or not run.get("flop"):
        return "no traffic beyond L1"
    return f"{run['flop'] / run['bytes']:.2f} FLOP/byte"


def _traffic(run: Mapping[str, Any]) -> str:
    return "" if run.get("bytes") is None else _line("traffic", f"{_bytes(run['bytes'])} beyond the first-level cache")


def _bytes(count: int) -> str:
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _speed(run: Mapping[str, Any]) -> str:
    seconds, mips = run.get("wall_seconds"), run.get("simulated_mips")
    if seconds is None:
        return ""
    took = f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1e3:.2f} ms"
    return _line("simulated in", took + (f", {mips:.1f} million instructions a second" if mips else ""))


def tenths(parts: Sequence[int]) -> list[int]:
    """Shares of a total in tenths of a percent that sum to 1000 (largest remainders are rounded up); all 0 for a total of 0."""
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    shares = [part * 1000 // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(parts[i] * 1000 % total), i))
    for i in by_remainder[: 1000 - sum(shares)]:
        shares[i] += 1
    return shares


def _stalls(stalls: Mapping[str, int] | None) -> list[str]:
    """A bar for each cause that took cycles, the largest first."""
    rows = sorted(((cause, cycles) for cause, cycles in (stalls or {}).items() if cycles), key=lambda row: -row[1])
    if not rows:
        return []
    total = sum(cycles for _, cycles in rows)
    shares = tenths([cycles for _, cycles in rows])
    width = max(len(f"{total:,}"), 6)
    lines = ["  where the cycles went"]
    for (cause, cycles), share in zip(rows, shares, strict=True):
        bar = "█" * round(_BAR * cycles / total)
        lines.append(f"  {cause:<10}{share / 10:5.1f} %  {cycles:>{width},}  {bar:<{_BAR}}  {MEANINGS.get(cause, '')}".rstrip())
    return [*lines, f"  {'total':<10}{100:5.1f} %  {total:>{width},}"]


def _arrays(arrays: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """What the function left in its arrays."""
    if not arrays:
        return []
    lines = ["  arrays after the run"]
    for array in arrays:
        shape = ", ".join(map(str, array["shape"]))
        odd = f", {array['not_finite']:,} not finite" if array["not_finite"] else ""
        span = "" if array["min"] is None else f"min {array['min']:.6g}, max {array['max']:.6g}, mean {array['mean']:.6g}"
        first = ", ".join(f"{value:.6g}" for value in array["first"])
        lines.append(f"  {array['name']}: {array['dtype']}[{shape}]  {span or 'no finite element'}{odd}  first: {first or 'none'}")
    return lines
