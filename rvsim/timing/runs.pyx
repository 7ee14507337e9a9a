"""Runs of cache lines: exactly what `touch` does line by line, for many lines at once.

    touch_run() --plain hits--> touch_plain()           eight sets side by side at a time
       \--a stream or a miss--> touch_stream() --> bring_run() --> bring_eight()

Lines that follow one another lie in different sets, as long as there are fewer of them than sets. What happens in one set does not
depend on the others, so only the order within each set is kept: a line is brought before it is touched. What is common to all of them, the
refill port, takes its requests in the order of the lines.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.timing.caches cimport (
    AHEAD, DIRTY, PAD, WAY, bring, find, line_of, lowest_bit, refill, slot_of, supply, tag_of, take_place, touch, touch_slow, use, write_down,
)
from rvsim.timing.lanes cimport lanes_arrive, lanes_enter, lanes_latest, lanes_leave, lanes_take, lanes_touch, lanes_use
from rvsim.timing.state cimport BANDWIDTH, L2, STREAMS, TAG_MASK, Level, Timing, later, tagged

cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """
    int32_t ones_of "__builtin_popcountll"(uint64_t x) noexcept nogil
    const uint64_t ONES "0x0101010101010101ULL"
    const uint64_t HIGHS "0x8080808080808080ULL"

cdef enum:
    FAR = 1 << 30
    FEW = 5             # lines that are brought faster one by one


cdef inline bint room(Level *level, uint64_t number) noexcept nogil:
    """Whether eight lines from this one lie in sets side by side."""
    return (number & level.set_mask) + 7 <= level.set_mask


cdef inline uint64_t ways_of(Level *level, uint64_t number) noexcept nogil:
    """Level.where of eight lines."""
    cdef uint64_t word
    memcpy(&word, level.where + (number & level.map_mask), 8)
    return word


cdef inline void set_ways(Level *level, uint64_t number, uint64_t word) noexcept nogil:
    """Adds to Level.where of eight lines."""
    word |= ways_of(level, number)
    memcpy(level.where + (number & level.map_mask), &word, 8)


cdef inline void answer(int64_t arrive, int64_t *first, int64_t *last) noexcept nogil:
    """The data of one more line."""
    last[0] = later(last[0], arrive)
    if first[0] == 0:
        first[0] = last[0]


# ---- lines that are there --------------------------------------------------------------------------------------------

cdef inline void touch_there(Level *level, uint64_t number, uint64_t ways, int32_t count, uint32_t dirty, bint settled, int64_t *first,
                             int64_t *last) noexcept nogil:
    """`touch` of up to eight lines that are in these ways of sets side by side. settled: nobody asks when their data arrive."""
    cdef uint64_t which = number & level.set_mask
    cdef int64_t stamps[8]
    cdef int32_t k
    lanes_use(level.used + which, level.full, ways, count)
    if settled and not dirty:
        return
    lanes_touch(level.tags + which, level.arrive + which, level.set_bits, level.ways, ways, count, dirty, stamps)
    for k in range(count):
        answer(stamps[k], first, last)
        if first[0]:
            break
    last[0] = later(last[0], lanes_latest(stamps))


cdef inline int32_t touch_plain(Level *level, uint64_t number, uint64_t end, uint32_t dirty, bint settled, int64_t *first,
                                int64_t *last) noexcept nogil:
    """`touch` of up to eight lines that are there, the first of which is; returns how many."""
    cdef uint64_t ways = ways_of(level, number), absent = (ways | ~((ways & ~HIGHS) + (HIGHS - ONES))) & HIGHS
    cdef uint64_t count = lowest_bit(absent) >> 3 if absent else 8
    count = min(count, end - number + 1, level.set_mask + 1 - (number & level.set_mask))
    touch_there(level, number, ways, <int32_t>count, dirty, settled, first, last)
    return <int32_t>count


cdef int64_t arrivals(Level *level, uint64_t number, uint64_t end, int64_t *first) noexcept nogil:
    """The last stamp, and the first one that is not 0, of lines that are there."""
    cdef int64_t last = 0
    while number < end:
        answer(level.arrive[slot_of(level, number & level.set_mask, (level.where[number & level.map_mask] & WAY) - 1)], first, &last)
        number += 1
    return last


