"""ELF files are read right, and damaged or foreign ones are refused in one line."""

from __future__ import annotations

import functools
import struct
import time
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from hypothesis import given
from hypothesis import strategies as st

from rvsim.errors import ElfError, UsageError
from rvsim.loader import EXECUTE, READ, WRITE, Program, is_elf, load_elf
from rvsim.toolchain import build

SOURCE = """
struct node { struct node *next; long value; };
static struct node second = {0, 2};
struct node first = {&second, 1};
long zeros[100];
const char text[] = "constant";
static __attribute__((noinline)) long inner(struct node *n) { return n->value + zeros[n->value]; }
long walk(struct node *n) { long sum = 0; for (; n; n = n->next) sum += inner(n); return sum + text[0]; }
long other(void) { return walk(&first); }
"""


@functools.cache
def image() -> bytes:
    return build(SOURCE, text=True, language="c", isa="rv64gc").read_bytes()


@functools.cache
def program() -> Program:
    return load_elf(image())


def refused(data: bytes) -> str:
    with pytest.raises(ElfError) as caught:
        load_elf(data)
    text = str(caught.value)
    assert isinstance(caught.value, UsageError)
    assert text.startswith("<bytes>: ") and "\n" not in text
    return text


# --- what a good file says -------------------------------------------------------------------------------------------------------


def test_agrees_with_pyelftools(tmp_path: Path) -> None:
    path = tmp_path / "a.elf"
    path.write_bytes(image())
    ours = load_elf(path)
    with path.open("rb") as stream:
        theirs = ELFFile(stream)
        loads = list(theirs.iter_segments("PT_LOAD"))
        assert [(s.address, s.data, s.size, s.flags) for s in ours.segments] == [
            (s.header.p_vaddr, s.data(), s.header.p_memsz, s.header.p_flags) for s in loads
        ]
        named = {s.name: s for s in theirs.get_section_by_name(".symtab").iter_symbols() if s.name in ours.symbols}
        assert set(named) == set(ours.symbols) >= {"walk", "inner", "other", "first", "second", "zeros", "text"}
        for name, symbol in named.items():
            assert (ours.symbols[name].address, ours.symbols[name].size) == (symbol["st_value"], symbol["st_size"])
        relocations = {r["r_offset"]: r["r_addend"] for r in theirs.get_section_by_name(".rela.dyn").iter_relocations()}
        assert {r.address: r.value for r in ours.relocations} == relocations
        attributes = theirs.get_section_by_name(".riscv.attributes").subsections[0].subsubsections[0].attributes
        assert ours.isa in [a.value for a in attributes]
    assert (ours.kind, ours.entry, ours.path) == ("pie", 0, str(path))


def test_symbols_have_kinds() -> None:
    symbols = program().symbols
    assert (symbols["walk"].kind, symbols["walk"].is_global) == ("function", True)
    assert (symbols["inner"].kind, symbols["inner"].is_global) == ("function", False)
    assert (symbols["zeros"].kind, symbols["zeros"].size) == ("object", 800)
    assert program().functions == ("other", "walk")
    assert not any(name.startswith(("$", ".L")) for name in symbols)


def test_segment_permissions() -> None:
    def flags(name: str) -> int:
        address = program().symbols[name].address
        return next(s.flags for s in program().segments if s.address <= address < s.end)

    assert flags("walk") == READ | EXECUTE
    assert flags("zeros") == READ | WRITE
    assert flags("text") == READ


def test_rebasing_moves_everything() -> None:
    base = 0x1234_5000
    moved = program().rebased(base)
    assert moved.entry == base
    for before, after in zip(program().segments, moved.segments, strict=True):
        assert (after.address, after.size, after.flags) == (before.address + base, before.size, before.flags)
    first, second = moved.symbols["first"].address, moved.symbols["second"].address
    assert second == program().symbols["second"].address + base
    segment = next(s for s in moved.segments if s.address <= first < s.end)
    assert struct.unpack_from("<QQ", segment.data, first - segment.address) == (second, 1)
    assert moved.rebased(0x1000).symbols["walk"].address == program().symbols["walk"].address + base + 0x1000
    assert moved.line_of(moved.symbols["other"].address) == ("<string>", 9)


def test_names_of_addresses() -> None:
    walk = program().symbols["walk"]
    assert program().symbolize(walk.address) == "walk"
    assert program().symbolize(walk.address + 4) == "walk+0x4"
    assert program().symbolize(program().symbols["zeros"].address) == hex(program().symbols["zeros"].address)
    assert program().symbolize(0xFFFF_0000) == "0xffff0000"


