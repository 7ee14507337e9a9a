# What laps charge, apart from how long they take: a lap may begin with the completion frontier further ahead than when it was recorded.
#
# No stamp is compared with the frontier (View.loose), so it is no part of a state: it only decides which part of each instruction's time
# is charged. A lap is recorded with the frontier at its beginning's front, so that everything is charged that can be; each note keeps when its
# instruction was done and what for, and `balance` then takes back what lies before the real frontier. What the lap adds to counters holds for
# that one; where it is replayed with another, or a store that nobody waits for was done at another time, `settle` charges the difference:
# from the first instruction where the two part to where they meet again. Mechanism of charges: docs/explanation/timing.md.
from libc.stdint cimport int32_t, int64_t

from rvsim.timing.laps cimport Book, Lap
from rvsim.timing.replay cimport Note
from rvsim.timing.state cimport NCAUSES, Record, Timing

# Counters of an instruction, and the frontier, before the model times it.
cdef struct Before:
    int64_t count, extra, execute, frontier
    int64_t cause[NCAUSES]

cdef bint sinks(Timing *T, Record *R, int32_t kind) noexcept nogil
cdef void look_before(Timing *T, Book *B, Record *R, Before *before) noexcept nogil
cdef void observe(Timing *T, Book *B, Note *note, Before *before) noexcept nogil
cdef bint balance(Timing *T, Book *B) noexcept nogil
cdef void settle(Timing *T, Book *B, Lap *lap) noexcept nogil
cdef void settle_recorded(Timing *T, Book *B) noexcept nogil
