# Caches and memory behind them: the fast path of a lookup, inlined by its callers; the rest is caches.pyx.
#
#     touch() --a line that is there--> stamp of its data
#        \--anything else--> touch_slow()
#
# A level knows by line number, in a byte each, where a line is: no set is ever searched.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.timing.state cimport Level, Timing

cdef enum:
    WAY = 0x7f          # Level.where: way + 1, 0 = not there
    AHEAD = 0x80        # it was prefetched and nobody has used it yet
    DIRTY = 1           # Level.tags

cdef void install(Level *level, uint64_t number, uint32_t dirty) noexcept nogil
cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil
cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil
cdef int64_t touch_run(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t settled, int64_t *first) noexcept nogil
cdef int64_t claim_run(Timing *T, uint64_t address, uint64_t nbytes, int64_t when) noexcept nogil
cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil
cdef int fill_level(Level *level, uint64_t size, uint32_t ways, uint32_t line, bint stamped) except -1
cdef void free_level(Level *level) noexcept
cdef void settle_level(Level *level) noexcept nogil
cdef void empty_level(Level *level) noexcept nogil


cdef inline uint64_t slot_of(Level *level, uint64_t which, uint32_t way) noexcept nogil:
    """Where `tags` and `arrive` have this way of a set: sets lie side by side."""
    return (<uint64_t>way << level.set_bits) + which


cdef inline void use(Level *level, uint64_t which, uint32_t way) noexcept nogil:
    """The way of this set was used."""
    cdef uint64_t bit = <uint64_t>1 << way, used = level.used[which] | bit
    level.used[which] = used if used != level.full else bit


cdef inline bint find(Level *level, uint64_t number) noexcept nogil:
    """Whether the line is there; if so, its way was used."""
    cdef uint32_t way = level.where[number & level.map_mask] & WAY
    if way == 0:
        return False
    use(level, number & level.set_mask, way - 1)
    return True


cdef inline int64_t touch_way(Level *level, uint64_t number, uint32_t way, uint32_t dirty) noexcept nogil:
    """Access to a line that is in this way; returns the stamp of its data."""
    cdef uint64_t which = number & level.set_mask, slot = slot_of(level, which, way)
    use(level, which, way)
    if dirty:
        level.tags[slot] |= DIRTY
    return level.arrive[slot]


cdef inline int64_t touch(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """Access to a line of the L1 data cache; returns the stamp of its data (long ago, for a plain hit)."""
    cdef uint32_t way = <uint32_t>T.level[0].where[number & T.level[0].map_mask] - 1
    if way >= AHEAD - 1:
        return touch_slow(T, number, when, dirty)
    return touch_way(&T.level[0], number, way, dirty)


cdef inline void write_around(Timing *T, uint64_t number, int64_t nbytes) noexcept nogil:
    """A store to a write-through cache: the line, if there, becomes recent; the bytes go on."""
    find(&T.level[0], number)
    T.beyond_l1 += nbytes
