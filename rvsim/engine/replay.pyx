# Runs code whose timing is known: executes each instruction, and asks of its time only whether it is still the same.
#
#     turn() --> follow() --nothing known--> record()         one lap by the model, with notes
#                   \--a lap begins here--> its beats, one jumping to the next, lap after lap, until something differs;
#                                           then the model goes over the part of the lap that is over
#
# Taken branches of the chain (chain.pyx) come here when Record.laps says so. The handlers of scalar instructions are generated
# (replayed.pyx); here are all others. They leave in the Book why and where they stop, and return NULL. What has to be equal, and why
# this is exact: timing/replay.pxd, timing/states.pxd.
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.core.bulk cimport Plan, foresee, plan_at
from rvsim.core.op cimport KIND_UNDECODED, KIND_VECTOR, Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.engine.ahead cimport AHEAD_LINE, AHEAD_PARTED, ask_ahead
from rvsim.engine.several cimport end_before, join
from rvsim.engine.streams cimport OTHERWISE, what_repeats
from rvsim.timing.accounts cimport Before, balance, look_before, observe, settle, settle_recorded, sinks
from rvsim.timing.caches cimport find, touch
from rvsim.timing.laps cimport (
    LONGEST_LAP, Beat, Book, Lap, Question, Site, as_charged, begin, book_of, complete, current, enlist, flush, give_up, index_of, meet,
    note_at, notice, prefer, put, site_of, state_at, vary, worth_while,
)
from rvsim.timing.model cimport timing_step
from rvsim.timing.replay cimport (
    ANSWERED, DIFFERS, NEVER, NO_NOTE, NOTE_BRANCH, NOTE_JUMP, NOTE_LINE, NOTE_LOAD, NOTE_PAST, NOTE_PLAIN, NOTE_STORE, NOTE_VECTOR, NOTHING,
    REPEATS, Note, Tape, kind_of, repeats, same_access,
)
from rvsim.timing.scalar cimport ask, clock_of, lost_at_jump, step_simple
from rvsim.timing.state cimport PATH_CONFIG, PATH_LOAD, PATH_STORE, Record, Timing, later, untagged
from rvsim.timing.states cimport State as Moment
from rvsim.timing.states cimport learn
from rvsim.timing.vmemory cimport skewed

cdef enum:
    FIRST = 2           # times that a branch is taken before what it leads to is looked at
    TURN_COST = 6000    # host instructions, about: finding a state, and putting one in place
    RECORD_COST = 10000 # of keeping a lap,
    NOTE_COST = 300     # and for each instruction of it
    PASSES = 200        # times that a branch is taken before a site that has cost too much is judged again
    SCALAR_WORTH = 8    # what the model takes for an instruction beyond its replay
    VECTOR_WORTH = 40
    AGAIN_COST = 80     # of the model's going over one
    OFTEN = 32          # laps that are no turns of a loop in bulk, behind which one in so many is asked, a power of two
    SLOTS = 2048        # of the hash table below, a power of two

# Why a chain of laps stops.
cdef enum Stop:
    AT_END = 0          # behind a lap: nothing is known of what follows, or the slice is over
    BEFORE = 1          # before a line that is not in the instruction cache
    ASTRAY = 2          # behind an instruction after which nothing known goes on
    BROKEN = 3          # behind an instruction that trapped, stopped the run, or changed code

# A step function of the core and the handler that replays it.
cdef struct Known:
    void *step
    void *beat

cdef Known table[SLOTS]

# The step functions of unit-stride vector loads and stores, and the handlers (streams.pyx) of loads and stores through the cache, and
# of loads past the caches.
cdef struct Streams:
    void *load
    void *store
    void *cached_load
    void *cached_store
    void *passing_load

cdef Streams streams


# ---- handlers --------------------------------------------------------------------------------------------------------

