"""`python -m tests.howto.steps`: measures the steps of docs/howto/write-a-kernel.md and writes their figures into the page.

Between `<!-- step N -->` and `<!-- end -->` the page shows what the simulator says of step N; everything else is written by hand.
"""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

import rvsim

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "write-a-kernel.md"
FOLDER = PAGE.parent / "steps"
MACHINE, SIZE = "spacemit-x60", 192
#: Step -> the variant that `rvsim run` takes: a file of `steps/`, or one of the library.
VARIANTS = {1: "1_scalar.S", 2: "2_vector.S", 3: "3_lmul.S", 4: "4_tile.S", 5: "4x4", 6: "7x4", 7: "7x4_packed"}
BLOCK = re.compile(r"(<!-- step (\d) -->\n).*?(<!-- end -->)", re.DOTALL)


def words(step: int) -> str:
    """The command line of a step."""
    variant = VARIANTS[step]
    name = f"docs/howto/steps/{variant}:sgemm" if variant.endswith(".S") else variant
    return f"rvsim run matmul variant={name} m={SIZE} n={SIZE} k={SIZE} --machine {MACHINE}"


@functools.cache
def measure(step: int) -> rvsim.Result:
    """One step, run cold and checked."""
    variant = VARIANTS[step]
    name = f"{FOLDER / variant}:sgemm" if variant.endswith(".S") else variant
    result = rvsim.Machine(MACHINE).run("matmul", variant=name, m=SIZE, n=SIZE, k=SIZE)
    assert result.correct, f"step {step}: {result.check}"
    return result


def figures(step: int) -> str:
    """What the page shows of a step: the command, cycles, share of the peak, gain over the step before, the largest causes."""
    result = measure(step)
    assert result.cycles and result.stalls and result.utilization
    causes = sorted(result.stalls.items(), key=lambda item: -item[1])[:5]
    shown = "  ".join(f"{cause} {cycles / result.cycles:.0%}" for cause, cycles in causes if cycles * 100 >= result.cycles)
    before = measure(step - 1).cycles if step > 1 else None
    gain = f", {before / result.cycles:.2f} times as fast as step {step - 1}" if before else ""
    lines = [
        f"$ {words(step)}",
        f"cycles        {result.cycles:,}{gain}",
        f"of the peak   {result.utilization:.1%}",
        f"instructions  {result.instructions:,}",
        f"causes        {shown}",
    ]
    return "```\n" + "\n".join(lines) + "\n```\n"


def renewed(text: str) -> str:
    """The page with figures of now."""
    return BLOCK.sub(lambda match: match[1] + figures(int(match[2])) + match[3], text)


def main() -> int:
    """Write the page anew."""
    PAGE.write_text(renewed(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
