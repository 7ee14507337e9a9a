# The timed run as a chain of handlers: what is not one of the generated ones, and which instruction gets which.
#
#     go(op) --> Op.stat, a Record --> Record.run: executes, accounts, go(next)
#
# A record that is new has `settle` there, which chooses: a handler of timed.pyx where execution and timing are both plain
# inline code, otherwise `run_any`, which calls the core's and the model's functions one after the other. An Op without a
# record starts with `run_first`. Needs tail calls, so the debug build uses the loop of loops.pyx instead.
from libc.stdint cimport int64_t, uint64_t

from rvsim.core.op cimport KIND_UNDECODED, KIND_VECTOR
from rvsim.core.state cimport STOP_RETURN, STOP_TRAP, StepFn
from rvsim.engine.replay cimport settle_replay, turn
from rvsim.timing.model cimport timing_step
from rvsim.timing.scalar cimport (
    branch_plain, branch_rich, compute_plain, compute_rich, load_plain, load_rich, store_plain, store_rich,
)
from rvsim.timing.state cimport PATH_BRANCH, PATH_LOAD, PATH_PLAIN, PATH_STORE, Step

cdef enum:
    SLOTS = 2048        # of the hash table below, a power of two, at least twice as many as there are handlers

# A step function of the core and its timed counterparts.
cdef struct Fused:
    void *step
    int64_t path
    void *simple
    void *plain
    void *rich

cdef Fused table[SLOTS]


cdef Op *run_first(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil:
    """An Op without a record: decode it, and let the model see it after it ran."""
    while op.kind == KIND_UNDECODED:
        s.n = n
        op = (<StepFn>op.step)(s, op)
        if op == NULL:
            T.front = front
            T.frontier = frontier
            return NULL
    if op.stat != NULL:
        return (<TimedFn>(<Record *>op.stat).run)(s, op, n, T, front, frontier)
    return run_any(s, op, n, T, front, frontier)


cdef Op *run_any(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil:
    """Any instruction, by the functions of its Op and its record."""
    cdef uint64_t traps = s.trap_count
    cdef int64_t weight
    cdef Op *to
    T.front = front
    T.frontier = frontier
    s.n = n
    to = (<StepFn>op.step)(s, op)
    n -= 1
    if op.kind >= KIND_VECTOR:
        weight = s.ev.vl >> 6           # long vectors spend budget too, so that slices stay short
        s.weight += weight
        n -= weight
    if unlikely(to == NULL):
        if s.trap_count == traps and s.stop != STOP_RETURN and s.stop != STOP_TRAP:
            timing_step(T, op, &s.ev, op + op.len)
        s.n = n
        return NULL
    if unlikely(s.trap_count != traps):     # it did not retire: its Event is of no meaning
        if n <= 0:
            return leave(s, to, n, T, T.front, T.frontier)
        return go(s, to, n, T, T.front, T.frontier)
    timing_step(T, op, &s.ev, to)
    if unlikely(n <= 0 and to != op + op.len):
        return leave(s, to, n, T, T.front, T.frontier)
    return go(s, to, n, T, T.front, T.frontier)


cdef Op *around(State *s, Op *op, Op *head, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil:
    """The branch `op` has been taken, to `head`, and accounted for."""
    (<Record *>op.stat).laps = 0
    T.front = front
    T.frontier = frontier
    head = turn(s, T, op, head, n)
    if unlikely(head == NULL):
        return NULL
    if unlikely(s.n <= 0):
        return leave(s, head, s.n, T, T.front, T.frontier)
    return go(s, head, s.n, T, T.front, T.frontier)


cdef inline uint64_t slot_of(void *step) noexcept nogil:
    return (<uint64_t>step * 0x9E3779B97F4A7C15ULL) >> 53


cdef void *choose(Op *op, Record *R) noexcept nogil:
    """The handler of an instruction whose record is complete."""
    cdef uint64_t i = slot_of(op.step)
    cdef Fused *f
    cdef Step step = R.step
    while table[i].step != NULL and table[i].step != op.step:
        i = (i + 1) & (SLOTS - 1)
    f = &table[i]
    if f.step == NULL or R.path != f.path:
        return <void *>run_any
    if step == NULL and R.path == PATH_PLAIN:
        return f.simple
    if (R.path == PATH_PLAIN and step == compute_plain or R.path == PATH_LOAD and step == load_plain
            or R.path == PATH_STORE and step == store_plain or R.path == PATH_BRANCH and step == branch_plain):
        return f.plain
    if (R.path == PATH_PLAIN and step == compute_rich or R.path == PATH_LOAD and step == load_rich
            or R.path == PATH_STORE and step == store_rich or R.path == PATH_BRANCH and step == branch_rich):
        return f.rich
    return <void *>run_any


cdef Op *settle(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil:
    """The second execution of an instruction: choose its handler."""
    cdef Record *R = <Record *>op.stat
    R.run = choose(op, R)
    return (<TimedFn>R.run)(s, op, n, T, front, frontier)


cdef void chained(State *s, Timing *T, int64_t budget) noexcept nogil:
    """Run about `budget` instructions and account for the time of each."""
    s.budget = budget
    s.n = budget
    go(s, s.next, budget, T, T.front, T.frontier)
    settle_replay(T)


def install(dict core, dict timed):
    """Takes over what timed.handlers() offers for the step functions of core.handlers.handlers(), once a process."""
    cdef uint64_t i
    for (name, length), (path, simple, plain, rich) in timed.items():
        step = core[name][0 if length == 1 else 2]
        i = slot_of(<void *><size_t>step)
        while table[i].step != NULL:
            i = (i + 1) & (SLOTS - 1)
        table[i].step = <void *><size_t>step
        table[i].path = path
        table[i].simple, table[i].plain, table[i].rich = <void *><size_t>simple, <void *><size_t>plain, <void *><size_t>rich


def installed():
    """Whether `install` was called."""
    cdef int i
    return any([table[i].step != NULL for i in range(SLOTS)])
