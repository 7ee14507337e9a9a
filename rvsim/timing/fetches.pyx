"""Lines that the L1 data cache fetches from the level below: exactly what `fetch` and `run_ahead` do line by line.

    fetch_run() --sets side by side--> fetch_together(), sixteen at a time
           \\--anything else--> fetch_few()

What happens in one set does not depend on the others; the refill port takes its requests in the order of the lines.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.timing.caches cimport (
    AHEAD, DIRTY, WAY, enter, find, line_of, lowest_bit, memory, refill, slot_of, supply, tag_of, take_place, through_port, use,
    wait_for_place, write_back, write_down,
)
from rvsim.timing.lanes cimport (
    LANES_PAY, lanes, lanes_dirty, lanes_even, lanes_leave, lanes_next, lanes_put, lanes_set_stamps, lanes_set_tags, lanes_set_ways,
    lanes_tag, lanes_tags, lanes_there, lanes_use, lanes_ways,
)
from rvsim.timing.state cimport BANDWIDTH, L2, Level, Timing, later, tagged

cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """
    uint32_t ones_of "(uint32_t)__builtin_popcountll"(uint64_t x) noexcept nogil

cdef enum:
    FEW = 3             # lines that are fetched faster one by one,
    FEW_ABSENT = 8      # and that the second level does not have


cdef bint lanes_pay(Timing *T) noexcept:
    """Whether lines that the first level does not have may be fetched side by side, on this host and this machine."""
    cdef Level *level = &T.level[0]
    cdef Level *below = &T.level[1]
    return (LANES_PAY and T.levels > 1 and below.shift == level.shift and 0 < below.per_line < <int64_t>1 << 32
            and level.map_mask >> 32 == 0)


cdef inline bint free_places(Level *level, int32_t count, int64_t when) noexcept nogil:
    """Whether so many more misses find places that are free by then."""
    cdef int32_t at = <int32_t>level.miss_at, most = <int32_t>level.misses, k
    cdef bint busy = False
    if most == 0 or count <= 0:
        return True
    if count > most:
        return False
    for k in range(at, min(at + count, most)):
        busy |= level.miss[k] > when
    for k in range(at + count - most):
        busy |= level.miss[k] > when
    return not busy


cdef inline void take_places(Level *level, int32_t count, const int64_t *arrive) noexcept nogil:
    """`take_place` of so many misses."""
    cdef int32_t at = <int32_t>level.miss_at, most = <int32_t>level.misses, k
    if most == 0 or count <= 0:
        return
    for k in range(at, min(at + count, most)):
        level.miss[k] = arrive[k - at]
    for k in range(at + count - most):
        level.miss[k] = arrive[most - at + k]
    level.miss_at = <uint32_t>(at + count if at + count < most else at + count - most)


cdef inline uint32_t first_lanes(int32_t count) noexcept nogil:
    return (<uint32_t>1 << count) - 1


cdef inline void arrive_evenly(Timing *T, int32_t count, uint32_t dirty, int64_t when, int64_t *arrive) noexcept nogil:
    """When lines arrive that the second level has. dirty: those that push out a line that goes back through the same port."""
    cdef Level *below = &T.level[1]
    cdef int64_t start = later(when, below.free), step = below.per_line, more = 0
    cdef int32_t k
    lanes_even(arrive, tagged(start + below.latency, BANDWIDTH), step)
    below.free = tagged(start, BANDWIDTH) + count * step
    if dirty and below.per_line_back:
        below.back += below.per_line_back * ones_of(dirty)
    elif dirty:
        for k in range(count):
            arrive[k] += more
            more += step * (dirty >> k & 1)
        below.free += more
    if start <= when:
        arrive[0] -= BANDWIDTH - L2