# ---- lines that come from the level below ----------------------------------------------------------------------------

cdef inline bint all_there(uint64_t ways, int32_t count) noexcept nogil:
    """Whether the first `count` of eight bytes of Level.where name ways."""
    return ((ways - ONES) & ~ways & HIGHS) << (8 * (8 - count)) == 0


cdef inline bint free_places(Level *level, int32_t count, int64_t when) noexcept nogil:
    """Whether so many more misses find places that are free by then."""
    cdef uint32_t at = level.miss_at
    if level.misses == 0 or count <= 0:
        return True
    if count > <int32_t>level.misses:
        return False
    while count and level.miss[at] <= when:
        at = at + 1 if at + 1 < level.misses else 0
        count -= 1
    return count == 0


cdef bint bring_eight(Timing *T, uint64_t number, int32_t count, int32_t demanded, int32_t touched, int64_t when, uint32_t dirty,
                      int64_t *first, int64_t *last) noexcept nogil:
    """`bring_run` of up to eight lines that only the second level has, and that lie in sets side by side; false: nothing was done."""
    cdef Level *level = &T.level[0]
    cdef Level *below = &T.level[1]
    cdef uint64_t ways, left, which = number & level.set_mask
    cdef int64_t arrive[8]
    cdef uint64_t bits[8]
    cdef uint64_t gone[8]
    cdef int64_t start, tick, step = below.per_line
    cdef int32_t k
    if T.levels < 2 or below.shift != level.shift or step == 0 or not free_places(level, demanded, when):
        return False
    ways = ways_of(below, number)
    if ways_of(level, number) << (8 * (8 - count)) or not all_there(ways, count):
        return False
    lanes_use(below.used + (number & below.set_mask), below.full, ways, count)
    lanes_take(level.used + which, level.full, count, bits)
    left = lanes_leave(level.tags + which, level.set_bits, level.ways, bits, level.where, which, level.map_mask, level.map_mask + PAD, gone)
    start = later(when, below.free)
    tick = tagged(start + below.latency, BANDWIDTH)
    if below.per_line_back:
        below.back += below.per_line_back * ones_of(left)
        lanes_arrive(arrive, tick, step, 0, 0 if start > when else BANDWIDTH - L2)
        below.free = tagged(start, BANDWIDTH) + count * step
    else:
        lanes_arrive(arrive, tick, step, left, 0 if start > when else BANDWIDTH - L2)
        below.free = tagged(start, BANDWIDTH) + (count + ones_of(left)) * step
    level.latest = later(level.latest, arrive[count - 1])
    set_ways(level, number, lanes_enter(
        level.tags + which, level.arrive + which, level.set_bits, level.ways, bits, tag_of(level, number), arrive, touched, dirty, AHEAD))
    for k in range(demanded):
        take_place(level, arrive[k])
    if touched > 0:
        answer(arrive[0], first, last)
        answer(arrive[touched - 1], first, last)
    T.beyond_l1 += <int64_t>count << level.shift
    while left:
        k = lowest_bit(left) >> 3
        write_down(T, 0, number + k, gone[k])
        left &= left - 1
    return True


