# Guest memory: one reserved range of the host's address space, so that a guest address is an offset.
#
# Nothing is committed until it is mapped, and what is mapped is bounded, so no program can exhaust the host. Permissions are
# a byte a 4 KiB guest page. Arrays that numpy sees here share the bytes and keep the whole range alive.
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_FillInfo, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy

import numpy as np

from rvsim.core.state cimport PAGE_SIZE, PERM_R, PERM_W, PERM_WATCH, PERM_X
from rvsim.errors import SimulationError, UsageError

READ, WRITE, EXECUTE = PERM_R, PERM_W, PERM_X

cdef enum:
    ALL = 7             # READ, WRITE and EXECUTE
    WORTHWHILE = 1 << 16        # bytes from which pages are asked for beforehand
    MAPPED = 16         # in a page's permissions beside those of state.pxd: it counts, even if the guest may do nothing there

cdef extern from "<sys/mman.h>" nogil:
    void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset)
    int munmap(void *addr, size_t length)
    int mprotect(void *addr, size_t length, int prot)
    int madvise(void *addr, size_t length, int advice)
    int MADV_DONTNEED
    int PROT_NONE, PROT_READ, PROT_WRITE, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE

cdef extern from *:
    """
    #if defined(MADV_POPULATE_WRITE)
    #define RVSIM_POPULATE MADV_POPULATE_WRITE
    #else
    #define RVSIM_POPULATE MADV_NORMAL      /* pages then come one by one, when they are written */
    #endif
    """
    int POPULATE "RVSIM_POPULATE"

cdef extern from "<unistd.h>" nogil:
    long sysconf(int name)
    int _SC_PAGESIZE

cdef uint64_t RESERVED = <uint64_t>1 << 36
cdef uint64_t SMALLEST = <uint64_t>1 << 32
cdef void *FAILED = <void *>-1


cdef class Window:
    """A writable buffer over bytes of `owner`, which it keeps alive."""

    def __getbuffer__(self, Py_buffer *view, int flags):
        PyBuffer_FillInfo(view, self, self.data, self.size, 0, flags)


cdef object window(object owner, void *data, Py_ssize_t size):
    cdef Window w = Window()
    w.owner = owner
    w.data = data
    w.size = size
    return w


