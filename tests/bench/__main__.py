"""`python -m tests.bench [--json] [--rounds N] [NAME ...]`: rvsim against its peers on the same programs, as ratios of CPU time.

See README.md beside this file for what is measured and how.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.programs import NAMES, WORK, build

# repetitions for the slope, chosen so that the longer run takes a fraction of a second in rvsim and seconds in the peers
REPETITIONS = {"scalar": (4, 44), "sgemm": (1, 9), "igemm": (1, 9), "conv2d": (2, 42), "stream": (20, 420)}
PEER_REPETITIONS = {"scalar": (2, 12), "sgemm": (1, 3), "igemm": (1, 3), "conv2d": (1, 9), "stream": (5, 55)}
VLENS = {"scalar": (512,), "sgemm": (128, 512, 4096), "igemm": (512,), "conv2d": (512,), "stream": (512,)}

_RUN = """
import sys, rvsim
elf, machine, vlen, *more = sys.argv[1:]
sets = dict(word.split("=") for word in more if "=" in word)
sys.exit(rvsim.run_elf(elf, machine, vlen=int(vlen), set=sets, functional="functional" in more).exit_code)
"""


def cpu_seconds(command: list[str]) -> float:
    """CPU time (user and system) of a command, which must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(machine: str, vlen: int, *more: str) -> Callable[[Path], list[str]]:
    """Command of a run in rvsim."""
    lanes = ["lanes=2"] if vlen == 128 else []
    return lambda elf: [sys.executable, "-c", _RUN, str(elf), machine, str(vlen), *lanes, *more]


def subjects(vlen: int, spike: str | None, qemu: str | None) -> dict[str, tuple[Callable[[Path], list[str]], bool, bool]]:
    """Name -> (command of an ELF, runs Linux programs, is a peer)."""
    found: dict[str, tuple[Callable[[Path], list[str]], bool, bool]] = {
        "functional": (ours("generic", vlen, "functional"), False, False),
        "timed generic": (ours("generic", vlen), False, False),
        "timed ara-4l": (ours("ara-4l", vlen), False, False),
    }
    if spike:
        found["spike"] = (lambda elf: [spike, f"--isa=rv64gcv_zvl{vlen}b_zicntr", str(elf)], False, True)
    if qemu and vlen <= 1024:
        found["qemu"] = (lambda elf: [qemu, "-cpu", f"rv64,v=true,vlen={vlen},elen=64,vext_spec=v1.0", str(elf)], True, True)
    return found


def measure(name: str, vlen: int, rounds: int, out: Path, spike: str | None, qemu: str | None) -> dict[str, float]:
    """CPU seconds a repetition for each simulator: slope between two repetition counts, best of the rounds."""
    best: dict[str, dict[int, float]] = {}
    for _ in range(rounds):
        for who, (command, linux, peer) in subjects(vlen, spike, qemu).items():
            for count in PEER_REPETITIONS[name] if peer else REPETITIONS[name]:
                seconds = cpu_seconds(command(build(name, count, out, linux=linux)))
                times = best.setdefault(who, {})
                times[count] = min(times.get(count, seconds), seconds)
    slopes = {}
    for who, times in best.items():
        (low, short), (high, long) = sorted(times.items())
        slopes[who] = (long - short) / (high - low)
    return slopes


def numpy_sgemm() -> float:
    """CPU seconds of one 256 x 256 x 256 f32 matmul in numpy on one thread."""
    code = (
        "import numpy, time; r = numpy.random.default_rng(0); a, b = r.random((2, 256, 256), 'f4'); a @ b\n"
        "best = 9\nfor _ in range(9):\n t = time.process_time()\n for _ in range(40): a @ b\n"
        " best = min(best, (time.process_time() - t) / 40)\nprint(best)"
    )
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return float(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True, text=True).stdout)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES, help=f"programs: {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    beside = Path(sys.executable).parent / "spike"
    spike = str(beside) if beside.exists() and shutil.which("dtc") else shutil.which("spike") if shutil.which("dtc") else None
    qemu = shutil.which("qemu-riscv64")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.names:
            for vlen in VLENS[name]:
                slopes = measure(name, vlen, arguments.rounds, Path(folder), spike, qemu)
                row: dict[str, object] = {"name": name, "vlen": vlen, "seconds_per_repetition": slopes}
                row["ratios"] = {
                    f"{who} / {peer}": slopes[peer] / slopes[who]
                    for peer in ("spike", "qemu") if peer in slopes
                    for who in slopes if who not in ("spike", "qemu")
                }  # fmt: skip
                if name == "sgemm":
                    row["numpy_seconds"] = numpy_sgemm()
                rows.append(row)
                if not arguments.json:
                    show(row)
    left_out = [peer for peer, path in (("spike", spike), ("qemu", qemu)) if path is None]
    if arguments.json:
        host = {"machine": platform.machine(), "python": platform.python_version(), "cpus": os.cpu_count()}
        print(json.dumps({"schema": 1, "host": host, "left_out": left_out, "rows": rows}, indent=2))
    elif left_out:
        print(f"not installed, so left out: {', '.join(left_out)} (spike also needs Debian's device-tree-compiler)")
    return 0


def show(row: dict[str, object]) -> None:
    """One program's figures as text."""
    seconds: dict[str, float] = row["seconds_per_repetition"]  # type: ignore[assignment]
    ratios: dict[str, float] = row["ratios"]  # type: ignore[assignment]
    work, unit = WORK[str(row["name"])]
    print(f"{row['name']}, VLEN {row['vlen']}")
    for who, value in seconds.items():
        rate = f"{work / value / 1e6:10.0f} M {unit}/s" if unit == "MAC" else ""
        against = "   ".join(f"{ratios[f'{who} / {peer}']:7.2f} x {peer}" for peer in ("spike", "qemu") if f"{who} / {peer}" in ratios)
        print(f"  {who:14s} {value * 1e3:10.3f} ms a repetition {rate:22s} {against}")
    if "numpy_seconds" in row:
        print(f"  {'numpy':14s} {float(str(row['numpy_seconds'])) * 1e3:10.3f} ms a matmul")


if __name__ == "__main__":
    sys.exit(main())
