# The probe: what a profile needs beyond the Records, taken from outside by looking at the model before and after each step.
#
#     probe_step = look, timing_step, look again   ->   Detail (per Record), calls, regions, samples, log
#
# The model knows nothing of it but `Record.detail`, `Timing.watch` and `Timing.stages`; a run without a probe pays one
# predictable branch a vector instruction. No floating point here: it would disturb the guest's flags.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport KIND_BRANCH, KIND_JALR, Event, Op
from rvsim.timing.model cimport TimingModel, timing_attach, timing_step
from rvsim.timing.state cimport (
    MAX_PIPES, NCAUSES, NOBODY, NREADY, PATH_CONFIG, PATH_JUMP, PATH_VECTOR, TAG_MASK, UNIT, Record, Timing, later, tagged, untagged,
)

cdef enum:
    WAITS = 6               # producers remembered an instruction
    EDGES = 4               # targets remembered a jump
    FORMS = 4               # vtypes remembered an instruction
    SAMPLES = 320           # samples over time; when full, every second one goes
    DEPTH = 256             # calls in each other that are told apart
    CALLS = 20000           # different paths of calls that are told apart
    OPEN = 32               # regions in each other
    SUMS = 56               # 0 time 1 instructions 2 vector 3 flop 4 beyond L1 5 dram 6 requested 7 -; causes; pipes
    FIRST_CAUSE = 8
    FIRST_PIPE = 21         # FIRST_CAUSE + NCAUSES
    V_SLOT = 128            # numbering of what was waited for: 0 x, 64 f, 128 v, 192 pipes
    PIPE_SLOT = 192
    CALLER = 1
    RETURN = 2
    BEGIN = 4
    END = 8

# What an instruction waited for: the instruction that made it, where it lies, the stamps charged meanwhile, and how long it was held.
cdef struct Wait:
    Record *producer
    int64_t ticks
    int64_t held
    int32_t slot
    int32_t cause

cdef struct Edge:
    uint64_t to
    int64_t count

cdef struct Form:
    uint32_t vtype
    uint32_t vlmax
    int64_t count

# What the probe keeps about one Record.
cdef struct Detail:
    Record *record
    Detail *older
    int64_t count               # this and what follows: as they were when the totals were last brought up to date
    int64_t extra, execute, elements, nbytes, occupied
    int64_t cause[NCAUSES]
    int32_t flags               # CALLER RETURN BEGIN END
    uint32_t vtype              # the present one, place `form`, since execution `since`
    int32_t form
    int64_t since
    Edge edge[EDGES]
    Form forms[FORMS]
    Wait waits[WAITS]

# A function as called from one place on one path of calls.
cdef struct Call:
    uint64_t entry, site, back
    Call *up
    Call *first
    Call *sibling
    int64_t ticks, instructions, count

cdef struct Region:
    uint64_t pc
    int64_t entries
    int32_t watched             # the log is on while it is open
    int64_t sums[SUMS]

# One executed instruction of the log. Times are stamps without tags.
cdef struct Entry:
    uint64_t pc
    int64_t issue, sequenced, start, first, end, done
    int64_t charge
    int64_t producer            # index in the log of what it waited for, or -1
    uint64_t addr
    uint32_t vl, insn, nbytes
    uint8_t vtype, cause
    int32_t pipe                # -1: scalar

cdef struct Probe:
    int64_t until               # frontier of the next sample
    int64_t executed            # before this slice; the rest is what `State` says
    int64_t *budget             # of the slice, what is left of it, and what long vectors took of it
    int64_t *left
    int64_t *weight
    int64_t width               # of a sample, stamps
    Record *writer[NREADY]
    Record *vwriter[33]
    Record *pipe_user[64]
    Record *memory_user
    Detail *details
    int64_t ndetails, sampled   # instructions when the last sample was taken
    int64_t taken               # samples, whether they were kept or not
    # calls
    Call *call
    Call *root
    int64_t call_ticks, call_executed
    int32_t depth, deep, calls
    # regions
    Region *regions
    int32_t nregions, open, unseen
    int32_t stack[OPEN]
    int64_t at_begin[OPEN][SUMS]
    # samples
    int64_t total[SUMS]
    int64_t occupied[MAX_PIPES] # what total has of it beyond Timing.pipe_busy
    int32_t nsamples
    int64_t samples[SAMPLES][SUMS]
    # log
    Entry *log
    int64_t logged, capacity, room, lost
    int64_t log_from, log_to    # stamps of the front
    int64_t trigger_seen, trigger_from, trigger_to
    uint64_t trigger
    uint64_t region_pc[16]
    int32_t nregion_pc, region_on
    int64_t slot_entry[NREADY]
    int64_t vslot_entry[33]
    uint32_t marker_insn
    int32_t failed
    Detail spare