cdef inline int64_t from_last_level(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """`deliver` by the second of two levels."""
    cdef Level *level = &T.level[1]
    cdef int64_t arrive = through_port(level, when)
    if find(level, number):
        return arrive
    arrive = memory(T, <int64_t>1 << level.shift, wait_for_place(level, arrive))
    take_place(level, arrive)
    enter(T, 1, number)
    return arrive


cdef inline void arrive_from_memory(Timing *T, int32_t count, uint32_t there, uint32_t dirty, int64_t when, int64_t *arrive) noexcept nogil:
    """When lines arrive of which the second of two levels has some (`there`), and pushes dirty ones out for others."""
    cdef Level *below = &T.level[1]
    cdef int64_t data, nbytes = <int64_t>1 << below.shift
    cdef int32_t k
    for k in range(count):
        data = through_port(below, when)
        if not there >> k & 1:
            data = memory(T, nbytes, wait_for_place(below, data))
            take_place(below, data)
            if dirty >> k & 1:
                T.dram_free += nbytes * T.dram_per_byte
                T.dram_bytes += nbytes
        arrive[k] = data


cdef inline void write_downs(Timing *T, uint64_t number, uint32_t dirty, lanes tag) noexcept nogil:
    """`write_down` of the dirty lines that these push out of the first level."""
    cdef uint32_t gone[16]
    cdef uint32_t k
    lanes_put(gone, tag)
    while dirty:
        k = lowest_bit(dirty)
        write_down(T, 0, number + k, gone[k])
        dirty &= dirty - 1


# What `arrive_below` says.
cdef enum:
    UNDONE = 0
    IN_ORDER = 1            # each line arrives later than the one before it
    ANYHOW = 2


cdef inline int32_t arrive_below(Timing *T, uint64_t number, int32_t count, lanes gone, int64_t when, int64_t *arrive) noexcept nogil:
    """When lines of the first level arrive, which the second level has from now on, and which push out those with the tags `gone`, which
    go back where they are dirty. UNDONE: nothing was done."""
    cdef Level *below = &T.level[1]
    cdef uint64_t which = number & below.set_mask
    cdef uint8_t *where = below.where + (number & below.map_mask)
    cdef uint32_t all = first_lanes(count), there = lanes_there(where) & all, dirty = lanes_dirty(gone)
    cdef uint32_t tags[16]
    cdef int32_t k
    cdef lanes bit, tag
    if there != all and T.levels > 2:
        return UNDONE
    if there != all and (dirty or ones_of(all ^ there) < FEW_ABSENT):
        lanes_put(tags, gone)
        for k in range(count):
            arrive[k] = from_last_level(T, number + k, when)
            if tags[k] & DIRTY:
                write_back(T, 0, number + k, tags[k])
        return ANYHOW
    if there:
        lanes_use(below.used + which, below.full, there, lanes_ways(where, there))
    if there == all:
        arrive_evenly(T, count, dirty, when, arrive)
        if dirty:
            write_downs(T, number, dirty, gone)
        return IN_ORDER
    bit = lanes_next(below.used + which, below.full, all ^ there)
    lanes_use(below.used + which, below.full, all ^ there, bit)
    tag = lanes_tags(below.tags + which, below.set_bits, below.ways, bit)
    lanes_leave(tag, below.set_bits, number + lowest_bit(all ^ there), which, below.map_mask, below.where)
    lanes_set_tags(below.tags + which, below.set_bits, below.ways, bit, lanes_tag(tag_of(below, number), 0, 0))
    lanes_set_ways(where, all ^ there, bit, 0)
    arrive_from_memory(T, count, there, lanes_dirty(tag), when, arrive)
    return ANYHOW


cdef bint fetch_together(Timing *T, uint64_t number, int32_t count, int32_t demanded, int32_t touched, int64_t when, uint32_t dirty,
                         int64_t *first, int64_t *last) noexcept nogil:
    """`fetch_run` of up to sixteen lines that the first level does not have, in sets side by side; false: nothing was done."""
    cdef Level *level = &T.level[0]
    cdef uint64_t which = number & level.set_mask
    cdef uint8_t *where = level.where + (number & level.map_mask)
    cdef uint32_t all = first_lanes(count), used = first_lanes(touched)
    cdef int64_t arrive[16]
    cdef int64_t latest = 0
    cdef int32_t k, how
    cdef lanes bit, tag
    if lanes_there(where) & all or not free_places(level, demanded, when):
        return False
    bit = lanes_next(level.used + which, level.full, all)
    tag = lanes_tags(level.tags + which, level.set_bits, level.ways, bit)
    how = arrive_below(T, number, count, tag, when, arrive)
    if how == UNDONE:
        return False
    lanes_use(level.used + which, level.full, all, bit)
    lanes_leave(tag, level.set_bits, number, which, level.map_mask, level.where)
    lanes_set_tags(level.tags + which, level.set_bits, level.ways, bit, lanes_tag(tag_of(level, number), dirty, used))
    lanes_set_stamps(level.arrive + which, level.set_bits, level.ways, bit, arrive)
    lanes_set_ways(where, all, bit, all ^ used)
    take_places(level, demanded, arrive)
    if touched > 0:
        answer(arrive[0], first, last)
    if how == IN_ORDER:
        level.latest = later(level.latest, arrive[count - 1])
        if touched > 0:
            answer(arrive[touched - 1], first, last)
    else:
        for k in range(count):
            latest = later(latest, arrive[k])
        level.latest = later(level.latest, latest)
        latest = 0
        for k in range(touched):
            latest = later(latest, arrive[k])
        last[0] = later(last[0], latest)
    T.beyond_l1 += <int64_t>count << level.shift
    return True


cdef void fetch_few(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                    int64_t *first, int64_t *last) noexcept nogil:
    """`fetch_run` line by line."""
    cdef Level *level = &T.level[0]
    cdef Level *below = &T.level[1]
    cdef uint8_t *where = level.where
    cdef uint8_t *where_below = below.where
    cdef uint32_t *used = level.used
    cdef uint32_t *used_below = below.used
    cdef uint32_t full = level.full, full_below = below.full, now, bit, gone, way
    cdef uint64_t which, slot, number_below
    cdef int64_t asked, start, arrive, free = below.free, latest = level.latest, fetched = 0, step = below.per_line
    cdef int64_t nbytes = <int64_t>1 << level.shift
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
                bit = <uint32_t>1 << (way - 1)
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
        stop = min(number + 16, (number | sets) + 1, end)
        count = <int32_t>(stop - number)
        if not T.together or count < FEW or not fetch_together(
                T, number, count, before(number, demanded, count), before(number, touched, count), when, dirty, first, last):
            fetch_few(T, number, stop, demanded, touched, when, dirty, first, last)
        number = stop
