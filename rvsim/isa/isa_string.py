"""ISA strings (`rv64gcv_zvl512b`, `rv64imafdc_zicsr2p0`, `rva23u64_zvfh`) to sets of extensions.

Knows names and what implies what, nothing of instructions. Chapters "ISA Extension Naming Conventions" and "RVA23 Profiles".
"""

from __future__ import annotations

import re

from .names import EXTENSIONS

_GENERAL = ("i", "m", "a", "f", "d", "zicsr", "zifencei")
_GROUPS = {"g": _GENERAL, "b": ("zba", "zbb", "zbs")}
_IMPLIES = {
    "v": ("d",), "d": ("f",), "f": ("zicsr",), "zicntr": ("zicsr",), "zihpm": ("zicsr",),
    "zfh": ("zfhmin",), "zfhmin": ("f",), "zfbfmin": ("f",), "zfa": ("f",), "zvbb": ("zvkb",),
    "zvfh": ("zvfhmin", "zfhmin"), "zvfbfwma": ("zvfbfmin", "zfbfmin"),
}  # fmt: skip

# What must be there in whole, not only in the part that the extension itself asks for (Zca, Zve32x, Zve32f, Zve64x).
_NEEDS = {"zcb": "c", "zcmop": "c"} | dict.fromkeys(
    ("zvkb", "zvbb", "zvbc", "zvfhmin", "zvfh", "zvfbfmin", "zvfbfwma", "zvdot4a8i_0p1"), "v"
)

# Accepted and kept, though they bring no row: counters, behaviours, sizes.
_WITHOUT_ROWS = frozenset(
    ["zicntr", "zihpm", "zicclsm", "ziccif", "ziccrse", "ziccamoa", "za64rs", "za128rs", "zic64b", "zkt", "zvkt", "supm", "svbare"]
)

# Mandatory extensions of the profiles.
_RVA20U64 = "i m a f d c zicsr zicntr ziccif ziccrse ziccamoa za128rs zicclsm"
_RVA22U64 = (
    "i m a f d c zicsr zicntr zihpm ziccif ziccrse ziccamoa zicclsm za64rs zihintpause zba zbb zbs zic64b zicbom zicbop zicboz zfhmin zkt"
)
_PROFILES = {
    "rva20u64": _RVA20U64,
    "rva22u64": _RVA22U64,
    "rva23u64": _RVA22U64 + " v zvfhmin zvbb zvkt zihintntl zicond zimop zcmop zcb zfa zawrs supm",
}

# Drafts carry their version in the name: another draft is another extension.
_DRAFTS = {name.partition("_")[0]: name for name in EXTENSIONS if "_" in name}
_VLEN = re.compile(r"zvl\d+b")

# Parts that toolchains spell out next to the whole; accepted when the whole is there.
_PARTS = {
    "zmmul": "m", "zaamo": "a", "zalrsc": "a", "zca": "c", "zcd": "c",
    "zve32x": "v", "zve32f": "v", "zve64x": "v", "zve64f": "v", "zve64d": "v",
}  # fmt: skip


def _words(text: str) -> list[str]:
    """The extension names of an ISA string, versions (2p1) dropped but for drafts, whose name they are part of."""
    lower = text.strip().lower()
    for name in _DRAFTS.values():
        lower = re.sub(rf"_{name}(?=_|$)", "_" + name.replace("_", ":"), lower)
    first, *words = lower.split("_")
    if first in _PROFILES:
        return _PROFILES[first].split() + _plain(words, text)
    if not first.startswith("rv64"):
        raise ValueError(f"ISA {text!r}: expected a string that starts with rv64 or a profile, such as rv64gcv or rva23u64")
    singles = first[4:]
    # A multi-letter name may follow the single letters without an underscore: rv64imzicsr.
    letters = re.match(r"(?:[a-y](?:\d+p\d+)?)*", singles)
    assert letters is not None
    names = re.findall(r"([a-y])(?:\d+p\d+)?", letters.group())
    rest = singles[letters.end() :]
    return names + _plain([rest] if rest else [], text) + _plain(words, text)


def _plain(words: list[str], text: str) -> list[str]:
    if any(not word for word in words):
        raise ValueError(f"ISA {text!r}: an underscore without a name after it")
    return [word.replace(":", "_") if ":" in word else re.sub(r"\d+p\d+$", "", word) for word in words]


def parse_isa(text: str) -> frozenset[str]:
    """The extensions of an ISA string, those implied included, and `priv`, which every hart has.

    `g` stands for imafd_zicsr_zifencei, `b` for zba_zbb_zbs, a profile for what it makes mandatory; versions are ignored;
    `zvl*b` and other names that bring no instruction are kept as they are. The draft is `zvdot4a8i_0p1`, version and all.
    Raises ValueError, naming the word, for an unknown extension, for one that is there only in part, for one without what
    it builds on, and without `i`.
    """
    names: set[str] = {"priv"}
    parts: set[str] = set()
    for word in _words(text):
        if word in _GROUPS:
            names.update(_GROUPS[word])
        elif word in EXTENSIONS or word in _WITHOUT_ROWS or _VLEN.fullmatch(word):
            names.add(word)
        elif word in _PARTS:
            parts.add(word)
        elif word in _DRAFTS:
            raise ValueError(f"ISA {text!r}: {word} is a draft; ask for the version that is simulated: {_DRAFTS[word]}")
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
    for name in sorted(names & _NEEDS.keys()):
        if _NEEDS[name] not in names:
            raise ValueError(f"ISA {text!r}: {name} without {_NEEDS[name]} is not supported")
    if "i" not in names:
        raise ValueError(f"ISA {text!r}: the base i (or g) is missing")
    return frozenset(names)
