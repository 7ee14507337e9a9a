# Beats that do the work of several: loads that follow one another, and multiply-adds that share a vector.
#
# The first beat of such a run gets another handler, which goes on behind the run; the others keep theirs, for who comes to them from
# another lap, and for the run where it has to stop: what is not as it should be is left to the handler of the beat where that is. Loads
# are handled by replayed.pyx. Multiply-adds ask nothing, and the vtype under which they were recorded is the one they meet: it is
# part of the state where a lap begins, and what may change it is compared. So their legality has to be looked at only as far as
# instructions between laps can change it: by State.vidx, which tells vtype, vstart and whether vectors are off, and by the
# rounding mode. It must not know what is asked, or what laps lead to.
from libc.stdint cimport int64_t

from rvsim.core.op cimport Op
from rvsim.core.products cimport Products, join_product, may_multiply, multiply
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport State
from rvsim.engine.replay cimport BeatFn, on
from rvsim.timing.laps cimport Beat, Book, Lap, room
from rvsim.timing.replay cimport NOTE_LOAD, NOTE_PLAIN
from rvsim.timing.state cimport PATH_VECTOR, Timing

cdef enum:
    MOST_LOADS = 16     # kinds of them

# The handler of a load, and that of a run of such loads.
cdef struct Pair:
    void *one
    void *run

cdef Pair pairs[MOST_LOADS]

# Multiply-adds, and the handler of the first one alone.
cdef struct Joined:
    Products products
    void *one


cdef Op *multiply_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """Multiply-adds that share a vector."""
    cdef Joined *joined = <Joined *>b.more
    cdef Products *p = &joined.products
    cdef int64_t weight = p.count * <int64_t>(s.ev.vl >> 6)
    if unlikely(not may_multiply(s, p)):
        return (<BeatFn>joined.one)(s, b, n, T, base, B)
    multiply(s, p)
    s.weight += weight
    return on(s, b + p.count, n - weight, T, base, B)


cdef Beat *join_products(State *s, Book *B, Beat *b, Beat *end) noexcept nogil:
    """The beat behind the multiply-adds that begin here, or this one: there are none."""
    cdef Joined *joined
    cdef Joined found
    cdef Beat *next = b
    found.products.count = 0
    while (next != end and next.note.kind == NOTE_PLAIN and next.note.R.path == PATH_VECTOR
           and join_product(&found.products, next.op, next.note.ev.vtype, s.vlenb)):
        next += 1
    joined = <Joined *>room(B, sizeof(Joined)) if next != b else NULL
    if joined == NULL:
        return b
    joined[0] = found
    joined.one = b.run
    b.more, b.run = joined, <void *>multiply_beat
    return next


cdef Beat *join_loads(Beat *b, Beat *end) noexcept nogil:
    """The same of loads, two or more."""
    cdef int i = 0
    cdef void *one = b.run
    cdef Beat *next = b + 1
    while i < MOST_LOADS and pairs[i].one != one:
        i += 1
    if i == MOST_LOADS or b.note.kind != NOTE_LOAD:
        return b
    while next != end and next.run == one and next.note.kind == NOTE_LOAD:
        next += 1
    if next == b + 1:
        return b
    b.more, b.run = next, pairs[i].run
    return next


cdef void join(State *s, Book *B, Lap *lap, Beat *first) noexcept nogil:
    """Looks for runs among the beats of the lap itself, from this one on; all of them are there."""
    cdef Beat *b = first
    cdef Beat *end = lap.beat + (lap.count - lap.start)
    cdef Beat *next
    while b < end:
        next = join_loads(b, end)
        if next == b:
            next = join_products(s, B, b, end)
        b = next if next != b else b + 1


cdef void end_before(Lap *lap, Beat *b) noexcept nogil:
    """The lap ends at this beat from now on, a load or a vector instruction that accesses memory: a run that leads past it would go the old
    way, which is right, too, but is what is not wanted any more."""
    cdef Beat *before = lap.beat
    while before < b:
        if before.more != NULL and before.note.kind == NOTE_LOAD and before.more > <void *>b:
            before.more = b
        before += 1


def install(runs):
    """runs: handler of a load -> that of a run of such loads, by their addresses; once a process."""
    cdef int i
    for i, (one, run) in enumerate(runs.items()):
        pairs[i].one, pairs[i].run = <void *><size_t>one, <void *><size_t>run
