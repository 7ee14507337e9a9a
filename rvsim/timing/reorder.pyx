"""The scalar core, out of order: instructions wait in the window for what they need, and for nothing else.

Registers are renamed, so only true dependences count. Loads pass stores, except the one that wrote what they read; branches
redirect the front end when they are resolved. The window itself is window.pxd; nothing here is used by in-order machines.
"""
from libc.stdint cimport int64_t, uint64_t

from rvsim.core.op cimport KIND_JALR, Event, Op
from rvsim.timing.caches cimport touch, write_around
from rvsim.timing.scalar cimport enter_line, lost_at_jump, predict
from rvsim.timing.state cimport *
from rvsim.timing.window cimport complete, note_store, rename, reserve, retire, written_by

cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """


cdef inline int64_t enter(Timing *T, Record *R, Op *op) noexcept nogil:
    """Fetch and rename."""
    if R.starts and op.pc >> T.fetch_shift != T.fetch_line:
        enter_line(T, R, op.pc)
    return rename(T, R)


cdef inline int64_t operands(Timing *T, Record *R, int64_t r, int64_t work) noexcept nogil:
    """Stamp at which operands are there and a port of the class is free."""
    cdef int64_t t = later(r, later(T.ready[R.s1], later(T.ready[R.s2], T.ready[R.s3])))
    return later(t, reserve(&T.port[R.port], r, work))


cdef void compute(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    cdef int64_t r = enter(T, R, op)
    cdef int64_t t = operands(T, R, r, R.interval)
    cdef int64_t done = untagged(t) + R.latency
    T.ready[R.rd] = done
    retire(T, done)
    complete(T, R, r, t, done)


cdef inline Forward *written_at(Timing *T, uint64_t address) noexcept nogil:
    """The place of a doubleword among those that stores in flight have written."""
    return &T.forward[(address >> 3) & (FORWARDS - 1)]


cdef void load(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    cdef int64_t r = enter(T, R, op)
    cdef int64_t t = operands(T, R, r, R.interval), done
    cdef Forward *store = written_at(T, ev.addr)
    if store.word == ev.addr >> 3:
        t = later(t, store.ready)
    if T.wrote[(ev.addr >> 6) & (FORWARDS - 1)].ready > t:
        t = written_by(T, ev.addr, ev.addr + op.size, t)
    t = later(t, T.load_after)
    done = untagged(t) + R.latency
    if T.levels:
        done = later(done, touch(T, ev.addr >> T.level[0].shift, done, R.path == PATH_AMO and not T.write_through))
    T.ready[R.rd] = done
    retire(T, done)
    complete(T, R, r, t, done)


cdef void store(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """Done when address and data are there; the cache is written at commit, and nobody waits for that."""
    cdef int64_t r = enter(T, R, op)
    cdef int64_t work = R.interval
    cdef int64_t t, done
    cdef Forward *place = written_at(T, ev.addr)
    if T.store_bytes and (ev.addr & (T.store_bytes - 1)) + op.size > T.store_bytes:
        work += R.interval & ~<int64_t>TAG_MASK
    t = later(operands(T, R, r, work), T.store_after)
    done = untagged(t) + R.latency
    place.word = ev.addr >> 3
    place.ready = done
    note_store(T, ev.addr, ev.addr + op.size, done)
    retire(T, done)
    if T.levels:
        if T.write_through:
            write_around(T, ev.addr >> T.level[0].shift, op.size)
        else:
            touch(T, ev.addr >> T.level[0].shift, T.commit, 1)
    T.store_drained = (untagged(T.commit) + T.store_drain) | ORDER
    complete(T, R, r, t, done)


cdef inline void follow(Timing *T, Record *R, uint64_t target, bint taken, int64_t lost, int64_t done) noexcept nogil:
    """Fetch after a branch or jump: a wrong guess is corrected when it is resolved, a taken one costs a bubble."""
    if lost and lost == T.mispredict:
        T.front = later(T.front, tagged(done + lost, BRANCH))
        charge(T, R, untagged(T.front), BRANCH)
    elif taken:
        T.front = later(T.front + lost, tagged(T.taken_at, BRANCH) + T.taken_interval)
        if lost:
            T.front = tagged(T.front, BRANCH)
    if taken:
        T.taken_at = untagged(T.front)
        if target >> T.fetch_shift != T.fetch_line:
            enter_line(T, R, target)


cdef void branch(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    cdef int64_t r = enter(T, R, op)
    cdef int64_t t = operands(T, R, r, R.interval)
    cdef int64_t done = untagged(t) + R.latency
    cdef bint taken = next != op + op.len
    retire(T, done)
    complete(T, R, r, t, done)
    follow(T, R, op.pc + <uint64_t><int64_t>op.imm, taken, predict(T, op, taken, True), done)


cdef void jump(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    cdef int64_t r = enter(T, R, op)
    cdef int64_t t = operands(T, R, r, R.interval)
    cdef int64_t done = untagged(t) + R.latency
    T.ready[R.rd] = done
    retire(T, done)
    complete(T, R, r, t, done)
    follow(T, R, next.pc if next != NULL else op.pc, True, lost_at_jump(T, R, op, next), done)


cdef void system(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """CSR accesses, fences, traps: everything before is done, nothing behind has begun."""
    cdef int64_t r = enter(T, R, op)
    cdef int64_t t = later(operands(T, R, r, R.interval), T.commit)
    cdef int64_t done
    if R.path == PATH_FENCE:
        t = later(t, later(T.frontier | ORDER, T.store_drained))
    done = tagged(t, CSR) + (R.latency & ~TAG_MASK)
    T.ready[R.rd] = done
    retire(T, done)
    complete(T, R, r, t, done)
    T.front = later(T.front, done)


cdef void attach_reordered(Timing *T, Record *R, Op *op) noexcept nogil:
    """Costs of the instruction, and the code that times it."""
    cdef Desc *d = R.desc
    R.latency = T.scalar_latency[d.price] | (L1 if d.path == PATH_LOAD or d.path == PATH_AMO else OPERAND)
    R.interval = T.scalar_interval[d.price]
    R.port = T.scalar_port[d.price]
    R.starts = T.fetch_shift < 63 and op.pc & ((<uint64_t>1 << T.fetch_shift) - 1) < 4
    R.is_call = op.rd == 1 or op.rd == 5
    R.is_return = op.kind == KIND_JALR and (op.rs1 == 1 or op.rs1 == 5) and not R.is_call
    R.folds = d.path == PATH_PLAIN and T.fold > 1
    if d.path == PATH_LOAD or d.path == PATH_AMO:
        R.step = load
    elif d.path == PATH_STORE:
        R.step = store
    elif d.path == PATH_BRANCH:
        R.step = branch
    elif d.path == PATH_JUMP:
        R.step = jump
    elif d.path != PATH_PLAIN:
        R.step = system
    else:
        R.step = compute
