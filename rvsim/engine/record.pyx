# Laps by the model: what it does about each instruction goes into notes, from which replay.pyx makes what is run.
#
#     record()    a lap from the state at hand, instruction by instruction: executed, timed, its answers and charges noted
#     again()     the model goes over the first notes of a lap, whose answers are known: up to where a chain of laps has stopped
#     finish()    and over the instruction there
#
# What a lap is: timing/laps.pxd; what a note is: timing/replay.pxd. It must not know how notes are replayed.
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.core.op cimport KIND_UNDECODED, KIND_VECTOR, Op
from rvsim.core.state cimport STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.timing.accounts cimport Before, balance, look_before, observe, settle_recorded, sinks
from rvsim.timing.laps cimport LONGEST_LAP, Beat, Book, Lap, Site, complete, give_up, meet, note_at
from rvsim.timing.model cimport timing_step
from rvsim.timing.replay cimport NO_NOTE, NOTE_BRANCH, NOTE_JUMP, NOTE_LINE, NOTE_LOAD, NOTE_VECTOR, NOTHING, Note, Tape, kind_of
from rvsim.timing.scalar cimport clock_of, step_simple
from rvsim.timing.state cimport PATH_CONFIG, Record, Timing, later, untagged
from rvsim.timing.states cimport State as Moment
from rvsim.timing.states cimport learn

cdef enum:
    RECORD_COST = 10000 # host instructions, about: of keeping a lap,
    NOTE_COST = 300     # and for each instruction of it
    SCALAR_WORTH = 8    # what the model takes for an instruction beyond its replay
    VECTOR_WORTH = 40


# ---- the model's part ------------------------------------------------------------------------------------------------

cdef Op *after(State *s, Timing *T, Op *op, Op *to, uint64_t traps) noexcept nogil:
    """What `run_any` does about an instruction that has executed."""
    if to == NULL:
        if s.trap_count == traps and s.stop != STOP_RETURN and s.stop != STOP_TRAP:
            timing_step(T, op, &s.ev, op + op.len)
    elif s.trap_count == traps:
        timing_step(T, op, &s.ev, to)
    return to


cdef inline void redo(Timing *T, Note *note) noexcept nogil:
    """The model goes over an instruction whose answers are noted."""
    cdef Record *R = note.R
    if note.kind == NOTE_LINE:
        T.fetch_line = <uint64_t>note.data
        return
    R.count += 1
    if R.step == NULL:
        step_simple(T, clock_of(T), R)
    else:
        R.step(T, R, note.op, note.ev, note.to)


cdef inline int64_t worth_of(Record *R) noexcept nogil:
    return VECTOR_WORTH if R.path >= PATH_CONFIG else SCALAR_WORTH


cdef int32_t again(Timing *T, Book *B, Lap *lap, int32_t count, bint recorded, bint fetches) noexcept nogil:
    """The model goes over the first notes of a lap; returns how many instructions these are.

    recorded: they are the beginning of the recording at hand. fetches: the last one enters a line that is not there.
    """
    cdef Tape tape
    cdef Note *note
    cdef Note other
    cdef int32_t k, instructions = 0, odds = 0
    tape.answers, tape.fetches, tape.base = 1, 0, untagged(T.front)
    T.tape = &tape
    for k in range(count):
        note = note_at(lap, k)
        if recorded:
            B.note[k] = note[0]
            if note.R != NULL:
                meet(T, B, note.R)
                B.worth += worth_of(note.R)
        instructions += note.kind != NOTE_LINE
        tape.note = note
        if not recorded and odds < B.odds and B.odd[odds].note == note:
            other = note[0]
            other.data = B.odd[odds].data
            tape.note = &other
            odds += 1
        tape.fetches = fetches and k == count - 1
        redo(T, note)
    T.tape = NULL
    if not recorded:
        B.odds = 0
    return instructions


