# Unit-stride vector accesses where laps are replayed: what `any_beat` of replay.pyx does, for what streams are made of.
#
# Such an access has no mask and begins with element 0, so that vl says all about its amount; vl is the same whenever its beat is run, for
# it is part of the state that a lap begins with, and what may change it is compared. What may differ is whether the access crosses a
# boundary of the path to memory, and the answer: Beat.more has both but for the stamp of the last data, which is Beat.data, so that the
# ways to go on from one place are told apart by their beats alone. It must not know what laps lead to.
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport State
from rvsim.core.vmemory cimport contiguous
from rvsim.engine.replay cimport any_beat, on, part
from rvsim.timing.laps cimport Beat, Book, Question, notice, prefer
from rvsim.timing.replay cimport ANSWERED, NOTHING
from rvsim.timing.runs cimport touch_run
from rvsim.timing.state cimport Record, Timing, later, untagged
from rvsim.timing.vmemory cimport pass_by, skewed, touch_elements


cdef inline bint usual(State *s, Op *op, Record *R, bint store) noexcept nogil:
    """Executes the access, if it is of this kind and its record has the price at hand; false: nothing was done that may not be
    done again."""
    return (op.legal >> s.vidx) & 1 and R.vl == s.ev.vl and R.vtype == s.ev.vtype and contiguous(s, op, s.ev.vl, store) != NULL


cdef inline int64_t relative(Book *B, Question *q, int64_t base, int64_t data) noexcept nogil:
    """The stamp of the last data, and in Book.seen that of the first, as notes have them. They come there because a local variable whose
    address is taken would keep the jump to the next handler from being one."""
    if data <= base + q.settled:
        B.seen.head = 0
        return NOTHING
    B.seen.head = later(q.when, untagged(B.seen.head) - base)
    return data - base


cdef Op *go_another_way(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """The answer, in Book.seen, was another than this beat's."""
    cdef int64_t data = B.seen.data, what = B.seen.head | b.ask.skew
    cdef Beat *other = <Beat *>b.other
    while other != NULL and (other.data != data or <int64_t>other.more != what):
        other = <Beat *>other.other
    if unlikely(other == NULL):
        B.to, B.answer = b.op + b.op.len, ANSWERED
        return part(s, b, n, T, base, B)
    if other != <Beat *>b.other:
        prefer(b, other)
    return on(s, other + 1, n, T, base, B)


cdef Op *cached_load(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A load through the cache."""
    cdef Record *R = <Record *>b.op.stat
    cdef Question *q = b.ask
    cdef int64_t data, what, weight = s.ev.vl >> 6
    cdef int32_t shift = T.level[0].shift
    if unlikely(not usual(s, b.op, R, False) or skewed(T, R, &s.ev) != q.skew):
        return any_beat(s, b, n, T, base, B)
    B.seen.head = 0
    data = touch_run(T, s.ev.addr >> shift, (s.ev.addr + <uint64_t>R.span - 1) >> shift, base + q.when, 0, base + q.settled, &B.seen.head)
    data = relative(B, q, base, data)
    what = B.seen.head | q.skew
    s.weight += weight
    n -= weight
    if data == b.data and what == <int64_t>b.more:
        return on(s, b + 1, n, T, base, B)
    B.seen.data = data
    return go_another_way(s, b, n, T, base, B)


cdef Op *cached_store(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A store through the cache. Where nobody waits for it, another answer is only to be remembered."""
    cdef Record *R = <Record *>b.op.stat
    cdef Question *q = b.ask
    cdef int64_t data, what, weight = s.ev.vl >> 6
    if unlikely(not usual(s, b.op, R, True) or skewed(T, R, &s.ev) != q.skew):
        return any_beat(s, b, n, T, base, B)
    B.seen.head = 0
    data = touch_elements(T, R, b.op, &s.ev, base + q.when, base + q.settled, &B.seen.head)
    data = relative(B, q, base, data)
    what = B.seen.head | q.skew
    s.weight += weight
    n -= weight
    if data == b.data and what == <int64_t>b.more:
        return on(s, b + 1, n, T, base, B)
    if b.note.sinks:
        notice(B, b.note, data)
        return on(s, b + 1, n, T, base, B)
    B.seen.data = data
    return go_another_way(s, b, n, T, base, B)


cdef Op *passing_load(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A load past the caches."""
    cdef Op *op = b.op
    cdef Record *R = <Record *>op.stat
    cdef int64_t weight = s.ev.vl >> 6
    if unlikely(not usual(s, op, R, False) or skewed(T, R, &s.ev) != <int64_t>b.more):
        return any_beat(s, b, n, T, base, B)
    pass_by(T, R, &s.ev)
    s.weight += weight
    return on(s, b + 1, n - weight, T, base, B)


def handlers():
    """Addresses of the handlers of loads and stores through the cache, and of loads past the caches."""
    return <size_t>&cached_load, <size_t>&cached_store, <size_t>&passing_load
