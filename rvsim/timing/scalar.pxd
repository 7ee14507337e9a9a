# The scalar core's fast paths: one inline function a kind of instruction, over a Clock that a run loop may keep in registers.
#
# scalar.pyx makes functions of them that `timing_step` calls (there the Clock is the beginning of Timing itself); the engine
# inlines them into its threaded handlers. What is rare (a new fetch line, a miss) is a function that works on Timing. `quick`
# instances leave it out: who calls them has asked quick_fetch, quick_line and quick_way first, and so has no calls to prepare for.
# Mechanisms: docs/explanation/timing.md.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.caches cimport AHEAD, find, touch_way, write_around
from rvsim.timing.replay cimport RIGHT, TAKEN, answering, fetched_before, taped_data, taped_touch
from rvsim.timing.state cimport BRANCH, ORDER, TAG_MASK, Clock, Record, Timing, later, tagged, untagged

# One source, several instances: inline functions of a module that includes this are inlined always, so that constant
# arguments fold away.
cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """

cdef enum:
    MISSED = AHEAD - 1  # quick_way: this or more
    COUNTED = 0xf990    # next state of a two-bit counter: 0 0 1 2 where the branch is not taken, 1 2 3 3 where it is

cdef void attach_scalar(Timing *T, Record *R, Op *op) noexcept nogil
cdef void enter_line(Timing *T, Record *R, uint64_t pc) noexcept nogil
cdef int64_t lost_at_jump(Timing *T, Record *R, Op *op, Op *next) noexcept nogil
cdef void compute_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void compute_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void load_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void load_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void store_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void store_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void branch_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil
cdef void branch_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil


cdef inline Clock *clock_of(Timing *T) noexcept nogil:
    """The Clock that Timing begins with."""
    return <Clock *>T


cdef inline void put_clock(Timing *T, Clock *c) noexcept nogil:
    T.front = c.front
    T.frontier = c.frontier


cdef inline void get_clock(Timing *T, Clock *c) noexcept nogil:
    c.front = T.front
    c.frontier = T.frontier


cdef inline void move_front(Timing *T, Clock *c, Record *R, int64_t t, int64_t front) noexcept nogil:
    """A scalar instruction issued at t: the frontier moves to `front`, one slot of it is issue, the rest has the cause of t.

    Record.extra counts from one slot an execution, so that the usual case touches neither it nor the causes.
    """
    cdef int64_t gap = front - c.frontier
    c.front = front
    if gap == T.slot:
        c.frontier = front
    elif gap > 0:
        gap -= T.slot
        R.extra += gap
        if gap > 0:
            R.cause[t & TAG_MASK] += gap
        c.frontier = front
        T.current = R
    else:
        R.extra -= T.slot


cdef inline void goto_line(Timing *T, Clock *c, Record *R, uint64_t pc) noexcept nogil:
    """The program counter enters another line of the instruction cache."""
    if fetched_before(T) or find(&T.fetch, pc >> T.fetch_shift):
        T.fetch_line = pc >> T.fetch_shift
        return
    put_clock(T, c)
    enter_line(T, R, pc)
    get_clock(T, c)


cdef inline bint quick_line(Timing *T, uint64_t pc) noexcept nogil:
    """Whether fetch can go on there at once."""
    cdef uint64_t number = pc >> T.fetch_shift
    return number == T.fetch_line or T.fetch.where[number & T.fetch.map_mask] != 0


cdef inline bint quick_fetch(Timing *T, Record *R, Op *op) noexcept nogil:
    """Whether the instruction needs no other line, or one that is there."""
    return not R.starts or quick_line(T, op.pc)


cdef inline uint32_t quick_way(Timing *T, uint64_t address) noexcept nogil:
    """The way of the L1 data cache where a plain hit goes, or MISSED."""
    if not T.levels:
        return 0
    return <uint32_t>T.level[0].where[(address >> T.level[0].shift) & T.level[0].map_mask] - 1


cdef inline void enter(Timing *T, Clock *c, Record *R, uint64_t pc, bint quick) noexcept nogil:
    if quick:
        find(&T.fetch, pc >> T.fetch_shift)
        T.fetch_line = pc >> T.fetch_shift
    else:
        goto_line(T, c, R, pc)


cdef inline void fetch(Timing *T, Clock *c, Record *R, Op *op, bint quick) noexcept nogil:
    """Instruction fetch, for instructions that may be the first of a line."""
    if R.starts and op.pc >> T.fetch_shift != T.fetch_line:
        enter(T, c, R, op.pc, quick)


cdef inline int64_t reach(Timing *T, uint64_t address, int64_t when, uint32_t dirty, bint quick, uint32_t way) noexcept nogil:
    """`touch` of what a scalar access needs; `way` is the answer of quick_way."""
    if quick:
        return touch_way(&T.level[0], address >> T.level[0].shift, way, dirty)
    return taped_touch(T, address >> T.level[0].shift, when, dirty)


cdef inline int64_t admitted(Timing *T, Clock *c, Record *R, int64_t operands, bint rich) noexcept nogil:
    """Stamp at which the front, operands, port and window let the instruction issue."""
    cdef int64_t t = later(T.port[R.port], operands)
    if rich and T.window:
        t = later(t, T.ring[T.window_at])
    return later(c.front, t)


cdef inline int64_t sources(Timing *T, Clock *c, Record *R, bint rich) noexcept nogil:
    """The same for one that needs its operands when it issues."""
    return admitted(T, c, R, later(T.ready[R.s1], T.ready[R.s2]), rich)


cdef inline void commit(Timing *T, int64_t ready, bint may_trap) noexcept nogil:
    """In-order commit, where the machine has a window or dispatches vectors at commit."""
    cdef int64_t now = later(untagged(T.commit) + T.commit_step, ready)
    T.commit_before = now if may_trap else T.commit      # what follows a load stays speculative until it is done
    T.commit = now
    if T.window:
        T.ring[T.window_at] = now
        T.window_at = T.window_at + 1 if T.window_at + 1 < T.window else 0


cdef inline void step_simple(Timing *T, Clock *c, Record *R) noexcept nogil:
    """The commonest case: a result after a latency, nothing else."""
    cdef int64_t t = later(c.front, later(T.ready[R.s1], T.ready[R.s2]))
    cdef int64_t base = untagged(t)
    T.ready[R.rd] = base + R.latency
    move_front(T, c, R, t, base + T.slot)


cdef inline void step_compute(Timing *T, Clock *c, Record *R, Op *op, bint rich, bint quick) noexcept nogil:
    """Registers only, with a port, three sources, commit order, or the start of a fetch line."""
    cdef int64_t t, base
    fetch(T, c, R, op, quick)
    t = later(sources(T, c, R, rich), T.ready[R.s3])
    base = untagged(t)
    T.ready[R.rd] = base + R.latency
    T.port[R.port] = base + R.interval
    if rich:
        commit(T, base + R.latency, False)
    move_front(T, c, R, t, base + T.slot)


cdef inline void step_load(Timing *T, Clock *c, Record *R, Op *op, Event *ev, bint rich, bint quick, uint32_t way) noexcept nogil:
    cdef int64_t t, base, ready
    fetch(T, c, R, op, quick)
    t = sources(T, c, R, rich)
    if rich:
        t = later(t, T.load_after)
    base = untagged(t)
    ready = base + R.latency
    if T.levels:
        ready = later(ready, reach(T, ev.addr, ready, 0, quick, way))
    T.ready[R.rd] = ready
    T.port[R.port] = base + R.interval
    if rich:
        commit(T, ready, True)
    move_front(T, c, R, t, base + T.slot)


cdef inline void step_store(Timing *T, Clock *c, Record *R, Op *op, Event *ev, bint rich, bint quick, uint32_t way) noexcept nogil:
    cdef int64_t t, base, ready
    fetch(T, c, R, op, quick)
    t = admitted(T, c, R, later(T.ready[R.s1] - R.late, T.ready[R.s2]), rich)   # s1 is the data
    if rich:
        t = later(t, T.store_after)
    base = untagged(t)
    ready = base + R.latency
    T.port[R.port] = base + R.interval
    if T.levels:
        if rich and T.write_through:
            if quick or not answering(T):
                write_around(T, ev.addr >> T.level[0].shift, op.size)
        else:
            reach(T, ev.addr, ready, 1, quick, way)
    if rich:
        T.store_drained = (base + T.store_drain) | ORDER
        commit(T, ready, False)
    move_front(T, c, R, t, base + T.slot)


cdef inline void redirect(Timing *T, Clock *c, Record *R, uint64_t target, int64_t lost, bint quick) noexcept nogil:
    """Fetch goes on at `target` after `lost` cycles, which are charged to the branch."""
    cdef int64_t gap
    if lost:
        c.front += lost
        gap = c.front - c.frontier
        if gap > 0:
            R.extra += gap
            R.cause[<int>BRANCH] += gap
            c.frontier = c.front
            T.current = R
    if target >> T.fetch_shift != T.fetch_line:
        enter(T, c, R, target, quick)


cdef inline int64_t ask(Timing *T, Op *op, uint32_t taken) noexcept nogil:
    """The predictor is asked where a conditional branch goes and told where it went (1: taken); TAKEN and RIGHT as they apply.

    Two-bit counters, indexed by pc and global history.
    """
    cdef uint8_t *counter = T.table + ((<uint32_t>(op.pc >> 1) ^ T.history) & T.table_mask)
    cdef uint32_t was = counter[0]
    counter[0] = <uint8_t>(COUNTED >> (8 * taken + 2 * was) & 3)
    T.history = (T.history << 1 | taken) & T.history_mask
    return taken * TAKEN + ((was >> 1) ^ taken ^ 1) * RIGHT


cdef inline int64_t predict(Timing *T, Op *op, bint taken, bint quick) noexcept nogil:
    """Cycles lost at a conditional branch, 0 for most."""
    cdef int64_t answer
    if not quick and T.tape != NULL:
        answer = taped_data(T)[0] if answering(T) else ask(T, op, taken)
        taped_data(T)[0] = answer
    else:
        answer = ask(T, op, taken)
    if not answer & RIGHT:
        return T.mispredict
    return T.taken if taken else 0


cdef inline void step_branch(Timing *T, Clock *c, Record *R, Op *op, bint taken, bint rich, bint quick) noexcept nogil:
    cdef int64_t t, base, lost, operands
    fetch(T, c, R, op, quick)
    operands = later(T.ready[R.s1], T.ready[R.s2])
    t = admitted(T, c, R, operands - R.late, rich)
    base = untagged(t)
    T.port[R.port] = base + R.interval
    if rich:
        commit(T, base + R.latency, False)
    move_front(T, c, R, t, base + T.slot)
    lost = predict(T, op, taken, quick)
    if lost == T.mispredict and operands > base and lost:
        lost += untagged(operands) - base       # found out in the late stage
    redirect(T, c, R, op.pc + (<uint64_t><int64_t>op.imm if taken else 0), lost, quick)