def test_local_labels_do_not_hide_the_function() -> None:
    text = ".globl f\nf: nop\nloop: nop\n bnez a0, loop\n ret\nhelper: ret\n"
    loaded = load_elf(build(text, text=True))
    assert loaded.symbolize(loaded.symbols["loop"].address) == "f+0x2"
    # With a size, the function ends where it says, and what follows has its own name.
    sized = load_elf(build(text.replace("helper:", ".size f, . - f\nhelper:") + ".type f, @function\n", text=True))
    assert sized.symbolize(sized.symbols["loop"].address) == "f+0x2"
    assert sized.symbolize(sized.symbols["helper"].address) == "helper"


def test_lines_of_addresses() -> None:
    assert program().line_of(program().symbols["walk"].address) == ("<string>", 8)
    assert program().line_of(0xFFFF_0000) is None
    assert program().source_of(program().symbols["walk"].address) is None  # `<string>` is no file


def test_lines_do_not_reach_past_the_code() -> None:
    loaded = load_elf(build(".globl f\nf: nop\n ret\n", text=True))
    end = max(s.end for s in loaded.segments if s.flags & EXECUTE)
    assert loaded.line_of(end - 2) == ("<string>", 3)
    assert loaded.line_of(end) is None


def test_bare_metal_symbols() -> None:
    text = """
        .globl _start, tohost, fromhost, begin_signature, end_signature
    _start: j _start
        .data
    tohost: .dword 0
    fromhost: .dword 0
    begin_signature: .fill 4, 8, 0
    end_signature:
    """
    loaded = load_elf(build(text, text=True, link="bare"))
    assert loaded.kind == "exec" and loaded.entry == 0x8000_0000
    assert loaded.tohost is not None and loaded.fromhost == loaded.tohost + 8
    assert loaded.signature == (loaded.tohost + 16, loaded.tohost + 48)
    assert (program().tohost, program().fromhost, program().signature) == (None, None, None)
    with pytest.raises(ElfError, match="fixed addresses"):
        loaded.rebased(0x1000)


def test_object_files_have_symbols_and_no_segments(tmp_path: Path) -> None:
    from rvsim.toolchain import compilers

    source = tmp_path / "f.S"
    source.write_text(".globl f\nf: ret\n")
    compiler = compilers.find_compiler()
    command = [*compiler.cc, *compiler.compile_flags("rv64gcv", assembly=True), "-c", str(source), "-o", str(tmp_path / "f.o")]
    compilers.run_tool(command, cwd=tmp_path)
    loaded = load_elf(tmp_path / "f.o")
    assert (loaded.kind, loaded.segments) == ("rel", ())
    assert "f" in loaded.symbols


def test_loading_takes_milliseconds() -> None:
    table = ".globl f\nf: ret\n" + "".join(f"label{i}: .dword f\n" for i in range(300))
    data = build(table, text=True).read_bytes()
    assert len(data) > 20_000
    load_elf(data)
    best = min(_seconds(data) for _ in range(5))
    assert best < 0.005


def _seconds(data: bytes) -> float:
    start = time.process_time()
    load_elf(data)
    return time.process_time() - start


def test_is_elf(tmp_path: Path) -> None:
    (tmp_path / "yes").write_bytes(image())
    (tmp_path / "no").write_bytes(b"\x7fEL")
    assert is_elf(tmp_path / "yes")
    assert not is_elf(tmp_path / "no")
    assert not is_elf(tmp_path)
    assert not is_elf(tmp_path / "missing")


# --- what is refused -------------------------------------------------------------------------------------------------------------


def patched(offset: int, value: bytes) -> bytes:
    data = bytearray(image())
    data[offset : offset + len(value)] = value
    return bytes(data)


def half(value: int) -> bytes:
    return value.to_bytes(2, "little")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"#!/bin/sh\n", "not an ELF file"),
        (b"\x7fELF", "truncated"),
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xf3\x00", "truncated"),
    ],
)
def test_other_files(data: bytes, said: str) -> None:
    assert said in refused(data)


@pytest.mark.parametrize(("number", "name"), [(62, "x86-64"), (183, "AArch64"), (3, "x86 (32 bit)"), (9999, "machine number 9999")])
def test_other_machines_are_named(number: int, name: str) -> None:
    assert refused(patched(18, half(number))) == f"<bytes>: made for {name}, not for RISC-V"


def test_other_classes_and_types() -> None:
    assert "32-bit RISC-V" in refused(patched(4, b"\x01"))
    assert "big-endian" in refused(patched(5, b"\x02"))
    assert "core dump" in refused(patched(16, half(4)))
    assert "unknown ELF type 9" in refused(patched(16, half(9)))


def phdr(kind: int, nth: int = 0) -> int:
    """File offset of the nth program header of a kind."""
    offset, count = struct.unpack_from("<Q", image(), 32)[0], struct.unpack_from("<H", image(), 56)[0]
    return [o for o in range(offset, offset + 56 * count, 56) if struct.unpack_from("<I", image(), o)[0] == kind][nth]


