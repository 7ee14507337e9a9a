# Runs the iterations of a loop whose timing repeats: executes each instruction, and asks of its time only whether it is still the same.
#
#     turn() --not recorded--> record()                        one iteration by the model, with notes
#       \--recorded, and it begins alike--> replay()           as many as repeat, then the model goes over what is left
#
# Taken branches of the chain (chain.pyx) come here when Record.laps says so. What has to be equal, and why this is exact: timing/replay.pxd.
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.core.op cimport KIND_VECTOR, Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.timing.laps cimport (
    NONE, Circuit, Lap, begin, complete, free_circuit, intact, lap_from, put, sibling, state_at, survey,
)
from rvsim.timing.model cimport timing_step
from rvsim.timing.replay cimport (
    ANSWERED, DIFFERS, NEVER, NOTE_BRANCH, NOTE_PLAIN, NOTE_STORE, NOTHING, REPEATS, Note, Tape, repeats,
)
from rvsim.timing.scalar cimport foretold, tell
from rvsim.timing.state cimport Record, Timing
from rvsim.timing.vmemory cimport skewed

cdef enum:
    FIRST = 2           # times that a loop closes before it is looked at
    TRIED = 100         # turns before what they were worth is judged
    TURN_COST = 3       # in iterations that are saved: a turn, which compares, puts back, and goes over what is left
    RECORD_COST = 6     # the same of a recording
    RARELY = 1000       # times that a loop closes before it is looked at again if it was not worth it, at first
    OFTEN = 12          # times that this is doubled


cdef inline int64_t weight_of(State *s, Op *op) noexcept nogil:
    """Budget that the size of a vector instruction takes; see `run_any`."""
    return s.ev.vl >> 6 if op.kind >= KIND_VECTOR else 0


cdef Op *after(State *s, Timing *T, Op *op, Op *to, uint64_t traps) noexcept nogil:
    """What `run_any` does about an instruction that has executed."""
    if to == NULL:
        if s.trap_count == traps and s.stop != STOP_RETURN and s.stop != STOP_TRAP:
            timing_step(T, op, &s.ev, op + op.len)
    elif s.trap_count == traps:
        timing_step(T, op, &s.ev, to)
    return to


cdef void again(Timing *T, Note *note, int32_t count, int64_t base) noexcept nogil:
    """The model goes over the first instructions of an iteration that have repeated."""
    cdef Tape tape
    cdef int32_t k
    tape.answers = 1
    tape.base = base
    T.tape = &tape
    for k in range(count):
        tape.note = note + k
        timing_step(T, note[k].op, &note[k].ev, note[k].to)
    T.tape = NULL


cdef inline void describe(State *s, Timing *T, Note *note) noexcept nogil:
    """What the note says of an instruction that has executed."""
    note.ev = s.ev
    note.skew = skewed(T, note.R, &s.ev) if note.op.kind > KIND_VECTOR else 0
    if note.kind == NOTE_STORE:
        note.data = NOTHING


cdef Op *record(State *s, Timing *T, Circuit *C, int32_t state, Lap *like, int32_t count, Note *seen,
                bint answered) noexcept nogil:
    """An iteration by the model, from this state; where the run goes on. s.n is kept.

    like: its first `count` instructions have executed and repeated this lap. The next one has executed, too: seen is the note of it, with
    what the hierarchy has answered if it has.
    """
    cdef Tape tape
    cdef Lap *lap = begin(T, C, state)
    cdef Note *note
    cdef Op *op
    cdef Op *to = C.head
    cdef uint64_t traps = s.trap_count
    cdef int64_t weight
    cdef bint good = True
    cdef int32_t k = 0
    if lap == NULL:
        C.settled = False
        C.recorded += 1
        if like == NULL:
            return to
    tape.base = T.front & ~<int64_t>31
    if like != NULL:
        again(T, like.note, count, tape.base)
        op = like.note[count].op
        tape.answers = answered
        tape.note = seen
        T.tape = &tape
        to = after(s, T, op, like.note[count].to, traps)
        T.tape = NULL
        if lap == NULL:
            return to
        for k in range(count):
            lap.note[k] = like.note[k]
        lap.note[count] = seen[0]
        describe(s, T, &lap.note[count])
        k = count + 1
    tape.answers = 0
    T.tape = &tape
    while k < C.count:
        note = &lap.note[k]
        op = note.op
        if op.stat != note.R:
            good = False
            break
        to = (<StepFn>op.step)(s, op)
        weight = weight_of(s, op)
        s.weight += weight
        s.n -= 1 + weight
        if note.kind == NOTE_BRANCH:
            good = good and foretold(T, op, True)
        tape.note = note
        to = after(s, T, op, to, traps)
        describe(s, T, note)
        if to != note.to:
            good = False
            break
        k += 1
    T.tape = NULL
    complete(T, C, lap, &s.ev if good else NULL)
    return to


