"""System calls one by one: memory, descriptors, time, identity, what is refused; and bad pointers, which are EFAULT."""

from __future__ import annotations

import errno
import struct

import pytest

import rvsim
from rvsim.linux.numbers import CALLS
from rvsim.linux.space import STACK
from rvsim.linux.start import first_stack

from .conftest import DATA, TEXT, Caller, MakeCaller

RW, ANONYMOUS, FIXED, NOREPLACE = 3, 0x22, 0x10, 0x100000
HIGH = (1 << 64) - 1


def mmap(guest: Caller, size: int, hint: int = 0, protection: int = RW, flags: int = 0) -> int:
    return guest.call("mmap", hint, size, protection, ANONYMOUS | flags, HIGH, 0)


def test_break(caller: MakeCaller) -> None:
    guest = caller()
    start = guest.call("brk", 0)
    assert start >= DATA + (1 << 16)
    assert guest.call("brk", start + 10000) == start + 10000
    guest.machine.memory.write(start + 9999, b"x")
    assert guest.call("brk", start + 100) == start + 100
    assert not guest.machine.memory.allows(start + 9999, 1, 1)
    assert guest.call("brk", start + 10000) == start + 10000 and guest.bytes(start + 9999, 1) == b"\0"
    assert guest.call("brk", start - 1) == start + 10000 and guest.call("brk", 1 << 40) == start + 10000
    assert guest.call("brk", start + (1 << 30)) == start + 10000  # more than --memory


def test_mappings(caller: MakeCaller) -> None:
    guest = caller()
    first, second = mmap(guest, 5000), mmap(guest, 4096)
    assert second == first - 4096 and first % 4096 == 0
    guest.machine.memory.write(first, b"kept")
    assert guest.call("munmap", second, 4096) == 0 and mmap(guest, 4096) == second
    assert mmap(guest, 4096, hint=first, flags=NOREPLACE) == -errno.EEXIST and guest.bytes(first, 4) == b"kept"
    assert mmap(guest, 4096, hint=first, flags=FIXED) == first and guest.bytes(first, 4) == b"\0\0\0\0"
    assert mmap(guest, 4096, hint=0x5000_0000) == 0x5000_0000
    assert guest.call("munmap", 0x6000_0000, 4096) == 0
    for size, hint, flags, error in (
        (0, 0, 0, errno.EINVAL), (1 << 50, 0, 0, errno.ENOMEM), (1 << 30, 0, 0, errno.ENOMEM), (4096, 123, FIXED, errno.EINVAL),
        (4096, 0, FIXED, errno.EINVAL), (4096, 1 << 50, FIXED, errno.ENOMEM),
    ):  # fmt: skip
        assert mmap(guest, size, hint=hint, flags=flags) == -error
    assert guest.call("munmap", 1, 4096) == -errno.EINVAL and guest.call("munmap", 0, HIGH) == -errno.EINVAL


def test_protections(caller: MakeCaller) -> None:
    guest = caller()
    memory = guest.machine.memory
    page = mmap(guest, 8192)
    memory.write(page, b"kept")
    assert guest.call("mprotect", page, 4096, 0) == 0 and not memory.allows(page, 1, 1)
    assert guest.call("write", 1, page, 4) == -errno.EFAULT
    assert guest.call("mprotect", page, 4096, 1) == 0 and memory.allows(page, 4, 1) and not memory.allows(page, 4, 2)
    assert guest.bytes(page, 4) == b"kept" and guest.call("read", 0, page, 4) == -errno.EFAULT
    assert guest.call("mprotect", page, 1 << 30, 1) == -errno.ENOMEM and guest.call("mprotect", page, 4096, 64) == -errno.EINVAL
    # A reservation takes no memory until it may be accessed.
    before = memory.committed
    large = mmap(guest, 1 << 34, protection=0)
    assert large > 0 and memory.committed == before
    assert guest.call("mprotect", large + 4096, 4096, RW) == 0 and memory.committed == before + 4096
    assert guest.call("munmap", large, 1 << 34) == 0 and memory.committed == before


def test_resizing_and_discarding(caller: MakeCaller) -> None:
    guest = caller()
    page = mmap(guest, 8192)
    wall = mmap(guest, 4096)  # right below
    guest.machine.memory.write(page, b"data")
    moved = guest.call("mremap", page, 8192, 1 << 20, 1)
    assert moved not in (page, wall) and guest.bytes(moved, 4) == b"data" and not guest.machine.memory.allows(page, 1, 1)
    assert guest.call("mremap", moved, 1 << 20, 4096, 0) == moved and not guest.machine.memory.allows(moved + 4096, 1, 1)
    assert guest.call("mremap", moved, 4096, 8192, 0) == moved and guest.bytes(moved + 4096, 1) == b"\0"
    assert guest.call("madvise", moved, 8192, 4) == 0 and guest.bytes(moved, 4) == b"\0\0\0\0"
    assert guest.call("mremap", 0x7000_0000, 4096, 8192, 1) == -errno.EFAULT and guest.call("madvise", 1, 4096, 4) == -errno.EINVAL


