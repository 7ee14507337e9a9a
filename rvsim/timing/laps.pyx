"""Laps: what has to be equal for iterations of a loop to repeat, and the leap over those that do; see laps.pxd."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memcpy, memset

from rvsim.core.op cimport VMODE_FF, Event, Op
from rvsim.timing.caches cimport find
from rvsim.timing.replay cimport (
    MOST_NOTES, NOTE_AMOUNT, NOTE_AROUND, NOTE_BRANCH, NOTE_CONFIG, NOTE_LOAD, NOTE_PAST, NOTE_PLAIN, NOTE_STORE, NOTE_VECTOR, NOTHING, Note,
)
from rvsim.timing.state cimport *

cdef enum:
    COUNTERS = 4 + NCAUSES      # of a Record

cdef extern from *:
    """
    #define RVSIM_DEAD (-0x4000000000000000LL)
    """
    const int64_t DEAD "RVSIM_DEAD"     # a place whose stamp is too old to be the later of anything

# What the instructions of a loop read and write of the arrays of Timing.
cdef struct Uses:
    uint8_t ready[NREADY]
    uint8_t port[64]
    uint8_t group[33]
    uint8_t pipe[MAX_PIPES]


# ---- what a loop is --------------------------------------------------------------------------------------------------

cdef int32_t kind_of(Timing *T, Op *op, Record *R, bint last) noexcept nogil:
    """Kind of note of an instruction; -1 where the loop cannot be replayed with it."""
    if last:
        return NOTE_BRANCH if R.path == PATH_BRANCH else -1
    if R.path == PATH_PLAIN:
        return NOTE_PLAIN
    if R.path == PATH_LOAD:
        return NOTE_LOAD if T.levels else NOTE_PLAIN
    if R.path == PATH_STORE:
        return NOTE_PLAIN if not T.levels else NOTE_AROUND if T.write_through else NOTE_STORE
    if R.path == PATH_CONFIG:
        return NOTE_CONFIG
    if R.path == PATH_VECTOR:
        return NOTE_AMOUNT if R.keyed else NOTE_PLAIN
    if R.path == PATH_VLOAD or R.path == PATH_VSTORE:
        return -1 if op.vmode == VMODE_FF else NOTE_PAST if T.memory_level else NOTE_VECTOR
    return -1


cdef void note_uses(Timing *T, Record *R, Uses *u) noexcept nogil:
    cdef Price *p = R.price
    cdef int32_t i
    u.ready[R.s1] = u.ready[R.s2] = u.ready[R.s3] = u.ready[R.rd] = 1
    if R.path < PATH_CONFIG:
        u.port[R.port] = 1
    elif R.path > PATH_CONFIG:
        for i in range(3):
            u.group[R.src[i]] = 1
        for i in range(R.nsrc):
            u.group[R.src[i]] = 1
        for i in range(R.ndst):
            u.group[R.dst[i]] = 1
        u.pipe[R.pipe] |= 1
        u.pipe[R.beside] |= 1
        for i in range(p.npipes):
            u.pipe[p.pipe[i]] |= 1 if p.npipes == 1 or p.all_pipes else 3
        if R.also != 255:
            u.pipe[R.also] |= 1
        if T.reshuffle:
            u.pipe[T.reshuffler.pipe[0]] |= 1


cdef inline void add_slot(Circuit *C, int64_t *at) noexcept nogil:
    C.place[C.places].at = at
    C.place[C.places].compared = False
    C.places += 1


cdef void add_ring(Circuit *C, int64_t *entries, uint32_t *place, uint32_t size) noexcept nogil:
    cdef Rotor *ring = &C.rotor[C.rotors]
    if size:
        ring.entries, ring.place, ring.size = entries, place, size
        C.rotors += 1


cdef void add_places(Timing *T, Circuit *C, Uses *u) noexcept nogil:
    """Every stamp that these instructions read or write, but for the front and the rings."""
    cdef int32_t i
    for i in range(1, NREADY):
        if u.ready[i] and i != 32:
            add_slot(C, &T.ready[i])
    for i in range(64):
        if u.port[i]:
            add_slot(C, &T.port[i])
    for i in range(32):
        if u.group[i]:
            add_slot(C, &T.first[i])
            add_slot(C, &T.last[i])
            add_slot(C, &T.written[i])
            add_slot(C, &T.busy[i])
            add_slot(C, &T.reader_first[i])
            add_slot(C, &T.reader_last[i])
    for i in range(MAX_PIPES):
        if u.pipe[i]:
            add_slot(C, &T.pipe[i])
            C.place[C.places - 1].compared = u.pipe[i] > 1
            add_ring(C, T.queue[i], &T.queue_at[i], T.queue_depth[i])
    add_slot(C, &T.commit)
    add_slot(C, &T.commit_before)
    add_slot(C, &T.load_after)
    add_slot(C, &T.store_after)
    add_slot(C, &T.store_drained)
    add_slot(C, &T.arrive)
    add_slot(C, &T.sequencer)
    add_slot(C, &T.last_start)
    add_slot(C, &T.memory_end)
    add_slot(C, &T.drained)
    add_slot(C, &T.load_done)
    add_slot(C, &T.store_done)
    add_slot(C, &T.stream_end)
    add_slot(C, &T.other_end)
    add_slot(C, &T.frontier)
    add_ring(C, T.ring, &T.window_at, T.window)
    add_ring(C, T.flight, &T.flight_at, T.flights)
    add_ring(C, T.waiting, &T.waiting_at, T.waits)


cdef Circuit *survey(Timing *T, Op *head, Op *branch) noexcept nogil:
    """The loop from head to the branch that closes it; NULL when it is none that can be replayed."""
    cdef Circuit *C
    cdef Op *op = head
    cdef Record *R
    cdef int32_t count = 0, k
    cdef int64_t most = NREADY + 64 + 6 * 33 + MAX_PIPES + 16 + MAX_WINDOW + (2 + MAX_PIPES) * MAX_QUEUE
    if T.out_of_order or T.failed or not T.replays or branch < head or (branch.pc ^ head.pc) >> 12:
        return NULL
    if branch - head != <int64_t>((branch.pc - head.pc) >> 1):
        return NULL
    if T.fetch_shift < 63 and branch.pc - head.pc >= T.fetch.set_mask << T.fetch_shift:
        return NULL
    while op <= branch:
        R = <Record *>op.stat
        if R == NULL or count == MOST_NOTES or kind_of(T, op, R, op == branch) < 0:
            return NULL
        count += 1
        op += op.len
    C = <Circuit *>calloc(1, sizeof(Circuit))
    if C == NULL:
        return NULL
    C.head, C.branch, C.count = head, branch, count
    C.note = <Note *>calloc(count, sizeof(Note))
    C.add = <Add *>calloc(count * COUNTERS, sizeof(Add))
    C.place = <Place *>calloc(most, sizeof(Place))
    C.rotor = <Rotor *>calloc(3 + MAX_PIPES, sizeof(Rotor))
    C.before = <int64_t *>calloc(most, sizeof(int64_t))
    C.after = <int64_t *>calloc(most, sizeof(int64_t))
    if C.note == NULL or C.add == NULL or C.place == NULL or C.rotor == NULL or C.before == NULL or C.after == NULL:
        free_circuit(C)
        return NULL
    op = head
    for k in range(count):
        R = <Record *>op.stat
        C.note[k].op, C.note[k].R, C.note[k].kind = op, R, kind_of(T, op, R, op == branch)
        C.note[k].to = op + op.len if op != branch else head
        op += op.len
    return C


cdef void forget(Circuit *C) noexcept nogil:
    """No laps are known any more."""
    cdef int32_t k
    for k in range(C.states):
        free(C.state[k].value)
    for k in range(C.laps):
        free(C.lap[k].note)
        free(C.lap[k].add)
        free(C.lap[k].changed)
        free(C.lap[k].shift)
        free(C.lap[k].left)
    memset(C.state, 0, sizeof(C.state))
    memset(C.lap, 0, sizeof(C.lap))
    C.states = C.laps = 0


cdef void free_circuit(Circuit *C) noexcept nogil:
    if C != NULL:
        forget(C)
        free(C.note)
        free(C.add)
        free(C.place)
        free(C.rotor)
        free(C.before)
        free(C.after)
        free(C)


cdef bint fetched(Timing *T, Circuit *C) noexcept nogil:
    """Whether every line that an iteration enters is in the instruction cache; they are used, as an iteration does."""
    cdef uint64_t line = C.head.pc >> T.fetch_shift, number
    cdef int32_t k
    if T.fetch_shift == 63:
        return True
    for k in range(C.count):
        number = C.note[k].op.pc >> T.fetch_shift
        if C.note[k].R.starts and number != line:
            line = number
            if not find(&T.fetch, line):
                return False
    return line == C.head.pc >> T.fetch_shift or find(&T.fetch, C.head.pc >> T.fetch_shift)


cdef bint priced(Timing *T, Circuit *C) noexcept nogil:
    """Whether the code is the same, and its cached prices and register groups are."""
    cdef Note *note
    cdef Record *R
    cdef int32_t k, i
    for k in range(C.count):
        note = &C.note[k]
        R = note.R
        if note.op.stat != R:
            return False
        if R.path <= PATH_CONFIG:
            continue
        if R.vl != note.ev.vl or R.vtype != note.ev.vtype or R.keyed and R.stride != note.ev.stride:
            return False
        if R.grouped == T.regroups:
            continue
        for i in range(R.nsrc):
            if T.group[R.src[i]] != R.src_log[i]:
                return False
        for i in range(R.ndst):
            if T.group[R.dst[i]] != R.dst_log:
                return False
    return True


cdef int64_t farthest(Timing *T, Circuit *C) noexcept nogil:
    """How far behind the front a stamp may lie and still count: durations that are added to stamps before they are compared."""
    cdef int64_t most = 0
    cdef Record *R
    cdef int32_t k
    for k in range(C.count):
        R = C.note[k].R
        if R.path > PATH_CONFIG:
            most = later(most, 2 * later(R.occ, R.occ_misaligned) + R.after + R.masking + R.bubble)   # twice: it may share the port
    return 2 * CYCLE + most + T.store_to_load + T.load_to_store + T.delay + T.commit_step


cdef void settle(Timing *T, Circuit *C, Event *ev) noexcept nogil:
    """Lists the places that the loop uses with its prices as they are."""
    cdef Uses uses
    cdef Record *R
    cdef int32_t k
    cdef uint32_t _
    forget(C)
    memset(&uses, 0, sizeof(Uses))
    for k in range(C.count):
        R = C.note[k].R
        note_uses(T, R, &uses)
        C.note[k].ev.vl, C.note[k].ev.vtype, C.note[k].ev.stride = R.vl, R.vtype, R.stride
    C.places = C.rotors = 0
    add_places(T, C, &uses)
    C.single = C.places
    for k in range(C.rotors):
        C.rotor[k].slot = C.places
        for _ in range(C.rotor[k].size):
            C.place[C.places].at = NULL
            C.place[C.places].compared = False
            C.places += 1
    C.horizon = farthest(T, C)
    C.layout, C.fetch_line = T.layout, T.fetch_line
    memcpy(C.layouts, T.layouts, sizeof(C.layouts))
    C.settled = True


# ---- states ----------------------------------------------------------------------------------------------------------

cdef void look(Timing *T, Circuit *C, int64_t *value) noexcept nogil:
    """The stamps at all places."""
    cdef int32_t k
    cdef uint32_t i, at
    cdef Rotor *ring
    for k in range(C.single):
        value[k] = C.place[k].at[0]
    for k in range(C.rotors):
        ring = &C.rotor[k]
        at = ring.place[0]
        for i in range(ring.size):
            value[ring.slot + i] = ring.entries[at]
            at = at + 1 if at + 1 < ring.size else 0


cdef inline bint is_state(Timing *T, Circuit *C, State *state, int64_t *value, int64_t base, Event *ev) noexcept nogil:
    cdef int64_t dead = base - C.horizon
    cdef int64_t *known = state.value
    cdef int32_t k
    if (state.front != T.front - base or state.vl != ev.vl or state.vtype != ev.vtype or state.unit_vtype != T.vtype
            or state.memory_switched != T.memory_switched or state.memory_last != T.memory_last or state.stream_pipe != T.stream_pipe):
        return False
    for k in range(C.single):
        if known[k] != (value[k] - base if value[k] >= dead else DEAD):
            return False
    for k in range(C.single, C.places):
        if known[k] != (value[k] - base if value[k] >= base else DEAD):
            return False
    return True


cdef int32_t find_state(Timing *T, Circuit *C, int64_t *value, Event *ev) noexcept nogil:
    """The state with these stamps, a new one if need be; NONE when there is no room."""
    cdef int64_t base = untagged(T.front), dead = base - C.horizon
    cdef int32_t k
    cdef State *state
    for k in range(C.states):
        if is_state(T, C, &C.state[k], value, base, ev):
            return k
    if C.states == MOST_STATES:
        return NONE
    state = &C.state[C.states]
    state.value = <int64_t *>malloc((C.places + 1) * sizeof(int64_t))
    if state.value == NULL:
        return NONE
    state.front = T.front - base
    state.vl, state.vtype, state.unit_vtype = ev.vl, ev.vtype, T.vtype
    state.memory_switched, state.memory_last, state.stream_pipe = T.memory_switched, T.memory_last, T.stream_pipe
    for k in range(C.places):
        state.value[k] = value[k] - base if value[k] >= (dead if k < C.single else base) else DEAD
    C.states += 1
    return C.states - 1


cdef int32_t state_at(Timing *T, Circuit *C, Event *ev) noexcept nogil:
    """The state in which an iteration begins now; NONE where the loop's code is not at hand."""
    cdef int32_t state
    if not C.settled or not priced(T, C) or T.layout != C.layout or T.fetch_line != C.fetch_line \
            or memcmp(T.layouts, C.layouts, sizeof(C.layouts)):
        settle(T, C, ev)
    if not fetched(T, C):
        return NONE
    look(T, C, C.before)
    state = find_state(T, C, C.before, ev)
    if state == NONE:
        forget(C)
        state = find_state(T, C, C.before, ev)
    return state


