"""What a simulation costs beside its speed: start-up, memory, time by instructions, threads."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time

import pytest

import rvsim

SPIN = """
    .globl spin
spin:                           # void spin(long n): 4 n instructions
1:  addi a0, a0, -1
    xor t0, t0, a0
    add t1, t1, t0
    bnez a0, 1b
    ret
"""

# Runs in a process of its own: peak memory before and after, in KiB, of `spin` for as many instructions as the first argument says.
GROWTH = f"""
import resource, sys, rvsim
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
program = rvsim.Machine("generic", functional=sys.argv[2] == "functional").load('''{SPIN}''')
program.call("spin", 1_000_000)
before = peak()
program.call("spin", int(sys.argv[1]) // 4)
print(before, peak())
"""

# Axpy over two arrays of 32 MiB in simulated memory; prints the peak of the whole process in KiB.
BIG = """
import re, numpy, rvsim
machine = rvsim.Machine("generic")
x, y = machine.array((8 << 20,), numpy.float32), machine.array((8 << 20,), numpy.float32)
program = machine.load('''
    .globl axpy
axpy:
1:  vsetvli t0, a2, e32, m8, ta, ma
    vle32.v v0, (a1)
    vle32.v v8, (a0)
    vfmacc.vf v8, fa0, v0
    vse32.v v8, (a0)
    slli t1, t0, 2
    add a0, a0, t1
    add a1, a1, t1
    sub a2, a2, t0
    bnez a2, 1b
    ret
''')
program.call("axpy", y, x, 2.0, 8 << 20, proto="void axpy(float *y, const float *x, float a, long n)")
# of this program: a process inherits ru_maxrss from the one that started it
print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])
"""

SIMULATE = f"""
import sys, time, threading, rvsim
programs = [rvsim.Machine("generic").load('''{SPIN}''') for _ in range(int(sys.argv[1]))]
for program in programs: program.call("spin", 100_000)
sys.stdin.readline()
threads = [threading.Thread(target=program.call, args=("spin", 40_000_000)) for program in programs]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("done")
"""


def python(code: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=600, check=True)
    return done.stdout


def cpu_seconds(command: list[str]) -> float:
    """CPU time of a command on threads that do not wait busily for work."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=env, timeout=120, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def best(*words: str) -> float:
    return min(cpu_seconds([sys.executable, *words]) for _ in range(5))


def test_start_up() -> None:
    assert best("-c", "import numpy, rvsim") - best("-c", "import numpy") <= 0.05
    assert best("-m", "rvsim", "--help") <= 0.25
    assert best("-m", "rvsim", "run", "matmul", "m=64", "n=64", "k=64") <= 0.5


def test_memory_beyond_the_arrays() -> None:
    assert int(python(BIG)) / 1024 - 64 <= 60


@pytest.mark.parametrize("mode", ["functional", "timed"])
def test_memory_does_not_grow_with_instructions(mode: str) -> None:
    before, after = map(int, python(GROWTH, "100_000_000", mode).split())
    assert after - before < 1024


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["functional", "timed"])
def test_memory_does_not_grow_over_a_billion_instructions(mode: str) -> None:
    before, after = map(int, python(GROWTH, "1_000_000_000", mode).split())
    assert after - before < 1024


@pytest.mark.parametrize("functional", [True, False])
def test_time_is_linear_in_instructions(functional: bool) -> None:
    """Three decades; the shortest run takes milliseconds, and its fixed cost is in what a call without work takes."""
    program = rvsim.Machine("generic", functional=functional).load(SPIN)

    def nanoseconds(instructions: int, rounds: int) -> float:
        times = []
        for _ in range(rounds):
            start = time.process_time()
            program.call("spin", instructions // 4)
            times.append(time.process_time() - start)
        return (min(times) - empty) / instructions * 1e9

    empty = 0.0
    empty = nanoseconds(4, 20) * 4 / 1e9
    rates = [nanoseconds(10**6, 20), nanoseconds(10**7, 5), nanoseconds(10**8, 2)]
    assert max(rates) < 1.5 * min(rates), rates


def test_looking_for_what_repeats_costs_little_where_nothing_does() -> None:
    """B is far larger than the caches and comes at the rate of main memory, at ever new times: laps are recorded for a while, in vain."""
    times = {}
    for replays in (True, False):
        machine = rvsim.Machine("xuantie-c908")
        assert machine.model is not None
        machine.model.replays = replays
        times[replays] = []
        for _ in range(4):
            began = time.thread_time()
            machine.run("matmul", m=56, n=768, k=768)
            times[replays].append(time.thread_time() - began)
    assert sum(times[True]) <= 1.4 * sum(times[False])


def test_what_pays_is_replayed_call_after_call() -> None:
    """A thousand laps take turns, more than there is room for: each is worth being recorded again."""
    machine = rvsim.Machine("spacemit-x60", vlen=1024)
    assert machine.model is not None
    for _ in range(8):
        result = machine.run("matmul", variant="7x4", m=512, n=512, k=512)
        assert machine.model.replayed > 0.9 * result.instructions


def test_python_goes_on_during_a_run() -> None:
    """A thread of Python counts at a good part of its own rate while a simulation runs: the interpreter's lock is free."""
    program = rvsim.Machine("generic").load(SPIN)
    counts = [0]
    stop = threading.Event()

    def count() -> None:
        while not stop.is_set():
            counts[0] += 1

    def rate(work: float | None) -> float:
        start, first = time.perf_counter(), counts[0]
        if work is None:
            program.call("spin", 50_000_000)
        else:
            time.sleep(work)
        return (counts[0] - first) / (time.perf_counter() - start)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        alone = rate(0.3)
        beside = rate(None)
    finally:
        stop.set()
        thread.join()
    assert beside > 0.25 * alone


@pytest.mark.slow
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="two simulations at once need two processors")
def test_two_threads_are_as_fast_as_two_processes() -> None:
    """Alternated, the best of each: noise of the machine only ever adds."""

    def wall(counts: list[int]) -> float:
        processes = [
            subprocess.Popen([sys.executable, "-c", SIMULATE, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for n in counts
        ]
        time.sleep(1.5)  # start-up is not what is compared
        start = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            assert process.communicate()[0] == "done\n"
        return time.perf_counter() - start

    threads, processes = [], []
    for _ in range(4):
        threads.append(wall([2]))
        processes.append(wall([1, 1]))
    assert min(threads) <= 1.15 * min(processes), (threads, processes)
