# Caches and memory behind them: the fast path of a lookup, inlined by its callers; the rest is caches.pyx.
#
#     touch() --line of its set that was used last--> stamp of its data
#        \--anything else--> touch_slow()
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.timing.state cimport Level, Set, Timing

cdef int32_t find(Level *level, uint64_t number) noexcept nogil
cdef uint32_t install(Level *level, uint64_t number, uint32_t flags) noexcept nogil
cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil
cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil
cdef void write_around(Timing *T, uint64_t number, int64_t nbytes) noexcept nogil
cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil
cdef int fill_level(Level *level, uint64_t size, uint32_t ways, uint32_t line, bint stamped) except -1
cdef void free_level(Level *level) noexcept
cdef void settle_level(Level *level) noexcept nogil
cdef void empty_level(Level *level) noexcept nogil


cdef inline Set *set_of(Level *level, uint64_t number) noexcept nogil:
    return <Set *>(level.base + ((number & level.set_mask) << level.stride))


cdef inline uint32_t *tags_of(Level *level, Set *ways) noexcept nogil:
    """By way: (line number above the set bits + 1) << 2 | prefetched << 1 | dirty; 0 = empty."""
    return <uint32_t *>(<char *>ways + level.tags)


cdef inline uint32_t tag_of(Level *level, uint64_t number) noexcept nogil:
    return <uint32_t>(((number >> level.set_bits) + 1) << 2)


cdef inline int64_t touch(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """Access to a line of the L1 data cache; returns the stamp of its data (long ago, for a plain hit)."""
    cdef Level *level = &T.level[0]
    cdef Set *ways = set_of(level, number)
    cdef uint32_t *tag = tags_of(level, ways) + ways.recent
    if (tag[0] & ~<uint32_t>1) == tag_of(level, number):
        tag[0] |= dirty
        return level.arrive[(number & level.set_mask) * level.ways + ways.recent]
    return touch_slow(T, number, when, dirty)