cdef Detail *meet(Probe *P, Timing *T, Record *R, Op *op) noexcept nogil
cdef void jump(Probe *P, Timing *T, Record *R, Op *op, Op *next) noexcept nogil
cdef void marker(Probe *P, Timing *T, Record *R) noexcept nogil
cdef void sample(Probe *P, Timing *T) noexcept nogil
cdef void blame(Probe *P, Timing *T, Record *R, int64_t gap, int32_t vector, int32_t scalar) noexcept nogil
cdef void note_wait(Detail *D, Record *producer, int32_t slot, int64_t ticks, int64_t held, int32_t cause) noexcept nogil
cdef void new_form(Detail *D, Event *ev) noexcept nogil
cdef void log_step(Probe *P, Timing *T, Record *R, Op *op, Event *ev, int64_t front, int64_t frontier, int32_t scalar, int64_t ready,
                   int32_t vector) noexcept nogil


cdef inline void settle_writers(Probe *P, Record *R, int32_t source, int64_t root) noexcept nogil:
    """The registers that a vector instruction wrote are its own; late ones because of memory are those of the load behind it."""
    cdef Record *who = R
    cdef Record **at
    cdef int32_t i
    if R.path == PATH_VECTOR and 8 <= root <= 11 and P.vwriter[source] != NULL:
        who = P.vwriter[source]
    for i in range(R.ndst):
        at = &P.vwriter[R.dst[i]]
        at[0] = who
        if R.dst_log:
            at[1] = who
        if R.dst_log > 1:
            at[2] = at[3] = who
        if R.dst_log > 2:
            at[4] = at[5] = at[6] = at[7] = who


cdef inline int32_t latest(Timing *T, Record *R) noexcept nogil:
    """The source whose last result comes last; NOBODY without one."""
    cdef int32_t i, best = R.src[0]
    if T.last[R.src[1]] > T.last[best]:
        best = R.src[1]
    if T.last[R.src[2]] > T.last[best]:
        best = R.src[2]
    for i in range(3, R.nsrc):
        if T.last[R.src[i]] > T.last[best]:
            best = R.src[i]
    return best


cdef inline void probe_vector(Probe *P, Timing *T, Op *op, Event *ev, Op *next, Record *R, Detail *D, int32_t scalar) noexcept nogil:
    """One vector instruction: who was it waiting for, which vtype, whose are its results."""
    cdef int64_t front = T.front, frontier = T.frontier, ready = T.ready[scalar], start, end, gap
    cdef int32_t source = latest(T, R) if R.nsrc else NOBODY
    timing_step(T, op, ev, next)
    if ev.vtype != D.vtype:
        new_form(D, ev)
    start, end = untagged(T.stages.start), untagged(T.stages.end)
    gap = T.frontier - frontier - (T.stages.done - end)
    if (gap > 0 and (end - start > R.occ or gap > R.occ)
            or (start > untagged(T.stages.sequenced) and T.stages.start & TAG_MASK != UNIT)):
        blame(P, T, R, T.frontier - frontier, source, scalar)
    if R.ndst:
        settle_writers(P, R, source, T.last[R.dst[0]] & TAG_MASK)
    P.writer[R.rd] = R
    if R.path >= PATH_VECTOR:
        P.pipe_user[T.stages.pipe] = R
        if R.path > PATH_VECTOR:
            P.memory_user = R
    if P.capacity:
        log_step(P, T, R, op, ev, front, frontier, scalar, ready, source)


cdef inline void probe_scalar(Probe *P, Timing *T, Op *op, Event *ev, Op *next, Record *R, Detail *D, int32_t scalar) noexcept nogil:
    cdef int64_t front = T.front, frontier = T.frontier, ready = T.ready[scalar], gap
    timing_step(T, op, ev, next)
    if ready > front:
        gap = T.frontier - frontier - T.slot
        if gap > 0 and P.writer[scalar] != NULL:
            note_wait(D, P.writer[scalar], scalar, gap if gap < ready - front else ready - front, ready - front, ready & TAG_MASK)
    P.writer[R.rd] = R
    if P.capacity:
        log_step(P, T, R, op, ev, front, frontier, scalar, ready, NOBODY)
    if KIND_BRANCH <= op.kind <= KIND_JALR:
        jump(P, T, R, op, next)
    elif D.flags:
        marker(P, T, R)


cdef inline void probe_step(Probe *P, Timing *T, Op *op, Event *ev, Op *next) noexcept nogil:
    """`timing_step`, observed. The caller keeps P.executed."""
    cdef Record *R = <Record *>op.stat
    cdef Detail *D
    cdef int32_t scalar
    if R == NULL:
        R = timing_attach(T, op)
    D = <Detail *>R.detail
    if D == NULL:
        D = meet(P, T, R, op)
    scalar = R.s1 if T.ready[R.s1] >= T.ready[R.s2] else R.s2
    if T.ready[R.s3] > T.ready[scalar]:
        scalar = R.s3
    if R.path >= PATH_CONFIG:
        probe_vector(P, T, op, ev, next, R, D, scalar)
    else:
        probe_scalar(P, T, op, ev, next, R, D, scalar)
    if T.frontier >= P.until:
        sample(P, T)


cdef class Profiler:
    cdef Probe *p
    cdef readonly TimingModel model
    cdef bint finished
    cdef int generation
    cdef void _free(self)
    cdef void _stop(self)
