# Rings of stamps: who holds a place in a queue of the vector unit, and until when. Knows nothing of instructions.
from libc.stdint cimport int32_t, int64_t, uint32_t

from rvsim.timing.state cimport Timing


cdef inline uint32_t bump(uint32_t at, uint32_t size) noexcept nogil:
    """The next place of a ring."""
    return at + 1 if at + 1 < size else 0


cdef inline void enqueue(Timing *T, int32_t queue, int64_t gone) noexcept nogil:
    """A unit's queue holds the instruction until `gone`."""
    cdef uint32_t at = T.queue_at[queue]
    T.queue[queue][at] = gone
    T.queue_at[queue] = bump(at, T.queue_depth[queue])


cdef inline void enter_queue(Timing *T, int32_t queue, int64_t gone) noexcept nogil:
    if T.queue_depth[queue]:
        enqueue(T, queue, gone)