def test_memory_comes_back_however_it_was_cut(caller: MakeCaller) -> None:
    guest = caller()
    before = guest.machine.memory.committed
    block = mmap(guest, 64 * 4096)
    for index in range(0, 64, 2):
        assert guest.call("munmap", block + index * 4096, 4096) == 0
    assert mmap(guest, 4096) == block + 62 * 4096  # the highest hole
    assert guest.call("munmap", block, 64 * 4096) == 0 and guest.machine.memory.committed == before


def test_code_that_is_unmapped_is_gone(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A function is called, its page replaced by one with other code, and called again."""
    source = tmp_path / "p.S"
    source.write_text("""
        .globl _start
_start: li a7, 222
        li a0, 0x30000000
        li a1, 4096
        li a2, 7
        li a3, 0x32
        li a4, -1
        li a5, 0
        ecall
        mv s0, a0
        li t0, 0x80824505       # li a0, 1; ret
        bnez s1, 1f
2:      sw t0, (s0)
        jalr s0
        add s2, s2, a0
        addi s1, s1, 1
        li t1, 2
        bne s1, t1, _start
        mv a0, s2
        li a7, 93
        ecall
1:      li t0, 0x80824509       # li a0, 2; ret
        j 2b
""")
    from rvsim.toolchain import build

    for functional in (True, False):
        done = rvsim.run_elf(build(source, link="bare"), mode="user", functional=functional)
        assert (done.exit_code, done.stopped, done.error) == (3, "exit", None)


def test_descriptors(caller: MakeCaller) -> None:
    guest = caller(stdin=b"some words")
    buffer = guest.room(16)
    assert guest.call("dup", 1) == 3 and guest.call("write", 3, guest.put(b"ab"), 2) == 2 and guest.out == b"ab"
    assert guest.call("dup3", 0, 9, 0) == 9 and guest.call("read", 9, buffer, 4) == 4 and guest.call("read", 0, buffer, 16) == 6
    assert guest.call("read", 0, buffer, 16) == 0
    assert guest.call("fcntl", 3, 1030, 20) == 20 and guest.call("fcntl", 20, 1, 0) == 1 and guest.call("fcntl", 3, 1, 0) == 0
    assert guest.call("fcntl", 1, 3, 0) == 1 and guest.call("close", 1) == 0 and guest.call("write", 1, buffer, 1) == -errno.EBADF
    assert guest.call("dup3", 3, 1, 0) == 1 and guest.call("write", 1, buffer, 1) == 1
    assert guest.call("lseek", 0, 0, 0) == -errno.ESPIPE and guest.call("ioctl", 1, 0x5401, buffer) == -errno.ENOTTY
    for _ in range(300):
        last = guest.call("dup", 0)
    assert last == -errno.EMFILE


def test_vectors(caller: MakeCaller) -> None:
    guest = caller(stdin=b"0123456789")
    a, b = guest.put(b"one "), guest.put(b"two")
    assert guest.call("writev", 1, guest.put(struct.pack("<4Q", a, 4, b, 3)), 2) == 7 and guest.out == b"one two"
    assert guest.call("readv", 0, guest.put(struct.pack("<4Q", a, 3, b, 3)), 2) == 6 and guest.bytes(b, 3) == b"345"
    assert guest.call("writev", 1, guest.put(struct.pack("<4Q", a, 4, 0x1000, 3)), 2) == 4  # what comes before a bad part is written
    assert guest.call("writev", 1, a, 5000) == -errno.EINVAL and guest.call("writev", 1, 8, 2) == -errno.EFAULT


def test_devices(caller: MakeCaller) -> None:
    guest = caller(seed=7)
    buffer = guest.put(b"x" * 16)
    null, zero, full, chance = (guest.open(f"/dev/{name}", 2) for name in ("null", "zero", "full", "urandom"))
    assert guest.call("read", null, buffer, 16) == 0 and guest.call("write", null, buffer, 16) == 16
    assert guest.call("write", full, buffer, 1) == -errno.ENOSPC
    assert guest.call("read", zero, buffer, 8) == 8 and guest.bytes(buffer, 9) == bytes(8) + b"x"
    assert guest.call("read", chance, buffer, 16) == 16
    again = caller(seed=7)
    other = again.room(16)
    again.call("getrandom", other, 16, 0)
    assert again.bytes(other, 16) == guest.bytes(buffer, 16) != bytes(16)


def test_time_is_simulated(caller: MakeCaller) -> None:
    guest = caller()
    at = guest.room(16)
    assert guest.call("clock_gettime", 1, at) == 0 and struct.unpack("<qq", guest.bytes(at, 16)) == (0, 5_000_000)
    assert guest.call("clock_gettime", 0, at) == 0 and struct.unpack("<qq", guest.bytes(at, 16)) == (946684800, 5_000_000)
    assert guest.call("nanosleep", guest.put(struct.pack("<qq", 2, 1)), 0) == 0
    guest.call("clock_gettime", 7, at)
    assert struct.unpack("<qq", guest.bytes(at, 16)) == (2, 5_000_001)
    assert guest.call("nanosleep", guest.put(struct.pack("<qq", 0, 1 << 40)), 0) == -errno.EINVAL
    assert guest.call("clock_gettime", 99, at) == -errno.EINVAL and guest.call("gettimeofday", at, 0) == 0
    assert guest.call("nanosleep", guest.put(struct.pack("<qq", 1 << 62, 0)), 0) == 0  # for ever is soon over
    assert guest.call("clock_gettime", 0, at) == 0


def test_host_time(caller: MakeCaller) -> None:
    import time

    guest = caller(host_time=True)
    at = guest.room(16)
    assert guest.call("clock_gettime", 0, at) == 0 and abs(struct.unpack("<qq", guest.bytes(at, 16))[0] - time.time()) < 100


def test_hwprobe_follows_the_machine(caller: MakeCaller) -> None:
    guest = caller()
    pairs = guest.put(b"".join(struct.pack("<qQ", key, 0) for key in (3, 4, 8, 5, 12345)))
    assert guest.call("riscv_hwprobe", pairs, 5, 0, 0, 0) == 0
    base, bits, rate, perf, unknown = (struct.unpack("<qQ", guest.bytes(pairs + 16 * i, 16)) for i in range(5))
    assert base == (3, 1) and rate == (8, 10**9) and perf == (5, 3) and unknown == (-1, 0)
    assert bits[1] & 0b111 == 0b111 and all(bits[1] >> number & 1 for number in (3, 4, 5, 30))  # FD C V, Zba Zbb Zbs, Zvfh
    assert guest.call("riscv_hwprobe", pairs, 1, 0, 0, 2) == -errno.EINVAL


def test_threads_and_processes_are_refused(caller: MakeCaller) -> None:
    guest = caller()
    assert guest.call("clone", 0x10F00) == -errno.EAGAIN and guest.call("clone", 17) == -errno.EAGAIN
    assert guest.call("execve", 0, 0, 0) == -errno.EACCES
    assert len(guest.notes) == 2 and "a thread; one hart" in guest.notes[0]


def test_an_unknown_call_is_named_once(caller: MakeCaller) -> None:
    guest = caller()
    assert [guest.call("io_uring_setup"), guest.call("io_uring_setup"), guest.call(5000), guest.call("rseq")] == [-errno.ENOSYS] * 4
    names = ("io_uring_setup", "number 5000")
    assert guest.notes == [f"the program's system call {name} is not simulated; it gets ENOSYS" for name in names]


def test_signals_to_oneself(caller: MakeCaller) -> None:
    from rvsim.linux import Ended

    guest = caller()
    ignore, handler = guest.put(struct.pack("<QQQ", 1, 0, 0)), guest.put(struct.pack("<QQQ", TEXT, 0, 2))
    old, hart = guest.room(24), guest.machine.hart
    assert guest.call("rt_sigaction", 10, ignore, old, 8) == 0 and guest.bytes(old, 24) == bytes(24)
    assert guest.call("tkill", 1000, 10) == 0 and guest.call("kill", 4242, 10) == -errno.ESRCH
    assert guest.call("rt_sigaction", 10, handler, old, 8) == 0 and guest.bytes(old, 8) == b"\1" + bytes(7)
    pointer, pc = hart.get_x(2), hart.pc
    hart.set_x(20, 1234)
    guest.call("tkill", 1000, 10)
    assert hart.pc == TEXT and hart.get_x(10) == 10 and hart.get_x(2) < pointer and hart.get_x(2) % 16 == 0
    assert guest.process.signals.blocked == 2 | 1 << 9
    hart.set_x(20, 0)
    assert guest.call("rt_sigreturn") == 0 and (hart.get_x(2), hart.pc, hart.get_x(20)) == (pointer, pc + 4, 1234)
    assert guest.process.signals.blocked == 0
    assert guest.call("rt_sigaction", 9, handler, 0, 8) == -errno.EINVAL
    with pytest.raises(Ended, match="SIGTERM") as end:
        guest.call("kill", 1000, 15)
    assert (end.value.code, end.value.signal) == (143, 15)


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (128 + 176 + 256 + 528 + 8, 1 << 32),  # vl beyond any register
        (128 + 176 + 256 + 528 + 8, 1 << 63), (128 + 176 + 256 + 528 + 16, 4), (128 + 176 + 256 + 528 + 16, 0x20),
        (128 + 176 + 256 + 528 + 16, (1 << 63) | 8), (128 + 176 + 256 + 528, 1 << 20), (128 + 176 + 256 + 528 + 32, 1 << 16),
        (128 + 176 + 256 + 520, 0x1234),
    ],
)  # fmt: skip
def test_a_forged_frame_ends_the_program(caller: MakeCaller, offset: int, value: int) -> None:
    from rvsim.linux import Ended

    guest = caller()
    guest.call("rt_sigaction", 10, guest.put(struct.pack("<QQQ", TEXT, 0, 0)), 0, 8)
    guest.machine.hart.set_vtype(0xD0, 8)
    guest.call("tkill", 1000, 10)
    guest.machine.memory.write(guest.machine.hart.get_x(2) + offset, value.to_bytes(8, "little"))
    with pytest.raises(Ended, match="damaged frame"):
        guest.call("rt_sigreturn")


def test_a_handler_without_room_for_its_frame(caller: MakeCaller) -> None:
    from rvsim.linux import Ended

    guest = caller()
    guest.call("rt_sigaction", 10, guest.put(struct.pack("<QQQ", TEXT, 0, 0)), 0, 8)
    for pointer in (DATA, 16, 0, HIGH):
        guest.machine.hart.set_x(2, pointer)
        with pytest.raises(Ended, match="no room on the stack"):
            guest.call("tkill", 1000, 10)


def test_locks_that_nobody_opens_end_the_run(caller: MakeCaller) -> None:
    from rvsim.linux import Ended

    guest = caller()
    word = guest.put(struct.pack("<I", 5))
    assert guest.call("futex", word, 129, 1) == 0 and guest.call("futex", word, 128, 4) == -errno.EAGAIN
    assert guest.call("futex", word, 128, 5, guest.put(struct.pack("<qq", 0, 5))) == -errno.ETIMEDOUT
    with pytest.raises(Ended, match="futex"):
        guest.call("futex", word, 128, 5, 0)


@pytest.mark.parametrize("pointer", [0, 8, 0xFFF, TEXT, DATA + (1 << 16) - 4, 1 << 36, 1 << 63, HIGH, HIGH - 7])
def test_bad_pointers_are_efault(caller: MakeCaller, pointer: int) -> None:
    guest = caller(stdin=b"0123456789abcdef")
    for name, arguments in {
        "read": (0, pointer, 16), "uname": (pointer,), "sysinfo": (pointer,), "clock_gettime": (1, pointer), "fstat": (1, pointer),
        "getrandom": (pointer, 16, 0), "prlimit64": (0, 3, 0, pointer), "riscv_hwprobe": (pointer, 2, 0, 0, 0), "getcwd": (pointer, 4096),
    }.items():  # fmt: skip
        got = guest.call(name, *arguments)
        if pointer:
            assert got == -errno.EFAULT or (name == "read" and 0 < got <= 16), name


def test_every_call_survives_nonsense(caller: MakeCaller) -> None:
    """Every number with extreme arguments: the result is an error or a number, never an exception of Python."""
    from rvsim.linux import Ended

    guest = caller(dirs=[], stdin=b"text")
    for value in (0, 1, 3, DATA, DATA + 4095, TEXT, HIGH, 1 << 31, 1 << 36, (1 << 63) - 1):
        for number in [*CALLS, 100000, HIGH]:
            try:
                guest.call(number, *[value] * 6)
            except Ended:
                pass


def test_first_stack(caller: MakeCaller) -> None:
    guest = caller()
    pointer = int(guest.machine.x[2])
    top = guest.process.space.stack_top
    assert pointer % 16 == 0 and top - STACK < pointer < top
    count, name, end = struct.unpack("<3Q", guest.bytes(pointer, 24))
    assert (count, end) == (1, 0) and guest.bytes(name, 9) == b"test.elf\0"
    with pytest.raises(rvsim.UsageError, match="take"):
        first_stack(top, guest.process.image, [b"x" * (1 << 20)], {}, 0, bytes(16), 1024)
    with pytest.raises(rvsim.UsageError, match="zero byte"):
        first_stack(top, guest.process.image, [b"x\0y"], {}, 0, bytes(16), 1024)
