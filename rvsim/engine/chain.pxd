# The timed run as a chain of handlers, each of which ends in a jump to the next; see chain.pyx.
#
# The clock travels in arguments (registers, that is): Timing.front and Timing.frontier are stale while a chain runs, and are
# written back before anything that is not inlined looks at them.
from libc.stdint cimport int64_t

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport State
from rvsim.timing.state cimport Record, Timing

ctypedef Op *(*TimedFn)(State *, Op *, int64_t, Timing *, int64_t, int64_t) noexcept nogil

cdef Op *run_first(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil
cdef Op *run_any(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil
cdef Op *settle(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil
cdef Op *around(State *s, Op *op, Op *head, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil
cdef void chained(State *s, Timing *T, int64_t budget) noexcept nogil


cdef inline Op *leave(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil:
    """The run stops before `op`."""
    T.front = front
    T.frontier = frontier
    s.n = n
    s.next = op
    return NULL


cdef inline Op *go(State *s, Op *op, int64_t n, Timing *T, int64_t front, int64_t frontier) noexcept nogil:
    """Jump to the handler of `op`, the next instruction."""
    cdef Record *R = <Record *>op.stat
    if unlikely(R == NULL):
        return run_first(s, op, n, T, front, frontier)
    return (<TimedFn>R.run)(s, op, n, T, front, frontier)
