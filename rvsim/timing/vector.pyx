"""The vector unit: dispatch, sequencer, start, end, completion; each the latest of what it waits for.

One call of `timing_vector` an instruction, O(1) but for the cache lines a memory access touches. Knows Op and Event;
times of the scalar core reach it through Timing only. The mechanisms: docs/explanation/timing.md.
"""
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport VMODE_INDEXED, Event, Op
from rvsim.timing.caches cimport invalidate, touch
from rvsim.timing.groups cimport regroup
from rvsim.timing.pricing cimport reprice
from rvsim.timing.state cimport *

# One source, four instances: inline functions of this file are inlined always, so that constant arguments fold away.
cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """


# The stages of one instruction: stamps, and the durations between them.
cdef struct Flow:
    int64_t accepted            # by the vector unit
    int64_t sequenced           # on its way to its unit
    int64_t start
    int64_t occ                 # of its pipe
    int64_t gap                 # dead time of its pipe
    int64_t end                 # of its pipe's work, later than start + occ behind a slow producer
    int64_t first               # result usable by a chained consumer
    int64_t last                # whole result usable
    int64_t done
    int64_t acknowledged        # to the core
    int32_t pipe
    int32_t work                # cause of the occupancy
    int32_t latency             # cause of the rest
    int32_t root                # cause of a consumer's wait


cdef inline uint32_t bump(uint32_t at, uint32_t size) noexcept nogil:
    return at + 1 if at + 1 < size else 0


cdef inline void commit(Timing *T, int64_t c) noexcept nogil:
    """The instruction leaves the core's window at c."""
    if T.commits:
        T.commit_before = T.commit
        T.commit = later(untagged(T.commit), c)
        if T.window:
            T.ring[T.window_at] = T.commit
            T.window_at = bump(T.window_at, T.window)


cdef inline int64_t dispatch(Timing *T, Record *R, bint rich) noexcept nogil:
    """Scalar side of a vector instruction: stamp at which the vector unit accepts it; moves the front."""
    cdef int64_t t = later(T.front, later(T.ready[R.s1], T.ready[R.s2]))
    if rich and T.window:
        t = later(t, T.ring[T.window_at])
    if rich and T.at_commit:
        T.front = untagged(t) + T.vector_slot
        t = later(t + T.issue_delay, T.arrive)
        return later(t, (T.commit_before if T.commit_ports > 1 else T.commit) + T.delay)
    t = later(t, T.arrive)
    if T.waits:
        t = later(t, T.waiting[T.waiting_at])
    T.front = untagged(t) + T.slot
    T.arrive = untagged(t) + T.interval
    return t + T.delay


cdef inline void enqueue(Timing *T, int32_t queue, int64_t gone) noexcept nogil:
    """A unit's queue holds the instruction until `gone`."""
    cdef uint32_t at = T.queue_at[queue]
    T.queue[queue][at] = gone
    T.queue_at[queue] = bump(at, T.queue_depth[queue])


cdef inline int64_t sequence(Timing *T, Record *R, int64_t a) noexcept nogil:
    """Stamp at which the in-order sequencer lets an accepted instruction go to its unit."""
    cdef uint32_t q = R.pipe
    cdef int64_t s = later(a + T.sequencer_delay, T.sequencer)
    if T.flights:
        s = later(s, T.flight[T.flight_at])
    if T.queue_depth[q]:
        s = later(s, T.queue[q][T.queue_at[q]])
    return s


cdef inline int64_t hazards(Timing *T, Record *R, int64_t s) noexcept nogil:
    """What else holds an instruction back in the sequencer: a second queue, registers in use."""
    cdef Price *p = R.price
    cdef int32_t i
    if p.also != 255 and T.queue_depth[p.also]:
        s = later(s, T.queue[p.also][T.queue_at[p.also]])
    if R.path == PATH_VLOAD and T.hold_loads and R.nsrc == 0 or p.hold == HOLD_ALL:
        for i in range(R.ndst):
            s = later(s, tagged(T.busy[R.dst[i]], ORDER) + CYCLE)
    if p.hold:
        for i in range(R.nsrc):
            s = later(s, tagged(T.written[R.src[i]], OPERAND) + CYCLE)
    return s


