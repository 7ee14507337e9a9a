"""Caches and memory behind them: where each line is, refill ports with a rate, outstanding misses, stream prefetch.

    touch_slow() --miss--> refill() --> supply(next level) --> ... --> memory()

Knows nothing of instructions. A request costs O(1) a level; nothing is simulated per cycle. Replacement is not-recently-used: of the
ways that were not used since all of them were, the first one goes. `touch`, the fast path, is in caches.pxd.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from rvsim.timing.state cimport BANDWIDTH, DRAM, L2, STREAMS, TAG_MASK, Level, Timing, later, tagged

cdef extern from *:
    """
    #include <sys/mman.h>
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    #ifndef MADV_NOHUGEPAGE
    #define MADV_NOHUGEPAGE 0
    #endif
    static inline unsigned rvsim_lowest_bit(unsigned long long x) { return (unsigned)__builtin_ctzll(x); }
    static void *rvsim_map(size_t size) {
        void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) return NULL;
        madvise(p, size, MADV_NOHUGEPAGE);      /* a few bytes are used here and there */
        return p;
    }
    static void rvsim_unmap(void *p, size_t size) { if (p) munmap(p, size); }
    """
    uint32_t lowest_bit "rvsim_lowest_bit"(uint64_t x) noexcept nogil
    void *map_zeroes "rvsim_map"(size_t size) noexcept nogil
    void unmap "rvsim_unmap"(void *p, size_t size) noexcept nogil
    const uint64_t ONES "0x0101010101010101ULL"
    const uint64_t HIGHS "0x8080808080808080ULL"

cdef enum:
    ADDRESS_BITS = 36       # of simulated memory; what lies above shares the places of what lies below
    TAG_WIDTH = 30          # of Level.tags, above the set bits


cdef inline uint32_t tag_of(Level *level, uint64_t number) noexcept nogil:
    """What `Level.tags` holds for a clean line: never 0, which is an empty way."""
    return <uint32_t>((((number & level.map_mask) >> level.set_bits) + 1) << 1)


cdef inline uint64_t line_of(Level *level, uint32_t tag, uint64_t which) noexcept nogil:
    """The line with this tag in this set."""
    return ((<uint64_t>(tag >> 1) - 1) << level.set_bits) | which


cdef inline uint64_t take_way(Level *level, uint64_t number, uint32_t dirty, uint32_t *gone) noexcept nogil:
    """Gives the line a way of its set; returns its place, and in `gone` the tag that had to leave (0: none)."""
    cdef uint64_t which = number & level.set_mask, used = level.used[which]
    cdef uint64_t unused = ~used & level.full           # none where there is one way only
    cdef uint32_t way = lowest_bit(unused) if unused else 0
    cdef uint64_t slot = slot_of(level, which, way), bit = <uint64_t>1 << way
    gone[0] = level.tags[slot]
    if gone[0]:
        level.where[line_of(level, gone[0], which) & level.map_mask] = 0
    level.tags[slot] = tag_of(level, number) | dirty
    level.where[number & level.map_mask] = <uint8_t>(way + 1)
    used |= bit
    level.used[which] = used if used != level.full else bit
    return slot


cdef void install(Level *level, uint64_t number, uint32_t dirty) noexcept nogil:
    """A line enters a level from which nothing has to be written back."""
    cdef uint32_t gone
    take_way(level, number, dirty, &gone)


cdef int64_t memory(Timing *T, int64_t nbytes, int64_t when) noexcept nogil:
    """Main memory delivers so many bytes that are asked for at `when`."""
    cdef int64_t start = later(when, T.dram_free)
    T.dram_free = tagged(start + nbytes * T.dram_per_byte, BANDWIDTH)
    T.dram_bytes += nbytes
    return tagged(start + T.dram_latency, BANDWIDTH if start > when else DRAM)


cdef void write_back(Timing *T, int32_t k, uint64_t number, uint32_t gone) noexcept nogil:
    """The line with this dirty tag left level k for `number`: it takes its share of the rate below, and nobody waits."""
    cdef Level *level = &T.level[k]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    cdef uint64_t address = line_of(level, gone, number & level.set_mask) << level.shift, below
    cdef uint32_t way
    if k == 0:
        T.beyond_l1 += nbytes
    if k + 1 < T.levels:
        level = &T.level[k + 1]
        if level.per_line_back:
            level.back += level.per_line_back
        else:
            level.free += level.per_line
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


cdef inline int64_t deliver(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil:
    """Level k (or memory, behind the last one) delivers a line to the level above; returns the stamp of its data."""
    cdef Level *level = &T.level[k]
    cdef int64_t start, arrive
    cdef uint64_t number
    cdef uint32_t gone, way
    if k >= T.levels:
        return memory(T, nbytes, when)
    number = address >> level.shift
    start = later(when, level.free)
    level.free = tagged(start + level.per_line, BANDWIDTH)
    arrive = tagged(start + level.latency, BANDWIDTH if start > when else L2)
    way = level.where[number & level.map_mask] & WAY
    if way:
        use(level, number & level.set_mask, way - 1)
        return arrive
    arrive = refill(T, k, number, arrive)
    take_way(level, number, 0, &gone)
    if gone & DIRTY:
        write_back(T, k, number, gone)
    return arrive


cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil:
    return deliver(T, k, address, nbytes, when)


cdef inline int64_t wait_for_place(Level *level, int64_t when) noexcept nogil:
    """A request for the level below, as its outstanding misses allow."""
    return later(when, level.miss[level.miss_at]) if level.misses else when


cdef inline void take_place(Level *level, int64_t arrive) noexcept nogil:
    if level.misses:
        level.miss[level.miss_at] = arrive
        level.miss_at = level.miss_at + 1 if level.miss_at + 1 < level.misses else 0


cdef int64_t refill(Timing *T, int32_t k, uint64_t number, int64_t when) noexcept nogil:
    """Level k, not the first, misses a line and fetches it from below."""
    cdef Level *level = &T.level[k]
    cdef int64_t arrive = supply(T, k + 1, number << level.shift, <int64_t>1 << level.shift, wait_for_place(level, when))
    take_place(level, arrive)
    return arrive


cdef inline void bring(Timing *T, uint64_t number, int64_t arrive, uint32_t dirty) noexcept nogil:
    """A line enters the L1 data cache."""
    cdef Level *level = &T.level[0]
    cdef uint32_t gone
    level.arrive[take_way(level, number, dirty, &gone)] = arrive
    if arrive > level.latest:
        level.latest = arrive
    if gone & DIRTY:
        write_back(T, 0, number, gone)


cdef inline void run_ahead(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """The prefetcher asks for one more line of a stream."""
    cdef Level *level = &T.level[0]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    if find(level, number):
        return
    T.beyond_l1 += nbytes
    bring(T, number, deliver(T, 1, number << level.shift, nbytes, when), 0)
    level.where[number & level.map_mask] |= AHEAD


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


cdef inline int64_t touch_absent(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` of a line that is prefetched or is not there."""
    cdef Level *level = &T.level[0]
    cdef uint8_t *where = &level.where[number & level.map_mask]
    cdef uint32_t way = where[0] & WAY
    cdef uint64_t slot
    cdef int64_t arrive, nbytes = <int64_t>1 << level.shift
    if way:
        slot = slot_of(level, number & level.set_mask, way - 1)
        use(level, number & level.set_mask, way - 1)
        arrive = level.arrive[slot]
        where[0] = <uint8_t>way
        follow(T, number, when, False)
        level.tags[slot] |= dirty
        return arrive
    arrive = deliver(T, 1, number << level.shift, nbytes, wait_for_place(level, when))
    T.beyond_l1 += nbytes
    take_place(level, arrive)
    bring(T, number, arrive, dirty)
    if T.prefetch:
        follow(T, number, when, True)
    return arrive


cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    return touch_absent(T, number, when, dirty)


# ---- eight lines at a time: what follows does exactly what eight calls of `touch` would do ---------------------------------

cdef inline bint room(Level *level, uint64_t number) noexcept nogil:
    """Whether eight lines from this one lie in sets side by side."""
    return (number & level.set_mask) + 7 <= level.set_mask


cdef inline uint64_t ways_of(Level *level, uint64_t number) noexcept nogil:
    """Level.where of eight lines."""
    cdef uint64_t word
    memcpy(&word, level.where + (number & level.map_mask), 8)
    return word


cdef inline void use_eight(Level *level, uint64_t which, uint64_t bit) noexcept nogil:
    """The way with this bit was used in eight sets."""
    cdef uint64_t *used = level.used + which
    cdef uint64_t full = level.full, now
    cdef int k
    for k in range(8):
        now = used[k] | bit
        used[k] = now if now != full else bit


cdef inline void use_each(Level *level, uint64_t which, uint64_t ways) noexcept nogil:
    """One way in each of eight sets was used; `ways` as in Level.where, a byte each."""
    cdef uint64_t *used = level.used + which
    cdef uint64_t full = level.full, now, bit
    cdef int k
    for k in range(8):
        bit = <uint64_t>1 << (((ways >> (8 * k)) & WAY) - 1)
        now = used[k] | bit
        used[k] = now if now != full else bit


