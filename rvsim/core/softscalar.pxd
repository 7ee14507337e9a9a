# Scalar floating point on the exact path. See softscalar.pyx.
from rvsim.core.op cimport Op
from rvsim.core.state cimport State

cdef Op *soft_fp(State *s, Op *op) noexcept nogil