cdef void regroup_all(Timing *T, Record *R) noexcept nogil:
    """Register groups take the sizes this instruction uses."""
    cdef int32_t i
    for i in range(R.nsrc):
        if T.group[R.src[i]] != R.src_log[i]:
            regroup(T, R.src[i], R.src_log[i])
    for i in range(R.ndst):
        if T.group[R.dst[i]] != R.dst_log:
            regroup(T, R.dst[i], R.dst_log)


cdef inline int64_t take_pipe(Timing *T, Record *R, Flow *f) noexcept nogil:
    """Stamp at which a pipe of the class is free; the earliest one, or all of them."""
    cdef Price *p = R.price
    cdef int32_t i
    cdef int64_t x = T.pipe[R.pipe]
    f.pipe = R.pipe
    for i in range(1, p.npipes):
        if p.all_pipes:
            x = later(x, T.pipe[p.pipe[i]])
        elif T.pipe[p.pipe[i]] < x:
            f.pipe = p.pipe[i]
            x = T.pipe[f.pipe]
    return x


cdef inline int64_t memory_order(Timing *T, Record *R, int64_t x) noexcept nogil:
    """When the address generator and the shared port let a memory instruction start."""
    cdef int32_t kind = 1 if R.path == PATH_VLOAD else 2
    if T.vector_after_scalar_stores:
        x = later(x, T.store_drained)
    if T.shared_port:
        T.memory_switched = T.memory_last + kind == 3 and T.memory_end > x
        if T.memory_last + kind != 3:
            x = later(x, T.memory_end)
        else:
            x = later(x, T.memory_end + (T.store_to_load if kind == 1 else T.load_to_store))
    return x


cdef inline int64_t side_by_side(Timing *T, int32_t pipe, int64_t occ, int64_t x) noexcept nogil:
    """Dead time when another pipe streams through the same register banks."""
    if T.stream_pipe != pipe:
        T.other_end = T.stream_end
        T.stream_pipe = pipe
    if T.other_end > x:
        return T.conflict if 3 * T.conflict < occ else occ // 3
    return 0


cdef inline void execute(Timing *T, Record *R, Flow *f, int64_t x) noexcept nogil:
    """Start, end and completion from the pipe and the sources."""
    cdef int64_t late = 0
    cdef int32_t i
    for i in range(R.nsrc):
        x = later(x, T.first[R.src[i]] if R.price.chain_in else T.last[R.src[i]])
        if not R.price.element0:
            late = later(late, T.last[R.src[i]])
    if late > x:
        f.occ += T.bubble
    f.gap = R.gap
    if R.streams and T.conflict:
        f.gap += side_by_side(T, f.pipe, f.occ, x)
    f.start = x
    f.end = later(x + f.occ, late)
    f.root = T.root[f.end & TAG_MASK]
    f.last = untagged(f.end) + R.lat
    f.first = untagged(x) + R.lat
    f.done = untagged(f.end) + R.done
    if R.streams:
        T.stream_end = f.end


cdef int64_t touch_elements(Timing *T, Record *R, Op *op, Event *ev, int64_t when, int64_t *first) noexcept nogil:
    """Touches the cache lines of a vector access; returns the stamp of the last data, and of the first."""
    cdef int32_t shift = T.level[0].shift
    cdef uint64_t number, end, previous = ~<uint64_t>0, dirty = R.path == PATH_VSTORE
    cdef uint64_t size = (op.size if op.size else (1 << (ev.vtype & 3))) * R.desc.nf
    cdef uint64_t address = ev.addr
    cdef int64_t last = 0
    cdef uint32_t i, n = 1 if R.lines else ev.vl
    if R.lines:
        size = R.span
    for i in range(n):
        if op.vmode == VMODE_INDEXED:
            address = ev.elems[i]
        number = address >> shift
        end = (address + size - 1) >> shift
        while number <= end:
            if number != previous:
                last = later(last, touch(T, number, when, dirty))
                previous = number
                if first[0] == 0:
                    first[0] = last
            number += 1
        address += <uint64_t>ev.stride
    return last


