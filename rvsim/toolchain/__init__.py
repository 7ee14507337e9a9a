"""Sources to ELF with an existing toolchain: `.S`, `.c`, `.o` files or a string of assembly in, the path of an ELF out.

    compilers     find zig, clang or gcc; run a tool without hanging          isa_flags    ISA string -> compiler flags
    sources       a source and what it includes                               diagnostics  tool output -> one clear line
    cache         results by content hash                                     builder      the whole way

Imports nothing of ours but the errors, and nothing at all before it is used: a prebuilt kernel runs without any of this.
Reading ELF files is the loader's.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rvsim.toolchain.builder import DEFAULT_BASE, build, build_uncached
    from rvsim.toolchain.cache import cache_dir
    from rvsim.toolchain.compilers import Compiler, find_compiler

__all__ = ["DEFAULT_BASE", "Compiler", "build", "build_uncached", "cache_dir", "find_compiler"]

_HOMES = {
    "builder": ("DEFAULT_BASE", "build", "build_uncached"),
    "cache": ("cache_dir",),
    "compilers": ("Compiler", "find_compiler"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"rvsim.toolchain.{home}"), name)
    raise AttributeError(f"module 'rvsim.toolchain' has no attribute {name!r}")
