"""Runs of cache lines: exactly what `touch` does line by line, for many lines at once.

    touch_run() --plain hits--> touch_plain()           sixteen sets side by side at a time
       \--a stream or a miss--> touch_stream() --> fetch_run(), of fetches.pyx

Lines that follow one another lie in different sets, as long as there are fewer of them than sets. What happens in one set does not
depend on the others, so only the order within each set is kept: a line is brought before it is touched. What is common to all of them, the
refill port, takes its requests in the order of the lines.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.timing.caches cimport AHEAD, DIRTY, WAY, bring, lowest_bit, slot_of, touch, touch_slow, touch_way
from rvsim.timing.fetches cimport answer, fetch_run, fetch_together
from rvsim.timing.lanes cimport (
    LANES_PAY, lanes, lanes_ahead, lanes_near, lanes_first_ahead, lanes_not_ahead, lanes_set_dirty, lanes_stamps,
    lanes_there, lanes_use, lanes_ways,
)
from rvsim.timing.state cimport BANDWIDTH, STREAMS, TAG_MASK, Level, Timing, later, tagged

cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """


# ---- lines that are there --------------------------------------------------------------------------------------------

cdef inline void touch_ways(Level *level, uint64_t which, uint32_t m, lanes bit, uint32_t dirty, bint settled, int64_t *first,
                            int64_t *last) noexcept nogil:
    """`touch` of lines in these ways of sets side by side. settled: nobody asks for their data."""
    lanes_use(level.used + which, level.full, m, bit)
    if dirty:
        lanes_set_dirty(level.tags + which, level.set_bits, level.ways, bit)
    if not settled:
        last[0] = later(last[0], lanes_stamps(level.arrive + which, level.set_bits, level.ways, bit, first))


cdef inline uint64_t side_by_side(Level *level, uint64_t number, uint64_t lines) noexcept nogil:
    """How many of these lines lie in sets side by side, as far as they are looked at together."""
    return min(<uint64_t>16, lines, level.set_mask + 1 - (number & level.set_mask))


cdef inline uint64_t touch_plain(Level *level, uint64_t number, uint64_t end, uint32_t dirty, bint settled, int64_t *first,
                                 int64_t *last) noexcept nogil:
    """`touch` of some lines that are there, the first of which is; returns how many."""
    cdef uint8_t *where = level.where + (number & level.map_mask)
    cdef uint64_t count = 1
    cdef uint32_t all
    cdef int64_t arrive
    if LANES_PAY:
        count = lowest_bit(~(lanes_there(where) & ~lanes_ahead(where)))
    if count < 3 or number == end:
        arrive = touch_way(level, number, <uint32_t>where[0] - 1, dirty)
        if not settled:
            answer(arrive, first, last)
        return 1
    count = side_by_side(level, number, min(count, end - number + 1))
    all = (<uint32_t>1 << count) - 1
    touch_ways(level, number & level.set_mask, all, lanes_ways(where, all), dirty, settled, first, last)
    return count


cdef int64_t arrivals(Level *level, uint64_t number, uint64_t end, int64_t *first) noexcept nogil:
    """The last stamp, and the first one that is not 0, of lines that are there."""
    cdef int64_t last = 0
    while number < end:
        answer(level.arrive[slot_of(level, number & level.set_mask, (level.where[number & level.map_mask] & WAY) - 1)], first, &last)
        number += 1
    return last


# ---- streams ---------------------------------------------------------------------------------------------------------

cdef inline int32_t stream_of(Timing *T, uint64_t number) noexcept nogil:
    """The first stream that the line continues, or STREAMS."""
    return lowest_bit(lanes_near(T.stream, number, <uint64_t>T.prefetch + 1) | 1 << STREAMS)


cdef inline bint crowded(Timing *T, uint64_t number, uint64_t lines, int32_t found) noexcept nogil:
    """Whether one of so many lines from this one on continues a stream before the one that was found."""
    return lanes_near(T.stream, number, <uint64_t>T.prefetch + lines) & ((<uint32_t>1 << found) - 1) != 0


cdef inline uint64_t ahead_from(const uint8_t *where, uint64_t lines) noexcept nogil:
    """How many of these lines, up to the first that is not, are prefetched."""
    cdef uint64_t count = 0
    cdef uint32_t others
    while LANES_PAY and count < lines:
        others = ~lanes_ahead(where + count) & 0xffff
        if others:
            return min(lines, count + lowest_bit(others))
        count += 16
    while count < lines and where[count] >= AHEAD:
        count += 1
    return min(lines, count)


