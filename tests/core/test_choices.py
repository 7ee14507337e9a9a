"""What the specification leaves open: agnostic elements as ones, misaligned traps, the smaller vl."""

from __future__ import annotations

import numpy as np
import pytest

import rvsim

N = 512 // 32  # elements of e32, m1


def run(body: str, **choices: str) -> rvsim.Machine:
    """A machine after `body`, with v0 = 0b0101, v8 = 100 + i and v16 = 3 in e32."""
    machine = rvsim.Machine("generic", functional=True, **choices)
    machine.v(8, np.uint32)[:] = 100 + np.arange(N)
    machine.v(16, np.uint32)[:] = 3
    machine.v(0, np.uint8)[0] = 0b0101
    machine.load(f"    .globl f\nf:\n{body}\n    ret\n").call("f", 0)
    return machine


ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("policy", "mask", "expected"),
    [
        ("ta, ma", "", [6] * 4 + [ONES] * (N - 4)),
        ("tu, ma", "", [6] * 4 + list(range(104, 100 + N))),
        ("ta, ma", ", v0.t", [6, ONES, 6, ONES] + [ONES] * (N - 4)),
        ("ta, mu", ", v0.t", [6, 101, 6, 103] + [ONES] * (N - 4)),
        ("tu, mu", ", v0.t", [6, 101, 6, 103, *range(104, 100 + N)]),
    ],
)
def test_agnostic_ones(policy: str, mask: str, expected: list[int]) -> None:
    body = f"    vsetivli zero, 4, e32, m1, {policy}\n    vadd.vv v8, v16, v16{mask}"
    assert run(body, agnostic="ones").v(8, np.uint32).tolist() == expected
    kept = [value if value != ONES else 100 + i for i, value in enumerate(expected)]
    assert run(body).v(8, np.uint32).tolist() == kept


def test_agnostic_ones_of_masks_scalars_widening_and_segments() -> None:
    body = "    vsetivli zero, 4, e32, m1, tu, mu\n    vmseq.vi v8, v16, 3"
    assert run(body, agnostic="ones").v(8, np.uint8).tolist() == [0xFF] * (512 // 8)  # a mask's tail is always agnostic
    body = "    vsetivli zero, 4, e32, m1, ta, ma\n    vredsum.vs v8, v16, v16"
    assert run(body, agnostic="ones").v(8, np.uint32).tolist() == [15] + [ONES] * (N - 1)
    body = "    vsetivli zero, 4, e32, m1, ta, ma\n    vwaddu.vv v8, v16, v16"
    assert run(body, agnostic="ones").v(8, np.uint64, lmul=2).tolist() == [6] * 4 + [2**64 - 1] * (N - 4)
    body = "    vsetivli zero, 2, e32, m1, ta, ma\n    addi t0, sp, -64\n    vlseg2e32.v v8, (t0)"
    fields = run(body, agnostic="ones").v(8, np.uint32, lmul=2)
    assert fields.reshape(2, N)[:, 2:].tolist() == [[ONES] * (N - 2)] * 2 and ONES not in fields.reshape(2, N)[:, :2]


def test_nothing_is_written_when_vl_is_zero() -> None:
    body = "    vsetivli zero, 0, e32, m1, ta, ma\n    vadd.vv v8, v16, v16"
    assert run(body, agnostic="ones").v(8, np.uint32).tolist() == list(range(100, 100 + N))


@pytest.mark.parametrize(("avl", "most", "half"), [(15, 15, 15), (16, 16, 16), (17, 16, 9), (31, 16, 16), (32, 16, 16), (100, 16, 16)])
def test_vl_choice(avl: int, most: int, half: int) -> None:
    body = f"    li t0, {avl}\n    vsetvli a0, t0, e32, m1, ta, ma"
    assert run(body).x[10] == most
    assert run(body, vl_choice="half").x[10] == half


def test_kernels_do_not_depend_on_the_choices() -> None:
    machine = rvsim.Machine("generic", agnostic="ones", vl_choice="half", misaligned="trap")
    for variant in ("7x4", "naive"):
        assert machine.run("matmul", variant=variant, m=23, n=101, k=13).correct


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("    ld t0, 1(sp)", "misaligned load"),
        ("    sw t0, 2(sp)", "misaligned store"),
        ("    addi t0, sp, 1\n    vsetivli zero, 4, e32, m1, ta, ma\n    vle32.v v8, (t0)", "misaligned load"),
        ("    addi t0, sp, 1\n    vsetivli zero, 4, e16, m1, ta, ma\n    vse16.v v8, (t0)", "misaligned store"),
    ],
)
def test_misaligned_accesses(body: str, cause: str) -> None:
    body = "    addi sp, sp, -64\n" + body + "\n    addi sp, sp, 64"
    run(body)
    with pytest.raises(rvsim.SimulationError, match=cause):
        run(body, misaligned="trap")
    run(body.replace("1(sp)", "8(sp)").replace("2(sp)", "8(sp)").replace("sp, 1", "sp, 8"), misaligned="trap")


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(rvsim.UsageError, match="agnostic='zeros': choose 'undisturbed' or 'ones'"):
        rvsim.Machine("generic", agnostic="zeros")


def test_vlen_64_to_65536() -> None:
    for vlen in (64, 128, 65536):
        machine = rvsim.Machine("generic", vlen=vlen, set={"lanes": 1})
        assert machine.run("matmul", m=3, n=300, k=5).correct