cdef int32_t lap_from(Circuit *C, int32_t state) noexcept nogil:
    """A lap that begins in this state, or NONE."""
    cdef int32_t k
    for k in range(C.laps):
        if C.lap[k].begins == state:
            return k
    return NONE


cdef inline bint same_access(Note *a, Note *b) noexcept nogil:
    """Whether two notes of one instruction are of executions that cost the same, but for what they were answered."""
    if a.kind == NOTE_CONFIG:
        return a.ev.vl == b.ev.vl and a.ev.vtype == b.ev.vtype
    if a.kind == NOTE_AMOUNT:
        return a.ev.stride == b.ev.stride
    if a.kind == NOTE_VECTOR or a.kind == NOTE_PAST:
        return (a.skew == b.skew and a.ev.vl == b.ev.vl and a.ev.bytes == b.ev.bytes and a.ev.stride == b.ev.stride
                and a.ev.active == b.ev.active)
    return True


cdef inline bint same_answer(Note *a, Note *b) noexcept nogil:
    return a.data == b.data and a.head == b.head


cdef int32_t sibling(Circuit *C, Lap *lap, int32_t count, Note *seen, bint answered) noexcept nogil:
    """A lap that goes as this one for `count` instructions, and on with what was seen of the next one; or NONE."""
    cdef int32_t k, i
    cdef Lap *other
    for k in range(C.laps):
        other = &C.lap[k]
        if other.begins != lap.begins or not same_access(&other.note[count], seen):
            continue
        if answered and not same_answer(&other.note[count], seen):
            continue
        i = 0
        while i < count and same_answer(&other.note[i], &lap.note[i]) and same_access(&other.note[i], &lap.note[i]):
            i += 1
        if i == count:
            return k
    return NONE


