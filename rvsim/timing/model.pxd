# The timing model's C interface: `timing_step` is called for every executed instruction, in program order, without the GIL.
#
#     Op, Event --> timing_step --> Record (count, charges by cause) and Timing (clock, stamps)
#
# The commonest case, a result after a latency, is inlined into the caller's loop; all others are functions that the Record
# names (scalar.pyx, vector.pyx). Reads Op and Event of core/op.pxd and nothing else of the core.
from libc.stdint cimport int64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.scalar cimport clock_of, step_simple
from rvsim.timing.state cimport Record, Timing

cdef Record *timing_attach(Timing *T, Op *op) noexcept nogil
cdef void timing_detach(Timing *T, Record *R) noexcept nogil
cdef int64_t timing_now(Timing *T) noexcept nogil


cdef inline void timing_step(Timing *T, Op *op, Event *ev, Op *next) noexcept nogil:
    """Accounts for one executed instruction; `next` is the one that runs after it."""
    cdef Record *R = <Record *>op.stat
    if R == NULL:
        R = timing_attach(T, op)
    R.count += 1
    if R.step == NULL:
        step_simple(T, clock_of(T), R)
    else:
        R.step(T, R, op, ev, next)


cdef class TimingModel:
    cdef Timing *t
    cdef readonly object config
    cdef readonly list insns
    cdef object _flat
    cdef void _clear_state(self)
    cdef void _clear_caches(self)
