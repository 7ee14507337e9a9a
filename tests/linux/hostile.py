"""Damaged program files and nonsensical system calls, made from a seed: `python -m tests.linux.hostile --seconds 600`.

A round is either a Linux program with some of its bytes changed, loaded and run for a while, or a process that makes random
system calls with a folder granted. Whatever happens must be a result or an error of ours, within time, memory and the grant.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

import rvsim
from rvsim.linux import Ended
from rvsim.linux.numbers import CALLS, NUMBERS
from rvsim.linux.process import _HANDLERS

from .conftest import DATA, TEXT, Caller, new_caller

EDGES = (0, 1, 2, 3, 7, 8, 4095, 4096, TEXT, DATA, DATA + 64, DATA + 0xFFF0, 1 << 16, 1 << 31, 1 << 32, (1 << 36) - 4096, 1 << 36,
         1 << 62, 1 << 63, (1 << 64) - 100, (1 << 64) - 1)  # fmt: skip
LIKELY = sorted(_HANDLERS)  # what is simulated
PATHS = ("a", "sub/b", "up", "up/secret", "../secret", "sub/../../secret", "away", "new", "sub/new", "fifo", ".", "..", "/", "/etc/passwd",
         "/proc/self/mem", "/dev/urandom", "loop", "a/", "", "x" * 300)  # fmt: skip


_LAST = [NUMBERS[name] for name in ("exit", "exit_group", "chdir", "kill", "tkill", "tgkill", "rt_sigreturn")]  # often the end of it


def damaged(image: bytes, choose: random.Random) -> bytes:
    """A program file with a few changes, most of them where they hurt: the header and its tables."""
    out = bytearray(image)
    for _ in range(choose.choice((1, 1, 2, 3, 8))):
        kind = choose.random()
        limit = 64 if kind < 0.3 else 64 + 56 * 12 if kind < 0.6 else len(out)
        if not out:
            break
        at = choose.randrange(min(limit, len(out)))
        if choose.random() < 0.5:
            out[at] = choose.randrange(256)
        else:
            width = choose.choice((2, 4, 8))
            value = choose.choice((*EDGES, choose.getrandbits(64), len(out), len(out) - 1)) & ((1 << 8 * width) - 1)
            at -= at % width
            out[at : at + width] = value.to_bytes(width, "little")
    if choose.random() < 0.1:
        del out[choose.randrange(len(out)) :]
    return bytes(out)


def run_damaged(image: bytes, folder: Path, choose: random.Random) -> str:
    """Load and run one damaged program; how it ended."""
    path = folder / "damaged.elf"
    path.write_bytes(damaged(image, choose))
    try:
        done = rvsim.run_elf(
            path, mode=choose.choice((None, "user", "bare")), functional=choose.random() < 0.7, max_instructions=20000, memory="64MiB",
            dirs=[f"{folder}/open:rw"],
        )  # fmt: skip
    except rvsim.RvsimError as error:
        assert "\n" not in str(error)
        return type(error).__name__
    return done.stopped


def make_tree(folder: Path) -> None:
    """open/ will be granted; secret and other/ must stay as they are."""
    for name in ("open/sub", "other"):
        (folder / name).mkdir(parents=True)
    for name in ("open/a", "open/sub/b", "other/c", "secret"):
        (folder / name).write_text(name)
    for name, target in (("up", ".."), ("away", "../other"), ("loop", "loop"), ("sub/root", "/")):
        (folder / "open" / name).symlink_to(target)
    os.mkfifo(folder / "open/fifo")


def outside(folder: Path) -> list[tuple[str, object]]:
    """What must not change."""
    kept = [folder / "secret", *sorted((folder / "other").rglob("*"))]
    names = sorted(p.name for p in folder.iterdir() if p.name not in ("open", "damaged.elf"))
    return [("names", names), *((str(p), p.read_text() if p.is_file() else None) for p in kept)]


def nonsense(guest: Caller, folder: Path, choose: random.Random, calls: int) -> int:
    """Random system calls of one process; how many it made before it ended."""
    texts = [guest.put(name if name.startswith("/") or not name else f"{folder}/open/{name}") for name in PATHS]
    texts += [guest.put(struct.pack("<4Q", DATA, 64, DATA + 128, choose.choice(EDGES))), guest.put(struct.pack("<qq", 1, 5))]
    results = [0, 3, 4, 5]
    for made in range(calls):
        number = choose.choice(LIKELY) if choose.random() < 0.9 else choose.choice((*CALLS, choose.getrandbits(64)))
        if number in _LAST and choose.random() < 0.95:
            continue
        guest.machine.hart.set_x(2, choose.choice((guest.machine.hart.get_x(2), choose.choice(EDGES))))
        arguments = [
            choose.choice((choose.choice(EDGES), choose.choice(texts), choose.choice(results), choose.randrange(4096), (1 << 64) - 100))
            for _ in range(6)
        ]
        if number == NUMBERS["openat"]:
            arguments[:2] = [(1 << 64) - 100, choose.choice(texts)]
        try:
            results.append(guest.call(number, *arguments) & ((1 << 64) - 1))
        except Ended:
            return made
        results = results[-12:]
    return calls


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("programs", nargs="*", type=Path, help="Linux programs to damage")
    given = parser.parse_args()
    if "ASAN_OPTIONS" not in os.environ:  # whose shadow takes more addresses than that
        resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))
    choose, end, ended, calls, slowest = random.Random(given.seed), time.monotonic() + given.seconds, {}, 0, 0.0
    images = [path.read_bytes() for path in given.programs]
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory() as name:
            folder, began = Path(name), time.process_time()
            make_tree(folder)
            before = outside(folder)
            if images and choose.random() < 0.7:
                how = run_damaged(choose.choice(images), folder, choose)
                ended[how] = ended.get(how, 0) + 1
            else:
                guest = new_caller([f"{folder}/open:rw"], stdin=b"some input", memory="64MiB")
                calls += nonsense(guest, folder, choose, 300)
                guest.process.close()
            assert outside(folder) == before
            slowest = max(slowest, time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"damaged programs: {ended}; system calls: {calls}; slowest round {slowest:.1f} s of CPU; peak memory {peak} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
