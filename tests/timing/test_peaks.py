"""Peaks: which unit serves which pair of types, on every machine; reached, and never beaten, by a stream of that instruction."""

from __future__ import annotations

import pytest

from rvsim.timing import load_machine, machine_names, peaks

MACHINES = machine_names()
EXTENSIONS = "+zvfh,+zvfbfwma,+zvdot4a8i_0p1"
# (types) -> the instruction that reaches the peak, its SEW, and operations an element
INSTRUCTIONS = {
    ("f64", "f64"): ("vfmacc.vf", 64, 2), ("f32", "f32"): ("vfmacc.vf", 32, 2), ("f32", "f64"): ("vfwmacc.vf", 32, 2),
    ("f16", "f16"): ("vfmacc.vf", 16, 2), ("f16", "f32"): ("vfwmacc.vf", 16, 2), ("bf16", "f32"): ("vfwmaccbf16.vf", 16, 2),
    ("i64", "i64"): ("vmacc.vx", 64, 2), ("i32", "i32"): ("vmacc.vx", 32, 2), ("i16", "i16"): ("vmacc.vx", 16, 2),
    ("i8", "i8"): ("vmacc.vx", 8, 2), ("i16", "i32"): ("vwmacc.vx", 16, 2), ("i8", "i16"): ("vwmacc.vx", 8, 2),
    ("i8", "i32"): ("vdot4a.vx", 32, 8), ("u8", "i32"): ("vdot4au.vx", 32, 8),
}  # fmt: skip


def test_without_extensions_of_their_own_bytes_are_widened() -> None:
    for machine in MACHINES:
        roofs = peaks(load_machine(machine))["mac"]
        for dtype in ("i8", "u8"):
            peak = roofs[dtype, "i32"]
            assert (peak.unit, peak.sew) == ("v_widen_macc", 16)
            assert peak.flop_per_cycle == roofs["i16", "i32"].flop_per_cycle


@pytest.mark.parametrize("machine", MACHINES)
def test_extensions_add_their_types(machine: str) -> None:
    plain = load_machine(machine)
    added = load_machine(machine, {"isa": "+zvfbfwma,+zvdot4a8i_0p1"})
    words = plain.isa.split("_")
    assert (("bf16", "f32") in peaks(plain)["mac"]) == ("zvfbfwma" in words)
    assert (("f16", "f16") in peaks(plain)["mac"]) == ("zvfh" in words)
    roofs = peaks(added)["mac"]
    assert roofs["bf16", "f32"].unit == "v_fp_widen_fma"
    dot = roofs["i8", "i32"]
    assert (dot.unit, dot.sew) == ("v_int_macc", 32)
    assert dot.flop_per_cycle == roofs["u8", "i32"].flop_per_cycle == 4 * roofs["i32", "i32"].flop_per_cycle


@pytest.mark.parametrize("machine", MACHINES)
def test_a_stream_of_the_instruction_reaches_the_peak(model_of, machine: str) -> None:
    """Within 12 % at the best group size (the scalar core may not issue faster), and never above."""
    for types, (name, sew, operations) in INSTRUCTIONS.items():
        model = model_of(machine, isa=EXTENSIONS)
        peak = peaks(model.config)["mac"][types]
        assert peak.sew == sew
        wide, best = "w" in name, 0.0
        for lmul in (1, 2, 4):
            step = lmul * (2 if wide else 1)
            shape = {"vtype": (sew, lmul), "vl": None}
            body = [(name, {"vd": step * i, "rs1": 5, "vs2": 24}, shape) for i in range(24 // step)]
            model.reset()
            model.play(body, 8)
            start = model.drain()
            model.play(body, 100 // len(body) * 4)
            executed = 100 // len(body) * 4 * len(body)
            best = max(best, operations * executed * (model.config.vlen * lmul // sew) / (model.drain() - start))
        assert 0.88 * peak.flop_per_cycle <= best <= peak.flop_per_cycle * (1 + 1e-9), (types, best, peak)
