"""What must hold on every machine: causes sum, no rate beats its peak, more hardware never costs more, nothing is random."""

from __future__ import annotations

from itertools import pairwise

import pytest
from timing_sequences import dot, fmatmul, sgemm, stream

from rvsim.timing import CAUSE_NAMES, machine_names, peaks

MACHINES = machine_names()


def workloads(vlen: int) -> dict[str, list]:
    return {
        "fmatmul": fmatmul(16, 16, 16, vlen),
        "sgemm": sgemm(7, 256, 96, vlen, 4),
        "dot": dot(700, vlen, integer=False),
        "stream": stream(6000, vlen, 4),
    }


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", ["fmatmul", "sgemm", "dot", "stream"])
def test_causes_sum_and_no_peak_is_beaten(model_of, machine: str, name: str) -> None:
    model = model_of(machine)
    model.play(workloads(model.config.vlen)[name])
    cycles = model.drain()
    assert sum(model.stalls.values()) == cycles == model.cycles
    assert set(model.stalls) == set(CAUSE_NAMES)
    assert all(value >= 0 for value in model.stalls.values())
    rows = model.by_pc()
    for row in rows:
        assert sum(row.causes) == row.ticks
        assert min(row.causes) >= 0
    assert -(-sum(row.ticks for row in rows) // 240) == cycles
    roofs, totals = peaks(model.config), model.totals
    best = max(peak.flop_per_cycle for peak in roofs["mac"].values() if peak.sew == (64 if name in ("fmatmul", "dot") else 32))
    assert 0 < totals.flop <= best * cycles
    assert 0 < totals.dram_bytes <= roofs["bytes_per_cycle"]["dram"] * cycles
    if "l1" in roofs["bytes_per_cycle"]:
        assert totals.bytes_loaded + totals.bytes_stored <= roofs["bytes_per_cycle"]["l1"] * cycles
    assert all(busy <= cycles for busy in model.unit_busy.values())


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", ["sgemm", "stream"])
@pytest.mark.parametrize("sets", [("lanes", 1, 2, 4), ("scalar.issue_width", 1, 2, 4), ("dram.bytes_per_cycle", 4, 16, 64)])
def test_more_hardware_never_costs_more(model_of, machine: str, name: str, sets: tuple) -> None:
    """Within 1 %: a dispatch that moves by a cycle may meet a queue in another state."""
    key, *values = sets
    cycles = []
    vlen = model_of(machine).config.vlen
    for value in values:
        if key == "lanes" and 64 * value > vlen:
            break  # wider than a register: refused
        model = model_of(machine, **{key: value})
        model.play(workloads(model.config.vlen)[name])
        cycles.append(model.drain())
    for less, more in pairwise(cycles):
        assert more <= 1.01 * less


def test_bigger_caches_never_cost_more(model_of) -> None:
    cycles = []
    for size in ("8KiB", "32KiB", "128KiB"):
        model = model_of("generic", **{"l1d.size": size})
        for _ in range(3):
            model.play(stream(2000, 512, 8))
        cycles.append(model.drain())
    assert cycles[0] >= cycles[1] >= cycles[2]
    assert cycles[0] > 1.1 * cycles[2]


@pytest.mark.parametrize("machine", MACHINES)
def test_same_input_same_cycles(model_of, machine: str) -> None:
    results = []
    for _ in range(2):
        model = model_of(machine)
        for program in workloads(model.config.vlen).values():
            model.play(program)
        results.append((model.drain(), model.stalls, [(row.pc, row.ticks, row.causes) for row in model.by_pc()]))
    assert results[0] == results[1]


@pytest.mark.parametrize("machine", MACHINES)
def test_reset_starts_again(model_of, machine: str) -> None:
    """Cold: the same figures as a fresh model. Warm: never slower than cold, with the counts of one run."""
    model = model_of(machine)
    program = workloads(model.config.vlen)["stream"]
    model.play(program)
    cold, counts = model.drain(), model.totals.instructions
    model.reset(warm=True)
    assert (model.cycles, model.now(), model.totals.instructions) == (0, 0, 0)
    model.play(program)
    warm = model.drain()
    assert model.totals.instructions == counts
    assert warm <= cold
    model.reset()
    model.play(program)
    assert model.drain() == cold


@pytest.mark.parametrize("machine", MACHINES)
def test_no_duration_disturbs_the_cause_of_a_stamp(model_of, machine: str) -> None:
    """Short, odd and three-operand vectors on pipes that disturb one another: their fractions of cycles stay durations."""
    model = model_of(machine)
    names = ("vfmacc.vv", "vadd.vv", "vmacc.vv", "vfadd.vv", "vsll.vv", "vmseq.vv", "vle32.v", "vslide1down.vx", "vse32.v", "vredsum.vs")
    for vl in (1, 3, 7, 13, 29, 61):
        for sew in (16, 32, 64):
            shape = {"vtype": (sew, 1), "vl": min(vl, model.config.vlen // sew // 2), "addr": 0x1004}
            registers = [{"vd": 8 + i % 5, "vs3": 9, "vs2": 8 + i % 3, "vs1": 10 + i % 4, "rs1": 5} for i in range(len(names))]
            model.play([(name, used, shape) for name, used in zip(names, registers, strict=True)] * 3)
    cycles = model.drain()
    assert sum(model.stalls.values()) == cycles
    assert all(sum(row.causes) == row.ticks and min(row.causes) >= 0 for row in model.by_pc())
