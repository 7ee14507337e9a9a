"""Compiler, assembler and linker messages to one line a user can act on: file, line, what is wrong, and the text.

Understands the formats of clang, lld, gcc, GNU as and GNU ld. Knows nothing about how the tools were started.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_LOCATED = re.compile(
    r"^(?P<file>[^\n:][^\n]*?):(?P<line>\d+):(?:(?P<column>\d+):)? *(?P<kind>(?:fatal )?[Ee]rror|[Nn]ote): *(?P<text>.+)$"
)
_MACRO_USE = re.compile(
    r"^(?P<file>(?!<instantiation>)[^\n:][^\n]*?):(?P<line>\d+):(?:\d+:)? +(?:note: while in macro|Info: macro invoked)"
)
_LLD_ERROR = re.compile(r"^(?:\S*ld\.lld|lld): error: (?P<text>.+)$")
_LLD_PLACE = re.compile(r"^>>> referenced by (?P<file>[^\n(]+?):(?P<line>\d+)")
_UNKNOWN_EXTENSION = re.compile(
    r"unknown CPU feature: '(\w+)'|unknown prefixed ISA extension [`']?(\w+)'|"
    r"unsupported \S+ extension '?(\w+)'|unknown .*extension '(\w+)'"
)
_GNU_UNDEFINED = re.compile(
    r"(?:^|: )(?:(?P<file>[^\s:][^\n:]*):(?P<line>\d+): )?(?:\([^)]*\): )?(?P<text>undefined reference to [`'](?P<symbol>[^']+)')"
)
_UNDEFINED = re.compile(r"undefined (?:hidden )?symbol: (?P<symbol>\S+)|undefined reference to [`'](?P<gnu>[^']+)'")

Locate = Callable[[str, int], tuple[str, str | None]]  # (file as the tool named it, line) -> (its name, the line's text)


@dataclass(frozen=True)
class Diagnostic:
    """One error: `file` and `line` are None where the tool named none; `source` is the offending line's text."""

    file: str | None
    line: int | None
    text: str
    source: str | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        message = f"{place}: {self.text}" if place else self.text
        return f"{message}: `{self.source}`" if self.source else message


def parse(stderr: str, locate: Locate) -> list[Diagnostic]:
    """The errors in a tool's output, in order, duplicates dropped.

    `locate(file, line)` gives the file's name for the user and the text of the line, which not every tool prints.
    """
    lines = stderr.splitlines()
    found: list[Diagnostic] = []
    for index in range(len(lines)):
        diagnostic = _compiler_error(lines, index, locate) or _linker_error(lines, index, locate)
        if diagnostic is not None and diagnostic not in found:
            found.append(diagnostic)
    return found


def undefined_symbols(stderr: str) -> set[str]:
    """Names that a failed link lacks."""
    return {match["symbol"] or match["gnu"] for match in _UNDEFINED.finditer(stderr)}


def unknown_extension(stderr: str) -> str | None:
    """The extension that a compiler refused to know, if that is why it failed."""
    match = _UNKNOWN_EXTENSION.search(stderr)
    return next((group for group in match.groups() if group), None) if match else None


def _compiler_error(lines: Sequence[str], index: int, locate: Locate) -> Diagnostic | None:
    match = _LOCATED.match(lines[index])
    if match is None or "error" not in match["kind"].lower():
        return None
    text = _plainer(match["text"].strip())
    if match["file"].startswith("<instantiation>"):
        # Inside an assembler macro: name the line that uses the macro, show the expanded text.
        expanded = lines[index + 1].strip() if index + 1 < len(lines) else None
        use = next((m for m in map(_MACRO_USE.match, lines[index + 1 :]) if m), None)
        if use is not None:
            file, _ = locate(use["file"], int(use["line"]))
            return Diagnostic(file, int(use["line"]), f"{text} (inside a macro)", expanded)
        return Diagnostic(None, None, text, expanded)
    number = int(match["line"])
    file, source = locate(match["file"], number)
    if source is not None and source.strip() in text:
        source = None  # GNU as repeats the instruction in its message
    return Diagnostic(file, number, text, source.strip() if source else None)


def _linker_error(lines: Sequence[str], index: int, locate: Locate) -> Diagnostic | None:
    match = _LLD_ERROR.match(lines[index])
    file, number, text = None, None, ""
    if match is not None:
        text = match["text"]
        for following in lines[index + 1 : index + 4]:
            place = _LLD_PLACE.match(following)
            if place is not None:
                file, number = place["file"], int(place["line"])
                break
    else:
        match = _GNU_UNDEFINED.search(lines[index])
        if match is None:
            return None
        text = f"undefined symbol: {match['symbol']}"
        if match["line"]:
            file, number = match["file"], int(match["line"])
    source = None
    if file is not None and number is not None:
        file, source = locate(file, number)
    return Diagnostic(file, number, _plainer(text), source.strip() if source else None)


def _plainer(text: str) -> str:
    """Add what to do to the messages that do not say it."""
    if text.startswith(("undefined symbol: ", "undefined hidden symbol: ")):
        return text.replace("hidden ", "") + "; define it, or pass the file that does (kernels link without a C library)"
    if "recompile with -fPIC" in text:
        text = text.replace("; recompile with -fPIC", "").replace("recompile with -fPIC", "").strip()
        return text + "; absolute addresses do not work here, use `la` or `lla`"
    if re.search(r"'?(math|stdio|stdlib|string|assert)\.h'?:? (file not found|No such file)", text):
        return text + "; kernels are freestanding, without a C library"
    return text
