"""The roofs of a machine, from its prices: best multiply-accumulate rates and bandwidths.

A rate is what the priced unit sustains on full register groups, with one operand from a scalar register, so that
register-file conflicts of three vector operands do not lower it. Nothing is run.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import Any

from .schema import Law, MachineConfig, PerSew, VectorClass


@dataclass(frozen=True, slots=True)
class Peak:
    """Best rate of one multiply-accumulate: FLOP (or operations, two each) a cycle, the unit and SEW that reach it."""

    flop_per_cycle: float
    unit: str
    sew: int


# (dtype, accumulator) -> unit, SEW, and the extension it needs beyond V
_FORMS: dict[tuple[str, str], tuple[str, int, str]] = {
    ("f64", "f64"): ("v_fp_fma", 64, ""),
    ("f32", "f32"): ("v_fp_fma", 32, ""),
    ("f32", "f64"): ("v_fp_widen_fma", 32, ""),
    ("f16", "f16"): ("v_fp_fma", 16, "zvfh"),
    ("f16", "f32"): ("v_fp_widen_fma", 16, "zvfh"),
    ("bf16", "f32"): ("v_fp_widen_fma", 16, "zvfbfwma"),
    ("i64", "i64"): ("v_int_macc", 64, ""),
    ("i32", "i32"): ("v_int_macc", 32, ""),
    ("i32", "i64"): ("v_widen_macc", 32, ""),
    ("i16", "i16"): ("v_int_macc", 16, ""),
    ("i16", "i32"): ("v_widen_macc", 16, ""),
    ("i8", "i8"): ("v_int_macc", 8, ""),
    ("i8", "i16"): ("v_widen_macc", 8, ""),
    ("i8", "i32"): ("v_widen_macc", 16, ""),
    ("u8", "i32"): ("v_widen_macc", 16, ""),
}
# The same for types that an extension multiplies four at a time: each 32-bit element is four products and their sum.
_DOTS = {("i8", "i32"): ("v_int_macc", 32, "zvdot4a8i"), ("u8", "i32"): ("v_int_macc", 32, "zvdot4a8i")}


def peaks(config: MachineConfig) -> dict[str, Any]:
    """`{"mac": {(dtype, accumulator): Peak}, "bytes_per_cycle": {"l1", "l2", "l3", "dram": float}}`.

    Types that the machine's ISA lacks are left out, as are cache levels it does not have. i8 into i32 is vwmacc at SEW 16,
    or the four-way dot product of a machine that has it.
    """
    words = config.isa.split("_")
    macs = {}
    for types, (unit, sew, extension) in _FORMS.items():
        if not extension or extension in words[1:]:
            macs[types] = Peak(2 * _rate(config, unit, sew), unit, sew)
    for types, (unit, sew, extension) in _DOTS.items():
        if extension in words[1:]:
            macs[types] = max(macs[types], Peak(8 * _rate(config, unit, sew), unit, sew), key=lambda peak: peak.flop_per_cycle)
    return {"mac": macs, "bytes_per_cycle": _bandwidths(config)}


def _rate(config: MachineConfig, unit: str, sew: int) -> float:
    """Elements a cycle at the group size that does best."""
    price = next(price for price in config.vector.classes.values() if unit in price.units)
    pipes = 1 if price.all_pipes else len(price.pipe)
    best = 0.0
    for lmul in (1, 2, 4, 8):
        n = config.vlen * lmul // sew
        cycles = _cycles(config, price, n, sew, lmul)
        limit = config.vector.dispatch_interval / pipes if cycles else 1.0
        best = max(best, n / max(cycles, limit))
    return best * pipes


def _cycles(config: MachineConfig, price: VectorClass, n: int, sew: int, lmul: int) -> float:
    law = price.occupancy
    at = int(log2(sew // 8))
    bits = n * sew * (2 if price.wide else 1)
    beats = ceil(bits / config.datapath_bits)
    cost = _at(law.add, at) + beats * _at(law.beat, at) + bits / config.datapath_bits * _at(law.beat_exact, at) + n * _at(law.element, at)
    cost += ceil(bits / config.vlen) * _at(law.register, at) + beats * beats * _at(law.beat_squared, at)
    cost += _lanes(law, at, config.lanes)
    return max(cost, _at(law.floor, at))


def _lanes(law: Law, at: int, lanes: int) -> float:
    return log2(lanes) * _at(law.log2_lanes, at)


def _at(value: PerSew, at: int) -> float:
    return value[at] if isinstance(value, tuple) else value


def _bandwidths(config: MachineConfig) -> dict[str, float]:
    rates = {"dram": config.dram_bytes_per_cycle}
    for name, level in (("l2", config.l2), ("l3", config.l3)):
        if level.size:
            rates[name] = level.bytes_per_cycle + level.write_bytes_per_cycle
    if config.vector.memory.level == "l1":
        ports = 1 if config.vector.memory.shared_port else 2
        rates["l1"] = float(config.memory_bytes * ports)
    return rates
