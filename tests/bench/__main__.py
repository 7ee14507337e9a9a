"""`python -m tests.bench [--json] [--rounds N] [--page FILE] [NAME ...]`: rvsim against its peers on the same programs.

Figures are ratios of CPU time; README.md beside this file says what is measured and how.
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
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.bench.page import page
from tests.bench.programs import NAMES, WORK, build

# repetitions for the slope, by program and VLEN, chosen so that the longer run takes about half a second and more in rvsim, much longer
# than start-up, and seconds in the peers
REPETITIONS = {
    ("scalar", 512): (10, 110), ("sgemm", 128): (1, 97), ("sgemm", 512): (1, 97), ("sgemm", 4096): (10, 410),
    ("igemm", 512): (5, 155), ("conv2d", 512): (10, 510), ("stream", 512): (20, 2020),
}  # fmt: skip
PEER_REPETITIONS = {"scalar": (2, 12), "sgemm": (1, 3), "igemm": (1, 3), "conv2d": (1, 9), "stream": (5, 55)}

ONE_THREAD = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

_RUN = """
import sys, rvsim
elf, machine, vlen, *more = sys.argv[1:]
sets = dict(word.split("=") for word in more if "=" in word)
sys.exit(rvsim.run_elf(elf, machine, vlen=int(vlen), set=sets, functional="functional" in more).exit_code)
"""


def cpu_seconds(command: list[str]) -> float:
    """CPU time (user and system) of a command, which must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=ONE_THREAD, timeout=600, check=False)
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
        "timed spacemit-x60": (ours("spacemit-x60", vlen), False, False),
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
            for count in PEER_REPETITIONS[name] if peer else REPETITIONS[name, vlen]:
                seconds = cpu_seconds(command(build(name, count, out, linux=linux)))
                times = best.setdefault(who, {})
                times[count] = min(times.get(count, seconds), seconds)
    slopes = {}
    for who, times in best.items():
        (low, short), (high, long) = sorted(times.items())
        slopes[who] = (long - short) / (high - low)
    return slopes


def numpy_matmul(n: int) -> float:
    """CPU seconds of one n x n x n f32 matmul in numpy on one thread."""
    code = (
        f"import numpy, time; r = numpy.random.default_rng(0); a, b = r.random((2, {n}, {n}), 'f4'); a @ b\n"
        "best = 9\nfor _ in range(9):\n t = time.process_time()\n for _ in range(10): a @ b\n"
        " best = min(best, (time.process_time() - t) / 10)\nprint(best)"
    )
    return float(subprocess.run([sys.executable, "-c", code], env=ONE_THREAD, capture_output=True, check=True, text=True).stdout)


_REGISTRY = """
import sys, time
import rvsim
from rvsim import kernels

machine, best = rvsim.Machine(sys.argv[1], vlen=1024), 1e9
contract = kernels.get("matmul")
params = contract.validate({"m": 512, "n": 512, "k": 512})
variant, _ = contract.select("7x4", params, vlen=1024, isa=machine.extensions)
program, call = machine.load_variant(variant), contract.prepare(params, variant=variant, vlen=1024)
for _ in range(int(sys.argv[2])):
    arrays = call.fresh()
    arguments = [arrays[a] if isinstance(a, str) else a for a in call.args]
    begin = time.process_time()
    program.call(variant.symbol, *arguments, proto=call.prototype)
    best = min(best, time.process_time() - begin)
assert contract.check(call, arrays).correct
print(best)
"""


def registry_matmul(machine: str, rounds: int) -> float:
    """CPU seconds of one call of the registry's f32 matmul 7x4, 512 x 512 x 512, at VLEN 1024, with its arrays; best of some."""
    command = [sys.executable, "-c", _REGISTRY, machine, str(4 + 4 * rounds)]
    return float(subprocess.run(command, env=ONE_THREAD, capture_output=True, check=True, text=True).stdout)


