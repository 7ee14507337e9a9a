"""Laps: what is recorded of a stretch of code, where it is kept, and what a chain of laps leaves behind; see laps.pxd."""
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort
from libc.string cimport memcmp, memcpy, memset

from rvsim.core.op cimport Event, Op
from rvsim.timing.flow cimport Flow
from rvsim.timing.pricing cimport occupy
from rvsim.timing.replay cimport NOTE_PLAIN
from rvsim.timing.state cimport *
from rvsim.timing.states cimport DEAD, free_view, list_places, look, new_view, put_rings, put_settings, take

cdef extern from *:
    """
    static inline int rvsim_lowest(unsigned long long x) { return __builtin_ctzll(x); }
    static inline int rvsim_count(unsigned long long x) { return __builtin_popcountll(x); }
    """
    int lowest "rvsim_lowest"(uint64_t x) noexcept nogil
    int bit_count "rvsim_count"(uint64_t x) noexcept nogil

cdef enum:
    ARENA = 12 << 20            # bytes
    MOST_WAYS = 64              # to go on from one place
    ALLOWANCE = 300000          # what laps from one instruction may cost beyond what they save,
    SHARE = 24                  # and of the model's work there the part that they may
    POOL = 20000000             # what they may cost beyond that, all together; an eighth of what is saved is added again
    CREDIT = 2000000            # so much is kept of what they saved
    PASSES = 32                 # times that pass before a site that has cost too much is judged again


# ---- the book --------------------------------------------------------------------------------------------------------

cdef Book *book_of(Timing *T) noexcept nogil:
    """The book of this model, a new one if need be; NULL where there is no room."""
    cdef Book *B = <Book *>T.laps
    if B != NULL:
        return B
    B = <Book *>calloc(1, sizeof(Book))
    if B == NULL:
        return NULL
    T.laps = B
    B.arena = <char *>malloc(ARENA)
    if B.arena == NULL or not new_view(&B.view):
        free_book(T)
        return NULL
    list_places(T, &B.view)
    B.detaches = T.detaches
    B.epoch = 1
    B.pool = POOL
    return B


cdef void free_book(Timing *T) noexcept nogil:
    cdef Book *B = <Book *>T.laps
    cdef Site *site
    T.laps = NULL
    if B == NULL:
        return
    while B.sites != NULL:
        site = B.sites
        B.sites = site.older
        free(site)
    free_view(&B.view)
    free(B.arena)
    free(B)


cdef void *room(Book *B, size_t size) noexcept nogil:
    """So many bytes of the arena, or NULL: it is full, and the book will be emptied."""
    cdef size_t at = B.used
    if size > ARENA - at:
        B.stale = True
        return NULL
    B.used = at + ((size + 15) & ~<size_t>15)
    return B.arena + at


cdef bint current(Timing *T, Book *B) noexcept nogil:
    """Empties the book where it is full, code has changed, or instructions use stamps that it does not know; whether it was good."""
    if B.detaches == T.detaches and not B.stale and B.laps < MOST_LAPS:
        return True
    flush(B)
    B.used = 0
    B.laps = B.chained = 0
    B.epoch += 1
    memset(B.bucket, 0, sizeof(B.bucket))
    B.products = B.loads = NULL
    list_places(T, &B.view)
    B.detaches = T.detaches
    B.stale = False
    return False


cdef Site *site_of(Book *B, Op *op) noexcept nogil:
    """What is known about laps from this instruction; NULL where it has no record, or there is no room."""
    cdef Record *R = <Record *>op.stat
    cdef Site *site
    if R == NULL:
        return NULL
    site = <Site *>R.loop
    if site == NULL:
        site = <Site *>calloc(1, sizeof(Site))
        if site == NULL:
            return NULL
        site.older, site.R = B.sites, R
        B.sites = site
        R.loop = site
    return site


cdef void credit(Book *B) noexcept nogil:
    """What laps have saved is counted."""
    cdef Lap *lap
    cdef Site *site
    cdef int64_t saved
    cdef int32_t j
    for j in range(B.touched):
        lap = B.of_touched[j]
        saved = (lap.times - lap.credited) * lap.worth
        lap.credited = lap.times
        site = <Site *>lap.begins.site
        site.gained += saved
        B.pool += saved // 8
        if site.gained - site.spent > CREDIT:
            site.gained = site.spent + CREDIT
    if B.pool > POOL:
        B.pool = POOL


cdef bint worth_while(Book *B, Site *site) noexcept nogil:
    """Whether laps from here are to be looked for and recorded: not where that has cost too much so far."""
    cdef int64_t most
    if site.skip:
        site.skip -= 1
        return False
    if site.spent - site.gained <= ALLOWANCE:
        return True
    credit(B)
    most = ALLOWANCE + site.granted + site.R.count * site.typical // SHARE
    if site.spent - site.gained <= most:
        return True
    if B.pool > 0:
        B.pool -= ALLOWANCE
        site.granted += ALLOWANCE
        return True
    site.skip = PASSES
    return False


