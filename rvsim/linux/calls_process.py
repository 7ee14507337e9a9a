"""System calls about the process itself: its end, identity, limits, signals, threads (there is one), and the machine."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from rvsim.linux.guest import CallError, signed
from rvsim.linux.hwprobe import answer
from rvsim.linux.signals import MOST, SS_DISABLE, SS_ONSTACK
from rvsim.linux.space import STACK
from rvsim.linux.start import USER

if TYPE_CHECKING:
    from rvsim.linux.process import Process

_CHUNK = 1 << 16
_INFINITY = (1 << 64) - 1
_LIMITS = {3: STACK, 7: 256}  # RLIMIT_STACK, RLIMIT_NOFILE; all others are infinite
_WHICH_CPUS = 1
_SET_NAME, _GET_NAME, _RISCV_V_GET_CONTROL = 15, 16, 70


def sys_exit(p: Process, code: int) -> int:
    from rvsim.linux.signals import Ended

    raise Ended(code & 0xFF)


sys_exit_group = sys_exit


def sys_clone(p: Process, flags: int) -> int:
    what = "a thread" if flags & 0x10000 else "another process"
    p.note("clone", f"the program asked for {what}; one hart with one thread is simulated, so it gets EAGAIN")
    raise CallError(errno.EAGAIN)


def sys_clone3(p: Process, address: int, size: int) -> int:
    if size < 64:
        raise CallError(errno.EINVAL)
    return sys_clone(p, p.guest.unpack("Q", address)[0])


def sys_execve(p: Process) -> int:
    p.note("execve", "the program tried to start another one, which is not simulated; it gets EACCES")
    raise CallError(errno.EACCES)


def _identity(p: Process) -> int:
    return USER


sys_getpid = sys_gettid = sys_set_tid_address = sys_getuid = sys_geteuid = sys_getgid = sys_getegid = _identity


def sys_getppid(p: Process) -> int:
    return 1


def sys_getgroups(p: Process, size: int, address: int) -> int:
    return 0


def sys_sched_yield(p: Process) -> int:
    return 0


def sys_sched_getaffinity(p: Process, pid: int, size: int, address: int) -> int:
    if size < 8 or size % 8:
        raise CallError(errno.EINVAL)
    p.guest.pack("Q", address, 1)
    return 8


def sys_sched_setaffinity(p: Process, pid: int, size: int, address: int) -> int:
    return 0


def sys_getcpu(p: Process, cpu: int, node: int) -> int:
    for address in (cpu, node):
        if address:
            p.guest.pack("I", address, 0)
    return 0


def sys_set_robust_list(p: Process, head: int, size: int) -> int:
    return 0


# ---- signals -------------------------------------------------------------------------------------------------


def sys_rt_sigaction(p: Process, signal: int, new: int, old: int, size: int) -> int:
    number = signed(signal, 32)
    if not 1 <= number <= MOST or size != 8 or (new and number in (9, 19)):
        raise CallError(errno.EINVAL)
    action = p.guest.unpack("QQQ", new) if new else None
    if old:
        p.guest.pack("QQQ", old, *p.signals.actions.get(number, (0, 0, 0)))
    if action is not None:
        p.signals.actions[number] = (action[0], action[1], action[2])
    return 0


def sys_rt_sigprocmask(p: Process, how: int, new: int, old: int, size: int) -> int:
    if size != 8:
        raise CallError(errno.EINVAL)
    before = p.signals.blocked
    if new:
        (mask,) = p.guest.unpack("Q", new)
        if how > 2:
            raise CallError(errno.EINVAL)
        p.signals.block((before | mask, before & ~mask, mask)[how])
    if old:
        p.guest.pack("Q", old, before)
    return 0


def sys_rt_sigpending(p: Process, address: int, size: int) -> int:
    if size > 8:
        raise CallError(errno.EINVAL)
    p.guest.write(address, (p.signals.pending >> 1).to_bytes(8, "little")[:size])
    return 0


def sys_rt_sigreturn(p: Process) -> int:
    from rvsim.linux.process import Resumed

    p.signals.leave()
    raise Resumed


def sys_sigaltstack(p: Process, new: int, old: int) -> int:
    s = p.signals
    address, flags, size = s.stack
    before = (address, SS_ONSTACK if s.on_stack() else flags, size)
    if new:
        if s.on_stack():
            raise CallError(errno.EPERM)
        address, flags, size = p.guest.unpack("Qi4xQ", new)
        if flags & ~(SS_ONSTACK | SS_DISABLE) or (not flags & SS_DISABLE and address + size > 1 << 64):
            raise CallError(errno.EINVAL)
        if not flags & SS_DISABLE and size < 2048:
            raise CallError(errno.ENOMEM)
        s.stack = (address, flags & SS_DISABLE, size)
    if old:
        p.guest.pack("Qi4xQ", old, *before)
    return 0


def sys_kill(p: Process, pid: int, signal: int) -> int:
    if signed(pid, 32) not in (USER, 0, -1, -USER):
        raise CallError(errno.ESRCH)
    p.signals.send(signed(signal, 32))
    return 0


def sys_tkill(p: Process, thread: int, signal: int) -> int:
    return sys_kill(p, thread, signal)


def sys_tgkill(p: Process, group: int, thread: int, signal: int) -> int:
    return sys_kill(p, thread, signal)


# ---- the machine ---------------------------------------------------------------------------------------------


def sys_uname(p: Process, address: int) -> int:
    fields = (b"Linux", b"rvsim", b"6.12.0", b"#1 rvsim", b"riscv64", b"(none)")
    p.guest.write(address, b"".join(text.ljust(65, b"\0") for text in fields))
    return 0


def sys_sysinfo(p: Process, address: int) -> int:
    memory = p.hart.memory
    total, free = memory.limit, memory.limit - memory.committed
    p.guest.pack("q3QQQQQQQHxxxxxxQQI4x", address, p.clock.running() // 10**9, 0, 0, 0, total, free, 0, 0, 0, 0, 1, 0, 0, 1)
    return 0


def sys_prlimit64(p: Process, pid: int, resource: int, new: int, old: int) -> int:
    if pid not in (0, USER):
        raise CallError(errno.ESRCH)
    if resource > 15:
        raise CallError(errno.EINVAL)
    limit = _LIMITS.get(resource, _INFINITY)
    if old:
        p.guest.pack("QQ", old, limit, limit)
    if new and p.guest.unpack("QQ", new)[0] > limit:
        raise CallError(errno.EPERM)
    return 0


def sys_getrlimit(p: Process, resource: int, old: int) -> int:
    return sys_prlimit64(p, 0, resource, 0, old)


def sys_getrandom(p: Process, address: int, size: int, flags: int) -> int:
    size = min(size, (1 << 25) - 1)
    for start in range(0, size, _CHUNK):
        p.guest.write(address + start, p.random.randbytes(min(_CHUNK, size - start)))
    return size


def sys_prctl(p: Process, option: int, argument: int) -> int:
    if option == _SET_NAME:
        p.guest.string(argument, 16)
        return 0
    if option == _GET_NAME:
        p.guest.write(argument, b"rvsim".ljust(16, b"\0"))
        return 0
    if option == _RISCV_V_GET_CONTROL and "v" in p.extensions:
        return 2  # PR_RISCV_V_VSTATE_CTRL_ON
    raise CallError(errno.EINVAL)


def sys_riscv_hwprobe(p: Process, pairs: int, count: int, cpu_size: int, cpus: int, flags: int) -> int:
    if flags & ~_WHICH_CPUS or count > 1024:
        raise CallError(errno.EINVAL)
    keys = [p.guest.unpack("qQ", pairs + 16 * index) for index in range(count)]
    found = [answer(key, p.extensions, misaligned=p.misaligned, highest=p.hart.memory.size - 1) for key, _ in keys]
    if flags:  # which processors have all of these values?
        if not cpus or not cpu_size:
            raise CallError(errno.EINVAL)
        one = int(all(value == wanted or value is None for value, (_, wanted) in zip(found, keys, strict=True)))
        p.guest.write(cpus, one.to_bytes(min(cpu_size, 1024), "little"))
    for index, value in enumerate(found):
        if value is None:
            p.guest.pack("qQ", pairs + 16 * index, -1, 0)
        elif not flags:
            p.guest.pack("Q", pairs + 16 * index + 8, value)
    return 0
