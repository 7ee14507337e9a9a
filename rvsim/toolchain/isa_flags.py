"""ISA strings to compiler flags.

`rv64gcv_zvfh` becomes `-mcpu=generic_rv64+...` for zig and `-march=...` for clang and gcc. Knows the grammar of
ISA strings (RISC-V unprivileged ISA, chapter "ISA Extension Naming Conventions") and nothing about what an extension does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rvsim.errors import ToolchainError

_VERSION = re.compile(r"\d+p\d+")
_TRAILING_VERSION = re.compile(r"(?<=[a-z0-9])\d+p\d+$")
_PROFILES = frozenset({"rva20u64", "rva22u64", "rva23u64", "rva20s64", "rva22s64", "rva23s64", "rvb23u64", "rvi20u64"})
_SINGLE = {
    "g": ("i", "m", "a", "f", "d", "zicsr", "zifencei"),
    "b": ("zba", "zbb", "zbs"),
    "f": ("f", "zicsr"),
    "d": ("d", "f", "zicsr"),
    "v": ("v", "d", "f", "zicsr"),
}

# Vector and floating-point extensions that an assembly file may use whatever the machine has: the simulator, not the
# assembler, says which machine lacks an instruction. Scalar ones that change how `li` or `zext.h` expand (Zba, Zbb, Zbs)
# or compress (Zcb) are not among them: they would put instructions into a file that its author never wrote.
ASSEMBLY_EXTRAS = (
    *("zfh", "zfa", "zfbfmin", "zicond", "zawrs", "zimop", "zicbom", "zicbop", "zicboz", "zihintpause", "zihintntl"),
    *("zvfh", "zvfbfmin", "zvfbfwma", "zvbb", "zvbc", "zvkned", "zvknhb", "zvksed", "zvksh", "zvkg"),
    "zvdot4a8i",
)

# Draft extensions are named after what the simulator calls them; compilers know older names.
_ZIG_NAMES = {"zvdot4a8i": "experimental_zvqdotq", "zvqdotq": "experimental_zvqdotq"}
_DRAFTS = frozenset({"zvdot4a8i", "zvqdotq"})


def split_isa(isa: str) -> tuple[str, ...]:
    """The extensions an ISA string names, `g`, `b`, `d` and `v` spelled out, versions dropped, in order."""
    parts = [p for p in isa.strip().lower().split("_") if p and not _VERSION.fullmatch(p)]
    if not parts or not (parts[0].startswith("rv64") or parts[0] in _PROFILES):
        raise ToolchainError(f"isa {isa!r}: expected an RV64 string such as 'rv64gcv' or 'rv64gcv_zvfh_zvl512b'")
    names: list[str] = []
    if parts[0] in _PROFILES:
        names.append(parts[0])
    else:
        names += _letters(parts[0][4:], isa)
    for part in parts[1:]:
        part = _TRAILING_VERSION.sub("", part)
        if not re.fullmatch(r"[a-z][a-z0-9]*", part):
            raise ToolchainError(f"isa {isa!r}: {part!r} is no extension name")
        names += _SINGLE.get(part, (part,))
    return tuple(dict.fromkeys(names))


def _letters(rest: str, isa: str) -> list[str]:
    """The part after `rv64`: single letters with optional versions, up to a multi-letter name."""
    names: list[str] = []
    while rest:
        if rest[0] in "zsx":
            names.append(_TRAILING_VERSION.sub("", rest))
            break
        match = re.match(r"([a-z])(\d+p\d+)?", rest)
        if match is None:
            raise ToolchainError(f"isa {isa!r}: unexpected {rest!r} after 'rv64'")
        names += _SINGLE.get(match[1], (match[1],))
        rest = rest[match.end() :]
    if "i" not in names and "e" not in names:
        names.insert(0, "i")
    return names


def abi(extensions: Iterable[str]) -> str:
    """The standard C ABI for these extensions: lp64d, lp64f or lp64."""
    have = set(extensions)
    if "d" in have or have & _PROFILES:
        return "lp64d"
    return "lp64f" if "f" in have else "lp64"


def zig_flags(isa: str, *, assembly: bool) -> list[str]:
    """`-mcpu` and `-mabi` for `zig cc`; an assembly file may use more than the machine has."""
    names = split_isa(isa)
    features = list(names)
    if assembly and abi(names) == "lp64d" and ("v" in names or set(names) & _PROFILES):
        features += ASSEMBLY_EXTRAS
    features = list(dict.fromkeys(_ZIG_NAMES.get(name, name) for name in features))
    return ["-mcpu=generic_rv64+" + "+".join(features), f"-mabi={abi(names)}"]


def march_flags(isa: str) -> list[str]:
    """`-march` and `-mabi` for clang and gcc, without the drafts that they name differently from release to release."""
    names = [name for name in split_isa(isa) if name not in _DRAFTS]
    letters = [name for name in "iemafdcvh" if name in names]
    longer = [name for name in names if len(name) > 1]
    base = longer.pop(0) if names[0] in _PROFILES else "rv64" + "".join(letters)
    return ["-march=" + "_".join([base, *longer]), f"-mabi={abi(names)}"]