cdef void vary(Book *B, Record *R) noexcept nogil:
    """An answer that was not known has ended a chain of laps. Where that happens again and again, laps end before the instruction, so that
    what comes before it and long after it need not be recorded for each."""
    R.varied += 1
    if R.varied & (VARIED - 1) == 0 and not R.apart:
        flush(B)
        R.apart = R.varied * <int64_t>SELDOM > R.count


cdef void prefer(Beat *first, Beat *other) noexcept nogil:
    """Of the ways to go on from one place this one was gone last: it comes behind the first."""
    cdef Beat *before = first
    while before.other != <void *>other:
        before = <Beat *>before.other
    before.other = other.other
    other.other = first.other
    first.other = other


cdef void limit(Beat *first) noexcept nogil:
    """No more than so many ways to go on: the one that was not gone for longest is forgotten."""
    cdef int32_t ways = 1
    while first.other != NULL:
        if ways == MOST_WAYS:
            first.other = NULL
            return
        first = <Beat *>first.other
        ways += 1


cdef State *state_at(Timing *T, Book *B, Op *op, Event *ev) noexcept nogil:
    """The state at hand before this instruction; NULL where there is no room."""
    cdef View *V = &B.view
    cdef uint64_t hash = take(T, V, ev) + op.pc * 0x9E3779B97F4A7C15ULL
    cdef State **bucket = &B.bucket[hash >> 52]
    cdef State *state = bucket[0]
    cdef Site *site
    while state != NULL:
        if state.hash == hash and state.op == op and memcmp(state.value, V.now, V.size * sizeof(int64_t)) == 0:
            return state
        state = state.next
    site = site_of(B, op)
    state = <State *>room(B, sizeof(State) + V.size * sizeof(int64_t)) if site != NULL else NULL
    if state == NULL:
        return NULL
    state.op, state.root, state.site, state.hash = op, NULL, site, hash
    state.value = <int64_t *>(state + 1)
    memcpy(state.value, V.now, V.size * sizeof(int64_t))
    state.next = bucket[0]
    bucket[0] = state
    return state


cdef Note *note_at(Lap *lap, int32_t k) noexcept nogil:
    """A note of the lap, of those shared with others, too."""
    while k < lap.start:
        lap = lap.parent
    return &lap.note[k - lap.start]


cdef void enlist(Book *B, Lap *lap) noexcept nogil:
    """The lap was replayed for the first time since `put`."""
    lap.epoch = B.epoch
    B.of_chain[B.chained] = lap
    B.chained += 1
    if lap.times == 1:
        B.of_touched[B.touched] = lap
        B.touched += 1


# ---- recording -------------------------------------------------------------------------------------------------------

cdef bint begin(Timing *T, Book *B) noexcept nogil:
    """A lap is recorded from here on; false where there is no room."""
    cdef View *V = &B.view
    if B.stale or B.laps == MOST_LAPS or V.loose and T.frontier < untagged(T.front):
        return False
    B.serial += 1
    B.notes = B.instructions = B.marked = 0
    B.worth = 0
    B.observed = 0
    B.late = 0
    look(V, B.before)
    memcpy(B.busy, T.pipe_busy, sizeof(B.busy))
    B.front, B.frontier, B.current, B.layout = T.front, T.frontier, T.current, T.layout
    T.current = NULL
    if V.loose:
        T.frontier = untagged(T.front)
        T.watch = 1
    return True


cdef inline int64_t level(Timing *T, Record *R) noexcept nogil:
    """Counts the work of a vector instruction up to now; returns how many executions that were."""
    cdef int64_t count = R.count - R.since
    R.elements += (R.count - R.since) * <int64_t>R.vl
    R.since = R.count
    occupy(T.pipe_busy, R, count)
    return count


cdef void remember(Book *B, Record *R, int32_t k) noexcept nogil:
    """The counters of an instruction as they are go to place `k` of the scratch."""
    cdef int64_t *value = B.counter[k]
    R.marked = B.serial
    value[0], value[1], value[2], value[3], value[4], value[5] = R.count, R.extra, R.execute, R.bytes, R.since, R.elements
    memcpy(value + OTHERS, R.cause, sizeof(R.cause))
    B.of_marked[k] = R


cdef inline Add *gain(Add *add, int64_t *at, int64_t before) noexcept nogil:
    """Notes what was added to a counter, if anything was; returns where the next one goes."""
    add.at, add.amount = at, at[0] - before
    return add + (add.amount != 0)


