# Runs code whose timing is known: executes each instruction, and asks of its time only whether it is still the same.
#
#     turn() --> follow() --nothing known--> record()         one lap by the model, with notes (record.pyx)
#                   \--a lap begins here--> its beats, one jumping to the next, lap after lap, until something differs;
#                                           then the model goes over the part of the lap that is over
#
# Taken branches of the chain (chain.pyx) come here when Record.laps says so. The handlers of scalar instructions are generated
# (replayed.pyx); here are all others. They leave in the Book why and where they stop, and return NULL. What has to be equal, and why
# this is exact: timing/replay.pxd, timing/states.pxd.
from libc.stdint cimport int32_t, int64_t, uint64_t

from rvsim.core.bulk cimport Plan, foresee, plan_at
from rvsim.core.op cimport KIND_VECTOR, Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport State, StepFn
from rvsim.engine.ahead cimport AHEAD_LINE, AHEAD_PARTED, ask_ahead
from rvsim.engine.record cimport again, describe, finish, leads_back, record
from rvsim.engine.several cimport end_before, join
from rvsim.engine.streams cimport OTHERWISE, what_repeats
from rvsim.timing.accounts cimport balance, settle, settle_recorded
from rvsim.timing.caches cimport find, touch
from rvsim.timing.laps cimport (
    Beat, Book, Lap, Question, Site, as_charged, begin, book_of, complete, current, enlist, flush, index_of, lie_beside, note_at,
    notice, prefer, put, site_of, state_at, vary, worth_while,
)
from rvsim.timing.replay cimport (
    ANSWERED, DIFFERS, NEVER, NO_NOTE, NOTE_BRANCH, NOTE_JUMP, NOTE_LINE, NOTE_LOAD, NOTE_PAST, NOTE_PLAIN, NOTE_STORE, NOTE_VECTOR,
    NOTHING, REPEATS, Note, repeats, same_access,
)
from rvsim.timing.scalar cimport ask, lost_at_jump
from rvsim.timing.state cimport PATH_LOAD, PATH_STORE, Record, Timing, later, untagged
from rvsim.timing.states cimport State as Moment
from rvsim.timing.vmemory cimport skewed

cdef enum:
    FIRST = 2           # times that a branch is taken before what it leads to is looked at
    TURN_COST = 6000    # host instructions, about: finding a state, and putting one in place
    PASSES = 200        # times that a branch is taken before a site that has cost too much is judged again
    AGAIN_COST = 80     # of the model's going over an instruction
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


cdef void furnish(State *s, Book *B, Lap *lap, Beat *beside) noexcept nogil:
    """The beats of a lap that has just been recorded. beside: as for `record`; then its first one is looked at, and never run."""
    cdef int32_t k, own = lap.count - lap.start
    cdef Note *last = note_at(lap, lap.count - 1)
    for k in range(own):
        choose(&lap.beat[k], &lap.note[k])
    if last.R == NULL:
        last = note_at(lap, lap.count - 2)
    end_with(&lap.beat[own], lap, leads_back(last))
    list_questions(lap)
    join(s, B, lap, lap.beat + (beside != NULL))
    if beside != NULL:
        lie_beside(beside, lap)


# ---- replaying -------------------------------------------------------------------------------------------------------

cdef inline bint in_bulk(State *s, Lap *lap) noexcept nogil:
    """Whether the lap is a rotation of a loop that runs in bulk: whole ones are asked ahead, parts of one are not."""
    cdef bint hopeless
    return (<Site *>lap.begins.site).single < OFTEN and plan_at(s, lap.begins.op, &hopeless) != NULL


cdef Op *one_more(State *s, Timing *T, Book *B, Moment *state, Beat *beside, Moment **ends) noexcept nogil:
    """One more lap from this state; where the run goes on. `ends`: the state there, NULL: the lap will not do; beside: as for `record`."""
    cdef Lap *lap
    cdef Op *op = record(s, T, B, state, beside, &lap)
    ends[0] = NULL
    if lap != NULL:
        furnish(s, B, lap, beside)
        if in_bulk(s, lap):
            lap.worth += lap.worth // 2         # its instructions are not executed one by one, either
        ends[0] = lap.ends
    return op


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


cdef Op *stopped(State *s, Timing *T, Book *B, Moment **ends) noexcept nogil:
    """A chain has stopped within a lap; where the run goes on, and `ends` as for `one_more`."""
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
    return one_more(s, T, B, lap.begins, b, ends)


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
            op = one_more(s, T, B, state, NULL, &state)
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
