"""Draws the figures of README and documentation into docs/img. `make docs` runs it; the figures follow the simulator."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

IMG = Path(__file__).parent / "img"
SIZES = ("m=64", "n=64", "k=64")
FIGURES: dict[str, tuple[str, ...]] = {
    "timeline.svg": ("timeline", "matmul", "variant=naive", *SIZES, "--machine", "spacemit-x60"),
    "stalls.svg": (
        "stalls", "matmul", "variant=naive", *SIZES, "matmul", "variant=7x4", *SIZES, "--machine", "spacemit-x60", "--machine", "ara-4l",
        "--machine", "saturn-v256d128",
    ),
    "roofline.svg": ("roofline", "matmul", *SIZES, "softmax", "axpy", "--machine", "spacemit-x60"),
    "scaling.svg": ("scaling", "matmul", *SIZES, "--x", "vlen=256..4096", "--y", "lanes=2,4,8", "--figure", "cycles"),
}  # fmt: skip


def main() -> None:
    IMG.mkdir(exist_ok=True)
    for name, words in FIGURES.items():
        subprocess.run([sys.executable, "-m", "rvsim", "plot", *words, "-o", str(IMG / name), "--quiet"], check=True)


if __name__ == "__main__":
    main()
