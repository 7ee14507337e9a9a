"""The scalar core, in order: issue, ports, branch prediction, instruction fetch, and commit order where something needs it.

One function a kind of instruction, in two instances: `plain` for machines that issue and forget, `rich` for those that track
commit order. The commonest case is in model.pxd. Mechanisms: docs/explanation/timing.md.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport KIND_JALR, Event, Op
from rvsim.timing.caches cimport find, install, supply, touch, write_around
from rvsim.timing.state cimport *

# One source, two instances: inline functions of this file are inlined always, so that constant arguments fold away.
cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """


cdef void enter_line(Timing *T, Record *R, uint64_t pc) noexcept nogil:
    """The program counter enters another line of the instruction cache, because of this instruction."""
    cdef Level *cache = &T.fetch
    cdef int64_t arrive
    T.fetch_line = pc >> T.fetch_shift
    if find(cache, T.fetch_line) >= 0:
        return
    arrive = supply(T, 1, pc, <int64_t>1 << cache.shift, T.front)
    install(cache, T.fetch_line, 0)
    T.front = tagged(later(T.front, arrive), FRONTEND)
    charge(T, R, untagged(T.front), FRONTEND)


cdef inline void fetch(Timing *T, Record *R, Op *op) noexcept nogil:
    """Instruction fetch, for instructions that may be the first of a line."""
    if R.starts and op.pc >> T.fetch_shift != T.fetch_line:
        enter_line(T, R, op.pc)


cdef inline int64_t sources(Timing *T, Record *R, bint rich) noexcept nogil:
    """Stamp at which the front, operands, port and window let the instruction issue."""
    cdef int64_t t = later(T.port[R.port], later(T.ready[R.s1], T.ready[R.s2]))
    if rich and T.window:
        t = later(t, T.ring[T.window_at])
    return later(T.front, t)


cdef inline void commit(Timing *T, int64_t ready, bint may_trap) noexcept nogil:
    """In-order commit, where the machine has a window or dispatches vectors at commit."""
    T.commit_before = T.commit
    T.commit = later(untagged(T.commit) + T.commit_step, ready)
    if may_trap:
        T.commit_before = T.commit      # what follows stays speculative until it is done
    if T.window:
        T.ring[T.window_at] = T.commit
        T.window_at = T.window_at + 1 if T.window_at + 1 < T.window else 0


cdef inline void step_compute(Timing *T, Record *R, Op *op, bint rich) noexcept nogil:
    """Registers only, with a port, three sources, commit order, or the start of a fetch line."""
    cdef int64_t t, base
    fetch(T, R, op)
    t = later(sources(T, R, rich), T.ready[R.s3])
    base = untagged(t)
    T.ready[R.rd] = base + R.latency
    T.port[R.port] = base + R.interval
    if rich:
        commit(T, base + R.latency, False)
    advance(T, R, t, base + T.slot)


cdef inline void step_load(Timing *T, Record *R, Op *op, Event *ev, bint rich) noexcept nogil:
    cdef int64_t t, base, ready
    fetch(T, R, op)
    t = sources(T, R, rich)
    if rich:
        t = later(t, T.load_after)
    base = untagged(t)
    ready = base + R.latency
    if T.levels:
        ready = later(ready, touch(T, ev.addr >> T.level[0].shift, ready, 0))
    T.ready[R.rd] = ready
    T.port[R.port] = base + R.interval
    if rich:
        commit(T, ready, True)
    advance(T, R, t, base + T.slot)


cdef inline void step_store(Timing *T, Record *R, Op *op, Event *ev, bint rich) noexcept nogil:
    cdef int64_t t, base, ready
    fetch(T, R, op)
    t = sources(T, R, rich)
    if rich:
        t = later(t, T.store_after)
    base = untagged(t)
    ready = base + R.latency
    T.port[R.port] = base + R.interval
    if T.levels:
        if rich and T.write_through:
            write_around(T, ev.addr >> T.level[0].shift, op.size)
        else:
            touch(T, ev.addr >> T.level[0].shift, ready, 1)
    if rich:
        T.store_drained = (base + T.store_drain) | ORDER
        commit(T, ready, False)
    advance(T, R, t, base + T.slot)


cdef void redirect(Timing *T, Record *R, uint64_t target, int64_t lost) noexcept nogil:
    """Fetch goes on at `target` after `lost` cycles, which are charged to the branch."""
    if lost:
        T.front += lost
        charge(T, R, T.front, BRANCH)
    if target >> T.fetch_shift != T.fetch_line:
        enter_line(T, R, target)


cdef inline int64_t predict(Timing *T, Op *op, bint taken) noexcept nogil:
    """Cycles lost at a conditional branch, 0 for most; two-bit counters, indexed by pc and global history."""
    cdef uint32_t index = (<uint32_t>(op.pc >> 1) ^ T.history) & T.table_mask
    cdef int32_t counter = T.table[index]
    T.table[index] = <uint8_t>(counter + (taken and counter < 3) - (not taken and counter > 0))
    T.history = ((T.history << 1) | taken) & T.history_mask
    if (counter > 1) != taken:
        return T.mispredict
    return T.taken if taken else 0


