# Beats that do the work of several: loads that follow one another, and multiply-adds that share a vector.
#
# The first beat of such a run gets another handler, which goes on behind the run; the others keep theirs, for who comes to them from
# another lap, and for the run where it has to stop: what is not as it should be is left to the handler of the beat where that is. Loads
# are handled by replayed.pyx, and here where they fill floating-point registers from one line. Multiply-adds ask nothing, and the vtype
# under which they were recorded is the one they meet: it is part of the state where a lap begins, and what may change it is compared.
# So their legality has to be looked at only as far as instructions between laps can change it: by State.vidx, which tells vtype, vstart
# and whether vectors are off, and by the rounding mode. It must not know what is asked, or what laps lead to.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memcmp

from rvsim.core.op cimport Op
from rvsim.core.products cimport Products, join_product, may_multiply, multiply
from rvsim.core.scalar cimport any_uint32, any_uint64, unlikely
from rvsim.core.state cimport PERM_R, State
from rvsim.engine.replay cimport BeatFn, on
from rvsim.timing.caches cimport slot_of, use
from rvsim.timing.laps cimport Beat, Book, Lap, room
from rvsim.timing.replay cimport NOTE_LOAD, NOTE_PLAIN
from rvsim.timing.scalar cimport MISSED
from rvsim.timing.state cimport PATH_VECTOR, Level, Timing

cdef enum:
    MOST_KINDS = 16     # of loads

# The handler of a load, and that of a run of such loads; bytes of a floating-point one, otherwise 0.
cdef struct Kind:
    void *one
    void *run
    int32_t size

cdef Kind kinds[MOST_KINDS]

# Multiply-adds, and the handler of the first one alone. Laps share them.
cdef struct Joined:
    Products products
    void *one
    Joined *older


cdef Op *multiply_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """Multiply-adds that share a vector."""
    cdef Joined *joined = <Joined *>b.more
    cdef Products *p = &joined.products
    cdef int64_t weight = p.count * <int64_t>(s.ev.vl >> 6)
    if unlikely(not may_multiply(s, p)):
        return (<BeatFn>joined.one)(s, b, n, T, base, B)
    multiply(s, p)
    s.weight += weight
    return on(s, b + p.count, n - weight, T, base, B)


cdef Joined *known(Book *B, Joined *found) noexcept nogil:
    """The same ones of another lap, or a copy of these; NULL where there is no room."""
    cdef Joined *joined = <Joined *>B.products
    cdef Products *p = &found.products
    while joined != NULL:
        if (joined.products.vidx == p.vidx and joined.products.count == p.count and joined.one == found.one
                and memcmp(joined.products.op, p.op, <size_t>p.count * sizeof(Op *)) == 0):
            return joined
        joined = joined.older
    joined = <Joined *>room(B, sizeof(Joined))
    if joined != NULL:
        joined[0] = found[0]
        joined.older = <Joined *>B.products
        B.products = joined
    return joined


cdef Beat *join_products(State *s, Book *B, Beat *b, Beat *end) noexcept nogil:
    """The beat behind the multiply-adds that begin here, or this one: there are none."""
    cdef Joined *joined
    cdef Joined found
    cdef Beat *next = b
    found.products.count = 0
    while (next != end and next.note.kind == NOTE_PLAIN and next.note.R.path == PATH_VECTOR
           and join_product(&found.products, next.op, next.note.ev.vtype, s.vlenb)):
        next += 1
    found.one = b.run
    joined = known(B, &found) if next != b else NULL
    if joined == NULL:
        return b
    b.more, b.run = joined, <void *>multiply_beat
    return next


cdef inline uint32_t way_in_time(Timing *T, uint64_t number, int64_t when) noexcept nogil:
    """The way of a line that is there, with its data by that time, or MISSED."""
    cdef uint32_t way = <uint32_t>T.level[0].where[number & T.level[0].map_mask] - 1
    if way < MISSED and T.level[0].arrive[slot_of(&T.level[0], number & T.level[0].set_mask, way)] > when:
        return MISSED
    return way


cdef inline bint one_page(State *s, uint64_t low, uint64_t last, int32_t size) noexcept nogil:
    """Whether everything from the lowest load up to the one that begins at `last` may be read as it is, in one page."""
    return (not (low ^ last + size - 1) >> 12 and last < s.mem_size and s.perm[low >> 12] & PERM_R
            and not low & (size - 1) & s.strict)