cdef bint intact(Circuit *C) noexcept nogil:
    """Whether the code of the loop is what it was."""
    cdef int32_t k
    for k in range(C.count):
        if C.note[k].op.stat != C.note[k].R:
            return False
    return True


# ---- recording -------------------------------------------------------------------------------------------------------

cdef void list_counters(Circuit *C) noexcept nogil:
    """Every counter of the records, with its value."""
    cdef Record *R
    cdef Add *add = C.add
    cdef int32_t k, i
    for k in range(C.count):
        R = C.note[k].R
        add[0].at, add[1].at, add[2].at, add[3].at = &R.count, &R.extra, &R.execute, &R.bytes
        for i in range(NCAUSES):
            add[4 + i].at = &R.cause[i]
        for i in range(COUNTERS):
            add[i].amount = add[i].at[0]
        add += COUNTERS


cdef bint keep_counters(Circuit *C, Lap *lap) noexcept nogil:
    """What the iteration added, where it added anything."""
    cdef int32_t k, kept = 0
    for k in range(C.count * COUNTERS):
        if C.add[k].at[0] != C.add[k].amount:
            kept += 1
    lap.add = <Add *>malloc((kept + 1) * sizeof(Add))
    if lap.add == NULL:
        return False
    for k in range(C.count * COUNTERS):
        if C.add[k].at[0] != C.add[k].amount:
            lap.add[lap.adds].at, lap.add[lap.adds].amount = C.add[k].at, C.add[k].at[0] - C.add[k].amount
            lap.adds += 1
    return True


