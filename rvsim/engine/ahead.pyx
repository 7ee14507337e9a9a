# Laps of a loop that runs in bulk (core/bulk.pyx): first the questions of many of them, then all of their work at once.
#
#     ask_ahead()   for each lap: the lines fetch enters, loads in their order with the times they would have, branches
#                   then rotate() for the laps that are known by now, and single steps up to where they are not
#
# What instructions ask depends on addresses alone, and those of a foreseen loop are known beforehand. So nothing has to be executed
# between one question and the next, and what comes out is what the beats of replay.pyx would have made of it, one by one. It must not
# decide anything about laps: where nothing known goes on it leaves that to replay.pyx.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.core.bulk cimport MOST_STREAMS, Plan, configured, rotate
from rvsim.core.op cimport KIND_VECTOR, Event, Op
from rvsim.core.scalar cimport likely, unlikely
from rvsim.core.state cimport State, StepFn
from rvsim.timing.accounts cimport settle
from rvsim.timing.caches cimport fetch_from_memory, find, touch_slow, use
from rvsim.timing.laps cimport Beat, Book, Lap, Question, as_charged, enlist, prefer
from rvsim.timing.replay cimport (
    ANSWERED, DIFFERS, NOTE_BRANCH, NOTE_CONFIG, NOTE_JUMP, NOTE_LINE, NOTE_LOAD, NOTE_PAST, NOTE_VECTOR, NOTHING, NO_NOTE, REPEATS, Note,
    repeats, same_access, same_way,
)
from rvsim.timing.runs cimport touch_run
from rvsim.timing.scalar cimport MISSED, ask, lost_at_jump
from rvsim.timing.state cimport PATH_CONFIG, Level, Record, Timing, later, untagged
from rvsim.timing.vmemory cimport pass_by, skewed


cdef extern from *:
    const uint64_t NO_LINE "(~(uint64_t)0)"


cdef inline bint closes(Plan *p, Op *op) noexcept nogil:
    """Whether the loop goes back with this instruction: a branch that is taken, while others are not."""
    return op == p.ops[p.count - 1]


cdef Beat *another(Timing *T, Book *B, Plan *p, Beat *b, Event *ev, int64_t base, int32_t *answer) noexcept nogil:
    """The beat at this place that goes on with what was answered (Book.seen), or NULL."""
    cdef Note *seen = &B.seen
    cdef Beat *other = b
    cdef int32_t _turn
    for _turn in range(2):
        seen.ev = &B.of_seen
        seen.to = B.to = b.note.to if b.note.kind != NOTE_BRANCH else p.first if closes(p, b.op) else b.op + b.op.len
        if b.note.R.path >= PATH_CONFIG:
            B.of_seen = ev[0]
            seen.skew = skewed(T, b.note.R, ev) if b.op.kind > KIND_VECTOR else 0
        other = b
        while other != NULL and not same_way(other.note, seen, answer[0] == ANSWERED):
            other = <Beat *>other.other
        if answer[0] == ANSWERED or other == NULL:
            return other
        answer[0] = repeats(T, other.note, ev, base, seen)
        if answer[0] != ANSWERED:
            return other
    return other


cdef inline bint as_noted(Timing *T, Question *q, Record *R, Event *ev) noexcept nogil:
    """Whether a contiguous vector access, with the vl of the lap, costs the pipe what the recorded one did; the record has its price."""
    return R.lines and R.vl == ev.vl and R.vtype == ev.vtype and skewed(T, R, ev) == q.skew


cdef inline Question *answered(Question *q, int64_t data, int64_t head) noexcept nogil:
    """The question at this place that goes on with this answer to the same access, or NULL."""
    cdef Beat *b = q.beat
    cdef Beat *other = <Beat *>b.other
    while other != NULL and (other.note.data != data or other.note.head != head or not same_access(other.note, b.note)):
        other = <Beat *>other.other
    if other == NULL:
        return NULL
    prefer(b, other)
    return other.ask


cdef void catch_up(State *s, Plan *p, int64_t rotations, Beat *b, int32_t how, int64_t *n) noexcept nogil:
    """Executes what was asked about: whole rotations, and the part of one up to beat `b`; the budget that size takes is left to do."""
    cdef int64_t weight = rotations * p.vectors_run * <int64_t>(s.ev.vl >> 6)
    cdef int32_t i
    cdef Op *before = b.op          # the first instruction that is not executed
    cdef Op *op
    if rotations:
        rotate(s, p, rotations)
    if how == AHEAD_OVER:
        before = (<Lap *><void *>b.data).ends.op
    elif how == AHEAD_PARTED or b.note.skew and b.op == p.first:    # a line that the end of the rotation leads to
        before = NULL
    for i in range(p.count):
        op = p.ops[i]
        if op == before or i and p.ops[i - 1] + p.ops[i - 1].len == before:     # which may be a slot that leads to the next page
            break
        (<StepFn>op.step)(s, op)
        if op.kind >= KIND_VECTOR:
            weight += s.ev.vl >> 6
        if how == AHEAD_PARTED and op == b.op:
            break
    s.weight += weight
    n[0] -= weight