cdef void access_memory(Timing *T, Record *R, Op *op, Event *ev, Flow *f) noexcept nogil:
    """What the memory behind the pipe adds: data that come later, order for those that follow, bytes."""
    cdef int64_t data, head = 0
    R.bytes += ev.bytes
    f.root = f.latency = T.memory_tag
    if T.memory_level:
        f.work = BANDWIDTH
        T.beyond_l1 += ev.bytes
        T.dram_bytes += ev.bytes
        if R.path == PATH_VSTORE and T.invalidate and ev.vl and R.lines:
            invalidate(T, ev.addr >> T.level[0].shift, (ev.addr + <uint64_t>R.span - 1) >> T.level[0].shift, T.invalidate == INVALIDATE_SET)
    elif ev.vl and ev.bytes:
        data = touch_elements(T, R, op, ev, f.first, &head)
        if R.path == PATH_VSTORE:
            f.done = later(f.done, untagged(data))
            f.latency = T.root[data & TAG_MASK] if data > f.done else L1
        elif data > f.last:
            f.end = data - R.lat
            f.last = untagged(data)
            f.done = untagged(f.end) + R.done
            f.root = data & TAG_MASK
            f.first = later(f.first, untagged(head))
    order_memory(T, R, f)


cdef inline void order_memory(Timing *T, Record *R, Flow *f) noexcept nogil:
    """What later memory instructions wait for."""
    if R.path == PATH_VLOAD:
        T.memory_last = 1
        T.load_done = later(T.load_done, f.done)
    else:
        T.memory_last = 2
        T.store_done = later(T.store_done, f.done)
        if T.scalar_load_after_stores:
            T.load_after = tagged(T.store_done, ORDER)
    if T.scalar_store_after_vector:
        T.store_after = tagged(later(T.load_done, T.store_done), ORDER)
    T.memory_end = tagged(f.end, BANDWIDTH if T.memory_level else UNIT)


cdef inline void write_result(Timing *T, Record *R, Flow *f) noexcept nogil:
    """Leaves the stamps of the result, and of the registers in use, where later instructions look for them."""
    cdef int32_t i, r
    for i in range(R.nsrc):
        T.busy[R.src[i]] = later(T.busy[R.src[i]], f.done)
    for i in range(R.ndst):
        r = R.dst[i]
        T.first[r] = f.first | f.root
        T.last[r] = f.last | f.root
        T.busy[r] = later(T.busy[r], f.done)
        T.written[r] = f.done


cdef inline void leave(Timing *T, Record *R, int32_t pipe, int64_t start, int64_t end, int64_t gap, int64_t done, bint rich) noexcept nogil:
    """Takes the instruction's places in its pipe and queues; all times without tags."""
    cdef uint32_t q
    T.pipe[pipe] = (end + gap) | UNIT
    T.pipe_busy[pipe] += end - start
    T.vector_done = later(T.vector_done, done)
    if T.waits:
        T.waiting[T.waiting_at] = start | QUEUE
        T.waiting_at = bump(T.waiting_at, T.waits)
    if T.in_order_start:
        T.last_start = start | UNIT
    if rich:
        if T.flights:
            T.flight[T.flight_at] = done + (CYCLE | QUEUE)
            T.flight_at = bump(T.flight_at, T.flights)
        q = R.pipe
        if T.queue_depth[q]:
            enqueue(T, q, done + (CYCLE | QUEUE))


cdef inline void leave_more(Timing *T, Record *R, Flow *f) noexcept nogil:
    """The places of instructions that take all pipes or a second queue."""
    cdef Price *p = R.price
    cdef int32_t i
    if p.all_pipes:
        for i in range(p.npipes):
            T.pipe[p.pipe[i]] = tagged(f.end + f.gap, UNIT)
    if p.also != 255 and T.queue_depth[p.also]:
        enqueue(T, p.also, f.done + (CYCLE | QUEUE))


cdef inline int64_t portion(Record *R, int64_t gap, int64_t most, int64_t cause) noexcept nogil:
    """Charges up to `most` of the gap to a cause; returns what is left of the gap."""
    cdef int64_t part = gap if gap < most else most
    if part > 0:
        R.cause[cause & TAG_MASK] += part
        return gap - part
    return gap


