"""What a profile records beside the model: who waited for whom, loops, calls, regions, samples over time, a log of a window.

`probe_step` (probe.pxd) is called in place of `timing_step`; this file has its rarer parts and `Profiler`, which owns the
memory and gives it out as plain Python values and one numpy array. Reads the model's state, changes nothing of it.
"""
cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

from rvsim.core.op cimport KIND_AMO, KIND_BRANCH, KIND_LOAD, Event, Op
from rvsim.timing.state cimport *

import numpy as np

from ..errors import UsageError

BEGIN_MARK, END_MARK = 0x5b, 0x5d   # slti x0, x0, '[' and ']'

cdef enum:
    MARK_BEGIN = 0x5b
    MARK_END = 0x5d
    PLENTY = 160                    # samples that are taken whatever they cost
    SOME = 40                       # so many are kept while they cost more than the run can pay for
    WORTH = 8                       # instructions of the run that pay for each entry a sample walks
    NARROWEST = 32                  # cycles of the first samples

LOG_DTYPE = np.dtype({
    "names": ["pc", "issue", "sequenced", "start", "first", "end", "done", "charge", "producer", "addr", "vl", "insn", "bytes", "vtype",
              "cause", "pipe"],
    "formats": ["<u8", "<i8", "<i8", "<i8", "<i8", "<i8", "<i8", "<i8", "<i8", "<u8", "<u4", "<u4", "<u4", "u1", "u1", "<i4"],
    "offsets": [0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 84, 88, 92, 93, 96],
    "itemsize": sizeof(Entry),
})


cdef Detail *meet(Probe *P, Timing *T, Record *R, Op *op) noexcept nogil:
    """The first execution of an instruction that the probe sees."""
    cdef Detail *D = <Detail *>calloc(1, sizeof(Detail))
    if D == NULL:
        P.failed = 1
        return &P.spare
    if P.root.entry == 0:
        P.root.entry = R.pc
    D.record = R
    D.older = P.details
    P.details = D
    P.ndetails += 1
    R.detail = D
    D.vtype = 255
    D.since = R.count
    if R.path == PATH_JUMP:
        D.flags = (CALLER if op.rd == 1 or op.rd == 5 else 0) | (RETURN if R.is_return else 0)
    elif R.insn == P.marker_insn and (op.rd == 0 or op.rd == 32) and op.rs1 == 0:
        D.flags = BEGIN if op.imm == MARK_BEGIN else END if op.imm == MARK_END else 0
    return D


# ---- waiting -----------------------------------------------------------------------------------------------------------

cdef void note_wait(Detail *D, Record *producer, int32_t slot, int64_t ticks, int64_t held, int32_t cause) noexcept nogil:
    """So much was charged, and so long was it held, while waiting for what `producer` left in `slot`."""
    cdef int32_t i
    cdef Wait *w
    for i in range(WAITS):
        w = &D.waits[i]
        if w.producer == producer and w.slot == slot and w.cause == cause:
            break
        if w.producer == NULL:
            w.producer, w.slot, w.cause = producer, slot, cause
            break
    else:
        return
    w.ticks += ticks
    w.held += held


cdef void blame(Probe *P, Timing *T, Record *R, int64_t gap, int32_t vector, int32_t scalar) noexcept nogil:
    """Walks the charged window backwards, as `charge_stages` does, and finds whose results or unit it was spent on."""
    cdef Detail *D = <Detail *>R.detail
    cdef Stages *f = &T.stages
    cdef int64_t start = untagged(f.start), end = untagged(f.end), part
    cdef int32_t tag
    gap -= f.done - end
    part = end - start - R.occ
    if gap > 0 and part > 0 and P.vwriter[vector] != NULL:
        note_wait(D, P.vwriter[vector], V_SLOT + vector, part if part < gap else gap, part, f.end & TAG_MASK)
    gap -= end - start
    part = start - untagged(f.sequenced)
    if part > 0:
        blame_start(P, R, D, vector, 0 if gap < 0 else part if part < gap else gap, part, f.start & TAG_MASK)
    gap -= part
    part = untagged(f.sequenced) - untagged(f.accepted)
    tag = f.sequenced & TAG_MASK
    if gap > 0 and part > 0 and tag == OPERAND and P.vwriter[vector] != NULL:
        note_wait(D, P.vwriter[vector], V_SLOT + vector, part if part < gap else gap, part, tag)
    gap -= part
    tag = f.accepted & TAG_MASK
    if gap > 0 and (tag == OPERAND or L1 <= tag <= BANDWIDTH) and P.writer[scalar] != NULL:
        note_wait(D, P.writer[scalar], scalar, gap, gap, tag)