cdef int32_t ask_ahead(State *s, Timing *T, Book *B, Plan *p, int64_t rotations, Beat **at, int64_t *base, int64_t *n) noexcept nogil:
    """Goes through laps from the beat `at` on, at most `rotations`, which `foresee` has promised. Returns an Ahead; `at`, `base` and `n` are
    where it ended, and everything up to there has executed."""
    cdef uint64_t addr[MOST_STREAMS]
    cdef Event ev = s.ev
    cdef Question *q = at[0].ask
    cdef Question *beside
    cdef Beat *b
    cdef Beat *other
    cdef Lap *lap
    cdef Record *R
    cdef int64_t now = base[0], done = 0, fetched = 0
    cdef int64_t data, head, stamp = 0
    cdef Level *level = &T.level[0]
    cdef const uint8_t *where = level.where
    cdef uint64_t number, line = NO_LINE, map_mask = level.map_mask, set_mask = level.set_mask
    cdef uint32_t way, shift = level.shift, set_bits = level.set_bits
    cdef bint lean = T.levels == 1 and not T.prefetch
    cdef int32_t j = 0, how, answer = REPEATS, kind
    memcpy(addr, p.addr, <size_t>p.streams * sizeof(uint64_t))
    while True:
        kind = q.kind
        if kind == NOTE_LOAD:
            number = addr[j] >> shift
            addr[j] += <uint64_t>p.stride[j]
            j += 1
            if number != line:              # else it is as it was just before
                line = number
                way = <uint32_t>where[number & map_mask] - 1
                if likely(way < MISSED):
                    stamp = level.arrive[(<uint64_t>way << set_bits) + (number & set_mask)]
                    use(level, number & set_mask, way)
                elif lean:
                    stamp = fetch_from_memory(T, number, now + q.when)
                    fetched += 1
                else:
                    stamp = touch_slow(T, number, now + q.when, 0)
                    line = NO_LINE              # what is prefetched besides may have taken its place
            data, head = stamp - now, q.head
            if stamp <= now + q.when:
                data = NOTHING
        elif kind == NOTE_LINE:
            if unlikely(not find(&T.fetch, <uint64_t>q.answer)):
                how = AHEAD_LINE
                break
            q += 1
            continue
        elif kind == NO_NOTE:
            lap = <Lap *><void *>q.beat.data
            now += lap.length
            lap.times += 1
            lap.last = now
            if unlikely(lap.epoch != B.epoch):
                enlist(B, lap)
            if unlikely(not as_charged(B, lap)):
                settle(T, B, lap)
            n[0] -= lap.instructions
            if lap.ends.op == p.first:      # it may end on the way, before a line that was not there
                done += 1
                j = 0
            if done == rotations or lap.ends.root == NULL:
                how = AHEAD_OVER
                break
            q = (<Beat *>lap.ends.root).ask
            continue
        else:
            line = NO_LINE
            b = q.beat
            if kind == NOTE_VECTOR or kind == NOTE_PAST:
                ev.addr = addr[j]
                addr[j] += <uint64_t>p.stride[j]
                j += 1
                ev.stride = b.op.size
                ev.bytes = <uint64_t>ev.vl * b.op.size
                ev.active = ev.vl
            R = <Record *>b.op.stat
            if kind == NOTE_PAST and as_noted(T, q, R, &ev):
                pass_by(T, R, &ev)
                q += 1
                continue
            if kind == NOTE_VECTOR and as_noted(T, q, R, &ev):
                head = 0
                data = touch_run(T, ev.addr >> shift, (ev.addr + R.span - 1) >> shift, now + q.when, 0, now + q.settled, &head)
                if data <= now + q.settled:
                    data = NOTHING
                    head = 0
                else:
                    data, head = data - now, later(now + q.when, untagged(head)) - now
            elif kind == NOTE_BRANCH:
                data, head = ask(T, b.op, closes(p, b.op)), q.head
            elif kind == NOTE_JUMP:
                data, head = lost_at_jump(T, R, b.op, p.first), q.head
            else:
                if kind == NOTE_CONFIG:
                    configured(&ev, b.op)
                answer = repeats(T, b.note, &ev, now, &B.seen)
                if likely(answer == REPEATS):
                    q += 1
                    continue
                if answer == DIFFERS:
                    B.seen = b.note[0]
                data = head = 0
        if answer == REPEATS:
            if likely(data == q.answer and head == q.head):
                q += 1
                continue
            beside = answered(q, data, head)
            if likely(beside != NULL):
                q = beside + 1
                continue
            B.seen = q.beat.note[0]
            B.seen.data, B.seen.head = data, head
            answer = ANSWERED
        other = another(T, B, p, q.beat, &ev, now, &answer)
        if other == NULL:
            how = AHEAD_PARTED
            break
        if other != q.beat:
            prefer(q.beat, other)
        q = other.ask + 1
        answer = REPEATS
    T.beyond_l1 += fetched << shift
    T.dram_bytes += fetched << shift
    B.answer = answer if how == AHEAD_PARTED else REPEATS
    at[0], base[0] = q.beat, now
    catch_up(s, p, done, q.beat, how, n)
    return how
