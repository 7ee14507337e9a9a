"""Charges of laps for any frontier that they begin with; see accounts.pxd."""
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy

from rvsim.timing.flow cimport Flow, charge_stages
from rvsim.timing.laps cimport MOST_NOTES, Add, Book, Lap, Settled, gains_of, index_of, note_at, remember, room
from rvsim.timing.replay cimport NOTE_BRANCH, NOTE_JUMP, NOTE_VECTOR, NOTHING, Note
from rvsim.timing.state cimport (
    BRANCH, FRONTEND, NCAUSES, PATH_CONFIG, PATH_VECTOR, PATH_VSTORE, TAG_MASK, Record, Timing, later, untagged,
)

cdef enum:
    MOST_SETTLED = 8    # frontiers at the beginning of one lap whose charges are kept


# ---- recording -------------------------------------------------------------------------------------------------------

cdef bint sinks(Timing *T, Record *R, int32_t kind) noexcept nogil:
    """Whether nothing that this machine reads depends on when the instruction is done."""
    return (kind == NOTE_VECTOR and R.path == PATH_VSTORE and T.plain and not T.follows and not T.scalar_load_after_stores
            and not T.scalar_store_after_vector and R.rd == 32 and not R.price.blocks)


cdef void look_before(Timing *T, Book *B, Record *R, Before *before) noexcept nogil:
    """What `observe` compares with. The model is to charge the instruction everything: what it waits for shows in no other way."""
    before.count, before.extra, before.execute, before.frontier = R.count, R.extra, R.execute, T.frontier
    memcpy(before.cause, R.cause, sizeof(before.cause))
    if B.view.loose:
        T.frontier = untagged(T.front)


cdef inline void observe_vector(Timing *T, Note *note, Flow *f, int64_t base) noexcept nogil:
    """The stages of a vector instruction, as it has left them for observers."""
    note.flow = f
    f.accepted, f.sequenced = T.stages.accepted - base, T.stages.sequenced - base
    f.start, f.end, f.occ = T.stages.start - base, T.stages.end - base, T.stages.occ
    f.work, f.latency = T.stages.work, T.stages.latency
    note.done = f.done = T.stages.done - base


cdef inline void observe_scalar(Timing *T, Note *note, Before *before, int64_t base) noexcept nogil:
    """A scalar instruction or vset*: everything behind the front that it found is charged to it."""
    cdef Record *R = note.R
    cdef int64_t gained
    cdef int32_t i
    note.done = untagged(T.front) - base
    if note.kind == NOTE_BRANCH or note.kind == NOTE_JUMP:
        note.lost = R.cause[<int>BRANCH] - before.cause[<int>BRANCH]
        note.fetched = note.done - note.lost
        note.done = untagged(T.port[R.port]) - untagged(R.interval) + T.slot - base     # the slot behind its issue
        note.fetched -= note.done
    for i in range(NCAUSES):
        gained = R.cause[i] - before.cause[i]
        if i != BRANCH and gained != (note.fetched if i == FRONTEND else 0):
            note.cause = i


# ---- charges ---------------------------------------------------------------------------------------------------------

cdef inline int64_t slot_of(Timing *T, Note *note) noexcept nogil:
    """What is charged as issue each time."""
    return T.slot if note.R.path < PATH_CONFIG else 0


cdef int64_t charge_vector(Note *note, int64_t done, int32_t latency, int64_t frontier, int64_t sign) noexcept nogil:
    """The window between the frontier and the completion of a vector instruction."""
    note.R.extra += sign * (done - frontier)
    charge_stages(note.R.cause, note.flow, done, latency, done - frontier, sign)
    return done


cdef inline int64_t charge_more(Record *R, int64_t gap, int32_t cause, int64_t sign, Record **mover) noexcept nogil:
    """Charges a window behind the frontier, if there is one; returns how far that moves it."""
    if gap <= 0:
        return 0
    R.extra += sign * gap
    R.cause[cause] += sign * gap
    mover[0] = R
    return gap


cdef int64_t charge_note(Timing *T, Note *note, int64_t done, int32_t latency, int64_t frontier, int64_t sign, Record **mover) noexcept nogil:
    """Charges an instruction that was done at `done` (or takes that back, sign -1); returns the frontier, and who has moved it."""
    cdef Record *R = note.R
    cdef int64_t gap = done - frontier, slot
    if note.flow != NULL:
        if gap <= 0:
            return frontier
        mover[0] = R
        return charge_vector(note, done, latency, frontier, sign)
    slot = slot_of(T, note)
    if gap > 0:
        R.extra += sign * (gap - slot)
        if gap > slot:
            R.cause[note.cause] += sign * (gap - slot)
        if gap != slot:
            mover[0] = R
        frontier = done
    else:
        R.extra -= sign * slot
    if note.lost:
        frontier += charge_more(R, done + note.lost - frontier, BRANCH, sign, mover)
    if note.fetched:
        frontier += charge_more(R, done + note.lost + note.fetched - frontier, FRONTEND, sign, mover)
    return frontier