cdef void charge_stages(Record *R, Flow *f, int64_t gap) noexcept nogil:
    """The window before completion, walked backwards along the instruction's own timeline."""
    cdef int64_t end = untagged(f.end), start = untagged(f.start)
    gap = portion(R, gap, f.done - end, f.latency)
    gap = portion(R, gap, end - start - f.occ, f.end)
    gap = portion(R, gap, f.occ, f.work)
    gap = portion(R, gap, start - untagged(f.sequenced), f.start)
    gap = portion(R, gap, untagged(f.sequenced) - untagged(f.accepted), f.sequenced)
    portion(R, gap, gap, f.accepted)


cdef void charge_arithmetic(Record *R, int64_t a, int64_t s, int64_t x, int64_t occ, int64_t e, int64_t gap) noexcept nogil:
    """charge_stages of an instruction of the short path."""
    cdef Flow f
    f.accepted, f.sequenced, f.start, f.occ, f.end = a, s, x, occ, e
    f.done = untagged(e) + R.done
    f.work = f.latency = EXECUTE
    charge_stages(R, &f, gap)


cdef inline void answer(Timing *T, Record *R, Flow *f) noexcept nogil:
    """What the core learns: memory instructions accepted, scalar results, and what waits for them."""
    cdef int64_t t = f.accepted, result
    if R.path != PATH_VECTOR and T.accept:
        t = f.sequenced + T.accept
        if T.shared_port and T.memory_switched:
            t = later(t, tagged(f.start + T.accept, ORDER))
    if R.rd != 32:
        T.ready[R.rd] = (f.last + R.price.return_latency) | f.root
    if R.price.blocks:
        t = later(t, (f.last + R.price.return_latency) | OPERAND)
    if T.at_commit:
        T.arrive = later(tagged(f.sequenced, QUEUE), untagged(t) + T.interval)
    elif t > f.accepted:
        T.arrive = later(T.arrive, t)
    commit(T, t)


