# The timed loop under a probe.
from libc.stdint cimport int64_t

from rvsim.core.state cimport State
from rvsim.timing.model cimport Timing
from rvsim.timing.probe cimport Probe

cdef void profiled(State *s, Timing *T, Probe *P, int64_t budget) noexcept nogil
