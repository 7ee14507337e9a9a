# A cache level as a whole: its memory, and the lines that leave it without being replaced.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.timing.state cimport Level, Timing

cdef void invalidate(Timing *T, uint64_t first, uint64_t last, bint whole_set) noexcept nogil
cdef int fill_level(Level *level, uint64_t size, uint32_t ways, uint32_t line, bint stamped) except -1
cdef void free_level(Level *level) noexcept
cdef void settle_level(Level *level) noexcept nogil
cdef void empty_level(Level *level) noexcept nogil
