# The vector unit behind an out-of-order core: chooses the code that `timing_step` runs for a vector instruction, vset* included.
from rvsim.timing.state cimport Record, Timing

cdef void attach_vector_reordered(Timing *T, Record *R) noexcept nogil
