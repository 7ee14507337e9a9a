# Loops whose timing repeats: what one iteration costs is recorded, and later ones are charged the same without computing it.
#
# The model is a function of its stamps, of what the memory hierarchy answers, and of Op and Event. When an iteration begins
# with the stamps of the one before, all later by the same time, and every answer comes as late after its beginning as
# then, it ends as that one did. So a replayed iteration executes, asks the hierarchy the same questions (with the
# times they would have had), and compares. At the first difference the stamps of the iteration's beginning are put in place
# and the model goes over it again, up to there; what the hierarchy said is then read from the notes. Exact: no figure changes.
# Here are the notes of one instruction, and the tape that writes and reads them; laps.pxd has whole iterations, engine/replay.pyx
# executes them. docs/decisions/0005-replayed-loops.md.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.caches cimport touch
from rvsim.timing.state cimport Record, Timing

cdef enum:
    MOST_NOTES = 160            # instructions of an iteration
    NEVER = 0x7fffffff          # Record.laps of a branch that closes no such loop
    NOTHING = -0x4000000000000000   # Note.data: the answer was no later than what asked for it

# What has to be the same again about an instruction.
cdef enum NoteKind:
    NOTE_PLAIN = 0
    NOTE_LOAD = 1               # scalar, through the cache
    NOTE_STORE = 2              # scalar; nobody waits for it
    NOTE_AROUND = 3             # scalar store to a write-through cache
    NOTE_VECTOR = 4             # vector access through the cache
    NOTE_PAST = 5               # vector access past the caches
    NOTE_CONFIG = 6             # may change vl
    NOTE_AMOUNT = 7             # its price depends on Event.stride
    NOTE_BRANCH = 8             # the one that closes the loop

# What `repeats` says.
cdef enum Answer:
    REPEATS = 0
    DIFFERS = 1                 # the hierarchy was not asked
    ANSWERED = 2

# One instruction of the recorded iteration; stamps are relative to its beginning.
cdef struct Note:
    Op *op
    Record *R
    Op *to
    int32_t kind
    int32_t skew
    int64_t when, settled       # as the hierarchy was asked
    int64_t data, head          # what it answered: NOTHING, or the stamps
    Event ev

# Timing.tape while an iteration is recorded, or gone over again.
cdef struct Tape:
    int32_t answers             # gone over again
    int64_t base
    Note *note

cdef int32_t repeats(Timing *T, Note *note, Event *ev, int64_t base, Note *seen) noexcept nogil
cdef int64_t taped_elements(Timing *T, Record *R, Op *op, Event *ev, int64_t when, int64_t settled, int64_t *first) noexcept nogil
cdef int64_t taped_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil


cdef inline bint answering(Timing *T) noexcept nogil:
    """Whether what the hierarchy did was done before."""
    return T.tape != NULL and (<Tape *>T.tape).answers != 0


cdef inline int64_t taped_touch(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` that may be recorded or answered from a record."""
    return touch(T, number, when, dirty) if T.tape == NULL else taped_slow(T, number, when, dirty)
