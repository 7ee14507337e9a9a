"""Caches and memory behind them, line by line: refill ports with a rate, outstanding misses, stream prefetch.

    touch_slow() --miss--> fetch() --> deliver(next level) --> refill() --> ... --> memory()

Knows nothing of instructions. A request costs O(1) a level; nothing is simulated per cycle. Replacement is not-recently-used: of the
ways that were not used since all of them were, the first one goes. `touch`, the fast path, is in caches.pxd.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.timing.state cimport STREAMS, Level, Timing

cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """


cdef void install(Level *level, uint64_t number, uint32_t dirty) noexcept nogil:
    """A line enters a level from which nothing has to be written back."""
    cdef uint32_t gone
    take_way(level, number, dirty, &gone)


cdef void write_down(Timing *T, int32_t k, uint64_t number, uint32_t gone) noexcept nogil:
    """`write_back` but for the rate of the level below."""
    cdef Level *level = &T.level[k]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    cdef uint64_t address = line_of(level, gone, number & level.set_mask) << level.shift, below
    cdef uint32_t way
    if k == 0:
        T.beyond_l1 += nbytes
    if k + 1 < T.levels:
        level = &T.level[k + 1]
        below = address >> level.shift
        way = level.where[below & level.map_mask] & WAY
        if way:
            use(level, below & level.set_mask, way - 1)
            level.tags[slot_of(level, below & level.set_mask, way - 1)] |= DIRTY
            return
        if T.claims:                    # such a line was never fetched through this level
            take_way(level, below, DIRTY, &gone)
            if gone & DIRTY:
                write_back(T, k + 1, below, gone)
            return
    T.dram_free += nbytes * T.dram_per_byte
    T.dram_bytes += nbytes


cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil:
    return deliver(T, k, address, nbytes, when) if k < T.levels else memory(T, nbytes, when)


cdef int64_t refill(Timing *T, int32_t k, uint64_t number, int64_t when) noexcept nogil:
    """Level k, not the first, misses a line and fetches it from below."""
    cdef Level *level = &T.level[k]
    cdef int64_t arrive = supply(T, k + 1, number << level.shift, <int64_t>1 << level.shift, wait_for_place(level, when))
    take_place(level, arrive)
    enter(T, k, number)
    return arrive


cdef inline int32_t stream_of(Timing *T, uint64_t number) noexcept nogil:
    """The first stream that the line continues, or STREAMS."""
    cdef int32_t i = 0
    while i < STREAMS and T.stream[i] - number > <uint64_t>T.prefetch:
        i += 1
    return i


cdef void follow(Timing *T, uint64_t number, int64_t when, bint missed) noexcept nogil:
    """The first touch of a line: a stream that it continues runs further ahead, by half a line for each line touched.

    `stream` holds the first line that is not yet asked for. A miss that continues no stream may start one.
    """
    cdef uint64_t head, reach, most = <uint64_t>T.prefetch
    cdef int32_t i = stream_of(T, number)
    if i < STREAMS:
        T.touched[i] += 1
        reach = number + 1 + (T.touched[i] >> 1)
        if reach > number + most:
            reach = number + most
        head = T.stream[i]
        if head == number:
            head += 1
        while head <= reach:
            run_ahead(T, head, when)
            head += 1
        T.stream[i] = head
    elif missed:
        T.stream[T.stream_at] = number + 1
        T.touched[T.stream_at] = 0
        T.stream_at = (T.stream_at + 1) & (STREAMS - 1)


cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` of a line that is prefetched or is not there."""
    cdef Level *level = &T.level[0]
    cdef uint8_t *where = &level.where[number & level.map_mask]
    cdef uint32_t way = where[0] & WAY
    cdef uint64_t slot
    cdef int64_t arrive
    if way:
        slot = slot_of(level, number & level.set_mask, way - 1)
        use(level, number & level.set_mask, way - 1)
        arrive = level.arrive[slot]
        where[0] = <uint8_t>way
        follow(T, number, when, False)
        level.tags[slot] |= dirty
        return arrive
    arrive = fetch(T, number, when, dirty)
    if T.prefetch:
        follow(T, number, when, True)
    return arrive
