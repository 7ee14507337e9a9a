# Multiply-adds that share a vector, several at a time. See products.pyx.
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport State
from rvsim.core.vcommon cimport float_scalar

cdef enum:
    MOST_PRODUCTS = 8   # as many as a kernel does at a time

# Elements from the first one on, as far as it goes with whole host vectors and without a NaN; returns how many. `at`: see Products.
ctypedef uint64_t (*Several)(int m, uint8_t *v, const uint32_t *at, const uint64_t *scalars, uint64_t n) noexcept nogil

cdef struct Products:
    Several kernel
    uint32_t vidx                       # State.vidx under which they were put together
    int32_t count, log_bytes
    uint32_t at[1 + 2 * MOST_PRODUCTS]  # in the register file: the vector, the addend of each, and behind all of these each result
    uint8_t scalar[MOST_PRODUCTS]
    Op *op[MOST_PRODUCTS]

cdef bint join_product(Products *p, Op *op, uint32_t vtype, uint32_t vlenb) noexcept nogil
cdef void multiply_rest(State *s, Products *p, const uint64_t *scalars, uint64_t first) noexcept nogil


cdef inline bint may_multiply(State *s, Products *p) noexcept nogil:
    """Whether all of them are legal, and the host rounds as they want it."""
    return s.vidx == p.vidx and s.host_rm != 255


cdef inline void multiply(State *s, Products *p) noexcept nogil:
    """Executes all of them."""
    cdef uint64_t scalars[MOST_PRODUCTS]
    cdef uint64_t done
    cdef int32_t i
    if p.log_bytes == 2:
        for i in range(p.count):
            scalars[i] = float_scalar(s, p.scalar[i], 2)
    else:
        for i in range(p.count):
            scalars[i] = s.f[p.scalar[i]]
    done = p.kernel(p.count, s.v, p.at, scalars, s.ev.vl)
    if unlikely(done != s.ev.vl):
        multiply_rest(s, p, scalars, done)
