"""States of the clock: which stamps there are, how old they may be and still count, and back into Timing with them; see states.pxd."""
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy

from rvsim.core.op cimport Event
from rvsim.timing.state cimport *

cdef enum:
    MOST = NREADY + 64 + 6 * 33 + MAX_PIPES + 20 + MAX_WINDOW + (2 + MAX_PIPES) * MAX_QUEUE + SETTINGS


cdef bint new_view(View *V) noexcept nogil:
    """Room for every place there can be."""
    V.place = <Place *>calloc(512, sizeof(Place))
    V.rotor = <Rotor *>calloc(3 + MAX_PIPES, sizeof(Rotor))
    V.weight = <uint64_t *>calloc(MOST, sizeof(uint64_t))
    V.now = <int64_t *>calloc(MOST, sizeof(int64_t))
    return V.place != NULL and V.rotor != NULL and V.weight != NULL and V.now != NULL


cdef void free_view(View *V) noexcept nogil:
    free(V.place)
    free(V.rotor)
    free(V.weight)
    free(V.now)


# ---- places ----------------------------------------------------------------------------------------------------------

cdef inline bint mark(uint8_t *at, uint8_t bits) noexcept nogil:
    cdef bint known = at[0] & bits == bits
    at[0] |= bits
    return not known


cdef bint learn(Timing *T, View *V, Record *R) noexcept nogil:
    """Notes what an instruction uses, with its price at hand; whether that is news: then `list_places` is due."""
    cdef Price *p = R.price
    cdef bint news = False
    cdef int32_t i
    cdef int64_t back
    if R.path < PATH_CONFIG:
        return mark(&V.port[R.port], 1)
    if not V.vectors:
        V.vectors = True
        news = True
    if R.path == PATH_CONFIG:
        return news
    news |= mark(&V.pipe[R.pipe], 1)
    news |= mark(&V.pipe[R.beside], 1)
    for i in range(p.npipes):
        news |= mark(&V.pipe[p.pipe[i]], 1 if p.npipes == 1 or p.all_pipes else 3)
    if R.also != 255:
        news |= mark(&V.pipe[R.also], 1)
    if T.reshuffle:
        news |= mark(&V.pipe[T.reshuffler.pipe[0]], 1)
    # a source counts behind the start where the rest of the work waits for it, or where streams ask who feeds them
    back = later(R.after - R.occ, 0) + (later(R.occ, R.occ_misaligned) + R.bubble if T.conflict else 0)
    if back > V.longest:
        V.longest = back + back // 2
        news = True
    return news


cdef inline void add(View *V, int64_t *at, int64_t reach) noexcept nogil:
    V.place[V.single].at, V.place[V.single].reach = at, reach
    V.place[V.single].ranked = V.place[V.single].open = False
    V.single += 1


cdef inline void add_ring(View *V, int64_t *entries, uint32_t *place, uint32_t size) noexcept nogil:
    cdef Rotor *ring = &V.rotor[V.rotors]
    if size:
        ring.entries, ring.place, ring.size = entries, place, size
        V.rotors += 1


cdef void add_vector_places(Timing *T, View *V) noexcept nogil:
    """Stamps of the vector unit. Those of registers are read with the durations that the reach names; all others are compared with
    something that is at least the front. What this machine never reads is left out."""
    cdef int32_t i
    for i in range(32):
        add(V, &T.first[i], 0)
        add(V, &T.last[i], V.longest)
        V.place[V.single - 1].open = True
        if T.track and not T.plain:
            add(V, &T.written[i], 2 * CYCLE)
            add(V, &T.busy[i], 2 * CYCLE)
        if T.follows:
            add(V, &T.reader_first[i], 0)
            add(V, &T.reader_last[i], 0)
    for i in range(MAX_PIPES):
        if V.pipe[i]:
            add(V, &T.pipe[i], 0)
            V.place[V.single - 1].ranked = V.pipe[i] > 1
            add_ring(V, T.queue[i], &T.queue_at[i], T.queue_depth[i])
    add(V, &T.arrive, 0)
    add(V, &T.sequencer, 0)
    add(V, &T.last_start, 0)
    add(V, &T.memory_end, later(T.store_to_load, T.load_to_store))
    add(V, &T.drained, 0)
    if T.scalar_load_after_stores or T.scalar_store_after_vector:
        add(V, &T.load_done, 0)
        add(V, &T.store_done, 0)
    add(V, &T.stream_end, 0)
    add(V, &T.other_end, 0)
    add_ring(V, T.flight, &T.flight_at, T.flights)
    add_ring(V, T.waiting, &T.waiting_at, T.waits)


