# What a vector instruction costs under the present (vl, vtype): laws of schema.Law evaluated once and kept in its Record.
#
# Knows nothing of time. Runs only when vl, vtype or the stride of an instruction changed since it was last executed.
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from rvsim.core.op cimport VMODE_INDEXED, VMODE_MASK, VMODE_STRIDED, VMODE_WHOLE, Event, Op
from rvsim.timing.groups cimport eew_layout, emul_log
from rvsim.timing.state cimport (
    BASIS_REGISTER, BASIS_VL, MAX_SOURCES, NO_LAYOUT, NOBODY, PATH_VECTOR, PATH_VLOAD, PATH_VSTORE, QUEUED_BEATS, TAG_MASK, TICKS, Desc, Law,
    Price, Record, Timing, later,
)


cdef enum:
    GROUP_MASK = 5              # index of "m" in rows.GROUPS
    GROUP_WHOLE = 12            # from here on groups are whole registers, whatever vl


cdef inline int64_t whole_ticks(int64_t cost) noexcept nogil:
    """A duration leaves the tag of a stamp alone."""
    return cost & ~<int64_t>TAG_MASK


cdef inline int32_t log2_up(int64_t n) noexcept nogil:
    cdef int32_t k = 0
    while (<int64_t>1 << k) < n:
        k += 1
    return k


# What the laws count, for the present vl and vtype.
cdef struct Size:
    int32_t sew                 # log2(SEW / 8)
    int32_t lmul                # log2 of the registers, negative for part of one
    int64_t n                   # elements
    int64_t beats
    int64_t registers
    int64_t factor              # on beats, in 1/TICKS
    int64_t nf, stages          # fields of a segment, and their doublings
    int64_t field_bits, slice_bits


