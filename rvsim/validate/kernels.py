"""The kernel rows: each variant's code (kernel_code.py) run warm, cycles between two sizes.

A fixed timer cost is in every measured figure, so only slopes between neighbouring sizes count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rvsim import engine
from rvsim.engine import EXECUTE, READ, WRITE

from .assembler import assemble
from .kernel_code import code
from .loops import Loop, NotExecutable

CODE, LANDING = 0x2100_0000, 0x2200_0000
SOURCE, TARGET, SPAN = 0x3100_0000, 0x3200_1000, 1 << 17
WARM = 3  # calls before the one that counts: caches, then predictors, which learn the end of each loop
# Addresses of unaligned variants: odd, as the reference left them to chance.
SOURCE_OFFSET, TARGET_OFFSET = 3, 5


class Bench:
    """A machine with the arrays of the kernels; times of (kernel, variant, size) are kept, as neighbours share them."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.times: dict[tuple[str, str, int], int] = {}
        memory, hart = loop.memory, loop.hart
        for address, size in ((CODE, 0x1000), (LANDING, 0x1000)):
            memory.map(address, size, READ | WRITE | EXECUTE)
        for address in (SOURCE, TARGET):
            memory.map(address, SPAN, READ | WRITE)
        memory.write(LANDING, b"\x73\x00\x10\x00")
        hart.set_return(LANDING)
        self._code = ""

    def slope(self, name: str, params: Mapping[str, Any]) -> float:
        """Simulated cycles an element between the two sizes of a row. Raises NotExecutable."""
        low, high = params["n"], params["n_next"]
        work = self.cycles(name, params["variant"], high) - self.cycles(name, params["variant"], low)
        return float(work / (high - low))

    def cycles(self, kernel: str, variant: str, size: int) -> int:
        """Cycles of a warm call. Raises NotExecutable."""
        key = (kernel, variant, size)
        if key not in self.times:
            self.times[key] = self._measure(*key)
        return self.times[key]

    def _measure(self, kernel: str, variant: str, size: int) -> int:
        source, _ = self.arrays(kernel, size)
        if kernel.startswith("mandelbrot"):
            source[:] = np.full(len(source) // 4, -0.5, "<f4").view(np.uint8)  # stays inside the set
        else:
            source[:] = 0x41
            if kernel == "strlen":
                source[size] = 0
        for _ in range(WARM):
            self.call(kernel, variant, size)
        return self.call(kernel, variant, size)

    def arrays(self, kernel: str, size: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """Source and target of a call as bytes, and some room behind what the kernel uses."""
        length = size * (4 if kernel.startswith(("mandelbrot", "byteswap")) else 2) + 64
        source = self.loop.memory.array(SOURCE + _shift(kernel, SOURCE_OFFSET), length, np.uint8)
        return source, self.loop.memory.array(TARGET + _shift(kernel, TARGET_OFFSET), length, np.uint8)

    def call(self, kernel: str, variant: str, size: int) -> int:
        """Run a variant once on what the arrays hold; cycles from call to the last result. Raises NotExecutable."""
        text, lmul = code(kernel, variant)
        if text != self._code:
            block = assemble(text)
            self.loop.memory.write(CODE, block)
            self.loop.hart.code_changed(CODE, len(block))
            self._code = text
        hart, model = self.loop.hart, self.loop.model
        begin = model.drain()
        hart.set_x(1, LANDING)
        hart.set_x(10, TARGET + _shift(kernel, TARGET_OFFSET))
        hart.set_x(11, SOURCE + _shift(kernel, SOURCE_OFFSET))
        hart.set_x(12, size)
        hart.set_x(13, lmul * self.loop.machine.config.vlen // 8)
        hart.set_f(10, 0xFFFF_FFFF_4080_0000)  # 4.0
        hart.pc = CODE
        if engine.run(hart, model, 50_000_000) != "return":
            raise NotExecutable(f"{self.loop.name} lacks an instruction of {kernel}")
        return int(model.drain() - begin)


def _shift(kernel: str, offset: int) -> int:
    return offset if kernel in ("memcpy", "memset") else 0
