"""Command line of the fuzzer. Exit status 0 only when no difference was found.

python -m tests.conformance.fuzz --seconds 60 --vlen 256 --seed 1
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from rvsim.isa import EXTENSIONS

from .blocks import Block
from .cells import Coverage, known_rows
from .generate import SKIPPED, Generator
from .golden import SPIKE_NAMES, GoldenHart
from .lockstep import Difference, Lockstep
from .ours import OurHart
from .plants import PLANTS, plant
from .shrink import report, shrink


class Campaign:
    """One fuzzing run at one VLEN."""

    def __init__(self, vlen: int, seed: int, names: set[str] | None = None, strict: bool = False) -> None:
        extensions = frozenset(name for name in EXTENSIONS if SPIKE_NAMES.get(name, "") is not None)
        self.rows = [row for row in known_rows(SPIKE_NAMES) if row.name not in SKIPPED and (not names or row.name in names)]
        self.vlen, self.seed = vlen, seed
        golden = GoldenHart(sorted(extensions), vlen, strict)
        self.lockstep = Lockstep(golden, OurHart(extensions, vlen, strict))
        self.coverage = Coverage(self.rows, extensions, vlen)
        self.lockstep.coverage = self.coverage.count
        self.generator = Generator(random.Random(seed), self.rows, vlen // 8, extensions)
        self.kinds: Counter[str] = Counter()
        self.blocks = 0

    def one(self) -> tuple[Block, Difference] | None:
        """Run one block; what differs."""
        block = self.generator.block(self.blocks % 4 == 3, f"{self.seed}:{self.blocks}")
        self.blocks += 1
        difference = self.lockstep.run(block)
        if difference is None:
            return None
        block, difference = self.lockstep.locate(block, difference)
        self.kinds[difference.kind()] += 1
        return block, difference


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long to run (default 30)")
    parser.add_argument("--vlen", type=int, default=256, choices=(64, 128, 256, 512, 1024, 2048, 4096))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--strict", action="store_true", help="misaligned accesses trap on both sides")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="break one handler on purpose")
    parser.add_argument("--only", metavar="NAMES", help="draw from these mnemonics alone, separated by commas")
    parser.add_argument("--blocks", type=int, help="run so many blocks, about 45 instructions each, whatever the time")
    parser.add_argument("--stop", action="store_true", help="stop at the first difference")
    parser.add_argument("--max-reports", type=int, default=5, help="shrink and print so many kinds of failure (default 5)")
    parser.add_argument("--missing", action="store_true", help="print the coverage cells that were not reached")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    began = time.monotonic()
    if arguments.plant:
        plant(arguments.plant)
    campaign = Campaign(arguments.vlen, arguments.seed, set(arguments.only.split(",")) if arguments.only else None, arguments.strict)
    ready = time.monotonic()
    end = ready + arguments.seconds
    print(f"vlen {arguments.vlen}, seed {arguments.seed}; ready after {ready - began:.1f} s", flush=True)
    failures = 0
    while campaign.blocks < arguments.blocks if arguments.blocks else time.monotonic() < end:
        failure = campaign.one()
        if failure is None:
            continue
        failures += 1
        block, difference = failure
        if campaign.kinds[difference.kind()] == 1 and len(campaign.kinds) <= arguments.max_reports:
            print(report(*shrink(campaign.lockstep, block, difference), campaign.vlen), flush=True)
        if arguments.stop:
            break
    _summary(campaign, failures, time.monotonic() - ready, arguments.missing)
    return 1 if failures else 0


def _summary(campaign: Campaign, failures: int, seconds: float, missing: bool) -> None:
    summary = campaign.coverage.summary()
    compared = campaign.lockstep.compared
    if failures:
        print("kinds of difference:")
        for kind, count in campaign.kinds.most_common():
            print(f"  {count:6d}  {kind}")
    if missing:
        print("cells not reached:", *(":".join(map(str, cell)) for cell in campaign.coverage.missing()))
    for cell in campaign.coverage.unexpected():
        print("executed, though no cell of the table:", *cell)
    print(f"mnemonics: {len(campaign.rows) - len(summary.bare)} of {len(campaign.rows)} executed; never:", *(summary.bare or ("none",)))
    print(f"cells (mnemonic x SEW x LMUL x masked): {summary.executed} of {summary.total}; {compared / seconds:.0f} instructions/s")
    print(f"compared={compared} differences={failures} coverage={100 * summary.executed / max(summary.total, 1):.2f}%", flush=True)


if __name__ == "__main__":
    sys.exit(main())
