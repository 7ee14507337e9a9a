# Questions ahead of their instructions: laps of loops that run in bulk. See ahead.pyx.
from libc.stdint cimport int32_t, int64_t

from rvsim.core.bulk cimport Plan
from rvsim.core.state cimport State
from rvsim.timing.laps cimport Beat, Book
from rvsim.timing.state cimport Timing

# Where the questions end.
cdef enum Ahead:
    AHEAD_OVER = 0          # behind a lap: the end beat
    AHEAD_LINE = 1          # at the beat of a line that is not in the instruction cache
    AHEAD_PARTED = 2        # behind an instruction after which nothing known goes on: Book.seen, to, answer

cdef int32_t ask_ahead(State *s, Timing *T, Book *B, Plan *p, int64_t rotations, Beat **at, int64_t *base, int64_t *n) noexcept nogil