cdef Op *finish(State *s, Timing *T, Book *B, Note *note, Op *op, Op *to, int64_t base) noexcept nogil:
    """The model's part of the instruction at which a chain has stopped; `note` has what it was answered, if it was."""
    cdef Tape tape
    tape.answers, tape.fetches, tape.base, tape.note = B.answered, 1, base, note
    T.tape = &tape
    to = after(s, T, op, to, B.traps)
    T.tape = NULL
    return to


# ---- recording -------------------------------------------------------------------------------------------------------

cdef inline bint absent(Timing *T, uint64_t pc) noexcept nogil:
    """Whether fetch would have to wait there."""
    return T.fetch.where[(pc >> T.fetch_shift) & T.fetch.map_mask] == 0


cdef inline uint64_t line_of(Timing *T, Note *note) noexcept nogil:
    """The line that fetch is in when the instruction is on its way: only some enter one."""
    return note.op.pc >> T.fetch_shift if note.R.starts else T.fetch_line


cdef inline bint will_miss(Timing *T, Note *note, Op *to) noexcept nogil:
    """Whether fetch would have to wait for the line that a branch or jump leads to (a branch that is not taken: its own)."""
    cdef uint64_t pc = note.op.pc if note.kind == NOTE_BRANCH and to == note.op + note.op.len else to.pc
    return ((note.kind == NOTE_BRANCH or note.kind == NOTE_JUMP) and T.fetch_shift < 63
            and pc >> T.fetch_shift != line_of(T, note) and absent(T, pc))


cdef void note_line(Book *B, Op *op, uint64_t number, bint jumped) noexcept nogil:
    cdef Note *note = &B.note[B.notes]
    note.op, note.R, note.to, note.kind, note.skew, note.ev = op, NULL, op, NOTE_LINE, jumped, NULL
    note.data = <int64_t>number
    note.when = note.settled = note.head = note.done = note.above = note.lost = note.fetched = 0
    note.flow, note.sinks = NULL, False
    B.notes += 1


cdef Note *new_note(Timing *T, Book *B, Op *op, int32_t kind) noexcept nogil:
    cdef Note *note = &B.note[B.notes]
    note.op, note.R, note.to, note.kind, note.skew, note.ev = op, <Record *>op.stat, NULL, kind, 0, &B.event[B.notes]
    note.when = note.settled = note.head = note.done = note.above = note.lost = note.fetched = 0
    note.flow, note.sinks = NULL, B.view.loose and sinks(T, note.R, kind)
    note.data = NOTHING
    return note


cdef bint keep(State *s, Timing *T, Book *B, Note *note, Op *to, uint64_t line, bint missed) noexcept nogil:
    """The model is done with an instruction, and its note is complete but for what is said here; whether the lap may go on.

    line: where fetch was before; missed: the line that it enters was not there.
    """
    cdef Record *R = note.R
    note.to = to
    describe(s, T, note)
    if learn(T, &B.view, R):
        B.stale = True
    B.notes += 1
    B.instructions += 1
    B.worth += worth_of(R)
    if T.fetch_line != line:
        note_line(B, to, T.fetch_line, True)
    return not missed and not B.stale


cdef inline int64_t answered_at(Note *note) noexcept nogil:
    """When the answer of the hierarchy had come, or would have; 0 where it was not asked."""
    if note.kind == NOTE_LOAD:
        return note.when if note.data == NOTHING else note.data
    if note.kind == NOTE_VECTOR and not note.sinks:
        return note.settled if note.data == NOTHING else note.data
    return 0


cdef inline bint over(Timing *T, Book *B, Note *note) noexcept nogil:
    """Whether the front has passed answers that vary, and those that came later: what follows is most often the same again, whatever
    they were, and makes a lap of its own."""
    if B.late or note.R.apart:
        B.late = later(B.late, untagged(B.front) + answered_at(note))
    return B.late != 0 and T.front >= B.late and note.to.kind != KIND_UNDECODED


