"""What has to be equal for an iteration of a loop to repeat, and the leap over those that do; see replay.pxd."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy, memset

from rvsim.core.op cimport VMODE_FF, Event, Op
from rvsim.timing.caches cimport find, touch, write_around
from rvsim.timing.state cimport *
from rvsim.timing.vmemory cimport pass_by, skewed, touch_elements

cdef enum:
    COUNTERS = 4 + NCAUSES      # of a Record

# What the instructions of a loop read and write of the arrays of Timing.
cdef struct Uses:
    uint8_t ready[NREADY]
    uint8_t port[64]
    uint8_t group[33]
    uint8_t pipe[MAX_PIPES]


# ---- before the first recording --------------------------------------------------------------------------------------

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


cdef inline void add_slot(Loop *L, int64_t *at) noexcept nogil:
    L.slot[L.slots].at = at
    L.slot[L.slots].compared = False
    L.slots += 1


cdef void add_ring(Loop *L, int64_t *entries, uint32_t *place, uint32_t size) noexcept nogil:
    cdef Ring *ring = &L.ring[L.rings]
    if size:
        ring.entries, ring.place, ring.size = entries, place, size
        L.rings += 1


cdef void add_slots(Timing *T, Loop *L, Uses *u) noexcept nogil:
    """Every stamp that these instructions read or write, but for the front and the rings."""
    cdef int32_t i
    for i in range(1, NREADY):
        if u.ready[i] and i != 32:
            add_slot(L, &T.ready[i])
    for i in range(64):
        if u.port[i]:
            add_slot(L, &T.port[i])
    for i in range(32):
        if u.group[i]:
            add_slot(L, &T.first[i])
            add_slot(L, &T.last[i])
            add_slot(L, &T.written[i])
            add_slot(L, &T.busy[i])
            add_slot(L, &T.reader_first[i])
            add_slot(L, &T.reader_last[i])
    for i in range(MAX_PIPES):
        if u.pipe[i]:
            add_slot(L, &T.pipe[i])
            L.slot[L.slots - 1].compared = u.pipe[i] > 1
            add_ring(L, T.queue[i], &T.queue_at[i], T.queue_depth[i])
    add_slot(L, &T.commit)
    add_slot(L, &T.commit_before)
    add_slot(L, &T.load_after)
    add_slot(L, &T.store_after)
    add_slot(L, &T.store_drained)
    add_slot(L, &T.arrive)
    add_slot(L, &T.sequencer)
    add_slot(L, &T.last_start)
    add_slot(L, &T.memory_end)
    add_slot(L, &T.drained)
    add_slot(L, &T.load_done)
    add_slot(L, &T.store_done)
    add_slot(L, &T.stream_end)
    add_slot(L, &T.other_end)
    add_slot(L, &T.frontier)
    add_ring(L, T.ring, &T.window_at, T.window)
    add_ring(L, T.flight, &T.flight_at, T.flights)
    add_ring(L, T.waiting, &T.waiting_at, T.waits)


cdef Loop *survey(Timing *T, Op *head, Op *branch) noexcept nogil:
    """The loop from head to the branch that closes it, not recorded yet; NULL when it is none that can be replayed."""
    cdef Loop *L
    cdef Op *op = head
    cdef Record *R
    cdef Uses uses
    cdef int32_t count = 0, k, rings = 3 + MAX_PIPES
    if T.out_of_order or T.failed or not T.replays or branch < head or (branch.pc ^ head.pc) >> 12 or branch - head != (branch.pc - head.pc) >> 1:
        return NULL
    if T.fetch_shift < 63 and branch.pc - head.pc >= T.fetch.set_mask << T.fetch_shift:
        return NULL
    memset(&uses, 0, sizeof(Uses))
    while op <= branch:
        R = <Record *>op.stat
        if R == NULL or count == MOST_NOTES or kind_of(T, op, R, op == branch) < 0:
            return NULL
        count += 1
        op += op.len
    L = <Loop *>calloc(1, sizeof(Loop))
    if L == NULL:
        return NULL
    L.head, L.branch, L.count = head, branch, count
    L.capacity = NREADY + 64 + 6 * 33 + MAX_PIPES + 16 + MAX_WINDOW + (2 + MAX_PIPES) * MAX_QUEUE
    L.note = <Note *>calloc(count, sizeof(Note))
    L.ring = <Ring *>calloc(rings, sizeof(Ring))
    L.gain = <Gain *>calloc(count * COUNTERS, sizeof(Gain))
    L.slot = <Slot *>calloc(L.capacity, sizeof(Slot))
    if L.note == NULL or L.ring == NULL or L.gain == NULL or L.slot == NULL:
        free_loop(L)
        return NULL
    op = head
    for k in range(count):
        R = <Record *>op.stat
        L.note[k].op, L.note[k].R, L.note[k].kind = op, R, kind_of(T, op, R, op == branch)
        L.note[k].to = op + op.len if op != branch else head
        op += op.len
    return L


cdef void free_loop(Loop *L) noexcept nogil:
    if L != NULL:
        free(L.note)
        free(L.slot)
        free(L.ring)
        free(L.gain)
        free(L)


# ---- recording -------------------------------------------------------------------------------------------------------

cdef void list_gains(Loop *L) noexcept nogil:
    """Every counter of the records, with its value."""
    cdef Record *R
    cdef Gain *gain = L.gain
    cdef int32_t k, i
    for k in range(L.count):
        R = L.note[k].R
        gain[0].at, gain[1].at, gain[2].at, gain[3].at = &R.count, &R.extra, &R.execute, &R.bytes
        for i in range(NCAUSES):
            gain[4 + i].at = &R.cause[i]
        for i in range(COUNTERS):
            gain[i].amount = gain[i].at[0]
        gain += COUNTERS
    L.gains = L.count * COUNTERS


cdef void keep_gains(Loop *L) noexcept nogil:
    """What the iteration added, where it added anything."""
    cdef int32_t k, kept = 0
    cdef int64_t amount
    for k in range(L.gains):
        amount = L.gain[k].at[0] - L.gain[k].amount
        if amount:
            L.gain[kept].at = L.gain[k].at
            L.gain[kept].amount = amount
            kept += 1
    L.gains = kept


cdef bint begin(Timing *T, Loop *L, Event *ev) noexcept nogil:
    """An iteration that is recorded begins, unless some of its code is not at hand."""
    cdef Uses uses
    cdef Ring *ring
    cdef int32_t k
    cdef uint32_t i
    if not fetched(T, L):
        return False
    memset(&uses, 0, sizeof(Uses))
    for k in range(L.count):
        note_uses(T, L.note[k].R, &uses)
        L.note[k].data = NOTHING
    L.slots = L.rings = 0
    add_slots(T, L, &uses)
    for k in range(L.slots):
        L.slot[k].value = L.slot[k].at[0]
    for k in range(L.rings):
        ring = &L.ring[k]
        ring.start, ring.slot = ring.place[0], L.slots
        for i in range(ring.size):
            L.slot[L.slots].at = NULL
            L.slot[L.slots].value = ring.entries[(ring.start + i) % ring.size]
            L.slots += 1
    L.front, L.base, L.frontier, L.fetch_line = T.front, untagged(T.front), T.frontier, T.fetch_line
    L.vl, L.vtype, L.unit_vtype = ev.vl, ev.vtype, T.vtype
    L.memory_switched, L.memory_last, L.stream_pipe, L.layout = T.memory_switched, T.memory_last, T.stream_pipe, T.layout
    memcpy(L.layouts, T.layouts, sizeof(L.layouts))
    L.grouped = T.regroups
    list_gains(L)
    return True


cdef bint same_mode(Timing *T, Loop *L) noexcept nogil:
    """What is no stamp is as it was."""
    return (T.fetch_line == L.fetch_line and T.vtype == L.unit_vtype and T.memory_switched == L.memory_switched
            and T.memory_last == L.memory_last and T.stream_pipe == L.stream_pipe and T.layout == L.layout
            and memcmp(T.layouts, L.layouts, sizeof(L.layouts)) == 0)


cdef int64_t farthest(Timing *T, Loop *L) noexcept nogil:
    """How far behind the front a stamp may lie and still count: durations that are added to stamps before they are compared."""
    cdef int64_t most = 0
    cdef Record *R
    cdef int32_t k
    for k in range(L.count):
        R = L.note[k].R
        if R.path > PATH_CONFIG:
            most = later(most, 2 * later(R.occ, R.occ_misaligned) + R.after + R.masking + R.bubble)   # twice: it may share the port
    return 2 * CYCLE + most + T.store_to_load + T.load_to_store + T.delay + T.commit_step


cdef bint complete(Timing *T, Loop *L) noexcept nogil:
    """The recorded iteration is over: does it end as it began, only later?"""
    cdef Ring *ring
    cdef Slot *slot
    cdef int32_t k
    cdef uint32_t i
    cdef int64_t now
    L.delta = T.front - L.front
    L.horizon = farthest(T, L)
    if L.delta <= 0 or L.delta & TAG_MASK or T.regroups != L.grouped or not same_mode(T, L):
        return False
    for k in range(L.rings):
        ring = &L.ring[k]
        ring.shift = (ring.place[0] + ring.size - ring.start) % ring.size
        for i in range(ring.size):
            slot = &L.slot[ring.slot + i]
            now = ring.entries[(ring.place[0] + i) % ring.size]
            slot.moves = now - slot.value == L.delta
            slot.at = NULL
            if not slot.moves and (ring.shift or now != slot.value or now >= L.base - L.horizon):
                return False
    for k in range(L.slots):
        slot = &L.slot[k]
        if slot.at == NULL:
            continue
        now = slot.at[0]
        slot.moves = now - slot.value == L.delta
        if not slot.moves and (slot.compared or now != slot.value or now >= L.base - L.horizon):
            return False
    if T.frontier - L.frontier != L.delta:
        return False
    L.current = T.current
    keep_gains(L)
    return True


# ---- replaying -------------------------------------------------------------------------------------------------------

cdef bint fetched(Timing *T, Loop *L) noexcept nogil:
    """Whether every line that an iteration enters is in the instruction cache; they are used, as an iteration does."""
    cdef uint64_t line = L.head.pc >> T.fetch_shift, number
    cdef int32_t k
    if T.fetch_shift == 63:
        return True
    for k in range(L.count):
        number = L.note[k].op.pc >> T.fetch_shift
        if L.note[k].R.starts and number != line:
            line = number
            if not find(&T.fetch, line):
                return False
    return line == L.head.pc >> T.fetch_shift or find(&T.fetch, L.head.pc >> T.fetch_shift)


cdef bint priced(Timing *T, Loop *L) noexcept nogil:
    """Whether the code is the same, and its cached prices and register groups are."""
    cdef Note *note
    cdef Record *R
    cdef int32_t k, i
    for k in range(L.count):
        note = &L.note[k]
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


cdef bint matches(Timing *T, Loop *L, Event *ev) noexcept nogil:
    """Whether an iteration that begins now is like the recorded one."""
    cdef int64_t shift = T.front - L.front, dead = untagged(T.front) - L.horizon, now
    cdef Ring *ring
    cdef Slot *slot
    cdef int32_t k
    cdef uint32_t i, at
    if shift & TAG_MASK or ev.vl != L.vl or ev.vtype != L.vtype or not same_mode(T, L):
        return False
    for k in range(L.slots):
        slot = &L.slot[k]
        if slot.at == NULL:
            break
        now = slot.at[0]
        if now - slot.value != shift if slot.moves else now >= dead:
            return False
    for k in range(L.rings):
        ring = &L.ring[k]
        at = ring.place[0]
        slot = &L.slot[ring.slot]
        for i in range(ring.size):
            now = ring.entries[at]
            if now - slot.value != shift if slot.moves else now >= dead:
                return False
            at = at + 1 if at + 1 < ring.size else 0
            slot += 1
    return priced(T, L) and fetched(T, L)


cdef void advance(Timing *T, Loop *L, int64_t times) noexcept nogil:
    """So many iterations have passed."""
    cdef int64_t by = times * L.delta, shift = untagged(T.front) - L.base + by
    cdef Ring *ring
    cdef Slot *slot
    cdef int32_t k
    cdef uint32_t i, at
    if times == 0:
        return
    T.front += by
    T.replayed += times * L.count
    T.current = L.current
    for k in range(L.slots):
        slot = &L.slot[k]
        if slot.at == NULL:
            break
        if slot.moves:
            slot.at[0] += by
    for k in range(L.rings):
        ring = &L.ring[k]
        at = <uint32_t>((ring.place[0] + <uint64_t>times * ring.shift) % ring.size)
        ring.place[0] = at
        slot = &L.slot[ring.slot]
        for i in range(ring.size):
            if slot.moves:
                ring.entries[at] = slot.value + shift
            at = at + 1 if at + 1 < ring.size else 0
            slot += 1
    for k in range(L.gains):
        L.gain[k].at[0] += times * L.gain[k].amount


cdef bint alike(Timing *T, Note *note, Event *ev) noexcept nogil:
    """Whether a vector access costs the pipe what the recorded one did."""
    return (ev.vl == note.ev.vl and ev.bytes == note.ev.bytes and ev.stride == note.ev.stride and ev.active == note.ev.active
            and skewed(T, note.R, ev) == note.skew)


cdef int32_t repeats(Timing *T, Note *note, Event *ev, int64_t base, Note *seen) noexcept nogil:
    """Whether the executed instruction repeats: REPEATS, DIFFERS, or ANSWERED: so does not the answer, which is left in `seen`."""
    cdef int64_t data, head = 0, when = base + note.when
    if note.kind == NOTE_LOAD:
        data = touch(T, ev.addr >> T.level[0].shift, when, 0)
        data = data - base if data > when else NOTHING
    elif note.kind == NOTE_STORE:
        touch(T, ev.addr >> T.level[0].shift, when, 1)
        return REPEATS
    elif note.kind == NOTE_AROUND:
        write_around(T, ev.addr >> T.level[0].shift, note.op.size)
        return REPEATS
    elif note.kind == NOTE_PAST:
        if not alike(T, note, ev):
            return DIFFERS
        pass_by(T, note.R, ev)
        return REPEATS
    elif note.kind == NOTE_VECTOR:
        if not alike(T, note, ev):
            return DIFFERS
        if ev.vl == 0 or ev.bytes == 0:
            return REPEATS
        data = touch_elements(T, note.R, note.op, ev, when, base + note.settled, &head)
        data, head = relative(data, head, base, when, base + note.settled)
        if data == note.data and head == note.head:
            return REPEATS
        seen[0] = note[0]
        seen.data, seen.head = data, head
        return ANSWERED
    elif note.kind == NOTE_CONFIG:
        return REPEATS if ev.vl == note.ev.vl and ev.vtype == note.ev.vtype else DIFFERS
    else:
        return REPEATS if ev.stride == note.ev.stride else DIFFERS
    if data == note.data:
        return REPEATS
    seen[0] = note[0]
    seen.data = data
    return ANSWERED


cdef inline (int64_t, int64_t) relative(int64_t data, int64_t head, int64_t base, int64_t when, int64_t settled) noexcept nogil:
    """The answer to a vector access as far as it matters."""
    if data <= settled:
        return NOTHING, 0
    return data - base, later(when, untagged(head)) - base


cdef int64_t taped_slow(Timing *T, uint64_t number, int64_t when, uint32_t dirty) noexcept nogil:
    """`touch` while there is a tape."""
    cdef Tape *tape = <Tape *>T.tape
    cdef Note *note = tape.note
    cdef int64_t data
    if tape.answers:
        return 0 if note.data == NOTHING else note.data + tape.base
    data = touch(T, number, when, dirty)
    note.when = when - tape.base
    note.data = data - tape.base if data > when else NOTHING
    return data


cdef int64_t taped_elements(Timing *T, Record *R, Op *op, Event *ev, int64_t when, int64_t settled, int64_t *first) noexcept nogil:
    """`touch_elements` while there is a tape."""
    cdef Tape *tape = <Tape *>T.tape
    cdef Note *note = tape.note
    cdef int64_t data
    if tape.answers:
        if note.data == NOTHING:
            return 0
        first[0] = note.head + tape.base
        return note.data + tape.base
    data = touch_elements(T, R, op, ev, when, settled, first)
    note.when, note.settled = when - tape.base, settled - tape.base
    note.data, note.head = relative(data, first[0], tape.base, when, settled)
    return data
