"""System calls about paths. Every path goes through the grants; without one, nothing but the program's own file is there."""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rvsim.linux.files import File, Folder, HostFile, Stored
from rvsim.linux.grants import Place
from rvsim.linux.guest import CallError, signed

if TYPE_CHECKING:
    from rvsim.linux.process import Process

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


def _is_own(p: Process, path: str) -> bool:
    """Whether a path names the program's own file, which it may read: run-time libraries look for their symbols there."""
    return path == "/proc/self/exe" or os.path.normpath(path) == os.path.abspath(p.image.path)


@contextmanager
def _walk(p: Process, path: str, *, follow: bool) -> Iterator[Place]:
    """Where a path leads; the user is told of the first paths that no grant covers."""
    try:
        with p.grants.walk(path, follow=follow) as place:
            yield place
    except CallError as error:
        if error.number == errno.EACCES and error.path is not None and not error.path.startswith(_SYSTEM):
            folder = os.path.dirname(error.path)
            there = "" if error.path == os.path.normpath(path) else f", which leads to {error.path}"
            p.note(f"path {folder}", f"the program may not reach {path}{there}; grant its folder with --dir {folder} (or {folder}:rw)")
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
    if _is_own(p, path) and not flags & (_ACCESS | _TRUNCATE):
        return p.descriptors.add(Stored(p.image.image, path), close_on_exec=close)
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
        return Folder(opened, place.path, kept, place.writable)
    if not stat.S_ISREG(about.st_mode):
        os.close(opened)
        raise CallError(errno.EACCES)
    return HostFile(opened, place.path, kept, place.writable)


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
    if _is_own(p, path):
        return Stored(p.image.image, path).about()
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
