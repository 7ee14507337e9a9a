# Vector loads and stores of elements that lie side by side in memory, as copies; all others: vmemory.pyx.
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport PERM_R, PERM_W, PERM_WATCH, State
from rvsim.core.vcommon cimport vreg


cdef inline bint range_allows(State *s, uint64_t addr, uint64_t bytes, int bits, int want) noexcept nogil:
    """Whether every page of a range has exactly the permissions `want` among `bits`."""
    cdef uint64_t page
    if unlikely(addr >= s.mem_size or bytes > s.mem_size - addr): return False
    for page in range(addr >> 12, ((addr + bytes - 1) >> 12) + 1):
        if (s.perm[page] & bits) != want: return False
    return True


cdef extern from *:
    """
    /* One host vector, where it has 64 bytes: a load of all of it can then be fed from this store. */
    typedef uint64_t rvsim_block __attribute__((vector_size(64), aligned(1), may_alias));
    static inline void rvsim_copy_block(void *to, const void *from) { *(rvsim_block *)to = *(const rvsim_block *)from; }
    """
    void copy_block "rvsim_copy_block"(void *to, const void *source) noexcept nogil


cdef inline void copy(void *to, const void *source, uint64_t nbytes) noexcept nogil:
    """memcpy of what most often are some whole host vectors."""
    cdef uint64_t done = 0
    if nbytes & 63 or nbytes > 1024:
        memcpy(to, source, nbytes)
        return
    while done < nbytes:
        copy_block(<char *>to + done, <const char *>source + done)
        done += 64


cdef inline Op *contiguous(State *s, Op *op, uint64_t elements, bint store) noexcept nogil:
    """Elements in consecutive memory and consecutive registers; NULL: the fast path does not apply."""
    cdef uint64_t bytes = elements * op.size
    s.ev.addr = s.x[op.rs1]
    s.ev.stride = op.size
    s.ev.bytes = bytes
    s.ev.active = <uint32_t>elements
    if bytes == 0: return op + 2
    if unlikely(s.ev.addr & (op.size - 1) & s.strict): return NULL
    if store:
        if unlikely(not range_allows(s, s.ev.addr, bytes, PERM_W | PERM_WATCH, PERM_W)): return NULL
        copy(s.mem + s.ev.addr, vreg(s, op.rd), bytes)
    else:
        if unlikely(not range_allows(s, s.ev.addr, bytes, PERM_R, PERM_R)): return NULL
        copy(vreg(s, op.rd), s.mem + s.ev.addr, bytes)
    return op + 2