cdef void bring_few(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                    int64_t *first, int64_t *last) noexcept nogil:
    """`bring_run` line by line."""
    cdef Level *level = &T.level[0]
    cdef Level *below = &T.level[1]
    cdef uint8_t *where = level.where
    cdef uint8_t *where_below = below.where
    cdef uint64_t *used = level.used
    cdef uint64_t *used_below = below.used
    cdef uint64_t full = level.full, full_below = below.full, which, slot, now, bit, number_below
    cdef int64_t asked, start, arrive, free = below.free, latest = level.latest, fetched = 0, step = below.per_line
    cdef int64_t nbytes = <int64_t>1 << level.shift
    cdef uint64_t gone
    cdef uint32_t way
    while number < end:
        which = number & level.set_mask
        way = where[number & level.map_mask] & WAY
        if way:
            use(level, which, way - 1)
            number += 1
            continue
        asked = later(when, level.miss[level.miss_at]) if number < demanded and level.misses else when
        if T.levels < 2:
            arrive = supply(T, 1, number << level.shift, nbytes, asked)
        else:
            start = later(asked, free)
            free = tagged(start + step, BANDWIDTH)
            arrive = tagged(start + below.latency, BANDWIDTH if start > asked else L2)
            number_below = (number << level.shift) >> below.shift
            way = where_below[number_below & below.map_mask] & WAY
            if way:
                bit = <uint64_t>1 << (way - 1)
                now = used_below[number_below & below.set_mask] | bit
                used_below[number_below & below.set_mask] = now if now != full_below else bit
            else:
                arrive = refill(T, 1, number_below, arrive)
        if number < demanded:
            take_place(level, arrive)
        bit = ~used[which] & full
        bit = bit & (0 - bit)
        bit = bit if bit else 1
        now = used[which] | bit
        used[which] = now if now != full else bit
        way = lowest_bit(bit)
        slot = slot_of(level, which, way)
        gone = level.tags[slot]
        level.arrive[slot] = arrive
        if gone:
            where[line_of(level, gone, which) & level.map_mask] = 0
            if gone & DIRTY:
                if T.levels > 1:
                    if below.per_line_back:
                        below.back += below.per_line_back
                    else:
                        free += step
                write_down(T, 0, number, gone)
        if number < touched:
            level.tags[slot] = tag_of(level, number) | dirty
            where[number & level.map_mask] = <uint8_t>(way + 1)
            answer(arrive, first, last)
        else:
            level.tags[slot] = tag_of(level, number)
            where[number & level.map_mask] = <uint8_t>(way + 1) | AHEAD
        latest = later(latest, arrive)
        fetched += nbytes
        number += 1
    below.free = free
    level.latest = latest
    T.beyond_l1 += fetched


cdef inline void bring_run(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                           int64_t *first, int64_t *last) noexcept nogil:
    """The lines up to `end` that are not there are fetched.

    Those before `demanded` take places of outstanding misses; those before `touched` are used at once; all others are prefetched.
    """
    cdef uint64_t sets = min(T.level[0].set_mask, T.level[1].set_mask), stop
    cdef int32_t count
    while number < end:
        stop = min(number + 8, (number | sets) + 1, end)
        count = <int32_t>(stop - number)
        if count < FEW or not bring_eight(T, number, count, before(number, demanded, count), before(number, touched, count), when, dirty,
                                        first, last):
            bring_few(T, number, stop, demanded, touched, when, dirty, first, last)
        number = stop


cdef inline int32_t before(uint64_t number, uint64_t limit, int32_t count) noexcept nogil:
    """How many of these lines lie before the limit."""
    return 0 if limit <= number else count if limit - number > <uint64_t>count else <int32_t>(limit - number)


# ---- streams ---------------------------------------------------------------------------------------------------------

cdef inline int32_t stream_of(Timing *T, uint64_t number) noexcept nogil:
    """The first stream that the line continues, or STREAMS."""
    cdef uint64_t most = <uint64_t>T.prefetch
    cdef uint32_t matches = 0
    cdef int32_t i
    for i in range(STREAMS):
        matches |= <uint32_t>(T.stream[i] - number <= most) << i
    return lowest_bit(matches | 1 << STREAMS)


cdef inline uint64_t alone(Timing *T, uint64_t number, int32_t found) noexcept nogil:
    """How many lines from this one continue no stream before the one that was found."""
    cdef uint64_t most = <uint64_t>T.prefetch, ahead, least = FAR
    cdef int32_t i
    for i in range(STREAMS):
        ahead = T.stream[i] - number
        ahead = ahead - most if ahead > most else 0
        least = ahead if i < found and ahead < least else least
    return least


cdef inline int64_t touch_ahead(Level *level, uint64_t number, uint32_t dirty) noexcept nogil:
    """`touch` of a prefetched line, but for its stream."""
    cdef uint8_t *where = level.where + (number & level.map_mask)
    cdef uint32_t way = (where[0] & WAY) - 1
    cdef uint64_t which = number & level.set_mask, slot = slot_of(level, which, way)
    where[0] &= WAY
    use(level, which, way)
    level.tags[slot] |= dirty
    return level.arrive[slot]


