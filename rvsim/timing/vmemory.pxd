# Memory instructions of the vector unit: order on the port, cache lines touched, and what later instructions wait for.
#
# Knows addresses and byte counts; pipes and registers are vector.pyx.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.op cimport VMODE_INDEXED, Event, Op
from rvsim.timing.caches cimport touch
from rvsim.timing.flow cimport Flow
from rvsim.timing.levels cimport invalidate
from rvsim.timing.replay cimport answering, taped_elements
from rvsim.timing.runs cimport claim_run, touch_run
from rvsim.timing.state cimport (
    BANDWIDTH, INVALIDATE_SET, ORDER, PATH_VLOAD, PATH_VSTORE, TAG_MASK, UNIT, Record, Timing, later, tagged, untagged,
)


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


cdef inline int64_t touch_elements(Timing *T, Record *R, Op *op, Event *ev, int64_t when, int64_t settled, int64_t *first) noexcept nogil:
    """Touches the cache lines of a vector access; returns the stamp of the last data (or 0 if there by `settled`), and of the first."""
    cdef int32_t shift = T.level[0].shift
    cdef uint64_t number, end, previous = ~<uint64_t>0, dirty = R.path == PATH_VSTORE
    cdef uint64_t size = (op.size if op.size else (1 << (ev.vtype & 3))) * R.desc.nf
    cdef uint64_t address = ev.addr
    cdef int64_t last = 0
    cdef uint32_t i
    if R.lines and dirty and T.claims and ev.active == ev.vl:
        return claim_run(T, address, <uint64_t>R.span, when)
    if R.lines:
        return touch_run(T, address >> shift, (address + R.span - 1) >> shift, when, dirty, settled, first)
    for i in range(ev.vl):
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


cdef inline void pass_by(Timing *T, Record *R, Event *ev) noexcept nogil:
    """A vector access that goes past the caches."""
    T.beyond_l1 += ev.bytes
    T.dram_bytes += ev.bytes
    if R.path == PATH_VSTORE and T.invalidate and ev.vl and R.lines:
        invalidate(T, ev.addr >> T.level[0].shift, (ev.addr + <uint64_t>R.span - 1) >> T.level[0].shift, T.invalidate == INVALIDATE_SET)


cdef inline bint skewed(Timing *T, Record *R, Event *ev) noexcept nogil:
    """Whether a contiguous access crosses a boundary of the path to memory that it does not begin at."""
    return R.lines and ev.addr & (T.align - 1) and (ev.addr & (T.align - 1)) + <uint64_t>R.span > T.align


cdef inline void access_memory(Timing *T, Record *R, Op *op, Event *ev, Flow *f) noexcept nogil:
    """What the memory behind the pipe adds: data that come later, order for those that follow, bytes."""
    cdef int64_t data, head = 0
    R.bytes += ev.bytes
    f.root = f.latency = T.memory_tag
    if T.memory_level:
        f.work = BANDWIDTH
        if not answering(T):
            pass_by(T, R, ev)
    elif ev.vl and ev.bytes:
        if T.tape == NULL:
            data = touch_elements(T, R, op, ev, f.first, f.last, &head)
        else:
            data = taped_elements(T, R, op, ev, f.first, f.last, &head)
        if data > f.last:           # the pipe goes on; the misses of the cache bound how far
            f.last = untagged(data)
            f.done = f.last + R.done - R.lat
            f.root = f.latency = data & TAG_MASK
            f.first = later(f.first, untagged(head))
    order_memory(T, R, f)


cdef inline void order_memory(Timing *T, Record *R, Flow *f) noexcept nogil:
    """What later memory instructions wait for."""
    cdef int64_t drained
    if R.path == PATH_VLOAD:
        T.memory_last = 1
        T.load_done = later(T.load_done, f.done)
        if R.drain and T.drained > f.start:
            T.drained += R.drain
    else:
        T.memory_last = 2
        T.store_done = later(T.store_done, f.done)
        if R.drain:
            drained = later(untagged(T.drained), untagged(f.start) + R.occ) + R.drain
            T.drained = tagged(later(untagged(f.end), drained), UNIT)
        if T.scalar_load_after_stores:
            T.load_after = tagged(T.store_done, ORDER)
    if T.scalar_store_after_vector:
        T.store_after = tagged(later(T.load_done, T.store_done), ORDER)
    T.memory_end = tagged(f.end, BANDWIDTH if T.memory_level else UNIT)
