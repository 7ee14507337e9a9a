"""Sources become the program they say: every way in, both ways to link, and a cache that is exact."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest

from rvsim.errors import ToolchainError
from rvsim.loader import EXECUTE, WRITE, Program, load_elf
from rvsim.toolchain import build, build_uncached, compilers
from rvsim.toolchain.sources import own_include_folders

ADD = """
    .globl add
add:
    add a0, a0, a1
    ret
"""
VECTOR = """
    .globl scale
scale:
    vsetvli t0, a1, e32, m4, ta, ma
    vle32.v v0, (a0)
    vfmul.vf v0, v0, fa0
    vse32.v v0, (a0)
    ret
"""


def code_of(program: Program, name: str, size: int) -> bytes:
    """The first bytes at a symbol."""
    address = program.symbols[name].address
    segment = next(s for s in program.segments if s.address <= address < s.end)
    return segment.data[address - segment.address :][:size]


def built(*args: object, **options: object) -> Program:
    return load_elf(build(*args, **options))  # type: ignore[arg-type]


def test_text_of_assembly() -> None:
    program = built(ADD, text=True)
    assert program.kind == "pie"
    assert code_of(program, "add", 4) == bytes.fromhex("2e95 8280")  # c.add a0, a1; c.ret
    assert program.functions == ("add",)
    assert program.line_of(program.symbols["add"].address) == ("<string>", 4)


def test_without_c_nothing_is_compressed() -> None:
    program = built(ADD, text=True, isa="rv64g")
    assert code_of(program, "add", 8) == bytes.fromhex("3305b500 67800000")


def test_text_of_c() -> None:
    program = built("long twice(long x) { return 2 * x; }", text=True, language="c", isa="rv64gc")
    assert program.functions == ("twice",)


def test_c_is_compiled_for_the_isa_it_is_given() -> None:
    source = "void copy(float *y, const float *x, long n) { for (long i = 0; i < n; i++) y[i] = 2 * x[i]; }"
    scalar = built(source, text=True, language="c", isa="rv64gc")
    vector = built(source, text=True, language="c", isa="rv64gcv")
    size = scalar.symbols["copy"].size
    assert 0x57 not in code_of(scalar, "copy", size)[::2]
    assert any(word & 0x707F == 0x7057 for word in words(code_of(vector, "copy", vector.symbols["copy"].size)))  # vsetvli


def words(code: bytes) -> list[int]:
    """Every aligned pair of parcels; enough to find a 32-bit instruction among compressed ones."""
    return [int.from_bytes(code[i : i + 4], "little") for i in range(0, len(code) - 3, 2)]


def test_assembly_may_use_vector_extensions_the_machine_lacks() -> None:
    text = VECTOR + "    vfwmaccbf16.vv v8, v0, v4\n    vandn.vv v0, v4, v8\n    vqdot.vv v0, v4, v8\n"
    assert built(text, text=True, isa="rv64gcv").functions == ("scale",)


def test_li_expands_to_base_instructions_only() -> None:
    # With Zba or Zbs the assembler would use sh1add or bseti, which the machine may not have.
    program = built(".globl f\nf: li a0, 0x800000000000\n ret\n", text=True)
    code = code_of(program, "f", 16)
    assert code[:2] in (bytes.fromhex("0545"), bytes.fromhex("7d55"))  # c.li first, not bseti


def test_files_in_folders_with_spaces_and_several_sources(tmp_path: Path) -> None:
    folder = tmp_path / "my kernels"
    folder.mkdir()
    (folder / "part one.S").write_text(ADD)
    (folder / "part two.c").write_text("long add(long, long);\nlong more(long x) { return add(x, 3) ^ 1; }\n")
    program = built([folder / "part one.S", str(folder / "part two.c")])
    assert program.functions == ("add", "more")
    place = program.line_of(program.symbols["add"].address)
    assert place == (str(folder / "part one.S"), 4)
    assert program.source_of(program.symbols["add"].address) == "add a0, a0, a1"


def test_object_files_are_linked(tmp_path: Path) -> None:
    source = tmp_path / "add.S"
    source.write_text(ADD)
    compiler = compilers.find_compiler()
    command = [*compiler.cc, *compiler.compile_flags("rv64gcv", assembly=True), "-c", str(source), "-o", str(tmp_path / "add.o")]
    assert compilers.run_tool(command, cwd=tmp_path).status == 0
    assert built(tmp_path / "add.o").functions == ("add",)


def test_globals_leave_relative_relocations_only() -> None:
    source = """
        static long table[3] = {5, 6, 7};
        long *entries[2] = {&table[1], &table[2]};
        long counter;
        long get(long i) { counter++; return *entries[i]; }
    """
    program = built(source, text=True, language="c")
    entries = program.symbols["entries"].address
    assert {r.address for r in program.relocations} >= {entries, entries + 8}
    moved = program.rebased(0x40_0000)
    assert int.from_bytes(code_of(moved, "entries", 8), "little") == moved.symbols["table"].address + 8
    assert moved.symbols["get"].address == program.symbols["get"].address + 0x40_0000


def test_address_tables_in_text_are_relocated() -> None:
    program = built(".globl f\nf: la t0, table\n ret\n .balign 8\ntable: .dword f, f + 4\n", text=True).rebased(0x1_0000)
    table = code_of(program, "table", 16)
    assert int.from_bytes(table[:8], "little") == program.symbols["f"].address
    assert int.from_bytes(table[8:], "little") == program.symbols["f"].address + 4


def test_la_is_pc_relative() -> None:
    # A load from a GOT would be an instruction that nobody wrote.
    program = built(".globl f\nf: la a0, value\n ret\n .data\nvalue: .dword 1\n", text=True)
    auipc, addi = words(code_of(program, "f", 8))[0], words(code_of(program, "f", 8))[2]
    assert auipc & 0x7F == 0x17
    assert addi & 0x707F == 0x13


def test_structure_copies_find_their_memcpy() -> None:
    source = "struct s { int a[200]; };\nvoid copy(struct s *a, struct s *b) { *a = *b; }\n"
    program = built(source, text=True, language="c")
    assert "memcpy" in program.symbols


def test_bare_metal_program() -> None:
    text = """
        .section .text.start
        .globl _start
    _start:
        la t0, tohost
        li t1, 1
        sd t1, 0(t0)
    1:  j 1b
        .section .tohost, "aw"
        .globl tohost
        .balign 64
    tohost: .dword 0
    """
    program = built(text, text=True, link="auto")
    assert program.kind == "exec"
    assert program.entry == 0x8000_0000 == program.symbols["_start"].address
    assert program.tohost is not None and program.tohost % 64 == 0
    elsewhere = built(text, text=True, link="bare", base=0x9000_0000)
    assert elsewhere.entry == 0x9000_0000
    assert built(ADD, text=True, link="auto").kind == "pie"


def test_own_linker_script(tmp_path: Path) -> None:
    script = tmp_path / "my.ld"
    script.write_text("ENTRY(go)\nSECTIONS { . = 0x1000; .text : { *(.text) } }\n")
    program = built(".globl go\ngo: j go\n", text=True, link="bare", script=script)
    assert program.entry == 0x1000


def test_segments_do_not_share_pages() -> None:
    program = built("int value = 3;\nint get(void) { return value; }\n", text=True, language="c")
    writable = [s for s in program.segments if s.flags & WRITE]
    executable = [s for s in program.segments if s.flags & EXECUTE]
    assert writable and executable
    pages = [{address >> 12 for address in range(s.address & ~4095, s.end, 4096)} for s in (*writable, *executable)]
    assert not set.intersection(*pages)


def test_include_folders_and_flags(tmp_path: Path) -> None:
    (tmp_path / "value.h").write_text("#define VALUE 7\n")
    text = '#include "value.h"\n.globl f\nf: li a0, VALUE + EXTRA\n ret\n'
    program = built(text, text=True, include=[tmp_path], flags=["-DEXTRA=1"])
    assert code_of(program, "f", 2) == bytes.fromhex("2145")  # c.li a0, 8


def test_library_macros_are_on_the_include_path() -> None:
    folders = own_include_folders()
    assert [folder.name for folder in folders] == ["include"]
    name = sorted(folders[0].glob("*.inc"))[0].name
    assert built(f'#include "{name}"\n{ADD}', text=True).functions == ("add",)


# --- cache ---------------------------------------------------------------------------------------------------------------------


def test_same_input_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(ADD + "# once\n", text=True)
    monkeypatch.setattr(compilers.subprocess, "Popen", None)  # a second build would call it
    assert build(ADD + "# once\n", text=True) == first


def test_changed_includes_are_seen(tmp_path: Path) -> None:
    (tmp_path / "main.S").write_text('#include "one.h"\n.globl f\nf: li a0, VALUE\n .include "two.inc"\n')
    (tmp_path / "one.h").write_text('#include "deep.h"\n')
    (tmp_path / "deep.h").write_text("#define VALUE 1\n")
    (tmp_path / "two.inc").write_text(" ret\n")
    paths = [build(tmp_path / "main.S")]
    (tmp_path / "deep.h").write_text("#define VALUE 2\n")
    paths.append(build(tmp_path / "main.S"))
    (tmp_path / "two.inc").write_text(" nop\n ret\n")
    paths.append(build(tmp_path / "main.S"))
    assert len(set(paths)) == 3
    assert code_of(load_elf(paths[2]), "f", 6) == bytes.fromhex("0945 0100 8280")
    (tmp_path / "two.inc").write_text(" ret\n")
    assert build(tmp_path / "main.S") == paths[1]


def test_computed_includes_are_never_cached(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text("#define VALUE 1\n")
    text = f'#define FILE "{tmp_path}/a.h"\n#include FILE\n.globl f\nf: li a0, VALUE\n'
    before = build(text, text=True)
    (tmp_path / "a.h").write_text("#define VALUE 2\n")
    assert build(text, text=True).read_bytes() != before.read_bytes()


@pytest.mark.parametrize("options", [{"isa": "rv64g"}, {"flags": ["-DX=1"]}, {"link": "bare"}, {"link": "bare", "base": 0x1000}], ids=str)
def test_options_are_part_of_the_key(options: dict[str, object]) -> None:
    text = ".globl _start\n_start: ret\n"
    assert build(text, text=True) != build(text, text=True, **options)  # type: ignore[arg-type]


def test_damaged_cache_file_is_built_again() -> None:
    text = ADD + "# damaged\n"
    path = build(text, text=True)
    good = path.read_bytes()
    path.write_bytes(b"")
    assert build(text, text=True).read_bytes() == good


# Environments that users have, by name; None removes a variable, {tmp} is a fresh folder with a file named `file`.
STATES: dict[str, dict[str, str | None]] = {
    "missing folder": {"RVSIM_CACHE_DIR": "{tmp}/a/b"},
    "folder is a file": {"RVSIM_CACHE_DIR": "{tmp}/file"},
    "below a file": {"RVSIM_CACHE_DIR": "{tmp}/file/below"},
    "not writable": {"RVSIM_CACHE_DIR": "/proc/rvsim"},
    "empty variable": {"RVSIM_CACHE_DIR": "", "XDG_CACHE_HOME": "{tmp}/xdg"},
    "no home": {"RVSIM_CACHE_DIR": None, "HOME": None, "XDG_CACHE_HOME": None},
    "home is nowhere": {"RVSIM_CACHE_DIR": None, "HOME": "/proc/nowhere", "XDG_CACHE_HOME": None},
    "home is relative": {"RVSIM_CACHE_DIR": None, "HOME": "", "XDG_CACHE_HOME": None},
    "zig variables spoilt": {"RVSIM_CACHE_DIR": "{tmp}/z", "ZIG_GLOBAL_CACHE_DIR": "", "ZIG_LOCAL_CACHE_DIR": "/proc/x"},
    "zig home spoilt": {"RVSIM_CACHE_DIR": "{tmp}/z2", "ZIG_GLOBAL_CACHE_DIR": "/dev/null/x", "ZIG_LIB_DIR": "/nowhere"},
    "spaces": {"RVSIM_CACHE_DIR": "{tmp}/with some spaces"},
}


@pytest.mark.parametrize("state", sorted(STATES))
def test_any_state_of_the_cache_directory(state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    for name, value in STATES[state].items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value.format(tmp=tmp_path))
    if state == "no home":
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as for a user id without a passwd entry
    monkeypatch.setattr(compilers, "TIMEOUT", 30.0)
    text = f"{ADD}# {state} {tmp_path}\n"
    first = build(text, text=True)
    assert load_elf(first).functions == ("add",)
    assert build(text, text=True) == first
    assert list((tmp_path / "cwd").iterdir()) == []  # nothing littered into the current directory


def test_full_disk_falls_back(monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    replace = os.replace

    def fail_in_cache(source: str, target: Path) -> None:
        if own_cache in Path(target).parents:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_in_cache)
    path = build(ADD + "# full disk\n", text=True)
    assert own_cache not in path.parents
    assert load_elf(path).functions == ("add",)
    assert not list(own_cache.rglob(".*.elf.*"))


def test_build_uncached_gives_the_same_program(tmp_path: Path, own_cache: Path) -> None:
    source = tmp_path / "add.S"
    source.write_text(ADD)
    count = len(list(own_cache.rglob("*.elf")))
    data = build_uncached(source, isa="rv64gcv", include=[])
    assert len(list(own_cache.rglob("*.elf"))) == count
    assert code_of(load_elf(data), "add", 4) == code_of(load_elf(build(source)), "add", 4)


def _build_in_process(number: int) -> str:
    return str(build(f"{ADD}# together {number % 2}\n", text=True))


def test_many_processes_at_once() -> None:
    with concurrent.futures.ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        paths = list(pool.map(_build_in_process, range(8)))
    assert len(set(paths)) == 2
    assert all(load_elf(path).functions == ("add",) for path in paths)


def test_threads_at_once() -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda n: build(f"{ADD}# threads {n % 2}\n", text=True), range(8)))
    assert len(set(paths)) == 2


# --- other compilers -----------------------------------------------------------------------------------------------------------


@pytest.mark.llvm
@pytest.mark.parametrize("command", ["clang-19", "riscv64-unknown-elf-gcc", "riscv64-linux-gnu-gcc"])
def test_other_compilers(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which(command) is None:
        assert not os.environ.get("RVSIM_REQUIRE_LLVM"), f"{command} is not installed, and CI does not skip"
        pytest.skip(f"{command} is not installed")
    monkeypatch.setenv("RVSIM_CC", command)
    program = built(VECTOR, text=True)
    assert code_of(program, "scale", 8) == bytes.fromhex("d7f22504 07600502".replace(" ", "")) or program.functions == ("scale",)
    pointers = built("static long x = 5;\nlong *p = &x;\nlong get(void) { return *p; }\n", text=True, language="c", isa="rv64gc")
    moved = pointers.rebased(0x10_0000)
    assert int.from_bytes(code_of(moved, "p", 8), "little") == moved.symbols["x"].address
    with pytest.raises(ToolchainError, match=r"^<string>:2: .*vfoo"):
        build("f:\n vfoo.vv v1, v2, v3\n", text=True)


@pytest.mark.parametrize("damage", ["cut", "pipe", "folder"])
def test_a_damaged_cache_entry_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    monkeypatch.setenv("RVSIM_CACHE_DIR", str(tmp_path))
    entry = build(ADD, text=True)
    whole = entry.read_bytes()
    entry.unlink()
    if damage == "cut":
        entry.write_bytes(whole[:100])
    elif damage == "pipe":
        os.mkfifo(entry)
    else:
        entry.mkdir()
    assert build(ADD, text=True).read_bytes() == whole


@pytest.mark.parametrize("content", [b"", b"\0garbage", b"\x7fELF" + bytes(60)])
def test_an_object_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.o"
    path.write_bytes(content)
    with pytest.raises(ToolchainError, match=r"bad\.o: no object file for RISC-V"):
        build(path)
