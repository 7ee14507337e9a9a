"""Signals of one process: dispositions, the blocked and the pending ones, and the frame that a handler runs on.

Only the program itself raises signals: by sending them to itself, or by a fault. The frame is the kernel's (struct rt_sigframe of
riscv64), vector registers included, because handlers look into it and change it. What comes back from there is checked:
a program can write any frame it likes.
"""

from __future__ import annotations

import errno
import struct

from rvsim.engine import Hart
from rvsim.linux.guest import CallError, Guest
from rvsim.linux.numbers import SIGNALS

MOST = 64  # signals are 1..64
_KILL, _STOP, _SEGV = 9, 19, 11
_DEFAULT, _IGNORE = 0, 1
_ON_STACK, _NO_DEFER, _RESET = 0x08000000, 0x40000000, 0x80000000  # SA_ONSTACK, SA_NODEFER, SA_RESETHAND
SS_ONSTACK, SS_DISABLE = 1, 2
_HARMLESS = {17, 18, 23, 28}  # SIGCHLD, SIGCONT, SIGURG, SIGWINCH: ignored unless handled
_INFO, _CONTEXT, _REGISTERS, _FLOATS = 128, 176, 256, 528  # bytes: siginfo; ucontext up to its registers; x and pc; f and headers
_V_MAGIC, _V_STATE = 0x53465457, 48  # RISCV_V_MAGIC; bytes of struct __riscv_v_ext_state
TRAMPOLINE = bytes.fromhex("9308b00873000000")  # li a7, 139 (rt_sigreturn); ecall


class Ended(Exception):
    """The program is over: with `code`, or by `signal` (0: none) because of `why`."""

    def __init__(self, code: int, signal: int = 0, why: str | None = None) -> None:
        super().__init__(why or f"exit {code}")
        self.code, self.signal, self.why = code, signal, why


