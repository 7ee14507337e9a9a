"""The pieces of a report: loops of any shape, rounding that sums, regions, calls, verdicts, experiments."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rvsim
from rvsim.engine import load_machine, machine_names
from rvsim.errors import UsageError
from rvsim.profile.compare import compare, match_loops, text
from rvsim.profile.loops import Step, find_loops
from rvsim.profile.recording import Window
from rvsim.profile.report import Report
from rvsim.profile.rounding import apportion, controlled
from rvsim.profile.screen import render
from rvsim.profile.verdict import verdict
from rvsim.profile.whatif import experiments, table, what_if

# ---- loops -------------------------------------------------------------------------------------------------------------------


def code(*steps: tuple[int, int, str, Mapping[int, int]]) -> list[Step]:
    """(address, executions, kind, taken edges), four bytes each."""
    return [Step(address, 4, count, kind, taken) for address, count, kind, taken in steps]


def shape(steps: list[Step]) -> list[tuple[int, list[int], int, int | None]]:
    return [(loop.header, sorted(loop.body), loop.back, loop.parent) for loop in find_loops(steps)]


def test_a_loop_with_its_test_at_the_end() -> None:
    steps = code((0, 1, "", {}), (4, 10, "", {}), (8, 10, "branch", {4: 9}), (12, 1, "return", {}))
    assert shape(steps) == [(4, [4, 8], 9, None)]


def test_a_loop_that_is_entered_at_its_test() -> None:
    """`j test; body: ...; test: bne body`: the header is the test, and the body falls back into it."""
    steps = code((0, 1, "jump", {12: 1}), (4, 9, "", {}), (8, 9, "", {}), (12, 10, "branch", {4: 9}), (16, 1, "return", {}))
    assert shape(steps) == [(12, [4, 8, 12], 9, None)]


def test_loops_in_each_other_and_with_two_ways_back() -> None:
    steps = code(
        (0, 1, "", {}), (4, 5, "", {}), (8, 50, "branch", {16: 20}), (12, 30, "jump", {8: 25, 20: 5}), (16, 20, "branch", {8: 20}),
        (20, 5, "branch", {4: 4}), (24, 1, "return", {}),
    )  # fmt: skip
    assert shape(steps) == [(4, [4, 8, 12, 16, 20], 4, None), (8, [8, 12, 16], 45, 0)]


def test_a_branch_backwards_that_was_never_taken_is_no_loop() -> None:
    assert shape(code((0, 1, "", {}), (4, 1, "branch", {}), (8, 1, "return", {}))) == []


def test_a_call_is_no_edge_and_two_entries_make_no_loop() -> None:
    """A jump back into the middle of code that is also entered elsewhere dominates nothing (irreducible)."""
    called = code((0, 10, "call", {100: 10}), (4, 10, "branch", {0: 9}), (8, 1, "return", {}), (100, 10, "", {}), (104, 10, "return", {}))
    assert shape(called) == [(0, [0, 4], 9, None)]
    tangled = code((0, 2, "branch", {12: 1}), (4, 5, "", {}), (8, 5, "branch", {}), (12, 6, "branch", {4: 4}), (16, 2, "return", {}))
    assert shape(tangled) == []


def test_a_call_that_does_not_return_makes_no_loop() -> None:
    """0 jumps to 12, 12 jumps back to 4, 8 is a call of exit: what seems to fall from 8 into 12 never did."""
    steps = code((0, 1, "jump", {12: 1}), (4, 1, "", {}), (8, 1, "call", {100: 1}), (12, 1, "jump", {4: 1}), (100, 1, "", {}))
    assert shape(steps) == []


# ---- rounding ----------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.integers(0, 10**6))
def test_apportioned_parts_sum_and_stay_near(parts: list[int], total: int) -> None:
    out = apportion(parts, total)
    assert sum(out) == (total if sum(parts) else 0)
    assert all(abs(value - part * total / sum(parts)) < 1 for value, part in zip(out, parts, strict=True) if sum(parts))


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(st.integers(0, 2000), min_size=n, max_size=n), min_size=1, max_size=12)))
def test_a_table_rounds_with_both_sums(cells: list[list[int]]) -> None:
    unit = 240
    total = -(-sum(map(sum, cells)) // unit)
    rows = apportion([sum(row) for row in cells], total)
    columns = apportion([sum(row[j] for row in cells) for j in range(len(cells[0]))], total)
    out = controlled(cells, unit, columns, rows)
    assert [sum(row) for row in out] == rows
    assert [sum(row[j] for row in out) for j in range(len(columns))] == columns
    assert min(map(min, out)) >= 0


# ---- regions and calls ---------------------------------------------------------------------------------------------------------

REGIONS = """
#include "rvsim.h"
        .globl  work
work:   rvsim_region_begin all
        li      t1, 4