cdef Lap *begin(Timing *T, Circuit *C, int32_t state) noexcept nogil:
    """A lap from this state, in which Timing is, is recorded from here on; NULL where there is no room."""
    cdef Lap *lap = &C.lap[C.laps]
    cdef int32_t k
    if C.laps == MOST_LAPS:
        return NULL
    for k in range(C.single):
        if C.place[k].compared and C.state[state].value[k] == DEAD:
            return NULL
    memset(lap, 0, sizeof(Lap))
    lap.note = <Note *>malloc(C.count * sizeof(Note))
    lap.changed = <unsigned char *>calloc(C.places + 1, 1)
    lap.shift = <uint32_t *>calloc(C.rotors + 1, sizeof(uint32_t))
    lap.left = <int64_t *>malloc((C.places + 1) * sizeof(int64_t))
    if lap.left == NULL or lap.note == NULL or lap.changed == NULL or lap.shift == NULL:
        drop(lap)
        return NULL
    memcpy(lap.note, C.note, C.count * sizeof(Note))
    for k in range(C.count):
        lap.note[k].data = NOTHING
    lap.begins, lap.following = state, NONE
    for k in range(C.rotors):
        C.rotor[k].start = C.rotor[k].place[0]
    look(T, C, C.before)
    C.front, C.base, C.regroups, C.current = T.front, untagged(T.front), T.regroups, T.current
    T.current = NULL
    list_counters(C)
    C.recorded += 1
    return lap


