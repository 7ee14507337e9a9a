"""The Report: cycles sum exactly on every kernel and machine, it survives saving, and its parts agree with each other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import rvsim
from rvsim import kernels
from rvsim.engine import machine_names
from rvsim.errors import UsageError
from rvsim.machine import Result
from rvsim.profile import Report, Window

SMALL = {"matmul": {"m": 20, "n": 40, "k": 24}}
SUM_UP = """
        .globl  outer
outer:  addi    sp, sp, -16
        sd      ra, 8(sp)
        li      s11, 5
1:      mv      a0, a1
        call    inner
        addi    s11, s11, -1
        bnez    s11, 1b
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret
        .globl  inner
inner:  vsetvli t0, a0, e32, m2, ta, ma
        vle32.v v8, (a2)
        vfadd.vv v10, v8, v8
        vse32.v v10, (a2)
        sub     a0, a0, t0
        bnez    a0, inner
        ret
"""


def check_sums(report: Report) -> None:
    assert sum(row.cycles for row in report.rows) == report.cycles
    assert sum(report.stalls.values()) == report.cycles
    for row in report.rows:
        assert sum(row.causes.values()) == row.cycles >= 0
        assert min(row.causes.values(), default=1) > 0
    for cause, cycles in report.stalls.items():
        assert sum(row.causes.get(cause, 0) for row in report.rows) == cycles
    assert sum(function.cycles for function in report.functions) == report.cycles
    assert sum(row.count for row in report.rows) == report.instructions
    assert all(unit.busy <= report.cycles for unit in report.units)
    if report.profiled:
        assert sum(call.cycles for call in report.calls) == report.cycles
        assert sum(call.instructions for call in report.calls) == report.instructions


@pytest.mark.parametrize("machine", machine_names())
def test_every_cycle_has_an_instruction_and_a_cause(machine: str) -> None:
    device = rvsim.Machine(machine)
    for name in kernels.KERNELS:
        try:
            result = device.run(name, profile=True, **SMALL.get(name, {}))
        except UsageError as error:  # a machine without the instructions of any variant
            assert "need" in str(error) or "not on" in str(error), error
            continue
        report = result.report()
        check_sums(report)
        assert report.cycles == result.cycles and report.instructions == result.instructions
        assert report.stalls == result.stalls
        plain = device.run(name, **SMALL.get(name, {}))
        assert plain.cycles == result.cycles, "the probe must not change what it looks at"
        assert report.timeline is not None
        assert sum(report.timeline.instructions) == report.instructions
        for cause, cycles in report.stalls.items():
            assert abs(sum(report.timeline.causes.get(cause, ())) - cycles) <= 3
        assert all(0 <= share <= 1 for shares in report.timeline.units.values() for share in shares)


def test_a_run_without_the_probe_has_a_report_too() -> None:
    report = rvsim.Machine("generic").run("matmul", m=16, n=16, k=16).report()
    check_sums(report)
    assert not report.profiled and report.loops == () and report.timeline is None
    assert "CORRECT" in str(report)


def test_functional_run_has_none() -> None:
    with pytest.raises(UsageError, match="functional"):
        rvsim.Machine("generic", functional=True).run("matmul", m=8, n=8, k=8).report()
    with pytest.raises(UsageError, match="functional"):
        rvsim.Machine("generic", functional=True).run("matmul", m=8, n=8, k=8, profile=True)
    assert "functional run" in str(Result("f", "generic", 10, 0.001))


def profiled(machine: rvsim.Machine | None = None, n: int = 200) -> Report:
    machine = machine or rvsim.Machine("generic")
    x = np.ones(n, np.float32)
    return machine.load(SUM_UP).call("outer", 0, n, x, profile=True).report()


def test_loops_calls_and_functions() -> None:
    report = profiled()
    check_sums(report)
    by_name = {loop.name.split("+")[0].split("..")[0]: loop for loop in report.loops}
    outer, inner = by_name["outer"], by_name["inner"]
    assert (outer.iterations, outer.entries) == (5, 1)
    per_call = -(-200 // 32)  # VLMAX of e32 m2 at VLEN 512
    assert inner.iterations == 5 * per_call and inner.entries == 5
    assert outer.called == sum(call.cycles for call in report.calls if call.function == "inner") > 0
    assert [(call.function, call.count) for call in report.calls] == [("outer", 0), ("inner", 5)]
    functions = {function.name: function for function in report.functions}
    assert functions["outer"].called == outer.called and functions["inner"].called == 0
    inside = [report.rows[i] for i in inner.rows]
    assert inner.cycles == sum(row.cycles for row in inside) and all(row.loop is not None for row in inside)


def test_samples_are_spread_over_a_short_run_of_much_code() -> None:
    """Each sample walks every instruction met, so this run pays for few: they must not all be of its beginning."""
    code = ".globl f\nf: li t0, 12\n1:" + " addi a0, a0, 1\n" * 600 + " addi t0, t0, -1\n bnez t0, 1b\n ret\n"
    report = rvsim.Machine("generic").load(code).call("f", 0, profile=True).report()
    check_sums(report)
    assert report.timeline is not None
    widths = np.diff(report.timeline.edges)
    assert len(widths) > 12
    assert widths.max() < 4 * np.median(widths)


def test_rows_know_their_vtype_their_bytes_and_whom_they_waited_for() -> None:
    report = profiled()
    rows = {row.mnemonic: row for row in report.rows}
    load, add = rows["vle32.v"], rows["vfadd.vv"]
    assert load.bytes == 5 * 200 * 4 == report.bytes_loaded - rows["c.ldsp"].bytes
    assert load.form is not None and (load.form.sew, load.form.lmul, load.form.count) == (32, "m2", load.count)
    assert load.vl == pytest.approx(1000 / load.count) and load.vlmax == 32
    assert add.flop == 1000 == report.flop_executed
    last = report.rows[[row.name for row in report.rows].index("outer+0x1a")]
    assert last.text == "ret" and [(wait.address, wait.resource) for wait in last.waits] == [(rows["c.ldsp"].address, "ra")]
    assert 0 < last.waits[0].cycles <= last.cycles and last.causes[last.waits[0].cause] >= last.waits[0].cycles


CHAIN = """
        .globl  chain