cdef void observe(Timing *T, Book *B, Note *note, Before *before) noexcept nogil:
    """The model is done with an instruction of the recording at hand: what it charges, if it did anything."""
    cdef Record *R = note.R
    cdef Record *nobody = NULL
    cdef int64_t base = untagged(B.front)
    if not B.view.loose:
        return
    if R.count == before.count:
        T.frontier = before.frontier
        return
    B.observed = B.notes + 1
    note.above = before.frontier - base
    note.lost, note.fetched, note.cause, note.flow = 0, 0, BRANCH, NULL
    if R.path >= PATH_VECTOR and (R.step != T.empty_step or R.step == NULL):
        observe_vector(T, note, &B.flow[B.notes], base)
    else:
        observe_scalar(T, note, before, base)
    R.extra, R.execute = before.extra, before.execute
    memcpy(R.cause, before.cause, sizeof(before.cause))
    T.frontier = base + charge_note(T, note, note.done, note.flow.latency if note.flow != NULL else 0, note.above, 1, &nobody)


cdef inline Note *recorded_note(Book *B, Lap *lap, int32_t k) noexcept nogil:
    """A note of the lap, or of the recording at hand (NULL)."""
    return note_at(lap, k) if lap != NULL else &B.note[k]


cdef inline Note *notes_from(Book *B, Lap *lap, int32_t k, int32_t *end) noexcept nogil:
    """The same; `end`: up to where notes lie behind it."""
    end[0] = lap.count if lap != NULL else MOST_NOTES
    while lap != NULL and k < lap.start:
        end[0] = lap.start
        lap = lap.parent
    return recorded_note(B, lap, k)


cdef Record *last_mover(Timing *T, Book *B, Lap *lap, int32_t first, int32_t end, int64_t ahead) noexcept nogil:
    """The last of these instructions that moves the frontier where that was `ahead` at the beginning, or NULL."""
    cdef Note *note
    cdef int64_t gap
    while end > first:
        end -= 1
        note = recorded_note(B, lap, end)
        if note.R == NULL:
            continue
        gap = note.done - later(ahead, note.above)
        if gap > 0 and (note.flow != NULL or gap != slot_of(T, note)) or note.lost + note.fetched and gap + note.lost + note.fetched > 0:
            return note.R
    return NULL


cdef struct Walk:
    int64_t recorded, actual    # the two frontiers
    int32_t at                  # where they have met, or the end
    int32_t odds                # those that are over
    Record *mover               # who has moved the actual one before


cdef void answered(Timing *T, Note *note, int64_t data, int64_t *done, int32_t *latency) noexcept nogil:
    """When a store is done whose answer was this."""
    cdef int64_t noted = untagged(note.settled if note.data == NOTHING else note.data)
    done[0] += untagged(note.settled if data == NOTHING else data) - noted
    latency[0] = T.memory_tag if data == NOTHING else <int32_t>(data & TAG_MASK)


cdef void walk(Timing *T, Book *B, Lap *lap, int32_t count, Walk *w) noexcept nogil:
    """Takes back what was charged from note `at` on with the recorded frontier and answers, and charges what should have been."""
    cdef Record *nobody = NULL
    cdef Note *note = NULL
    cdef int64_t done, last
    cdef int32_t end = 0
    cdef int32_t latency
    cdef bint odd
    while w.at < count and (w.recorded != w.actual or w.odds < B.odds):
        note = note + 1 if w.at < end else notes_from(B, lap, w.at, &end)
        w.at += 1
        if note.R == NULL:
            continue
        odd = w.odds < B.odds and index_of(B.odd[w.odds].note) == w.at - 1
        last = note.done + note.lost + note.fetched
        if not odd and last <= w.recorded and last <= w.actual:
            continue                # neither moves; the slot is charged either way
        done = note.done
        latency = note.flow.latency if note.flow != NULL else 0
        w.recorded = charge_note(T, note, done, latency, w.recorded, -1, &nobody)
        if odd:
            answered(T, note, B.odd[w.odds].data, &done, &latency)
            w.odds += 1
        w.actual = charge_note(T, note, done, latency, w.actual, 1, &w.mover)


