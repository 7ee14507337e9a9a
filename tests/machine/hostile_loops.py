"""The run loops as the fuzzer uses them, and what a hart looks like from outside once a run is over.

Every loop gets a hart that stands at the beginning of a `Case` and a number of instructions; whatever the program does, it has to come
back within them. Two loops of one kind (with a clock, or without) must leave the same state behind.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

from rvsim.engine import ByteMap, CommitLog, Hart, Memory, Profiler, TimingModel, forget_timing, load_machine, run, run_checked, run_watched
from rvsim.engine import timing_rows as rows
from rvsim.errors import UsageError

from .hostile_programs import CLOCKS, EXECUTE, MASK, PAGE, READ, WRITE, Case

_READ_CSRS = (0x001, 0x002, 0x008, 0x009, 0x00A, 0xC20, 0xC21, 0xC22, 0x300, 0x301, 0x302, 0x303, 0x304, 0x305, 0x306, 0x30A, 0x320, 0x340,
              0x341, 0x342, 0x343, 0x344, 0x3A0, 0x3B0, 0x744, 0xB02)  # fmt: skip
_PROBE = 0x5000_0000  # where the little program lies that shows that a hart still works


class Interrupted(Exception):
    """Raised by callbacks of the fuzzer."""


class World:
    """A hart and its memory, used for one case after the other."""

    def __init__(self, case: Case) -> None:
        self.memory = Memory(1 << 22)
        self.hart = Hart(case.vlen, case.extensions, self.memory, **case.choices)
        self._mapped: list[tuple[int, int]] = []
        self._map(_PROBE, PAGE, READ | WRITE | EXECUTE)
        self._kept = self.memory.committed
        self.memory.write(_PROBE, bytes.fromhex("1305150073001000"))  # addi a0, a0, 1; ebreak

    def _map(self, address: int, size: int, permission: int) -> None:
        self.memory.map(address, size, permission)
        self._mapped.append((address, size))

    def load(self, case: Case) -> None:
        """Nothing of the case before is left."""
        hart, memory = self.hart, self.memory
        hart.reset()
        for address, size in self._mapped[1:]:
            hart.drop_code(address, size)
            memory.unmap(address, size)
        del self._mapped[1:]
        assert memory.committed == self._kept, "memory that was given back is still counted"
        for address, size, permission, data in case.pages:
            self._map(address, size, READ | WRITE)
            memory.write(address, data)
            memory.map(address, size, permission)
        for i, value in enumerate(case.x):
            hart.set_x(i, value)
        for i, value in enumerate(case.f):
            hart.set_f(i, value)
        registers = hart.v_bytes().reshape(-1)
        registers[:] = (list(case.v) * (len(registers) // len(case.v) + 1))[: len(registers)] if len(case.v) > 1 else case.v[0]
        for number, value in case.csrs:
            try:
                hart.set_csr(number, value)
            except UsageError:
                assert number in (0x003, 0x008, 0x00F, 0x30A)
        hart.set_htif(case.tohost, None)
        hart.pc = case.pc

    def state(self) -> dict[str, object]:
        """All that can be seen; it must be possible to look at every part, whatever happened."""
        hart = self.hart
        csrs = {}
        for number in _READ_CSRS:
            try:
                csrs[number] = hart.csr(number)
            except UsageError:
                csrs[number] = None
        memory = hashlib.blake2b(b"".join(self.memory.read(at, size) for at, size in self._mapped), digest_size=8).hexdigest()
        return {
            "stop": hart.stop, "pc": hart.pc, "privilege": hart.priv, "instructions": hart.instructions, "traps": hart.trap_count,
            "trap": hart.trap if hart.trap_count else None,
            "x": [hart.get_x(i) for i in range(32)], "f": [hart.get_f(i) for i in range(32)],
            "v": hashlib.blake2b(hart.v_bytes().tobytes(), digest_size=8).hexdigest(), "csrs": csrs, "memory": memory,
        }  # fmt: skip

    def works(self, model: TimingModel | None) -> None:
        """After `reset` the hart is as good as new."""
        hart = self.hart
        hart.reset()
        hart.set_return(_PROBE + 4)
        hart.pc = _PROBE
        hart.set_x(10, 41)
        assert run(hart, model, 10) == "return" and hart.get_x(10) == 42 and hart.instructions == 1, "the machine is broken"


def model_for(case: Case, cache: dict[tuple[str, int], TimingModel]) -> TimingModel:
    """A clock at zero. Machines narrower than their datapath do not exist, so small VLENs get fewer lanes."""
    key = case.preset, case.vlen
    if key not in cache:
        try:
            config = load_machine(case.preset, {"vlen": str(case.vlen)})
        except UsageError:
            config = load_machine("generic", {"vlen": str(case.vlen), "lanes": "1"})
        if len(cache) > 6:
            cache.clear()
        cache[key] = TimingModel(config, rows())
    cache[key].reset()
    return cache[key]


# ---- loops: (world, model or None, instructions, random) -------------------------------------------------------------


def whole(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    """The threaded loop (above 24,200 instructions), or the exact one."""
    run(world.hart, model, most)


def pieces(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    """Many short runs."""
    size = max(1, most // rng.choice((3, 20, 100)))
    while most > 0:
        if run(world.hart, model, min(size, most)) != "budget":
            return
        most -= size


def traced(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    log = CommitLog("/dev/null", world.hart)
    try:
        run(world.hart, model, most, log)
    finally:
        log.close()


def _left(world: World, most: int) -> int:
    return most - world.hart.instructions - world.hart.trap_count


def watched(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    """With ranges at random; runs on behind every hit."""
    places = [rng.choice(world._mapped)[0] + rng.randrange(-64, PAGE) & MASK for _ in range(rng.choice((0, 1, 3, 32)))]
    ranges = [(place, min(rng.choice((1, 8, 64)), MASK - place), rng.choice((1, 2, 3))) for place in places]
    run(world.hart, model, 0)
    while (left := _left(world, most)) > 0:
        stop, hit = run_watched(world.hart, model, left, ranges if rng.random() < 0.99 else [])
        if stop == "code":
            forget_timing(world.hart)
        elif stop not in (None, "budget") or hit is None:
            return


def checked(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    """With a map that forbids nothing."""
    while (left := _left(world, most)) > 0:
        if run_checked(world.hart, ByteMap(1 << 35, PAGE), left) != "code":
            return
        forget_timing(world.hart)


def interrupted(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    """A callback raises after every slice."""

    def callback(done: int) -> None:
        raise Interrupted

    while (left := _left(world, most)) > 0:
        try:
            if run(world.hart, model, left, None, None, callback) != "budget":
                return
        except Interrupted:
            continue


def profiled(world: World, model: TimingModel | None, most: int, rng: random.Random) -> None:
    assert model is not None
    window = rng.choice((None, (0, 1 << 62), (rng.randrange(1000), rng.randrange(5000))))
    trigger = rng.choice((None, None, (world.hart.pc, 0, 3)))
    profiler = Profiler(model, capacity=rng.choice((0, 1, 100, 100_000)), window=window, trigger=trigger)
    run(world.hart, model, most, None, profiler)
    model.drain()
    found = profiler.finish()
    samples = [sample[0] for sample in found["samples"]]
    assert samples == sorted(samples) and len(profiler.log()[0]) <= 100_000


Loop = Callable[[World, "TimingModel | None", int, random.Random], None]
FUNCTIONAL: tuple[Loop, ...] = (pieces, traced, watched, checked, interrupted)
TIMED: tuple[Loop, ...] = (pieces, traced, watched, interrupted, profiled)


def run_loop(world: World, case: Case, loop: Loop, model: TimingModel | None, rng: random.Random) -> dict[str, Any]:
    """Run the case through a loop; what can be seen afterwards. Raises AssertionError where a limit or a sum does not hold."""
    world.load(case)
    loop(world, model, case.budget, rng)
    state = world.state()
    executed = int(world.hart.instructions) + int(world.hart.trap_count)
    assert executed <= case.budget, f"{executed} instructions and traps, {case.budget} allowed"
    assert state["stop"] != "budget" or executed == case.budget, f"stopped after {executed} of {case.budget} for no reason"
    if model is not None:
        state["cycles"] = model.drain()
        assert sum(model.stalls.values()) == state["cycles"], "the causes do not sum to the cycles"
        totals = model.totals
        assert totals.instructions == world.hart.instructions - (state["stop"] == "return"), f"{totals.instructions} were timed"
    return state


def reads_clock(world: World, case: Case) -> bool:
    """Whether the program looks at a clock: then a timed run may differ from one without a clock."""
    world.load(case)
    for _ in range(case.budget):
        word, size = world.hart.word_at(world.hart.pc)
        if size == 4 and word & 0x7F == 0x73 and word >> 12 & 7 and word >> 20 in CLOCKS:
            return True
        if run(world.hart, None, 1) != "budget":
            return False
    return False
