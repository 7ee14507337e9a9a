# The checked loop: every access is looked up in a byte map of the arrays handed in, and what the program decides
# (branches, store addresses, vl) goes into a hash, so that two runs that must agree can be compared at no cost.
#
#     (Op, Event) --> byte map: outside? const?  stack: below sp, the caller's frame?  --> the first violation ends the run
#               `---> trail:    hash of store addresses, taken paths and vl
#
# It knows addresses and flags only; what they mean to a user is told by rvsim.check. Stack rules: psABI, integer calling
# convention (sp is 16-byte aligned, there is no red zone).
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

import numpy as np

from rvsim.core.fpu cimport fpu_enter, fpu_leave
from rvsim.core.hart cimport Hart
from rvsim.core.memory cimport window
from rvsim.core.op cimport (KIND_AMO, KIND_BRANCH, KIND_JALR, KIND_LOAD, KIND_PLAIN, KIND_STORE, KIND_UNDECODED, KIND_VLOAD,
                            KIND_VSET, KIND_VSTORE, VMODE_FF, VMODE_INDEXED, VMODE_MASK, VMODE_STRIDED, VMODE_WHOLE, Op)
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport STOP_NONE, State, StepFn
from rvsim.core.vcommon cimport mask_bit

READABLE, WRITABLE = 1, 2
COLOURS = 4, 8              # of static objects that lie side by side, in turn: one access stays within one

cdef enum:
    SLICE = 200000
    NONE = 0
    OUTSIDE = 1         # of every array, or where the map forbids it
    BELOW_SP = 2        # stack memory that the function has not claimed
    CALLER = 3          # stack memory of the caller

VIOLATIONS = {OUTSIDE: "outside", BELOW_SP: "below-sp", CALLER: "caller-frame"}


cdef class ByteMap:
    """What a function may touch, for one call.

    base, size: guest range of the arrays; `flags` is a numpy view with READABLE and WRITABLE a byte. stack: (low, high) of the
    stack's memory; top: end of what the function owns of it (stack pointer on entry and the arguments above it).
    """

    cdef uint8_t *map
    cdef uint8_t *own
    cdef uint64_t own_base, own_size
    cdef uint64_t base, size, stack_low, stack_high, top
    cdef readonly uint64_t trail
    cdef readonly uint64_t accesses
    cdef int what
    cdef bint store
    cdef uint64_t pc, address
    cdef int64_t element

    def __cinit__(self, uint64_t base, uint64_t size):
        self.map = <uint8_t *>calloc(size + 64, 1)
        if self.map == NULL:
            raise MemoryError()
        self.base = base
        self.size = size

    def __dealloc__(self):
        free(self.map)
        free(self.own)

    def set_own(self, uint64_t base, flags):
        """The program's static data: flags uint8 [size] for the bytes from `base` on, READABLE | WRITABLE and one of COLOURS or none."""
        cdef const uint8_t[::1] view = flags
        cdef uint8_t *copy = <uint8_t *>malloc(view.shape[0] + 1)
        if copy == NULL:
            raise MemoryError()
        if view.shape[0]: memcpy(copy, &view[0], view.shape[0])
        free(self.own)
        self.own, self.own_base, self.own_size = copy, base, view.shape[0]

    @property
    def flags(self):
        """uint8 [size]: READABLE | WRITABLE for each byte of the range."""
        return np.frombuffer(window(self, self.map, self.size), np.uint8)

    def begin(self, uint64_t stack_low, uint64_t stack_high, uint64_t top):
        """Forget violation and trail, and set the bounds of the stack."""
        self.stack_low, self.stack_high, self.top = stack_low, stack_high, top
        self.trail = 0x9E3779B97F4A7C15
        self.accesses = 0
        self.what = NONE

    @property
    def violation(self):
        """(what, is a store, pc, address of the first bad byte, element index or -1) of the violation that ended a run, or None."""
        if self.what == NONE:
            return None
        return VIOLATIONS[self.what], bool(self.store), self.pc, self.address, self.element

    cdef bint span(self, uint64_t addr, uint64_t bytes, bint store, uint64_t sp) noexcept nogil:
        """Whether an access is allowed; otherwise `what` and `address` say why not."""
        cdef uint64_t i
        cdef uint8_t want = 2 if store else 1, all = want
        cdef uint8_t *p
        if addr >= self.stack_low and addr < self.stack_high:
            if addr + bytes > self.top:
                self.what = CALLER
                self.address = addr if addr > self.top else self.top
                return False
            if addr < sp:
                self.what = BELOW_SP
                self.address = addr
                return False
            return True
        if addr >= self.base + self.size or addr + bytes <= self.base: return self.own_span(addr, bytes, want)
        if addr < self.base or addr + bytes > self.base + self.size:
            self.what = OUTSIDE
            self.address = addr if addr < self.base else self.base + self.size
            return False
        p = self.map + (addr - self.base)
        for i in range(bytes): all &= p[i]
        if all: return True
        self.what = OUTSIDE
        for i in range(bytes):
            if not p[i] & want:
                self.address = addr + i
                break
        return False

    cdef bint own_span(self, uint64_t addr, uint64_t bytes, uint8_t want) noexcept nogil:
        """The same for the program's own memory; where nothing is known of it, page permissions hold."""
        cdef uint64_t i
        cdef uint8_t all, any
        cdef uint8_t *p
        if self.own_size == 0 or addr < self.own_base or addr >= self.own_base + self.own_size: return True
        if bytes > self.own_base + self.own_size - addr: bytes = self.own_base + self.own_size - addr
        p = self.own + (addr - self.own_base)
        all = any = p[0]
        for i in range(bytes):
            all &= p[i]
            any |= p[i]
        if all & want and (p[0] < 4 or any >> 2 == all >> 2): return True
        self.what = OUTSIDE
        for i in range(bytes):
            if not p[i] & want or (p[0] >= 4 and p[i] >> 2 != p[0] >> 2):
                self.address = addr + i
                break
        return False

    cdef inline void mix(self, uint64_t value) noexcept nogil:
        self.trail = (self.trail ^ value) * <uint64_t>0xD6E8FEB86659FD93
        self.trail ^= self.trail >> 32

    cdef bint vector_access(self, State *s, Op *op, uint64_t vl, uint64_t sp) noexcept nogil:
        """Look up every active element of a vector load or store."""
        cdef uint64_t i, n = vl, addr, size = op.size if op.size else 1 << (s.ev.vtype & 3), fields = op.rm
        cdef bint store = op.kind == KIND_VSTORE, indexed = op.vmode == VMODE_INDEXED
        if op.vmode == VMODE_WHOLE or op.vmode == VMODE_MASK or (op.vm and op.vmode != VMODE_STRIDED and not indexed and op.vmode != VMODE_FF):
            n = s.ev.bytes
            if n == 0: return True
            if store:
                self.mix(s.ev.addr)
                self.mix(n)
            if self.span(s.ev.addr, n, store, sp): return True
            if op.vmode != VMODE_MASK: self.element = <int64_t>((self.address - s.ev.addr) / (size * (1 if op.vmode == VMODE_WHOLE else fields)))
            return False
        for i in range(n):
            if not op.vm and not mask_bit(s.v, i): continue
            addr = s.elems[i] if indexed else s.ev.addr + i * <uint64_t>s.ev.stride
            if store: self.mix(addr)
            if not self.span(addr, fields * size, store, sp):
                self.element = <int64_t>i
                return False
            if op.vmode == VMODE_FF: return True        # what lies behind the first element may be out of bounds: that is its purpose
        return True

    cdef bint allowed(self, State *s, Op *op, Op *to, uint64_t sp, uint64_t size) noexcept nogil:
        """Look at one instruction that has just run."""
        self.element = -1
        if op.kind == KIND_BRANCH or op.kind == KIND_JALR:
            if to != NULL: self.mix(to.pc)
            return True
        if op.kind == KIND_VSET:
            self.mix(s.ev.vl)
            return True
        if not (op.kind == KIND_VLOAD or op.kind == KIND_VSTORE or op.kind == KIND_LOAD or op.kind == KIND_STORE or op.kind == KIND_AMO):
            return True
        self.accesses += 1
        self.store = op.kind != KIND_LOAD and op.kind != KIND_VLOAD
        if op.kind >= KIND_VLOAD: return self.vector_access(s, op, s.ev.vl, sp)
        if self.store: self.mix(s.ev.addr)
        return self.span(s.ev.addr, size, self.store, sp)


