"""System calls about files. Every path goes through the grants; without one, nothing but the standard streams is there."""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rvsim.engine import READ, WRITE
from rvsim.linux.files import File, Folder, HostFile
from rvsim.linux.grants import Place
from rvsim.linux.guest import CallError, signed

if TYPE_CHECKING:
    from rvsim.linux.process import Process

_MOST = 0x7FFFF000  # bytes one call moves at most
_CWD = -100
_NOFOLLOW, _EMPTY_PATH = 0x100, 0x1000  # AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH
_REMOVE_FOLDER = 0x200
_SYSTEM = ("/etc/", "/usr/", "/lib/", "/proc/", "/sys/", "/dev/")  # probing these is no wish for a grant

# The program's open flags (asm-generic/fcntl.h) and the host's.
_ACCESS, _CREATE, _EXCLUSIVE, _TRUNCATE, _APPEND = 3, 0o100, 0o200, 0o1000, 0o2000
_DIRECTORY, _LAST_LINK, _CLOSE = 0o200000, 0o400000, 0o2000000
_PATH_ONLY, _TEMPORARY = 0o10000000, 0o20000000
_FLAGS = {
    _CREATE: os.O_CREAT, _EXCLUSIVE: os.O_EXCL, _TRUNCATE: os.O_TRUNC, _APPEND: os.O_APPEND, _DIRECTORY: os.O_DIRECTORY,
}  # fmt: skip


# ---- paths ---------------------------------------------------------------------------------------------------


def _absolute(p: Process, fd: int, address: int) -> str:
    text = os.fsdecode(p.guest.string(address))
    if not text:
        raise CallError(errno.ENOENT)
    if text.startswith("/"):
        return text
    number = signed(fd, 32)
    if number == _CWD:
        return f"{p.folder}/{text}"
    file = p.descriptors.get(number)
    if not isinstance(file, Folder):
        raise CallError(errno.ENOTDIR)
    return f"{file.path}/{text}"


@contextmanager
def _walk(p: Process, path: str, *, follow: bool) -> Iterator[Place]:
    """Where a path leads; the user is told of the first paths that no grant covers."""
    try:
        with p.grants.walk(path, follow=follow) as place:
            yield place
    except CallError as error:
        if error.number == errno.EACCES and not os.path.normpath(path).startswith(_SYSTEM):
            folder = os.path.dirname(os.path.normpath(path))
            p.note(f"path {path}", f"the program may not reach {path}; grant its folder with --dir {folder} (or {folder}:rw)")
        raise


def _existing(place: Place) -> os.stat_result:
    if place.found is None:
        raise CallError(errno.ENOENT)
    return place.found


def _changeable(place: Place) -> None:
    if not place.writable:
        raise CallError(errno.EROFS)
    if place.name == ".":
        raise CallError(errno.EBUSY)


def sys_openat(p: Process, fd: int, address: int, flags: int, mode: int) -> int:
    path = _absolute(p, fd, address)
    close = bool(flags & _CLOSE)
    device = p.devices.get(path)
    if device is not None:
        return p.descriptors.add(device, close_on_exec=close)
    if flags & (_TEMPORARY | _PATH_ONLY) & ~_DIRECTORY:
        raise CallError(errno.EOPNOTSUPP)
    exclusive = flags & _CREATE and flags & _EXCLUSIVE
    with _walk(p, path, follow=not (flags & _LAST_LINK or exclusive)) as place:
        return p.descriptors.add(_open(p, place, flags, mode), close_on_exec=close)


def _open(p: Process, place: Place, flags: int, mode: int) -> File:
    """Open what a walk found: a regular file or a folder, never a link or device."""
    changes = bool(flags & _ACCESS) or flags & _TRUNCATE or (flags & _CREATE and place.found is None)
    if place.found is None and not flags & _CREATE:
        raise CallError(errno.ENOENT)
    if changes and not place.writable:
        raise CallError(errno.EROFS)
    if place.found is not None and stat.S_ISLNK(place.found.st_mode):
        raise CallError(errno.EEXIST if flags & _EXCLUSIVE else errno.ELOOP)
    if place.found is not None and not (stat.S_ISREG(place.found.st_mode) or stat.S_ISDIR(place.found.st_mode)):
        raise CallError(errno.EACCES)
    access = (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_RDWR)[flags & _ACCESS]
    host = access | sum(ours for theirs, ours in _FLAGS.items() if flags & theirs)
    host |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    opened = os.open(place.name, host, mode & 0o777 & ~p.umask, dir_fd=place.folder)
    about = os.fstat(opened)
    kept = flags & (_ACCESS | _APPEND)
    if stat.S_ISDIR(about.st_mode):
        return Folder(opened, place.path, kept)
    if not stat.S_ISREG(about.st_mode):
        os.close(opened)
        raise CallError(errno.EACCES)
    return HostFile(opened, place.path, kept)


def sys_close(p: Process, fd: int) -> int:
    p.descriptors.close(signed(fd, 32))
    return 0


def sys_faccessat(p: Process, fd: int, address: int, mode: int) -> int:
    path = _absolute(p, fd, address)
    if path in p.devices:
        return 0
    with _walk(p, path, follow=True) as place:
        bits = _existing(place).st_mode
        if mode & 2 and not place.writable:
            raise CallError(errno.EROFS)
        if mode & 1 and not (stat.S_ISDIR(bits) or bits & 0o111):
            raise CallError(errno.EACCES)
    return 0


