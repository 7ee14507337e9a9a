"""What goes into a build: source files or text, and the files they include.

Finds included files by reading the directives (`#include`, `.include`, `.incbin`), so that a change in one of them is seen
before any compiler starts. Knows nothing of compilers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rvsim.errors import ToolchainError

Language = Literal["asm", "c", "object"]

_LANGUAGES: dict[str, Language] = {".S": "asm", ".s": "asm", ".c": "c", ".o": "object"}
_INCLUDE = re.compile(rb'^[ \t]*(?:#[ \t]*include|\.include|\.incbin)[ \t]+(?:"([^"\n]+)"|<([^>\n]+)>|(\S[^\n]*))', re.MULTILINE)
_LARGEST = 64 << 20  # bytes; more is no kernel source


@dataclass(frozen=True)
class Unit:
    """One source: `name` is what messages call it, `path` (absolute) None for text given directly."""

    name: str
    language: Language
    content: bytes
    path: Path | None = None

    @classmethod
    def from_text(cls, text: str, language: Literal["asm", "c"]) -> Unit:
        """Source text; messages call it `<string>`."""
        if not text.endswith("\n"):
            text += "\n"
        try:
            return cls("<string>", language, text.encode())
        except UnicodeEncodeError as error:
            raise ToolchainError(f"<string>: a character that is no text at position {error.start}") from None

    @classmethod
    def from_file(cls, name: str) -> Unit:
        """A source file; its suffix tells the language."""
        path = Path(name)
        language = _LANGUAGES.get(path.suffix)
        if language is None:
            raise ToolchainError(f"{path}: cannot build a {path.suffix or 'file without suffix'}; give .S, .s, .c or .o")
        try:
            if path.stat().st_size > _LARGEST:
                raise ToolchainError(f"{path}: larger than {_LARGEST >> 20} MiB; that is no kernel source")
            content = path.read_bytes()
        except OSError as error:
            raise ToolchainError(f"{path}: cannot be read ({error.strerror})") from None
        if language == "object" and (content[:4] != b"\x7fELF" or content[18:20] != b"\xf3\0"):
            raise ToolchainError(f"{path}: no object file for RISC-V; assemble its source, or give the .S or .c itself")
        return cls(name, language, content, path.absolute())


def own_include_folders() -> list[Path]:
    """The include folder of the assembly library that is installed with rvsim, where there is one."""
    import importlib.util

    spec = importlib.util.find_spec("rvsim.asm")
    folders = spec.submodule_search_locations if spec is not None else None
    return [path for folder in folders or () if (path := Path(folder) / "include").is_dir()]


def included_files(unit: Unit, folders: Sequence[Path]) -> dict[str, bytes] | None:
    """All files `unit` includes, directly or not: path -> content. None when a directive's name is computed.

    A name that is found nowhere is left out: it is one of the compiler's own headers (its version is part of the
    key), or an error that the compiler will report.
    """
    found: dict[str, bytes] = {}
    waiting = [(unit.content, unit.path.parent if unit.path else None)]
    first = waiting[0][1]
    if unit.language == "object":
        return found
    while waiting:
        content, here = waiting.pop()
        for match in _INCLUDE.finditer(content):
            if match[3] is not None:
                return None
            name = (match[1] or match[2]).decode("utf-8", "replace")
            for folder in (here, first, *folders):
                path = folder / name if folder is not None else None
                data = read_if_file(path) if path is not None else None
                if data is not None and str(path) not in found:
                    found[str(path)] = data
                    waiting.append((data, path.parent if path else None))
                if data is not None:
                    break
    return found


def read_if_file(path: Path) -> bytes | None:
    """A file's bytes, or None when there is no such file."""
    try:
        return path.read_bytes() if path.is_file() else None
    except (OSError, ValueError):
        return None
