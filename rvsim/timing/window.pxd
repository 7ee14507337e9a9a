# The window of an out-of-order core: instructions enter it in order, start in any order, and leave it in order.
#
#     rename()  in order: a slot of the front end, an entry of the window      -> stamp at which the instruction may start
#     reserve() a unit: a clock of the work it has been given                  -> stamp at which the unit can take it
#     retire()  in order: entries become free
#     complete() the charge, by the completion frontier
#
# A unit is a clock of work, not a calendar: work counts from the moment an instruction could have been considered, so one that
# waits for operands leaves its unit to younger ones. Rates never exceed the unit's, and more hardware never makes anything later.
from libc.stdint cimport int64_t, uint64_t

from rvsim.timing.state cimport (
    BANDWIDTH, FORWARDS, L1, ORDER, QUEUE, TAG_MASK, UNIT, Record, Timing, Wrote, later, tagged, untagged,
)


cdef inline int64_t rename(Timing *T, Record *R) noexcept nogil:
    """Stamp at which the instruction enters the window; the front moves on by one slot."""
    cdef int64_t r = T.front
    if R.folds and T.folded and T.folded < T.fold:
        T.folded += 1                   # shares the entry of the instruction before it
    else:
        T.entry = T.window_at
        T.window_at = T.window_at + 1 if T.window_at + 1 < T.window else 0
        T.folded = 1 if R.folds else 0
        r = later(r, T.ring[T.entry])
    T.front = untagged(r) + T.slot
    return r


cdef inline int64_t reserve(int64_t *unit, int64_t enter, int64_t work) noexcept nogil:
    """The unit is given `work` of an instruction that entered the window at `enter`; returns when it can begin with it."""
    cdef int64_t free = unit[0]
    unit[0] = tagged(later(free, enter) + work, UNIT)
    return free


cdef inline void occupy(int64_t *unit, int64_t enter, int64_t start, int64_t work, int64_t ahead) noexcept nogil:
    """The same for work whose start is known: younger work may use the unit no more than `ahead` before it.

    With ahead = 0 the unit works in program order.
    """
    unit[0] = tagged(later(later(unit[0], enter), start - ahead) + work, UNIT)


cdef inline void note_store(Timing *T, uint64_t low, uint64_t high, int64_t ready) noexcept nogil:
    """The store has written these bytes; they are known at `ready`."""
    cdef uint64_t line = low >> 6, end = (high - 1) >> 6
    if end - line >= FORWARDS:
        line = end - FORWARDS + 1
    while line <= end:
        T.wrote[line & (FORWARDS - 1)].low = low
        T.wrote[line & (FORWARDS - 1)].high = high
        T.wrote[line & (FORWARDS - 1)].ready = ready
        line += 1


cdef inline int64_t written_by(Timing *T, uint64_t low, uint64_t high, int64_t t) noexcept nogil:
    """When the last stores to these bytes let a load have them, if later than t."""
    cdef uint64_t line = low >> 6, end = (high - 1) >> 6
    cdef Wrote *store
    if end - line >= FORWARDS:
        line = end - FORWARDS + 1
    while line <= end:
        store = &T.wrote[line & (FORWARDS - 1)]
        if store.low < high and low < store.high:
            t = later(t, tagged(store.ready, ORDER))
        line += 1
    return t


cdef inline void retire(Timing *T, int64_t done) noexcept nogil:
    """In-order commit: the entry is free when this instruction and all before it are done.

    Whoever waits for it waits for memory, where that made the oldest one late, and otherwise for room.
    """
    cdef int64_t cause = done & TAG_MASK
    if not L1 <= cause <= BANDWIDTH:
        done = tagged(done, QUEUE)
    T.commit = later(untagged(T.commit) + T.commit_step, done)
    T.ring[T.entry] = T.commit


cdef inline void complete(Timing *T, Record *R, int64_t r, int64_t t, int64_t done) noexcept nogil:
    """The frontier moves to `done`. One slot of the charge is issue; the rest is, backwards, the instruction's own latency (the
    cause of `done`), its wait for units and operands (of t), and its way into the window (of r).
    """
    cdef int64_t end = untagged(done), gap = end - T.frontier, part
    if gap <= 0:
        R.extra -= T.slot
        return
    T.frontier = end
    T.current = R
    gap -= T.slot
    R.extra += gap
    if gap <= 0:
        return
    part = end - untagged(t)
    part = part if part < gap else gap
    R.cause[done & TAG_MASK] += part
    gap -= part
    part = untagged(t) - untagged(r)
    part = part if part < gap else gap
    R.cause[t & TAG_MASK] += part
    R.cause[r & TAG_MASK] += gap - part
