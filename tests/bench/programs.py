"""The frozen benchmark programs, built for bare metal and for Linux user mode."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "workloads"
FLAGS = [
    "-target", "riscv64-freestanding-none", "-mcpu=generic_rv64+m+a+f+d+c+v", "-mcmodel=medany", "-O2", "-fno-sanitize=all",
    "-fomit-frame-pointer", "-fno-vectorize", "-fno-slp-vectorize", "-fno-builtin", "-ffreestanding", "-nostdlib", "-static",
]  # fmt: skip
NAMES = ("scalar", "sgemm", "igemm", "conv2d", "stream")
# work of one repetition, and its unit
WORK = {
    "scalar": (1, "repetitions"), "sgemm": (256**3, "MAC"), "igemm": (256**3, "MAC"), "conv2d": (4 * 4 * 9 * 128 * 128, "MAC"),
    "stream": (65536, "MAC"),
}  # fmt: skip


def build(name: str, repetitions: int, out: Path, *extra: str, linux: bool = False) -> Path:
    """The ELF of one program; `extra` are more compiler flags such as -DN=64."""
    target = out / f"{name}.{repetitions}.{'linux' if linux else 'bare'}{''.join(extra)}.elf"
    if not target.exists():
        sources = [HERE / "rt.c", HERE / f"{name}.c", *HERE.glob(f"{name}_k.S")]
        runtime = ["-DLINUX"] if linux else [f"-Wl,-T,{HERE / 'bare.ld'}"]
        flags = [*FLAGS, *runtime, f"-DREPS={repetitions}", *extra, f"-I{HERE}"]
        command = [sys.executable, "-m", "ziglang", "cc", *flags, *map(str, sources), "-o", str(target)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return target