cdef void drop(Lap *lap) noexcept nogil:
    free(lap.note)
    free(lap.add)
    free(lap.changed)
    free(lap.shift)
    free(lap.left)
    memset(lap, 0, sizeof(Lap))


cdef bint follows_from(Timing *T, Circuit *C, Lap *lap, Event *ev) noexcept nogil:
    """Whether the end of the lap is known from its beginning and its length."""
    cdef Rotor *ring
    cdef int32_t k
    if (lap.length <= 0 or T.regroups != C.regroups or not priced(T, C) or T.layout != C.layout or T.fetch_line != C.fetch_line
            or memcmp(T.layouts, C.layouts, sizeof(C.layouts))):
        return False
    look(T, C, C.after)
    lap.ends = find_state(T, C, C.after, ev)
    if lap.ends == NONE:
        return False
    for k in range(C.single):
        lap.changed[k] = C.after[k] != C.before[k]
        lap.left[k] = C.after[k] - untagged(T.front)
        if lap.changed[k] and C.after[k] < C.base - C.horizon:      # a copy of what is not known exactly
            return False
    for k in range(C.rotors):
        ring = &C.rotor[k]
        lap.shift[k] = (ring.place[0] + ring.size - ring.start) % ring.size
    return keep_counters(C, lap)


cdef bint complete(Timing *T, Circuit *C, Lap *lap, Event *ev) noexcept nogil:
    """The recorded iteration is over; whether it will do. ev NULL: it did not come to its end."""
    lap.length = untagged(T.front) - C.base
    lap.current = T.current
    if T.current == NULL:
        T.current = C.current
    if ev != NULL and follows_from(T, C, lap, ev):
        C.laps += 1
        return True
    drop(lap)
    return False


