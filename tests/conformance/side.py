"""One side of the comparison: what `lockstep` may ask of a hart, and how a state is brought in.

Both sides enter a state by the same instructions and CSR writes. It must not know how either stores its registers.
"""

from __future__ import annotations

import ctypes
import os
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import layout
from .layout import PAGE, State

X_PATTERN = tuple(0x5EED_0000_0000_0000 + i * 0x01_0101_0101 for i in range(1, 32))
F_PATTERN = tuple(0x0BAD_F00D_0000_0000 + i for i in range(32))


class Peek:
    """Reads of this process's memory that cannot fault: empty where nothing is mapped."""

    def __init__(self) -> None:
        self._fd = os.open("/proc/self/mem", os.O_RDONLY)

    def __call__(self, address: int, size: int) -> bytes:
        try:
            return os.pread(self._fd, size, address)
        except (OSError, OverflowError):
            return b""

    def pointers(self, address: int, size: int) -> Iterator[int]:
        """The words of an object that may be pointers."""
        raw = self(address, size)
        for (word,) in struct.iter_unpack("<Q", raw[: len(raw) & ~7]):
            if 0x10000 < word < 1 << 47 and word % 8 == 0:
                yield word

    def heap(self) -> Iterator[tuple[int, bytes]]:
        """(address, bytes) of each writable range without a file behind it."""
        for line in Path("/proc/self/maps").read_text().splitlines():
            span, mode, _, _, inode, *name = line.split()
            low, high = (int(end, 16) for end in span.split("-"))
            if mode.startswith("rw") and inode == "0" and name != ["[stack]"] and high - low < 1 << 28:
                yield low, self(low, high - low)


def words_at(address: int, count: int) -> npt.NDArray[np.uint64]:
    """A view of 64-bit words of this process's memory."""
    return np.ctypeslib.as_array((ctypes.c_uint64 * count).from_address(address))


class Side(ABC):
    """A hart in machine mode with its trap vector at HANDLER, FS and VS on, user mode free to access all memory.

    `x_address`: 32 x registers of 8 bytes; `v_address`: 32 vector registers of `vlenb`; `pages`: those of the data region. All are
    addresses in this process. `csr` reads a CSR by number, `step` runs instructions.
    """

    vlenb: int
    x_address: int
    v_address: int
    pages: list[int]
    csr: Callable[[int], int]
    step: Callable[[int], object]
    _f: npt.NDArray[np.uint64]

    @abstractmethod
    def get_pc(self) -> int: ...

    @abstractmethod
    def set_pc(self, pc: int) -> None: ...

    @abstractmethod
    def privilege(self) -> int:
        """3 machine, 0 user."""

    @abstractmethod
    def retired(self) -> int:
        """Instructions retired so far."""

    @abstractmethod
    def set_x(self, i: int, value: int) -> None: ...

    @abstractmethod
    def set_csr(self, number: int, value: int) -> None: ...

    @abstractmethod
    def write_code(self, address: int, data: bytes) -> None:
        """Bytes of the code region; decoded instructions are forgotten."""

    def f(self) -> bytes:
        """The f registers, 8 bytes each."""
        return self._f.tobytes()

    def set_f(self, i: int, value: int) -> None:
        self._f[i] = value

    def data(self) -> bytes:
        """The data region."""
        return b"".join(ctypes.string_at(page, PAGE) for page in self.pages)

    def set_data(self, data: bytes) -> None:
        for i, page in enumerate(self.pages):
            ctypes.memmove(page, data[i * PAGE : (i + 1) * PAGE], PAGE)

    def trap(self) -> tuple[int, ...]:
        """mcause, mepc, mtval."""
        return tuple(self.csr(number) for number in layout.TRAP_CSRS)

    def _stub(self, address: int) -> None:
        self.set_pc(address)
        self.step(1)

    def load(self, state: State) -> None:
        """Take over a state, in machine mode, without a reservation."""
        self._stub(layout.TO_MACHINE)
        self.set_csr(layout.MSTATUS, layout.UNITS_ON)
        self.set_x(1, layout.DATA)
        self._stub(layout.DROP_RESERVATION)
        self.set_x(1, state.vl)
        self.set_x(2, state.vtype)
        self._stub(layout.SET_VL)
        ctypes.memmove(self.x_address, state.x, 256)
        ctypes.memmove(self.v_address, state.v, len(state.v))
        self._f[:] = np.frombuffer(state.f, np.uint64)
        self.set_data(state.data)
        self.set_csr(layout.FCSR, state.fcsr)
        self.set_csr(layout.VCSR, state.vcsr)
        self.set_csr(layout.VSTART, state.vstart)
        for number in (layout.MSCRATCH, *layout.TRAP_CSRS):
            self.set_csr(number, 0)
        self.set_csr(layout.MSTATUS, state.mstatus)
