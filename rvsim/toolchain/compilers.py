"""Finding a compiler that targets RV64, and running it so that it can neither hang nor litter.

Order: the command in `RVSIM_CC`, the `ziglang` wheel, a `clang` with the riscv64 target, riscv64-unknown-elf-gcc,
riscv64-linux-gnu-gcc. Knows how to call a tool; what to build and where to keep it is not its business.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rvsim.errors import ToolchainError
from rvsim.toolchain.isa_flags import march_flags, zig_flags

TIMEOUT = 120.0  # seconds for one tool; a healthy one needs 0.05
INSTALL_HINT = "install one with: pip install 'rvsim-ml[toolchain]'"

_COMMON = (
    *("-O2", "-gdwarf-4", "-ffreestanding", "-fno-math-errno", "-mcmodel=medany"),
    # Position independence comes from medany's pc-relative code, so that `la` stays two instructions as in a static program.
    *("-fno-pic", "-fno-pie", "-fno-stack-protector", "-fomit-frame-pointer"),
    *("-fno-unwind-tables", "-fno-asynchronous-unwind-tables"),
)


@dataclass(frozen=True)
class Compiler:
    """One toolchain: how to compile, how to link, and a version that changes whenever its output may."""

    kind: Literal["zig", "clang", "gcc"]
    cc: tuple[str, ...]
    ld: tuple[str, ...]
    version: str

    def compile_flags(self, isa: str, *, assembly: bool) -> list[str]:
        """Flags in front of the user's own for one source file."""
        if self.kind == "zig":
            return ["-target", "riscv64-freestanding-none", *zig_flags(isa, assembly=assembly), *_COMMON, "-fno-sanitize=all"]
        target = ["--target=riscv64-unknown-elf"] if self.kind == "clang" else []
        return [*target, *march_flags(isa), *_COMMON]


@dataclass(frozen=True)
class Completed:
    """Exit status and standard error of a tool that ended by itself."""

    status: int
    stderr: str


def run_tool(command: Sequence[str], *, cwd: Path, timeout: float | None = None) -> Completed:
    """Run a tool in `cwd` with no standard input; whatever happens, nothing of it is left running."""
    timeout = TIMEOUT if timeout is None else timeout
    env = {key: value for key, value in os.environ.items() if not key.startswith("ZIG_")}
    for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
        # zig hangs on a cache folder it cannot create, and litters the current one when the variable is empty.
        folder = cwd / name.lower()
        folder.mkdir(exist_ok=True)
        env[name] = str(folder)
    env["LC_ALL"] = "C"  # diagnostics are parsed
    try:
        process = subprocess.Popen(
            list(command), cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise ToolchainError(f"{command[0]}: cannot be run ({error.strerror}); {INSTALL_HINT}") from None
    try:
        _, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise ToolchainError(f"{command[0]}: no answer within {timeout:g} s; stopped it. Try another compiler through RVSIM_CC") from None
    finally:
        if process.returncode is None:
            _kill_group(process)
    return Completed(process.returncode, stderr.decode("utf-8", "replace"))


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.communicate()


def find_compiler() -> Compiler:
    """The compiler to use, looked up once for each setting of RVSIM_CC and PATH; ToolchainError when there is none."""
    return _find(os.environ.get("RVSIM_CC", "").strip(), os.environ.get("PATH", ""))


@functools.lru_cache(maxsize=8)
def _find(chosen: str, path: str) -> Compiler:
    if chosen:
        return _from_command(chosen)
    for candidate in (_ziglang, _clang, _gcc):
        compiler = candidate(path)
        if compiler is not None:
            return compiler
    raise ToolchainError(f"no compiler for riscv64 found (ziglang, clang with lld, riscv64-*-gcc); {INSTALL_HINT}")


def _ziglang(path: str) -> Compiler | None:
    del path
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    # The folder's name says what importlib.metadata would take 20 ms of imports to say.
    version = next((p.name.split("-")[1].removesuffix(".dist") for p in package.parent.glob("ziglang-*.dist-info")), "unknown")
    binary = package / "zig"
    # The wheel's `python -m ziglang` only starts this file; calling it directly saves an interpreter start.
    zig = (str(binary),) if binary.is_file() else (sys.executable, "-m", "ziglang")
    return Compiler("zig", (*zig, "cc"), (*zig, "ld.lld"), f"ziglang {version}")


def _clang(path: str) -> Compiler | None:
    for name in ("clang", *(f"clang-{number}" for number in range(24, 15, -1))):
        found = shutil.which(name, path=path)
        if found is None or "riscv64" not in _output([found, "--print-targets"]):
            continue
        linker = shutil.which(_output([found, "-print-prog-name=ld.lld"]), path=path) or shutil.which("ld.lld", path=path)
        if linker is not None:
            return Compiler("clang", (found,), (linker,), _first_line([found, "--version"]))
    return None


def _gcc(path: str) -> Compiler | None:
    for name in ("riscv64-unknown-elf-gcc", "riscv64-linux-gnu-gcc"):
        found = shutil.which(name, path=path)
        if found is not None:
            linker = shutil.which(_output([found, "-print-prog-name=ld"]), path=path)
            if linker is not None:
                return Compiler("gcc", (found,), (linker,), _first_line([found, "--version"]))
    return None


def _from_command(chosen: str) -> Compiler:
    """A compiler the user named: `clang-19`, `/opt/rv/bin/riscv64-unknown-elf-gcc`, `zig` or `zig cc`."""
    try:
        words = shlex.split(chosen)
    except ValueError as error:
        raise ToolchainError(f"RVSIM_CC={chosen!r} is no command ({error})") from None
    found = shutil.which(words[0]) if words else None
    if found is None:
        raise ToolchainError(f"RVSIM_CC={chosen!r}: no such command; unset RVSIM_CC or name an installed compiler")
    words[0] = found
    if words[-1] == "cc" or Path(found).name == "zig" or "ziglang" in words:
        base = words[:-1] if words[-1] == "cc" else words
        return Compiler("zig", (*base, "cc"), (*base, "ld.lld"), "zig " + _output([*base, "version"]))
    version = _first_line([*words, "--version"])
    linker_name = "ld.lld" if "clang" in version else "ld"
    linker = shutil.which(_output([*words, f"-print-prog-name={linker_name}"]))
    if not version or linker is None:
        raise ToolchainError(f"RVSIM_CC={chosen!r}: not a clang with lld, nor a gcc with its linker")
    return Compiler("clang" if linker_name == "ld.lld" else "gcc", tuple(words), (linker,), version)


def _output(command: Sequence[str]) -> str:
    """What a tool prints, or nothing when it fails."""
    try:
        done = subprocess.run(list(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def _first_line(command: Sequence[str]) -> str:
    return _output(command).partition("\n")[0]
