"""The hand-written RVV kernels as files: where they are, nothing about what they compute.

`include/*.inc` holds the few shared macros, `<op>/<dtype>_<tile>[_<trick>].S` one kernel a file, named for the
operator, the element type and the register tile. Which kernel fits which problem is the business of
`rvsim.kernels`; assembling them is that of `rvsim.toolchain`. Each file is a plain C ABI (LP64D) function that
works unchanged on hardware: `cc -c -march=rv64gcv -I include matmul/f32_7x4.S`.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["include_dir", "path", "sources"]


def path(relative: str = "") -> Path:
    """Absolute path of `relative`, as in a variant's `source` ("matmul/f32_7x4.S"); "" is the root itself.

    The file need not exist: the caller knows best what to tell the user when it does not.
    """
    from importlib.resources import files  # 10 ms of imports that only kernel users should pay

    return Path(os.fspath(files(__name__).joinpath(relative)))  # type: ignore[call-overload]


def include_dir() -> Path:
    """The directory to put on the assembler's include path (`-I`)."""
    return path("include")


def sources() -> tuple[str, ...]:
    """Every kernel source, relative to the root and in a fixed order."""
    root = path()
    return tuple(sorted(file.relative_to(root).as_posix() for file in root.glob("*/*.S")))
