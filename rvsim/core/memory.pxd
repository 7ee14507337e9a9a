# Guest memory. See memory.pyx.
from libc.stdint cimport uint8_t, uint64_t

cdef class Memory:
    cdef uint8_t *base
    cdef uint8_t *perm
    cdef readonly uint64_t size
    cdef readonly uint64_t committed
    cdef readonly uint64_t limit
    cdef int commit(self, uint64_t addr, uint64_t size) except -1
    cdef void populate(self, uint64_t addr, uint64_t size) noexcept

cdef class Window:
    cdef object owner
    cdef void *data
    cdef Py_ssize_t size

cdef object window(object owner, void *data, Py_ssize_t size)