cdef Op *halt(State *s, Beat *b, int64_t n, int64_t base, Book *B, int32_t why, Op *to) noexcept nogil:
    """The chain stops at this beat."""
    B.stop, B.at, B.base, B.to = why, b, base, to
    s.n = n
    return NULL


cdef Op *end_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A lap is over, the next one begins."""
    cdef Lap *lap = <Lap *><void *>b.data
    cdef Beat *next = <Beat *>lap.ends.root
    base += lap.length
    n -= lap.instructions
    lap.times += 1
    lap.last = base
    if unlikely(lap.epoch != B.epoch or not as_charged(B, lap)):
        return other_end(s, b, n, T, base, B)
    if unlikely(next == NULL or n <= 0):
        B.state = lap.ends
        return halt(s, b, n, base, B, AT_END, lap.ends.op)
    return on(s, next, n, T, base, B)


cdef Op *other_end(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """The lap has come for the first time in this chain, or does not charge what was noted."""
    cdef Lap *lap = <Lap *><void *>b.data
    if lap.epoch != B.epoch:
        enlist(B, lap)
    if not as_charged(B, lap):
        settle(T, B, lap)
    if unlikely(lap.ends.root == NULL or n <= 0):
        B.state = lap.ends
        return halt(s, b, n, base, B, AT_END, lap.ends.op)
    return on(s, <Beat *>lap.ends.root, n, T, base, B)


cdef Op *end_of_turn(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """The same, where the next lap may be one of a loop that runs in bulk."""
    cdef Lap *lap = <Lap *><void *>b.data
    cdef Op *head = lap.ends.op
    cdef int64_t rotations = 0
    cdef Plan *p
    cdef Site *site = <Site *>lap.ends.site
    cdef bint hopeless = T.levels == 0
    cdef int32_t how
    if site.single >= OFTEN:
        site.single += 1
        if site.single & (OFTEN - 1):
            return end_beat(s, b, n, T, base, B)
    if lap.ends.root != NULL and n > lap.instructions and not hopeless:
        p = plan_at(s, head, &hopeless)
        if p != NULL and p.ops[p.count - 1].aux == <void *>head:    # not entered in its midst: rotations are laps
            rotations = foresee(s, p, (n - lap.instructions) / (p.count + p.vectors_run * <int64_t>(s.ev.vl >> 6)))
    if hopeless:
        b.run = <void *>end_beat
    if rotations == 0:
        site.single += site.single < OFTEN
        return end_beat(s, b, n, T, base, B)
    site.single = 0
    base += lap.length
    n -= lap.instructions
    lap.times += 1
    lap.last = base
    if unlikely(lap.epoch != B.epoch):
        enlist(B, lap)
    if unlikely(not as_charged(B, lap)):
        settle(T, B, lap)
    b = <Beat *>lap.ends.root
    how = ask_ahead(s, T, B, p, rotations, &b, &base, &n)
    if how == AHEAD_LINE:
        return halt(s, b, n, base, B, BEFORE, b.op)
    if how == AHEAD_PARTED:
        return part(s, b, n, T, base, B)
    lap = <Lap *><void *>b.data
    if lap.ends.root == NULL or n <= 0:
        B.state = lap.ends
        return halt(s, b, n, base, B, AT_END, lap.ends.op)
    return on(s, <Beat *>lap.ends.root, n, T, base, B)


cdef Op *line_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """Fetch enters a line."""
    if unlikely(not find(&T.fetch, <uint64_t>b.data)):
        return halt(s, b, n, base, B, BEFORE, b.op)
    return on(s, b + 1, n, T, base, B)


cdef inline void describe(State *s, Timing *T, Note *note) noexcept nogil:
    """What the note says of an instruction that has executed."""
    if note.R.path >= PATH_CONFIG:
        note.ev[0] = s.ev
        note.skew = skewed(T, note.R, &s.ev) if note.op.kind > KIND_VECTOR else 0
    if note.kind == NOTE_STORE:
        note.data = NOTHING


cdef Beat *way_of(Beat *b, Note *seen, bint any_answer) noexcept nogil:
    """The beat at this place that goes on with what was seen, or NULL."""
    while b != NULL:
        if (any_answer or b.data == seen.data and b.note.head == seen.head) and same_access(b.note, seen):
            return b
        b = <Beat *>b.other
    return NULL


cdef Op *part(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """The instruction was not what it was in this lap (Book.answer, to, and `data` and `head` of Book.seen): goes on with a lap in which
    it was this."""
    cdef Note *note = b.note
    cdef Note *seen = &B.seen
    cdef Beat *other
    cdef int64_t data, head
    cdef int32_t answer = B.answer
    seen.ev, seen.to = &s.ev, B.to
    seen.skew = skewed(T, note.R, &s.ev) if note.op.kind > KIND_VECTOR else 0
    other = way_of(b, seen, answer == DIFFERS or note.sinks)
    if answer == DIFFERS and other != NULL:
        answer = repeats(T, other.note, &s.ev, base, seen)
        if answer == ANSWERED:
            other = way_of(b, seen, note.sinks)
    if other != NULL:
        if answer == ANSWERED and note.sinks:
            notice(B, other.note, seen.data)
        if other != b:
            prefer(b, other)
        return on(s, other + 1, n, T, base, B)
    data, head = seen.data, seen.head
    seen[0] = note[0]
    if answer == ANSWERED:
        seen.data, seen.head = data, head
    B.of_seen = s.ev
    seen.ev, seen.to = &B.of_seen, B.to
    describe(s, T, seen)
    B.answered = answer == ANSWERED
    return halt(s, b, n, base, B, ASTRAY, B.to)


cdef Op *late(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A load has found its line, but not yet its data, which come at Book.data."""
    cdef Beat *other = <Beat *>b.other
    cdef int64_t data = B.data - base
    while other != NULL and other.data != data:
        other = <Beat *>other.other
    if other != NULL:
        if other != <Beat *>b.other:
            prefer(b, other)
        return on(s, other + 1, n, T, base, B)
    B.seen.data, B.seen.head = data, 0
    B.to, B.answer = b.note.to, ANSWERED
    return part(s, b, n, T, base, B)


