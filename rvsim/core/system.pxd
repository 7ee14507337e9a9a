# CSR access for the rest of the core. See system.pyx.
from libc.stdint cimport uint32_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport State

cdef void vector_state(State *s) noexcept nogil
cdef bint csr_read(State *s, uint32_t n, uint64_t *v) noexcept nogil
cdef bint csr_write(State *s, uint32_t n, uint64_t v) noexcept nogil
cdef void set_mstatus(State *s, uint64_t value) noexcept nogil
cdef uint64_t instret(State *s) noexcept nogil
cdef Op *do_illegal(State *s, Op *op) noexcept nogil