# ---- replaying -------------------------------------------------------------------------------------------------------

cdef Lap *latest(Circuit *C, int64_t before) noexcept nogil:
    """The lap that ended last before that time, since `put`."""
    cdef Lap *found = NULL
    cdef int32_t k
    for k in range(C.laps):
        if C.lap[k].times and C.lap[k].last < before and (found == NULL or C.lap[k].last > found.last):
            found = &C.lap[k]
    return found


cdef void put_ring(Circuit *C, int32_t k, State *now, int64_t base, Lap **order, int32_t laps) noexcept nogil:
    """A ring turns; entries that the front has passed are of no meaning."""
    cdef Rotor *ring = &C.rotor[k]
    cdef int64_t *value = now.value + ring.slot
    cdef uint64_t at = ring.place[0]
    cdef int32_t j
    cdef uint32_t i, where
    for j in range(laps):
        at += <uint64_t>order[j].times * order[j].shift[k]
    where = ring.place[0] = <uint32_t>(at % ring.size)
    for i in range(ring.size):
        ring.entries[where] = 0 if value[i] == DEAD else base + value[i]
        where = where + 1 if where + 1 < ring.size else 0


cdef void put(Timing *T, Circuit *C, int32_t state, int64_t base) noexcept nogil:
    """Brings Timing up to date: the laps since the last time are over, and an iteration begins in this state."""
    cdef Lap *order[MOST_LAPS]
    cdef Lap *lap = latest(C, 0x7fffffffffffffff)
    cdef State *now = &C.state[state]
    cdef int32_t laps = 0, k, j
    while lap != NULL:
        order[laps] = lap
        laps += 1
        lap = latest(C, lap.last)
    if laps == 0:
        return
    T.front = base + now.front
    T.vtype, T.memory_switched, T.memory_last, T.stream_pipe = now.unit_vtype, now.memory_switched, now.memory_last, now.stream_pipe
    for k in range(C.single):
        if now.value[k] != DEAD:
            C.place[k].at[0] = base + now.value[k]
            continue
        for j in range(laps):
            if order[j].changed[k]:
                C.place[k].at[0] = order[j].last + order[j].left[k]
                break
    for k in range(C.rotors):
        put_ring(C, k, now, base, order, laps)
    for j in range(laps - 1, -1, -1):
        lap = order[j]
        if lap.current != NULL:
            T.current = lap.current
        for k in range(lap.adds):
            lap.add[k].at[0] += lap.times * lap.add[k].amount
        T.replayed += lap.times * C.count
        C.repeated += lap.times
        lap.times = 0
