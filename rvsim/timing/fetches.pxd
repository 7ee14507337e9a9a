# Lines that the L1 data cache fetches from the level below, many at once; see runs.pyx.
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.timing.state cimport Level, Timing, later

cdef extern from *:
    const uint64_t ONES "0x0101010101010101ULL"
    const uint64_t HIGHS "0x8080808080808080ULL"

cdef void fetch_run(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                    int64_t *first, int64_t *last) noexcept nogil


cdef inline uint64_t ways_of(Level *level, uint64_t number) noexcept nogil:
    """Level.where of eight lines."""
    cdef uint64_t word
    memcpy(&word, level.where + (number & level.map_mask), 8)
    return word


cdef inline void answer(int64_t arrive, int64_t *first, int64_t *last) noexcept nogil:
    """The data of one more line."""
    last[0] = later(last[0], arrive)
    if first[0] == 0:
        first[0] = last[0]
