"""The grammar of TARGET, the same for every verb: words of a command line in, a typed target out. Runs and opens nothing.

    NAME [variant=V] m=64 ...               a kernel of the registry; V may be FILE.S:symbol
    FILE.S|.c|.o|.elf:symbol n=1000 ...     a function of a file
    FILE.elf [-- args]                      a whole program

Everything `key=value` is a parameter of the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rvsim.errors import UsageError

SOURCES = (".S", ".s", ".c", ".o")
_FILES = (*SOURCES, ".elf")


@dataclass(frozen=True, slots=True)
class KernelTarget:
    """A registry kernel, by name."""

    name: str
    variant: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class FunctionTarget:
    """A function of a source, object or ELF file; `values` are its arguments and array extents."""

    path: Path
    symbol: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProgramTarget:
    """A whole program; `arguments` is what stood behind `--`."""

    path: Path
    arguments: tuple[str, ...]


Target = KernelTarget | FunctionTarget | ProgramTarget


def parse_target(words: Sequence[str], arguments: Sequence[str] = ()) -> Target:
    """`words` up to `--`, `arguments` behind it. Raises UsageError; whether a kernel or file exists is seen later."""
    name, values = words[0], _values(words[1:])
    target = _function(name, values) or _kernel_or_program(name, values, arguments)
    if arguments and not isinstance(target, ProgramTarget):
        raise UsageError(f"{name}: words after `--` are for whole programs; give parameters as key=value before it")
    return target


def _function(name: str, values: dict[str, str]) -> FunctionTarget | None:
    file, colon, symbol = name.rpartition(":")
    if not colon or not (file.endswith(_FILES) or Path(file).is_file()):
        return None
    if not symbol:
        raise UsageError(f"{name}: no symbol after the colon; write {file}:FUNCTION")
    return FunctionTarget(Path(file), symbol, values)


def _kernel_or_program(name: str, values: dict[str, str], arguments: Sequence[str]) -> Target:
    from rvsim import kernels

    path = Path(name)
    if name in kernels.KERNELS:
        return KernelTarget(name, values.pop("variant", "auto"), values)
    if name.endswith(SOURCES):
        raise UsageError(f"{name}: which function of it? write {name}:FUNCTION --proto 'void FUNCTION(float y[n], long n)' n=1000")
    if path.exists() or name.endswith(".elf") or "/" in name:
        if not path.is_file():
            raise UsageError(f"{path}: {'is no file' if path.exists() else 'no such file'}; TARGET is a kernel, FILE:symbol or an ELF file")
        if values:
            raise UsageError(f"{name}: a program has no parameter {next(iter(values))!r}; write {name}:FUNCTION to call a function of it")
        return ProgramTarget(path, tuple(arguments))
    if "=" in name:
        raise UsageError(f"{name!r} is a parameter, but TARGET is missing before it; write for instance `rvsim run matmul {name}`")
    kernels.get(name)  # raises: unknown kernel
    raise AssertionError(name)


def _values(words: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f"{word!r} is no parameter; write key=value")
        if key in values:
            raise UsageError(f"{key} is given twice: {key}={values[key]} and {word}")
        values[key] = value
    return values
