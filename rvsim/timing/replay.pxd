# Code whose timing repeats: what a stretch of it costs is recorded, and later on it is charged the same without computing it.
#
# The model is a function of its stamps, of what the memory hierarchy and the predictors answer, and of Op and Event. When a stretch
# begins with the stamps it began with before, all later by the same time, and every answer is what it was then, and comes as
# late, it ends as it did. So a replayed stretch executes, asks the hierarchy and the predictors the same questions (with the
# times they would have had), and compares. At the first difference the stamps of its beginning are put in place and the
# model goes over it again, up to there; what was answered is then read from the notes. Exact: no figure changes.
# Here are the notes of one instruction, and the tape that writes and reads them; laps.pxd has whole stretches, engine/replay.pyx
# executes them. docs/decisions/0005-replayed-loops.md.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.caches cimport touch
from rvsim.timing.flow cimport Flow
from rvsim.timing.state cimport Record, Timing

cdef enum:
    NEVER = 0x7fffffff          # Record.laps of a branch that closes no loop
    NOTHING = -0x4000000000000000   # Note.data: the answer was no later than what asked for it
    TAKEN = 1                   # Note.data of a branch
    RIGHT = 2                   # it was foretold

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
    NOTE_BRANCH = 8
    NOTE_JUMP = 9
    NOTE_LINE = 10              # no instruction: fetch enters a line, which is in the instruction cache
    NO_NOTE = -1                # an instruction that is not replayed

# What `repeats` says.
cdef enum Answer:
    REPEATS = 0
    DIFFERS = 1                 # the hierarchy was not asked
    ANSWERED = 2

# One recorded instruction; stamps are relative to the beginning of its lap.
cdef struct Note:
    Op *op                      # a line: the instruction that runs next
    Record *R
    Op *to
    void *lap                   # laps.pxd: the Lap it is part of
    int32_t kind
    int32_t skew                # a line: it was entered by the jump or branch before
    int32_t sinks               # a vector store: all that its answer decides is when it is done (accounts.pxd)
    int32_t cause               # what follows is accounts.pxd's, stamps as above. Scalar: of its wait
    int64_t when, settled       # as the hierarchy was asked
    int64_t data, head          # the answer: NOTHING, or stamps; a branch: TAKEN, RIGHT; a jump: time lost; a line: its number
    Event *ev                   # scalar instructions: of no meaning
    int64_t done, above         # when it was done, and all before it
    int64_t lost, fetched       # a branch or jump: behind `done`, and how long fetch waits then
    Flow *flow                  # vector: its stages, otherwise NULL

# Timing.tape while instructions are recorded, or gone over again.
cdef struct Tape:
    int32_t answers             # gone over again
    int32_t fetches             # nevertheless fetch may enter a line
    int64_t base
    Note *note

cdef int32_t kind_of(Timing *T, Op *op, Record *R) noexcept nogil
cdef int32_t repeats(Timing *T, Note *note, Event *ev, int64_t base, Note *seen) noexcept nogil
cdef int64_t taped_elements(Timing *T, Record *R, Op *op, Event *ev, int64_t when, int64_t settled, int64_t *first) noexcept nogil
cdef int64_t taped_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil


cdef inline bint answering(Timing *T) noexcept nogil:
    """Whether what the hierarchy and the predictors did was done before."""
    return T.tape != NULL and (<Tape *>T.tape).answers != 0


cdef inline bint fetched_before(Timing *T) noexcept nogil:
    """Whether what fetch did was done before."""
    return answering(T) and not (<Tape *>T.tape).fetches


cdef inline int64_t *taped_data(Timing *T) noexcept nogil:
    """Where the answer to the instruction at hand is written, or read."""
    return &(<Tape *>T.tape).note.data


cdef inline int64_t taped_touch(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` that may be recorded or answered from a record."""
    return touch(T, number, when, dirty) if T.tape == NULL else taped_slow(T, number, when, dirty)


cdef inline bint same_access(Note *a, Note *b) noexcept nogil:
    """Whether two notes of one instruction are of executions that cost the same, but for what they were answered."""
    if a.kind == NOTE_CONFIG:
        return a.ev.vl == b.ev.vl and a.ev.vtype == b.ev.vtype
    if a.kind == NOTE_AMOUNT:
        return a.ev.stride == b.ev.stride
    if a.kind == NOTE_VECTOR or a.kind == NOTE_PAST:
        return (a.skew == b.skew and a.ev.vl == b.ev.vl and a.ev.bytes == b.ev.bytes and a.ev.stride == b.ev.stride
                and a.ev.active == b.ev.active)
    return a.to == b.to


cdef inline bint same_way(Note *a, Note *b, bint answered) noexcept nogil:
    """Whether two notes of one instruction are of executions that cost the same. answered: b has an answer."""
    return (not answered or a.sinks or a.data == b.data and a.head == b.head) and same_access(a, b)
