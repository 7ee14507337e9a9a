"""System calls about open files and their descriptors."""

from __future__ import annotations

import errno
import os
import struct
from typing import TYPE_CHECKING

from rvsim.engine import READ, WRITE
from rvsim.linux.files import Folder, HostFile
from rvsim.linux.guest import CallError, signed

if TYPE_CHECKING:
    from rvsim.linux.process import Process

_MOST = 0x7FFFF000  # bytes one call moves at most
_CLOSE = 0o2000000
_COPY = 1 << 20


# ---- reading and writing -----------------------------------------------------------------------------------------


def _move(p: Process, fd: int, ranges: list[tuple[int, int]], offset: int | None, *, into_memory: bool) -> int:
    """Read into or write from memory ranges until one is not filled; bytes moved. A bad pointer is EFAULT unless some were."""
    file = p.descriptors.get(signed(fd, 32))
    done, failed = 0, False
    for address, size in ranges:
        moved = 0
        reach = p.guest.reach(address, min(size, _MOST - done), WRITE if into_memory else READ)
        failed = reach < min(size, _MOST - done)
        while moved < reach:
            view = p.guest.view(address + moved, reach - moved, WRITE if into_memory else READ)
            at = None if offset is None else offset + done
            try:
                got = file.fill(view, at) if into_memory else file.drain(view, at)
            except (CallError, OSError):
                if done:
                    return done
                raise
            if into_memory:
                p.guest.filled(address + moved, got)
            moved += got
            done += got
            if got == 0 or (into_memory and not isinstance(file, HostFile)):
                break
        if moved < size:
            break
    if failed and not done:
        raise CallError(errno.EFAULT)
    if not any(size for _, size in ranges):
        file.fill(memoryview(bytearray()), None) if into_memory else file.drain(memoryview(b""), None)
    return done


def _vector(p: Process, address: int, count: int) -> list[tuple[int, int]]:
    """struct iovec[count]."""
    if count > 1024:
        raise CallError(errno.EINVAL)
    words = p.guest.unpack(f"{2 * count}Q", address) if count else ()
    pairs = list(zip(words[::2], words[1::2], strict=True))
    if any(size >> 63 for _, size in pairs):
        raise CallError(errno.EINVAL)
    return pairs


def _offset(value: int) -> int:
    if value >> 63:
        raise CallError(errno.EINVAL)
    return value


def sys_read(p: Process, fd: int, address: int, size: int) -> int:
    return _move(p, fd, [(address, size)], None, into_memory=True)


def sys_write(p: Process, fd: int, address: int, size: int) -> int:
    return _move(p, fd, [(address, size)], None, into_memory=False)


def sys_readv(p: Process, fd: int, address: int, count: int) -> int:
    return _move(p, fd, _vector(p, address, count), None, into_memory=True)


def sys_writev(p: Process, fd: int, address: int, count: int) -> int:
    return _move(p, fd, _vector(p, address, count), None, into_memory=False)


def sys_pread64(p: Process, fd: int, address: int, size: int, offset: int) -> int:
    return _move(p, fd, [(address, size)], _offset(offset), into_memory=True)


def sys_pwrite64(p: Process, fd: int, address: int, size: int, offset: int) -> int:
    return _move(p, fd, [(address, size)], _offset(offset), into_memory=False)


def sys_preadv(p: Process, fd: int, address: int, count: int, offset: int) -> int:
    return _move(p, fd, _vector(p, address, count), _offset(offset), into_memory=True)


def sys_pwritev(p: Process, fd: int, address: int, count: int, offset: int) -> int:
    return _move(p, fd, _vector(p, address, count), _offset(offset), into_memory=False)


def sys_lseek(p: Process, fd: int, offset: int, whence: int) -> int:
    if whence > 4:
        raise CallError(errno.EINVAL)
    return p.descriptors.get(signed(fd, 32)).seek(signed(offset), whence)


def sys_ftruncate(p: Process, fd: int, size: int) -> int:
    os.ftruncate(p.descriptors.get(signed(fd, 32)).host(), _offset(size))
    return 0


def sys_fsync(p: Process, fd: int) -> int:
    p.descriptors.get(signed(fd, 32))
    return 0


def sys_fdatasync(p: Process, fd: int) -> int:
    return sys_fsync(p, fd)


