# Runs the iterations of a loop whose timing repeats: executes each instruction, and asks of its time only whether it is still the same.
#
#     turn() --not recorded--> record()                        one iteration by the model, with notes
#       \--recorded, and it begins alike--> replay()           as many as repeat, then the model goes over what is left
#
# Taken branches of the chain (chain.pyx) come here when Record.laps says so. What has to be equal, and why this is exact: timing/replay.pxd.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport KIND_VECTOR, Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.timing.model cimport timing_step
from rvsim.timing.replay cimport (
    NEVER, NOTE_BRANCH, NOTE_PLAIN, ANSWERED, REPEATS, Loop, Note, Tape, advance, begin, complete, matches, repeats, survey,
)
from rvsim.timing.scalar cimport foretold, tell
from rvsim.timing.state cimport Record, Timing
from rvsim.timing.vmemory cimport skewed

cdef enum:
    FIRST = 2           # times that a loop closes before it is looked at
    RARELY = 64         # the same after attempts in vain, at most
    ATTEMPTS = 8        # beginnings unlike the recorded one before another is recorded


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


cdef Op *record(State *s, Timing *T, Loop *L, int64_t n) noexcept nogil:
    """One iteration by the model, with notes; where the run goes on, s.n left."""
    cdef Tape tape
    cdef Note *note = L.note
    cdef Op *op = L.head
    cdef Op *to = op
    cdef uint64_t traps = s.trap_count
    cdef int64_t weight
    cdef bint good = True
    cdef int32_t k
    s.n = n
    if not begin(T, L, &s.ev):
        return to
    tape.answers = 0
    tape.base = L.base
    T.tape = &tape
    for k in range(L.count):
        note = &L.note[k]
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
        note.ev = s.ev
        note.skew = skewed(T, note.R, &s.ev) if op.kind >= KIND_VECTOR else 0
        if to != note.to:
            good = False
            break
    T.tape = NULL
    L.ready = good and complete(T, L)
    return to


cdef void again(Timing *T, Loop *L, int32_t count, int64_t base) noexcept nogil:
    """The model goes over the first instructions of an iteration that have repeated."""
    cdef Tape tape
    cdef Note *note
    cdef int32_t k
    tape.answers = 1
    tape.base = base
    T.tape = &tape
    for k in range(count):
        tape.note = note = &L.note[k]
        timing_step(T, note.op, &note.ev, note.to)
    T.tape = NULL


cdef Op *replay(State *s, Timing *T, Loop *L, int64_t n) noexcept nogil:
    """Iterations as long as they repeat; where the run goes on, s.n left."""
    cdef Tape tape
    cdef Note seen
    cdef Note *note = L.note
    cdef Note *end = L.note + (L.count - 1)
    cdef Op *op = L.head
    cdef Op *to = op
    cdef uint64_t traps = s.trap_count
    cdef int64_t base = T.front & ~<int64_t>31, times = 0, weight = 0
    cdef int32_t answer = REPEATS
    while n > 0:
        note = L.note
        while True:
            op = note.op
            if unlikely(op.stat != note.R):         # a store over code
                to = op
                break
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
                    break
            note += 1
        if note <= end:
            break
        base += L.delta
        times += 1
    s.n = n
    advance(T, L, times)
    if n <= 0 and note > end:
        return L.head
    again(T, L, <int32_t>(note - L.note), base)
    if op.stat != note.R:
        return to
    if answer == ANSWERED:
        tape.answers = 1
        tape.base = base
        tape.note = &seen
        T.tape = &tape
    to = after(s, T, op, to, traps)
    T.tape = NULL
    return to


cdef Op *turn(State *s, Timing *T, Op *op, Op *head, int64_t n) noexcept nogil:
    """What to do about a loop that has closed once more; where the run goes on, s.n left."""
    cdef Record *R = <Record *>op.stat
    cdef Loop *L = <Loop *>R.loop
    s.n = n
    if R.count <= FIRST:
        return head
    if L == NULL:
        if not T.watch:
            L = survey(T, head, op)
        if L == NULL:
            R.laps = NEVER
            return head
        R.loop = L
    if L.head != head or L.branch != op or T.watch or not T.replays:
        R.laps = NEVER
        return head
    if L.ready:
        if matches(T, L, &s.ev):
            L.tries = 0
            return replay(s, T, L, n)
        L.tries += 1
        if L.tries <= ATTEMPTS:
            return head
        L.ready = False
    head = record(s, T, L, n)
    if L.ready:
        L.tries = 0
    else:
        L.tries += 1
        R.laps = 1 << L.tries if L.tries < 6 else RARELY
    return head
