"""System calls about time, and those that wait. With one thread, what nothing can wake would wait for ever: that ends the run."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from rvsim.linux.guest import CallError, signed

if TYPE_CHECKING:
    from rvsim.linux.process import Process

_SECOND = 1_000_000_000
_WALL_CLOCKS = (0, 5, 8, 11)  # CLOCK_REALTIME, its coarse form, its alarm, CLOCK_TAI
_CLOCKS = 12
_FUTEX_WAIT, _FUTEX_WAKE, _FUTEX_WAIT_BITSET, _FUTEX_WAKE_BITSET = 0, 1, 9, 10
_FUTEX_CLOCK_REALTIME = 256


def _now(p: Process, clock: int) -> int:
    number = signed(clock, 32)
    if number >= _CLOCKS:
        raise CallError(errno.EINVAL)
    return p.clock.wall() if number in _WALL_CLOCKS else p.clock.running()


def _time(p: Process, address: int) -> int:
    seconds, nanoseconds = p.guest.unpack("qq", address)
    if seconds < 0 or not 0 <= nanoseconds < _SECOND:
        raise CallError(errno.EINVAL)
    return seconds * _SECOND + nanoseconds


def sys_clock_gettime(p: Process, clock: int, address: int) -> int:
    p.guest.pack("qq", address, *divmod(_now(p, clock), _SECOND))
    return 0


def sys_clock_getres(p: Process, clock: int, address: int) -> int:
    _now(p, clock)
    if address:
        p.guest.pack("qq", address, 0, 1)
    return 0


def sys_gettimeofday(p: Process, address: int, zone: int) -> int:
    if address:
        seconds, nanoseconds = divmod(p.clock.wall(), _SECOND)
        p.guest.pack("qq", address, seconds, nanoseconds // 1000)
    if zone:
        p.guest.pack("ii", zone, 0, 0)
    return 0


def sys_nanosleep(p: Process, request: int, remain: int) -> int:
    p.clock.sleep(_time(p, request))
    return 0


def sys_clock_nanosleep(p: Process, clock: int, flags: int, request: int, remain: int) -> int:
    wanted = _time(p, request)
    p.clock.sleep(max(0, wanted - _now(p, clock)) if flags & 1 else wanted)  # TIMER_ABSTIME
    return 0


def sys_times(p: Process, address: int) -> int:
    ticks = p.clock.running() * 100 // _SECOND
    if address:
        p.guest.pack("qqqq", address, ticks, 0, 0, 0)
    return ticks


def sys_getrusage(p: Process, who: int, address: int) -> int:
    seconds, nanoseconds = divmod(p.clock.running(), _SECOND)
    resident = p.hart.memory.committed >> 10
    p.guest.pack("4q14q", address, seconds, nanoseconds // 1000, 0, 0, resident, *[0] * 13)
    return 0


def sys_futex(p: Process, address: int, operation: int, value: int, timeout: int, second: int, third: int) -> int:
    command = operation & 0x7F
    if command in (_FUTEX_WAKE, _FUTEX_WAKE_BITSET):
        return 0
    if command not in (_FUTEX_WAIT, _FUTEX_WAIT_BITSET):
        raise CallError(errno.ENOSYS)
    (now,) = p.guest.unpack("I", address)
    if now != value & 0xFFFFFFFF:
        raise CallError(errno.EAGAIN)
    if timeout == 0:
        _wait_for_ever("a lock (futex)")
    wanted = _time(p, timeout)
    if command == _FUTEX_WAIT_BITSET:  # absolute
        wanted -= p.clock.wall() if operation & _FUTEX_CLOCK_REALTIME else p.clock.running()
    p.clock.sleep(max(0, wanted))
    raise CallError(errno.ETIMEDOUT)


def sys_ppoll(p: Process, address: int, count: int, timeout: int, mask: int, size: int) -> int:
    """Every open file is ready at once."""
    if count > 1024:
        raise CallError(errno.EINVAL)
    ready = 0
    for index in range(count):
        fd, events, _ = p.guest.unpack("ihh", address + 8 * index)
        got = 0
        if fd >= 0:
            try:
                p.descriptors.get(fd)
                got = events & 0x145  # POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM
            except CallError:
                got = 0x20  # POLLNVAL
        p.guest.pack("h", address + 8 * index + 6, got)
        ready += got != 0
    if not ready:
        if timeout == 0:
            _wait_for_ever("files (ppoll)")
        p.clock.sleep(_time(p, timeout))
    return ready


def _wait_for_ever(what: str) -> None:
    from rvsim.linux.signals import Ended

    raise Ended(128 + 9, 9, f"the program waits for {what}, and no other thread is there that could wake it")
