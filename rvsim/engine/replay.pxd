# Laps as a chain of handlers, one a beat, each of which ends in a jump to the next; see replay.pyx.
from libc.stdint cimport int32_t, int64_t

from rvsim.core.op cimport Op
from rvsim.core.state cimport State
from rvsim.timing.laps cimport Beat, Book
from rvsim.timing.state cimport Timing

ctypedef Op *(*BeatFn)(State *, Beat *, int64_t, Timing *, int64_t, Book *) noexcept nogil

cdef Op *any_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil
cdef Op *missed_load(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil
cdef Op *missed_store(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil
cdef Op *late(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil
cdef Op *part(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil
cdef Op *turned(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil
cdef Op *turn(State *s, Timing *T, Op *op, Op *head, int64_t n) noexcept nogil
cdef void settle_replay(Timing *T) noexcept nogil


cdef inline Op *on(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """Jump to the handler of this beat."""
    return (<BeatFn>b.run)(s, b, n, T, base, B)
