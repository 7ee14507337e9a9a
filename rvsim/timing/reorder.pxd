# The out-of-order core's entry: chooses the code that `timing_step` runs for a scalar instruction.
from rvsim.core.op cimport Op
from rvsim.timing.state cimport Record, Timing

cdef void attach_reordered(Timing *T, Record *R, Op *op) noexcept nogil