cdef class Memory:
    """Guest memory of 2**36 bytes of address space (less where the host refuses that), initially unmapped.

    limit: bytes that may be mapped in total.
    """

    def __cinit__(self, limit=1 << 31):
        cdef uint64_t size = RESERVED
        cdef void *base
        self.limit = limit
        while True:
            base = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
            if base != FAILED:
                break
            size >>= 1
            if size < SMALLEST:
                raise SimulationError("the host refuses to reserve 4 GiB of address space; raise its limit (ulimit -v unlimited)")
        self.base = <uint8_t *>base
        self.size = size
        base = mmap(NULL, size / PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        if base == FAILED:
            munmap(self.base, size)
            self.base = NULL
            raise MemoryError("no memory for the guest's page permissions")
        self.perm = <uint8_t *>base

    def __dealloc__(self):
        if self.perm != NULL:
            munmap(self.perm, self.size / PAGE_SIZE)
        if self.base != NULL:
            munmap(self.base, self.size)

    cdef int commit(self, uint64_t addr, uint64_t size) except -1:
        """Make host pages under a guest range usable."""
        cdef uint64_t page = <uint64_t>sysconf(_SC_PAGESIZE)
        cdef uint64_t low = addr & ~(page - 1), high = (addr + size + page - 1) & ~(page - 1)
        if mprotect(self.base + low, high - low, PROT_READ | PROT_WRITE):
            raise MemoryError(f"the host refuses {size} bytes of memory")
        return 0

    def map(self, uint64_t addr, uint64_t size, int perm):
        """Map [addr, addr + size) with READ | WRITE | EXECUTE; 0: the host may look at it, the guest may not. Whole pages; new ones are zero.

        Raises UsageError for a range outside the address space or beyond the limit.
        """
        cdef uint64_t page, fresh = 0
        if size == 0:
            return
        if addr >= self.size or size > self.size - addr:
            raise UsageError(f"guest range {addr:#x}..{addr + size:#x} lies outside the {self.size:#x} bytes of address space")
        for page in range(addr >> 12, ((addr + size - 1) >> 12) + 1):
            fresh += self.perm[page] == 0
        if fresh * PAGE_SIZE > self.limit - self.committed:
            raise UsageError(f"guest memory of {self.limit >> 20} MiB is used up by a request for {size} bytes; raise it with --memory")
        self.commit(addr & ~<uint64_t>4095, size + (addr & 4095))
        self.committed += fresh * PAGE_SIZE
        for page in range(addr >> 12, ((addr + size - 1) >> 12) + 1):
            self.perm[page] = <uint8_t>((self.perm[page] & PERM_WATCH) | (perm & ALL) | MAPPED)

    def unmap(self, uint64_t addr, uint64_t size):
        """Give a page-aligned range back: it is inaccessible afterwards, and its bytes are lost."""
        cdef uint64_t page, high = (addr + size + PAGE_SIZE - 1) & ~<uint64_t>(PAGE_SIZE - 1)
        cdef uint64_t host = <uint64_t>sysconf(_SC_PAGESIZE)
        if size == 0:
            return
        if addr & (PAGE_SIZE - 1) or high > self.size or high < addr:
            raise UsageError(f"guest range {addr:#x}..{addr + size:#x} cannot be unmapped")
        for page in range(addr >> 12, high >> 12):
            self.committed -= PAGE_SIZE if self.perm[page] else 0
            self.perm[page] = 0
        addr = (addr + host - 1) & ~(host - 1)
        high &= ~(host - 1)
        if high > addr:
            madvise(self.base + addr, high - addr, MADV_DONTNEED)
            mprotect(self.base + addr, high - addr, PROT_NONE)

    cdef void populate(self, uint64_t addr, uint64_t size) noexcept:
        """Many pages that are about to be written come in one call of the host instead of one fault each."""
        cdef uint64_t host = <uint64_t>sysconf(_SC_PAGESIZE), low = addr & ~(host - 1)
        if size >= WORTHWHILE:
            madvise(self.base + low, (addr + size - low + host - 1) & ~(host - 1), POPULATE)   # what the host refuses comes by faults

    @property
    def host_address(self):
        """Address of guest byte 0 in this process."""
        return <size_t>self.base

    def allows(self, uint64_t addr, uint64_t size, int perm):
        """Whether every page of a range has these permissions."""
        cdef uint64_t page
        if addr >= self.size or size > self.size - addr:
            return False
        for page in range(addr >> 12, ((addr + size - 1) >> 12) + 1 if size else addr >> 12):
            if (self.perm[page] & perm) != perm:
                return False
        return True

    def check(self, uint64_t addr, uint64_t size):
        """Raise SimulationError unless a range is mapped."""
        cdef uint64_t page
        if addr < self.size and size <= self.size - addr:
            for page in range(addr >> 12, ((addr + size - 1) >> 12) + 1 if size else addr >> 12):
                if self.perm[page] == 0:
                    break
            else:
                return
        raise SimulationError(f"guest range {addr:#x}..{addr + size:#x} is not mapped")

    def read(self, uint64_t addr, uint64_t size) -> bytes:
        """The bytes of a mapped range."""
        self.check(addr, size)
        return (<const char *>(self.base + addr))[:size]

    def write(self, uint64_t addr, data):
        """Store a C-contiguous buffer to a mapped range, whatever the guest itself may do there."""
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            self.check(addr, view.len)
            self.populate(addr, <uint64_t>view.len)
            memcpy(self.base + addr, view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def array(self, uint64_t addr, shape, dtype):
        """A numpy array over guest memory, no copy. C order; it keeps the memory alive."""
        dtype = np.dtype(dtype)
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        self.check(addr, size)
        if size == 0:
            return np.empty(shape, dtype)
        return np.frombuffer(window(self, self.base + addr, size), dtype=dtype).reshape(shape)