cdef Op *missed_load(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A load has been executed whose line is not there, or was prefetched."""
    B.data = touch(T, s.ev.addr >> T.level[0].shift, base + b.data, 0)
    if B.data > base + b.data:
        return late(s, b, n, T, base, B)
    return on(s, b + 1, n, T, base, B)


cdef Op *missed_store(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """The same of a store; nobody waits for it."""
    touch(T, s.ev.addr >> T.level[0].shift, base + b.data, 1)
    return on(s, b + 1, n, T, base, B)


cdef Op *turned(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """A branch has gone another way, or was foretold otherwise, as Book.data says; the predictor was told."""
    cdef Beat *other = <Beat *>b.other
    cdef Op *to
    while other != NULL and other.data != B.data:
        other = <Beat *>other.other
    if other != NULL:
        if other != <Beat *>b.other:
            prefer(b, other)
        return on(s, other + 1, n, T, base, B)
    to = (<StepFn>b.op.step)(s, b.op)
    B.seen = b.note[0]
    B.seen.data = B.data
    if unlikely(to == NULL or s.trap_count != B.traps):
        B.answered = True
        return halt(s, b, n, base, B, BROKEN, to)
    B.to, B.answer = to, ANSWERED
    return part(s, b, n, T, base, B)


cdef Op *plain_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """An instruction of which nothing has to be asked, and that stores nothing."""
    cdef Op *op = b.op
    cdef Op *to = (<StepFn>op.step)(s, op)
    cdef int64_t weight
    if op.kind >= KIND_VECTOR:
        weight = s.ev.vl >> 6
        s.weight += weight
        n -= weight
    if unlikely(<void *>to != b.other or s.trap_count != B.traps):
        B.answered = False
        return halt(s, b, n, base, B, BROKEN, to)
    return on(s, b + 1, n, T, base, B)


cdef Op *any_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """Any instruction."""
    cdef Op *op = b.op
    cdef Note *note = b.note
    cdef Op *to = (<StepFn>op.step)(s, op)
    cdef int64_t weight, data
    cdef int32_t answer
    if op.kind >= KIND_VECTOR:
        weight = s.ev.vl >> 6
        s.weight += weight
        n -= weight
    if unlikely(to == NULL or s.trap_count != B.traps or T.detaches != B.detaches):
        B.answered = False
        return halt(s, b, n, base, B, BROKEN, to)
    if note.kind == NOTE_BRANCH or note.kind == NOTE_JUMP:
        data = ask(T, op, to != op + op.len) if note.kind == NOTE_BRANCH else lost_at_jump(T, note.R, op, to)
        if to == note.to and data == note.data:
            return on(s, b + 1, n, T, base, B)
        B.seen.data, B.seen.head = data, 0
        B.to, B.answer = to, ANSWERED
        return part(s, b, n, T, base, B)
    if note.kind != NOTE_PLAIN:
        answer = repeats(T, note, &s.ev, base, &B.seen)
        if unlikely(answer != REPEATS):
            if answer == ANSWERED and note.sinks:
                notice(B, note, B.seen.data)
                return on(s, b + 1, n, T, base, B)
            B.to, B.answer = to, answer
            return part(s, b, n, T, base, B)
    return on(s, b + 1, n, T, base, B)


cdef inline uint64_t slot_of(void *step) noexcept nogil:
    return (<uint64_t>step * 0x9E3779B97F4A7C15ULL) >> 53


cdef void *known_beat(Op *op) noexcept nogil:
    """The generated handler of the instruction, or NULL."""
    cdef uint64_t i = slot_of(op.step)
    while table[i].step != NULL and table[i].step != op.step:
        i = (i + 1) & (SLOTS - 1)
    return table[i].beat


cdef inline void choose_access(Beat *b, Note *note) noexcept nogil:
    """The beat of a vector access: whether it has a handler of its own."""
    cdef bint load = note.op.step == streams.load
    cdef int64_t what = what_repeats(note) if load or note.op.step == streams.store else <int64_t>OTHERWISE
    b.more = <void *>what
    if what == OTHERWISE:
        return
    if note.kind == NOTE_VECTOR:
        b.run = streams.cached_load if load else streams.cached_store
    elif load:
        b.run = streams.passing_load


cdef void choose(Beat *b, Note *note) noexcept nogil:
    """The beat of a note."""
    b.op, b.note, b.data, b.other, b.more = note.op, note, note.data, NULL, NULL
    if note.kind == NOTE_LINE:
        b.run = <void *>line_beat
        return
    b.run = known_beat(note.op)
    if note.kind == NOTE_LOAD or note.kind == NOTE_STORE:
        b.data = note.when
    if note.kind == NOTE_LOAD and note.data != NOTHING:
        b.run = NULL
    if note.kind == NOTE_VECTOR or note.kind == NOTE_PAST:
        choose_access(b, note)
    if b.run == NULL and note.kind == NOTE_PLAIN and note.R.path != PATH_LOAD and note.R.path != PATH_STORE:
        b.run, b.other = <void *>plain_beat, note.to
    elif b.run == NULL:
        b.run = <void *>any_beat


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
    B.worth += VECTOR_WORTH if R.path >= PATH_CONFIG else SCALAR_WORTH
    if T.fetch_line != line:
        note_line(B, to, T.fetch_line, True)
    return not missed and not B.stale


cdef inline bint leads_back(Note *note) noexcept nogil:
    """Whether a lap ends with this instruction."""
    return (note.kind == NOTE_BRANCH or note.kind == NOTE_JUMP) and note.to.pc <= note.op.pc


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


cdef inline void end_with(Beat *b, Lap *lap, bint turns) noexcept nogil:
    """The beat ends the lap."""
    b.run = <void *>end_beat
    if turns:
        b.run = <void *>end_of_turn
    b.op, b.note, b.data, b.other, b.more = NULL, NULL, <int64_t>lap, NULL, NULL


cdef void list_questions(Lap *lap) noexcept nogil:
    """What is asked about the notes of the lap itself; its beats are there."""
    cdef Question *q = lap.ask
    cdef Beat *b
    cdef Beat *end = lap.beat + (lap.count - lap.start)
    b = lap.beat
    while b != end:
        b.ask = q
        if b.note.kind != NOTE_PLAIN:
            q.answer, q.when, q.settled, q.head = b.note.data, b.note.when, b.note.settled, b.note.head
            q.beat, q.kind, q.skew = b, b.note.kind, b.note.skew
            q += 1
        b += 1
    end.ask = q
    q.beat, q.kind = end, NO_NOTE


cdef Op *record(State *s, Timing *T, Book *B, Moment *state, Beat *beside, Moment **ends) noexcept nogil:
    """A lap by the model, from this state, which is at hand; where the run goes on. `ends`: the state there, NULL: the lap will not do.

    beside: in an older lap, what has just been executed otherwise (Book.seen); what comes before it was gone over in this recording.
    """
    cdef Op *op = state.op
    cdef Lap *lap = NULL
    cdef Site *site = <Site *>state.site
    cdef Note *note
    cdef Before before
    cdef bint good = True, missed
    cdef int32_t k, start = B.notes
    cdef uint64_t line
    ends[0] = NULL
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
    for k in range(start, B.notes):
        choose(&B.beat[k], &B.note[k])
    lap = complete(T, B, state, beside, op, &s.ev, False)
    if lap != NULL:
        note = &B.note[B.notes - 1 - (B.note[B.notes - 1].R == NULL)]
        end_with(&lap.beat[lap.count - lap.start], lap, leads_back(note))
        list_questions(lap)
        join(s, B, lap, lap.beat + (beside != NULL))    # the first one is never run where it is another way to go on
        ends[0] = lap.ends
    settle_recorded(T, B)
    return op


# ---- replaying -------------------------------------------------------------------------------------------------------

cdef void split(State *s, Timing *T, Book *B, Lap *lap, Beat *b) noexcept nogil:
    """The lap, gone over up to here, ends here from now on, before an instruction whose answers vary."""
    cdef Lap *first
    balance(T, B)
    first = complete(T, B, lap.begins, b, b.op, &s.ev, True)
    settle_recorded(T, B)
    if first != NULL:
        end_with(&first.beat[0], first, False)
        list_questions(first)
        end_before(lap, b)
        end_with(b, first, False)
        b.ask.beat, b.ask.kind = b, NO_NOTE
        (<Site *>first.ends.site).typical = later((<Site *>first.ends.site).typical, lap.worth)


cdef inline bint in_bulk(State *s, Lap *lap) noexcept nogil:
    """Whether the lap is a rotation of a loop that runs in bulk: whole ones are asked ahead, parts of one are not."""
    cdef bint hopeless
    return (<Site *>lap.begins.site).single < OFTEN and plan_at(s, lap.begins.op, &hopeless) != NULL


cdef Op *stopped(State *s, Timing *T, Book *B, Moment **ends) noexcept nogil:
    """A chain has stopped within a lap; where the run goes on, and `ends` as in `record`."""
    cdef Beat *b = B.at
    cdef Note *note = b.note
    cdef Lap *lap = <Lap *>note.lap
    cdef Site *site = <Site *>lap.begins.site
    cdef int32_t k = index_of(note)
    cdef bint recorded
    put(T, B, lap.begins, B.base)
    ends[0] = NULL
    if B.stop == ASTRAY and B.answered and (note.kind == NOTE_LOAD or note.kind == NOTE_VECTOR) and not in_bulk(s, lap):
        vary(B, note.R)
    recorded = B.stop == ASTRAY and worth_while(B, site) and begin(T, B)
    B.instructions = again(T, B, lap, k, recorded, B.stop == BEFORE and note.skew)
    s.n -= B.instructions + (B.stop != BEFORE)
    site.spent += TURN_COST // 2 + AGAIN_COST * B.instructions
    if B.stop == BEFORE:
        return note.op
    B.notes = k
    if recorded and k and note.R.apart:
        split(s, T, B, lap, b)
        recorded = False
    if not recorded:
        return finish(s, T, B, &B.seen, note.op, B.to, B.base)
    B.worth = B.instructions * SCALAR_WORTH
    return record(s, T, B, lap.begins, b, ends)


cdef Op *follow(State *s, Timing *T, Book *B, Moment *state) noexcept nogil:
    """Laps from this state, which is at hand, as far as it is worth while; where the run goes on, s.n left."""
    cdef Site *entered = <Site *>state.site
    cdef Beat *root
    cdef Op *op = state.op
    while s.n > 0:
        if state.root != NULL:
            if B.view.loose:
                B.ahead = T.frontier - untagged(T.front)
                if B.ahead < 0:
                    return op
            root = <Beat *>state.root
            on(s, root, s.n, T, untagged(T.front), B)
            entered.spent += TURN_COST
            if B.stop != AT_END:
                op = stopped(s, T, B, &state)
                if state == NULL:
                    return op
                continue
            state = B.state
            op = state.op
            put(T, B, state, B.base)
        elif worth_while(B, <Site *>state.site) and begin(T, B):
            op = record(s, T, B, state, NULL, &state)
            if state == NULL:
                return op
        else:
            return op
    return op


cdef Op *turn(State *s, Timing *T, Op *op, Op *head, int64_t n) noexcept nogil:
    """What to do about a branch that has been taken once more; where the run goes on, s.n left."""
    cdef Record *R = <Record *>op.stat
    cdef Book *B
    cdef Site *site
    cdef Moment *state
    s.n = n
    if R.count <= FIRST:
        return head
    B = book_of(T) if T.replays and not T.watch and not T.out_of_order and not T.failed and head.pc <= op.pc else NULL
    if B == NULL:
        R.laps = NEVER
        return head
    current(T, B)
    site = site_of(B, head)
    if site == NULL:
        return head
    if not worth_while(B, site):
        R.laps = PASSES
        return head
    site.spent += TURN_COST
    state = state_at(T, B, head, &s.ev)
    if state == NULL:
        return head
    B.traps = s.trap_count
    return follow(s, T, B, state)


cdef void settle_replay(Timing *T) noexcept nogil:
    """Brings the counters up to date."""
    if T.laps != NULL:
        flush(<Book *>T.laps)


def install(dict core, dict beats, dict vector, handlers):
    """Takes over what replayed.handlers() offers for the step functions of core.handlers.handlers(), and streams.handlers() for those of
    core.vmemory.handlers(), once a process."""
    cdef uint64_t i
    streams.load, streams.store = <void *><size_t>vector["vle"], <void *><size_t>vector["vse"]
    load, store, passing = handlers
    streams.cached_load, streams.cached_store = <void *><size_t>load, <void *><size_t>store
    streams.passing_load = <void *><size_t>passing
    for name, beat in beats.items():
        for step in (core[name][0], core[name][2]):
            i = slot_of(<void *><size_t>step)
            while table[i].step != NULL and table[i].step != <void *><size_t>step:
                i = (i + 1) & (SLOTS - 1)
            table[i].step = <void *><size_t>step
            table[i].beat = <void *><size_t>beat