# ---- descriptors ---------------------------------------------------------------------------------------------------


def sys_dup(p: Process, fd: int) -> int:
    return p.descriptors.add(p.descriptors.get(signed(fd, 32)), close_on_exec=False)


def sys_dup3(p: Process, old: int, new: int, flags: int) -> int:
    if old == new or flags & ~_CLOSE:
        raise CallError(errno.EINVAL)
    p.descriptors.put(signed(new, 32), p.descriptors.get(signed(old, 32)), close_on_exec=bool(flags))
    return signed(new, 32)


def sys_fcntl(p: Process, fd: int, command: int, argument: int) -> int:
    number = signed(fd, 32)
    file = p.descriptors.get(number)
    if command in (0, 1030):  # F_DUPFD, F_DUPFD_CLOEXEC
        return p.descriptors.add(file, close_on_exec=command != 0, least=min(argument, 1 << 16))
    if command in (1, 2):  # F_GETFD, F_SETFD
        flag = p.descriptors.close_on_exec(number, bool(argument & 1) if command == 2 else None)
        return int(flag) if command == 1 else 0
    if command == 3:  # F_GETFL
        return file.flags
    if command in (4, 6, 7):  # F_SETFL, F_SETLK, F_SETLKW: one process, nothing to wait for
        return 0
    raise CallError(errno.EINVAL)


def sys_ioctl(p: Process, fd: int, request: int, argument: int) -> int:
    p.descriptors.get(signed(fd, 32))
    raise CallError(errno.ENOTTY)  # no terminals, so that output is the same wherever it goes


def sys_close(p: Process, fd: int) -> int:
    p.descriptors.close(signed(fd, 32))
    return 0


def sys_getdents64(p: Process, fd: int, address: int, size: int) -> int:
    folder = p.descriptors.get(signed(fd, 32))
    if not isinstance(folder, Folder):
        raise CallError(errno.ENOTDIR)
    entries = folder.entries()
    out = b""
    while folder.at < len(entries):
        inode, kind, name = entries[folder.at]
        length = (19 + len(name) + 1 + 7) & ~7
        if len(out) + length > size:
            if not out:
                raise CallError(errno.EINVAL)
            break
        out += struct.pack("<QqHB", inode, folder.at + 1, length, kind) + name.ljust(length - 19, b"\0")
        folder.at += 1
    p.guest.write(address, out)
    return len(out)


# ---- from file to file -----------------------------------------------------------------------------------------------


def _copy(p: Process, source: int, from_at: int | None, target: int, to_at: int | None, count: int) -> int:
    """Bytes copied between two files, at most `count`; positions of their own where no offset is given."""
    out, into = p.descriptors.get(signed(target, 32)), p.descriptors.get(signed(source, 32))
    done = 0
    while done < min(count, _MOST):
        buffer = memoryview(bytearray(min(_COPY, count - done)))
        got = into.fill(buffer, None if from_at is None else from_at + done)
        put = 0
        while put < got:
            put += out.drain(buffer[put:got], None if to_at is None else to_at + done + put)
        done += got
        if got < len(buffer):
            break
    return done


def _at(p: Process, address: int) -> int | None:
    return _offset(p.guest.unpack("Q", address)[0]) if address else None


def sys_sendfile(p: Process, target: int, source: int, offset: int, count: int) -> int:
    start = _at(p, offset)
    done = _copy(p, source, start, target, None, count)
    if start is not None:
        p.guest.pack("Q", offset, start + done)
    return done


def sys_copy_file_range(p: Process, source: int, from_at: int, target: int, to_at: int, count: int, flags: int) -> int:
    if flags:
        raise CallError(errno.EINVAL)
    start, goal = _at(p, from_at), _at(p, to_at)
    done = _copy(p, source, start, target, goal, count)
    for address, before in ((from_at, start), (to_at, goal)):
        if before is not None:
            p.guest.pack("Q", address, before + done)
    return done


def sys_fchmod(p: Process, fd: int, mode: int) -> int:
    file = p.descriptors.get(signed(fd, 32))
    if not isinstance(file, HostFile) or not file.changeable:
        raise CallError(errno.EROFS)
    os.fchmod(file.host(), mode & 0o777)
    return 0