cdef void blame_start(Probe *P, Record *R, Detail *D, int32_t vector, int64_t ticks, int64_t held, int32_t tag) noexcept nogil:
    """The start was late: a source, the pipe, or the memory port."""
    cdef Record *user = P.pipe_user[R.pipe]
    if tag == UNIT or (tag == BANDWIDTH and R.path != PATH_VECTOR):
        if R.path != PATH_VECTOR and P.memory_user != NULL:
            user = P.memory_user
        if user != NULL and ticks:
            note_wait(D, user, PIPE_SLOT + R.pipe, ticks, held, tag)
    elif (tag == OPERAND or L1 <= tag <= BANDWIDTH) and P.vwriter[vector] != NULL:
        note_wait(D, P.vwriter[vector], V_SLOT + vector, ticks, held, tag)


cdef void close_form(Detail *D, int64_t count) noexcept nogil:
    """Executions up to number `count` ran under the present vtype."""
    D.forms[D.form].count += count - D.since
    D.since = count


cdef void new_form(Detail *D, Event *ev) noexcept nogil:
    """The instruction runs under another vtype than last time; what finds no place counts with the last one."""
    cdef int32_t i
    close_form(D, D.record.count - 1)
    D.vtype = ev.vtype
    for i in range(FORMS):
        if D.forms[i].count == 0 or D.forms[i].vtype == ev.vtype or i == FORMS - 1:
            D.forms[i].vtype, D.forms[i].vlmax = ev.vtype, ev.vlmax
            D.form = i
            return


cdef inline int64_t executed(Probe *P) noexcept nogil:
    """Instructions up to this one."""
    return P.executed + (P.budget[0] - P.left[0] - P.weight[0] if P.budget != NULL else 0)


# ---- control flow ------------------------------------------------------------------------------------------------------

cdef void edge(Detail *D, uint64_t to) noexcept nogil:
    cdef int32_t i
    for i in range(EDGES):
        if D.edge[i].count == 0:
            D.edge[i].to = to
        if D.edge[i].to == to:
            D.edge[i].count += 1
            return


cdef void charge_call(Probe *P, Timing *T) noexcept nogil:
    """What ran since the last call or return belongs to the function we are in."""
    P.call.ticks += T.frontier - P.call_ticks
    P.call.instructions += executed(P) - P.call_executed
    P.call_ticks = T.frontier
    P.call_executed = executed(P)


cdef void enter(Probe *P, Timing *T, uint64_t site, uint64_t back, uint64_t entry) noexcept nogil:
    cdef Call *child = P.call.first
    charge_call(P, T)
    while child != NULL and (child.entry != entry or child.site != site):
        child = child.sibling
    if child == NULL and P.depth < DEPTH and P.calls < CALLS and P.deep == 0:
        child = <Call *>calloc(1, sizeof(Call))
        if child != NULL:
            child.entry, child.site, child.back, child.up, child.sibling = entry, site, back, P.call, P.call.first
            P.call.first = child
            P.calls += 1
    if child == NULL or P.deep:
        P.deep += 1             # told apart no more: it counts for the function that called
        return
    child.count += 1
    P.call = child
    P.depth += 1


cdef void leave(Probe *P, Timing *T, uint64_t to) noexcept nogil:
    """A return: usually to the caller; a jump over several functions is found by its address."""
    cdef Call *at = P.call
    cdef int32_t depth = P.depth
    charge_call(P, T)
    if P.deep:
        P.deep -= 1
        return
    while at.up != NULL and at.back != to:
        at = at.up
        depth -= 1
    if at.up != NULL:
        P.call = at.up
        P.depth = depth - 1