cdef void list_places(Timing *T, View *V) noexcept nogil:
    """Every stamp that instructions of the kinds known so far read or write."""
    cdef int32_t i
    cdef uint64_t x = 88172645463325252ULL
    V.single = V.rotors = 0
    V.loose = not T.config_drains and not T.reshuffle
    for i in range(1, NREADY):
        if i != 32 and (i < 32 or i >= 64):
            add(V, &T.ready[i], 0)
    for i in range(64):
        if V.port[i]:
            add(V, &T.port[i], 0)
    add(V, &T.commit, T.commit_step + T.delay)
    add(V, &T.commit_before, T.commit_step + T.delay)
    add(V, &T.load_after, 0)
    add(V, &T.store_after, 0)
    add(V, &T.store_drained, 0)
    if not V.loose:
        add(V, &T.frontier, EVER)
    add_ring(V, T.ring, &T.window_at, T.window)
    if V.vectors:
        add_vector_places(T, V)
    V.size = V.single
    for i in range(V.rotors):
        V.rotor[i].slot = V.size
        V.size += V.rotor[i].size
    V.size += SETTINGS
    for i in range(V.size):
        x ^= x << 13
        x ^= x >> 7
        x ^= x << 17
        V.weight[i] = x | 1


# ---- states ----------------------------------------------------------------------------------------------------------

cdef void look(View *V, int64_t *value) noexcept nogil:
    """The stamps that are not in rings, as they are."""
    cdef int32_t k
    for k in range(V.single):
        value[k] = V.place[k].at[0]


cdef void rank(View *V, int64_t *value) noexcept nogil:
    """Of the pipes to choose from that are free, the one that was free first is taken: their order."""
    cdef int32_t k, j
    for k in range(V.single):
        if V.place[k].ranked and value[k] < 0:
            value[k] = DEAD
            for j in range(V.single):
                if V.place[j].ranked and V.place[j].at[0] < V.place[k].at[0]:
                    value[k] += 1


cdef inline void settings(Timing *T, Event *ev, int64_t base, int64_t *word) noexcept nogil:
    """What is not a stamp."""
    word[0] = T.front - base
    word[1] = <int64_t>ev.vl << 32 | ev.vtype
    word[2] = <int64_t>T.fetch_line
    word[3] = <int64_t>T.vtype << 32 | <uint32_t>T.layout
    word[4] = <int64_t>T.memory_switched << 32 | <uint32_t>T.memory_last
    word[5] = T.stream_pipe
    word[10] = word[15] = 0
    memcpy(&word[6], T.group, sizeof(T.group))
    memcpy(&word[11], T.layouts, sizeof(T.layouts))


cdef uint64_t take(Timing *T, View *V, Event *ev) noexcept nogil:
    """The state at hand, in View.now; returns its hash."""
    cdef int64_t base = untagged(T.front), v
    cdef int64_t *now = V.now
    cdef int32_t k
    cdef uint32_t i, at
    cdef uint64_t hash = 0
    cdef bint ranked = False
    cdef Rotor *ring
    for k in range(V.single):
        v = V.place[k].at[0] - base
        now[k] = v if v >= -V.place[k].reach else DEAD
        ranked |= V.place[k].ranked
    if ranked:
        rank(V, now)
    for k in range(V.rotors):
        ring = &V.rotor[k]
        at = ring.place[0]
        for i in range(ring.size):
            v = ring.entries[at] - base
            now[ring.slot + i] = v if v >= 0 else DEAD
            at = at + 1 if at + 1 < ring.size else 0
    settings(T, ev, base, now + (V.size - SETTINGS))
    for k in range(V.size):
        hash += (<uint64_t>now[k] ^ <uint64_t>now[k] >> 27) * V.weight[k]
    return hash ^ hash >> 31


cdef void put_settings(Timing *T, View *V, State *state, int64_t base) noexcept nogil:
    """What is not a stamp, as it was in the state."""
    cdef int64_t *word = state.value + (V.size - SETTINGS)
    T.front = base + word[0]
    T.fetch_line = <uint64_t>word[2]
    T.vtype = <uint32_t>(word[3] >> 32)
    T.memory_switched = <int32_t>(word[4] >> 32)
    T.memory_last = <int32_t>word[4]
    T.stream_pipe = <int32_t>word[5]
    if memcmp(T.group, &word[6], sizeof(T.group)):
        memcpy(T.group, &word[6], sizeof(T.group))
        T.regroups += 1             # what records have found no longer holds
    if T.layout != <int32_t>word[3] or memcmp(T.layouts, &word[11], sizeof(T.layouts)):
        T.layout = <int32_t>word[3]
        memcpy(T.layouts, &word[11], sizeof(T.layouts))
        T.layout_changes += 1


cdef void put_rings(View *V, State *state, int64_t base) noexcept nogil:
    """The rings of the state; entries that the front has passed are of no meaning."""
    cdef Rotor *ring
    cdef int64_t *value
    cdef int32_t k
    cdef uint32_t i, at
    for k in range(V.rotors):
        ring = &V.rotor[k]
        value = state.value + ring.slot
        at = ring.place[0]
        for i in range(ring.size):
            ring.entries[at] = 0 if value[i] == DEAD else base + value[i]
            at = at + 1 if at + 1 < ring.size else 0
