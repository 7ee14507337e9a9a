"""The readable result of a kernel that computes nothing but moves data: judged by bandwidth, not by FLOP."""

from __future__ import annotations

import rvsim


def test_a_kernel_without_flop_is_judged_by_bandwidth() -> None:
    result = rvsim.Machine("ara-4l").run("copy")
    assert result.flop == 0 and result.bound_utilization is not None and 0.8 < result.bound_utilization <= 1
    text = str(result.report())
    assert "FLOP" not in text and f"bandwidth     {result.bound_utilization:.1%} of" in text
    assert "FLOP/cycle" in str(rvsim.Machine("ara-4l").run("matmul").report())
