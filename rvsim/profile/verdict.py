"""What limits a run, in a sentence with its evidence, and what to try: rules over a Report, most specific first.

A rule speaks only of what was measured: shares of cycles, work of units, waits and who caused them. The suggestions are what
such evidence usually calls for, never a promise; `--what-if` measures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .report import Loop, Report, Row, Unit, Wait

_MEMORY = ("l1", "l2", "dram")
_RARE = 50  # scalar instructions for each vector instruction that make it scalar code
_LEVEL = {"l1": "the first-level cache", "l2": "the second or third level", "dram": "main memory"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """headline: the sentence. evidence: further sentences. advice: what to try. bound: the rule that spoke, one word."""

    bound: str
    headline: str
    evidence: tuple[str, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The hot part of a run: its rows, cycles and causes; `where` names it."""

    report: Report
    where: str
    loop: Loop | None
    rows: Sequence[Row]
    cycles: int
    causes: dict[str, int]

    def share(self, *causes: str) -> float:
        """Share of the scene's cycles that these causes took."""
        return sum(self.causes.get(cause, 0) for cause in causes) / self.cycles if self.cycles else 0.0

    @property
    def of(self) -> str:
        """What shares are of, in words."""
        return "of them" if self.loop is not None else "of cycles"

    @property
    def scalars(self) -> int:
        """Executed scalar instructions."""
        return sum(row.count for row in self.rows if not row.is_vector)

    @property
    def is_vector_code(self) -> bool:
        """Whether vector instructions are more than chance findings, as in the C library of a scalar program."""
        return self.vectors * _RARE > self.scalars

    @property
    def vectors(self) -> int:
        """Executed vector instructions, vset* left out."""
        return sum(row.count for row in self.rows if row.is_vector and row.unit != "v_config")


def hottest(report: Report) -> Loop | None:
    """The loop that took most cycles outside the loops in it; None when no loop took a fifth of the run."""
    own = own_cycles(report)
    best = max(range(len(report.loops)), key=lambda i: own[i], default=None)
    return report.loops[best] if best is not None and own[best] * 5 >= report.cycles else None


def own_cycles(report: Report) -> list[int]:
    """Cycles of each loop without those of the loops in it."""
    own = [loop.cycles for loop in report.loops]
    for loop in report.loops:
        if loop.parent is not None:
            own[loop.parent] -= loop.cycles
    return own


def scene_of(report: Report) -> Scene:
    """The hottest loop, or the whole run."""
    loop = hottest(report)
    if loop is None:
        return Scene(report, "no loop stands out", None, report.rows, report.cycles, report.stalls)
    return Scene(report, f"in loop {loop.name}", loop, [report.rows[i] for i in loop.rows], loop.cycles, loop.causes)


def verdict(report: Report) -> Verdict:
    """What limits the run."""
    if not report.cycles:
        return Verdict("nothing", "Nothing was executed.", (), "")
    scene = scene_of(report)
    bound, claim, advice = _bound(scene)
    where = f"{report.share(scene.cycles):.0%} of cycles {scene.where}; " if scene.loop else ""
    evidence = [text for text in (_function(scene), _roof(report, claim), _shape(scene), _waiting(scene)) if text]
    return Verdict(bound, _sentence(where + claim), tuple(evidence), advice)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _bound(scene: Scene) -> tuple[str, str, str]:
    """(word, claim, advice) of the first rule that fits."""
    for rule in (_bandwidth, _compute, _memory_latency, _stall, _overhead, _dispatch, _chain):
        found = rule(scene)
        if found is not None:
            return found
    causes = sorted(scene.causes.items(), key=lambda item: -item[1])[:3]
    mix = ", ".join(f"{cause} {scene.share(cause):.0%}" for cause, _ in causes)
    return "mixed", f"no single limit: {mix}", "look at the listing for the instructions that wait, and try --what-if"


def busiest(report: Report) -> Unit | None:
    """The pipe that worked most."""
    return max(report.units, key=lambda unit: unit.busy, default=None)


