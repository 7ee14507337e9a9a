# The run loops: functional (tail-threaded), stepwise, timed (threaded or stepwise), and traced. The only place where core meets timing.
#
# A run goes in slices without the GIL; between slices Python handles signals, so Ctrl-C stops within a slice and leaves the
# state whole. Each loop returns at the first of: budget spent, stop raised by a handler, instruction limit reached.
from time import perf_counter as clock

from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint64_t

from rvsim.core.control cimport drop_all, htif, op_at
from rvsim.core.fpu cimport fpu_enter, fpu_leave
from rvsim.core.hart cimport Hart
from rvsim.core.op cimport KIND_UNDECODED, KIND_VECTOR, Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.state cimport STOP_CODE, STOP_NONE, STOP_RETURN, STOP_TRAP, State, StepFn, TailFn
from rvsim.engine.chain cimport chained, settle
from rvsim.engine.profiled cimport profiled
from rvsim.timing.probe cimport Probe, Profiler
from rvsim.timing.model cimport Record, Timing, TimingModel, timing_detach, timing_now, timing_step

from rvsim.core.handlers import handlers
from rvsim.core.vmemory import handlers as vector_steps
from rvsim.engine.chain import install, installed
from rvsim.engine.replay import install as install_beats
from rvsim.engine.replayed import handlers as beats, runs
from rvsim.engine.several import install as install_runs
from rvsim.engine.timed import handlers as timed_handlers
from rvsim.engine.streams import handlers as vector_beats

cdef enum:
    SHORTEST = 20000    # budget of a slice: it follows the clock between these bounds
    LONGEST = 4000000
    MARGIN = 4200       # instructions a threaded run may overshoot its budget by, at most two pages of straight line

cdef extern from *:
    """
    #if defined(__OPTIMIZE__)
    #define RVSIM_THREADED 1
    #else
    #define RVSIM_THREADED 0    /* without sibling calls the host's stack would overflow */
    #endif
    """
    bint THREADED "RVSIM_THREADED"


cdef inline void spend(State *s) noexcept nogil:
    """Long vectors spend budget too, so that slices stay short."""
    cdef int64_t w = s.ev.vl >> 6
    s.n -= w
    s.weight += w


cdef void threaded(State *s, int64_t budget) noexcept nogil:
    """Run about `budget` instructions as fast as possible."""
    s.budget = budget
    s.n = budget
    (<TailFn>s.next.tail)(s, s.next, budget)


cdef void stepwise(State *s, int64_t budget) noexcept nogil:
    """Run exactly `budget` instructions (fewer where vectors are long), unless something stops the run."""
    cdef Op *op = s.next
    cdef Op *to
    s.budget = budget
    s.n = budget
    while s.n > 0:
        while unlikely(op.kind == KIND_UNDECODED):
            to = (<StepFn>op.step)(s, op)
            if to == NULL: return
            op = to
        to = (<StepFn>op.step)(s, op)
        s.n -= 1
        if op.kind >= KIND_VECTOR: spend(s)
        if unlikely(to == NULL): return
        op = to
    s.next = op


cdef void timed(State *s, Timing *T, int64_t budget) noexcept nogil:
    """Run exactly `budget` instructions and account for the time of each."""
    cdef Op *op = s.next
    cdef Op *to
    cdef uint64_t traps = s.trap_count
    s.budget = budget
    s.n = budget
    while s.n > 0:
        while unlikely(op.kind == KIND_UNDECODED):
            to = (<StepFn>op.step)(s, op)
            if to == NULL: return
            op = to
        to = (<StepFn>op.step)(s, op)
        s.n -= 1
        if op.kind >= KIND_VECTOR: spend(s)
        if unlikely(s.trap_count != traps):     # it did not retire: its Event is of no meaning
            traps = s.trap_count
            if to == NULL: return
            op = to
            continue
        if unlikely(to == NULL):
            if s.stop != STOP_RETURN and s.stop != STOP_TRAP: timing_step(T, op, &s.ev, op + op.len)
            return
        timing_step(T, op, &s.ev, to)
        op = to
    s.next = op


cdef uint64_t now(void *T) noexcept nogil:
    return <uint64_t>timing_now(<Timing *>T)


def run_traced(hart, model, limit, log):
    """The traced loop, loaded when it is used."""
    from rvsim.engine.trace import run_traced

    return run_traced(hart, model, limit, log)