cdef inline void step_branch(Timing *T, Record *R, Op *op, Op *next, bint rich) noexcept nogil:
    cdef int64_t t, base, lost
    cdef uint64_t target = op.pc
    cdef bint taken = next != op + op.len
    fetch(T, R, op)
    t = sources(T, R, rich)
    base = untagged(t)
    T.port[R.port] = base + R.interval
    if rich:
        commit(T, base + R.latency, False)
    advance(T, R, t, base + T.slot)
    lost = predict(T, op, taken)
    if taken:
        target += <uint64_t><int64_t>op.imm
    if lost or target >> T.fetch_shift != T.fetch_line:
        redirect(T, R, target, lost)


cdef int64_t lost_at_jump(Timing *T, Record *R, Op *op, Op *next) noexcept nogil:
    """Cycles lost at jal or jalr: return-address stack for returns, the last target for other indirect jumps."""
    cdef int64_t lost = T.taken
    cdef void *guess = R.target
    if op.kind == KIND_JALR:
        if R.is_return and T.stack_size:
            guess = <void *>T.stack[T.stack_at]
            T.stack_at = (T.stack_at if T.stack_at else T.stack_size) - 1
        if guess != <void *>next:
            lost = T.mispredict
        R.target = next
    if R.is_call and T.stack_size:
        T.stack_at = T.stack_at + 1 if T.stack_at + 1 < T.stack_size else 0
        T.stack[T.stack_at] = <uint64_t>(op + op.len)
    return lost


cdef void step_jump(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_compute(T, R, op, T.commits)
    redirect(T, R, next.pc if next != NULL else op.pc, lost_at_jump(T, R, op, next))


cdef void step_amo(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """A load that makes its line dirty."""
    step_load(T, R, op, ev, T.commits)
    if T.levels and not T.write_through:
        touch(T, ev.addr >> T.level[0].shift, T.front, 1)


cdef void step_system(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """CSR accesses, fences, traps: wait for what must be over, and keep the core for their latency."""
    cdef int64_t t, base
    cdef uint32_t csr = <uint32_t>op.imm & 0xfff
    fetch(T, R, op)
    t = sources(T, R, T.commits)
    if T.commits:
        t = later(t, T.commit)
    if R.path == PATH_FENCE:
        t = later(t, later(T.frontier | ORDER, T.store_drained))
    elif T.csr_drains and (8 <= csr <= 15 or 0xc20 <= csr <= 0xc22):
        t = later(t, T.frontier | CSR)
    base = untagged(t)
    T.ready[R.rd] = base + R.latency
    T.port[R.port] = base + R.interval
    if T.commits:
        commit(T, base + R.latency, False)
    advance(T, R, t, base + T.slot)
    T.front += R.latency & ~TAG_MASK
    charge(T, R, T.front, CSR)


cdef void compute_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_compute(T, R, op, False)


cdef void compute_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_compute(T, R, op, True)


cdef void load_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_load(T, R, op, ev, False)


cdef void load_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_load(T, R, op, ev, True)


cdef void store_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_store(T, R, op, ev, False)


cdef void store_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_store(T, R, op, ev, True)


cdef void branch_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_branch(T, R, op, next, False)


cdef void branch_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_branch(T, R, op, next, True)


cdef void attach_scalar(Timing *T, Record *R, Op *op) noexcept nogil:
    """Costs of the instruction, and the code that times it."""
    cdef Desc *d = R.desc
    cdef bint rich = T.commits or T.write_through or T.scalar_load_after_stores or T.scalar_store_after_vector
    R.latency = T.scalar_latency[d.price] | (L1 if d.path == PATH_LOAD or d.path == PATH_AMO else OPERAND)
    R.interval = T.scalar_interval[d.price] | UNIT
    R.port = T.scalar_port[d.price]
    R.starts = T.fetch_shift < 63 and op.pc & ((<uint64_t>1 << T.fetch_shift) - 1) < 4
    R.is_call = op.rd == 1 or op.rd == 5
    R.is_return = op.kind == KIND_JALR and (op.rs1 == 1 or op.rs1 == 5) and not R.is_call
    if d.path == PATH_LOAD:
        R.step = load_rich if rich else load_plain
    elif d.path == PATH_STORE:
        R.step = store_rich if rich else store_plain
    elif d.path == PATH_BRANCH:
        R.step = branch_rich if rich else branch_plain
    elif d.path == PATH_AMO:
        R.step = step_amo
    elif d.path == PATH_JUMP:
        R.step = step_jump
    elif d.path != PATH_PLAIN:
        R.step = step_system
    elif rich:
        R.step = compute_rich
    elif R.s3 or R.starts or T.scalar_interval[d.price]:
        R.step = compute_plain
