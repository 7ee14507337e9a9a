"""The text of a result: shares that sum, the right words for each kind of run."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rvsim.machine import Peak, Result
from rvsim.profile.text import MEANINGS, report, tenths
from rvsim.timing import CAUSES

RUN: dict[str, Any] = Result(
    "matmul", "ara-4l", 500, 0.25, variant="7x4", params={"m": 4}, correct=True, check="fine", max_abs_error=1.25e-6, cycles=1000,
    vector_instructions=300, flop=8000, bytes=4096, peak=Peak(16.0, "v_fp_fma e32", 8.0),
    stalls={"execute": 900, "dram": 99, "csr": 1, "l1": 0},
).to_json()  # fmt: skip


def test_every_cause_has_its_words() -> None:
    assert set(MEANINGS) == set(CAUSES)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=20))
def test_shares_sum_to_all_and_are_within_a_tenth(parts: list[int]) -> None:
    shares = tenths(parts)
    total = sum(parts)
    assert sum(shares) == (1000 if total else 0)
    assert all(abs(share * total - part * 1000) < total or not total for share, part in zip(shares, parts, strict=True))


def test_report_of_a_timed_run() -> None:
    text = report(RUN)
    assert "matmul 7x4 on ara-4l" in text and "m=4" in text
    assert "CORRECT: fine; largest absolute error 1.25e-06" in text
    assert "8.00 of 16 at the peak (v_fp_fma e32): 50.0%" in text
    assert "51.2% of what memory and peak together allow at 1.95 FLOP/byte" in text
    assert "4.0 KiB" in text and "0.25 s" in text
    rows = [line.split() for line in text.splitlines() if " % " in line]
    assert [(row[0], row[1]) for row in rows] == [("execute", "90.0"), ("dram", "9.9"), ("csr", "0.1"), ("total", "100.0")]


def test_wrong_and_hypothetical_and_changed() -> None:
    text = report(RUN | {"correct": False, "max_abs_error": None, "hypothetical": ["zvfh"], "set": {"lanes": "2"}})
    assert "WRONG" in text and "CORRECT" not in text and "hypothetical: isa +zvfh" in text and "on ara-4l lanes=2" in text


def test_functional_run_says_that_it_has_no_clock() -> None:
    text = report(Result("f.S:f", "generic", 10, 0.001, value=42).to_json())
    assert "functional run" in text and "returned 42" in text and "not checked" in text and "where the cycles went" not in text


def test_result_report_is_this_text() -> None:
    result = Result("f", "generic", 10, 0.001, cycles=12, stalls={"execute": 12})
    assert str(result) == report(result.to_json())