def start_up() -> dict[str, float]:
    """CPU seconds of what a user waits for first, best of five."""

    def best(*words: str) -> float:
        return min(cpu_seconds([sys.executable, *words]) for _ in range(5))

    return {
        "import rvsim, beyond import numpy": best("-c", "import numpy, rvsim") - best("-c", "import numpy"),
        "rvsim --help": best("-m", "rvsim", "--help"),
        "rvsim run matmul m=64 n=64 k=64": best("-m", "rvsim", "run", "matmul", "m=64", "n=64", "k=64"),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES, help=f"programs: {', '.join(NAMES)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--page", type=Path, help="write the figures as a page of the documentation, too")
    arguments = parser.parse_args()
    beside = Path(sys.executable).parent / "spike"
    spike = str(beside) if beside.exists() and shutil.which("dtc") else shutil.which("spike") if shutil.which("dtc") else None
    qemu = shutil.which("qemu-riscv64")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.names:
            for vlen in (vlen for program, vlen in REPETITIONS if program == name):
                slopes = measure(name, vlen, arguments.rounds, Path(folder), spike, qemu)
                row: dict[str, object] = {"name": name, "vlen": vlen, "seconds_per_repetition": slopes}
                row["ratios"] = {
                    f"{who} / {peer}": slopes[peer] / slopes[who]
                    for peer in ("spike", "qemu") if peer in slopes
                    for who in slopes if who not in ("spike", "qemu")
                }  # fmt: skip
                if name == "sgemm":
                    row["numpy_seconds"] = numpy_matmul(256)
                rows.append(row)
                if not arguments.json:
                    show(row)
    left_out = [peer for peer, path in (("spike", spike), ("qemu", qemu)) if path is None]
    found: dict[str, Any] = {"schema": 2, "host": host(spike, qemu), "left_out": left_out, "rounds": arguments.rounds, "rows": rows}
    if set(arguments.names) >= set(NAMES):
        seconds = {machine: registry_matmul(machine, arguments.rounds) for machine in ("spacemit-x60", "ara-4l")}
        found["registry"] = {"seconds": seconds, "numpy_seconds": numpy_matmul(512)}
        found["start_up"] = start_up()
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        show_rest(found)
    if arguments.page:
        arguments.page.write_text(page(found))
    return 0


def host(spike: str | None, qemu: str | None) -> dict[str, Any]:
    """What the figures depend on."""

    def first_line(*command: str) -> str | None:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        return (done.stdout + done.stderr).strip().splitlines()[0] if done.stdout or done.stderr else None

    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {
        "machine": platform.machine(), "processor": model, "cpus": os.cpu_count(), "python": platform.python_version(),
        "rvsim": version("rvsim-ml"), "numpy": version("numpy"), "compiler": first_line("gcc", "--version"),
        "spike": version("spike") if spike else None, "qemu": first_line(qemu, "--version") if qemu else None,
    }  # fmt: skip


def version(distribution: str) -> str | None:
    """Of an installed distribution; None where it is not one."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def show_rest(found: dict[str, Any]) -> None:
    """What follows the programs as text."""
    if "registry" in found:
        base = found["registry"]["numpy_seconds"]
        print("registry matmul 7x4, f32, 512 x 512 x 512, VLEN 1024")
        for who, value in found["registry"]["seconds"].items():
            print(f"  {'timed ' + who:20s} {value * 1e3:10.3f} ms   {value / base:7.2f} x numpy's time")
        print(f"  {'numpy':20s} {base * 1e3:10.3f} ms\nstart-up, CPU seconds")
        for what, value in found["start_up"].items():
            print(f"  {what:36s} {value:6.3f}")
    if found["left_out"]:
        print(f"not installed, so left out: {', '.join(found['left_out'])} (spike also needs Debian's device-tree-compiler)")


def show(row: dict[str, object]) -> None:
    """One program's figures as text."""
    seconds: dict[str, float] = row["seconds_per_repetition"]  # type: ignore[assignment]
    ratios: dict[str, float] = row["ratios"]  # type: ignore[assignment]
    work, unit = WORK[str(row["name"])]
    print(f"{row['name']}, VLEN {row['vlen']}")
    for who, value in seconds.items():
        rate = f"{work / value / 1e6:10.0f} M {unit}/s" if unit == "MAC" else ""
        against = "   ".join(f"{ratios[f'{who} / {peer}']:7.2f} x {peer}" for peer in ("spike", "qemu") if f"{who} / {peer}" in ratios)
        print(f"  {who:20s} {value * 1e3:10.3f} ms a repetition {rate:22s} {against}")
    if "numpy_seconds" in row:
        print(f"  {'numpy':20s} {float(str(row['numpy_seconds'])) * 1e3:10.3f} ms a matmul")


if __name__ == "__main__":
    sys.exit(main())