cdef inline void collect(const int64_t *arrive, int64_t *first, int64_t *last) noexcept nogil:
    """The stamps of eight lines side by side."""
    cdef int64_t most = arrive[0]
    cdef int k
    if first[0] == 0:
        for k in range(8):
            last[0] = later(last[0], arrive[k])
            if first[0] == 0:
                first[0] = last[0]
    else:
        for k in range(8):
            most = later(most, arrive[k])
        last[0] = later(last[0], most)


cdef inline void touch_eight(Level *level, uint64_t number, uint64_t ways, uint32_t dirty, bint settled, int64_t *first, int64_t *last) noexcept nogil:
    """`touch` of eight lines that are there. settled: nobody asks when their data arrive."""
    cdef uint64_t which = number & level.set_mask, way = (ways & WAY) - 1, slot = slot_of(level, which, <uint32_t>way)
    cdef int k
    if ways == (ways & 0xff) * ONES:
        use_eight(level, which, <uint64_t>1 << way)
        if dirty:
            for k in range(8):
                level.tags[slot + k] |= DIRTY
        if not settled:
            collect(level.arrive + slot, first, last)
        return
    use_each(level, which, ways)
    if settled and not dirty:
        return
    for k in range(8):
        slot = slot_of(level, which + k, <uint32_t>((ways >> (8 * k)) & WAY) - 1)
        level.tags[slot] |= dirty
        last[0] = later(last[0], level.arrive[slot])
        if first[0] == 0:
            first[0] = last[0]


