"""Open files of a program and the descriptors that name them. Host files are opened in calls_files.py, below the grants.

Reads and writes go straight between the host and guest memory: `fill` and `drain` take views of it.
"""

from __future__ import annotations

import errno
import os
import random
import stat
from collections.abc import Callable
from dataclasses import dataclass

from rvsim.linux.guest import CallError

MOST_DESCRIPTORS = 256
_CHUNK = 1 << 20  # bytes of standard input asked for at once


class OutputFailed(Exception):
    """The host's own output is gone; `error` is what happened. It ends the run, whatever the program would do."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def _bare_stat(mode: int, size: int = 0) -> os.stat_result:
    """What is known of a file that the host does not have."""
    times = {f"st_{name}_ns": 0 for name in ("atime", "mtime", "ctime")}
    return os.stat_result((mode, 1, 1, 1, 1000, 1000, size, 0, 0, 0), times)


class File:
    """What a descriptor names: this one can do nothing; `path` is what the program opened."""

    path = ""
    flags = 0  # as F_GETFL reports them

    def fill(self, view: memoryview, offset: int | None) -> int:
        """Read into `view`, at the file's own position or at `offset`; bytes read."""
        raise CallError(errno.EBADF)

    def drain(self, view: memoryview, offset: int | None) -> int:
        """Write what `view` holds; bytes written."""
        raise CallError(errno.EBADF)

    def seek(self, offset: int, whence: int) -> int:
        """Move the position; the new one."""
        raise CallError(errno.ESPIPE)

    def about(self) -> os.stat_result:
        """As os.stat gives it: without anything better, a pipe."""
        return _bare_stat(stat.S_IFIFO | 0o600)

    def host(self) -> int:
        """The host's descriptor of a file or folder."""
        raise CallError(errno.EINVAL)

    @property
    def mappable(self) -> bool:
        """Whether its content can be in memory."""
        return False

    def close(self) -> None:
        """The last descriptor has gone."""


class Output(File):
    """Standard output or error: `emit` is given what is written."""

    flags = os.O_WRONLY

    def __init__(self, emit: Callable[[bytes], object]) -> None:
        self._emit = emit

    def drain(self, view: memoryview, offset: int | None) -> int:
        if offset is not None:
            raise CallError(errno.ESPIPE)
        part = view[:_CHUNK]
        try:
            self._emit(bytes(part))
        except Exception as error:  # whatever a caller's function raises is his, and nothing that the program should see
            raise OutputFailed(error) from None
        return len(part)


class Input(File):
    """Standard input: given bytes, or a descriptor of the host."""

    def __init__(self, source: bytes | int) -> None:
        self._source = source
        self._at = 0

    def fill(self, view: memoryview, offset: int | None) -> int:
        if offset is not None:
            raise CallError(errno.ESPIPE)
        view = view[:_CHUNK]
        if isinstance(self._source, int):
            return os.readv(self._source, [view]) if view else 0
        part = self._source[self._at : self._at + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)


class Device(File):
    """/dev/null, /dev/zero, /dev/full and /dev/urandom, without the host's."""

    flags = os.O_RDWR

    def __init__(self, name: str, source: random.Random) -> None:
        self._name = name
        self._source = source
        self.path = f"/dev/{name}"

    def fill(self, view: memoryview, offset: int | None) -> int:
        if self._name == "null":
            return 0
        view = view[:_CHUNK]
        view[:] = self._source.randbytes(len(view)) if "random" in self._name else bytes(len(view))
        return len(view)

    def drain(self, view: memoryview, offset: int | None) -> int:
        if self._name == "full":
            raise CallError(errno.ENOSPC)
        return len(view)

    def seek(self, offset: int, whence: int) -> int:
        return 0

    def about(self) -> os.stat_result:
        return _bare_stat(stat.S_IFCHR | 0o666)


class Stored(File):
    """A file that may only be read, from bytes that are here: the program itself."""

    def __init__(self, content: bytes, path: str) -> None:
        self._content = content
        self._at = 0
        self.path = path

    def fill(self, view: memoryview, offset: int | None) -> int:
        start = self._at if offset is None else offset
        part = self._content[start : start + len(view)]
        view[: len(part)] = part
        if offset is None:
            self._at += len(part)
        return len(part)

    @property
    def mappable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._content)}.get(whence)
        if base is None or not 0 <= base + offset < 1 << 63:
            raise CallError(errno.EINVAL)
        self._at = base + offset
        return self._at

    def about(self) -> os.stat_result:
        return _bare_stat(stat.S_IFREG | 0o555, len(self._content))