cdef inline uint64_t absent_from(const uint8_t *where, uint64_t lines) noexcept nogil:
    """How many of these lines, up to the first that is, are not there."""
    cdef uint64_t count = 0
    cdef uint32_t there
    while LANES_PAY and count < lines:
        there = lanes_there(where + count)
        if there:
            return min(lines, count + lowest_bit(there))
        count += 16
    while count < lines and where[count] == 0:
        count += 1
    return min(lines, count)


cdef inline int64_t touch_ahead(Level *level, uint64_t number, uint32_t dirty) noexcept nogil:
    """`touch` of a prefetched line, but for its stream."""
    cdef uint8_t *where = level.where + (number & level.map_mask)
    where[0] &= WAY
    return touch_way(level, number, <uint32_t>where[0] - 1, dirty)


cdef inline uint64_t touch_some_ahead(Level *level, uint64_t number, uint64_t count, uint32_t dirty, bint settled, int64_t *first,
                                      int64_t *last) noexcept nogil:
    """`touch_ahead` of lines in sets side by side; returns how many."""
    cdef uint32_t all = (<uint32_t>1 << count) - 1
    touch_ways(level, number & level.set_mask, all, lanes_not_ahead(level.where + (number & level.map_mask), all, count), dirty, settled,
               first, last)
    return count


cdef inline void touch_prefetched(Level *level, uint64_t number, uint64_t end, uint32_t dirty, int64_t *first,
                                  int64_t *last) noexcept nogil:
    """`touch_ahead` of lines up to `end`."""
    while number < end:
        if not LANES_PAY or end - number < 3:
            answer(touch_ahead(level, number, dirty), first, last)
            number += 1
            continue
        number += touch_some_ahead(level, number, side_by_side(level, number, end - number), dirty, False, first, last)


cdef uint64_t touch_misses(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t *first,
                           int64_t *last) noexcept nogil:
    """`touch_stream` where there is no prefetcher."""
    cdef uint8_t *where = T.level[0].where + (number & T.level[0].map_mask)
    cdef uint64_t count = 1, lines = min(end - number + 1, T.level[0].set_mask + 1)
    count += absent_from(where + 1, lines - 1)
    fetch_run(T, number, number + count, number + count, number + count, when, dirty, first, last)
    return number + count


cdef inline bint go_on(Timing *T, int32_t i, uint64_t number, uint64_t lines, int64_t when, uint32_t dirty, int64_t *first,
                       int64_t *last) noexcept nogil:
    """`touch_stream` where stream `i` goes on as it should: it is ahead, and nothing of what comes next is there; false: it does not."""
    cdef Level *level = &T.level[0]
    cdef uint64_t head = T.stream[i], next = number + lines, reach, ahead = min(head - number, lines)
    cdef int64_t soonest = 0, latest = 0, before = level.latest, stamp = 0
    if (head == number or side_by_side(level, number, lines) != lines
            or not lanes_first_ahead(level.where + (number & level.map_mask), ahead)):
        return False
    reach = min(next + (T.touched[i] + <uint32_t>lines >> 1), next - 1 + <uint64_t>T.prefetch) + 1
    if (reach < head + 3 or side_by_side(level, head, reach - head) != reach - head
            or side_by_side(&T.level[1], head, reach - head) != reach - head or lines + <uint64_t>T.prefetch >= level.set_mask):
        return False
    if not fetch_together(
            T, head, <int32_t>(reach - head), 0, <int32_t>(next - head) if next > head else 0, when, dirty, &soonest, &latest):
        return False
    if latest and latest >= before:                         # than all that were asked for before
        stamp = level.arrive[slot_of(level, number & level.set_mask, (level.where[number & level.map_mask] & WAY) - 1)]
    touch_some_ahead(level, number, ahead, dirty, stamp != 0, first, last)
    if stamp:
        answer(stamp, first, last)
    elif latest:
        answer(soonest, first, last)
    if latest:
        answer(latest, first, last)
    T.touched[i] += <uint32_t>lines
    T.stream[i] = reach
    return True


