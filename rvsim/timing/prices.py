"""From a typed machine to the numbers the model runs on: names resolved, cycles turned into integer stamps.

`flatten` returns plain lists and dictionaries that `model.pyx` copies into C structs field by field. Stamps are
defined in `state.pxd`; a test checks that the constants here agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import Any

from ..errors import UsageError
from .schema import Law, MachineConfig, PerSew, ScalarClass, Slide, VectorClass
from .units import ALL_UNITS, SCALAR_UNITS, Path

TICKS = 240
TAG_BITS = 5
NO_QUEUE = 255
_BASIS = {"vl": 0, "vlmax": 1, "register": 2}
_HOLD = {"no": 0, "source": 1, "readers": 2, "all": 3}
_FOLDS = 8


@dataclass(frozen=True)
class Flat:
    """Prices by class number, and what a class or pipe number means."""

    pipes: list[str]
    scalar: list[dict[str, int]]
    vector: list[dict[str, Any]]
    class_of_unit: dict[tuple[str, int], int]  # by unit and fields of a segment (1: no segment)
    class_of_instruction: dict[str, int]  # mnemonics that have a class of their own
    depths: list[int]
    streams: list[int]


def stamps(cycles: float) -> int:
    """A duration in stamps: an exact multiple of a tick."""
    return round(cycles * TICKS) << TAG_BITS


def per_sew(value: PerSew) -> list[int]:
    """Stamps for 8, 16, 32 and 64 bit."""
    values = value if isinstance(value, tuple) else (value,) * 4
    return [stamps(item) for item in values]


def _law(law: Law, lanes: int) -> dict[str, list[int]]:
    steps = per_sew(law.log2_lanes)
    fold = [stamps(item) for item in law.fold[:_FOLDS]]
    return {
        "add": [a + round(s * log2(lanes)) for a, s in zip(per_sew(law.add), steps, strict=True)],
        "beat": per_sew(law.beat),
        "beat_exact": per_sew(law.beat_exact),
        "element": per_sew(law.element),
        "knee": [item >> TAG_BITS for item in per_sew(law.knee)],
        "element_late": per_sew(law.element_late),
        "field": per_sew(law.field),
        "reg": per_sew(law.register),
        "square": per_sew(law.beat_squared),
        "triangle": per_sew(law.beat_triangle),
        "group": per_sew(law.group),
        "slice": per_sew(law.slice),
        "slice_field": per_sew(law.slice_field),
        "slice_stage": per_sew(law.slice_stage),
        "log2_lmul": per_sew(law.log2_lmul),
        "floor": per_sew(law.floor),
        "fold": (fold + [fold[-1] if fold else 0] * _FOLDS)[:_FOLDS],
    }


def _ticks(cycles: float) -> int:
    return round(cycles * TICKS)


def _slide(slide: Slide | None) -> dict[str, int]:
    """Factors on beats in 1/TICKS; all 0: none."""
    if slide is None:
        return dict.fromkeys(("aligned", "power", "word", "bit", "up"), 0)
    factors = {name: _ticks(getattr(slide, name)) for name in ("aligned", "power", "word", "bit")}
    return factors | {"up": int(slide.up)}


def _vector_class(price: VectorClass, config: MachineConfig, pipes: list[str]) -> dict[str, Any]:
    factor = price.three_operand if isinstance(price.three_operand, tuple) else (price.three_operand,) * 4
    basis = config.vector.cost_basis if price.elements_of_beat == "config" else price.elements_of_beat
    return {
        "occupancy": _law(price.occupancy, config.lanes),
        "settle": _law(price.settle or Law(), config.lanes),
        "drain": _law(price.drain or Law(), config.lanes),
        "operands_late": stamps(price.operands_late),
        "dead": _law(price.dead or Law(), config.lanes),
        "same_address": _law(price.same_address or Law(), config.lanes),
        "full_mask": _law(price.full_mask or Law(), config.lanes),
        "latency": per_sew(price.latency),
        "complete": stamps(price.complete),
        "misaligned": round((config.vector.memory.misaligned if price.misaligned is None else price.misaligned) * TICKS),
        "misaligned_add": stamps(price.misaligned_add),
        "masked_add": stamps(price.masked_add),
        "masked_latency": stamps(price.masked_latency),
        "return_latency": stamps(price.return_latency),
        "three_operand": [_ticks(item) for item in factor],
        "slide": _slide(price.slide),
        "three_bubble": stamps(price.three_operand_bubble),
        "chained_rest": _ticks(price.chained_rest),
        "in_lane": int(price.in_lane),
        "pipe": [pipes.index(pipe) for pipe in price.pipe],
        "all_pipes": int(price.all_pipes),
        "has_settle": int(price.settle is not None),
        "has_same_address": int(price.same_address is not None),
        "has_full_mask": int(price.full_mask is not None),
        "chain_in": int(price.chain_in),
        "tail": int(price.tail),
        "element0": int(price.element0),
        "chain_out": int(price.chain_out and price.settle is None),
        "wide": int(price.wide),
        "mask_bits": int(price.mask_bits),
        "basis": _BASIS[basis],
        "also": pipes.index(price.also) if price.also else NO_QUEUE,
        "hold": _HOLD[price.hold],
        "blocks": int(price.blocks_dispatch),
        "scalar_result_waits": int(price.scalar_result_waits),
        "reads_destination": int(price.reads_destination),
    }


def _scalar_class(price: ScalarClass, port: int) -> dict[str, int]:
    late, interval = stamps(price.operands_late), stamps(price.interval / price.ports)
    return {"latency": stamps(price.latency), "interval": interval, "late": late, "port": port}


def flatten(config: MachineConfig) -> Flat:
    """The prices of a machine as the model wants them."""
    pipes: list[str] = []
    for price in config.vector.classes.values():
        pipes += [name for name in (*price.pipe, price.also) if name and name not in pipes]
    ports: list[str] = []
    scalar: list[dict[str, int]] = []
    class_of_unit: dict[tuple[str, int], int] = {}
    class_of_instruction: dict[str, int] = {}
    for number, (name, item) in enumerate(config.scalar.classes.items()):
        port = item.port or f"class {name}"
        if port not in ports:
            ports.append(port)
        scalar.append(_scalar_class(item, ports.index(port)))
        class_of_unit |= {(unit, 1): number for unit in item.units}
        class_of_instruction |= dict.fromkeys(item.instructions, number)
    for number, price in enumerate(config.vector.classes.values()):
        first, last = price.fields
        class_of_unit |= {(unit, fields): number for unit in price.units for fields in range(first, last + 1)}
        class_of_instruction |= dict.fromkeys(price.instructions, number)
    queues = config.vector.queues
    return Flat(
        pipes=pipes,
        scalar=scalar,
        vector=[_vector_class(price, config, pipes) for price in config.vector.classes.values()],
        class_of_unit=class_of_unit,
        class_of_instruction=class_of_instruction,
        depths=[queues[name].depth if name in queues else 0 for name in pipes],
        streams=[int(queues[name].streams) if name in queues else 0 for name in pipes],
    )


_KNOWN: list[tuple[MachineConfig, list[dict[str, Any]], Flat, list[dict[str, Any]]]] = []


def tables(config: MachineConfig, insns: list[dict[str, Any]]) -> tuple[Flat, list[dict[str, Any]]]:
    """`flatten` and `resolve`, remembered for the same two objects: many models of one machine are made in one process."""
    for known, rows, flat, resolved in _KNOWN:
        if known is config and rows is insns:
            return flat, resolved
    flat = flatten(config)
    resolved = resolve(insns, flat)
    _KNOWN.append((config, insns, flat, resolved))
    del _KNOWN[:-8]
    return flat, resolved


def resolve(insns: list[dict[str, Any]], flat: Flat) -> list[dict[str, Any]]:
    """Each row of `rows.describe_all` with its path and class number.

    Raises UsageError for a unit that no machine could have priced: the table and `units.py` disagree; and for a machine that
    prices an instruction which the table does not have.
    """
    resolved = []
    if unknown := set(flat.class_of_instruction) - {row["name"] for row in insns}:
        raise UsageError(f"the machine prices {min(unknown)!r}, which is no instruction; see `rvsim list instructions`")
    for row in insns:
        unit = row["unit"]
        if unit not in ALL_UNITS:
            raise UsageError(f"instruction {row['name']}: the timing model has no unit {unit!r}; add it to rvsim/timing/units.py")
        fields = max((operand[3] for operand in row["operands"] if operand[0] == "v"), default=1)
        price = flat.class_of_instruction.get(row["name"], flat.class_of_unit[unit, fields])
        resolved.append(_resolve(row, ALL_UNITS[unit], price))
    return resolved


def _resolve(row: dict[str, Any], path: Path, price: int) -> dict[str, Any]:
    from .rows import GROUPS

    out: dict[str, Any] = {
        "path": int(path), "price": price, "flop": row["flop"], "nf": 1, "sources": [], "destination": None,
        "reads_destination": 0, "reads": [], "writes": 0, "masked": 0,
    }  # fmt: skip
    for cls, slot, group, nf, role in row["operands"]:
        if cls == "v":
            out["nf"] = max(out["nf"], nf)
            code = GROUPS.index(group)
            if role == "r":
                out["sources"].append((slot, code, nf))
                out["masked"] |= int(slot == 4)
            else:
                out["destination"] = (slot, code, nf)
                out["reads_destination"] = int(role == "rw")
        elif role == "w":
            out["writes"] = 1 if cls == "x" else 2
        else:
            out["reads"].append((slot, 0 if cls == "x" else 64))
    return out


__all__ = ["SCALAR_UNITS", "Flat", "flatten", "per_sew", "resolve", "stamps"]
