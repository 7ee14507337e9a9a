"""The vector unit behind an out-of-order core: vector instructions share its window, and start when they can.

Vector registers are renamed: an instruction waits for its sources, among them the old destination where the machine merges with
it, never for readers. A pipe serves younger instructions while an older one waits (`vector.reorder`). Prices, register
groups and memory are those of the in-order unit (vector.pyx).
"""
from libc.stdint cimport int32_t, int64_t

from rvsim.core.op cimport Event, Op
from rvsim.timing.flow cimport Flow, charge_stages
from rvsim.timing.groups cimport regroup
from rvsim.timing.pricing cimport reprice
from rvsim.timing.state cimport *
from rvsim.timing.vmemory cimport access_memory, memory_order
from rvsim.timing.window cimport note_store, occupy, rename, reserve, retire, written_by


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


cdef inline int64_t accept(Timing *T, Record *R) noexcept nogil:
    """Into the window and the vector unit's queue, in order; stamp at which the instruction may look for its operands."""
    cdef int64_t a
    if T.waits:
        T.front = later(T.front, T.waiting[T.waiting_at])
    a = later(rename(T, R) + T.delay, T.arrive)
    T.arrive = untagged(a) + T.interval
    return a


cdef inline int64_t scalar_operands(Timing *T, Record *R, int64_t a) noexcept nogil:
    """Scalar operands and vl are there; operands of arithmetic cross over from the integer registers."""
    cdef int64_t x = later(a, later(T.config_ready, later(T.ready[R.s1], T.ready[R.s2])))
    if R.crosses:
        x = later(x, reserve(&T.crossing, a, T.cross_step))
    return x


cdef inline int64_t choose_pipe(Timing *T, Record *R, Flow *f) noexcept nogil:
    """The pipe with the least work given to it, or all of them; stamp at which it is free."""
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


cdef inline void execute(Timing *T, Record *R, Flow *f, int64_t x) noexcept nogil:
    """Start, end and completion from what the instruction waits for and its vector sources."""
    cdef int64_t late = 0, slack = R.price.late
    cdef int32_t i
    for i in range(R.nsrc):
        x = later(x, (T.first[R.src[i]] if R.price.chain_in else T.last[R.src[i]]) - slack)
        if not R.price.element0:
            late = later(late, T.last[R.src[i]] - slack)
    if late > x:
        f.occ += T.bubble
    f.gap = R.gap
    f.start = x
    f.end = later(x + f.occ, late + R.after)
    f.root = T.root[f.end & TAG_MASK]
    f.last = untagged(f.end) + R.lat
    f.first = untagged(x) + R.lat
    f.done = untagged(f.end) + R.done


cdef inline void take_pipes(Timing *T, Record *R, Flow *f) noexcept nogil:
    """Work given to the pipe, or to all of the class."""
    cdef Price *p = R.price
    cdef int32_t i
    cdef int64_t enter = untagged(f.accepted), start = untagged(f.end) - f.occ
    occupy(&T.pipe[f.pipe], enter, start, f.occ + f.gap, T.reorder)
    if p.all_pipes:
        for i in range(p.npipes):
            if p.pipe[i] != f.pipe:
                occupy(&T.pipe[p.pipe[i]], enter, start, f.occ + f.gap, T.reorder)
    if T.waits:
        T.waiting[T.waiting_at] = tagged(f.start, QUEUE)
        T.waiting_at = T.waiting_at + 1 if T.waiting_at + 1 < T.waits else 0


cdef inline void write_result(Timing *T, Record *R, Flow *f) noexcept nogil:
    """Leaves the stamps of the result where later instructions look for them."""
    cdef int32_t i
    cdef int64_t scalar
    for i in range(R.ndst):
        T.first[R.dst[i]] = f.first | f.root
        T.last[R.dst[i]] = f.last | f.root
    if R.rd != 32 or R.price.blocks:
        scalar = (f.last + R.price.return_latency) | f.root
        if R.rd != 32:
            T.ready[R.rd] = scalar
        if R.price.blocks:
            T.arrive = later(T.arrive, scalar)