1:      rvsim_region_begin part
        vsetvli t0, a1, e32, m1, ta, ma
        vle32.v v8, (a0)
        vfadd.vv v8, v8, v8
        rvsim_region_end
        addi    t1, t1, -1
        bnez    t1, 1b
        rvsim_region_end
        rvsim_region_end                // one too many: no harm
        rvsim_region_begin part
        vfadd.vv v9, v8, v8
        ret                             // left open: it ends with the run
"""

SAME_SPAN = """
        .globl  work
work:   li      t0, 3
        j       2f
1:      addi    t1, t1, -1
        bnez    t1, 3f
2:      li      t1, 4                   // the outer loop is entered here
        addi    t0, t0, -1
3:      bgez    t0, 1b                  // and the inner one here
        ret
"""

RECURSIVE = """
        .globl  down
down:   addi    sp, sp, -16
        sd      ra, 8(sp)
        addi    a0, a0, -1
        blez    a0, 1f
        jal     ra, down
1:      ld      ra, 8(sp)
        addi    sp, sp, 16
        ret
"""


def test_regions_by_markers() -> None:
    machine = rvsim.Machine("generic")
    result = machine.load(REGIONS).call("work", np.ones(16, np.float32), 16, profile=True)
    report = result.report()
    regions = {region.name: region for region in report.regions}
    assert set(regions) == {"all", "part"}
    assert (regions["all"].entries, regions["part"].entries) == (1, 5)
    assert len(regions["part"].addresses) == 2
    assert regions["part"].flop == 5 * 16 and regions["all"].flop == 4 * 16
    assert regions["part"].vector_instructions == 4 * 3 + 1
    for region in report.regions:
        assert sum(region.causes.values()) == region.cycles <= report.cycles
    assert "regions" in report.profile()


def test_names_of_regions_may_have_spaces(tmp_path) -> None:
    assembly = REGIONS.replace("begin part", 'begin "layer 2: up+gate"')
    machine = rvsim.Machine("generic")
    report = machine.load(assembly).call("work", np.ones(16, np.float32), 16, profile=True).report()
    assert {region.name: region.entries for region in report.regions} == {"all": 1, "layer 2: up+gate": 5}
    window = Window.parse("layer 2: up+gate")
    log = machine.load(assembly).call("work", np.ones(16, np.float32), 16, window=window).recording
    assert {log.text[int(pc)].split()[0] for pc in log.pc} >= {"vsetvli", "vle32.v", "vfadd.vv"}
    (tmp_path / "r.c").write_text(
        '#include "rvsim.h"\nvoid f(float *y) { rvsim_region_begin("the first (of two)"); y[0] += 1; rvsim_region_end(); }\n'
    )
    report = machine.load(tmp_path / "r.c").call("f", np.ones(1, np.float32), profile=True).report()
    assert [region.name for region in report.regions] == ["the first (of two)"]


def test_loops_of_one_span_have_names_of_their_own() -> None:
    report = rvsim.Machine("generic").load(SAME_SPAN).call("work", profile=True).report()
    assert len(report.loops) == 2 and len({(loop.first, loop.last) for loop in report.loops}) == 1
    outer, inner = report.loops
    assert outer.name.partition("@")[0] == inner.name.partition("@")[0]
    places = {row.address: row.name.partition("+")[2] for row in report.rows}
    assert [loop.name.partition("@")[2] for loop in report.loops] == [places[loop.header] for loop in (outer, inner)]
    assert outer.name != inner.name


def test_regions_in_c(tmp_path, monkeypatch) -> None:
    (tmp_path / "r.c").write_text(
        '#include "rvsim.h"\nvoid f(float *y, long n) { rvsim_region_begin("loop"); for (long i = 0; i < n; i++) y[i] *= 2; '
        "rvsim_region_end(); }\n"
    )
    program = rvsim.Machine("generic").load(tmp_path / "r.c")
    y = np.ones(100, np.float32)
    report = program.call("f", y, 100, proto="void f(float y[n], long n)", profile=True).report()
    assert (y == 2).all()
    assert [(region.name, region.entries, region.flop) for region in report.regions] == [("loop", 1, 100)]
    assert any(row.source is not None and "y[i] *= 2" in row.source for row in report.rows)


def test_deep_recursion_is_bounded_and_sums() -> None:
    machine = rvsim.Machine("generic")
    report = machine.load(RECURSIVE).call("down", 2000, profile=True).report()
    assert sum(call.cycles for call in report.calls) == report.cycles
    assert 200 < len(report.calls) <= 257
    assert {call.function for call in report.calls} == {"down"}
    assert all(function.called <= report.cycles for function in report.functions)


# ---- verdicts ----------------------------------------------------------------------------------------------------------------

CHAIN = """
        .globl  chain
chain:  vsetvli t0, zero, e32, m1, ta, ma
1:      vfadd.vv v8, v8, v9
        addi    a0, a0, -1
        bnez    a0, 1b
        ret
"""
SCALAR = """
        .globl  scalar
scalar: li      t0, 0
1:      addi    t0, t0, 1
        addi    t1, t2, 1
        addi    t3, t4, 1
        xor     t5, t6, t4
        addi    a0, a0, -1
        bnez    a0, 1b
        ret
