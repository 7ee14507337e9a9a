# Caches and memory behind them: the fast path of a lookup, inlined by its callers, and what happens to one line; the rest is caches.pyx.
#
#     touch() --a line that is there--> stamp of its data
#        \--anything else--> touch_slow()
#
# A level knows by line number, in a byte each, where a line is: no set is ever searched. Runs of lines are runs.pyx, levels as a
# whole are levels.pyx.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.timing.state cimport BANDWIDTH, DRAM, L2, Level, Timing, later, tagged

cdef enum:
    WAY = 0x7f          # Level.where: way + 1, 0 = not there
    AHEAD = 0x80        # it was prefetched and nobody has used it yet
    DIRTY = 1           # Level.tags
    PAD = 16            # entries behind the arrays of a level: sixteen lines are looked at even where fewer count

cdef extern from *:
    """
    static inline unsigned rvsim_lowest_bit(unsigned long long x) { return (unsigned)__builtin_ctzll(x); }
    """
    uint32_t lowest_bit "rvsim_lowest_bit"(uint64_t x) noexcept nogil

cdef void install(Level *level, uint64_t number, uint32_t dirty) noexcept nogil
cdef int64_t supply(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil
cdef int64_t refill(Timing *T, int32_t k, uint64_t number, int64_t when) noexcept nogil
cdef void write_down(Timing *T, int32_t k, uint64_t number, uint32_t gone) noexcept nogil
cdef int64_t touch_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil


# ---- where lines are -------------------------------------------------------------------------------------------------

cdef inline uint64_t slot_of(Level *level, uint64_t which, uint32_t way) noexcept nogil:
    """Where `tags` and `arrive` have this way of a set: sets lie side by side."""
    return (<uint64_t>way << level.set_bits) + which


cdef inline uint32_t tag_of(Level *level, uint64_t number) noexcept nogil:
    """What `Level.tags` holds for a clean line: never 0, which is an empty way."""
    return <uint32_t>((number & level.map_mask) >> level.set_bits) + 1 << 1


cdef inline uint64_t line_of(Level *level, uint32_t tag, uint64_t which) noexcept nogil:
    """The line with this tag in this set."""
    return (<uint64_t>((tag >> 1) - 1) << level.set_bits) | which


cdef inline void use(Level *level, uint64_t which, uint32_t way) noexcept nogil:
    """The way of this set was used. Most often that changes nothing, and then nothing is written: who reads whole vectors of sets next
    would have to wait for it."""
    cdef uint32_t bit = <uint32_t>1 << way, used = level.used[which]
    if not used & bit:
        used |= bit
        level.used[which] = used if used != level.full else bit


cdef inline bint find(Level *level, uint64_t number) noexcept nogil:
    """Whether the line is there; if so, its way was used."""
    cdef uint32_t way = level.where[number & level.map_mask] & WAY
    if way == 0:
        return False
    use(level, number & level.set_mask, way - 1)
    return True


cdef inline uint64_t take_way(Level *level, uint64_t number, uint32_t dirty, uint32_t *gone) noexcept nogil:
    """Gives the line a way of its set; returns its place, and in `gone` the tag that had to leave (0: none).

    What it needs of the level is read first: a byte that is written may be anywhere, as far as a compiler knows.
    """
    cdef uint8_t *where = level.where
    cdef uint64_t map_mask = level.map_mask, which = number & level.set_mask
    cdef uint32_t full = level.full, used = level.used[which], unused = ~used & full
    cdef uint32_t bit = unused & -unused if unused else 1       # none where there is one way only
    cdef uint64_t slot = slot_of(level, which, lowest_bit(bit))
    cdef uint32_t tag = level.tags[slot]
    used |= bit
    level.used[which] = used if used != full else bit
    level.tags[slot] = tag_of(level, number) | dirty
    if tag:
        where[line_of(level, tag, which) & map_mask] = 0
    where[number & map_mask] = <uint8_t>(lowest_bit(bit) + 1)
    gone[0] = tag
    return slot


# ---- what happens to one line ----------------------------------------------------------------------------------------

cdef inline void write_back(Timing *T, int32_t k, uint64_t number, uint32_t gone) noexcept nogil:
    """The line with this dirty tag left level k for `number`: it takes its share of the rate below, and nobody waits."""
    cdef Level *below = &T.level[k + 1]
    if k + 1 < T.levels:
        if below.per_line_back:
            below.back += below.per_line_back
        else:
            below.free += below.per_line
    write_down(T, k, number, gone)


cdef inline int64_t from_memory(Timing *T, int64_t nbytes, int64_t when) noexcept nogil:
    """`memory` but for the bytes that are counted."""
    cdef int64_t start = later(when, T.dram_free)
    T.dram_free = tagged(start + nbytes * T.dram_per_byte, BANDWIDTH)
    return tagged(start + T.dram_latency, BANDWIDTH if start > when else DRAM)


cdef inline int64_t memory(Timing *T, int64_t nbytes, int64_t when) noexcept nogil:
    """Main memory delivers so many bytes that are asked for at `when`."""
    T.dram_bytes += nbytes
    return from_memory(T, nbytes, when)


cdef inline void enter(Timing *T, int32_t k, uint64_t number) noexcept nogil:
    """A line enters level k."""
    cdef uint32_t gone
    take_way(&T.level[k], number, 0, &gone)
    if gone & DIRTY:
        write_back(T, k, number, gone)


cdef inline int64_t through_port(Level *level, int64_t when) noexcept nogil:
    """A request takes its turn at the port of a level; returns the stamp of a line that is there."""
    cdef int64_t start = later(when, level.free)
    level.free = tagged(start + level.per_line, BANDWIDTH)
    return tagged(start + level.latency, BANDWIDTH if start > when else L2)


cdef inline int64_t deliver(Timing *T, int32_t k, uint64_t address, int64_t nbytes, int64_t when) noexcept nogil:
    """Level k (or memory, behind the last one) delivers a line to the level above; returns the stamp of its data."""
    cdef Level *level = &T.level[k]
    cdef int64_t arrive
    cdef uint64_t number
    if k >= T.levels:
        return supply(T, k, address, nbytes, when)
    number = address >> level.shift
    arrive = through_port(level, when)
    if find(level, number):
        return arrive
    return refill(T, k, number, arrive)


cdef inline int64_t wait_for_place(Level *level, int64_t when) noexcept nogil:
    """A request for the level below, as its outstanding misses allow."""
    return later(when, level.miss[level.miss_at]) if level.misses else when


cdef inline void take_place(Level *level, int64_t arrive) noexcept nogil:
    if level.misses:
        level.miss[level.miss_at] = arrive
        level.miss_at = level.miss_at + 1 if level.miss_at + 1 < level.misses else 0


cdef inline void bring(Timing *T, uint64_t number, int64_t arrive, uint32_t dirty) noexcept nogil:
    """A line enters the L1 data cache."""
    cdef Level *level = &T.level[0]
    cdef uint32_t gone
    level.arrive[take_way(level, number, dirty, &gone)] = arrive
    if arrive > level.latest:
        level.latest = arrive
    if gone & DIRTY:
        write_back(T, 0, number, gone)


cdef inline int64_t fetch(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """The L1 data cache misses a line and fetches it; returns the stamp of its data."""
    cdef Level *level = &T.level[0]
    cdef int64_t nbytes = <int64_t>1 << level.shift, arrive
    arrive = deliver(T, 1, number << level.shift, nbytes, wait_for_place(level, when))
    T.beyond_l1 += nbytes
    take_place(level, arrive)
    bring(T, number, arrive, dirty)
    return arrive


cdef inline int64_t fetch_from_memory(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """`touch_slow` of a line that is not there and is only read, where memory is what follows and nothing is prefetched; its bytes are
    to be counted by who calls it."""
    cdef Level *level = &T.level[0]
    cdef int64_t arrive = from_memory(T, <int64_t>1 << level.shift, wait_for_place(level, when))
    take_place(level, arrive)
    bring(T, number, arrive, 0)
    return arrive


cdef inline void run_ahead(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """The prefetcher asks for one more line of a stream."""
    cdef Level *level = &T.level[0]
    cdef int64_t nbytes = <int64_t>1 << level.shift
    if find(level, number):
        return
    T.beyond_l1 += nbytes
    bring(T, number, deliver(T, 1, number << level.shift, nbytes, when), 0)
    level.where[number & level.map_mask] |= AHEAD


# ---- accesses --------------------------------------------------------------------------------------------------------

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