cdef inline int64_t share_path(Timing *T, Record *R, int64_t a) noexcept nogil:
    """The path that loads and stores share, and accesses that start in program order, loads not too close behind a store."""
    cdef bint loads = R.path == PATH_VLOAD
    cdef int64_t work = R.moved * (T.path_load if loads else T.path_store) // T.memory_bytes
    cdef int64_t x = later(reserve(&T.path, a, work & ~<int64_t>TAG_MASK), T.memory_started)
    return later(x, T.drained) if loads else x


cdef void step(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """One vector instruction of any kind."""
    cdef Flow f
    cdef int64_t x, gap
    if ev.vl != R.vl or ev.vtype != R.vtype or (ev.stride != R.stride and R.keyed):
        reprice(T, R, op, ev)
    f.work = f.latency = EXECUTE
    f.accepted = f.sequenced = accept(T, R)
    if R.price.scalar_result_waits:
        f.accepted = later(f.accepted, T.ready[R.rd])
    if R.grouped != T.regroups:
        regroup_all(T, R)
    x = later(scalar_operands(T, R, f.accepted), choose_pipe(T, R, &f))
    f.occ = R.occ
    if R.path != PATH_VECTOR:
        x = later(memory_order(T, R, x), share_path(T, R, f.accepted))
        if R.lines and R.path == PATH_VLOAD and R.span:
            x = written_by(T, ev.addr, ev.addr + <uint64_t>R.span, x)
        if R.lines and ev.addr & (T.align - 1):
            f.occ = R.occ_misaligned
        if T.misaligned_beats and R.lines and R.path == PATH_VSTORE and ev.addr & (T.memory_bytes - 1):
            f.occ += R.price.occupancy.beat_exact[ev.vtype & 3] * T.misaligned_beats // TICKS & ~<int64_t>TAG_MASK
    execute(T, R, &f, x)
    if R.path != PATH_VECTOR:
        access_memory(T, R, op, ev, &f)
    if not (R.price.chain_out and T.chaining):
        f.first = f.last
    if R.path == PATH_VSTORE and R.lines and R.span:
        note_store(T, ev.addr, ev.addr + <uint64_t>R.span, f.done)
    take_pipes(T, R, &f)
    if R.path != PATH_VECTOR and T.start_interval:
        T.memory_started = later(T.memory_started, tagged(f.start, ORDER) + T.start_interval)
    if R.path == PATH_VSTORE and T.store_to_load:
        T.drained = later(T.drained, tagged(f.start, ORDER) + T.store_to_load)
    write_result(T, R, &f)
    retire(T, f.done | f.root)
    if T.watch:
        watched(T, f.accepted, f.sequenced, f.start, f.end, f.first, f.last, f.done, f.pipe)
    gap = f.done - T.frontier
    if gap > 0:
        T.frontier = f.done
        T.current = R
        R.extra += gap
        charge_stages(R.cause, &f, f.done, f.latency, gap, 1)


cdef void config(Timing *T, Record *R, Op *op, Event *ev, Op *next) noexcept nogil:
    """vset*: a new vl for the core and for the vector instructions behind."""
    cdef int64_t r = rename(T, R)
    cdef int64_t t = later(r, later(T.ready[R.s1], T.ready[R.s2]))
    cdef int64_t c = tagged(t, CSR) + T.config_result
    if R.rd != 32:
        T.ready[R.rd] = c
    T.config_ready = c
    T.vtype = ev.vtype
    retire(T, c)
    if T.watch:
        watched(T, r, r, t, c, c, c, c, R.pipe)
    charge(T, R, untagged(r), r)
    charge(T, R, untagged(t), t)
    charge(T, R, untagged(c), CSR)


cdef void attach_vector_reordered(Timing *T, Record *R) noexcept nogil:
    """Costs are found when the instruction is first executed."""
    R.price = &T.prices[R.desc.price]
    R.pipe = R.price.pipe[0]
    R.keyed = R.path != PATH_VECTOR or R.price.slides
    R.crosses = T.cross_step > 0 and R.path == PATH_VECTOR and R.desc.reads > 0 and R.desc.read_file[0] == 0
    R.step = config if R.path == PATH_CONFIG else step
