"""Where built programs are kept: one file per content hash, under the user's cache directory.

Any state of that directory is fine, also none at all: then a temporary folder that lives as long as the process
serves. Files appear in one step, so that several processes may build the same thing at the same time.
"""

from __future__ import annotations

import contextlib
import functools
import os
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rvsim.errors import ToolchainError

_ELF_MAGIC = b"\x7fELF"


def cache_dir() -> Path | None:
    """The directory asked for by RVSIM_CACHE_DIR, or the user's cache directory; None when neither can be named."""
    chosen = os.environ.get("RVSIM_CACHE_DIR", "")
    if chosen:
        return Path(chosen).absolute()
    import platformdirs

    try:
        path = platformdirs.user_cache_path("rvsim-ml", appauthor=False)
    except RuntimeError:  # no HOME and no passwd entry
        return None
    # Older versions leave the "~" in the path instead: that would litter the current directory.
    return path if path.is_absolute() else None


@functools.cache
def _process_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="rvsim-")
    except OSError as error:
        raise ToolchainError(f"no writable folder for temporary files ({error}); set TMPDIR to one") from None


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """A fresh folder for one build, removed afterwards."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="rvsim-build-", ignore_cleanup_errors=True)
    except OSError as error:
        raise ToolchainError(f"no writable folder for temporary files ({error}); set TMPDIR to one") from None
    with folder as name:
        yield Path(name).resolve()


def lookup(key: str) -> Path | None:
    """The program built earlier for this key. What is no whole ELF (say, cut by a power failure) is ignored."""
    for root in (cache_dir(), _fallback_if_used()):
        if root is None:
            continue
        path = root / key[:2] / f"{key}.elf"
        if _is_whole_elf(path):
            return path
    return None


def _is_whole_elf(path: Path) -> bool:
    """Linkers write the section headers last: a file that reaches their end is whole. Opens regular files only: a pipe would block."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            header = stream.read(64)
            size = stream.seek(0, os.SEEK_END)
    except OSError:
        return False
    if len(header) < 64 or header[:4] != _ELF_MAGIC:
        return False
    offset, width, count = *struct.unpack_from("<Q", header, 40), *struct.unpack_from("<HH", header, 58)
    return bool(offset + width * count <= size)


def _fallback_if_used() -> Path | None:
    return Path(_process_folder().name) if _process_folder.cache_info().currsize else None


def store(key: str, data: bytes) -> Path:
    """Keep `data` under `key`: in the cache directory, or where that is unusable in the process's own folder."""
    root = cache_dir()
    if root is not None:
        try:
            return write_atomically(root / key[:2] / f"{key}.elf", data)
        except OSError:
            pass
    try:
        return write_atomically(Path(_process_folder().name) / key[:2] / f"{key}.elf", data)
    except OSError as error:
        raise ToolchainError(f"cannot write the built program ({error}); free some space or set TMPDIR") from None


def write_atomically(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return path
