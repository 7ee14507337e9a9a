# The timing model's C interface: `timing_step` is called for every executed instruction, in program order, without
# the GIL. The scalar path is inlined into the caller's loop; vectors, misses and first encounters are out of line.
#
#     Op, Event --> timing_step --> Record (count, charges by cause) and Timing (clock, stamps)
#
# Reads Op and Event of core/op.pxd and nothing else of the core.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport KIND_JALR, Event, Op
from rvsim.timing.caches cimport touch, write_around
from rvsim.timing.state cimport (
    BRANCH, CSR, KIND_FAST, KIND_SCALAR, ORDER, PATH_AMO, PATH_BRANCH, PATH_JUMP, PATH_LOAD, PATH_PLAIN, PATH_STORE,
    TAG_MASK, Record, Timing, charge, later, tagged, untagged,
)

cdef Record *timing_attach(Timing *T, Op *op) noexcept nogil
cdef void timing_fetch(Timing *T, Record *R, uint64_t pc) noexcept nogil
cdef int64_t timing_system(Timing *T, Record *R, Op *op, int64_t t) noexcept nogil
cdef int64_t timing_jump(Timing *T, Record *R, Op *op, Op *next) noexcept nogil
cdef int64_t timing_now(Timing *T) noexcept nogil


cdef inline int64_t predict(Timing *T, Op *op, bint taken) noexcept nogil:
    """Cycles lost at a conditional branch, 0 for most; two-bit counters, indexed by pc and global history."""
    cdef uint32_t index = (<uint32_t>(op.pc >> 1) ^ T.history) & T.table_mask
    cdef int32_t counter = T.table[index]
    T.table[index] = <uint8_t>(counter + (taken and counter < 3) - (not taken and counter > 0))
    T.history = ((T.history << 1) | taken) & T.history_mask
    if (counter > 1) != taken:
        return T.mispredict
    return T.taken if taken else 0


cdef inline void timing_scalar(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """Scalar instructions with more to them: memory, control flow, ports, commit order, instruction fetch."""
    cdef int64_t t, base, ready, front, lost = 0, why = BRANCH
    cdef uint64_t target = op.pc
    cdef bint taken
    if target >> T.fetch_shift != T.fetch_line:
        timing_fetch(T, R, target)
    t = later(later(T.port[R.port], T.ready[R.s3]), later(T.ready[R.s1], T.ready[R.s2]))
    if T.window:
        t = later(t, T.ring[T.window_at])
    if R.path == PATH_LOAD or R.path == PATH_AMO:
        t = later(T.front, later(t, T.load_after))
        base = untagged(t)
        ready = base + R.latency
        if T.levels:
            ready = later(ready, touch(T, ev.addr >> T.level[0].shift, ready, R.path == PATH_AMO))
    elif R.path == PATH_PLAIN:
        t = later(T.front, t)
        base = untagged(t)
        ready = base + R.latency
    elif R.path == PATH_STORE:
        t = later(T.front, later(t, T.store_after))
        base = untagged(t)
        ready = base + R.latency
        T.store_drained = (base + T.store_drain) | ORDER
        if T.levels:
            if T.write_through:
                write_around(T, ev.addr >> T.level[0].shift, op.size)
            else:
                touch(T, ev.addr >> T.level[0].shift, ready, 1)
    elif R.path == PATH_BRANCH:
        t = later(T.front, t)
        base = untagged(t)
        ready = base + R.latency
        taken = next != op + op.len
        lost = predict(T, op, taken)
        if taken:
            target = op.pc + <uint64_t><int64_t>op.imm
    elif R.path == PATH_JUMP:
        t = later(T.front, t)
        base = untagged(t)
        ready = base + R.latency
        lost = timing_jump(T, R, op, next)
        target = next.pc if next != NULL else op.pc
    else:
        t = later(T.front, timing_system(T, R, op, t))
        base = untagged(t)
        ready = base + R.latency
        lost = R.latency & ~TAG_MASK
        why = CSR
    T.ready[R.rd] = ready
    T.port[R.port] = base + R.interval
    if T.commits:
        T.commit_before = T.commit
        T.commit = later(untagged(T.commit) + T.commit_step, ready)
        if T.window:
            T.ring[T.window_at] = T.commit
            T.window_at = T.window_at + 1 if T.window_at + 1 < T.window else 0
    front = base + T.slot
    R.extra -= T.slot
    charge(T, R, front, T.slot, t)
    if lost:
        front += lost
        charge(T, R, front, 0, why)
    T.front = front
    if target >> T.fetch_shift != T.fetch_line:
        timing_fetch(T, R, target)


cdef inline void timing_step(Timing *T, Op *op, Event *ev, Op *next) noexcept nogil:
    """Accounts for one executed instruction; `next` is the one that runs after it."""
    cdef Record *R = <Record *>op.stat
    cdef int64_t t, base, front, gap
    if R == NULL:
        R = timing_attach(T, op)
    R.count += 1
    if R.kind == KIND_FAST:
        t = later(T.front, later(T.ready[R.s1], T.ready[R.s2]))
        base = untagged(t)
        T.ready[R.rd] = base + R.latency
        front = base + T.slot
        gap = front - T.frontier
        T.front = front
        if gap == T.slot:
            T.frontier = front
        elif gap > 0:
            R.extra += gap - T.slot
            R.cause[t & TAG_MASK] += gap - T.slot
            T.frontier = front
        else:
            R.extra -= T.slot
    elif R.kind == KIND_SCALAR:
        timing_scalar(T, R, op, ev, next)
    else:
        R.step(T, R, op, ev)


cdef class TimingModel:
    cdef Timing *t
    cdef readonly object config
    cdef readonly list insns
    cdef object _flat
    cdef void _clear_state(self)
    cdef void _clear_caches(self)
