"""Wrong results say who wrote them; results that chance decides are told as that, also where two poisons happen to agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rvsim.check import Options, Report, Rig, check, function_subject

LOOP = """
        .globl  f
f:      beqz    a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vadd.vi v8, v8, {}
        vse32.v v8, (a0)
        slli    t1, t0, 2
        add     a0, a0, t1
        add     a1, a1, t1
        sub     a2, a2, t0
        {}
2:      ret
"""
# Bits of a mask behind vl are agnostic; the first poison happens to have ones there, like the second run.
MASK_TAIL = """
        .globl  f
f:      vsetvli t0, a1, e32, m1, ta, ma
        vle32.v v8, (a0)
        vmsgt.vi v0, v8, 15
        vsetvli t1, x0, e32, m1, ta, ma
        vcpop.m a0, v0
        ret
"""


def run(folder: Path, text: str, proto: str, **about: Any) -> Report:
    path = folder / "f.S"
    path.write_text(text)
    return check(function_subject(path, "f", proto, given=about.pop("given", {}), **about), Rig(), Options(jobs=1, cases=40, vlens=(128,)))


COPY = "void f(int y[n], const int x[n], long n)"


def test_the_last_writer_of_a_wrong_element(tmp_path: Path) -> None:
    report = run(tmp_path, LOOP.format(1, "bnez a2, 1b"), COPY, reference=lambda y, x, n: x)
    (found,) = report.findings
    assert found.kind == "wrong-result" and found.message.endswith("last written")
    assert found.instruction == "vse32.v v8, (a0)" and found.line == "f.S:7" and found.array == "y"
    assert (found.vtype, found.vl, found.element) == ("e32, m1, ta, ma", 1, 0)


def test_an_element_that_nothing_writes(tmp_path: Path) -> None:
    report = run(tmp_path, LOOP.format(0, ""), COPY, reference=lambda y, x, n: x)
    (found,) = report.findings
    assert found.kind == "wrong-result" and found.message.endswith("nothing writes it") and found.instruction is None


def test_poisons_that_agree_hide_nothing(tmp_path: Path) -> None:
    report = run(tmp_path, MASK_TAIL, "long f(const int x[n], long n)", given={"n": "3"}, reference=lambda x, n: int((x > 15).sum()))
    (found,) = report.findings
    assert found.kind == "undefined" and "v0 holds on entry" in found.message
    assert (found.instruction or "").startswith("vcpop.m")
