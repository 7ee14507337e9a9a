"""A cache level as a whole: its memory, and the lines that leave it without being replaced; see caches.pxd."""
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from rvsim.timing.caches cimport PAD, WAY, line_of, lowest_bit, slot_of, use
from rvsim.timing.state cimport Level, Timing

cdef extern from *:
    """
    #include <sys/mman.h>
    #ifndef MADV_NOHUGEPAGE
    #define MADV_NOHUGEPAGE 0
    #endif
    static void *rvsim_map(size_t size) {
        void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) return NULL;
        madvise(p, size, MADV_NOHUGEPAGE);      /* a few bytes are used here and there */
        return p;
    }
    static void rvsim_unmap(void *p, size_t size) { if (p) munmap(p, size); }
    """
    void *map_zeroes "rvsim_map"(size_t size) noexcept nogil
    void unmap "rvsim_unmap"(void *p, size_t size) noexcept nogil

cdef enum:
    ADDRESS_BITS = 36       # of simulated memory; what lies above shares the places of what lies below
    TAG_WIDTH = 30          # of Level.tags, above the set bits


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
                level.used[which] &= ~(<uint32_t>1 << (way - 1))
                level.where[number & level.map_mask] = 0


cdef int fill_level(Level *level, uint64_t size, uint32_t ways, uint32_t line, bint stamped) except -1:
    """Allocates an empty level; `stamped`: it keeps when the data of each line arrive."""
    cdef uint64_t sets = size // (line * ways)
    level.ways = ways
    level.set_mask = sets - 1
    level.shift = lowest_bit(line)
    level.set_bits = lowest_bit(sets)
    level.full = ~<uint32_t>0 >> (32 - ways)
    level.map_mask = (<uint64_t>1 << min(ADDRESS_BITS - level.shift, TAG_WIDTH + level.set_bits)) - 1
    level.where = <uint8_t *>map_zeroes(level.map_mask + 1 + PAD)
    level.tags = <uint32_t *>calloc(sets * ways + PAD, 4)
    level.used = <uint32_t *>calloc(sets + PAD, 4)
    level.arrive = <int64_t *>calloc(sets * ways + PAD if stamped else 1, 8)
    if level.where == NULL or level.tags == NULL or level.used == NULL or level.arrive == NULL:
        raise MemoryError("the tags of a cache")
    return 0


cdef void free_level(Level *level) noexcept:
    unmap(level.where, level.map_mask + 1 + PAD)
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