cdef void jump(Probe *P, Timing *T, Record *R, Op *op, Op *next) noexcept nogil:
    """A branch or jump was executed; taken ones are edges, some are calls and returns."""
    cdef Detail *D = <Detail *>R.detail
    if next == NULL or (next == op + op.len and op.kind == KIND_BRANCH):
        return
    edge(D, next.pc)
    if D.flags & CALLER:
        enter(P, T, op.pc, op.pc + 2 * op.len, next.pc)
    elif D.flags & RETURN:
        leave(P, T, next.pc)


# ---- sums, regions, samples ----------------------------------------------------------------------------------------------

cdef void add_record(Probe *P, Timing *T, Detail *D) noexcept nogil:
    """Adds to the totals what this record has gained since it was last added."""
    cdef Record *R = D.record
    cdef int64_t *out = &P.total[0]
    cdef int64_t n = R.count - D.count, gained, ticks = R.extra - D.extra, work = R.execute - D.execute, elements = n
    cdef int32_t k
    if R.path < PATH_CONFIG:
        ticks += n * T.slot
    else:
        elements = R.elements + (R.count - R.since) * <int64_t>R.vl - D.elements
        D.elements += elements
        out[2] += n
        if R.path >= PATH_VECTOR:
            gained = (R.count - R.since) * R.occ
            gained -= D.occupied
            D.occupied += gained
            if not R.price.all_pipes:
                gained //= R.price.npipes
            for k in range(R.price.npipes):
                P.occupied[R.price.pipe[k]] += gained
    for k in range(1, NCAUSES):
        gained = R.cause[k] - D.cause[k]
        out[FIRST_CAUSE + k] += gained
        ticks -= gained
        D.cause[k] = R.cause[k]
    out[FIRST_CAUSE + EXECUTE] += work
    out[FIRST_CAUSE + ISSUE] += ticks - work
    out[1] += n
    out[3] += elements * R.desc.flop
    out[6] += R.bytes - D.nbytes
    D.count, D.extra, D.execute, D.nbytes = R.count, R.extra, R.execute, R.bytes


cdef void sum_up(Probe *P, Timing *T, bint all) noexcept nogil:
    """Brings the totals up to date; `all`: also of records that were charged without being executed, at the end."""
    cdef Detail *D = P.details
    cdef int32_t k
    while D != NULL:
        if all or D.record.count != D.count:
            add_record(P, T, D)
        D = D.older
    for k in range(MAX_PIPES):
        P.total[FIRST_PIPE + k] = T.pipe_busy[k] + P.occupied[k]
    P.total[0] = T.frontier
    P.total[4] = T.beyond_l1
    P.total[5] = T.dram_bytes