cdef int32_t gains_of(Book *B, int32_t records) noexcept nogil:
    """What has been added to these instructions' counters since `remember` goes to Book.gain; returns how many have changed."""
    cdef Add *add = B.gain
    cdef Record *R
    cdef int64_t *value
    cdef int32_t k, i
    for k in range(records):
        R, value = B.of_marked[k], B.counter[k]
        add = gain(add, &R.count, value[0])
        add = gain(add, &R.extra, value[1])
        add = gain(add, &R.execute, value[2])
        add = gain(add, &R.bytes, value[3])
        add = gain(add, &R.since, value[4])
        add = gain(add, &R.elements, value[5])
        for i in range(NCAUSES):
            if R.cause[i] != value[OTHERS + i]:
                add = gain(add, &R.cause[i], value[OTHERS + i])
    return <int32_t>(add - B.gain)


cdef bint meet(Timing *T, Book *B, Record *R) noexcept nogil:
    """The recording comes to an instruction: its counters are noted. False where it cannot go on."""
    if R.marked == B.serial:
        return True
    if B.marked == LONGEST_LAP:
        return False
    if R.path >= PATH_VECTOR:
        occupy(B.busy, R, level(T, R))
    remember(B, R, B.marked)
    B.marked += 1
    return True


cdef int32_t find_adds(Timing *T, Book *B) noexcept nogil:
    """What the lap has added to counters goes to Book.gain; returns how many."""
    cdef Add *add = B.gain + gains_of(B, B.marked)
    cdef int32_t i
    for i in range(MAX_PIPES):
        add = gain(add, &T.pipe_busy[i], B.busy[i])
    add.at, add.amount = &T.replayed, B.instructions
    return <int32_t>(add - B.gain) + 1


cdef int32_t find_changes(Timing *T, Book *B) noexcept nogil:
    """Which places have new stamps, which go to Book.changed and Book.left; returns how many, or -1 where one of these was copied from a
    stamp that is not known exactly."""
    cdef View *V = &B.view
    cdef int64_t now, base = untagged(B.front), end = untagged(T.front)
    cdef int32_t k, found = 0
    memset(B.changed, 0, sizeof(B.changed))
    for k in range(V.single):
        now = V.place[k].at[0]
        if now != B.before[k]:
            if V.place[k].open and now < base - V.place[k].reach:
                return -1
            B.changed[k >> 6] |= <uint64_t>1 << (k & 63)
            B.left[found] = now - end
            found += 1
    return found


cdef void keep_notes(Book *B, Lap *lap) noexcept nogil:
    """The lap's own notes leave the scratch."""
    cdef int32_t own = lap.count - lap.start, k
    cdef Flow *flow = <Flow *>(lap.add + lap.adds)
    cdef Event *event = <Event *>(lap.left + lap.lefts)
    memcpy(lap.note, &B.note[lap.start], own * sizeof(Note))
    for k in range(own):
        lap.note[k].lap = lap
        if lap.note[k].flow != NULL:
            flow[0] = lap.note[k].flow[0]
            lap.note[k].flow = flow
            flow += 1
        if lap.note[k].R != NULL and lap.note[k].R.path >= PATH_CONFIG:
            event[0] = lap.note[k].ev[0]
            lap.note[k].ev = event
            event += 1


cdef Lap *new_lap(Book *B, int32_t start, int32_t adds, int32_t lefts) noexcept nogil:
    """Room for what was recorded, beginning with note `start`."""
    cdef Lap *lap
    cdef int32_t own = B.notes - start, asked = 1, events = 0, flows = 0, k
    for k in range(start, B.notes):
        asked += B.note[k].kind != NOTE_PLAIN
        flows += B.note[k].flow != NULL
        events += B.note[k].R != NULL and B.note[k].R.path >= PATH_CONFIG
    lap = <Lap *>room(B, sizeof(Lap) + own * sizeof(Note) + (own + 1) * sizeof(Beat) + asked * sizeof(Question) + adds * sizeof(Add)
                      + flows * sizeof(Flow) + lefts * sizeof(int64_t) + events * sizeof(Event))
    if lap == NULL:
        return NULL
    memset(lap, 0, sizeof(Lap))
    lap.start, lap.count, lap.instructions, lap.worth = start, B.notes, B.instructions, B.worth
    lap.note = <Note *>(lap + 1)
    lap.beat = <Beat *>(lap.note + own)
    lap.ask = <Question *>(lap.beat + own + 1)
    lap.add = <Add *>(lap.ask + asked)
    lap.left = <int64_t *>(<Flow *>(lap.add + adds) + flows)
    lap.adds, lap.lefts = adds, lefts
    memcpy(lap.add, B.gain, adds * sizeof(Add))
    memcpy(lap.left, B.left, lefts * sizeof(int64_t))
    memcpy(lap.changed, B.changed, sizeof(lap.changed))
    return lap