cdef inline int64_t evaluate(Law *law, Size *z) noexcept nogil:
    """A law of schema.Law as a duration."""
    cdef int32_t sew = z.sew, fold = log2_up(z.beats)
    cdef int64_t slices = (z.field_bits + z.slice_bits - 1) // z.slice_bits
    cdef int64_t cost = law.add[sew] + z.beats * law.beat[sew] * z.factor // TICKS
    cost += law.beat_exact[sew] * z.field_bits * z.nf // z.slice_bits
    cost += z.n * (law.element[sew] + z.nf * law.field[sew]) + z.registers * law.reg[sew]
    if law.knee[sew] and z.n > law.knee[sew]:
        cost += (z.n - law.knee[sew]) * law.element_late[sew]
    cost += law.square[sew] * z.beats * z.beats + law.triangle[sew] * (z.beats * (z.beats + 1) // 2)
    cost += slices * (law.slice[sew] + z.nf * law.slice_field[sew])
    cost += law.slice_stage[sew] * z.stages * z.field_bits // z.slice_bits
    if z.lmul > 0:
        cost += z.lmul * law.log2_lmul[sew] + law.group[sew]
    cost += law.fold[fold if fold < 7 else 7]
    return later(whole_ticks(cost), law.floor[sew])


cdef inline void add_source(Record *R, int32_t base, int32_t log, int32_t layout) noexcept nogil:
    if R.nsrc < MAX_SOURCES and base + (1 << log) <= 32:
        R.src[R.nsrc] = <uint8_t>base
        R.src_log[R.nsrc] = <uint8_t>log
        R.src_layout[R.nsrc] = <uint8_t>layout
        R.nsrc += 1


cdef inline void list_operands(Timing *T, Record *R, Op *op, int32_t lmul, int32_t sew, bint full_mask) noexcept nogil:
    """Register groups read and written, for the current vtype; a mask that fills its register merges with nothing."""
    cdef Desc *d = R.desc
    cdef uint8_t *slots = [op.rd, op.rs1, op.rs2, op.rs3, 0]
    cdef int32_t i, k, log, base
    cdef bint in_lane = R.path == PATH_VECTOR and R.price.in_lane
    R.nsrc = 0
    R.ndst = 0
    for i in range(d.nsrc):
        log = emul_log(d.src_group[i], lmul, sew)
        for k in range(d.src_nf[i]):
            add_source(R, slots[d.src_slot[i]] + (k << log), log, eew_layout(d.src_group[i], sew) if in_lane else 0)
    if R.masked and not d.masked:
        add_source(R, 0, 0, 0)
    if d.ndst:
        log = emul_log(d.dst_group, lmul, sew)
        R.dst_log = <uint8_t>log
        for k in range(d.dst_nf):
            base = slots[0] + (k << log)
            if base + (1 << log) <= 32:
                R.dst[R.ndst] = <uint8_t>base
                R.ndst += 1
                if d.reads_dst or (T.old_destination and R.price.reads_destination and not (full_mask and d.dst_group == GROUP_MASK)):
                    add_source(R, base, log, eew_layout(d.dst_group, sew) if in_lane else 0)
    for i in range(R.nsrc, 3):
        R.src[i] = NOBODY
        R.src_log[i] = 0
        R.src_layout[i] = 0


cdef inline void find_layouts(Timing *T, Record *R, Event *ev, int32_t sew) noexcept nogil:
    """The layout its registers have, when they all have the same; whether the destination is written entirely."""
    cdef Desc *d = R.desc
    cdef int32_t i
    R.dst_layout = 0
    if R.ndst:
        R.dst_layout = <uint8_t>eew_layout(d.dst_group, sew)
        R.dst_whole = d.dst_group >= GROUP_WHOLE or (<int64_t>ev.vl << (2 + R.dst_layout)) == <int64_t>T.vlen << R.dst_log
    R.layout = R.dst_layout if R.dst_layout or not R.ndst else NO_LAYOUT
    for i in range(R.nsrc):
        if R.src_layout[i] and R.layout == 0:
            R.layout = R.src_layout[i]
        elif R.src_layout[i] and R.src_layout[i] != R.layout:
            R.layout = NO_LAYOUT


cdef inline int64_t slide_factor(Price *p, int64_t amount, int32_t sew, uint32_t datapath_bits) noexcept nogil:
    """What the amount of a slide multiplies its beats by, in 1/TICKS."""
    cdef uint64_t left = amount & ((datapath_bits >> (3 + sew)) - 1)
    cdef int64_t bits = 0
    if left == 0:
        return p.slide_aligned
    while left:
        bits += left & 1
        left >>= 1
    return p.slide_power if bits == 1 else p.slide_word + bits * p.slide_bit


cdef inline int64_t memory_elements(Record *R, Op *op, Event *ev, int64_t n, int32_t sew, int64_t vlenb) noexcept nogil:
    """Bytes that a memory instruction moves when nothing is masked."""
    cdef int64_t size = op.size if op.size else (1 << sew)
    if op.vmode == VMODE_WHOLE:
        return vlenb << (R.dst_log if R.path == PATH_VLOAD else R.src_log[0])
    if op.vmode == VMODE_MASK:
        return (n + 7) >> 3
    return n * size * R.desc.nf


cdef inline void occupy(int64_t *busy, Record *R, int64_t count) noexcept nogil:
    """Adds the work of so many executions to their pipes: all of it to each that is taken at once, equal parts to those there is a choice of."""
    cdef int32_t i, pipes = R.price.npipes
    cdef int64_t share = (R.occ if R.price.all_pipes else R.occ // pipes) * count
    for i in range(pipes):
        busy[R.price.pipe[i]] += share


cdef inline Law *price_of(Price *p, Op *op, Event *ev, bint full) noexcept nogil:
    """The law of the occupancy: some classes have others for special cases."""
    if full:
        return &p.full_mask
    if p.has_same_address and op.vmode == VMODE_STRIDED and ev.stride == 0:
        return &p.same_address
    return &p.occupancy


cdef inline bint works_by_vl(Record *R, Op *op) noexcept nogil:
    """Whether nothing is left to do without elements: no whole registers, no scalar result."""
    return R.rd == 32 and op.vmode != VMODE_WHOLE and not (R.desc.ndst and R.desc.dst_group >= GROUP_WHOLE)


cdef inline void reprice(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    """Caches the costs of this instruction for the present vl, vtype and stride."""
    cdef Price *p = R.price
    cdef int32_t sew = ev.vtype & 3, code = (ev.vtype >> 2) & 7, lmul = code if code < 4 else code - 8
    cdef int64_t n = ev.vl if p.basis == BASIS_VL else ev.vlmax
    cdef bint masked
    cdef bint full = p.has_full_mask and n == T.vlen
    cdef int64_t bits, settle = 0
    cdef Size z, left
    R.elements += (R.count - 1 - R.since) * <int64_t>R.vl
    if R.since < R.count - 1:
        occupy(T.pipe_busy, R, R.count - 1 - R.since)
    R.since = R.count - 1
    R.grouped = 0
    R.laid = 0
    R.vl = ev.vl
    R.vtype = ev.vtype
    R.stride = ev.stride
    list_operands(T, R, op, lmul, sew, full)
    if T.reshuffle:
        find_layouts(T, R, ev, sew)
    if p.basis == BASIS_REGISTER:
        n = (T.vlen >> 3 >> sew) << (R.dst_log if R.ndst else 0)
    if R.path == PATH_VECTOR:
        bits = n if p.mask_bits else (n << (3 + sew + p.wide))
        z.slice_bits = T.datapath_bits
    else:
        bits = memory_elements(R, op, ev, n, sew, T.vlen >> 3) << 3
        R.span = memory_elements(R, op, ev, ev.vl, sew, T.vlen >> 3)
        R.moved = bits >> 3
        z.slice_bits = 8 * T.memory_bytes
    z.sew, z.n, z.nf, z.stages = sew, n, R.desc.nf, log2_up(R.desc.nf)
    z.beats = (bits + z.slice_bits - 1) // z.slice_bits
    z.field_bits = bits // z.nf
    z.registers = later((bits + T.vlen - 1) // T.vlen, 1)
    z.lmul = log2_up((bits + T.vlen - 1) // T.vlen) if p.basis == BASIS_VL else lmul
    R.bubble = T.bubble
    z.factor = TICKS
    if R.path == PATH_VECTOR and R.nsrc - (1 if R.masked or R.desc.masked else 0) >= 3:
        z.factor = p.three_operand[sew]
        R.bubble = later(T.bubble, p.three_bubble)
    if p.slides:
        z.factor = slide_factor(p, ev.stride, sew, T.datapath_bits)
        if p.slide_up:
            z.beats = later(z.beats - (ev.stride << (3 + sew)) // T.datapath_bits, 1)
    R.occ = evaluate(price_of(p, op, ev, full), &z)
    R.after = R.occ - z.beats * p.occupancy.beat[sew] if p.tail else 0
    if p.chained_rest:
        R.after += whole_ticks(later(z.beats - QUEUED_BEATS, 0) * p.occupancy.beat[sew] * p.chained_rest // TICKS)
    R.occ_misaligned = R.occ + p.misaligned_add + (whole_ticks(R.occ * (p.misaligned - TICKS) // TICKS) if p.misaligned > TICKS else 0)
    z.factor = TICKS
    if p.has_settle:
        settle = evaluate(&p.settle, &z)
    R.lat = p.latency[sew] + settle
    if R.path != PATH_VECTOR:
        left = z
        left.n, left.beats, left.field_bits = ev.vl, (8 * R.span + z.slice_bits - 1) // z.slice_bits, 8 * R.span // z.nf
        R.drain = evaluate(&p.drain, &left)
    masked = R.masked or (R.desc.masked and T.mask_queue != 255)
    R.done = R.lat + p.complete + (p.masked_latency if masked else 0)
    R.masking = p.masked_add if masked else 0
    R.gap = evaluate(&p.dead, &z) + (R.masking if T.mask_queue == 255 else 0)
    R.lines = R.path != PATH_VECTOR and op.vmode != VMODE_STRIDED and op.vmode != VMODE_INDEXED
    if T.empty_step != NULL and ev.vl == 0 and works_by_vl(R, op):
        R.occ = 0
        R.step = T.empty_step