cdef inline Op *through(State *s, Op *op, Op *from_op) noexcept nogil:
    """The instruction itself where `op` is a slot behind the page of the one before it."""
    if op.kind == KIND_UNDECODED and (op.pc ^ from_op.pc) >> 12 and op == from_op + from_op.len:
        return (<StepFn>op.step)(s, op)
    return op


cdef bint go_on(State *s, Timing *T, Book *B, Op **at) noexcept nogil:
    """Records instructions up to where the lap ends, which is left in `at`; whether it may be kept."""
    cdef Tape tape
    cdef Note *note
    cdef Op *op = at[0]
    cdef Op *to
    cdef Record *R
    cdef Before before
    cdef int64_t weight
    cdef uint64_t line
    cdef bint missed
    cdef int32_t kind
    tape.answers = tape.fetches = 0
    tape.base = untagged(B.front)
    while B.instructions < LONGEST_LAP:
        if B.notes:
            op = through(s, op, B.note[B.notes - 1].op)
        at[0] = op
        R = <Record *>op.stat
        kind = kind_of(T, op, R) if R != NULL and op.kind != KIND_UNDECODED else NO_NOTE
        if kind == NO_NOTE:
            return True
        if B.instructions and R.apart:
            return True
        if R.starts and op.pc >> T.fetch_shift != T.fetch_line:
            if absent(T, op.pc):
                return True
            note_line(B, op, op.pc >> T.fetch_shift, False)
        meet(T, B, R)
        note = new_note(T, B, op, kind)
        look_before(T, B, R, &before)
        to = (<StepFn>op.step)(s, op)
        weight = s.ev.vl >> 6 if op.kind >= KIND_VECTOR else 0
        s.weight += weight
        s.n -= 1 + weight
        missed = to == NULL or s.trap_count != B.traps or T.detaches != B.detaches
        line = line_of(T, note)
        if not missed:
            missed = will_miss(T, note, to)
        tape.note = note
        T.tape = &tape
        at[0] = after(s, T, op, to, B.traps)
        T.tape = NULL
        observe(T, B, note, &before)
        if to == NULL or s.trap_count != B.traps or T.detaches != B.detaches:
            return False
        if not keep(s, T, B, note, to, line, missed):
            return False
        if leads_back(note) or over(T, B, note):
            return True
        op = to
    return True


cdef Op *record(State *s, Timing *T, Book *B, Moment *state, Beat *beside, Lap **made) noexcept nogil:
    """A lap by the model, from this state, which is at hand; where the run goes on. `made`: the lap, without beats, NULL: it will not do.

    beside: in an older lap, what has just been executed otherwise (Book.seen); what comes before it was gone over in this recording.
    """
    cdef Op *op = state.op
    cdef Site *site = <Site *>state.site
    cdef Note *note
    cdef Before before
    cdef bint good = True, missed
    cdef uint64_t line
    made[0] = NULL
    if beside != NULL:
        note = &B.note[B.notes]
        note[0] = B.seen
        note.ev = &B.event[B.notes]
        note.ev[0] = B.of_seen
        line = line_of(T, note)
        missed = will_miss(T, note, B.to)
        meet(T, B, note.R)
        look_before(T, B, note.R, &before)
        op = finish(s, T, B, note, note.op, B.to, untagged(B.front))
        observe(T, B, note, &before)
        good = keep(s, T, B, note, op, line, missed)
    if good and (beside == NULL or not (leads_back(note) or over(T, B, note))):
        good = go_on(s, T, B, &op)
    site.spent += RECORD_COST + NOTE_COST * B.instructions
    site.typical = later(site.typical, B.worth) if site.R.apart else B.worth    # a part counts as the whole
    good = balance(T, B) and good
    if not good or op == NULL:
        give_up(T, B)
        settle_recorded(T, B)
        return op
    made[0] = complete(T, B, state, beside, op, &s.ev, False)
    settle_recorded(T, B)
    return op