cdef uint64_t touch_stream(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t *first,
                           int64_t *last) noexcept nogil:
    """`touch` of a line that is prefetched or not there, and of those behind it that go on with the same stream; returns the next line."""
    cdef Level *level = &T.level[0]
    cdef uint8_t *where = level.where + (number & level.map_mask)
    cdef uint64_t most = <uint64_t>T.prefetch, lines, count, head, reach, next, fetch_from, demanded = number
    cdef int32_t i
    if most == 0:
        return touch_misses(T, number, end, when, dirty, first, last)
    if level.set_mask <= most + 2:
        answer(touch_slow(T, number, when, dirty), first, last)
        return number + 1
    i = stream_of(T, number)
    lines = end - number + 1
    if i == STREAMS:
        if where[0]:
            answer(touch_ahead(level, number, dirty), first, last)
            return number + 1
        i = T.stream_at                                     # a stream begins; the next line is the first to continue it
        T.stream_at = (i + 1) & (STREAMS - 1)
        T.stream[i] = number + 1
        T.touched[i] = 0
        lines -= 1
        if lines == 0 or where[1] or crowded(T, number + 1, lines, i):
            fetch_run(T, number, number + 1, number + 1, number + 1, when, dirty, first, last)
            return number + 1
        fetch_from = number
        number += 1
        where += 1
        head = number + 1
        demanded = head
    else:
        if crowded(T, number, lines, i):
            lines = 1
        elif T.together and go_on(T, i, number, lines, when, dirty, first, last):
            return end + 1
        head = T.stream[i]
        fetch_from = head
        if head == number:
            head += 1
            demanded = head                                 # unless it is there
        elif where[0] == 0:                                 # it has left again
            fetch_run(T, number, number + 1, number + 1, 0, when, dirty, first, last)
            where[0] |= AHEAD
    lines = min(lines, level.set_mask - most - 1)
    count = 1 + ahead_from(where + 1, min(lines, head - number) - 1)
    if number + count == head:
        count += absent_from(where + count, lines - count)
    next = number + count
    T.touched[i] += <uint32_t>count
    reach = next + (T.touched[i] >> 1)
    if reach > next - 1 + most:
        reach = next - 1 + most
    reach = reach + 1 if reach >= head else head
    T.stream[i] = reach
    if where[0]:
        touch_prefetched(level, number, next if next < head else head, dirty, first, last)
    fetch_run(T, fetch_from, reach, demanded, next, when, dirty, first, last)
    return next


# ---- accesses --------------------------------------------------------------------------------------------------------

cdef inline bint runs_on(Timing *T, uint64_t number, uint64_t end) noexcept nogil:
    """Whether it is worth while to look at these lines together, and they and those ahead of them lie before the end of memory."""
    return end - number > 1 and (number & T.level[0].map_mask) + (end - number) + <uint64_t>T.prefetch + 8 <= T.level[0].map_mask


cdef int64_t touch_run(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t settled,
                       int64_t *first) noexcept nogil:
    """`touch` of the lines from `number` to `end`; returns the stamp of the last data, and of those of the first line.

    The answer is 0 when all lines are there and nothing arrives after `settled`.
    """
    cdef Level *level = &T.level[0]
    cdef uint64_t begin = number
    cdef int64_t last = 0
    cdef bint quiet = level.latest <= settled
    if not runs_on(T, number, end):
        while number <= end:
            answer(touch(T, number, when, dirty), first, &last)
            number += 1
        return last
    while number <= end:
        if <uint8_t>(level.where[number & level.map_mask] - 1) < AHEAD - 1:
            number += touch_plain(level, number, end, dirty, quiet, first, &last)
            continue
        if quiet:
            last = arrivals(level, begin, number, first)
            quiet = False
        number = touch_stream(T, number, end, when, dirty, first, &last)
    return last


cdef int64_t claim_run(Timing *T, uint64_t address, uint64_t nbytes, int64_t when) noexcept nogil:
    """`touch` by a store of contiguous bytes, where a line that it covers is not fetched; returns the stamp at which it has room.

    What such a store waits for is the way of older dirty lines out of the cache.
    """
    cdef Level *level = &T.level[0]
    cdef uint64_t number = address >> level.shift, end = (address + nbytes - 1) >> level.shift
    cdef int64_t last = 0, first = 1
    cdef bint together = runs_on(T, number, end)
    cdef uint8_t where
    while number <= end:
        where = level.where[number & level.map_mask]
        if together and 0 < where < AHEAD:
            number += touch_plain(level, number, end, DIRTY, False, &first, &last)
            continue
        if together and where:          # the lines behind it are prefetched before they are stored to
            number = touch_stream(T, number, end, when, DIRTY, &first, &last)
            continue
        if where or number << level.shift < address or (number + 1) << level.shift > address + nbytes:
            last = later(last, touch(T, number, when, DIRTY))
        else:
            last = later(last, claim(T, number, when))
        number += 1
    return last


cdef inline int64_t claim(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """A line that is not there is stored to as a whole; returns the stamp at which the one that it pushes out has left."""
    cdef Level *below = &T.level[1]
    cdef int64_t last = 0, written = T.dram_bytes
    if below.back < when:
        below.back = when & ~<int64_t>TAG_MASK
    bring(T, number, when, DIRTY)
    if T.levels > 1 and below.per_line_back:
        last = tagged(below.back - below.per_line_back, BANDWIDTH)
    if T.dram_bytes != written:
        last = later(last, tagged(T.dram_free, BANDWIDTH))
    return last
