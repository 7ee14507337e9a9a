"""Caches and memory behind them: tags in recency order, refill ports with a rate, outstanding misses, stream prefetch.

    touch_slow() --miss--> refill() --> supply(next level) --> ... --> memory()

Knows nothing of instructions. A request costs O(1) a level; nothing is simulated per cycle. `touch`, the fast path, is in
caches.pxd.
"""
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.timing.state cimport BANDWIDTH, DRAM, L2, STREAMS, Level, Line, Timing, later, tagged


cdef Line *find(Level *level, uint64_t number) noexcept nogil:
    """The line, moved to the front of its set, or NULL."""
    cdef Line *ways = level.line + (number & level.set_mask) * level.ways
    cdef uint64_t want = (number + 1) << 2
    cdef Line found
    cdef int32_t i
    for i in range(level.ways):
        if (ways[i].tag & ~<uint64_t>3) == want:
            if i:
                found = ways[i]
                while i > 0:
                    ways[i] = ways[i - 1]
                    i -= 1
                ways[0] = found
            return ways
    return NULL


cdef uint64_t install(Level *level, uint64_t number, int64_t arrive, uint64_t flags) noexcept nogil:
    """Puts the line at the front of its set; returns the tag that had to leave (0: none)."""
    cdef uint64_t index = number & level.set_mask
    cdef Line *ways = level.line + index * level.ways
    cdef uint64_t gone = ways[level.ways - 1].tag
    cdef int32_t i = level.ways - 1
    while i > 0:
        ways[i] = ways[i - 1]
        i -= 1
    ways[0].tag = ((number + 1) << 2) | flags
    ways[0].arrive = arrive
    level.live[index >> 6] |= <uint64_t>1 << (index & 63)
    return gone


cdef int64_t memory(Timing *T, int64_t nbytes, int64_t when) noexcept nogil:
    """Main memory delivers so many bytes that are asked for at `when`."""
    cdef int64_t start = later(when, T.dram_free)
    T.dram_free = tagged(start + nbytes * T.dram_per_byte, BANDWIDTH)
    T.dram_bytes += nbytes
    return tagged(start + T.dram_latency, BANDWIDTH if start > when else DRAM)


cdef void write_back(Timing *T, int32_t k, uint64_t tag) noexcept nogil:
    """A line left level k; a dirty one takes its share of the rate below, and nobody waits for it."""
    cdef int64_t nbytes = <int64_t>1 << T.level[k].shift
    cdef uint64_t address = ((tag >> 2) - 1) << T.level[k].shift
    cdef Line *below
    if not tag & 1:
        return
    if k == 0:
        T.beyond_l1 += nbytes
    if k + 1 < T.levels:
        T.level[k + 1].free = T.level[k + 1].free + T.level[k + 1].per_line
        below = find(&T.level[k + 1], address >> T.level[k + 1].shift)
        if below != NULL:
            below.tag |= 1
            return
    T.dram_free = T.dram_free + nbytes * T.dram_per_byte
    T.dram_bytes += nbytes


cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil:
    """Level k (or memory, behind the last one) delivers a line to the level above; returns the stamp of its data."""
    cdef Level *level
    cdef Line *line
    cdef int64_t start, arrive
    cdef uint64_t number
    if k >= T.levels:
        return memory(T, nbytes, when)
    level = &T.level[k]
    number = address >> level.shift
    start = later(when, level.free)
    level.free = tagged(start + level.per_line, BANDWIDTH)
    arrive = tagged(start + level.latency, BANDWIDTH if start > when else L2)
    line = find(level, number)
    if line != NULL:
        return later(arrive, line.arrive)
    arrive = refill(T, k, number, arrive)
    write_back(T, k, install(level, number, arrive, 0))
    return arrive


cdef int64_t refill(Timing *T, int32_t k, uint64_t number, int64_t when) noexcept nogil:
    """Level k misses a line and fetches it from below, as its outstanding misses allow."""
    cdef Level *level = &T.level[k]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    cdef int64_t arrive
    if level.misses:
        when = later(when, level.miss[level.miss_at])
    arrive = supply(T, k + 1, number << level.shift, nbytes, when)
    if k == 0:
        T.beyond_l1 += nbytes
    if level.misses:
        level.miss[level.miss_at] = arrive
        level.miss_at = level.miss_at + 1 if level.miss_at + 1 < level.misses else 0
    return arrive


cdef void run_ahead(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """The prefetcher asks for one more line of a stream."""
    cdef Level *level = &T.level[0]
    cdef int64_t arrive
    if find(level, number) == NULL:
        arrive = supply(T, 1, number << level.shift, <int64_t>1 << level.shift, when)
        T.beyond_l1 += <int64_t>1 << level.shift
        write_back(T, 0, install(level, number, arrive, 2))


cdef void follow(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """A line missed: the second miss of neighbouring lines starts a stream."""
    cdef int32_t i
    cdef uint64_t ahead
    for i in range(STREAMS):
        if T.stream[i] == number:
            T.stream[i] = number + 1
            for ahead in range(1, <uint64_t>T.prefetch + 1):
                run_ahead(T, number + ahead, when)
            return
    T.stream[T.stream_at] = number + 1
    T.stream_at = (T.stream_at + 1) & (STREAMS - 1)


cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint64_t dirty) noexcept nogil:
    """`touch` of a line that is not the most recent of its set, is prefetched, or is not there."""
    cdef Level *level = &T.level[0]
    cdef Line *line = find(level, number)
    cdef int64_t arrive
    if line != NULL:
        line.tag |= dirty
        arrive = line.arrive
        if line.tag & 2:
            line.tag &= ~<uint64_t>2
            run_ahead(T, number + <uint64_t>T.prefetch, when)
        return arrive
    arrive = refill(T, 0, number, when)
    write_back(T, 0, install(level, number, arrive, dirty))
    if T.prefetch:
        follow(T, number, when)
    return arrive


cdef void write_around(Timing *T, uint64_t number, int64_t nbytes) noexcept nogil:
    """A store to a write-through cache: the line, if there, becomes recent; the bytes go on."""
    find(&T.level[0], number)
    T.beyond_l1 += nbytes


cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil:
    """Vector stores that bypass the L1 data cache remove the lines they overwrite, or all ways of their sets."""
    cdef Level *level = &T.level[0]
    cdef uint64_t number, index
    cdef int32_t i
    cdef Line *ways
    if last - first > level.set_mask:
        if whole_set:
            first = last - level.set_mask
    for number in range(first, last + 1):
        index = number & level.set_mask
        if not level.live[index >> 6] >> (index & 63) & 1:
            continue
        ways = level.line + index * level.ways
        for i in range(level.ways):
            if whole_set or (ways[i].tag & ~<uint64_t>3) == (number + 1) << 2:
                ways[i].tag = 0
        if whole_set:
            level.live[index >> 6] &= ~(<uint64_t>1 << (index & 63))