cdef void sample(Probe *P, Timing *T) noexcept nogil:
    """The frontier has passed the end of a sample: sum up, after every second sample has gone if there are enough.

    Samples of a short run over much code cost more than the run. So the first ones are thinned out early, which spreads them over
    all of it, and later ones are taken only when the instructions since the last one are worth the entries it walks.
    """
    cdef int32_t i
    cdef int64_t now = executed(P)
    cdef bint paid = now - P.sampled >= WORTH * P.ndetails
    if not paid and P.taken >= PLENTY:
        P.until = T.frontier + P.width
        return
    if P.nsamples >= (SAMPLES if paid else SOME) and P.nsamples % 2 == 0:
        P.width *= 2
        P.nsamples //= 2
        for i in range(1, P.nsamples):
            memcpy(&P.samples[i][0], &P.samples[2 * i][0], SUMS * sizeof(int64_t))
        if T.frontier < P.samples[P.nsamples - 1][0] + P.width:
            P.until = P.samples[P.nsamples - 1][0] + P.width
            return
    P.sampled = now
    P.taken += 1
    sum_up(P, T, False)
    memcpy(&P.samples[P.nsamples][0], &P.total[0], sizeof(P.total))
    P.nsamples += 1
    P.until = (T.frontier // P.width + 1) * P.width


cdef int32_t region_at(Probe *P, uint64_t pc) noexcept nogil:
    """Number of the region that begins at pc; a new one when it is met first, -1 without memory."""
    cdef int32_t i
    cdef Region *more
    for i in range(P.nregions):
        if P.regions[i].pc == pc:
            return i
    more = <Region *>realloc(P.regions, (P.nregions + 1) * sizeof(Region))
    if more == NULL:
        P.failed = 1
        return -1
    P.regions = more
    memset(&P.regions[P.nregions], 0, sizeof(Region))
    P.regions[P.nregions].pc = pc
    for i in range(P.nregion_pc):
        P.regions[P.nregions].watched |= P.region_pc[i] == pc
    P.nregions += 1
    return P.nregions - 1


cdef void end_region(Probe *P) noexcept nogil:
    """Closes the innermost region. Inside another execution of itself it is part of that one."""
    cdef int32_t i, number
    P.open -= 1
    if P.open >= OPEN:
        return
    number = P.stack[P.open]
    P.region_on -= P.regions[number].watched
    for i in range(P.open):
        if P.stack[i] == number:
            return
    for i in range(SUMS):
        P.regions[number].sums[i] += P.total[i] - P.at_begin[P.open][i]


cdef void marker(Probe *P, Timing *T, Record *R) noexcept nogil:
    """A region begins or ends."""
    cdef int32_t number
    sum_up(P, T, False)
    if (<Detail *>R.detail).flags & BEGIN:
        number = region_at(P, R.pc) if P.open < OPEN else -1
        if number >= 0:
            P.stack[P.open] = number
            memcpy(&P.at_begin[P.open][0], &P.total[0], sizeof(P.total))
            P.regions[number].entries += 1
            P.region_on += P.regions[number].watched
            P.open += 1
        else:
            P.unseen += 1
    elif P.unseen:
        P.unseen -= 1
    elif P.open:
        end_region(P)


# ---- the log of a window -------------------------------------------------------------------------------------------------

cdef bint wanted(Probe *P, Timing *T, Op *op, int64_t front) noexcept nogil:
    """Is this execution in the window?"""
    if P.trigger:
        P.trigger_seen += op.pc == P.trigger
        return P.trigger_from < P.trigger_seen <= P.trigger_to
    if P.nregion_pc:
        return P.region_on > 0
    return P.log_from <= front < P.log_to


cdef Entry *new_entry(Probe *P) noexcept nogil:
    """Room for one more, or NULL when the log is full."""
    cdef Entry *more
    if P.logged == P.room and P.room < P.capacity:
        P.room = P.capacity if P.room * 2 > P.capacity else P.room * 2 if P.room else 4096
        more = <Entry *>realloc(P.log, P.room * sizeof(Entry))
        if more == NULL:
            P.capacity = P.room = P.logged
            P.failed = 1
        else:
            P.log = more
    if P.logged >= P.capacity:
        P.lost += 1
        return NULL
    P.logged += 1
    return &P.log[P.logged - 1]


cdef void log_step(Probe *P, Timing *T, Record *R, Op *op, Event *ev, int64_t front, int64_t frontier, int32_t scalar, int64_t ready,
                   int32_t vector) noexcept nogil:
    """One executed instruction as an entry; `front`, `frontier`, `ready`: as they were before it."""
    cdef Entry *e
    cdef Stages *f = &T.stages
    cdef int64_t t, number = P.logged
    cdef int32_t i, k
    if not wanted(P, T, op, untagged(front)):
        return
    e = new_entry(P)
    if e == NULL:
        return
    memset(e, 0, sizeof(Entry))
    e.pc, e.insn, e.pipe, e.producer = R.pc, R.insn, -1, -1
    e.charge = T.frontier - frontier
    if R.path >= PATH_CONFIG:
        e.issue, e.sequenced, e.start = untagged(f.accepted), untagged(f.sequenced), untagged(f.start)
        e.first, e.end, e.done = untagged(f.first), untagged(f.end), untagged(f.done)
        e.vl, e.vtype = ev.vl, <uint8_t>ev.vtype
        t = f.start if e.start > e.sequenced else f.sequenced if e.sequenced > e.issue else f.accepted
        if e.start > e.sequenced:
            e.producer = P.vslot_entry[vector] - 1
        elif e.start == e.issue and ready > front:
            e.producer = P.slot_entry[scalar] - 1
        if R.path >= PATH_VECTOR:
            e.pipe = f.pipe
        for i in range(R.ndst):
            for k in range(1 << R.dst_log):
                if R.dst[i] + k < 32:
                    P.vslot_entry[R.dst[i] + k] = number + 1
    else:
        t = later(front, ready)
        if ready > front:
            e.producer = P.slot_entry[scalar] - 1
        e.issue = untagged(t) if T.front <= T.slot + untagged(t) or op.kind >= KIND_BRANCH else untagged(T.front) - T.slot
        e.sequenced = e.start = e.issue
        e.end = e.first = e.done = later(e.issue + untagged(R.latency), untagged(T.ready[R.rd]) if R.rd != 32 else 0)
    e.cause = <uint8_t>(t & TAG_MASK)
    if op.kind >= KIND_LOAD and op.kind <= KIND_AMO:
        e.addr, e.nbytes = ev.addr, op.size
    elif R.path > PATH_VECTOR:
        e.addr, e.nbytes = ev.addr, <uint32_t>ev.bytes
    P.slot_entry[R.rd] = number + 1


# ---- the Python object -----------------------------------------------------------------------------------------------------

cdef int32_t generation = 0


cdef list sums_of(int64_t *sums, int pipes):
    """A list: time, instructions, vector instructions, flop, beyond L1, dram, requested, causes, pipes; times in ticks."""
    cdef int k
    out = [sums[0] >> TAG_BITS] + [sums[k] for k in range(1, 7)]
    return out + [[sums[FIRST_CAUSE + k] >> TAG_BITS for k in range(NCAUSES)], [sums[FIRST_PIPE + k] >> TAG_BITS for k in range(pipes)]]


cdef samples_of(Probe *P, int pipes):
    """The samples as an array, one row each: what `sums_of` has, side by side."""
    out = np.empty((P.nsamples, 7 + NCAUSES + pipes), np.int64)
    cdef int64_t[:, ::1] rows = out
    cdef int64_t *sums
    cdef int i, k
    for i in range(P.nsamples):
        sums = &P.samples[i][0]
        rows[i, 0] = sums[0] >> TAG_BITS
        for k in range(1, 7):
            rows[i, k] = sums[k]
        for k in range(NCAUSES):
            rows[i, 7 + k] = sums[FIRST_CAUSE + k] >> TAG_BITS
        for k in range(pipes):
            rows[i, 7 + NCAUSES + k] = sums[FIRST_PIPE + k] >> TAG_BITS
    return out


@cython.no_gc_clear                     # its records point into the model's, which must be there until the end
cdef class Profiler:
    """Observes a TimingModel during one run: hand it to the run loop, call `finish` after the model's `drain`.

    capacity: entries of the log, 0 for none; window: (first, last + 1) in cycles; regions: addresses of begin markers; trigger:
    (pc, from, to): the log is on from the from-th execution (counted from 0) of pc up to the to-th.
    """

    def __cinit__(self, TimingModel model not None, *, capacity=0, window=None, regions=(), trigger=None):
        cdef Probe *P = <Probe *>calloc(1, sizeof(Probe))
        cdef Record *R
        cdef int i
        global generation
        self.p = P
        self.model = model
        if P == NULL:
            raise MemoryError("the records of a profile")
        P.root = P.call = <Call *>calloc(1, sizeof(Call))
        if P.root == NULL:
            raise MemoryError("the records of a profile")
        P.marker_insn = next(i for i, row in enumerate(model.insns) if row["name"] == "slti")
        P.width = P.until = NARROWEST * CYCLE
        P.nsamples = 1
        P.capacity = capacity
        P.log_to = <int64_t>1 << 62
        if window is not None:
            P.log_from, P.log_to = min(window[0], 1 << 48) * CYCLE, min(window[1], 1 << 48) * CYCLE
        if len(regions) > 16:
            raise UsageError(f"{len(regions)} places begin the region; a log can watch 16")
        for i, address in enumerate(regions):
            P.region_pc[i] = address
        P.nregion_pc = len(regions)
        if trigger is not None:
            P.trigger, P.trigger_from, P.trigger_to = trigger
        R = model.t.records
        while R != NULL:                # what a probe before this one left behind, if somebody still holds it
            R.detail = NULL
            R = R.older
        generation += 1
        self.generation = model.t.watch = generation

    def __dealloc__(self):
        self._free()

    cdef void _free(self):
        cdef Probe *P = self.p
        cdef Detail *D
        cdef Call *at
        cdef Call *gone
        if P == NULL:
            return
        self._stop()
        while P.details != NULL:
            D = P.details
            P.details = D.older
            if D.record.detail == D:
                D.record.detail = NULL
            free(D)
        at = P.root
        while at != NULL:               # every node once, children before their parent
            if at.first != NULL:
                gone = at.first
                at.first = gone.sibling
                gone.sibling = NULL
                gone.up = at
                at = gone
            else:
                gone = at
                at = at.up
                free(gone)
        free(P.regions)
        free(P.log)
        free(P)
        self.p = NULL

    cdef void _stop(self):
        """The model runs on unobserved, unless another probe has taken over."""
        if self.model is not None and self.model.t.watch == self.generation:
            self.model.t.watch = 0

    def finish(self):
        """Closes what is open and returns all but the log as plain values; the model runs on without an observer.

        instructions: one dict for each record with pc, insn, edges [(target, count)], forms [(vtype index, count)], vlmax (summed),
        waits [(pc, insn, slot, cause, ticks, ticks held)]; samples, an int64 array (samples, time and six sums, causes, pipes), regions and
        calls as `docs/reference/report.md` explains their origin.
        """
        cdef Probe *P = self.p
        cdef Timing *T = self.model.t
        if self.finished:
            raise UsageError("this profile is finished")
        self.finished = True
        charge_call(P, T)
        sum_up(P, T, True)
        while P.open:
            end_region(P)
        if P.nsamples == SAMPLES:
            P.nsamples -= 1
        memcpy(&P.samples[P.nsamples][0], &P.total[0], sizeof(P.total))
        P.nsamples += 1
        pipes = len(self.model.unit_busy)
        self._stop()
        if P.failed:
            raise MemoryError("the records of a profile")
        return {
            "instructions": self._instructions(),
            "samples": samples_of(P, pipes),
            "regions": [(P.regions[i].pc, P.regions[i].entries, sums_of(&P.regions[i].sums[0], pipes)) for i in range(P.nregions)],
            "calls": self._calls(),
        }

    def _instructions(self):
        cdef Detail *D = self.p.details
        cdef Wait *w
        cdef int i
        out = []
        while D != NULL:
            waits = []
            for i in range(WAITS):
                w = &D.waits[i]
                if w.producer != NULL:
                    waits.append((w.producer.pc, w.producer.insn, w.slot, w.cause, w.ticks >> TAG_BITS, w.held >> TAG_BITS))
            if D.record.path >= PATH_CONFIG:
                close_form(D, D.record.count)
            out.append({
                "pc": D.record.pc, "insn": D.record.insn, "waits": waits,
                "vlmax": sum([D.forms[i].count * <int64_t>D.forms[i].vlmax for i in range(FORMS)]),
                "edges": [(D.edge[i].to, D.edge[i].count) for i in range(EDGES) if D.edge[i].count],
                "forms": [(D.forms[i].vtype, D.forms[i].count) for i in range(FORMS) if D.forms[i].count],
            })
            D = D.older
        return out

    def _calls(self):
        """(number of the caller or -1, entry, site, count, ticks of its own, instructions of its own), callers first."""
        cdef Call *at = self.p.root
        out = []
        numbers = {}
        parent = -1
        while at != NULL:
            numbers[<uint64_t>at] = len(out)
            out.append((parent, at.entry, at.site, at.count, at.ticks >> TAG_BITS, at.instructions))
            if at.first != NULL:
                parent = numbers[<uint64_t>at]
                at = at.first
                continue
            while at != NULL and at.sibling == NULL:
                at = at.up
            if at != NULL:
                parent = numbers[<uint64_t>at.up]
                at = at.sibling
        return out

    def log(self):
        """The log as a structured array (LOG_DTYPE; times in stamps, see `profile.recording`), and how many entries found no room."""
        cdef Probe *P = self.p
        out = np.zeros(P.logged, LOG_DTYPE)
        cdef char[:] view
        if P.logged:
            view = out.view(np.uint8).view(np.int8)
            memcpy(&view[0], P.log, P.logged * sizeof(Entry))
        return out, P.lost