cdef bint balance(Timing *T, Book *B) noexcept nogil:
    """The recording is over: only what lies behind the real frontier is charged; whether the lap may be kept."""
    cdef Walk w
    cdef int64_t base = untagged(B.front), odds = B.odds
    cdef bint good = T.frontier >= untagged(T.front)
    cdef int32_t count = B.notes if B.notes > B.observed else B.observed
    if not B.view.loose:
        return True
    T.watch = 0
    w.recorded, w.actual, w.at, w.odds, w.mover = 0, B.frontier - base, 0, 0, NULL
    B.odds = 0                      # they come later
    walk(T, B, NULL, count, &w)
    B.odds = <int32_t>odds
    T.frontier = later(T.frontier, B.frontier)
    T.current = last_mover(T, B, NULL, 0, count, B.frontier - base)
    return good


cdef Record *meet_again(Timing *T, Book *B, Lap *lap, int32_t count, Walk *w, int64_t ahead) noexcept nogil:
    """Charges the difference; returns who moved the frontier last, NULL: nobody in this lap."""
    cdef int32_t first = 0
    cdef Record *mover
    w.recorded, w.at, w.odds, w.mover = ahead, 0, 0, NULL
    if ahead == w.actual:
        first = w.at = index_of(B.odd[0].note)
        w.recorded = w.actual = later(ahead, recorded_note(B, lap, first).above)
    walk(T, B, lap, count, w)
    mover = last_mover(T, B, lap, w.at, count, ahead) if w.recorded == w.actual else NULL
    if mover == NULL:
        mover = w.mover
    if mover == NULL:
        mover = last_mover(T, B, lap, 0, first, ahead)
    return mover


cdef void walk_and_settle(Timing *T, Book *B, Lap *lap) noexcept nogil:
    """`settle` note by note."""
    cdef Walk w
    cdef Record *mover
    w.actual = B.ahead
    mover = meet_again(T, B, lap, lap.count, &w, lap.ahead)
    if mover != NULL:
        B.mover = mover
    B.ahead = lap.ahead_end if w.recorded == w.actual else w.actual - lap.length
    B.odds = 0


cdef int32_t remember_all(Book *B, Lap *lap) noexcept nogil:
    """The counters of the lap's instructions as they are, in the scratch of recordings; returns of how many."""
    cdef Record *R
    cdef int32_t k, found = 0
    B.serial += 1
    for k in range(lap.count):
        R = note_at(lap, k).R
        if R != NULL and R.marked != B.serial:
            remember(B, R, found)
            found += 1
    return found


cdef void settle(Timing *T, Book *B, Lap *lap) noexcept nogil:
    """A lap has been replayed that did not begin with the frontier it was recorded with, or whose stores were answered otherwise.

    What comes of a frontier is kept: laps that come again and again begin with few of them.
    """
    cdef Settled *known = lap.settled
    cdef int64_t ahead = B.ahead
    cdef int32_t records, adds
    cdef bint plain = B.odds == 0
    cdef Record *before = B.mover
    cdef Record *mover
    while plain and known != NULL:
        if known.ahead == ahead:
            known.times += 1
            B.ahead = known.ahead_end
            if known.mover != NULL:
                B.mover = known.mover
            return
        known = known.older
    if not plain or lap.settles == MOST_SETTLED:
        walk_and_settle(T, B, lap)
        return
    records = remember_all(B, lap)
    B.mover = NULL
    walk_and_settle(T, B, lap)
    mover = B.mover
    if mover == NULL:
        B.mover = before
    adds = gains_of(B, records)
    known = <Settled *>room(B, sizeof(Settled) + adds * sizeof(Add))
    if known == NULL:
        return
    known.add, known.adds = <Add *>(known + 1), adds
    memcpy(known.add, B.gain, adds * sizeof(Add))
    known.ahead, known.ahead_end, known.mover, known.times = ahead, B.ahead, mover, 0
    known.older = lap.settled
    lap.settled = known
    lap.settles += 1


cdef void settle_recorded(Timing *T, Book *B) noexcept nogil:
    """What is recorded is charged as its notes say, but its beginning was answered otherwise."""
    cdef Walk w
    cdef Record *mover
    cdef int64_t ahead = B.frontier - untagged(B.front)
    if B.odds == 0:
        return
    w.actual = ahead
    mover = meet_again(T, B, NULL, B.notes if B.notes > B.observed else B.observed, &w, ahead)
    T.current = mover if mover != NULL else B.current
    if w.recorded != w.actual:
        T.frontier = untagged(B.front) + w.actual
    B.odds = 0
