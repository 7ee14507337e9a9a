# The vector unit's entry: chooses the code that `timing_step` runs for a vector instruction, vset* included.
from rvsim.timing.state cimport Record, Timing

cdef void attach_vector(Timing *T, Record *R) noexcept nogil
