"""The fuzzers under the compiler's sanitizers: `python -m tests.sanitize [--seconds 300] [-- COMMAND ...]`.

Copies the sources to build/sanitized, builds them there with RVSIM_SANITIZE=1 (minutes the first time, afterwards what changed), and
runs the fuzzers of the core, of system calls, and against the golden model, or a command of your own: `-- pytest -q tests/machine`.
A finding is a "runtime error:" or "ERROR: AddressSanitizer" in the output; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build/sanitized"
REPORT = PLACE / "asan-report"  # .PID is added
MOST = 20_000  # characters of a report
FOLDERS = ("rvsim", "kernels", "asm", "tests", "docs")
GENERATED = shutil.ignore_patterns("*.so", "*.c", "*.cpp", "__pycache__", "_built.py", "kernels", "asm")  # these two: links, made below


def copy_newer(source: str, target: str) -> str:
    """Times stay, so that only what changed is built again."""
    if not os.path.exists(target) or os.stat(source).st_mtime_ns != os.stat(target).st_mtime_ns:
        shutil.copy2(source, target)
    return target


def build() -> None:
    for name in FOLDERS:
        ignored = GENERATED if name == "rvsim" else shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, PLACE / name, ignore=ignored, copy_function=copy_newer, dirs_exist_ok=True, symlinks=True)
    for file in ("setup.py", "pyproject.toml", "README.md"):
        copy_newer(str(ROOT / file), str(PLACE / file))
    for name in ("kernels", "asm"):
        if not (PLACE / "rvsim" / name).exists():
            (PLACE / "rvsim" / name).symlink_to(f"../{name}")
    subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"], cwd=PLACE, env={**os.environ, "RVSIM_SANITIZE": "1"}, check=True
    )


def environment() -> dict[str, str]:
    """The sanitizers' libraries have to come before anything else; Python's own memory is not looked through for leaks."""
    compiler = os.environ.get("CC", "gcc").split()[-1]
    libraries = [
        subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    return {
        **os.environ, "PYTHONPATH": str(PLACE), "LD_PRELOAD": " ".join(libraries), "UBSAN_OPTIONS": "print_stacktrace=1",
        "ASAN_OPTIONS": f"detect_leaks=0:allocator_may_return_null=1:abort_on_error=1:log_path={REPORT}",
    }  # fmt: skip


def deep_stack() -> None:
    """Instrumented handlers of timed runs call each other where they would jump: a slice of a run is one deep recursion."""
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))


def run(command: list[str]) -> bool:
    """Whether a command ended well and without a finding; its output is passed on."""
    print("+", *command, flush=True)
    found = False
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=PLACE, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", preexec_fn=deep_stack,
    )  # fmt: skip
    assert process.stdout is not None
    for report in PLACE.glob(f"{REPORT.name}.*"):
        report.unlink()
    for line in process.stdout:
        print(line, end="", flush=True)
        found |= "runtime error:" in line or "ERROR: AddressSanitizer" in line
    status = process.wait()
    for report in PLACE.glob(f"{REPORT.name}.*"):  # a test runner that captures output takes a report with it when it is aborted
        print(report.read_text(errors="replace")[:MOST])
        found = True
    return status == 0 and not found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300, help="of each fuzzer")
    parser.add_argument("--seed", default="1")
    parser.add_argument("command", nargs="*", help="a Python module and its arguments, instead of the fuzzers")
    given = parser.parse_args()
    PLACE.mkdir(parents=True, exist_ok=True)
    build()
    length = ["--seconds", str(given.seconds), "--seed", given.seed]
    commands = [["tests.machine.hostile", *length], ["tests.linux.hostile", *length], ["tests.conformance.fuzz", "--vlen", "256", *length]]
    failed = sum(not run(command) for command in ([given.command] if given.command else commands))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
