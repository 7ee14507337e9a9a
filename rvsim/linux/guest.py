"""Copies between system calls and the program's memory, checked as the kernel checks them: a bad pointer is EFAULT."""

from __future__ import annotations

import errno
import struct

import numpy as np

from rvsim.engine import READ, WRITE, Hart

LONGEST_PATH = 4096  # PATH_MAX, the terminating zero included


class CallError(Exception):
    """A system call that fails; `number` is the errno the program gets, `path` where a path led that no grant covers."""

    def __init__(self, number: int, path: str | None = None) -> None:
        super().__init__(errno.errorcode.get(number, str(number)))
        self.number = number
        self.path = path


class Guest:
    """The program's memory as a system call may touch it."""

    def __init__(self, hart: Hart) -> None:
        self._hart = hart
        self._memory = hart.memory

    def reach(self, address: int, size: int, permission: int) -> int:
        """How many of `size` bytes the program may access from `address` on."""
        allows = self._memory.allows
        if size == 0 or allows(address, size, permission):
            return size
        low, high = 0, size  # `low` bytes are within reach, `high` are not
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if allows(address, middle, permission) else (low, middle)
        return low

    def read(self, address: int, size: int) -> bytes:
        """Bytes that the program may read."""
        self.check(address, size, READ)
        return self._memory.read(address, size) if size else b""

    def write(self, address: int, data: bytes) -> None:
        """Store where the program may write."""
        if data:
            self.check(address, len(data), WRITE)
            self._memory.write(address, data)
            self._hart.code_changed(address, len(data))

    def check(self, address: int, size: int, permission: int) -> None:
        """EFAULT unless the program may access all of a range."""
        if size and not (address + size <= 1 << 64 and self._memory.allows(address, size, permission)):
            raise CallError(errno.EFAULT)

    def view(self, address: int, size: int, permission: int) -> memoryview:
        """The bytes themselves, for host calls that fill or read them; `filled` tells of what was written."""
        self.check(address, size, permission)
        return self._memory.array(address, size, np.uint8).data if size else memoryview(b"")

    def filled(self, address: int, size: int) -> None:
        """Bytes of a view were written: code decoded from them is stale."""
        self._hart.code_changed(address, size)

    def string(self, address: int, most: int = LONGEST_PATH) -> bytes:
        """A zero-terminated string; ENAMETOOLONG where no zero follows within `most` bytes."""
        size = self.reach(address, most, READ)
        data = self.read(address, size)
        end = data.find(b"\0")
        if end < 0:
            raise CallError(errno.EFAULT if size < most else errno.ENAMETOOLONG)
        return data[:end]

    def unpack(self, layout: str, address: int) -> tuple[int, ...]:
        """Values of a structure, little-endian."""
        return struct.unpack("<" + layout, self.read(address, struct.calcsize("<" + layout)))

    def pack(self, layout: str, address: int, *values: int) -> None:
        """Store a structure, little-endian."""
        self.write(address, struct.pack("<" + layout, *values))


def signed(value: int, bits: int = 64) -> int:
    """The low bits of a register as a signed integer."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value