cdef Op *floats_beat(State *s, Beat *b, int64_t n, Timing *T, int64_t base, Book *B) noexcept nogil:
    """Loads of floating-point registers by way of one other register, where all of them are in one line or two, which are there."""
    cdef Loads *loads = <Loads *>b.more
    cdef Level *level = &T.level[0]
    cdef uint64_t low = s.x[loads.base] + <uint64_t><int64_t>loads.low, last = low + <uint64_t>loads.last
    cdef uint64_t number = low >> level.shift, next = last >> level.shift
    cdef uint32_t way, other
    cdef int32_t i
    if unlikely(s.fs_off or not one_page(s, low, last, loads.size) or next - number > level.set_mask or next - number > 1):
        return (<BeatFn>loads.run)(s, b, n, T, base, B)
    way = way_in_time(T, number, base + b.data)
    other = way_in_time(T, next, base + b.data) if next != number else way
    if unlikely(way >= MISSED or other >= MISSED):
        return (<BeatFn>loads.run)(s, b, n, T, base, B)
    use(level, number & level.set_mask, way)
    if next != number:              # of another set: what is first does not matter
        use(level, next & level.set_mask, other)
    s.ev.addr = low + <uint64_t>loads.latest
    if loads.size == 4:
        for i in range(loads.count):
            s.f[loads.rd[i]] = (<any_uint32 *>(s.mem + low + loads.offset[i]))[0] | 0xffffffff00000000ULL
    else:
        for i in range(loads.count):
            s.f[loads.rd[i]] = (<any_uint64 *>(s.mem + low + loads.offset[i]))[0]
    return on(s, b + loads.count, n, T, base, B)


cdef void describe(Loads *loads, Beat *b, int32_t size) noexcept nogil:
    """Where the loads from this beat on find what they load, and what that is for; size 0 where they have no register or no raster in
    common."""
    cdef int32_t i
    cdef Op *op = b.op
    loads.size, loads.base, loads.low, loads.last = size, op.rs1, op.imm, op.imm
    for i in range(loads.count):
        op = b[i].op
        loads.rd[i] = op.rd
        loads.low = min(loads.low, op.imm)
        loads.last = max(loads.last, op.imm)
        if op.rs1 != loads.base or size and (op.imm - b.op.imm) % size:
            loads.size = 0
    for i in range(loads.count):
        loads.offset[i] = b[i].op.imm - loads.low
    loads.latest = op.imm - loads.low
    loads.last -= loads.low


cdef Loads *known_loads(Book *B, Beat *b, int32_t count, Kind *kind) noexcept nogil:
    """So many loads from this beat on, as another lap has them, or new; NULL where there is no room."""
    cdef Loads *loads = <Loads *>B.loads
    while loads != NULL and (loads.first != b.op or loads.count != count):
        loads = loads.older
    if loads != NULL:
        return loads
    loads = <Loads *>room(B, sizeof(Loads))
    if loads != NULL:
        loads.first, loads.count, loads.one, loads.run, loads.older = b.op, count, kind.one, kind.run, <Loads *>B.loads
        describe(loads, b, kind.size)
        B.loads = loads
    return loads


cdef Beat *join_loads(Book *B, Beat *b, Beat *end) noexcept nogil:
    """The same of loads, two or more, none of which has less time than the first one."""
    cdef int i = 0
    cdef Loads *loads
    cdef Beat *next = b + 1
    while i < MOST_KINDS and kinds[i].one != b.run:
        i += 1
    if i == MOST_KINDS or b.note.kind != NOTE_LOAD:
        return b
    while (next != end and next - b < MOST_LOADS and next.run == b.run and next.note.kind == NOTE_LOAD and next.data >= b.data
           and next.op == (next - 1).op + (next - 1).op.len):
        next += 1
    loads = known_loads(B, b, <int32_t>(next - b), &kinds[i]) if next - b > 1 else NULL
    if loads == NULL:
        return b
    b.more, b.run = loads, <void *>floats_beat if loads.size else loads.run
    return next


cdef void join(State *s, Book *B, Lap *lap, Beat *first) noexcept nogil:
    """Looks for runs among the beats of the lap itself, from this one on; all of them are there."""
    cdef Beat *b = first
    cdef Beat *end = lap.beat + (lap.count - lap.start)
    cdef Beat *next
    while b < end:
        next = join_loads(B, b, end)
        if next == b:
            next = join_products(s, B, b, end)
        b = next if next != b else b + 1


cdef void end_before(Lap *lap, Beat *b) noexcept nogil:
    """The lap ends at this beat from now on, a load or a vector instruction that accesses memory: a run that leads past it would go the old
    way, which is right, too, but is what is not wanted any more."""
    cdef Beat *before = lap.beat
    cdef Loads *loads
    while before < b:
        if before.more != NULL and before.note.kind == NOTE_LOAD:
            loads = <Loads *>before.more
            if before + loads.count > b:
                before.run, before.more = loads.one, NULL
        before += 1


def install(runs, floats):
    """runs: handler of a load -> that of a run of such loads, by their addresses; floats: handler of a load of a floating-point register ->
    bytes, of four or eight; once a process."""
    cdef int i
    for i, (one, run) in enumerate(runs.items()):
        kinds[i].one, kinds[i].run, kinds[i].size = <void *><size_t>one, <void *><size_t>run, floats.get(one, 0)
