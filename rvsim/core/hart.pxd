# One hart with its memory. See hart.pyx.
from libc.stdint cimport uint64_t

from rvsim.core.memory cimport Memory
from rvsim.core.state cimport State

cdef class Hart:
    cdef State *s
    cdef readonly Memory memory
    cdef object __weakref__
    cdef object observer        # whose records Op.stat holds; kept alive as long as they may be met
    cdef void *code_map
    cdef int write_pc(self, uint64_t pc) except -1
