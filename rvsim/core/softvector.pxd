# Vector floating point on the exact path. See softvector.pyx.
from rvsim.core.op cimport Op
from rvsim.core.state cimport State

cdef Op *soft_vector(State *s, Op *op) noexcept nogil
