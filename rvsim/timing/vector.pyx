"""The vector unit: dispatch, sequencer, start, end, completion; each the latest of what it waits for.

One call of `timing_vector` an instruction, O(1) but for the cache lines a memory access touches. Knows Op and Event;
times of the scalar core reach it through Timing only. The mechanisms: docs/explanation/timing.md.
"""
from libc.stdint cimport int32_t, int64_t, uint32_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.flow cimport Flow, charge_stages
from rvsim.timing.groups cimport regroup
from rvsim.timing.layout cimport relayout
from rvsim.timing.pricing cimport reprice
from rvsim.timing.queues cimport bump, enqueue, enter_queue
from rvsim.timing.state cimport *
from rvsim.timing.vmemory cimport access_memory, memory_order, skewed

# One source, four instances: inline functions of this file are inlined always, so that constant arguments fold away.
cdef extern from *:
    """
    #if defined(__GNUC__)
    #undef CYTHON_INLINE
    #define CYTHON_INLINE inline __attribute__((always_inline))
    #endif
    """


cdef inline void acknowledge(Timing *T, int64_t c) noexcept nogil:
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
    if R.also != 255 and T.queue_depth[R.also]:
        s = later(s, T.queue[R.also][T.queue_at[R.also]])
    if R.path == PATH_VLOAD and T.hold_loads and R.nsrc == 0 or p.hold == HOLD_ALL:
        for i in range(R.ndst):
            s = later(s, tagged(T.busy[R.dst[i]], ORDER) + CYCLE)
    elif p.hold == HOLD_READERS:
        for i in range(R.ndst):
            if T.busy[R.dst[i]] > T.written[R.dst[i]]:
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
    R.grouped = T.regroups


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


