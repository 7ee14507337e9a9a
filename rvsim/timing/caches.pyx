"""Caches and memory behind them: sets searched by a filter word, refill ports with a rate, outstanding misses, stream prefetch.

    touch_slow() --miss--> refill() --> supply(next level) --> ... --> memory()

Knows nothing of instructions. A request costs O(1) a level; nothing is simulated per cycle. Replacement is not-recently-used: of the
ways that were not used since all of them were, the first one goes. `touch`, the fast path, is in caches.pxd.
"""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from rvsim.timing.state cimport BANDWIDTH, DRAM, L2, STREAMS, Level, Set, Timing, later, tagged

cdef extern from *:
    """
    static inline unsigned rvsim_lowest_bit(unsigned long long x) { return (unsigned)__builtin_ctzll(x); }
    """
    uint32_t lowest_bit "rvsim_lowest_bit"(uint64_t x) nogil

cdef extern from "<stdlib.h>":
    void *aligned_alloc(size_t alignment, size_t size) nogil

cdef enum:
    WAYS_A_WORD = 8
    HOST_LINE = 64

cdef extern from *:
    """
    #define RVSIM_ONES 0x0101010101010101ULL
    #define RVSIM_HIGHS 0x8080808080808080ULL
    """
    const uint64_t ONES "RVSIM_ONES"
    const uint64_t HIGHS "RVSIM_HIGHS"


cdef inline uint64_t mark(Level *level, uint64_t number) noexcept nogil:
    """The filter byte of a line: seven bits of its tag, and a bit that says the way is taken."""
    cdef uint64_t above = number >> level.set_bits
    return ((above ^ above >> 7) & 0x7f) | 0x80


cdef inline void use(Level *level, Set *ways, uint32_t way) noexcept nogil:
    """The way was used."""
    cdef uint64_t used = ways.used | (<uint64_t>1 << way)
    ways.used = used if used != level.full else <uint64_t>1 << way
    ways.recent = way


cdef inline int32_t search(Level *level, Set *ways, uint64_t number) noexcept nogil:
    """Way of the line, which becomes the one its set used last, or -1."""
    cdef uint32_t *tags = tags_of(level, ways)
    cdef uint64_t word, hits, pattern = mark(level, number) * ONES
    cdef uint32_t w, way, want = tag_of(level, number)
    for w in range(level.words):
        word = ways.filter[w] ^ pattern
        hits = (word - ONES) & ~word & HIGHS
        while hits:
            way = w * WAYS_A_WORD + (lowest_bit(hits) >> 3)
            if way < level.ways and (tags[way] & ~<uint32_t>3) == want:
                use(level, ways, way)
                return <int32_t>way
            hits &= hits - 1
    return -1


cdef int32_t find(Level *level, uint64_t number) noexcept nogil:
    """`search` in the set where the line belongs."""
    return search(level, set_of(level, number), number)