def _bandwidth(scene: Scene) -> tuple[str, str, str] | None:
    """Memory at its rate."""
    report, share = scene.report, scene.share("bandwidth")
    level, used, moved, rate = _traffic(report)
    if share < 0.3 and used < 0.7:
        return None
    facts = [f"{share:.0%} {scene.of} wait for transfers at full rate"] if share >= 0.1 else []
    if used >= 0.5:
        facts.append(f"{level} moves {moved:.1f} of {rate:g} bytes a cycle")
    claim = "bound by bandwidth: " + "; ".join(facts)
    if report.flop and report.peak is not None and moved:
        intensity, needed = report.flop / report.cycles / moved, report.peak.flop_per_cycle / rate
        if intensity < needed:
            claim += f", each used for {intensity:.2g} FLOP where {needed:.2g} would keep the units busy"
            return "bandwidth", claim, "reuse more of what is loaded: larger tiles, or block for the cache; fuse with the next operator"
    return "bandwidth", claim, "move fewer bytes: block for the cache, fuse with the next operator, or use a narrower type"


def _traffic(report: Report) -> tuple[str, float, float, float]:
    """The level whose bandwidth is used most: its name, share, bytes a cycle moved and possible."""
    rates = report.limits.bandwidths
    levels = [("main memory", report.dram_bytes, rates.get("dram", 0.0))]
    if "l2" in rates:
        levels.append(("the second level", report.bytes, rates["l2"]))
    found = [(name, count / report.cycles / rate, count / report.cycles, rate) for name, count, rate in levels if rate]
    return max(found, key=lambda item: item[1], default=("memory", 0.0, 0.0, 1.0))


def _compute(scene: Scene) -> tuple[str, str, str] | None:
    """A pipe at its rate."""
    report, unit = scene.report, busiest(scene.report)
    if unit is None or report.share(unit.busy) < 0.7:
        return None
    share = report.share(unit.busy)
    if report.utilization is not None and report.utilization > 0.7:
        claim = f"bound by compute: pipe {unit.name} is busy {share:.0%} of the run"
        return "compute", claim, "this is near what the machine can do; only fewer operations or more lanes help"
    row = _most_work(scene, unit.name)
    advice = "do the same with fewer or cheaper instructions on that pipe, or move some to another one"
    if _is_memory(scene.rows, unit.name):
        advice = "fewer, wider accesses: unit stride instead of strided or indexed ones, or keep more in registers"
    elif row is not None:
        advice = next((text for units, text in _CHEAPER if row.unit in units), advice)
    doing = f" (mostly {row.mnemonic})" if row is not None else ""
    return "unit", f"bound by pipe {unit.name}, busy {share:.0%} of the run{doing}", advice


_CHEAPER: tuple[tuple[tuple[str, ...], str], ...] = (
    (("v_reduce_fp_ordered", "v_reduce_fp_ordered_widen"),
     "if sums may round otherwise: partial sums in a register across the loop, one vfredusum behind it (compilers: -ffast-math)"),
    (("v_reduce_fp", "v_reduce_fp_minmax", "v_reduce_fp_widen", "v_reduce_int", "v_reduce_logic", "v_reduce_int_widen"),
     "keep partial results in a register across the loop and reduce once behind it"),
    (("v_fp_div", "v_fp_sqrt"), "multiply by a reciprocal, or start from vfrec7 or vfrsqrt7 and refine it with a Newton step or two"),
    (("v_int_div",), "divide by a constant with a multiplication and a shift, or in floating point"),
    (("v_gather", "v_gather16", "v_compress"), "a smaller LMUL (a gather often costs its square), or slides and segment accesses instead"),
)  # fmt: skip


def _is_memory(rows: Iterable[Row], pipe: str) -> bool:
    return any(row.pipe == pipe and ("load" in row.unit or "store" in row.unit) for row in rows)


