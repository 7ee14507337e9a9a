# The timed loop under a probe: what `loops.timed` does, observed. A module of its own, so that the plain loop stays small.
from libc.stdint cimport int64_t, uint64_t

from rvsim.core.op cimport KIND_UNDECODED, KIND_VECTOR, Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport STOP_RETURN, STOP_TRAP, State, StepFn
from rvsim.timing.model cimport Timing
from rvsim.timing.probe cimport Probe, probe_step


cdef void profiled(State *s, Timing *T, Probe *P, int64_t budget) noexcept nogil:
    """Run exactly `budget` instructions (fewer where vectors are long), accounting for the time and the company of each."""
    cdef Op *op = s.next
    cdef Op *to
    cdef uint64_t traps = s.trap_count
    cdef int64_t w
    s.budget = budget
    s.n = budget
    P.budget, P.left, P.weight = &s.budget, &s.n, &s.weight
    while s.n > 0:
        while unlikely(op.kind == KIND_UNDECODED):
            to = (<StepFn>op.step)(s, op)
            if to == NULL: return
            op = to
        to = (<StepFn>op.step)(s, op)
        s.n -= 1
        if op.kind >= KIND_VECTOR:
            w = s.ev.vl >> 6
            s.n -= w
            s.weight += w
        if unlikely(s.trap_count != traps):     # it did not retire: its Event is of no meaning
            traps = s.trap_count
            P.executed -= 1
            if to == NULL: return
            op = to
            continue
        if unlikely(to == NULL):
            if s.stop != STOP_RETURN and s.stop != STOP_TRAP: probe_step(P, T, op, &s.ev, op + op.len)
            else: P.executed -= 1
            return
        probe_step(P, T, op, &s.ev, to)
        op = to
    s.next = op
