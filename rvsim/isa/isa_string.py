"""ISA strings (`rv64gcv_zvl512b`, `rv64imafdc_zicsr2p0`) to sets of extensions.

Knows names and what implies what, nothing of instructions. Chapter "ISA Extension Naming Conventions".
"""

from __future__ import annotations

import re

from .names import EXTENSIONS

_GENERAL = ("i", "m", "a", "f", "d", "zicsr", "zifencei")
_IMPLIES = {"v": ("d",), "d": ("f",), "f": ("zicsr",), "zicntr": ("zicsr",), "zihpm": ("zicsr",)}

# Accepted and kept, though they bring no row: counters, a behaviour, a size.
_WITHOUT_ROWS = frozenset({"zicntr", "zihpm", "zicclsm"})
_VLEN = re.compile(r"zvl\d+b")

# Parts that toolchains spell out next to the whole; accepted when the whole is there.
_PARTS = {
    "zmmul": "m", "zaamo": "a", "zalrsc": "a", "zca": "c", "zcd": "c",
    "zve32x": "v", "zve32f": "v", "zve64x": "v", "zve64f": "v", "zve64d": "v",
}  # fmt: skip


def _words(text: str) -> list[str]:
    """The extension names of an ISA string, versions (2p1) dropped."""
    lower = text.strip().lower()
    if not lower.startswith("rv64"):
        raise ValueError(f"ISA {text!r}: expected a string that starts with rv64, such as rv64gcv")
    singles, *words = lower[4:].split("_")
    # A multi-letter name may follow the single letters without an underscore: rv64imzicsr.
    letters = re.match(r"(?:[a-y](?:\d+p\d+)?)*", singles)
    assert letters is not None
    names = re.findall(r"([a-y])(?:\d+p\d+)?", letters.group())
    rest = [singles[letters.end() :], *words]
    if any(not word for word in words):
        raise ValueError(f"ISA {text!r}: an underscore without a name after it")
    return names + [re.sub(r"\d+p\d+$", "", word) for word in rest if word]


def parse_isa(text: str) -> frozenset[str]:
    """The extensions of an ISA string, those implied included, and `priv`, which every hart has.

    `g` stands for imafd_zicsr_zifencei; versions are ignored; `zvl*b` names are kept as they are.
    Raises ValueError, naming the word, for an unknown extension, for one that is there only in part, and without `i`.
    """
    names: set[str] = {"priv"}
    parts: set[str] = set()
    for word in _words(text):
        if word == "g":
            names.update(_GENERAL)
        elif word in EXTENSIONS or word in _WITHOUT_ROWS or _VLEN.fullmatch(word):
            names.add(word)
        elif word in _PARTS:
            parts.add(word)
        else:
            raise ValueError(f"ISA {text!r}: unknown extension {word!r}; known are g {' '.join(EXTENSIONS)}")
    waiting = list(names)
    while waiting:
        implied = _IMPLIES.get(waiting.pop(), ())
        waiting.extend(name for name in implied if name not in names)
        names.update(implied)
    for part in sorted(parts):
        if _PARTS[part] not in names:
            raise ValueError(f"ISA {text!r}: {part} without the whole of {_PARTS[part]} is not supported")
    if "i" not in names:
        raise ValueError(f"ISA {text!r}: the base i (or g) is missing")
    return frozenset(names)
