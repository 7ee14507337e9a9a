"""System calls about memory. Arguments are register values: unsigned 64-bit integers."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from rvsim.engine import WRITE
from rvsim.linux.files import File
from rvsim.linux.guest import CallError, signed

if TYPE_CHECKING:
    from rvsim.linux.process import Process

_SHARED, _FIXED, _ANONYMOUS, _NOREPLACE = 1, 0x10, 0x20, 0x100000
_PROT_WRITE = 2
_DONTNEED = 4
_CHUNK = 1 << 24


def sys_brk(p: Process, address: int) -> int:
    return p.space.brk(address)


def sys_mmap(p: Process, hint: int, size: int, protection: int, flags: int, fd: int, offset: int) -> int:
    if size == 0 or protection & ~7 or flags & 3 == 0:
        raise CallError(errno.EINVAL)
    file = None
    if not flags & _ANONYMOUS:
        if offset & 4095:
            raise CallError(errno.EINVAL)
        file = p.descriptors.get(signed(fd, 32))
        if not file.mappable:
            raise CallError(errno.ENODEV)
        if flags & 3 == _SHARED and protection & _PROT_WRITE:
            p.note("shared", "the program asked for a file mapped for writing, which is not simulated; it gets ENODEV")
            raise CallError(errno.ENODEV)
    fixed = bool(flags & (_FIXED | _NOREPLACE))
    address = p.space.map(hint, size, protection if file is None else 3, fixed=fixed, replace=not flags & _NOREPLACE)
    if file is not None:
        _copy_file(p, file, address, size, offset)
        p.space.protect(address, size, protection)
    return address


def _copy_file(p: Process, file: File, address: int, size: int, offset: int) -> None:
    """A private mapping is a copy; what lies behind the file's end stays zero."""
    done = 0
    while done < size:
        step = min(size - done, _CHUNK)
        got = file.fill(p.guest.view(address + done, step, WRITE), offset + done)
        if got == 0:
            break
        done += got
    p.guest.filled(address, done)


def sys_munmap(p: Process, address: int, size: int) -> int:
    p.space.unmap(address, size)
    return 0


def sys_mprotect(p: Process, address: int, size: int, protection: int) -> int:
    p.space.protect(address, size, protection)
    return 0


def sys_mremap(p: Process, address: int, old: int, new: int, flags: int) -> int:
    if flags & ~1:
        raise CallError(errno.EINVAL)
    return p.space.move(address, old, new, may_move=bool(flags & 1))


def sys_madvise(p: Process, address: int, size: int, advice: int) -> int:
    if size >> 63:
        raise CallError(errno.EINVAL)
    if advice == _DONTNEED and size:
        p.space.discard(address, size)
    return 0


def sys_msync(p: Process, address: int, size: int, flags: int) -> int:
    return 0


def sys_mlock(p: Process, address: int, size: int) -> int:
    return 0


def sys_munlock(p: Process, address: int, size: int) -> int:
    return 0


def sys_riscv_flush_icache(p: Process, start: int, end: int, flags: int) -> int:
    return 0  # stores over code take effect at once
