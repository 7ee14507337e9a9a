# What there is in a loop. See survey.pyx.
from rvsim.core.bulk cimport Plan
from rvsim.core.op cimport Op
from rvsim.core.state cimport State

cdef void survey(State *s, Plan *p, Op *first) noexcept nogil
