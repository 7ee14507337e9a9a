# Laps of a loop that runs in bulk (core/bulk.pyx): first the questions of many of them, then all of their work at once.
#
#     ask_ahead()   for each lap: the lines fetch enters, loads in their order with the times they would have, branches
#                   then rotate() for the laps that are known by now, and single steps up to where they are not
#
# What instructions ask depends on addresses alone, and those of a foreseen loop are known beforehand. So nothing has to be executed
# between one question and the next, and what comes out is what the beats of replay.pyx would have made of it, one by one. It must not
# decide anything about laps: where nothing known goes on it leaves that to replay.pyx.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from rvsim.core.bulk cimport MOST_STREAMS, Plan, configured, rotate
from rvsim.core.op cimport KIND_VECTOR, Event, Op
from rvsim.core.scalar cimport likely, unlikely
from rvsim.core.state cimport State, StepFn
from rvsim.timing.accounts cimport settle
from rvsim.timing.caches cimport fetch_from_memory, find, touch_slow, touch_way
from rvsim.timing.laps cimport Beat, Book, Lap, as_charged, enlist, notice, prefer
from rvsim.timing.replay cimport (
    ANSWERED, DIFFERS, NOTE_BRANCH, NOTE_CONFIG, NOTE_JUMP, NOTE_LINE, NOTE_LOAD, NOTE_PAST, NOTE_PLAIN, NOTE_VECTOR, NOTHING, REPEATS, Note,
    repeats, same_way,
)
from rvsim.timing.scalar cimport MISSED, ask, lost_at_jump, quick_way
from rvsim.timing.runs cimport touch_run
from rvsim.timing.state cimport PATH_CONFIG, Record, Timing, later, untagged
from rvsim.timing.vmemory cimport pass_by, skewed


cdef inline bint closes(Plan *p, Op *op) noexcept nogil:
    """Whether the loop goes back with this instruction: a branch that is taken, while others are not."""
    return op == p.ops[p.count - 1]


cdef enum:
    NOWHERE = -1        # no line


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


cdef inline bint as_noted(Timing *T, Note *note, Event *ev) noexcept nogil:
    """Whether a contiguous vector access costs the pipe what the recorded one did, and the record has its price."""
    cdef Record *R = note.R
    return (R.lines and R.vl == ev.vl and R.vtype == ev.vtype and ev.vl == note.ev.vl and ev.bytes == note.ev.bytes
            and ev.stride == note.ev.stride and ev.active == note.ev.active and skewed(T, R, ev) == note.skew)


cdef inline int64_t lines_of(Timing *T, Note *note, uint64_t address, int64_t base, int64_t *head) noexcept nogil:
    """What the hierarchy answers to such a load, as notes have it."""
    cdef int64_t when = base + note.when, settled = base + note.settled
    cdef int32_t shift = T.level[0].shift
    cdef int64_t data = touch_run(T, address >> shift, (address + note.R.span - 1) >> shift, when, 0, settled, head)
    if data <= settled:
        head[0] = 0
        return NOTHING
    head[0] = later(when, untagged(head[0])) - base
    return data - base


cdef int32_t question(Timing *T, Book *B, Plan *p, Beat *b, Event *ev, int64_t base) noexcept nogil:
    """What an instruction other than a scalar load asks; the answer, if another one than noted, is left in Book.seen."""
    cdef Note *note = b.note
    cdef int64_t data
    cdef int32_t answer
    if note.kind == NOTE_BRANCH:
        data = ask(T, b.op, closes(p, b.op))
    elif note.kind == NOTE_JUMP:
        data = lost_at_jump(T, note.R, b.op, p.first)
    else:
        answer = repeats(T, note, ev, base, &B.seen)
        if unlikely(answer == DIFFERS):
            B.seen = note[0]
        return answer
    if data == note.data:
        return REPEATS
    B.seen = note[0]
    B.seen.data = data
    return ANSWERED


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
    cdef Beat *b = at[0]
    cdef Beat *other
    cdef Lap *lap
    cdef int64_t now = base[0], done = 0, fetched = 0
    cdef int64_t data, head, stamp = 0
    cdef int64_t number = NOWHERE       # the line of the load before, if nothing else has asked since
    cdef uint32_t way
    cdef uint32_t shift = <uint32_t>T.level[0].shift
    cdef bint lean = T.levels == 1 and not T.prefetch
    cdef int32_t j = 0, how, answer, kind
    memcpy(addr, p.addr, <size_t>p.streams * sizeof(uint64_t))
    while True:
        if b.op == NULL:
            lap = <Lap *><void *>b.data
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
            b = <Beat *>lap.ends.root
            continue
        kind = b.note.kind
        if kind == NOTE_PLAIN:
            b += b.data
            continue
        if kind == NOTE_LINE:
            if unlikely(not find(&T.fetch, <uint64_t>b.data)):
                how = AHEAD_LINE
                break
            b += 1
            continue
        if kind == NOTE_LOAD:
            ev.addr = addr[j]
            addr[j] += <uint64_t>p.stride[j]
            j += 1
            if <int64_t>(ev.addr >> shift) != number:       # else that load has used it just now
                number = <int64_t>(ev.addr >> shift)
                way = quick_way(T, ev.addr)
                if likely(way < MISSED):
                    stamp = touch_way(&T.level[0], number, way, 0)
                elif lean:
                    stamp = fetch_from_memory(T, number, now + b.data)
                    fetched += 1
                else:
                    stamp = touch_slow(T, number, now + b.data, 0)
                    number = NOWHERE            # what is prefetched besides may have taken its place
            data = stamp
            data = data - now if data > now + b.data else NOTHING
            if likely(data == b.note.data):
                b += 1
                continue
            B.seen = b.note[0]
            B.seen.data = data
            answer = ANSWERED
        else:
            number = NOWHERE
            if kind == NOTE_VECTOR or kind == NOTE_PAST:
                ev.addr = addr[j]
                addr[j] += <uint64_t>p.stride[j]
                j += 1
                ev.stride = b.op.size
                ev.bytes = <uint64_t>ev.vl * b.op.size
                ev.active = ev.vl
            if kind == NOTE_PAST and as_noted(T, b.note, &ev):
                pass_by(T, b.note.R, &ev)
                b += 1
                continue
            if likely(kind == NOTE_VECTOR and as_noted(T, b.note, &ev)):
                head = 0
                data = lines_of(T, b.note, ev.addr, now, &head)
                if likely(data == b.note.data and head == b.note.head):
                    b += 1
                    continue
                B.seen = b.note[0]
                B.seen.data, B.seen.head = data, head
                answer = ANSWERED
            else:
                if kind == NOTE_CONFIG:
                    configured(&ev, b.op)
                answer = question(T, B, p, b, &ev, now)
        if unlikely(answer != REPEATS):
            other = another(T, B, p, b, &ev, now, &answer)
            if other == NULL:
                how = AHEAD_PARTED
                break
            if answer == ANSWERED and other.note.sinks:
                notice(B, other.note, B.seen.data)
            if other != b:
                prefer(b, other)
            b = other
        b += 1
    T.beyond_l1 += fetched << shift
    T.dram_bytes += fetched << shift
    B.answer = answer if how == AHEAD_PARTED else REPEATS
    at[0], base[0] = b, now
    catch_up(s, p, done, b, how, n)
    return how
