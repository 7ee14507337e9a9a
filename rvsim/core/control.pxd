# Control transfer and the slow side of memory: code pages, traps, HTIF. See control.pyx.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport State, StepFn, TailFn

# Every code page of a hart, and how an empty slot decodes itself.
cdef struct Heap:
    int64_t pages           # code pages allocated
    int64_t limit           # above this many, all are dropped at the next safe point
    uint64_t *list          # their guest page numbers; room for limit + 1
    StepFn decode_step
    TailFn decode_tail
    StepFn page_step
    TailFn page_tail
    StepFn fetch_step
    TailFn fetch_tail
    StepFn pause_step
    TailFn pause_tail

cdef Op *op_at(State *s, uint64_t pc) noexcept nogil
cdef Op *link(State *s, Op *op, uint64_t target) noexcept nogil
cdef Op *take_trap(State *s, Op *op) noexcept nogil
cdef uint32_t fetch_word(State *s, uint64_t pc, int *length) noexcept nogil
cdef void reset_slots(State *s, uint64_t addr, uint64_t size) noexcept nogil
cdef void drop_all(State *s) noexcept nogil
cdef int load_slow(State *s, uint64_t addr, int size, uint64_t *value) noexcept nogil
cdef int store_slow(State *s, uint64_t addr, int size, uint64_t value) noexcept nogil
cdef int after_store(State *s, uint64_t addr, uint64_t size) noexcept nogil
cdef bint htif(State *s) noexcept nogil
