# Runs of cache lines: what each line does by itself is caches.pxd; here many do the same at once.
from libc.stdint cimport int64_t, uint32_t, uint64_t

from rvsim.timing.state cimport Timing

cdef int64_t touch_run(Timing *T, uint64_t number, uint64_t end, int64_t when, uint32_t dirty, int64_t settled,
                       int64_t *first) noexcept nogil
cdef int64_t claim_run(Timing *T, uint64_t address, uint64_t nbytes, int64_t when) noexcept nogil