class HostFile(File):
    """A regular file of the host below a grant; the position is the host descriptor's. changeable: the grant is for writing."""

    def __init__(self, fd: int, path: str, flags: int, changeable: bool) -> None:
        self._fd = fd
        self.path, self.flags, self.changeable = path, flags, changeable

    def fill(self, view: memoryview, offset: int | None) -> int:
        if not view:
            return 0
        return os.readv(self._fd, [view]) if offset is None else os.preadv(self._fd, [view], offset)

    def drain(self, view: memoryview, offset: int | None) -> int:
        return os.write(self._fd, view) if offset is None else os.pwrite(self._fd, view, offset)

    def seek(self, offset: int, whence: int) -> int:
        return os.lseek(self._fd, offset, whence)

    def about(self) -> os.stat_result:
        return os.fstat(self._fd)

    def host(self) -> int:
        return self._fd

    @property
    def mappable(self) -> bool:
        return True

    def close(self) -> None:
        os.close(self._fd)


class Folder(HostFile):
    """A folder of the host; its names are listed in order, as they were when the listing began."""

    def __init__(self, fd: int, path: str, flags: int, changeable: bool) -> None:
        super().__init__(fd, path, flags, changeable)
        self._entries: list[tuple[int, int, bytes]] | None = None
        self._at = 0

    @property
    def mappable(self) -> bool:
        return False

    def fill(self, view: memoryview, offset: int | None) -> int:
        raise CallError(errno.EISDIR)

    def drain(self, view: memoryview, offset: int | None) -> int:
        raise CallError(errno.EBADF)

    def seek(self, offset: int, whence: int) -> int:
        if whence != os.SEEK_SET or offset < 0:
            raise CallError(errno.EINVAL)
        if offset == 0:
            self._entries = None
        self._at = offset
        return offset

    def entries(self) -> list[tuple[int, int, bytes]]:
        """(inode, DT_* type, name), the two dots first."""
        if self._entries is None:
            found = [(entry.inode(), _kind(entry), os.fsencode(entry.name)) for entry in os.scandir(self._fd)]
            self._entries = [(1, 4, b"."), (1, 4, b".."), *sorted(found, key=lambda item: item[2])]
        return self._entries

    @property
    def at(self) -> int:
        """Index of the next entry to list."""
        return self._at

    @at.setter
    def at(self, index: int) -> None:
        self._at = index


def _kind(entry: os.DirEntry[str]) -> int:
    if entry.is_symlink():
        return 10
    return 4 if entry.is_dir(follow_symlinks=False) else 8 if entry.is_file(follow_symlinks=False) else 0


@dataclass(slots=True)
class _Slot:
    file: File
    close_on_exec: bool


class Descriptors:
    """Small numbers for open files, the lowest free one first."""

    def __init__(self, standard: list[File]) -> None:
        self._slots: dict[int, _Slot] = {number: _Slot(file, False) for number, file in enumerate(standard)}

    def get(self, number: int) -> File:
        """The file of a descriptor; EBADF where there is none."""
        slot = self._slots.get(number)
        if slot is None:
            raise CallError(errno.EBADF)
        return slot.file

    def add(self, file: File, *, close_on_exec: bool, least: int = 0) -> int:
        """A descriptor for a file. EMFILE when all are taken; the file is closed then."""
        number = next((n for n in range(least, MOST_DESCRIPTORS) if n not in self._slots), None)
        if number is None:
            self._forget(file)
            raise CallError(errno.EMFILE)
        self._slots[number] = _Slot(file, close_on_exec)
        return number

    def put(self, number: int, file: File, *, close_on_exec: bool) -> None:
        """Make `number` name a file, closing what it named."""
        if not 0 <= number < MOST_DESCRIPTORS:
            raise CallError(errno.EBADF)
        before = self._slots.get(number)
        self._slots[number] = _Slot(file, close_on_exec)
        if before is not None:
            self._forget(before.file)

    def close(self, number: int) -> None:
        """Give a descriptor back."""
        file = self.get(number)
        del self._slots[number]
        self._forget(file)

    def close_all(self) -> None:
        """The end of the program."""
        for number in list(self._slots):
            self.close(number)

    def close_on_exec(self, number: int, value: bool | None = None) -> bool:
        """The descriptor's flag, after setting it if a value is given."""
        self.get(number)
        slot = self._slots[number]
        if value is not None:
            slot.close_on_exec = value
        return slot.close_on_exec

    def _forget(self, file: File) -> None:
        if all(slot.file is not file for slot in self._slots.values()):
            file.close()