cdef void price_again(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    reprice(T, R, op, ev)


cdef inline void step_any(Timing *T, Record *R, Op *op, Event *ev, bint rich) noexcept nogil:
    """One vector instruction of any kind."""
    cdef Flow f
    cdef int64_t x, gap
    if ev.vl != R.vl or ev.vtype != R.vtype or (ev.stride != R.stride and R.path != PATH_VECTOR):
        price_again(T, R, op, ev)
    R.elements += ev.vl
    f.work = f.latency = EXECUTE
    f.accepted = dispatch(T, R, rich)
    regroup_all(T, R)
    f.sequenced = f.accepted
    if rich:
        f.sequenced = hazards(T, R, sequence(T, R, f.accepted))
        T.sequencer = tagged(f.sequenced, QUEUE) + CYCLE
    x = later(f.sequenced, take_pipe(T, R, &f))
    if T.in_order_start:
        x = later(x, T.last_start)
    f.occ = R.occ
    if R.path != PATH_VECTOR:
        x = memory_order(T, R, x)
        if R.lines and ev.addr & (T.align - 1):
            f.occ = R.occ_misaligned
    execute(T, R, &f, x)
    if R.path != PATH_VECTOR:
        access_memory(T, R, op, ev, &f)
    if R.price.has_release:
        f.last = later(f.last, untagged(f.start) + R.release)
        f.done = later(f.done, f.last)
    if not (R.price.chain_out and T.chaining):
        f.first = f.last
    write_result(T, R, &f)
    leave(T, R, f.pipe, untagged(f.start), untagged(f.end), f.gap, f.done, rich)
    leave_more(T, R, &f)
    answer(T, R, &f)
    gap = f.done - T.frontier
    if gap > 0:
        T.frontier = f.done
        T.current = R
        R.extra += gap
        charge_stages(R, &f, gap)


cdef inline void step_simple(Timing *T, Record *R, Op *op, Event *ev, bint rich) noexcept nogil:
    """The same for instructions that `is_simple` accepts: no loops, no rare cases, stamps in registers."""
    cdef int64_t a, s, x, e, start, end, done, late, occ, root, gap
    cdef uint32_t r0, r1, r2, d
    if ev.vl != R.vl or ev.vtype != R.vtype:
        price_again(T, R, op, ev)
    R.elements += ev.vl
    r0, r1, r2, d = R.src[0], R.src[1], R.src[2], R.dst[0]
    if T.group[r0] != R.src_log[0] or T.group[r1] != R.src_log[1] or T.group[r2] != R.src_log[2] or T.group[d] != R.dst_log:
        regroup_all(T, R)
    a = s = dispatch(T, R, rich)
    if rich:
        s = sequence(T, R, a)
        T.sequencer = tagged(s, QUEUE) + CYCLE
    x = later(later(T.first[r0], T.first[r1]), later(T.first[r2], later(s, T.pipe[R.pipe])))
    late = later(T.last[r0], later(T.last[r1], T.last[r2]))
    if T.in_order_start:
        x = later(x, T.last_start)
    occ = R.occ
    gap = R.gap
    if rich:
        if late > x:
            occ += T.bubble
        if R.streams and T.conflict:
            gap += side_by_side(T, R.pipe, occ, x)
            T.stream_end = later(x + occ, late)
    e = later(x + occ, late)
    root = T.root[e & TAG_MASK]
    start = untagged(x)
    end = untagged(e)
    done = end + R.done
    T.first[d] = (start + R.lat) | root
    T.last[d] = (end + R.lat) | root
    if rich:
        if T.track:
            T.busy[r0] = later(T.busy[r0], done)
            T.busy[r1] = later(T.busy[r1], done)
            T.busy[r2] = later(T.busy[r2], done)
            T.busy[d] = later(T.busy[d], done)
            T.written[d] = done
        if T.at_commit:
            T.arrive = later(tagged(s, QUEUE), untagged(a) + T.interval)
        commit(T, a)
    leave(T, R, R.pipe, start, end, gap, done, rich)
    gap = done - T.frontier
    if gap > 0:
        T.frontier = done
        T.current = R
        R.extra += gap
        if gap <= occ + R.done and e == x + occ:
            R.execute += gap
        else:
            charge_arithmetic(R, a, s, x, occ, e, gap)


cdef void simple_plain(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    step_simple(T, R, op, ev, False)


cdef void simple_rich(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    step_simple(T, R, op, ev, True)


cdef void any_plain(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    step_any(T, R, op, ev, False)


cdef void any_rich(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    step_any(T, R, op, ev, True)


cdef void config(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    """vset*: a new vl for the core, a new vtype for the vector unit."""
    cdef int64_t a = dispatch(T, R, True)
    cdef int64_t c = a
    cdef uint32_t old = T.vtype >> 2, new = ev.vtype >> 2
    if R.rd != 32:
        c = tagged(a, CSR) + T.config_result
        T.ready[R.rd] = c
    if T.at_commit:
        T.arrive = untagged(c) + T.interval | CSR
    T.vtype = ev.vtype
    if T.config_drains and old < 4 and new < old:
        c = later(c, tagged(T.vector_done, CSR))
        T.arrive = later(T.arrive, c)
    commit(T, c)
    charge(T, R, untagged(T.front), T.slot, a)


cdef bint is_simple(Timing *T, Record *R) noexcept nogil:
    """One pipe, chains in and out, up to three vector sources, one destination, at most one scalar source."""
    cdef Price *p = R.price
    cdef Desc *d = R.desc
    cdef int32_t sources = d.nsrc + (1 if R.masked and not d.masked else 0) + (1 if d.reads_dst or T.old_destination else 0)
    if R.path != PATH_VECTOR or sources > 3 or not d.ndst or d.nf > 1 or R.rd != 32 or R.s3:
        return False
    if not (p.chain_in and p.chain_out and T.chaining) or p.has_release or p.blocks or p.hold or p.element0:
        return False
    return p.npipes == 1 and p.also == 255


cdef void attach_vector(Timing *T, Record *R) noexcept nogil:
    """Decides which code times the instruction; costs are found when it is first executed."""
    R.pipe = R.price.pipe[0]
    R.streams = T.streams[R.pipe]
    if R.path == PATH_CONFIG:
        R.step = config
    elif is_simple(T, R):
        R.step = simple_plain if T.plain else simple_rich
    else:
        R.step = any_plain if T.plain else any_rich
