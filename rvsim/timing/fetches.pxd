# Lines that the L1 data cache fetches from the level below, many at once; see runs.pyx.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.timing.state cimport Timing, later

cdef bint lanes_pay(Timing *T) noexcept
cdef bint fetch_together(Timing *T, uint64_t number, int32_t count, int32_t demanded, int32_t touched, int64_t when, uint32_t dirty,
                         int64_t *first, int64_t *last) noexcept nogil
cdef void fetch_run(Timing *T, uint64_t number, uint64_t end, uint64_t demanded, uint64_t touched, int64_t when, uint32_t dirty,
                    int64_t *first, int64_t *last) noexcept nogil


cdef inline void answer(int64_t arrive, int64_t *first, int64_t *last) noexcept nogil:
    """The data of one more line."""
    last[0] = later(last[0], arrive)
    if first[0] == 0:
        first[0] = last[0]
