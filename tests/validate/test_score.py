"""Errors and rank correlation of given rows."""

from __future__ import annotations

import numpy as np
import pytest

from rvsim.validate import Row, Scored, spearman, summarise, worst
from rvsim.validate.score import rank_correlation, ranks


def scored(measured: float, simulated: float, name: str = "vadd.vv", kind: str = "instruction", **params: object) -> Scored:
    return Scored(Row("m", kind, name, params, measured, "cycles", "s"), simulated)


def test_summary() -> None:
    rows = [scored(100, 100 + error) for error in (-50, -10, 0, 1, 2, 3, 4, 5, 6, 7, 100)]
    (summary,) = summarise(rows)["m"].values()
    assert (summary.median_abs_rel_error, summary.p90_abs_rel_error, summary.n) == (pytest.approx(0.05), pytest.approx(0.5), 11)
    assert [round(row.rel_error, 9) for row in worst(rows, 2)] == [1.0, -0.5]


def test_kinds_and_machines_are_apart() -> None:
    rows = [scored(1, 1), scored(1, 2, kind="kernel"), Scored(Row("a", "latency", "x", {}, 4, "cycles", "s"), 3)]
    found = summarise(rows)
    assert list(found) == ["a", "m"] and list(found["m"]) == ["kernels", "instructions"]
    assert found["a"]["latencies"].median_abs_rel_error == 0.25


def test_spearman() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1)
    assert spearman([1, 2, 3, 4], [40, 30, 20, 10]) == pytest.approx(-1)
    assert spearman([1, 2, 3], [5, 5, 5]) == 0
    assert spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]) == pytest.approx(0.8)  # 1 - 6 * 4 / (5 * 24)
    assert list(ranks([3, 1, 1.004, 2])) == [3, 0.5, 0.5, 2]


def test_rank_correlation_is_the_mean_over_groups() -> None:
    right = [scored(n, 2 * n, lmul=f"m{n}") for n in (1, 2, 4, 8)]
    wrong = [scored(n, 9 - n, "vsub.vv", lmul=f"m{n}") for n in (1, 2, 4, 8)]
    flat = [scored(5, n, "vmv1r.v", lmul=f"m{n}") for n in (1, 2, 4, 8)]
    pair = [scored(n, -n, "vid.v", lmul=f"m{n}") for n in (1, 2)]
    assert rank_correlation(right + flat + pair) == pytest.approx(1)
    assert rank_correlation(right + wrong) == pytest.approx(0)
    assert rank_correlation(flat + pair) is None


def test_rank_of_kernels_is_over_variants() -> None:
    """One figure a variant, the median of its slopes: a slope that was disturbed does not count; 2 % is a tie."""
    rows = [
        scored(cycles * noise, 2 * cycles, "memcpy", "kernel", variant=f"rvv_m{lmul}", n=n, n_next=2 * n)
        for lmul, cycles in ((1, 8.0), (2, 5.0), (4, 4.0), (8, 3.96))
        for n, noise in ((1024, 0.1), (2048, 1.0), (4096, 1.005))
    ]
    assert rank_correlation(rows) == pytest.approx(1)
    wrong = [scored(9.0, 1.0, "memset", "kernel", variant="rvv_m1", n=1024, n_next=2048)]
    assert rank_correlation(rows + wrong) == pytest.approx(0, abs=0.3)
    assert rank_correlation(rows[:6]) is None


def test_json() -> None:
    row = scored(4, 3, kind="latency", sew=8).to_json()
    assert row == {
        "machine": "m", "kind": "latency", "name": "vadd.vv", "params": {"sew": 8}, "measured": 4, "simulated": 3, "rel_error": -0.25,
        "unit": "cycles", "source": "s",
    }  # fmt: skip
    assert not np.isnan(row["rel_error"])