cdef void dropped(void *T, void *stat) noexcept nogil:
    timing_detach(<Timing *>T, <Record *>stat)


cdef bint slice_of(State *s, Timing *T, Probe *P, int64_t budget, bint exact) noexcept nogil:
    """One slice on this thread's FPU."""
    s.stop = STOP_NONE
    s.weight = 0
    fpu_enter(s)
    if P != NULL:
        profiled(s, T, P, budget)
        P.executed += s.budget - s.n - s.weight
        P.budget = NULL
    elif T != NULL:
        if THREADED and not exact: chained(s, T, budget)
        else: timed(s, T, budget)
    elif THREADED and not exact: threaded(s, budget)
    else: stepwise(s, budget)
    fpu_leave(s)
    s.retired += <uint64_t>(s.budget - s.n - s.weight)
    s.budget = 0
    s.n = 0
    s.weight = 0
    if s.stop == STOP_NONE and s.htif_half and htif(s):
        return False
    return s.stop == STOP_NONE


cdef void fresh_code(State *s) noexcept:
    """Drop every decoded page and go on at the same place."""
    cdef uint64_t pc = s.next.pc
    drop_all(s)
    s.next = op_at(s, pc)


def run(Hart hart not None, TimingModel model=None, max_instructions=None, log=None, Profiler profiler=None, progress=None):
    """Run until the program stops or `max_instructions` more have been executed (traps count too).

    log: a CommitLog that receives a line an instruction. profiler: observes the model, which must be its own. progress: called
    with the instructions executed so far after each slice of 10 to 40 ms. Returns hart.stop: `budget` when the limit was reached.
    The GIL is released; KeyboardInterrupt passes through with the hart between two instructions.
    """
    cdef State *s = hart.s
    cdef Timing *T = NULL
    cdef Probe *P = profiler.p if profiler is not None and profiler.model is model else NULL
    cdef uint64_t start = s.retired + s.trap_count, limit = ~<uint64_t>0
    cdef uint64_t left
    cdef int64_t budget, slice_size = 10 * SHORTEST
    cdef bint go, exact
    if model is not None:
        T = model.t
        T.first_run = <void *>settle
        if not installed():
            install(handlers(), timed_handlers())
            install_beats(handlers(), beats(), vector_steps(), vector_beats())
            install_runs(runs(), {beats()["flw"]: 4, beats()["fld"]: 8})
        if hart.observer is not model:  # the records of another model must not be met
            s.stat_dropped = NULL
            T.detaches += 1
            fresh_code(s)
            hart.observer = model
        s.now = now
        s.stat_dropped = dropped
        s.now_arg = T
    else:
        if hart.observer is not None:   # nobody tells it from here on that code has changed
            (<TimingModel>hart.observer).t.detaches += 1
        s.now = NULL
        s.stat_dropped = NULL
    if max_instructions is not None:
        limit = max_instructions
    while True:
        left = limit - (s.retired + s.trap_count - start) if limit != ~<uint64_t>0 else ~<uint64_t>0
        if left == 0:
            s.stop = STOP_NONE
            return hart.stop
        exact = left <= MARGIN + SHORTEST
        budget = slice_size if left >= <uint64_t>slice_size + MARGIN else <int64_t>left if exact else <int64_t>left - MARGIN
        began = clock()
        if log is not None:
            go = not run_traced(hart, model, <uint64_t>min(budget, SHORTEST), log)
        else:
            with nogil:
                go = slice_of(s, T, P, budget, exact)
        if T != NULL and T.failed:
            model.check()
        if not go:
            if s.stop != STOP_CODE:
                return hart.stop
            fresh_code(s)
        PyErr_CheckSignals()
        if progress is not None:
            progress(s.retired)
        slice_size = adapt(slice_size, clock() - began)


cdef int64_t adapt(int64_t size, double seconds):
    """Aim at slices of 10 to 40 ms."""
    if seconds > 0.04: return size // 2 if size > 2 * SHORTEST else SHORTEST
    if seconds < 0.01: return size * 2 if size < LONGEST / 2 else LONGEST
    return size


def replays() -> bool:
    """Whether this build replays timed loops and runs sums of products in bulk; one without sibling calls does not."""
    return THREADED


def forget_timing(Hart hart not None):
    """Detach every Op from the timing model it last ran under."""
    fresh_code(hart.s)
