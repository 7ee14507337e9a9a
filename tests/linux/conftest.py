"""What the tests of Linux programs share: building the sources in programs/, and a process to make system calls with.

Programs for musl are built with the ziglang wheel, whose first link builds musl (most of a minute); it keeps that in build/,
so that only the first run of the tests pays. Cross gcc, glibc and qemu come from the system: tests that need them skip without,
unless RVSIM_REQUIRE_LLVM is set, as CI does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rvsim.linux import Process, Settings
from rvsim.linux.numbers import NUMBERS
from rvsim.loader import Program, Segment
from rvsim.machine import Machine

SOURCES = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]
ZIG_CACHE = ROOT / "build" / "zig-cache"
CPU = "-mcpu=generic_rv64+m+a+f+d+c+v"
TEXT, DATA = 0x10000, 0x20000  # of the process that makes system calls


def tool(name: str) -> str:
    """A program of the system, or the test is skipped; where CI demands it, it fails."""
    path = shutil.which(name)
    if path is None:
        assert not os.environ.get("RVSIM_REQUIRE_LLVM"), f"{name} is not installed, and CI does not skip"
        pytest.skip(f"{name} is not installed")
    return path


def zig(*words: object) -> None:
    ZIG_CACHE.mkdir(parents=True, exist_ok=True)
    env = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(ZIG_CACHE), "ZIG_LOCAL_CACHE_DIR": str(ZIG_CACHE)}
    command = [sys.executable, "-m", "ziglang", *map(str, words)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr


Build = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """`program("mlp.c", "musl")`: a source of programs/ built for musl, glibc or as static-pie, once a session."""
    folder = tmp_path_factory.mktemp("programs")

    def make(source: str, libc: str) -> Path:
        out = folder / f"{source}.{libc}.elf"
        if out.exists():
            return out
        path, standard = SOURCES / source, ["-std=c++17"] if source.endswith(".cpp") else []
        if libc == "glibc":
            compiler = tool("riscv64-linux-gnu-g++" if source.endswith(".cpp") else "riscv64-linux-gnu-gcc")
            subprocess.run([compiler, "-O2", "-g", "-static", *standard, path, "-o", out], check=True, timeout=120)
        elif source.endswith(".zig"):
            zig("build-exe", "-target", "riscv64-linux-musl", CPU, "-OReleaseSafe", path, f"-femit-bin={out}")
        else:
            pie = ["-static-pie", "-fPIE", "-Wno-unused-command-line-argument"] if libc == "static-pie" else ["-static"]
            compile_as = "c++" if standard else "cc"
            zig(compile_as, "-target", "riscv64-linux-musl", CPU, "-O2", "-g", *pie, *standard, path, "-o", out)
        return out

    return make


def under_qemu(path: Path, *words: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """(status as a shell says it, stdout, stderr) of a run under qemu's user mode, with an empty environment."""
    command = [tool("qemu-riscv64"), "-cpu", "rv64,v=true,vlen=256", path, *words]
    done = subprocess.run(command, input=stdin, capture_output=True, env={}, timeout=120, check=False)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return status, done.stdout, done.stderr.replace(b"vector version is not specified, use the default value v1.0\n", b"")


@dataclass
class Caller:
    """A process whose system calls are made from Python: `call("write", 1, address, size)` gives what a0 would hold."""

    process: Process
    machine: Machine
    out: bytearray = field(default_factory=bytearray)
    notes: list[str] = field(default_factory=list)
    used: int = 0

    def call(self, name: str | int, *arguments: int) -> int:
        hart = self.machine.hart
        hart.set_x(17, NUMBERS[name] if isinstance(name, str) else name)
        for index in range(6):
            hart.set_x(10 + index, arguments[index] if index < len(arguments) else 0)
        self.process.serve()
        value = int(hart.get_x(10))
        return value - (1 << 64) if value >> 63 else value

    def put(self, data: bytes | str) -> int:
        """Bytes (a text ends with a zero) in guest memory; their address."""
        data = data.encode() + b"\0" if isinstance(data, str) else data
        address = DATA + self.used
        self.machine.memory.write(address, data)
        self.used = (self.used + len(data) + 15) & ~15
        return address

    def room(self, size: int) -> int:
        return self.put(bytes(size))

    def bytes(self, address: int, size: int) -> bytes:
        return self.machine.memory.read(address, size)

    def open(self, path: str | Path, flags: int = 0, mode: int = 0o600) -> int:
        return self.call("openat", -100, self.put(str(path)), flags, mode)


def new_caller(dirs: Sequence[str | Path] = (), stdin: bytes | int = b"", memory: str = "64MiB", image: bytes = b"", **more: Any) -> Caller:
    """A process with 64 KiB of data memory at DATA and code at TEXT."""
    machine = Machine("generic", functional=True, memory=memory)
    machine.memory.unmap(0x1000, 4096)
    segments = (Segment(TEXT, b"\x73\0\0\0", 4096, 5), Segment(DATA, b"", 1 << 16, 6))
    program = Program("test.elf", "exec", TEXT, segments, {}, image=image)
    for segment, permission in zip(segments, (1 | 4, 1 | 2), strict=True):
        machine.memory.map(segment.address, segment.size, 3)
        machine.memory.write(segment.address, segment.data)
        machine.memory.map(segment.address, segment.size, permission)
    out, notes = bytearray(), []
    settings = Settings(
        ("test.elf",), folders=[str(d) for d in dirs], stdin=stdin, output=out.extend, errors=out.extend, note=notes.append, **more
    )
    process = Process(machine.hart, program, machine.extensions, settings, ticks=lambda: 5_000_000, misaligned=True)
    process.start()
    return Caller(process, machine, out, notes)


MakeCaller = Callable[..., Caller]


@pytest.fixture
def caller() -> Iterator[MakeCaller]:
    """`caller(dirs=["data:rw"])`: a process to make system calls with; closed afterwards."""
    made: list[Caller] = []

    def make(*arguments: Any, **more: Any) -> Caller:
        made.append(new_caller(*arguments, **more))
        return made[-1]

    yield make
    for one in made:
        one.process.close()