class Signals:
    """trampoline: where a handler returns to."""

    def __init__(self, hart: Hart, guest: Guest, *, vector: bool) -> None:
        self._hart, self._guest, self._vector = hart, guest, vector
        self.actions: dict[int, tuple[int, int, int]] = {}  # number -> handler, flags, mask
        self.blocked = 0
        self.pending = 0
        self.stack = (0, SS_DISABLE, 0)  # sigaltstack: address, flags, size
        self.trampoline = 0

    @property
    def frame_size(self) -> int:
        """Bytes of a frame at most: AT_MINSIGSTKSZ."""
        vector = _V_STATE + 32 * self._hart.csr("vlenb") + 16 if self._vector else 0
        return (_INFO + _CONTEXT + _REGISTERS + _FLOATS + vector + 31) & ~15

    def send(self, signal: int) -> None:
        """The program sends itself a signal: it ends, the signal is ignored, or it will be delivered."""
        if not 0 <= signal <= MOST:
            raise CallError(errno.EINVAL)
        handler = self.actions.get(signal, (_DEFAULT, 0, 0))[0]
        if signal == 0 or handler == _IGNORE or (handler == _DEFAULT and signal in _HARMLESS):
            return
        self.pending |= 1 << signal

    def block(self, mask: int) -> None:
        """Replace the mask of blocked signals, bit 0 for signal 1."""
        self.blocked = mask & ~(1 << (_KILL - 1)) & ~(1 << (_STOP - 1))

    def deliver(self) -> None:
        """Enter the handler of a pending signal that is not blocked, or end the program by it."""
        ready = self.pending & ~(self.blocked << 1)
        if not ready:
            return
        signal = (ready & -ready).bit_length() - 1
        self.pending &= ~(1 << signal)
        if self.actions.get(signal, (_DEFAULT, 0, 0))[0] == _DEFAULT:
            name = SIGNALS.get(signal, f"signal {signal}")
            raise Ended(128 + signal, signal, f"the program ended itself by {name}")
        self._enter(signal, struct.pack("<iiiiiI", signal, 0, -6, 0, 1000, 1000))  # SI_TKILL

    def fault(self, signal: int, code: int, address: int) -> bool:
        """A fault of the instruction at pc: whether a handler takes it."""
        handler = self.actions.get(signal, (_DEFAULT, 0, 0))[0]
        if handler in (_DEFAULT, _IGNORE) or self.blocked >> (signal - 1) & 1:
            return False
        self._enter(signal, struct.pack("<iiiiQ", signal, 0, code, 0, address))
        return True

    # ---- frames --------------------------------------------------------------------------------------------------

    def on_stack(self) -> bool:
        """Whether the program runs on its alternate stack."""
        address, flags, size = self.stack
        return not flags & SS_DISABLE and address < self._hart.get_x(2) <= address + size

    def _enter(self, signal: int, info: bytes) -> None:
        hart = self._hart
        handler, flags, mask = self.actions[signal]
        address, disabled, size = self.stack
        top = hart.get_x(2)
        if flags & _ON_STACK and not disabled & SS_DISABLE and not self.on_stack():
            top = address + size
        frame = self._frame(info)
        pointer = (top - len(frame)) & ~15 & (1 << 64) - 1
        try:
            self._guest.write(pointer, frame)
        except CallError:
            raise Ended(128 + _SEGV, _SEGV, f"no room on the stack for the handler of {SIGNALS.get(signal, signal)} (SIGSEGV)") from None
        if flags & _RESET:
            del self.actions[signal]
        self.block(self.blocked | mask | (0 if flags & _NO_DEFER else 1 << (signal - 1)))
        for register, value in ((1, self.trampoline), (2, pointer), (10, signal), (11, pointer), (12, pointer + _INFO)):
            hart.set_x(register, value)
        hart.pc = handler

    def _frame(self, info: bytes) -> bytes:
        hart = self._hart
        address, flags, size = self.stack
        flags |= SS_ONSTACK if self.on_stack() else 0
        context = struct.pack("<QQQi4xQQ", 0, 0, address, flags, size, self.blocked).ljust(_CONTEXT, b"\0")
        registers = struct.pack("<32Q", hart.pc, *(hart.get_x(number) for number in range(1, 32)))
        floats = struct.pack("<32QI", *(hart.get_f(number) for number in range(32)), hart.csr("fcsr")).ljust(_FLOATS - 8, b"\0")
        vector = self._vector_part()
        head = struct.pack("<II", _V_MAGIC if vector else 0, 8 + len(vector) if vector else 0)
        return info.ljust(_INFO, b"\0") + context + registers + floats + head + vector + bytes(8)

    def _vector_part(self) -> bytes:
        if not self._vector:
            return b""
        hart = self._hart
        state = [hart.csr(name) for name in ("vstart", "vl", "vtype", "vcsr", "vlenb")]
        return struct.pack("<6Q", *state, 0) + hart.v_bytes().tobytes()

    def leave(self) -> None:
        """rt_sigreturn: go back to where the frame at sp says."""
        try:
            self._restore(self._hart.get_x(2) + _INFO)
        except (CallError, ValueError):
            raise Ended(128 + _SEGV, _SEGV, "the program returned from a signal handler through a damaged frame (SIGSEGV)") from None

    def _restore(self, at: int) -> None:
        hart, read = self._hart, self._guest.read
        (mask,) = struct.unpack("<Q", read(at + 40, 8))
        pc, *registers = struct.unpack("<32Q", read(at + _CONTEXT, _REGISTERS))
        *floats, fcsr = struct.unpack("<32QI", read(at + _CONTEXT + _REGISTERS, 260))
        magic, _ = struct.unpack("<II", read(at + _CONTEXT + _REGISTERS + _FLOATS - 8, 8))
        if magic == _V_MAGIC and self._vector:
            self._restore_vector(at + _CONTEXT + _REGISTERS + _FLOATS)
        elif magic:
            raise ValueError(magic)
        for number, value in enumerate(registers, 1):
            hart.set_x(number, value)
        for number, value in enumerate(floats):
            hart.set_f(number, value)
        hart.set_csr("fcsr", fcsr & 0xFF)
        hart.pc = pc & ~1
        self.block(mask)

    def _restore_vector(self, at: int) -> None:
        hart, vlenb = self._hart, self._hart.csr("vlenb")
        vstart, vl, vtype, vcsr, stored, _ = struct.unpack("<6Q", self._guest.read(at, _V_STATE))
        content = self._guest.read(at + _V_STATE, 32 * vlenb)
        if stored != vlenb or vl > _vlmax(vtype, vlenb) or vstart >= 8 * vlenb:
            raise ValueError(vtype)
        hart.v_bytes().reshape(-1)[:] = memoryview(content)
        hart.set_vtype(vtype, vl)
        hart.set_csr("vcsr", vcsr & 7)
        hart.set_csr("vstart", vstart)


def _vlmax(vtype: int, vlenb: int) -> int:
    """VLMAX of a vtype that a program could have set; ValueError for any other."""
    if vtype == 1 << 63:
        return 0
    sew, lmul = (vtype >> 3) & 7, vtype & 7
    if vtype >> 8 or sew > 3 or lmul == 4:
        raise ValueError(vtype)
    shift = lmul if lmul < 4 else lmul - 8  # log2 of LMUL
    if shift < 0 and sew - 3 > shift:  # SEW <= LMUL x ELEN
        raise ValueError(vtype)
    most = vlenb << shift if shift >= 0 else vlenb >> -shift
    return most >> sew
