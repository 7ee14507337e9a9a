"""Lines that the L1 data cache fetches from the level below: exactly what `fetch` and `run_ahead` do line by line.

    fetch_run() --sets side by side, the second level has the lines--> fetch_eight()
           \\--anything else--> fetch_few()

What happens in one set does not depend on the others; the refill port takes its requests in the order of the lines.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.timing.caches cimport (
    AHEAD, DIRTY, PAD, WAY, enter, find, line_of, lowest_bit, memory, refill, slot_of, supply, tag_of, take_place, use, wait_for_place,
    write_back, write_down,
)
from rvsim.timing.lanes cimport LANES_PAY, lanes_arrive, lanes_enter, lanes_leave, lanes_take, lanes_use
from rvsim.timing.state cimport BANDWIDTH, L2, Level, Timing, later, tagged

cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """
    int32_t ones_of "__builtin_popcountll"(uint64_t x) noexcept nogil

cdef enum:
    FEW = 5             # lines that are fetched faster one by one


cdef inline void set_ways(Level *level, uint64_t number, uint64_t word) noexcept nogil:
    """Adds to Level.where of eight lines."""
    word |= ways_of(level, number)
    memcpy(level.where + (number & level.map_mask), &word, 8)


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


cdef inline bint fetch_eight(Timing *T, uint64_t number, int32_t count, int32_t demanded, int32_t touched, int64_t when,
                             uint32_t dirty, int64_t *first, int64_t *last) noexcept nogil:
    """`fetch_run` of up to eight lines that the first level does not have, in sets side by side; false: nothing was done."""
    cdef Level *level = &T.level[0]
    cdef Level *below = &T.level[1]
    cdef uint64_t ways, left, which = number & level.set_mask
    cdef int64_t arrive[8]
    cdef uint64_t bits[8]
    cdef uint64_t gone[8]
    cdef int64_t start, tick, last_data = 0, step = below.per_line
    cdef bint all_below
    cdef int32_t k
    if T.levels < 2 or below.shift != level.shift or step == 0 or step >> 32 or not free_places(level, demanded, when):
        return False
    ways = ways_of(below, number)
    all_below = all_there(ways, count)
    if ways_of(level, number) << (8 * (8 - count)) or not all_below and T.levels > 2:
        return False
    lanes_take(level.used + which, level.full, count, bits)
    left = lanes_leave(level.tags + which, level.set_bits, level.ways, bits, level.where, which, level.map_mask, level.map_mask + PAD, gone)
    if all_below:
        lanes_use(below.used + (number & below.set_mask), below.full, ways, count)
        start = later(when, below.free)
        tick = tagged(start + below.latency, BANDWIDTH)
        lanes_arrive(arrive, tick, step, 0 if below.per_line_back else left, 0 if start > when else BANDWIDTH - L2)
        below.free = tagged(start, BANDWIDTH) + (count if below.per_line_back else count + ones_of(left)) * step
        below.back += below.per_line_back * ones_of(left)
        last_data = arrive[count - 1] if left else tick + (count - 1) * step
        while left:
            k = lowest_bit(left) >> 3
            write_down(T, 0, number + k, gone[k])
            left &= left - 1
    else:
        for k in range(count):
            arrive[k] = from_last_level(T, number + k, when)
            last_data = later(last_data, arrive[k])
            if gone[k] & DIRTY:
                write_back(T, 0, number + k, gone[k])
    level.latest = later(level.latest, last_data)
    set_ways(level, number, lanes_enter(
        level.tags + which, level.arrive + which, level.set_bits, level.ways, bits, tag_of(level, number), arrive, touched, dirty, AHEAD))
    for k in range(demanded):
        take_place(level, arrive[k])
    for k in range(touched):
        answer(arrive[k], first, last)
        if all_below:
            answer(arrive[touched - 1], first, last)
            break
    T.beyond_l1 += <int64_t>count << level.shift
    return True


cdef inline int64_t from_last_level(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """`deliver` by the second of two levels."""
    cdef Level *level = &T.level[1]
    cdef int64_t start = later(when, level.free), arrive = tagged(start + level.latency, BANDWIDTH if start > when else L2)
    level.free = tagged(start + level.per_line, BANDWIDTH)
    if find(level, number):
        return arrive
    arrive = memory(T, <int64_t>1 << level.shift, wait_for_place(level, arrive))
    take_place(level, arrive)
    enter(T, 1, number)
    return arrive


cdef void fetch_few(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                    int64_t *first, int64_t *last) noexcept nogil:
    """`fetch_run` line by line."""
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


cdef inline int32_t before(uint64_t number, uint64_t limit, int32_t count) noexcept nogil:
    """How many of these lines lie before the limit."""
    return 0 if limit <= number else count if limit - number > <uint64_t>count else <int32_t>(limit - number)


cdef void fetch_run(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                    int64_t *first, int64_t *last) noexcept nogil:
    """The lines up to `end` that are not there are fetched.

    Those before `demanded` take places of outstanding misses; those before `touched` are used at once; all others are prefetched.
    """
    cdef uint64_t sets = min(T.level[0].set_mask, T.level[1].set_mask), stop
    cdef int32_t count
    while number < end:
        stop = min(number + 8, (number | sets) + 1, end)
        count = <int32_t>(stop - number)
        if not LANES_PAY or count < FEW or not fetch_eight(
                T, number, count, before(number, demanded, count), before(number, touched, count), when, dirty, first, last):
            fetch_few(T, number, stop, demanded, touched, when, dirty, first, last)
        number = stop
