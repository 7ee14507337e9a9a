"""Running kernels in tests: by shape through the registry, and on inputs of a test's own."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping

import pytest

import rvsim
from rvsim import asm, kernels
from rvsim.prebuild import kernel_elf

Run = Callable[..., None]
RunOn = Callable[..., tuple[kernels.Check, dict[str, kernels.Array]]]


@functools.cache
def machine(vlen: int, **choices: str) -> rvsim.Machine:
    """Without a clock; a lane needs 64 bits of each register."""
    lanes = {"lanes": 2} if vlen == 128 else {}
    return rvsim.Machine("generic", vlen=vlen, isa="+zvdot4a8i_0p1", set=lanes, functional=True, **choices)


@functools.cache
def program(vlen: int, source: str) -> rvsim.Program:
    return machine(vlen).load(kernel_elf(asm.path(source)))


def warm_cycles(name: str, kernel: str, variant: str, **params: object) -> int:
    """Cycles of the second run on a machine, when code and data are in the caches that can hold them."""
    runner = rvsim.Machine(name)
    cycles = [runner.run(kernel, variant=variant, warm=warm, **params).cycles for warm in (False, True)]
    assert cycles[1] is not None
    return cycles[1]


@pytest.fixture(scope="session")
def assert_right() -> Run:
    """`assert_right(kernel, variant, vlen, **params)`: the variant agrees with numpy."""

    def run(kernel: str, variant: str, vlen: int, choices: Mapping[str, str] | None = None, **params: object) -> None:
        result = machine(vlen, **(choices or {})).run(kernel, variant=variant, **params)
        assert result.correct, f"{kernel} {variant} at VLEN {vlen}, {params}: {result.check}"

    return run


@pytest.fixture(scope="session")
def run_on() -> RunOn:
    """`run_on(kernel, variant, vlen, inputs, **params)`: verdict and buffers of a run on tensors of one's own."""

    def run(
        kernel: str, variant: str, vlen: int, inputs: Mapping[str, kernels.Array], **params: object
    ) -> tuple[kernels.Check, dict[str, kernels.Array]]:
        contract = kernels.get(kernel)
        checked = contract.validate(params)
        row = contract.select(variant, checked, vlen=vlen, isa=machine(vlen).extensions).variant
        call = contract.prepare(checked)
        own = {
            name: kernels.Buffer.of(name, values, call.buffers[name].strides, updated=call.buffers[name].output)
            for name, values in inputs.items()
        }
        call = row.arrange(dataclasses.replace(call, buffers={**call.buffers, **own}), vlen)
        memory = call.fresh()
        arguments = [memory[a] if isinstance(a, str) else a for a in call.args]
        program(vlen, row.source).call(row.symbol, *arguments, proto=call.prototype)
        return contract.check(call, memory), {name: call.tensor(name, data) for name, data in memory.items()}

    return run
