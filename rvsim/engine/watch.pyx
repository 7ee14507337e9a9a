# The watched loop: stops behind an instruction that accesses certain memory, for a debugger's watchpoints.
#
# Like the stepwise loops it calls an Op's step function and, in timed runs, the model; between two instructions it compares
# what the Event says about addresses with the ranges. What an access does is not its business.
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint8_t, uint64_t

from rvsim.core.fpu cimport fpu_enter, fpu_leave
from rvsim.core.hart cimport Hart
from rvsim.core.op cimport (KIND_AMO, KIND_LOAD, KIND_STORE, KIND_UNDECODED, KIND_VLOAD, KIND_VSTORE, VMODE_INDEXED, VMODE_MASK,
                            VMODE_WHOLE, Op)
from rvsim.core.state cimport STOP_NONE, STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.timing.model cimport Timing, TimingModel, timing_step

cdef enum:
    MOST = 32           # ranges at once
    SLICE = 20000       # instructions between two looks at signals
    WRITES = 1          # what a range watches
    READS = 2


cdef struct Range:
    uint64_t low
    uint64_t high
    int kinds


cdef inline int access_of(Op *op) noexcept nogil:
    """What an instruction does to memory, as bits WRITES and READS."""
    if op.kind == KIND_LOAD or op.kind == KIND_VLOAD: return READS
    if op.kind == KIND_STORE or op.kind == KIND_VSTORE: return WRITES
    return READS | WRITES if op.kind == KIND_AMO else 0


cdef bint touches(State *s, Op *op, const uint8_t *mask, Range *r, uint64_t *where) noexcept nogil:
    """Whether the last execution of `op` accessed a range, and the first address in it that it did."""
    cdef uint64_t size = op.size if op.size else <uint64_t>1 << (s.ev.vtype & 3), count = 1, fields = 1, i, a
    if op.kind >= KIND_VLOAD:
        count = s.ev.vl
        if op.vmode == VMODE_WHOLE: count = <uint64_t>op.rm * s.vlenb / size
        elif op.vmode == VMODE_MASK: count = (count + 7) >> 3
        else: fields = op.rm
    for i in range(count):
        if mask != NULL and not (mask[i >> 3] >> (i & 7)) & 1:
            continue
        a = s.ev.addr
        if op.kind >= KIND_VLOAD:
            a = s.elems[i] if op.vmode == VMODE_INDEXED else a + i * <uint64_t>s.ev.stride
        if a < r.high and r.low < a + fields * size:
            where[0] = a if a > r.low else r.low
            return True
    return False


cdef int step(State *s, Timing *T, Range *ranges, int count, uint8_t *mask, int *hit, uint64_t *where) noexcept nogil:
    """One instruction. 0: go on, 1: a range was accessed, 2: the run stops."""
    cdef Op *op = s.next
    cdef Op *to
    cdef Op was
    cdef uint64_t traps = s.trap_count
    cdef int access, i
    cdef uint64_t byte
    while op.kind == KIND_UNDECODED:
        to = (<StepFn>op.step)(s, op)
        if to == NULL: return 2
        op = to
    was = op[0]                         # a store over its own code may reset the Op
    access = access_of(op)
    if access and not op.vm and op.kind >= KIND_VLOAD:
        for byte in range(s.vlenb): mask[byte] = s.v[byte]
    s.next = op
    s.budget = s.n = 1
    to = (<StepFn>op.step)(s, op)
    s.n = 0
    s.retired += 1
    s.budget = 0
    if s.trap_count == traps and s.stop != STOP_RETURN and s.stop != STOP_TRAP:
        if T != NULL: timing_step(T, op, &s.ev, to if to != NULL else op + was.len)
    else:
        access = 0
    if to != NULL: s.next = to
    for i in range(count):
        if access & ranges[i].kinds and touches(s, &was, mask if not was.vm and was.kind >= KIND_VLOAD else NULL, &ranges[i], where):
            hit[0] = i
            return 2 if to == NULL else 1
    return 2 if to == NULL else 0


def run_watched(Hart hart not None, TimingModel model, uint64_t limit, ranges):
    """Run at most `limit` instructions; (why the run stopped or None, (range, address) of an access to a range or None).

    ranges: at most 32 of (address, bytes, kinds), kinds 1 for writes, 2 for reads, 3 for both. The machine stands behind the
    instruction that made the access. In a timed run the hart must have run under `model` before.
    """
    cdef State *s = hart.s
    cdef Timing *T = model.t if model is not None else NULL
    cdef Range table[MOST]
    cdef int count = 0, hit = -1, end = 0
    cdef int64_t left
    cdef uint64_t where = 0
    cdef uint8_t *mask
    buffer = bytearray(s.vlenb)
    mask = buffer
    for address, size, kinds in ranges[:MOST]:
        table[count].low, table[count].high, table[count].kinds = address, address + size, kinds
        count += 1
    s.stop = STOP_NONE
    s.weight = 0
    while limit > 0 and end == 0:
        left = <int64_t>min(limit, <uint64_t>SLICE)
        limit -= <uint64_t>left
        with nogil:
            fpu_enter(s)
            while left > 0 and end == 0:
                end = step(s, T, table, count, mask, &hit, &where)
                s.weight = 0
                left -= 1
            fpu_leave(s)
        if T != NULL and T.failed: model.check()
        PyErr_CheckSignals()
    return hart.stop if end == 2 else None, (hit, where) if hit >= 0 else None
