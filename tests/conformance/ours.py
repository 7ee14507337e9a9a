"""rvsim's core as one side of the comparison.

The x and f registers are found behind the Hart object as Spike's are, so that a comparison is one memcmp and the core needs no
door for tests. Everything else uses the public methods of Hart, Memory and the engine.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from rvsim.engine import EXECUTE, READ, WRITE, Hart, Memory, TimingModel, forget_timing, load_machine, run, timing_rows

from .layout import CODE, CODE_SIZE, DATA, DATA_SIZE, HANDLER, MASK64, MTVEC, PAGE, first_page
from .side import F_PATTERN, X_PATTERN, Peek, Side, words_at


class OurHart(Side):
    """The device under test."""

    def __init__(self, extensions: Iterable[str], vlen: int, strict: bool = False) -> None:
        self.memory = Memory(1 << 24)
        self.memory.map(CODE, CODE_SIZE, READ | WRITE | EXECUTE)
        self.memory.map(DATA, DATA_SIZE, READ | WRITE)
        self.hart = Hart(vlen, frozenset(extensions), self.memory, strict=strict)
        self.vlenb = vlen // 8
        self.csr = self.hart.csr
        self.write_code(CODE, first_page())
        self.hart.enable()
        self.hart.set_csr(MTVEC, HANDLER)
        self.x_address, f_address = self._find_x_and_f()
        self._f = words_at(f_address, 32)
        self.v_address = self.hart.v_bytes().ctypes.data
        self.pages = [self.memory.host_address + page for page in range(DATA, DATA + DATA_SIZE, PAGE)]
        self.step = self._step
        self.model = TimingModel(load_machine("generic", {"vlen": str(max(vlen, 128)), "lanes": "2"}), timing_rows())

    def _find_x_and_f(self) -> tuple[int, int]:
        for i, value in enumerate(X_PATTERN, 1):
            self.hart.set_x(i, value)
        for i, value in enumerate(F_PATTERN):
            self.hart.set_f(i, value)
        peek = Peek()
        x_want, f_want = struct.pack("<31Q", *X_PATTERN), struct.pack("<32Q", *F_PATTERN)
        for pointer in peek.pointers(id(self.hart), type(self.hart).__basicsize__):
            raw = peek(pointer, 1 << 13)
            x_at, f_at = raw.find(x_want), raw.find(f_want)
            if x_at >= 8 and f_at >= 0:
                return pointer + x_at - 8, pointer + f_at
        raise RuntimeError("the x and f registers were not found behind the Hart object")

    def _step(self, n: int) -> None:
        run(self.hart, None, n)

    def run_until(self, end: int, timed: bool) -> str:
        """The threaded or the timed loop from the present pc to the ebreak at `end`; the reason why it stopped."""
        if timed:
            forget_timing(self.hart)
            self.model.reset()
        self.hart.set_return(end)
        stop = run(self.hart, self.model if timed else None, 1_000_000)
        self.hart.set_return(MASK64)
        return stop

    def write_code(self, address: int, data: bytes) -> None:
        self.memory.write(address, data)
        self.hart.code_changed(address, len(data))

    def get_pc(self) -> int:
        return self.hart.pc

    def set_pc(self, pc: int) -> None:
        self.hart.pc = pc

    def privilege(self) -> int:
        return self.hart.priv

    def retired(self) -> int:
        return self.hart.instructions

    def set_x(self, i: int, value: int) -> None:
        self.hart.set_x(i, value)

    def set_csr(self, number: int, value: int) -> None:
        self.hart.set_csr(number, value)