cdef class Sizes:
    """Bytes that each row of the instruction table moves in a scalar access."""

    cdef uint8_t bytes[2048]

    def __cinit__(self):
        from rvsim import isa

        memset(self.bytes, 0, sizeof(self.bytes))
        for i, row in enumerate(isa.INSTRUCTIONS):
            self.bytes[i + 1] = scalar_bytes(isa.BY_NAME[row.operation] if row.expands else row)


def scalar_bytes(row):
    """Bytes of a scalar load, store or atomic; 0 for what is none."""
    if row.name == "cbo.zero": return 64        # Event.addr is where the block begins
    letters = {"b": 1, "h": 2, "w": 4, "d": 8, "q": 16}
    if row.unit in ("load", "fload"):
        return letters[row.name.removeprefix("fl").removeprefix("l")[0]]
    if row.unit in ("store", "fstore"):
        return letters[row.name.removeprefix("fs").removeprefix("s")[0]]
    if row.unit == "amo":
        return letters[row.name.split(".")[1][0]]
    return 0


cdef Sizes SIZES = None


cdef int64_t checked(State *s, ByteMap map, const uint8_t *sizes, int64_t budget) noexcept nogil:
    """Run up to `budget` instructions; what is left of it, or -1 when the run has ended."""
    cdef Op *op = s.next
    cdef Op *to
    cdef uint64_t sp, traps = s.trap_count
    while budget > 0:
        while unlikely(op.kind == KIND_UNDECODED):
            to = (<StepFn>op.step)(s, op)
            if to == NULL: return -1
            op = to
        sp = s.x[2]
        to = (<StepFn>op.step)(s, op)
        budget -= 1
        s.retired += 1
        if op.kind != KIND_PLAIN and s.trap_count == traps and not map.allowed(s, op, to, sp, sizes[op.insn]):
            map.pc = op.pc
            s.next = op
            return -1
        if unlikely(to == NULL): return -1
        op = to
    s.next = op
    return budget


def run_checked(Hart hart not None, ByteMap map not None, uint64_t limit):
    """Run until the program stops, violates `map`, or has executed `limit` instructions (hart.stop is then `budget`).

    After a violation the hart stands behind the access, its pc at the instruction.
    """
    global SIZES
    cdef State *s = hart.s
    cdef int64_t budget, left
    cdef const uint8_t *sizes
    if SIZES is None: SIZES = Sizes()
    sizes = SIZES.bytes
    s.now = NULL
    s.stat_dropped = NULL
    s.stop = STOP_NONE
    while limit > 0:
        budget = <int64_t>min(limit, <uint64_t>SLICE)
        with nogil:
            fpu_enter(s)
            left = checked(s, map, sizes, budget)
            fpu_leave(s)
        if left < 0: break
        limit -= budget
        PyErr_CheckSignals()
    return hart.stop