cdef inline int64_t side_by_side(Timing *T, int32_t pipe, int64_t occ, int64_t x, bint chained) noexcept nogil:
    """Dead time when another pipe streams through the same register banks, more when that one is the producer."""
    if T.stream_pipe != pipe:
        T.other_end = T.stream_end
        T.stream_pipe = pipe
    if T.other_end > x:
        return untagged((T.conflict if 3 * T.conflict < occ else occ // 3) + (occ * T.conflict_chained // TICKS if chained else 0))
    return 0


cdef inline int64_t shared_with_drain(Timing *T, int64_t occ, int64_t x) noexcept nogil:
    """What a load takes longer because the bytes of earlier stores leave through the same port: they take turns."""
    cdef int64_t drain = untagged(T.drained) - untagged(x)
    return drain if drain < occ else occ


cdef inline int64_t follow(Timing *T, uint32_t d, int64_t x, int64_t *late) noexcept nogil:
    """Start of an instruction that writes register d and could start at x; `late`: when the reader it follows is complete."""
    if T.reader_last[d] > x:
        x = later(x, T.reader_first[d])
        late[0] = later(late[0], T.reader_last[d])
    return x


cdef inline void execute(Timing *T, Record *R, Flow *f, int64_t x) noexcept nogil:
    """Start, end and completion from the pipe and the sources."""
    cdef int64_t late = 0, slack = R.price.late, fed
    cdef int32_t i
    for i in range(R.nsrc):
        x = later(x, (T.first[R.src[i]] if R.price.chain_in else T.last[R.src[i]]) - slack)
        if not R.price.element0:
            late = later(late, T.last[R.src[i]] - slack)
    fed = late
    if T.follows:
        for i in range(R.ndst):
            x = follow(T, R.dst[i], x, &late)
    if late > x:
        f.occ += R.bubble
    f.gap = R.gap
    if R.streams and T.conflict:
        f.gap += side_by_side(T, f.pipe, f.occ, x, fed + f.occ > x)
    f.start = x
    f.end = later(x + f.occ, late + R.after)
    if R.drain and R.path == PATH_VSTORE:
        f.end = later(f.end, T.drained)
    f.root = T.root[f.end & TAG_MASK]
    f.last = untagged(f.end) + R.lat
    f.first = untagged(x) + R.lat
    f.done = untagged(f.end) + R.done
    if R.streams:
        T.stream_end = f.end


cdef inline void write_result(Timing *T, Record *R, Flow *f) noexcept nogil:
    """Leaves the stamps of the result, and of the registers in use, where later instructions look for them."""
    cdef int32_t i, r
    for i in range(R.nsrc):
        T.busy[R.src[i]] = later(T.busy[R.src[i]], f.done)
        T.reader_first[R.src[i]] = (f.done if R.path == PATH_VSTORE else f.first) | ORDER
        T.reader_last[R.src[i]] = (f.done if R.path == PATH_VSTORE else f.last) | ORDER
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
    if R.also != 255:
        enter_queue(T, R.also, (f.done + (CYCLE | QUEUE)) if R.also == p.also else (untagged(f.end) + R.masking) | QUEUE)


cdef void charge_arithmetic(Record *R, int64_t a, int64_t s, int64_t x, int64_t occ, int64_t e, int64_t gap) noexcept nogil:
    """charge_stages of an instruction of the short path."""
    cdef Flow f
    f.accepted, f.sequenced, f.start, f.occ, f.end = a, s, x, occ, e
    f.done = untagged(e) + R.done
    f.work = f.latency = EXECUTE
    charge_stages(R.cause, &f, f.done, f.latency, gap, 1)


cdef inline void answer(Timing *T, Record *R, Flow *f) noexcept nogil:
    """What the core learns: memory instructions accepted, scalar results, and what waits for them."""
    cdef int64_t t = f.accepted
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
    acknowledge(T, t)


cdef bint price_again(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    """Costs under the new vl and vtype; whether the instruction does nothing now, and dispatch drops it."""
    reprice(T, R, op, ev)
    return R.step == dropped


cdef void dropped(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """An instruction with vl = 0: it is answered, and no unit, queue or register sees it."""
    cdef int64_t a
    if ev.vl:
        R.step = stepper(T, R)
        R.step(T, R, op, ev, next)
        return
    if ev.vtype != R.vtype:
        price_again(T, R, op, ev)
    a = dispatch(T, R, not T.plain)
    if T.at_commit:
        T.arrive = untagged(a) + T.interval
    acknowledge(T, a)
    if T.watch:
        watched(T, a, a, a, a, a, a, a, R.pipe)
    charge(T, R, untagged(T.front), a)


cdef inline void step_any(Timing *T, Record *R, Op *op, Event *ev, bint rich) noexcept nogil:
    """One vector instruction of any kind."""
    cdef Flow f
    cdef int64_t x, gap
    if ev.vl != R.vl or ev.vtype != R.vtype or (ev.stride != R.stride and R.keyed):
        if price_again(T, R, op, ev):
            dropped(T, R, op, ev, NULL)
            return
    f.work = f.latency = EXECUTE
    f.accepted = dispatch(T, R, rich)
    if R.price.scalar_result_waits:
        f.accepted = later(f.accepted, T.ready[R.rd])
    if R.grouped != T.regroups:
        regroup_all(T, R)
    if rich and T.reshuffle and R.layout != T.layout:
        f.accepted = relayout(T, R, f.accepted)
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
        if skewed(T, R, ev):
            f.occ = R.occ_misaligned
        if R.path == PATH_VLOAD and T.drained > x:
            f.occ += shared_with_drain(T, f.occ, x)
    execute(T, R, &f, x)
    if R.path != PATH_VECTOR:
        access_memory(T, R, op, ev, &f)
    if not (R.price.chain_out and T.chaining):
        f.first = f.last
    write_result(T, R, &f)
    leave(T, R, f.pipe, untagged(f.start), untagged(f.end), f.gap, f.done, rich)
    leave_more(T, R, &f)
    answer(T, R, &f)
    if T.watch:
        watched(T, f.accepted, f.sequenced, f.start, f.end, f.first, f.last, f.done, f.pipe)
        watched_work(T, f.occ, f.work, f.latency)
    gap = f.done - T.frontier
    if gap > 0:
        T.frontier = f.done
        T.current = R
        R.extra += gap
        charge_stages(R.cause, &f, f.done, f.latency, gap, 1)


cdef inline int64_t chain(Timing *T, Record *R, int64_t x, int64_t *late) noexcept nogil:
    """Start of a chaining instruction that could start at x, and when the last of its sources is complete."""
    cdef uint32_t r0 = R.src[0], r1 = R.src[1], r2 = R.src[2]
    late[0] = later(T.last[r0], later(T.last[r1], T.last[r2]))
    if late[0] > x:
        x = later(x, later(T.first[r0], later(T.first[r1], T.first[r2])))
    return x


cdef inline void finish_simple(Timing *T, Record *R, int64_t a, int64_t s, int64_t x, int64_t occ, int64_t e) noexcept nogil:
    """Result, and the charge for the window up to completion."""
    cdef int64_t root = T.root[e & TAG_MASK], end = untagged(e), lat = R.lat, done = end + R.done
    cdef int64_t gap = done - T.frontier
    cdef uint32_t d = R.dst[0]
    T.first[d] = (untagged(x) + lat) | root
    T.last[d] = (end + lat) | root
    if T.watch:
        watched(T, a, s, x, e, untagged(x) + lat, end + lat, done, R.pipe)
        watched_work(T, occ, EXECUTE, EXECUTE)
    if gap > 0:
        T.frontier = done
        T.current = R
        R.extra += gap
        if gap <= occ + R.done and e == x + occ:
            R.execute += gap
        else:
            charge_arithmetic(R, a, s, x, occ, e, gap)


cdef void simple_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """The same for instructions that `is_simple` accepts, on a machine without commit order, sequencer or unit queues."""
    cdef int64_t a, x, e, late, occ
    cdef uint32_t at = T.waiting_at, pipe = R.pipe, beside = R.beside
    if ev.vl != R.vl or ev.vtype != R.vtype:
        if price_again(T, R, op, ev):
            dropped(T, R, op, ev, next)
            return
    if R.grouped != T.regroups:
        regroup_all(T, R)
    a = later(later(T.front, T.ready[R.s1]), T.arrive)
    if T.waits:
        a = later(a, T.waiting[at])
    T.front = untagged(a) + T.slot
    T.arrive = untagged(a) + T.interval
    a += T.delay
    x = later(a, later(T.pipe[pipe], T.pipe[beside]))
    if T.in_order_start:
        x = later(x, T.last_start)
    x = chain(T, R, x, &late)
    if T.in_order_start:
        T.last_start = tagged(x, UNIT)
    occ = R.occ
    e = later(x + occ, late)
    T.pipe[pipe] = T.pipe[beside] = tagged(e + R.gap, UNIT)
    if T.waits:
        T.waiting[at] = tagged(x, QUEUE)
        T.waiting_at = bump(at, T.waits)
    finish_simple(T, R, a, a, x, occ, e)


cdef inline void use_registers(Timing *T, Record *R, int64_t first, int64_t last, int64_t done) noexcept nogil:
    """Sources and destination are in use until `done`; first and last result, for those who reuse the sources."""
    cdef uint32_t i, d = R.dst[0]
    for i in range(3):
        T.busy[R.src[i]] = later(T.busy[R.src[i]], done)
        T.reader_first[R.src[i]] = first | ORDER
        T.reader_last[R.src[i]] = last | ORDER
    T.busy[d] = later(T.busy[d], done)
    T.written[d] = done


cdef void simple_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """The same on a machine that has them."""
    cdef int64_t a, s, x, e, late, fed, occ, gap, done
    if ev.vl != R.vl or ev.vtype != R.vtype:
        if price_again(T, R, op, ev):
            dropped(T, R, op, ev, next)
            return
    if R.grouped != T.regroups:
        regroup_all(T, R)
    a = dispatch(T, R, True)
    if T.reshuffle and R.layout != T.layout:
        a = relayout(T, R, a)
    s = sequence(T, R, a)
    T.sequencer = tagged(s, QUEUE) + CYCLE
    x = later(s, later(T.pipe[R.pipe], T.pipe[R.beside]))
    if T.in_order_start:
        x = later(x, T.last_start)
    x = chain(T, R, x, &late)
    fed = late
    if T.follows:
        x = follow(T, R.dst[0], x, &late)
    occ = R.occ + (R.bubble if late > x else 0)
    gap = R.gap
    e = later(x + occ, late)
    if R.streams and T.conflict:
        gap += side_by_side(T, R.pipe, occ, x, fed + occ > x)
        T.stream_end = e
    done = untagged(e) + R.done
    if T.track:
        use_registers(T, R, untagged(x) + R.lat, untagged(e) + R.lat, done)
    if T.at_commit:
        T.arrive = later(tagged(s, QUEUE), untagged(a) + T.interval)
    acknowledge(T, a)
    leave(T, R, R.pipe, untagged(x), untagged(e), gap, done, True)
    T.pipe[R.beside] = T.pipe[R.pipe]
    finish_simple(T, R, a, s, x, occ, e)


cdef void any_plain(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_any(T, R, op, ev, False)


cdef void any_rich(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    step_any(T, R, op, ev, True)


cdef void config(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """vset*: a new vl for the core, a new vtype for the vector unit."""
    cdef int64_t a = dispatch(T, R, True)
    cdef int64_t c = a
    cdef uint32_t old = T.vtype >> 2, new = ev.vtype >> 2
    if R.rd != 32:
        c = tagged(a, CSR) + T.config_result
        T.ready[R.rd] = c
    if T.at_commit:
        T.arrive = untagged(c) + T.interval | CSR
    if T.config_dispatch:
        T.arrive = later(T.arrive, tagged(a, CSR) - T.delay + T.config_dispatch)
    T.vtype = ev.vtype
    if T.config_drains and old < 4 and new < old:
        c = later(c, T.frontier | CSR)
        T.arrive = later(T.arrive, c)
    acknowledge(T, c)
    if T.watch:
        watched(T, a, a, a, c, c, c, c, R.pipe)
    charge(T, R, untagged(T.front), a)


cdef bint is_simple(Timing *T, Record *R) noexcept nogil:
    """One pipe, or two at once, chains in and out, up to three vector sources, one destination, at most one scalar source."""
    cdef Price *p = R.price
    cdef Desc *d = R.desc
    cdef int32_t sources = d.nsrc + (1 if R.masked and not d.masked else 0) + (1 if d.reads_dst or T.old_destination else 0)
    if R.path != PATH_VECTOR or sources > 3 or not d.ndst or d.nf > 1 or R.rd != 32 or R.s3:
        return False
    if not (p.chain_in and p.chain_out and T.chaining) or p.has_settle or p.blocks or p.hold or p.element0 or p.tail:
        return False
    return (p.npipes == 1 or p.npipes == 2 and p.all_pipes) and R.also == 255 and not p.slides and not p.late


cdef Step stepper(Timing *T, Record *R) noexcept nogil:
    """The code that times the instruction where it does something."""
    if R.path == PATH_CONFIG:
        return config
    if is_simple(T, R):
        return simple_plain if T.plain else simple_rich
    return any_plain if T.plain else any_rich


cdef void attach_vector(Timing *T, Record *R) noexcept nogil:
    """Decides which code times the instruction; costs are found when it is first executed."""
    if T.drops_empty:
        T.empty_step = dropped
    R.price = &T.prices[R.desc.price]
    R.pipe = R.price.pipe[0]
    R.beside = R.price.pipe[1] if R.price.npipes > 1 and R.price.all_pipes else R.pipe
    R.streams = T.streams[R.pipe]
    R.also = R.price.also
    if (R.masked or R.desc.masked) and R.also == 255 and R.pipe != T.mask_queue:
        R.also = T.mask_queue
    R.keyed = R.path != PATH_VECTOR or R.price.slides
    R.step = stepper(T, R)