cdef inline void touch_prefetched(Level *level, uint64_t number, uint64_t end, uint32_t dirty, int64_t *first, int64_t *last) noexcept nogil:
    """`touch_ahead` of lines up to `end`."""
    cdef uint64_t ways
    cdef int32_t count
    while number < end:
        count = <int32_t>min(<uint64_t>8, end - number, level.set_mask + 1 - (number & level.set_mask))
        ways = ways_of(level, number)
        touch_there(level, number, ways, count, dirty, False, first, last)
        ways &= ~((AHEAD * ONES) >> (8 * (8 - count)))
        memcpy(level.where + (number & level.map_mask), &ways, 8)
        number += <uint64_t>count


cdef uint64_t touch_misses(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t *first,
                           int64_t *last) noexcept nogil:
    """`touch_stream` where there is no prefetcher."""
    cdef uint8_t *where = T.level[0].where + (number & T.level[0].map_mask)
    cdef uint64_t count = 1, lines = min(end - number + 1, T.level[0].set_mask + 1)
    while count < lines and where[count] == 0:
        count += 1
    bring_run(T, number, number + count, number + count, number + count, when, dirty, first, last)
    return number + count


cdef uint64_t touch_stream(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t *first,
                           int64_t *last) noexcept nogil:
    """`touch` of a line that is prefetched or not there, and of those behind it that go on with the same stream; returns the next line."""
    cdef Level *level = &T.level[0]
    cdef uint8_t *where = level.where + (number & level.map_mask)
    cdef uint64_t most = <uint64_t>T.prefetch, lines, count = 1, head, reach, next, fetch_from, demanded = number
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
        lines = min(lines - 1, alone(T, number + 1, i))
        if lines == 0 or where[1]:
            bring_run(T, number, number + 1, number + 1, number + 1, when, dirty, first, last)
            return number + 1
        fetch_from = number
        number += 1
        where += 1
        head = number + 1
        demanded = head
    else:
        lines = min(lines, alone(T, number, i))
        head = T.stream[i]
        fetch_from = head
        if head == number:
            head += 1
            demanded = head                                 # unless it is there
        elif where[0] == 0:                                 # it has left again
            bring_run(T, number, number + 1, number + 1, 0, when, dirty, first, last)
            where[0] |= AHEAD
    lines = min(lines, level.set_mask - most - 1)
    while count < lines and (where[count] >= AHEAD if number + count < head else where[count] == 0):
        count += 1
    next = number + count
    T.touched[i] += <uint32_t>count
    reach = next + (T.touched[i] >> 1)
    if reach > next - 1 + most:
        reach = next - 1 + most
    reach = reach + 1 if reach >= head else head
    T.stream[i] = reach
    if where[0]:
        touch_prefetched(level, number, next if next < head else head, dirty, first, last)
    bring_run(T, fetch_from, reach, demanded, next, when, dirty, first, last)
    return next


# ---- accesses --------------------------------------------------------------------------------------------------------

cdef int64_t touch_run(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t settled, int64_t *first) noexcept nogil:
    """`touch` of the lines from `number` to `end`; returns the stamp of the last data, and of those of the first line.

    The answer is 0 when all lines are there and nothing arrives after `settled`.
    """
    cdef Level *level = &T.level[0]
    cdef uint64_t begin = number
    cdef int64_t last = 0
    cdef bint quiet = level.latest <= settled
    if end - number < 2 or (number & level.map_mask) + (end - number) + <uint64_t>T.prefetch + 8 > level.map_mask:  # the end of memory
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
    cdef Level *below = &T.level[1]
    cdef uint64_t number = address >> level.shift, end = (address + nbytes - 1) >> level.shift
    cdef int64_t last = 0, written
    while number <= end:
        if find(level, number) or number << level.shift < address or (number + 1) << level.shift > address + nbytes:
            last = later(last, touch(T, number, when, DIRTY))
        else:
            if below.back < when:
                below.back = when & ~<int64_t>TAG_MASK
            written = T.dram_bytes
            bring(T, number, when, DIRTY)
            if T.levels > 1 and below.per_line_back:
                last = later(last, tagged(below.back - below.per_line_back, BANDWIDTH))
            if T.dram_bytes != written:
                last = later(last, tagged(T.dram_free, BANDWIDTH))
        number += 1
    return last
