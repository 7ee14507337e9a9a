"""What must hold for every kernel of the registry on every machine: the right result, rates below the roofs, causes that sum.

Small problems, each run once cold and once warm; instructions and results are those of a functional run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from rvsim import Machine
from rvsim.engine import peaks
from rvsim.kernels import KERNELS
from rvsim.timing import CAUSE_NAMES, machine_names

SMALL: Mapping[str, dict[str, int]] = {
    "matmul": {"m": 15, "n": 70, "k": 9}, "conv2d": {"h": 6, "w": 7, "c": 3, "k": 5}, "softmax": {"m": 3, "n": 70},
    "layernorm": {"m": 3, "n": 70}, "transpose": {"m": 13, "n": 18}, "conv1d": {"w": 20, "c": 3, "k": 5},
    "conv_transpose2d": {"h": 4, "w": 5, "c": 3, "k": 5},
}  # fmt: skip
DTYPES = {name: tuple(dict.fromkeys(variant.dtype for variant in kernel.variants)) for name, kernel in KERNELS.items()}


@cache
def machine(name: str) -> Machine:
    return Machine(name)


@cache
def functional(name: str) -> Machine:
    return Machine(name, functional=True)


def variants(on: Machine, kernel: str) -> list[tuple[str, str]]:
    """Variant and dtype: the one that the machine would choose for each dtype it has, and the plain ones of the first dtype."""
    contract, found = KERNELS[kernel], []
    for dtype in DTYPES[kernel]:
        params = contract.validate(small(kernel, dtype))
        fit = [v for v in contract.variants if v.dtype == dtype and v.refusal(params, on.config.vlen, on.extensions) is None]
        if fit:
            chosen, _ = contract.select("auto", params, vlen=on.config.vlen, isa=on.extensions)
            plain = "naive" if dtype == DTYPES[kernel][0] else chosen.name
            found += [(variant.name, dtype) for variant in fit if variant.name in (chosen.name, plain)]
    return found


def small(kernel: str, dtype: str) -> dict[str, Any]:
    sizes = SMALL.get(kernel, {"n": 700})
    return {**sizes, **({"dtype": dtype} if len(DTYPES[kernel]) > 1 else {})}


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("name", machine_names())
def test_every_kernel_on_every_machine(name: str, kernel: str) -> None:
    on = machine(name)
    assert on.model is not None
    roofs = peaks(on.config)["bytes_per_cycle"]
    ran = variants(on, kernel)
    assert ran, f"no variant of {kernel} runs on {name}"
    for variant, dtype in ran:
        plain = functional(name).run(kernel, variant=variant, **small(kernel, dtype))
        cold = on.run(kernel, variant=variant, **small(kernel, dtype))
        warm = on.run(kernel, variant=variant, warm=True, **small(kernel, dtype))
        assert plain.instructions == cold.instructions == warm.instructions
        assert plain.max_abs_error == cold.max_abs_error == warm.max_abs_error
        for result in (cold, warm):
            assert result.correct
            assert result.cycles and result.stalls is not None
            assert sum(result.stalls.values()) == result.cycles
            assert set(result.stalls) == set(CAUSE_NAMES) and min(result.stalls.values()) >= 0
            assert result.cycles * on.config.scalar.issue_width >= result.instructions - result.vector_instructions
            assert result.utilization is None or result.utilization <= 1
            assert result.bound_utilization is None or result.bound_utilization <= 1
        assert on.model.totals.dram_bytes <= roofs["dram"] * warm.cycles + 2 * 64
        assert warm.cycles <= 1.02 * cold.cycles


def test_the_small_problems_are_of_the_registry() -> None:
    """A name that the registry does not have would leave its kernel at the size of its defaults, unseen."""
    assert set(SMALL) <= set(KERNELS)


WATCH = """
    .globl pass
pass:                   # a0 = x, a1 = n; returns the cycles of one pass over x, taken by itself
    rdcycle t0
1:  vsetvli t2, a1, e32, m4, ta, ma
    vle32.v v8, (a0)
    vfadd.vv v8, v8, v8
    vse32.v v8, (a0)
    sub a1, a1, t2
    slli t2, t2, 2
    add a0, a0, t2
    bnez a1, 1b
    fence
    rdcycle t1
    sub a0, t1, t0
    ret
    .globl warmed
warmed:                 # the same after a pass that warms the caches; returns the first << 32 | the second
    addi sp, sp, -32
    sd ra, 0(sp)
    sd a0, 8(sp)
    sd a1, 16(sp)
    call pass
    sd a0, 24(sp)
    ld a0, 8(sp)
    ld a1, 16(sp)
    call pass
    ld t0, 24(sp)
    slli t0, t0, 32
    or a0, a0, t0
    ld ra, 0(sp)
    addi sp, sp, 32
    ret
    .globl counted
counted:                # instructions between two reads of instret, the first included
    rdinstret t0
    addi t1, t1, 1
    addi t1, t1, 1
    rdinstret t1
    sub a0, t1, t0
    ret
"""


@pytest.mark.parametrize("name", machine_names())
def test_programs_measure_themselves(name: str) -> None:
    """rdcycle and rdinstret see simulated time; warming up inside a program does what a warm call does."""
    program = machine(name).load(WATCH)
    x = np.ones(1024, np.float32)
    both = program.call("warmed", x, 1024)
    first, second = both.value >> 32, both.value & 0xFFFFFFFF
    cold, warm = program.call("pass", x, 1024), program.call("pass", x, 1024, warm=True)
    assert first <= both.cycles and second <= 1.02 * first
    assert first + second <= both.cycles
    assert 0 < cold.value <= cold.cycles and 0 < warm.value <= warm.cycles
    assert second == pytest.approx(warm.value, rel=0.05, abs=40)  # a call begins with untrained predictors
    assert warm.cycles <= cold.cycles
    assert program.call("counted").value == 3
