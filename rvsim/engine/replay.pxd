from libc.stdint cimport int64_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport State
from rvsim.timing.state cimport Timing

cdef Op *turn(State *s, Timing *T, Op *op, Op *head, int64_t n) noexcept nogil