cdef Op *replay(State *s, Timing *T, Circuit *C, int32_t state, int64_t n) noexcept nogil:
    """Iterations as long as they are known, from a state that Timing is in; where the run goes on, s.n left."""
    cdef Note seen
    cdef int32_t k = lap_from(C, state), answer = REPEATS, at
    cdef Lap *lap
    cdef Note *note
    cdef Note *end
    cdef Op *op = C.head
    cdef Op *to = op
    cdef uint64_t traps = s.trap_count
    cdef int64_t base = T.front & ~<int64_t>31, weight
    while True:
        if k == NONE or n <= 0:
            put(T, C, state, base)
            s.n = n
            return C.head if n <= 0 else record(s, T, C, state, NULL, 0, NULL, False)
        lap = &C.lap[k]
        note = lap.note
        end = note + (C.count - 1)
        while True:
            op = note.op
            if unlikely(op.stat != note.R):         # a store over code
                put(T, C, state, base)
                s.n = n
                again(T, lap.note, <int32_t>(note - lap.note), base)
                return op
            to = (<StepFn>op.step)(s, op)
            n -= 1
            if op.kind >= KIND_VECTOR:
                weight = s.ev.vl >> 6
                s.weight += weight
                n -= weight
            if unlikely(to != note.to):
                break
            if note.kind != NOTE_PLAIN:
                if note == end:
                    if unlikely(not foretold(T, op, True)):
                        break
                    tell(T, op, True)
                    note += 1
                    break
                answer = repeats(T, note, &s.ev, base, &seen)
                if unlikely(answer != REPEATS):
                    at = <int32_t>(note - lap.note)
                    if answer == DIFFERS:
                        seen = note[0]
                        describe(s, T, &seen)
                        k = sibling(C, lap, at, &seen, False)
                        if k != NONE:
                            lap = &C.lap[k]
                            answer = repeats(T, &lap.note[at], &s.ev, base, &seen)
                    if answer == ANSWERED:
                        describe(s, T, &seen)
                        k = sibling(C, lap, at, &seen, True)
                        if k != NONE:
                            lap = &C.lap[k]
                            answer = REPEATS
                    if answer != REPEATS:
                        put(T, C, state, base)
                        s.n = n
                        return record(s, T, C, state, lap, at, &seen, answer == ANSWERED)
                    note = lap.note + at
                    end = lap.note + (C.count - 1)
            note += 1
        if unlikely(note <= end):                   # the loop is left, or its branch is not foretold, or a trap
            put(T, C, state, base)
            s.n = n
            again(T, lap.note, <int32_t>(note - lap.note), base)
            return after(s, T, op, to, traps)
        base += lap.length
        lap.times += 1
        lap.last = base
        state = lap.ends
        if lap.following == NONE:
            lap.following = lap_from(C, state)
        k = lap.following


cdef Op *turn(State *s, Timing *T, Op *op, Op *head, int64_t n) noexcept nogil:
    """What to do about a loop that has closed once more; where the run goes on, s.n left."""
    cdef Record *R = <Record *>op.stat
    cdef Circuit *C = <Circuit *>R.loop
    cdef int32_t state
    s.n = n
    if R.count <= FIRST:
        return head
    if C != NULL and (C.head != head or C.branch != op or not intact(C)):
        free_circuit(C)
        C = NULL
        R.loop = NULL
    if C == NULL and not T.watch:
        C = survey(T, head, op)
        R.loop = C
    if C == NULL or T.watch or not T.replays:
        R.laps = NEVER
        return head
    C.turns += 1
    if C.turns > TRIED:
        if C.repeated < TURN_COST * C.turns + RECORD_COST * C.recorded:
            R.laps = RARELY << C.patience
            C.patience += 1 if C.patience < OFTEN else 0
        else:
            C.patience = 0
        C.turns = C.recorded = C.repeated = 0
    state = state_at(T, C, &s.ev)
    if state == NONE:
        return head
    return replay(s, T, C, state, n)