cdef uint32_t install(Level *level, uint64_t number, uint32_t flags) noexcept nogil:
    """Gives the line a way of its set, which is then the recent one; returns the tag that had to leave (0: none)."""
    cdef Set *ways = set_of(level, number)
    cdef uint64_t unused = ~ways.used & level.full      # none where there is one way only
    cdef uint32_t way = lowest_bit(unused) if unused else 0, shift = (way & (WAYS_A_WORD - 1)) * 8
    cdef uint32_t *tag = tags_of(level, ways) + way
    cdef uint32_t gone = tag[0]
    cdef uint64_t *word = &ways.filter[way // WAYS_A_WORD]
    word[0] = (word[0] & ~(<uint64_t>0xff << shift)) | mark(level, number) << shift
    tag[0] = tag_of(level, number) | flags
    use(level, ways, way)
    return gone


cdef int64_t memory(Timing *T, int64_t nbytes, int64_t when) noexcept nogil:
    """Main memory delivers so many bytes that are asked for at `when`."""
    cdef int64_t start = later(when, T.dram_free)
    T.dram_free = tagged(start + nbytes * T.dram_per_byte, BANDWIDTH)
    T.dram_bytes += nbytes
    return tagged(start + T.dram_latency, BANDWIDTH if start > when else DRAM)


cdef void write_back(Timing *T, int32_t k, uint64_t number, uint32_t gone) noexcept nogil:
    """The line with this tag left level k for `number`; if dirty it takes its share of the rate below, and nobody waits."""
    cdef Level *level = &T.level[k]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    cdef uint64_t address
    cdef int32_t way
    if not gone & 1:
        return
    address = ((((<uint64_t>gone >> 2) - 1) << level.set_bits) | (number & level.set_mask)) << level.shift
    if k == 0:
        T.beyond_l1 += nbytes
    if k + 1 < T.levels:
        level = &T.level[k + 1]
        level.free += level.per_line
        way = find(level, address >> level.shift)
        if way >= 0:
            tags_of(level, set_of(level, address >> level.shift))[way] |= 1
            return
    T.dram_free += nbytes * T.dram_per_byte
    T.dram_bytes += nbytes


cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil:
    """Level k (or memory, behind the last one) delivers a line to the level above; returns the stamp of its data."""
    cdef Level *level
    cdef int64_t start, arrive
    cdef uint64_t number
    if k >= T.levels:
        return memory(T, nbytes, when)
    level = &T.level[k]
    number = address >> level.shift
    start = later(when, level.free)
    level.free = tagged(start + level.per_line, BANDWIDTH)
    arrive = tagged(start + level.latency, BANDWIDTH if start > when else L2)
    if search(level, set_of(level, number), number) < 0:
        arrive = refill(T, k, number, arrive)
        write_back(T, k, number, install(level, number, 0))
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


cdef void bring(Timing *T, uint64_t number, int64_t arrive, uint32_t flags) noexcept nogil:
    """A line enters the L1 data cache."""
    cdef Level *level = &T.level[0]
    write_back(T, 0, number, install(level, number, flags))
    level.arrive[(number & level.set_mask) * level.ways + set_of(level, number).recent] = arrive


cdef void run_ahead(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """The prefetcher asks for one more line of a stream."""
    cdef Level *level = &T.level[0]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    if search(level, set_of(level, number), number) < 0:
        T.beyond_l1 += nbytes
        bring(T, number, supply(T, 1, number << level.shift, nbytes, when), 2)


cdef void follow(Timing *T, uint64_t number, int64_t when, bint missed) noexcept nogil:
    """The first touch of a line: a stream that it continues runs further ahead, by half a line for each line touched.

    `stream` holds the first line that is not yet asked for. A miss that continues no stream may start one.
    """
    cdef uint64_t head, reach
    cdef int32_t i
    for i in range(STREAMS):
        head = T.stream[i]
        if head - number <= <uint64_t>T.prefetch:
            T.touched[i] += 1
            reach = number + 1 + (T.touched[i] >> 1)
            if reach > number + <uint64_t>T.prefetch:
                reach = number + <uint64_t>T.prefetch
            if head == number:
                head += 1
            while head <= reach:
                run_ahead(T, head, when)
                head += 1
            T.stream[i] = head
            return
    if missed:
        T.stream[T.stream_at] = number + 1
        T.touched[T.stream_at] = 0
        T.stream_at = (T.stream_at + 1) & (STREAMS - 1)


cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` of a line that is not the most recent of its set, is prefetched, or is not there."""
    cdef Level *level = &T.level[0]
    cdef int32_t way = search(level, set_of(level, number), number)
    cdef uint32_t *tag
    cdef int64_t arrive
    if way >= 0:
        tag = tags_of(level, set_of(level, number)) + way
        arrive = level.arrive[(number & level.set_mask) * level.ways + <uint64_t>way]
        if tag[0] & 2:
            tag[0] &= ~<uint32_t>2
            follow(T, number, when, False)
        tag[0] |= dirty
        return arrive
    arrive = refill(T, 0, number, when)
    bring(T, number, arrive, dirty)
    if T.prefetch:
        follow(T, number, when, True)
    return arrive


cdef void write_around(Timing *T, uint64_t number, int64_t nbytes) noexcept nogil:
    """A store to a write-through cache: the line, if there, becomes recent; the bytes go on."""
    find(&T.level[0], number)
    T.beyond_l1 += nbytes


cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil:
    """Vector stores that bypass the L1 data cache remove the lines they overwrite, or all ways of their sets."""
    cdef Level *level = &T.level[0]
    cdef Set *ways
    cdef uint64_t number
    cdef int32_t way
    if whole_set and last - first > level.set_mask:
        first = last - level.set_mask
    for number in range(first, last + 1):
        ways = set_of(level, number)
        if whole_set:
            if ways.used:
                memset(ways, 0, <size_t>1 << level.stride)
        else:
            way = find(level, number)
            if way >= 0:
                tags_of(level, ways)[way] = 0
                ways.filter[way // WAYS_A_WORD] &= ~(<uint64_t>0xff << (way & (WAYS_A_WORD - 1)) * 8)
                ways.used &= ~(<uint64_t>1 << way)


cdef int fill_level(Level *level, uint64_t size, uint32_t ways, uint32_t line, bint stamped) except -1:
    """Allocates an empty level; `stamped`: it keeps when the data of each line arrive."""
    cdef uint64_t sets = size // (line * ways)
    level.ways = ways
    level.words = (ways + WAYS_A_WORD - 1) // WAYS_A_WORD
    level.set_mask = sets - 1
    level.shift = lowest_bit(line)
    level.set_bits = lowest_bit(sets)
    level.full = ~<uint64_t>0 >> (64 - ways)
    level.tags = 16 + 8 * level.words
    level.stride = 6
    while (<uint32_t>1 << level.stride) < level.tags + 4 * ways:
        level.stride += 1
    level.base = <uint8_t *>aligned_alloc(HOST_LINE, sets << level.stride)
    level.arrive = <int64_t *>calloc(sets * ways if stamped else 1, 8)
    if level.base == NULL or level.arrive == NULL:
        raise MemoryError("the tags of a cache")
    empty_level(level)
    return 0


cdef void free_level(Level *level) noexcept:
    free(level.base)
    free(level.arrive)


cdef void settle_level(Level *level) noexcept nogil:
    """What the level holds is there; nothing is outstanding."""
    memset(level.miss, 0, sizeof(level.miss))
    level.miss_at = 0
    level.free = 0


cdef void empty_level(Level *level) noexcept nogil:
    """The level holds nothing."""
    memset(level.base, 0, (level.set_mask + 1) << level.stride)
