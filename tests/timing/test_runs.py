"""Runs of cache lines: what many lines do at once is what they do one by one, whatever the caches and whatever the order."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from rvsim.timing import TimingModel
from rvsim.timing.walker import contents, walk

CYCLE = 7680  # stamps


def hierarchy(r: random.Random) -> dict[str, object]:
    """Fields of a machine: one or more levels of any shape."""
    line = r.choice([32, 64, 64, 64, 128])
    ways, sets = r.choice([1, 2, 4, 4, 8, 12]), r.choice([4, 8, 16, 32, 64, 128])
    sets_of = {
        "l1d.size": line * ways * sets, "l1d.ways": ways, "l1d.line": line, "l1d.misses": r.choice([0, 1, 4, 16]),
        "l1d.prefetch": r.choice([0, 1, 2, 4, 4, 8, 16, 24]), "l1d.whole_line_stores": str(r.random() < 0.5).lower(),
        "l2.size": 0, "l3.size": 0, "dram.latency": r.choice([20, 160]), "dram.bytes_per_cycle": r.choice([4.53, 8, 32]),
    }  # fmt: skip
    for level in ("l2", "l3")[: r.choice([0, 1, 1, 1, 1, 2])]:
        wide = r.choice([line, line, line, line, 2 * line])
        ways, sets = r.choice([1, 2, 8, 16]), r.choice([8, 64, 128, 512])
        sets_of |= {
            f"{level}.size": wide * ways * sets, f"{level}.ways": ways, f"{level}.line": wide, f"{level}.latency": r.choice([5, 16, 60]),
            f"{level}.bytes_per_cycle": r.choice([9.3, 16, 64]), f"{level}.misses": r.choice([0, 2, 16]),
            f"{level}.write_bytes_per_cycle": r.choice([0, 0, 8]),
        }  # fmt: skip
    return sets_of


def accesses(r: random.Random, count: int) -> list[tuple[str, int, int, int, int]]:
    """Streams, rows of matrices, and anything, as a kernel would mix them; time goes on."""
    bases = [r.randrange(1 << 20) for _ in range(4)] + [(1 << 36) - r.randrange(1, 1 << 14)]
    at = [[r.choice(bases), r.choice([0, 64, 256, 512, 1024, 1000, 4096]), r.choice([64, 200, 256, 512, 1024, 4096])] for _ in range(5)]
    mix = r.choice([("load",), ("load", "load", "store"), ("load", "claim"), ("load", "store", "claim", "around", "drop")])
    when, found = 0, []
    for _ in range(count):
        walker = r.choice(at)
        address, step, nbytes = walker
        walker[0] += step or nbytes
        if r.random() < 0.05:
            walker[0] = r.choice(bases)
        if r.random() < 0.1:
            nbytes = r.choice([4, 64, 128, nbytes // 2 or 1, 3 * nbytes])
        when += r.choice([0, 1, 4, 20, 20, 300]) * CYCLE // r.choice([1, 1, 3, 7]) // 32 * 32
        stamp = when | r.randrange(13)
        found.append((r.choice(mix), address, nbytes, stamp, stamp + r.choice([0, 10, 1000]) * CYCLE))
    return found


def compare(model_of: Callable[..., TimingModel], seed: int) -> int:
    """Walks the same accesses both ways; returns how many lines were touched."""
    r = random.Random(seed)
    fields: dict[str, Any] = hierarchy(r)
    models = [model_of("generic", **fields) for _ in range(2)]
    lines = 0
    for _ in range(4):
        todo = accesses(r, 60)
        answers = [walk(model, todo, line_by_line=slow).tolist() for model, slow in zip(models, (False, True), strict=True)]
        for k, (run, single, access) in enumerate(zip(*answers, todo, strict=True)):
            same = run == single if run[0] else single[0] <= access[4]
            assert same, f"seed {seed}, access {k}, {access}: {run}, line by line {single}"
        assert contents(models[0]) == contents(models[1]), f"seed {seed}, {fields}"
        lines += sum(access[2] >> 6 for access in todo)
    return lines


def test_runs_do_what_their_lines_do(model_of: Callable[..., TimingModel]) -> None:
    assert sum(compare(model_of, seed) for seed in range(150)) > 100_000


@pytest.mark.slow
def test_many_runs(model_of: Callable[..., TimingModel]) -> None:
    assert sum(compare(model_of, seed) for seed in range(1000, 6000)) > 1_000_000