cdef bint bring_eight(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """`run_ahead` for eight lines that only the second level has and that push out clean ones; false: nothing was done."""
    cdef Level *level = &T.level[0]
    cdef Level *below = &T.level[1]
    cdef uint64_t which = number & level.set_mask, under, unused, used, ways, differ = 0
    cdef uint64_t slot, bit
    cdef int64_t start, tick
    cdef uint32_t dirty = 0, tag, gone
    cdef int k
    if T.levels < 2 or below.shift != level.shift or not room(level, number) or not room(below, number) or ways_of(level, number):
        return False
    ways = ways_of(below, number)
    if (ways - ONES) & ~ways & HIGHS or below.per_line == 0:
        return False
    used = level.used[which]
    for k in range(8):
        differ |= level.used[which + k] ^ used
    unused = ~used & level.full
    slot = slot_of(level, which, lowest_bit(unused) if unused else 0)
    for k in range(8):
        dirty |= level.tags[slot + k]
    if differ or dirty & DIRTY:
        return False
    under = number & below.set_mask
    use_each(below, under, ways)
    for k in range(8):
        gone = level.tags[slot + k]
        if gone:
            level.where[line_of(level, gone, which + k) & level.map_mask] = 0
    tag = tag_of(level, number)
    bit = unused & (0 - unused) if unused else 1
    used = used | bit if used | bit != level.full else bit
    for k in range(8):
        level.tags[slot + k] = tag
    for k in range(8):
        level.used[which + k] = used
    ways = (lowest_bit(bit) + 1 | AHEAD) * ONES
    memcpy(level.where + (number & level.map_mask), &ways, 8)
    start = later(when, below.free)
    tick = tagged(start + below.latency, BANDWIDTH)
    for k in range(8):
        level.arrive[slot + k] = tick + k * below.per_line
    if start <= when:
        level.arrive[slot] = tagged(tick, L2)
    level.latest = later(level.latest, tick + 7 * below.per_line)
    below.free = tagged(start + 8 * below.per_line, BANDWIDTH)
    T.beyond_l1 += <int64_t>8 << level.shift
    return True


cdef bint stream_eight(Timing *T, uint64_t number, uint64_t ways, int64_t when, uint32_t dirty, int64_t *first, int64_t *last) noexcept nogil:
    """`touch` of eight lines of a stream that runs ahead at full distance; false: nothing was done."""
    cdef Level *level = &T.level[0]
    cdef uint64_t most = <uint64_t>T.prefetch, clean = ways & ~(AHEAD * ONES)
    cdef int32_t i = stream_of(T, number), j
    if most < 8 or most + 8 > level.set_mask or i == STREAMS or T.stream[i] != number + most or (T.touched[i] + 1) >> 1 < most - 1:
        return False
    for j in range(i):
        if T.stream[j] - number <= most + 7:
            return False
    if not bring_eight(T, number + most, when):
        return False
    memcpy(level.where + (number & level.map_mask), &clean, 8)
    touch_eight(level, number, clean, dirty, False, first, last)
    T.touched[i] += 8
    T.stream[i] += 8
    return True


cdef int64_t arrivals(Level *level, uint64_t number, uint64_t end, int64_t *first) noexcept nogil:
    """The last stamp, and the first one that is not 0, of lines that are there."""
    cdef int64_t last = 0
    while number < end:
        last = later(last, level.arrive[slot_of(level, number & level.set_mask, (level.where[number & level.map_mask] & WAY) - 1)])
        if first[0] == 0:
            first[0] = last
        number += 1
    return last


cdef int64_t touch_run(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t settled, int64_t *first) noexcept nogil:
    """`touch` of the lines from `number` to `end`; returns the stamp of the last data, and of those of the first line.

    The answer is 0 when all lines are there and nothing arrives after `settled`.
    """
    cdef Level *level = &T.level[0]
    cdef uint64_t begin = number, which, slot, ways
    cdef uint32_t way
    cdef int64_t last = 0, arrive
    cdef bint quiet = level.latest <= settled
    while number <= end:
        if end - number >= 7 and room(level, number):
            ways = ways_of(level, number)
            if ways & HIGHS == 0 and (ways + (HIGHS - ONES)) & HIGHS == HIGHS:
                touch_eight(level, number, ways, dirty, quiet, first, &last)
                number += 8
                continue
            if quiet:
                last = arrivals(level, begin, number, first)
                quiet = False
            if ways & HIGHS == HIGHS and stream_eight(T, number, ways, when, dirty, first, &last):
                number += 8
                continue
        way = <uint32_t>level.where[number & level.map_mask] - 1
        if way >= AHEAD - 1:
            if quiet:
                last = arrivals(level, begin, number, first)
                quiet = False
            arrive = touch_absent(T, number, when, dirty)
        else:
            which = number & level.set_mask
            slot = slot_of(level, which, way)
            use(level, which, way)
            level.tags[slot] |= dirty
            arrive = level.arrive[slot]
        number += 1
        if not quiet:
            last = later(last, arrive)
            if first[0] == 0:
                first[0] = last
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


cdef void drop_set(Level *level, uint64_t which) noexcept nogil:
    """Empties a set."""
    cdef uint64_t slot
    cdef uint32_t way
    for way in range(level.ways):
        slot = slot_of(level, which, way)
        if level.tags[slot]:
            level.where[line_of(level, level.tags[slot], which) & level.map_mask] = 0
            level.tags[slot] = 0
    level.used[which] = 0


cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil:
    """Vector stores that bypass the L1 data cache remove the lines they overwrite, or all ways of their sets."""
    cdef Level *level = &T.level[0]
    cdef uint64_t number, which
    cdef uint32_t way
    if whole_set and last - first > level.set_mask:
        first = last - level.set_mask
    for number in range(first, last + 1):
        which = number & level.set_mask
        if whole_set:
            if level.used[which]:
                drop_set(level, which)
        else:
            way = level.where[number & level.map_mask] & WAY
            if way:
                use(level, which, way - 1)
                level.tags[slot_of(level, which, way - 1)] = 0
                level.used[which] &= ~(<uint64_t>1 << (way - 1))
                level.where[number & level.map_mask] = 0


cdef int fill_level(Level *level, uint64_t size, uint32_t ways, uint32_t line, bint stamped) except -1:
    """Allocates an empty level; `stamped`: it keeps when the data of each line arrive."""
    cdef uint64_t sets = size // (line * ways)
    level.ways = ways
    level.set_mask = sets - 1
    level.shift = lowest_bit(line)
    level.set_bits = lowest_bit(sets)
    level.full = ~<uint64_t>0 >> (64 - ways)
    level.map_mask = (<uint64_t>1 << min(ADDRESS_BITS - level.shift, TAG_WIDTH + level.set_bits)) - 1
    level.where = <uint8_t *>map_zeroes(level.map_mask + 1)
    level.tags = <uint32_t *>calloc(sets * ways, 4)
    level.used = <uint64_t *>calloc(sets, 8)
    level.arrive = <int64_t *>calloc(sets * ways if stamped else 1, 8)
    if level.where == NULL or level.tags == NULL or level.used == NULL or level.arrive == NULL:
        raise MemoryError("the tags of a cache")
    return 0


cdef void free_level(Level *level) noexcept:
    unmap(level.where, level.map_mask + 1)
    free(level.tags)
    free(level.used)
    free(level.arrive)


cdef void settle_level(Level *level) noexcept nogil:
    """What the level holds is there; nothing is outstanding."""
    memset(level.miss, 0, sizeof(level.miss))
    level.miss_at = 0
    level.free = level.back = 0
    level.latest = 0


cdef void empty_level(Level *level) noexcept nogil:
    """The level holds nothing."""
    cdef uint64_t which
    for which in range(level.set_mask + 1):
        drop_set(level, which)
