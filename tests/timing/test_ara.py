"""`ara-4l` against the RTL: single instructions, short sequences, and two of Ara's own applications.

Measured figures are those of the RTL simulation named at the head of ara_rows.csv; the same preset with two lanes and half
the VLEN stands for the two-lane machine.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from timing_sequences import DRAIN, dot, fmatmul, repeated

V = {"vtype": (64, 1), "vl": 64}


def model_with_lanes(model_of, lanes: int):
    return model_of("ara-4l", lanes=lanes, vlen=1024 * lanes)


def run_time(model, body: list) -> int:
    """Cycles between the drains around `body`, instruction cache warm (the reference took the second pass)."""
    program = [DRAIN, *body, DRAIN]
    model.reset()
    model.play(program)
    model.reset(warm=True)
    model.play(program[:1])
    start = model.now()
    model.play([(name, regs, {**event, "pc": 4 + 4 * i}) for i, (name, regs, event) in enumerate(program[1:])])
    return model.now() - start


def test_single_instructions(model_of) -> None:
    """Median error 0, nine of ten within 5 %; at both lane counts."""
    models = {lanes: model_with_lanes(model_of, lanes) for lanes in (2, 4)}
    errors = []
    with (Path(__file__).parent / "ara_rows.csv").open() as file:
        for row in csv.DictReader(line for line in file if line[0] != "#"):
            counts = [int(count) for count in row["counts"].split()][-2:]
            shape = (row["name"], int(row["sew"]), int(row["lmul"]), int(row["vl"]))
            options = (row["chain"] == "1", row["masked"] == "1", int(row["stride"]))
            few, many = (run_time(models[int(row["lanes"])], repeated(*shape, count, *options)) for count in counts)
            errors.append(abs((many - few) / (counts[1] - counts[0]) / float(row["cycles"]) - 1))
    errors.sort()
    assert len(errors) > 300
    assert errors[len(errors) // 2] < 0.005
    assert errors[len(errors) * 9 // 10] < 0.05


SEQUENCES = {
    "vle;vfadd;vse": (72, [
        ("vle64.v", {"vd": 8, "rs1": 5}, {**V, "addr": 0x10000}), ("vfadd.vv", {"vd": 16, "vs2": 8, "vs1": 24}, V),
        ("vse64.v", {"vs3": 16, "rs1": 6}, {**V, "addr": 0x20000})]),
    "axpy": (106, [
        ("vle64.v", {"vd": 8, "rs1": 5}, {**V, "addr": 0x10000}), ("vle64.v", {"vd": 16, "rs1": 6}, {**V, "addr": 0x20000}),
        ("vfmacc.vf", {"vd": 16, "rs1": 10, "vs2": 8}, V), ("vse64.v", {"vs3": 16, "rs1": 6}, {**V, "addr": 0x20000})]),
    "dot": (87, [
        ("vle64.v", {"vd": 8, "rs1": 5}, {**V, "addr": 0x10000}), ("vle64.v", {"vd": 16, "rs1": 6}, {**V, "addr": 0x20000}),
        ("vfmacc.vv", {"vd": 24, "vs1": 8, "vs2": 16}, V)]),
    "memcpy": (83, [
        ("vle64.v", {"vd": 8, "rs1": 5}, {**V, "addr": 0x10000}), ("vse64.v", {"vs3": 8, "rs1": 6}, {**V, "addr": 0x20000})]),
    "load buffer reused": (105, [
        ("vle64.v", {"vd": 16, "rs1": 5}, {**V, "addr": 0x10000}),
        *[item for i in range(4) for item in (
            ("fld", {"rd": i, "rs1": 6}, {"addr": 0x500}), ("vfmacc.vf", {"vd": 4 * i, "rs1": i, "vs2": 16}, V))]]),
    "four accumulators": (64, [("vfmacc.vf", {"vd": 24 + 2 * i, "rs1": 10, "vs2": 16}, V) for i in range(4)]),
    "slide into fma": (50, [
        ("vslide1down.vx", {"vd": 28, "vs2": 8, "rs1": 5}, V), ("vfmacc.vf", {"vd": 24, "rs1": 10, "vs2": 28}, V)]),
    "two pipes": (21, [("vadd.vv", {"vd": 24, "vs2": 8, "vs1": 16}, V), ("vfadd.vv", {"vd": 28, "vs2": 8, "vs1": 16}, V)]),
    "scalar result": (12, [("vmv.x.s", {"rd": 5, "vs2": 8}, V), ("addi", {"rd": 6, "rs1": 5}, {})]),
    "reduce and read": (72, [("vfredusum.vs", {"vd": 24, "vs2": 8, "vs1": 16}, V), ("vfmv.f.s", {"rd": 5, "vs2": 24}, V)]),
    "store, scalar load": (64, [
        ("vse64.v", {"vs3": 24, "rs1": 5}, {**V, "addr": 0x10000}), ("ld", {"rd": 6, "rs1": 5}, {"addr": 0x10000})]),
    "four misaligned loads": (4 * 48, [("vle64.v", {"vd": 24 + i, "rs1": 5}, {**V, "addr": 0x10008}) for i in range(4)]),
    "addi;bnez": (3, [("addi", {"rd": 5, "rs1": 5}, {}), ("bne", {"rs1": 5, "rs2": 0}, {})]),
}  # fmt: skip


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences(model_of, name: str) -> None:
    """Steady cycles a repetition, within 10 %."""
    measured, body = SEQUENCES[name]
    model = model_of("ara-4l")
    model.play(body, 20)
    start = model.now()
    model.play(body, 20)
    assert (model.now() - start) / 20 == pytest.approx(measured, rel=0.10, abs=0.3)


def application(model, body: list) -> int:
    """Warm run, as the reference."""
    model.reset()
    model.play(body)
    model.drain()
    model.reset(warm=True)
    model.play(body)
    return model.drain()


@pytest.mark.parametrize(
    ("lanes", "size", "measured"),
    [(4, 8, 482), (4, 16, 2337), (4, 32, 11233), (4, 64, 69667), (4, 128, 532392),
     (2, 8, 520), (2, 16, 2954), (2, 32, 18119), (2, 64, 138921)],
)  # fmt: skip
def test_fmatmul(model_of, lanes: int, size: int, measured: int) -> None:
    """f64 matmul blocked as Ara's own: within 8 %, from 32 up 3 %."""
    cycles = application(model_with_lanes(model_of, lanes), fmatmul(size, size, size, 1024 * lanes))
    assert cycles == pytest.approx(measured, rel=0.03 if size >= 32 else 0.08)


@pytest.mark.parametrize(
    ("lanes", "n", "measured"),
    [(4, 16, 97), (4, 64, 155), (4, 256, 395), (4, 512, 715), (2, 16, 106), (2, 64, 226), (2, 256, 706)],
)
def test_fdotproduct(model_of, lanes: int, n: int, measured: int) -> None:
    assert application(model_with_lanes(model_of, lanes), dot(n, 1024 * lanes, integer=False)) == pytest.approx(measured, rel=0.05)


@pytest.mark.parametrize(("lanes", "n", "measured"), [(4, 16, 67), (4, 64, 122), (4, 512, 634), (2, 64, 191), (2, 256, 630)])
def test_dotproduct(model_of, lanes: int, n: int, measured: int) -> None:
    """Integers: up to 13 % fast, because a reduction that follows a slow multiply lags more than we model."""
    assert application(model_with_lanes(model_of, lanes), dot(n, 1024 * lanes, integer=True)) == pytest.approx(measured, rel=0.13)
