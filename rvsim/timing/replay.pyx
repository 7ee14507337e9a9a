"""The notes of one instruction: what the hierarchy and the predictors were asked, and answered; see replay.pxd."""
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport VMODE_FF, Event, Op
from rvsim.timing.caches cimport touch, write_around
from rvsim.timing.pricing cimport reprice
from rvsim.timing.state cimport *
from rvsim.timing.vmemory cimport pass_by, skewed, touch_elements


cdef int32_t kind_of(Timing *T, Op *op, Record *R) noexcept nogil:
    """Kind of note of an instruction; NO_NOTE where it depends on more than notes can say."""
    if R.path == PATH_PLAIN:
        return NOTE_PLAIN
    if R.path == PATH_LOAD:
        return NOTE_LOAD if T.levels else NOTE_PLAIN
    if R.path == PATH_STORE:
        return NOTE_PLAIN if not T.levels else NOTE_AROUND if T.write_through else NOTE_STORE
    if R.path == PATH_BRANCH:
        return NOTE_BRANCH
    if R.path == PATH_JUMP:
        return NOTE_JUMP
    if R.path == PATH_CONFIG:
        return NOTE_CONFIG
    if R.path == PATH_VECTOR:
        return NOTE_AMOUNT if R.keyed else NOTE_PLAIN
    if R.path == PATH_VLOAD or R.path == PATH_VSTORE:
        return NO_NOTE if op.vmode == VMODE_FF else NOTE_PAST if T.memory_level else NOTE_VECTOR
    return NO_NOTE


cdef bint alike(Timing *T, Note *note, Event *ev) noexcept nogil:
    """Whether a vector access costs the pipe what the recorded one did. Its record gets the price at hand: it has the span."""
    cdef Record *R = note.R
    if R.vl != ev.vl or R.vtype != ev.vtype or R.stride != ev.stride and R.keyed:
        R.count += 1                # `reprice` expects to be asked during an execution
        reprice(T, R, note.op, ev)
        R.count -= 1
        if ev.vl == 0:              # the model asks besides whether the instruction is dropped: it is to look again
            R.vtype = 0xffffffff
    return (ev.vl == note.ev.vl and ev.bytes == note.ev.bytes and ev.stride == note.ev.stride and ev.active == note.ev.active
            and skewed(T, note.R, ev) == note.skew)


cdef int32_t repeats(Timing *T, Note *note, Event *ev, int64_t base, Note *seen) noexcept nogil:
    """Whether the executed instruction repeats: REPEATS, DIFFERS, or ANSWERED: the answer is another, `data` and `head` of `seen`."""
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
        seen.data, seen.head = data, head
        return ANSWERED
    elif note.kind == NOTE_CONFIG:
        return REPEATS if ev.vl == note.ev.vl and ev.vtype == note.ev.vtype else DIFFERS
    else:
        return REPEATS if ev.stride == note.ev.stride else DIFFERS
    if data == note.data:
        return REPEATS
    seen.data, seen.head = data, 0
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
