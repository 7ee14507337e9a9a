"""The notes of one instruction: what the memory hierarchy was asked and answered; see replay.pxd."""
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.caches cimport touch, write_around
from rvsim.timing.state cimport Record, Timing, later, untagged
from rvsim.timing.vmemory cimport pass_by, skewed, touch_elements


cdef bint alike(Timing *T, Note *note, Event *ev) noexcept nogil:
    """Whether a vector access costs the pipe what the recorded one did."""
    return (ev.vl == note.ev.vl and ev.bytes == note.ev.bytes and ev.stride == note.ev.stride and ev.active == note.ev.active
            and skewed(T, note.R, ev) == note.skew)


cdef int32_t repeats(Timing *T, Note *note, Event *ev, int64_t base, Note *seen) noexcept nogil:
    """Whether the executed instruction repeats: REPEATS, DIFFERS, or ANSWERED: so does not the answer, which is left in `seen`."""
    cdef int64_t data, head = 0, when = base + note.when
    if note.kind == NOTE_LOAD:
        data = touch(T, ev.addr >> T.level[0].shift, when, 0)
        data = data - base if data > when else NOTHING
    elif note.kind == NOTE_STORE:
        touch(T, ev.addr >> T.level[0].shift, when, 1)
        return REPEATS
    elif note.kind == NOTE_AROUND:
        write_around(T, ev.addr >> T.level[0].shift, note.op.size)
        return REPEATS
    elif note.kind == NOTE_PAST:
        if not alike(T, note, ev):
            return DIFFERS
        pass_by(T, note.R, ev)
        return REPEATS
    elif note.kind == NOTE_VECTOR:
        if not alike(T, note, ev):
            return DIFFERS
        if ev.vl == 0 or ev.bytes == 0:
            return REPEATS
        data = touch_elements(T, note.R, note.op, ev, when, base + note.settled, &head)
        data, head = relative(data, head, base, when, base + note.settled)
        if data == note.data and head == note.head:
            return REPEATS
        seen[0] = note[0]
        seen.data, seen.head = data, head
        return ANSWERED
    elif note.kind == NOTE_CONFIG:
        return REPEATS if ev.vl == note.ev.vl and ev.vtype == note.ev.vtype else DIFFERS
    else:
        return REPEATS if ev.stride == note.ev.stride else DIFFERS
    if data == note.data:
        return REPEATS
    seen[0] = note[0]
    seen.data = data
    return ANSWERED


cdef inline (int64_t, int64_t) relative(int64_t data, int64_t head, int64_t base, int64_t when, int64_t settled) noexcept nogil:
    """The answer to a vector access as far as it matters."""
    if data <= settled:
        return NOTHING, 0
    return data - base, later(when, untagged(head)) - base


cdef int64_t taped_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` while there is a tape."""
    cdef Tape *tape = <Tape *>T.tape
    cdef Note *note = tape.note
    cdef int64_t data
    if tape.answers:
        return 0 if note.data == NOTHING else note.data + tape.base
    data = touch(T, number, when, dirty)
    note.when = when - tape.base
    note.data = data - tape.base if data > when else NOTHING
    return data


cdef int64_t taped_elements(Timing *T, Record *R, Op *op, Event *ev, int64_t when, int64_t settled, int64_t *first) noexcept nogil:
    """`touch_elements` while there is a tape."""
    cdef Tape *tape = <Tape *>T.tape
    cdef Note *note = tape.note
    cdef int64_t data
    if tape.answers:
        if note.data == NOTHING:
            return 0
        first[0] = note.head + tape.base
        return note.data + tape.base
    data = touch_elements(T, R, op, ev, when, settled, first)
    note.when, note.settled = when - tape.base, settled - tape.base
    note.data, note.head = relative(data, first[0], tape.base, when, settled)
    return data