def quad(value: int) -> bytes:
    return value.to_bytes(8, "little")


def test_damaged_program_headers() -> None:
    load = phdr(1)
    assert "truncated: program headers" in refused(patched(32, quad(len(image()))))
    assert "program headers of 3 bytes" in refused(patched(54, half(3)))
    assert "no loadable segment" in refused(patched(56, half(0)))
    assert "truncated: a segment" in refused(patched(load + 8, quad(1 << 62)))
    assert "more bytes in the file" in refused(patched(load + 40, quad(1)))
    assert "does not fit into any memory" in refused(patched(load + 40, quad((1 << 64) - 1)))
    assert "segments overlap" in refused(patched(phdr(1, 1) + 16, quad(0)))
    assert "dynamically linked" in refused(patched(phdr(2), b"\x03\0\0\0"))


def test_every_truncation_is_refused_or_harmless() -> None:
    last = max(
        struct.unpack_from("<Q", image(), phdr(1, n) + 8)[0] + struct.unpack_from("<Q", image(), phdr(1, n) + 32)[0] for n in (0, 1, 2)
    )
    for size in range(0, len(image()), 7):
        if size < last:
            refused(image()[:size])
        else:
            assert load_elf(image()[:size]).segments == program().segments


def test_bad_relocations() -> None:
    outside = bytearray(image())
    at = image().index(struct.pack("<QQ", program().relocations[0].address, 3))
    outside[at : at + 8] = quad(1 << 40)
    with pytest.raises(ElfError, match="relocation points outside"):
        load_elf(bytes(outside)).rebased(0)
    # A program that claims 2^60 bytes of zeros must not make us allocate them.
    outside[at : at + 8] = quad(1 << 59)
    outside[phdr(1, 2) + 40 : phdr(1, 2) + 48] = quad(1 << 60)
    with pytest.raises(ElfError, match="relocation points outside"):
        load_elf(bytes(outside)).rebased(0)
    foreign = bytearray(image())
    foreign[at + 8 : at + 12] = (5).to_bytes(4, "little")
    assert "relocation of type 5" in refused(bytes(foreign))


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(ElfError, match=r"none\.elf: cannot be read \(No such file or directory\)"):
        load_elf(tmp_path / "none.elf")
    with pytest.raises(ElfError, match="cannot be read"):
        load_elf(tmp_path)


def test_a_bad_symbol_table_is_no_reason_to_refuse() -> None:
    headers = struct.unpack_from("<Q", image(), 40)[0]
    broken = load_elf(patched(40, quad(len(image()) - 1)))
    assert (broken.symbols, broken.isa, broken.segments[1:]) == ({}, None, program().segments[1:])  # the first holds the header
    noise = load_elf(patched(headers, bytes(range(256)) * ((len(image()) - headers) // 256)))
    assert noise.segments == program().segments
    assert noise.symbolize(program().symbols["walk"].address)


# --- fuzzing ---------------------------------------------------------------------------------------------------------------------


def use(data: bytes) -> None:
    """Everything a caller may do with a file: it works or raises ElfError, nothing else."""
    try:
        loaded = load_elf(data)
        moved = loaded.rebased(0x10_0000) if loaded.kind == "pie" else loaded
    except ElfError as error:
        assert "\n" not in str(error)
        return
    for segment in moved.segments[:8]:
        assert len(segment.data) <= segment.size
        assert isinstance(moved.symbolize(segment.address), str)
    moved.line_of(moved.entry)
    assert isinstance(moved.functions, tuple)


@given(st.data())
def test_flipped_bytes(data: st.DataObject) -> None:
    mutated = bytearray(image())
    # Half of the flips go to the headers, where each byte means much.
    places = st.one_of(st.integers(0, 64 + 56 * 7 - 1), st.integers(0, len(mutated) - 1))
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=12)):
        mutated[place] = value
    use(bytes(mutated))


@given(st.data())
def test_damaged_words_in_the_tables(data: st.DataObject) -> None:
    mutated = bytearray(image())
    headers = struct.unpack_from("<Q", image(), 40)[0]
    place = data.draw(st.sampled_from([*range(headers, len(mutated) - 8, 8), *range(24, 64 + 56 * 7, 8)]))
    mutated[place : place + 8] = quad(
        data.draw(st.sampled_from([0, 1, 1 << 31, (1 << 32) - 1, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]))
    )
    use(bytes(mutated))


@given(st.integers(0, 1 << 20), st.binary(max_size=64))
def test_cut_and_continued_with_noise(cut: int, noise: bytes) -> None:
    use(image()[: cut % len(image())] + noise)


@given(st.binary(max_size=400))
def test_noise(noise: bytes) -> None:
    use(noise)
    use(image()[:64] + noise)
