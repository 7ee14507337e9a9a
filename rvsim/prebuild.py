"""Kernels of the assembly library, built when the package is built, so that running them needs no toolchain.

`prebuild` is called by setup.py and leaves `<name>.elf` beside each `asm/<op>/<name>.S`; `kernel_elf` finds it at run
time and checks that it still belongs to the source. Knows no kernel by name and nothing of contracts or machines.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from rvsim.errors import ToolchainError
from rvsim.toolchain.isa_flags import split_isa
from rvsim.toolchain.sources import Unit, included_files

ISA = "rv64gcv"  # what prebuilt kernels are assembled for; vector extensions beyond it are allowed in any assembly file
_STAMP = b"\nrvsim source sha256 "  # follows the ELF, which ends where its headers say; then the hash in hexadecimal
_STAMP_SIZE = len(_STAMP) + 64
_FORMAT = f"1 {ISA} "  # change the number when the same source must give another program


def prebuild(asm_dir: Path, out_dir: Path) -> list[Path]:
    """Build every `asm_dir/<op>/*.S` into `out_dir/<op>/<name>.elf` and return the paths.

    Only what changed is built and only what differs is written. Programs whose source is gone are removed.
    Raises ToolchainError for a missing toolchain or a source that does not assemble.
    """
    from rvsim.toolchain.builder import build_uncached  # only whoever builds pays for importing the toolchain
    from rvsim.toolchain.cache import write_atomically

    built = []
    for source in sorted(asm_dir.glob("*/*.S")):
        target = out_dir / source.parent.name / f"{source.stem}.elf"
        stamp = _stamp(source)
        if not _has_stamp(target, stamp):
            # Names in the debug information are relative to the program, wherever both get installed.
            relative = [f"-ffile-prefix-map={source.parent.absolute()}=.", f"-ffile-prefix-map={asm_dir.absolute()}=.."]
            data = build_uncached(source, isa=ISA, include=[_include_folder(source)], flags=relative)
            write_atomically(target, data + stamp)
        built.append(target)
    for path in out_dir.glob("*/*.elf"):
        if path not in built and _read_stamp(path):
            path.unlink()
    return built


def find_prebuilt(source: Path, isa: str = ISA) -> Path | None:
    """The program built beforehand for this source file, or None: not built, built from another text, or not fit for `isa`."""
    target = source.with_suffix(".elf")
    return target if target.is_file() and _fits(isa) and _has_stamp(target, _stamp(source)) else None


def kernel_elf(source: Path, isa: str = ISA) -> Path:
    """The program of a kernel of the library: the prebuilt one where it fits, otherwise built now (ToolchainError without a toolchain).

    Where a prebuilt one would fit, the one built now is the same program, not one with the machine's further compressed instructions:
    cycles must not depend on what had been built before.
    """
    prebuilt = find_prebuilt(source, isa)
    if prebuilt is not None:
        return prebuilt
    from rvsim.toolchain.builder import build

    return build(source, isa=ISA if _fits(isa) else isa, include=[_include_folder(source)])


def _fits(isa: str) -> bool:
    """Whether a machine of this ISA can run what prebuilt kernels are assembled for."""
    return set(split_isa(ISA)) <= {*split_isa(isa), *_IMPLIED.get(split_isa(isa)[0], ())}


# Profiles bring their extensions without naming them; the vector profile has all that prebuilt kernels use.
_IMPLIED = {"rva23u64": split_isa(ISA)}


def _stamp(source: Path) -> bytes:
    """Hash of the source and of all it includes, by the names it includes them under."""
    unit = Unit.from_file(str(source))
    included = included_files(unit, [_include_folder(source)])
    if included is None:
        raise ToolchainError(f"{source}: an include whose name is computed cannot be followed; write the name out")
    digest = hashlib.sha256(_FORMAT.encode() + unit.content)
    for name, content in sorted(included.items()):
        digest.update(Path(name).name.encode() + b"\0" + hashlib.sha256(content).digest())
    return _STAMP + digest.hexdigest().encode()


def _include_folder(source: Path) -> Path:
    """Where a kernel of the library finds its macros: `include` beside the operators' folders."""
    return source.absolute().parent.parent / "include"


def _read_stamp(target: Path) -> bytes | None:
    try:
        with target.open("rb") as stream:
            stream.seek(0, 2)
            if stream.tell() < _STAMP_SIZE:
                return None
            stream.seek(-_STAMP_SIZE, 2)
            stamp = stream.read()
    except OSError:
        return None
    return stamp if stamp.startswith(_STAMP) else None


def _has_stamp(target: Path, stamp: bytes) -> bool:
    return _read_stamp(target) == stamp