cdef Lap *complete(Timing *T, Book *B, State *state, Beat *beside, Op *op, Event *ev, bint instead) noexcept nogil:
    """The lap from `state` is recorded and ends before `op`; NULL where it will not do.

    beside: the beat of an older lap where this one parts from it, or NULL; `instead`: where the older one is to end now, too.
    Its beats are not filled in.
    """
    cdef Lap *lap
    cdef State *ends = NULL
    cdef Record *last = T.current
    cdef Lap *parent = <Lap *>beside.note.lap if beside != NULL else NULL
    cdef int32_t start = index_of(beside.note) if parent != NULL else 0, lefts, k
    give_up(T, B)
    if untagged(T.front) <= untagged(B.front) or T.detaches != B.detaches or B.stale or B.notes < start + (not instead):
        return NULL
    if B.layout < MIXED and T.layout == MIXED:      # depends on what was ever written
        return NULL
    for k in range(B.marked):
        if B.of_marked[k].path >= PATH_VECTOR:
            level(T, B.of_marked[k])
    lefts = find_changes(T, B)
    ends = state_at(T, B, op, ev) if lefts >= 0 else NULL
    lap = new_lap(B, start, find_adds(T, B), lefts) if ends != NULL else NULL
    if lap == NULL:
        return NULL
    keep_notes(B, lap)
    lap.begins, lap.ends, lap.parent, lap.current = state, ends, parent, last
    lap.length = untagged(T.front) - untagged(B.front)
    if B.view.loose:
        lap.ahead, lap.ahead_end = B.frontier - untagged(B.front), T.frontier - untagged(T.front)
    B.laps += 1
    if beside == NULL:
        state.root = lap.beat
    return lap


cdef void lie_beside(Beat *first, Lap *lap) noexcept nogil:
    """One more way to go on from this beat: the lap's first beat says what was otherwise there. It is looked at, and never run."""
    lap.beat.data = lap.note.data
    lap.beat.other = first.other
    first.other = lap.beat
    limit(first)


cdef void give_up(Timing *T, Book *B) noexcept nogil:
    """The recording is over."""
    if T.current == NULL:
        T.current = B.current


# ---- replaying -------------------------------------------------------------------------------------------------------

cdef int later_first(const void *a, const void *b) noexcept nogil:
    cdef int64_t p = (<Lap **>a)[0].last, q = (<Lap **>b)[0].last
    return -1 if p > q else 1


cdef void put_dead(Book *B, uint64_t *open) noexcept nogil:
    """Stamps too old to matter get what the laps of the chain have left there; `open`: the places."""
    cdef Lap *lap
    cdef uint64_t found
    cdef int32_t j, w, i, before
    for j in range(B.chained):
        lap = B.of_chain[j]
        before = 0
        for w in range(WORDS):
            found = open[w] & lap.changed[w]
            open[w] &= ~found
            while found:
                i = lowest(found)
                found &= found - 1
                B.view.place[64 * w + i].at[0] = lap.last + lap.left[before + bit_count(lap.changed[w] & ((<uint64_t>1 << i) - 1))]
            before += bit_count(lap.changed[w])


cdef void put(Timing *T, Book *B, State *state, int64_t base) noexcept nogil:
    """Brings the stamps up to date: the laps of the chain are over, and this state begins at `base`."""
    cdef View *V = &B.view
    cdef uint64_t open[WORDS]
    cdef int32_t k
    if B.chained == 0:
        return
    qsort(B.of_chain, B.chained, sizeof(Lap *), later_first)
    memset(open, 0, sizeof(open))
    for k in range(V.single):
        if state.value[k] > DEAD // 2:
            V.place[k].at[0] = base + state.value[k]
        else:
            open[k >> 6] |= <uint64_t>1 << (k & 63)
    put_dead(B, open)
    put_rings(V, state, base)
    put_settings(T, V, state, base)
    if V.loose:
        T.frontier = base + B.ahead
    if B.mover != NULL:
        T.current = B.mover
        B.mover = NULL
    B.chained = 0
    B.epoch += 1


cdef void flush(Book *B) noexcept nogil:
    """Brings the counters up to date."""
    cdef Lap *lap
    cdef Settled *settled
    cdef int32_t j, k
    credit(B)
    for j in range(B.touched):
        lap = B.of_touched[j]
        for k in range(lap.adds):
            lap.add[k].at[0] += lap.times * lap.add[k].amount
        settled = lap.settled
        while settled != NULL:
            if settled.times:
                for k in range(settled.adds):
                    settled.add[k].at[0] += settled.times * settled.add[k].amount
                settled.times = 0
            settled = settled.older
        lap.times = lap.credited = 0
    B.touched = 0
