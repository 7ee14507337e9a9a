# Laps by the model. See record.pyx.
from libc.stdint cimport int32_t, int64_t

from rvsim.core.op cimport KIND_VECTOR, Op
from rvsim.core.state cimport State
from rvsim.timing.laps cimport Beat, Book, Lap
from rvsim.timing.replay cimport NOTE_BRANCH, NOTE_JUMP, NOTE_STORE, NOTHING, Note
from rvsim.timing.state cimport PATH_CONFIG, Timing
from rvsim.timing.states cimport State as Moment
from rvsim.timing.vmemory cimport skewed

cdef int32_t again(Timing *T, Book *B, Lap *lap, int32_t count, bint recorded, bint fetches) noexcept nogil
cdef Op *finish(State *s, Timing *T, Book *B, Note *note, Op *op, Op *to, int64_t base) noexcept nogil
cdef Op *record(State *s, Timing *T, Book *B, Moment *state, Beat *beside, Lap **made) noexcept nogil


cdef inline void describe(State *s, Timing *T, Note *note) noexcept nogil:
    """What the note says of an instruction that has executed."""
    if note.R.path >= PATH_CONFIG:
        note.ev[0] = s.ev
        note.skew = skewed(T, note.R, &s.ev) if note.op.kind > KIND_VECTOR else 0
    if note.kind == NOTE_STORE:
        note.data = NOTHING


cdef inline bint leads_back(Note *note) noexcept nogil:
    """Whether a lap ends with this instruction."""
    return (note.kind == NOTE_BRANCH or note.kind == NOTE_JUMP) and note.to.pc <= note.op.pc