"""


def profile(source: str, symbol: str, *args, machine: str = "generic") -> Report:
    return rvsim.Machine(machine).load(source).call(symbol, *args, profile=True).report()


def test_a_chain_is_called_one() -> None:
    found = verdict(profile(CHAIN, "chain", 3000))
    assert found.bound == "chain" and "v8" in found.headline and "accumulators" in found.advice


def test_scalar_code_is_called_so() -> None:
    assert verdict(profile(SCALAR, "scalar", 3000)).bound == "scalar"


def test_a_vector_instruction_now_and_then_makes_no_vector_code() -> None:
    """As in a scalar program whose C library has a vector memset: no word of LMUL, nor of pipes that do nothing."""
    source = SCALAR.replace("scalar: li      t0, 0", "scalar: vsetivli zero, 1, e8, m8, ta, ma\n vmv.v.i v8, 0\n li t0, 0")
    found = verdict(profile(source, "scalar", 3000))
    assert found.bound == "scalar" and "LMUL" not in found.advice
    assert not any("pipe" in text.lower() or "VLMAX" in text for text in found.evidence)


def test_ordered_sums_in_a_loop_are_advised_on() -> None:
    source = CHAIN.replace("vfadd.vv v8, v8, v9", "vfredosum.vs v8, v16, v8")
    found = verdict(profile(source, "chain", 3000))
    assert found.bound == "unit" and "vfredosum.vs" in found.headline and "vfredusum" in found.advice
    assert not any("is busy" in text for text in found.evidence)  # the headline says it


def test_streaming_is_bound_by_bandwidth() -> None:
    found = verdict(rvsim.Machine("generic").run("dot", n=50000, profile=True).report())
    assert found.bound == "bandwidth" and "main memory moves" in found.headline


def test_a_good_matmul_is_bound_by_compute() -> None:
    report = rvsim.Machine("ara-4l").run("matmul", m=64, n=64, k=64, profile=True).report()
    found = verdict(report)
    assert found.bound == "compute" and "of cycles in loop" in found.headline


@pytest.mark.parametrize("machine", machine_names())
def test_every_kernel_has_a_verdict_and_a_text(machine: str) -> None:
    for kernel in ("axpy", "relu", "layernorm"):
        report = rvsim.Machine(machine).run(kernel, profile=True).report()
        found = verdict(report)
        assert found.headline.endswith(".") and found.bound
        plain = render(report)
        assert "\x1b" not in plain and "where the cycles went" in plain and max(map(len, plain.splitlines())) < 200
        assert "\x1b[" in render(report, colour=True)
        for width in (80, 120):
            painted = re.sub(r"\x1b\[[0-9;]*m", "", render(report, colour=True, width=width))
            assert max(map(len, painted.splitlines())) <= width
            assert all(row.text in painted or row.text[:30] in painted for row in report.rows if row.cycles > 0.1 * report.cycles)
        assert "<pre" in report._repr_html_() and "<script" not in report._repr_html_()


# ---- what-if, diff ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", machine_names())
def test_experiments_are_machines_that_are_not_slower(machine: str) -> None:
    """Lanes wider than a register cannot be; everything else can, and what takes a limit away costs at most a little."""
    base = rvsim.Machine(machine).run("axpy", n=4000).cycles
    assert base is not None

    def run(sets: Mapping[str, str]) -> int:
        return rvsim.Machine(machine, set=sets).run("axpy", n=4000).cycles or 0

    outcomes = what_if(experiments(msgspec.to_builtins(load_machine(machine))), run)
    assert len(outcomes) == 4
    for outcome in outcomes:
        if outcome.cycles is None:
            assert "lanes" in outcome.experiment.sets and outcome.problem
        else:
            assert outcome.cycles <= 1.05 * base, outcome
    shown = table(base, outcomes)
    assert all(outcome.experiment.name in shown for outcome in outcomes)


def test_what_if_passes_other_errors_on() -> None:
    def run(sets: Mapping[str, str]) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        what_if(experiments(msgspec.to_builtins(load_machine("generic"))), run)

    def refuse(sets: Mapping[str, str]) -> int:
        raise UsageError("no")

    assert {outcome.problem for outcome in what_if(experiments(msgspec.to_builtins(load_machine("generic"))), refuse)} == {"no"}


def test_a_comparison_has_both_sides() -> None:
    machine = rvsim.Machine("generic")
    a, b = (machine.run("matmul", variant=v, m=16, n=16, k=16, profile=True).report() for v in ("naive", "7x4"))
    data = compare(a, b)
    assert data["cycles"] == [a.cycles, b.cycles] and data["speedup"] == pytest.approx(a.cycles / b.cycles)
    assert sum(pair[0] for pair in data["stalls"].values()) == a.cycles and sum(pair[1] for pair in data["stalls"].values()) == b.cycles
    assert "cycles by loop" in text(a, b)
    same = match_loops(a, a)
    assert all(pair.a == pair.b for pair in same) and len(same) == len(a.loops)
    assert "as long as" in text(a, a)