chain:  vsetvli t0, zero, e32, m1, ta, ma
1:      vle32.v v8, (a1)
        vfmul.vv v9, v8, v8
        vfadd.vv v16, v16, v9
        vfadd.vv v16, v16, v16
        addi    a0, a0, -1
        add     a1, a1, a2
        bnez    a0, 1b
        ret
"""


@pytest.mark.parametrize("machine", ["generic", "ara-4l"])
def test_late_results_name_their_maker(machine: str) -> None:
    """A dependent chain waits for the instruction in front; a value that memory made late names the load, not the multiply behind it."""
    device = rvsim.Machine(machine)
    x = np.ones(1 << 18, np.float32)
    report = device.load(CHAIN).call("chain", 200, x, 4160, profile=True).report()
    rows = [row for row in report.rows if row.mnemonic.startswith("vf")]
    load = next(row for row in report.rows if row.mnemonic == "vle32.v")
    makers = {row.address: row for row in report.rows}
    held = {(row.text.split()[0], wait.resource): makers[wait.address].text for row in rows for wait in row.waits if wait.held > 100}
    if machine == "ara-4l":
        assert held[("vfadd.vv", "v16")].startswith("vfadd.vv v16")
    else:  # memory made v8 late, and all that follows from it
        assert held[("vfadd.vv", "v9")] == held[("vfmul.vv", "v8")] == held[("vfadd.vv", "v16")] == load.text
        assert all(wait.cause == "dram" for row in rows for wait in row.waits if wait.address == load.address and wait.held > 100)


def test_saved_and_loaded(tmp_path: Path) -> None:
    report = profiled()
    report.save(tmp_path / "r.json")
    again = Report.load(tmp_path / "r.json")
    assert again.to_json() == report.to_json() and again.rows == report.rows and again.loops == report.loops
    data = json.loads((tmp_path / "r.json").read_text())
    assert data["kind"] == "rvsim-report" and data["rows"][0]["share"] >= 0


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"kind": "rvsim-report"}', "\x80", '{"kind": "other"}', "[" * 100000])
def test_a_file_that_is_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.json").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match="is no saved report"):
        Report.load(tmp_path / "r.json")


def test_a_report_of_another_format_and_no_file(tmp_path: Path) -> None:
    data = profiled().to_json() | {"schema": 99}
    (tmp_path / "r.json").write_text(json.dumps(data))
    with pytest.raises(UsageError, match="format 99"):
        Report.load(tmp_path / "r.json")
    with pytest.raises(UsageError, match="cannot be read"):
        Report.load(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be written"):
        profiled().save(tmp_path)


# ---- the log of a window -----------------------------------------------------------------------------------------------------


def test_a_window_of_the_whole_run_has_every_instruction() -> None:
    result = rvsim.Machine("generic").run("matmul", m=8, n=8, k=8, window=Window())
    log = result.recording
    assert log is not None and len(log) == result.instructions and log.lost == 0
    assert log.charge.sum() == pytest.approx(result.cycles, abs=1)
    for before, after in (("issue", "sequenced"), ("sequenced", "start"), ("start", "end"), ("start", "first"), ("start", "done")):
        assert (getattr(log, before) <= getattr(log, after) + 1e-9).all(), (before, after)
    made = log.producer >= 0
    assert made.any() and (log.producer[made] < np.flatnonzero(made)).all()
    assert set(log.text) == {row.address for row in result.report().rows}


def test_windows_by_cycle_by_execution_and_full(tmp_path: Path) -> None:
    machine = rvsim.Machine("generic")
    result = machine.run("matmul", m=32, n=32, k=32, window=Window.parse("1000:1200"))
    log = result.recording
    assert log is not None and 0 < len(log) < result.instructions
    loop = max(result.report().loops, key=lambda loop: loop.depth)
    machine.run("matmul", m=32, n=32, k=32)
    second = machine.run("matmul", m=32, n=32, k=32, window=Window(address=loop.header, first=3, last=5)).recording
    assert second is not None and (second.pc == loop.header).sum() == 2 and int(second.pc[0]) == loop.header
    short = machine.run("matmul", m=32, n=32, k=32, window=Window(limit=100)).recording
    assert short is not None and len(short) == 100 and short.lost == result.instructions - 100
    short.save(tmp_path / "log.npz")
    assert len(np.load(tmp_path / "log.npz")["pc"]) == 100


@pytest.mark.parametrize("text", ["5:5", "9:3", "", "  ", 'a"b', "a\nb"])
def test_impossible_windows(text: str) -> None:
    with pytest.raises(UsageError, match="window"):
        Window.parse(text)


@pytest.mark.parametrize("name", ["tile", "a tile", "x:y:z"])
def test_window_on_an_unknown_region(name: str) -> None:
    with pytest.raises(UsageError, match=rf"no region '{name}'.*START:END"):
        rvsim.Machine("generic").run("matmul", m=8, n=8, k=8, window=Window.parse(name))


FAULT = """
        .globl  fault
fault:  vsetvli t0, zero, e32, m1, ta, ma
1:      vle32.v v8, (a1)
        addi    a0, a0, -1
        bnez    a0, 1b
        beqz    a2, 2f
        ld      zero, 0(zero)
2:      ret
"""


def test_a_profile_after_one_that_failed() -> None:
    """The first probe is still held by the error when the second one looks."""
    machine = rvsim.Machine("generic")
    program, x = machine.load(FAULT), np.ones(64, np.float32)
    with pytest.raises(rvsim.SimulationError) as held:
        program.call("fault", 50, x, 1, profile=True)
    report = program.call("fault", 50, x, 0, profile=True).report()
    del held
    check_sums(report)
    again = program.call("fault", 50, x, 0, profile=True).report()
    assert [loop.iterations for loop in report.loops] == [loop.iterations for loop in again.loops] == [50]
    assert [(row.text, row.count) for row in report.rows] == [(row.text, row.count) for row in again.rows]
