# Register layouts: elements that lie over the lanes by the width they were written with (Ara).
#
# A register that is used at another width is rewritten by a hidden slide before the instruction that wants it. While all registers
# have one width, this costs a comparison an instruction (vector.pyx); what is here runs only when widths mix.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from rvsim.timing.queues cimport bump, enter_queue
from rvsim.timing.state cimport (
    CYCLE, LONE, MIXED, NO_LAYOUT, ORDER, QUEUE, UNIT, Price, Record, Timing, charge, later, tagged, untagged,
)


cdef inline int64_t reshuffle(Timing *T, Record *R, int64_t a, uint32_t base, int64_t registers) noexcept nogil:
    """A hidden slide over `registers` of the group at `base`: when the instruction behind it is accepted."""
    cdef Price *p = T.reshuffler
    cdef int32_t q = p.pipe[0], _
    cdef int64_t s = later(a + T.sequencer_delay, T.sequencer), x, done = 0
    if T.queue_depth[q]:
        s = later(s, T.queue[q][T.queue_at[q]])
    s = later(s, tagged(later(T.written[base], T.busy[base]), ORDER) + CYCLE)
    x = untagged(later(s, T.pipe[q]))
    for _ in range(<int32_t>registers):
        if T.flights:
            x = later(x, untagged(T.flight[T.flight_at]))
        done = x + T.reshuffle + p.latency[0] + p.complete
        T.pipe[q] = (x + T.reshuffle) | UNIT
        enter_queue(T, q, done + (CYCLE | QUEUE))
        if T.flights:
            T.flight[T.flight_at] = done + (CYCLE | QUEUE)
            T.flight_at = bump(T.flight_at, T.flights)
        T.first[base] = (x + p.latency[0]) | ORDER
        x += T.reshuffle
    T.last[base] = (x + p.latency[0]) | ORDER
    T.written[base] = T.busy[base] = done
    T.sequencer = tagged(s, ORDER) + CYCLE
    charge(T, R, done, ORDER)
    return T.sequencer if registers == 1 else later(T.sequencer, T.frontier | ORDER)


cdef inline int64_t relayout(Timing *T, Record *R, int64_t a) noexcept nogil:
    """Registers that were written with another element width are rewritten first; `a` is when R would be accepted."""
    cdef int32_t i, k, owner, base, count
    if R.laid == T.layout_changes:      # no register has changed since this instruction last found its own as it wants them
        return a
    if T.layout < MIXED:
        if T.layout == 0 and R.layout != NO_LAYOUT:
            T.layout = R.layout
            return a
        for i in range(32):             # from here on, by register
            owner = i
            while T.group[owner] == LONE:
                owner -= 1
            T.layouts[i] = <uint8_t>T.layout if T.written[owner] else 0
        T.layout = MIXED
        T.layout_changes += 1
    for i in range(R.nsrc):
        base, count = R.src[i], 0
        for k in range(base, base + (1 << R.src_log[i])):
            if R.src_layout[i] and T.layouts[k] and T.layouts[k] != R.src_layout[i]:
                T.layouts[k] = R.src_layout[i]
                T.layout_changes += 1
                count += 1
        if count:
            a = reshuffle(T, R, a, base, count)
    for i in range(R.ndst):
        base, count = R.dst[i], 0
        for k in range(base, base + (1 << R.dst_log)):
            if R.dst_layout and T.layouts[k] and T.layouts[k] != R.dst_layout:
                count += 1
            if T.layouts[k] != R.dst_layout:
                T.layouts[k] = R.dst_layout
                T.layout_changes += 1
        if count and not R.dst_whole:
            a = reshuffle(T, R, a, base, count)
    R.laid = T.layout_changes
    return a