def _most_work(scene: Scene, pipe: str) -> Row | None:
    """The first instruction of the mnemonic that was charged most on this pipe."""
    counts: dict[str, int] = defaultdict(int)
    for row in scene.rows:
        if row.pipe == pipe:
            counts[row.mnemonic] += row.cycles
    best = max(counts, key=lambda name: counts[name], default=None)
    return next((row for row in scene.rows if row.mnemonic == best and counts[row.mnemonic]), None)


def _memory_latency(scene: Scene) -> tuple[str, str, str] | None:
    share = scene.share(*_MEMORY)
    if share < 0.25:
        return None
    level = max(_MEMORY, key=lambda cause: scene.causes.get(cause, 0))
    claim = f"bound by the latency of {_LEVEL[level]}: {share:.0%} {scene.of} wait for data that were asked for too late"
    load = _late_load(scene)
    text = f"; {load} is not hidden" if load else ""
    advice = "ask earlier: load a step ahead into other registers, or unroll by 2"
    if scene.is_vector_code:
        advice = "ask earlier: load a step ahead into other registers, unroll by 2, or raise LMUL so that each load covers more"
    return "latency", claim + text, advice


def _late_load(scene: Scene) -> str:
    """The load behind most of the waiting for memory."""
    cost: dict[int, int] = defaultdict(int)
    for row in scene.rows:
        own = sum(row.causes.get(cause, 0) for cause in (*_MEMORY, "bandwidth"))
        named = 0
        for wait in row.waits:
            if wait.cause in (*_MEMORY, "bandwidth"):
                cost[wait.address] += wait.cycles
                named += wait.cycles
        if "load" in row.unit:
            cost[row.address] += max(own - named, 0)
    best = max(cost, key=lambda address: cost[address], default=None)
    late = None if best is None else scene.report.row_at(best)
    return "" if late is None or not cost[late.address] else f"`{late.text}` at {late.name}"


_STALLS: dict[str, tuple[str, str]] = {
    "operand": ("results of earlier instructions", "interleave independent work: more accumulators, or unroll by 2"),
    "unit": ("units that are busy with earlier instructions", "spread the work over other pipes, or move it out of the loop"),
    "queue": ("room in a queue of the vector unit", "fewer and longer vector instructions: raise LMUL"),
    "order": ("ordering rules (registers used again, scalar against vector memory)",
              "use other registers in turn, and keep scalar loads and stores away from vector ones"),
    "frontend": ("instructions that are not in the cache", "run it more than once to warm up, or make the code smaller"),
    "branch": ("branches: mispredicted, or the bubble behind a taken one", "unroll, or make the number of iterations predictable"),
    "csr": ("vset* and control registers",
            "raise LMUL, so that each vset* or read of vl serves more elements; where vl stays the same, set it once outside the loop"),
}  # fmt: skip


def _stall(scene: Scene) -> tuple[str, str, str] | None:
    cause = max(_STALLS, key=lambda name: scene.causes.get(name, 0))
    if scene.share(cause) < 0.25:
        return None
    what, advice = _STALLS[cause]
    return cause, f"{scene.share(cause):.0%} {scene.of} wait for {what}", advice


def _overhead(scene: Scene) -> tuple[str, str, str] | None:
    """The scalar core sets the pace."""
    share = scene.share("issue")
    if share < 0.4:
        return None
    if not scene.is_vector_code:
        claim = f"bound by scalar code: issuing its instructions takes {share:.0%} {scene.of}"
        return "scalar", claim, "vectorise it, or unroll to need fewer instructions"
    ratio = scene.scalars / scene.vectors
    claim = f"bound by loop overhead: {ratio:.1f} scalar instructions for each vector instruction, and issuing takes {share:.0%}"
    return "overhead", claim, "unroll, or raise LMUL, so that each pass does more"