def sys_faccessat2(p: Process, fd: int, address: int, mode: int, flags: int) -> int:
    return sys_faccessat(p, fd, address, mode)


def sys_readlinkat(p: Process, fd: int, address: int, buffer: int, size: int) -> int:
    path = _absolute(p, fd, address)
    if path == "/proc/self/exe":
        target = os.path.abspath(p.image.path)
    else:
        with _walk(p, path, follow=False) as place:
            if not stat.S_ISLNK(_existing(place).st_mode):
                raise CallError(errno.EINVAL)
            target = os.readlink(place.name, dir_fd=place.folder)
    data = os.fsencode(target)[: signed(size, 32)] if signed(size, 32) > 0 else b""
    if not data:
        raise CallError(errno.EINVAL)
    p.guest.write(buffer, data)
    return len(data)


def sys_mkdirat(p: Process, fd: int, address: int, mode: int) -> int:
    with _walk(p, _absolute(p, fd, address).rstrip("/"), follow=False) as place:
        if place.found is not None:
            raise CallError(errno.EEXIST)
        _changeable(place)
        os.mkdir(place.name, mode & 0o777 & ~p.umask, dir_fd=place.folder)
    return 0


def sys_unlinkat(p: Process, fd: int, address: int, flags: int) -> int:
    with _walk(p, _absolute(p, fd, address), follow=False) as place:
        _existing(place)
        _changeable(place)
        if flags & _REMOVE_FOLDER:
            os.rmdir(place.name, dir_fd=place.folder)
        else:
            os.unlink(place.name, dir_fd=place.folder)
    return 0


def sys_renameat2(p: Process, old_fd: int, old: int, new_fd: int, new: int, flags: int) -> int:
    if flags & ~1:
        raise CallError(errno.EINVAL)
    with (
        _walk(p, _absolute(p, old_fd, old), follow=False) as source,
        _walk(p, _absolute(p, new_fd, new), follow=False) as target,
    ):
        _existing(source)
        _changeable(source)
        _changeable(target)
        if flags and target.found is not None:
            raise CallError(errno.EEXIST)
        os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
    return 0


def sys_getcwd(p: Process, address: int, size: int) -> int:
    data = os.fsencode(p.folder) + b"\0"
    if size < len(data):
        raise CallError(errno.ERANGE)
    p.guest.write(address, data)
    return len(data)


def sys_chdir(p: Process, address: int) -> int:
    with _walk(p, _absolute(p, _CWD, address), follow=True) as place:
        if not stat.S_ISDIR(_existing(place).st_mode):
            raise CallError(errno.ENOTDIR)
        p.folder = place.path
    return 0


def sys_umask(p: Process, mask: int) -> int:
    before, p.umask = p.umask, mask & 0o777
    return before


# ---- what files are --------------------------------------------------------------------------------------------


def _about(p: Process, fd: int, address: int, flags: int) -> os.stat_result:
    if flags & _EMPTY_PATH and (address == 0 or not p.guest.string(address)):
        return p.descriptors.get(signed(fd, 32)).about()
    path = _absolute(p, fd, address)
    if path in p.devices:
        return p.devices[path].about()
    with _walk(p, path, follow=not flags & _NOFOLLOW) as place:
        return _existing(place)


def _store_stat(p: Process, address: int, about: os.stat_result) -> int:
    times = [part for stamp in (about.st_atime_ns, about.st_mtime_ns, about.st_ctime_ns) for part in divmod(stamp, 10**9)]
    device, inode = about.st_dev & (1 << 64) - 1, about.st_ino & (1 << 64) - 1
    p.guest.pack(
        "QQIIIIQQqiiq6q2I", address, device, inode, about.st_mode, min(about.st_nlink, 0xFFFFFFFF), about.st_uid, about.st_gid, 0, 0,
        about.st_size, 4096, 0, (about.st_size + 511) // 512, *times, 0, 0,
    )  # fmt: skip
    return 0


def sys_fstat(p: Process, fd: int, address: int) -> int:
    return _store_stat(p, address, p.descriptors.get(signed(fd, 32)).about())


def sys_newfstatat(p: Process, fd: int, path: int, address: int, flags: int) -> int:
    return _store_stat(p, address, _about(p, fd, path, flags))


def sys_statx(p: Process, fd: int, path: int, flags: int, mask: int, address: int) -> int:
    a = _about(p, fd, path, flags)
    stamps = [struct.pack("<qI4x", *divmod(ns, 10**9)) for ns in (a.st_atime_ns, 0, a.st_ctime_ns, a.st_mtime_ns)]
    head = struct.pack(
        "<IIQIIIHxxQQQQ", 0x7FF, 4096, 0, min(a.st_nlink, 0xFFFFFFFF), a.st_uid, a.st_gid, a.st_mode, a.st_ino & (1 << 64) - 1,
        a.st_size, (a.st_size + 511) // 512, 0,
    )  # fmt: skip
    device = struct.pack("<IIII", 0, 0, os.major(a.st_dev) if a.st_dev < 1 << 63 else 0, os.minor(a.st_dev) if a.st_dev < 1 << 63 else 0)
    p.guest.write(address, (head + b"".join(stamps) + device).ljust(256, b"\0"))
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
