"""Sources to one linked program: compile each, link, keep the result by content.

Two ways to link. `pie` is for kernels that the simulator calls: a static position-independent program at address 0 whose
only relocations are R_RISCV_RELATIVE, which the loader applies. `bare` is for programs that start at `_start` in RAM.
Nothing here reads ELF files; that is the loader's.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rvsim.errors import ToolchainError
from rvsim.toolchain import cache, diagnostics, sources
from rvsim.toolchain.compilers import Compiler, find_compiler, run_tool

Link = Literal["pie", "bare", "auto"]
StrPath = str | os.PathLike[str]

TEXT_NAME = "<string>"
DEFAULT_BASE = 0x8000_0000
_FORMAT = "1"  # part of every cache key: change it when the same inputs give another program

# `notext`: tables of addresses inside .text are common in hand-written assembly. `no-relax`: the instructions that run are
# the instructions written, whatever linker is used.
_LINK_COMMON = ("-m", "elf64lriscv", "--no-relax", "--build-id=none", "-z", "noexecstack", "-z", "norelro")
_LINK_PIE = ("-pie", "--no-dynamic-linker", "-Bsymbolic", "-z", "notext", "-e", "0")
# GNU ld for bare targets refuses -pie: link at a low address and keep the relocations, so that the result can be moved.
_LINK_FIXED = ("-static", "--emit-relocs", "-Ttext-segment=0", "-e", "0")

# Every object of C's data on pages of its own, so that running off its end is seen: SUBALIGN pads whatever is no multiple of 4 KiB.
_APART_FLAGS = ("-fdata-sections",)
_APART_LLVM = ("-mllvm", "-riscv-enable-global-merge=false")  # statics that one function uses are not made one object
_APART_SCRIPT = """SECTIONS
{
  .rodata : SUBALIGN(4096) { *(.rodata .rodata.* .srodata .srodata.*) }
} INSERT AFTER .text;
SECTIONS
{
  .data : SUBALIGN(4096) { *(.data .data.* .sdata .sdata.*) }
  .bss : SUBALIGN(4096) { *(.sbss .sbss.* .bss .bss.* COMMON) }
} INSERT AFTER .rodata;
"""

_BARE_SCRIPT = """OUTPUT_ARCH(riscv)
ENTRY(_start)
SECTIONS
{{
  . = {base:#x};
  .text : {{ *(.text.init) *(.text.start) *(.text .text.*) }}
  . = ALIGN(0x1000);
  .tohost : {{ *(.tohost) }}
  . = ALIGN(0x1000);
  .rodata : {{ *(.rodata .rodata.* .srodata .srodata.*) }}
  . = ALIGN(0x1000);
  .data : {{ __global_pointer$ = . + 0x800; *(.sdata .sdata.* .data .data.*) }}
  __bss_start = .;
  .bss : {{ *(.sbss .sbss.* .bss .bss.* COMMON) }}
  . = ALIGN(16);
  _end = .;
  . = . + 0x10000;
  _stack_top = .;
  __stack_top = .;
  /DISCARD/ : {{ *(.eh_frame*) *(.comment) }}
}}
"""

# What compilers call for structure copies even in freestanding code. Linked only when something asks for it.
_SUPPORT = """
    .macro function name
    .globl \\name
    .type \\name, @function
\\name:
    .endm
    .text
function memmove
    bgeu a1, a0, memcpy
    add a3, a0, a2
    add a1, a1, a2
1:  beq a3, a0, 2f
    addi a1, a1, -1
    lbu a4, 0(a1)
    addi a3, a3, -1
    sb a4, 0(a3)
    j 1b
2:  ret
function memcpy
    add a2, a0, a2
    mv a3, a0
1:  beq a3, a2, 2f
    lbu a4, 0(a1)
    sb a4, 0(a3)
    addi a1, a1, 1
    addi a3, a3, 1
    j 1b
2:  ret
function memset
    add a2, a0, a2
    mv a3, a0
1:  beq a3, a2, 2f
    sb a1, 0(a3)
    addi a3, a3, 1
    j 1b
2:  ret
function memcmp
    add a2, a0, a2
1:  beq a0, a2, 2f
    lbu a3, 0(a0)
    lbu a4, 0(a1)
    sub a5, a3, a4
    bnez a5, 3f
    addi a0, a0, 1
    addi a1, a1, 1
    j 1b
2:  li a5, 0
3:  mv a0, a5
    ret
"""
_SUPPORTED = frozenset({"memcpy", "memmove", "memset", "memcmp"})


def build(
    source: StrPath | Sequence[StrPath],
    *,
    text: bool = False,
    language: Literal["asm", "c"] = "asm",
    isa: str = "rv64gcv",
    link: Link = "pie",
    base: int = DEFAULT_BASE,
    script: StrPath | None = None,
    include: Sequence[StrPath] = (),
    flags: Sequence[str] = (),
    apart: bool = False,
) -> Path:
    """Build a program and return the path of the ELF; an unchanged input is built once and then found in the cache.

    source   a `.S`, `.s`, `.c` or `.o` file, or several; with text=True the source text itself, in `language`
    isa      the target's ISA string. Assembly may use any vector extension beside it; C is compiled for exactly this
    link     'pie' for kernels to call, 'bare' for programs with `_start`, 'auto' = bare when the sources define both
             `_start` and `tohost`
    base     where RAM starts, for 'bare'; `script` replaces the linker script
    include  folders searched for included files, before those of rvsim's own assembly macros
    flags    further compiler flags
    apart    for 'pie': each static object of C lies on pages of its own

    Raises ToolchainError, one line with file, line and the offending text; the tool's whole output is its note.
    """
    if text:
        units = [sources.Unit.from_text(str(source), language)]
    else:
        given = [source] if isinstance(source, str | os.PathLike) else source
        units = [sources.Unit.from_file(os.fspath(item)) for item in given]
    if not units:
        raise ToolchainError("nothing to build: no source file given")
    if apart and link == "pie":
        flags = (*flags, *_APART_FLAGS)
    compiler = find_compiler()
    folders = [*(Path(folder).absolute() for folder in include), *sources.own_include_folders()]
    script_text = _script_text(script, base)
    key = _key(compiler, units, folders, (isa, link, script_text, *flags, *(_APART_LLVM if apart else ())))
    if key is not None:
        known = cache.lookup(key)
        if known is not None:
            return known
    data = _build(compiler, units, folders, isa, link, script_text, flags)
    return cache.store(key or hashlib.sha256(data).hexdigest(), data)


def build_uncached(source: Path, *, isa: str, include: Sequence[Path], flags: Sequence[str] = ()) -> bytes:
    """The bytes of one kernel's position-independent program, built afresh; only `include` is searched for its includes."""
    unit = sources.Unit.from_file(str(source))
    return _build(find_compiler(), [unit], include, isa, "pie", "", flags)


def _build(
    compiler: Compiler, units: Sequence[sources.Unit], include: Sequence[Path], isa: str, link: Link, script: str, flags: Sequence[str]
) -> bytes:  # fmt: skip
    with cache.work_folder() as folder:
        job = _Job(compiler, folder, isa, include, flags, script)
        return job.link([job.compile(unit) for unit in units], link).read_bytes()


def _script_text(script: StrPath | None, base: int) -> str:
    if script is None:
        return _BARE_SCRIPT.format(base=base)
    try:
        return Path(script).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ToolchainError(f"{script}: linker script cannot be read ({error})") from None


def _key(compiler: Compiler, units: Sequence[sources.Unit], folders: Sequence[Path], options: Sequence[str]) -> str | None:
    """Hash of everything the result depends on, or None when that cannot be known (an `#include MACRO`)."""
    digest = hashlib.sha256()

    def add(*fields: str | bytes) -> None:
        for field in fields:
            data = field.encode() if isinstance(field, str) else field
            digest.update(len(data).to_bytes(8, "little") + data)

    add(_FORMAT, compiler.kind, compiler.version, *compiler.cc, *options)
    for unit in units:
        included = sources.included_files(unit, folders)
        if included is None:
            return None
        add("unit", unit.name, str(unit.path), unit.language, unit.content)
        for name, content in included.items():
            add("include", name, content)
    return digest.hexdigest()


class _Job:
    """One build in one folder."""

    def __init__(
        self, compiler: Compiler, folder: Path, isa: str, include: Sequence[Path], flags: Sequence[str], script: str
    ) -> None:  # fmt: skip
        self._compiler = compiler
        self._folder = folder
        self._isa = isa
        self._include = include
        self._flags = flags
        self._script = script
        self._apart = set(_APART_FLAGS) <= set(flags)
        self._units: list[sources.Unit] = []

    def compile(self, unit: sources.Unit) -> Path:
        """One source to one object file in the build folder."""
        output = self._folder / f"unit{len(self._units)}.o"
        self._units.append(unit)
        if unit.language == "object":
            output.write_bytes(unit.content)
            return output
        path = unit.path
        if path is None:
            # A line marker makes messages and debug lines speak of `<string>`.
            path = self._folder / ("string.c" if unit.language == "c" else "string.S")
            path.write_bytes(f'#line 1 "{TEXT_NAME}"\n'.encode() + unit.content)
        rest = [f"-I{path.parent}", *(f"-I{folder}" for folder in self._include), f"-ffile-prefix-map={self._folder}=."]
        rest += [*self._flags, "-c", str(path), "-o", str(output)]
        assembly = unit.language == "asm"
        apart = _APART_LLVM if self._apart and not assembly and self._compiler.kind != "gcc" else ()
        command = [*self._compiler.cc, *self._compiler.compile_flags(self._isa, assembly=assembly)]
        done = run_tool([*command, *apart, *rest], cwd=self._folder)
        if apart and apart[1].partition("=")[0] in done.stderr:  # an older one that merges nothing
            done = run_tool([*command, *rest], cwd=self._folder)
        if assembly and diagnostics.unknown_extension(done.stderr):
            # An older compiler than the one we pin: do without the extensions that assembly may use beyond `isa`.
            done = run_tool([*self._compiler.cc, *self._compiler.compile_flags(self._isa, assembly=False), *rest], cwd=self._folder)
        if done.status != 0 or not output.is_file():
            raise self._error(done.stderr, unit.name)
        return output

    def link(self, objects: Sequence[Path], link: Link) -> Path:
        """Object files to the program."""
        if link == "auto":
            names = b"".join(path.read_bytes() for path in objects)
            link = "bare" if b"_start\0" in names and b"tohost\0" in names else "pie"
        output = self._folder / "program.elf"
        command = [*self._compiler.ld, *_LINK_COMMON]
        if link == "bare":
            command += ["-static", "-T", self._write_script(self._script)]
        elif self._compiler.kind == "gcc":
            command += _LINK_FIXED
        else:
            command += _LINK_PIE
        if link == "pie" and self._apart:
            command += ["-T", self._write_script(_APART_SCRIPT)]
        self._run_linker(command, objects, output)
        if link != "bare" and self._compiler.kind == "gcc":
            data = bytearray(output.read_bytes())
            data[16:18] = (3).to_bytes(2, "little")  # e_type = ET_DYN: the loader then applies the kept R_RISCV_64
            output.write_bytes(data)
        return output

    def _write_script(self, text: str) -> str:
        path = self._folder / "link.ld"
        path.write_text(text)
        return str(path)

    def _run_linker(self, command: Sequence[str], objects: Sequence[Path], output: Path) -> None:
        done = run_tool([*command, *map(str, objects), "-o", str(output)], cwd=self._folder)
        if done.status != 0 and diagnostics.undefined_symbols(done.stderr) & _SUPPORTED:
            support = self.compile(sources.Unit.from_text(_SUPPORT, "asm"))
            done = run_tool([*command, *map(str, objects), str(support), "-o", str(output)], cwd=self._folder)
        if done.status != 0 or not output.is_file():
            raise self._error(done.stderr, "link")

    def _error(self, stderr: str, name: str) -> ToolchainError:
        """The first error as the message, the number of further ones, and everything as a note."""
        for temporary in ("string.S", "string.c", TEXT_NAME):
            stderr = stderr.replace(f"{self._folder}/{temporary}", TEXT_NAME)
        stderr = stderr.replace(f"./{TEXT_NAME}", TEXT_NAME)
        for unit in self._units:
            if unit.path is not None:
                stderr = stderr.replace(str(unit.path), unit.name)
        unknown = diagnostics.unknown_extension(stderr)
        found = [self._at_home(error) for error in diagnostics.parse(stderr, self._locate)]
        if unknown:
            error = ToolchainError(f"isa {self._isa!r}: the compiler ({self._compiler.version}) knows no extension {unknown!r}")
        elif found:
            further = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            error = ToolchainError(f"{found[0]}{further}")
        else:
            lines = [line.strip() for line in stderr.splitlines() if line.strip()]
            error = ToolchainError(f"{name}: {lines[-1] if lines else 'the compiler failed without a message'}")
        error.add_note(stderr)
        return error

    def _at_home(self, error: diagnostics.Diagnostic) -> diagnostics.Diagnostic:
        """A label that is defined twice: clang names a line of its own temporary file, so find the label in the sources."""
        twice = re.search(r"symbol '([^']+)' is already defined", error.text)
        if twice is None or error.file in {unit.name for unit in self._units}:
            return error
        for unit in self._units:
            lines = unit.content.decode("utf-8", "replace").splitlines()
            places = [n for n, text in enumerate(lines, 1) if re.match(rf"\s*{re.escape(twice[1])}\s*:", text)]
            if places:
                return diagnostics.Diagnostic(unit.name, places[-1], error.text, lines[places[-1] - 1].strip())
        return diagnostics.Diagnostic(self._units[0].name, None, error.text)

    def _locate(self, file: str, line: int) -> tuple[str, str | None]:
        """What to call a file that a tool named, and the text of one of its lines."""
        unit = next((u for u in self._units if u.name == file), None)
        # lld names only the last part of the path.
        unit = unit or next((u for u in self._units if Path(u.name).name == file), None)
        content = unit.content if unit is not None else sources.read_if_file(self._folder / file)
        lines = content.decode("utf-8", "replace").splitlines() if content is not None else []
        return unit.name if unit is not None else file, lines[line - 1] if 0 < line <= len(lines) else None
