"""Which folders of the host a program may reach, and the walk along a path that never leaves them.

The program sees the host's own paths, but only below the granted folders. A path is walked one name at a time, each opened
relative to the folder before it and without following links; a link's target is walked in the same way. So neither `..` nor
links, not even ones that change meanwhile, lead out. Nothing below /proc, /sys and /dev is ever opened.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rvsim.errors import UsageError
from rvsim.linux.guest import CallError

_MOST_LINKS = 40  # as Linux has it
_PEEK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: `name` in the open folder `folder`; `found` is None where nothing has that name yet."""

    folder: int
    name: str
    found: os.stat_result | None
    writable: bool
    path: str


@dataclass(slots=True)
class _Root:
    """A granted folder, open."""

    fd: int
    writable: bool


class Grants:
    """The folders granted: texts as `--dir` takes them, PATH to read or PATH:rw. UsageError for what is no folder."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._roots: dict[tuple[str, ...], _Root] = {}
        self._by_inode: dict[tuple[int, int], _Root] = {}
        self._shut = {os.stat(path).st_dev for path in ("/proc", "/sys", "/dev") if os.path.ismount(path)}
        try:
            for text in texts:
                self._add(text)
        except UsageError:
            self.close()
            raise

    def _add(self, text: str) -> None:
        path, colon, how = text.rpartition(":")
        if not colon or how not in ("rw", "ro"):
            path, how = text, "ro"
        try:
            fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"--dir {text}: {path} is no folder that can be opened ({why})") from None
        about = os.fstat(fd)
        if about.st_dev in self._shut:
            os.close(fd)
            raise UsageError(f"--dir {text}: {path} belongs to the system and is never granted")
        root = _Root(fd, how == "rw")
        for known in (os.path.abspath(path), os.path.realpath(path)):
            self._roots[Path(known).parts[1:]] = root
        self._by_inode[about.st_dev, about.st_ino] = root

    def __bool__(self) -> bool:
        return bool(self._roots)

    def close(self) -> None:
        """Close the granted folders."""
        for root in self._by_inode.values():
            os.close(root.fd)
        self._roots, self._by_inode = {}, {}

    @contextlib.contextmanager
    def walk(self, path: str, *, follow: bool) -> Iterator[Place]:
        """Where an absolute path leads, last link included if `follow`. CallError EACCES outside the granted folders."""
        walker = _Walker(self._roots, self._by_inode, self._shut)
        try:
            yield walker.walk(path, follow)
        finally:
            walker.close()


class _Walker:
    """One walk: `outside` are names above any grant, `inside` the folders entered below one (the grant's own first)."""

    def __init__(
        self, roots: dict[tuple[str, ...], _Root], by_inode: dict[tuple[int, int], _Root], shut: set[int]
    ) -> None:
        self._roots, self._by_inode, self._shut = roots, by_inode, shut
        self._inside: list[tuple[int, bool]] = []  # (folder, writable)
        self._names: list[str] = []
        self._leave()

    def close(self) -> None:
        for fd, _ in self._inside[1:]:
            os.close(fd)
        self._inside = []

    def _leave(self) -> None:
        """To the folder that `names` spells, which is a grant or outside all of them."""
        self.close()
        root = self._roots.get(tuple(self._names))
        if root is not None:
            self._inside = [(root.fd, root.writable)]

    def walk(self, path: str, follow: bool) -> Place:
        todo = deque(path.split("/"))
        folder_wanted = path.endswith(("/", "/.", "/.."))
        links = 0
        while todo:
            name = todo.popleft()
            if name in ("", "."):
                continue
            if name == ".." or not self._inside:
                self._outside(name)
                continue
            last = not any(rest not in ("", ".") for rest in todo)
            target = self._step(name, last, follow or folder_wanted, folder_wanted)
            if isinstance(target, Place):
                return target
            if target is not None:
                links += 1
                if links > _MOST_LINKS:
                    raise CallError(errno.ELOOP)
                todo.extendleft(reversed(target.split("/")))
                if target.startswith("/"):
                    self._names = []
                    self._leave()
        if not self._inside:
            raise CallError(errno.EACCES, self._path())
        folder, writable = self._inside[-1]
        return Place(folder, ".", os.fstat(folder), writable, self._path())

    def _path(self, *more: str) -> str:
        return "/" + "/".join([*self._names, *more])

    def _outside(self, name: str) -> None:
        """A name above the grants, or `..` anywhere."""
        if name != "..":
            self._names.append(name)
            self._leave()
        elif len(self._inside) > 1:
            os.close(self._inside.pop()[0])
            self._names.pop()
        else:
            del self._names[-1:]
            self._leave()

    def _step(self, name: str, last: bool, follow: bool, folder_wanted: bool) -> Place | str | None:
        """One name below a grant: where it leads if it is the last, the target of a link, or None: a folder was entered."""
        folder, writable = self._inside[-1]
        try:
            fd = os.open(name, _PEEK, dir_fd=folder)
        except FileNotFoundError:
            if last:
                return Place(folder, name, None, writable, self._path(name))
            raise
        try:
            about = os.fstat(fd)
            if about.st_dev in self._shut:
                raise CallError(errno.EACCES)
            if stat.S_ISLNK(about.st_mode) and (follow or not last):
                return os.readlink("", dir_fd=fd)
            if stat.S_ISDIR(about.st_mode):
                root = self._by_inode.get((about.st_dev, about.st_ino))
                writable = root.writable if root is not None else writable
            elif not last or folder_wanted:
                raise CallError(errno.ENOTDIR)
            if last:
                return Place(folder, name, about, writable, self._path(name))
            self._inside.append((fd, writable))
            self._names.append(name)
            fd = -1
            return None
        finally:
            if fd >= 0:
                os.close(fd)