def _dispatch(scene: Scene) -> tuple[str, str, str] | None:
    """One vector instruction after the other, and the pipes are not full."""
    interval, unit = scene.report.limits.dispatch_interval, busiest(scene.report)
    rate = scene.vectors / scene.cycles * interval if scene.cycles else 0.0
    if rate < 0.75 or (unit is not None and scene.report.share(unit.busy) > 0.7):
        return None
    claim = f"bound by dispatch: a vector instruction every {scene.cycles / scene.vectors:.1f} cycles"
    return "dispatch", claim, "fewer and longer ones: raise LMUL"


def _chain(scene: Scene) -> tuple[str, str, str] | None:
    """Much `execute`, little work: each instruction waits for the one before."""
    unit = busiest(scene.report)
    busy = 0.0 if unit is None else scene.report.share(unit.busy)
    if scene.share("execute") < 0.4 or busy > 0.6:
        return None
    held = _longest_held(scene)
    share = scene.share("execute")
    claim = f"bound by latency of the vector unit: executing takes {share:.0%}, but no pipe is busy for more than {busy:.0%}"
    if held is not None:
        row, wait = held
        claim += f"; `{row.text}` is held {wait.held / row.count:.0f} cycles each time for {wait.resource}"
    return "chain", claim, "break the chain of dependent instructions: several accumulators, unroll by 2 or more, or longer vectors (LMUL)"


def _longest_held(scene: Scene) -> tuple[Row, Wait] | None:
    found = [(row, wait) for row in scene.rows for wait in row.waits if wait.resource.startswith("v") and row.count]
    best = max(found, key=lambda pair: pair[1].held, default=None)
    return best if best is not None and best[1].held >= best[0].count else None


# ---- evidence ----------------------------------------------------------------------------------------------------------------


def _roof(report: Report, claim: str) -> str:
    """The busiest pipe, unless the claim is about it or it does next to nothing, and the rate of the algorithm."""
    unit = busiest(report)
    told = unit is None or report.share(unit.busy) < 0.01 or f"pipe {unit.name}" in claim
    parts = [] if unit is None or told else [f"pipe {unit.name} is busy {report.share(unit.busy):.0%}"]
    if report.flop_per_cycle is not None and report.peak is not None and report.flop:
        parts.append(f"{report.flop_per_cycle:.2f} of {report.peak.flop_per_cycle:g} FLOP a cycle ({report.utilization:.0%} of the peak)")
    return _sentence(", ".join(parts)) if parts else ""


def _function(scene: Scene) -> str:
    """Without a loop that stands out, the function that does."""
    first = next(iter(scene.report.functions), None)
    if scene.loop is not None or first is None or len(scene.report.functions) < 2 or scene.report.share(first.cycles) < 0.2:
        return ""
    return f"{scene.report.share(first.cycles):.0%} of cycles in function {first.name}."


def _shape(scene: Scene) -> str:
    """Short vectors are worth a word, in vector code."""
    if not scene.is_vector_code:
        return ""
    weighed = [(row.vl, row.vlmax, row.count) for row in scene.rows if row.vl is not None and row.vlmax and row.unit != "v_config"]
    total = sum(vlmax * count for _, vlmax, count in weighed)
    if not total:
        return ""
    full = sum(vl * count for vl, _, count in weighed) / total
    return "" if full > 0.6 else f"Vectors are {full:.0%} full on average (vl against VLMAX): the problem is small for this LMUL."


def _waiting(scene: Scene) -> str:
    """The wait that cost most, with register and maker."""
    found = [(wait.cycles, row, wait) for row in scene.rows for wait in row.waits]
    if not found:
        return ""
    cycles, row, wait = max(found, key=lambda item: item[0])
    if scene.report.share(cycles) < 0.03:
        return ""
    maker = scene.report.row_at(wait.address)
    of = f" from `{maker.text}` ({maker.name})" if maker is not None and not wait.resource.startswith("pipe") else ""
    return f"{scene.report.share(cycles):.0%} of cycles: `{row.text}` waits for {wait.resource}{of} [{wait.cause}]."
