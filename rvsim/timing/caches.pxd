# Caches and memory behind them: the fast path of a lookup, inlined into the run loop; the rest is caches.pyx.
#
#     touch() --most recent line of its set--> stamp of its data
#        \--anything else--> touch_slow()
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.timing.state cimport Level, Line, Timing

cdef Line *find(Level *level, uint64_t number) noexcept nogil
cdef uint64_t install(Level *level, uint64_t number, int64_t arrive, uint64_t flags) noexcept nogil
cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil
cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint64_t dirty) noexcept nogil
cdef void write_around(Timing *T, uint64_t number, int64_t nbytes) noexcept nogil
cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil


cdef inline int64_t touch(Timing *T, uint64_t number, int64_t when, uint64_t dirty) noexcept nogil:
    """Access to a line of the L1 data cache; returns the stamp of its data (long ago, for a plain hit)."""
    cdef Level *level = &T.level[0]
    cdef Line *line = level.line + (number & level.set_mask) * level.ways
    if (line.tag & ~<uint64_t>1) == (number + 1) << 2:
        line.tag |= dirty
        return line.arrive
    return touch_slow(T, number, when, dirty)
