# What a vector instruction costs under the present (vl, vtype): laws of schema.Law evaluated once and kept in its Record.
#
# Knows nothing of time. Runs only when vl, vtype or the stride of an instruction changed since it was last executed.
from libc.stdint cimport int32_t, int64_t, uint8_t

from rvsim.core.op cimport VMODE_INDEXED, VMODE_MASK, VMODE_STRIDED, VMODE_WHOLE, Event, Op
from rvsim.timing.groups cimport emul_log
from rvsim.timing.state cimport (
    BASIS_REGISTER, BASIS_VL, MAX_SOURCES, NOBODY, PATH_VECTOR, PATH_VLOAD, TICKS, Desc, Law, Price, Record, Timing, later,
)


cdef inline int32_t log2_up(int64_t n) noexcept nogil:
    cdef int32_t k = 0
    while (<int64_t>1 << k) < n:
        k += 1
    return k


cdef inline int64_t evaluate(Law *law, int32_t sew, int64_t beats, int64_t n, int32_t nf, int32_t lmul, int64_t registers,
                             int64_t factor) noexcept nogil:
    """A law of schema.Law as a duration; `factor` scales the beats, in 1/TICKS."""
    cdef int64_t eighths = (8 << lmul) if lmul >= 0 else (8 >> -lmul)
    cdef int32_t fold = log2_up(beats)
    cdef int64_t cost = law.add[sew] + beats * law.beat[sew] * factor // TICKS
    cost += n * (law.element[sew] + nf * law.field[sew]) + registers * law.reg[sew]
    cost += law.square[sew] * eighths * eighths // 64
    cost += law.triangle[sew] * eighths * (2 * eighths + 8) // 64
    if lmul > 0:
        cost += lmul * law.log2_lmul[sew]
    cost += law.fold[fold if fold < 7 else 7]
    return later(cost, law.floor[sew])


cdef inline void add_source(Record *R, int32_t base, int32_t log) noexcept nogil:
    if R.nsrc < MAX_SOURCES and base + (1 << log) <= 32:
        R.src[R.nsrc] = <uint8_t>base
        R.src_log[R.nsrc] = <uint8_t>log
        R.nsrc += 1


cdef inline void list_operands(Timing *T, Record *R, Op *op, int32_t lmul, int32_t sew) noexcept nogil:
    """Register groups read and written, for the current vtype."""
    cdef Desc *d = R.desc
    cdef uint8_t *slots = [op.rd, op.rs1, op.rs2, op.rs3, 0]
    cdef int32_t i, k, log, base
    R.nsrc = 0
    R.ndst = 0
    for i in range(d.nsrc):
        log = emul_log(d.src_group[i], lmul, sew)
        for k in range(d.src_nf[i]):
            add_source(R, slots[d.src_slot[i]] + (k << log), log)
    if R.masked and not d.masked:
        add_source(R, 0, 0)
    if d.ndst:
        log = emul_log(d.dst_group, lmul, sew)
        R.dst_log = <uint8_t>log
        for k in range(d.dst_nf):
            base = slots[0] + (k << log)
            if base + (1 << log) <= 32:
                R.dst[R.ndst] = <uint8_t>base
                R.ndst += 1
                if d.reads_dst or (T.old_destination and R.price.reads_destination):
                    add_source(R, base, log)
    for i in range(R.nsrc, 3):
        R.src[i] = NOBODY
        R.src_log[i] = 0


cdef inline int64_t memory_elements(Record *R, Op *op, Event *ev, int64_t n, int32_t sew, int64_t vlenb) noexcept nogil:
    """Bytes that a memory instruction moves when nothing is masked."""
    cdef int64_t size = op.size if op.size else (1 << sew)
    if op.vmode == VMODE_WHOLE:
        return vlenb << (R.dst_log if R.path == PATH_VLOAD else R.src_log[0])
    if op.vmode == VMODE_MASK:
        return (n + 7) >> 3
    return n * size * R.desc.nf


cdef inline void reprice(Timing *T, Record *R, Op *op, Event *ev) noexcept nogil:
    """Caches the costs of this instruction for the present vl, vtype and stride."""
    cdef Price *p = R.price
    cdef int32_t sew = ev.vtype & 3, code = (ev.vtype >> 2) & 7, lmul = code if code < 4 else code - 8
    cdef int64_t n = ev.vl if p.basis == BASIS_VL else ev.vlmax
    cdef int64_t bits, beats, registers, factor = TICKS
    R.elements += (R.count - 1 - R.since) * <int64_t>R.vl
    T.pipe_busy[R.pipe] += (R.count - 1 - R.since) * R.occ
    R.since = R.count - 1
    R.grouped = 0
    R.vl = ev.vl
    R.vtype = ev.vtype
    R.stride = ev.stride
    list_operands(T, R, op, lmul, sew)
    if p.basis == BASIS_REGISTER:
        n = (T.vlen >> 3 >> sew) << (R.dst_log if R.ndst else 0)
    if R.path == PATH_VECTOR:
        bits = n if p.mask_bits else (n << (3 + sew + p.wide))
        beats = (bits + T.datapath_bits - 1) // T.datapath_bits
        if R.nsrc - (1 if R.masked or R.desc.masked else 0) >= 3:
            factor = p.three_operand[sew]
    else:
        bits = memory_elements(R, op, ev, n, sew, T.vlen >> 3) << 3
        R.span = memory_elements(R, op, ev, ev.vl, sew, T.vlen >> 3)
        beats = (bits + 8 * T.memory_bytes - 1) // (8 * T.memory_bytes)
    registers = (bits + T.vlen - 1) // T.vlen
    if p.basis == BASIS_VL:
        lmul = log2_up(registers)
    R.occ = evaluate(&p.occupancy, sew, beats, n, R.desc.nf, lmul, registers if registers else 1, factor)
    R.after = R.occ - beats * p.occupancy.beat[sew] if p.tail else 0
    R.occ_misaligned = R.occ + (R.occ * (T.misaligned - TICKS) // TICKS if T.misaligned > TICKS else 0)
    if p.has_release:
        R.release = evaluate(&p.release, sew, beats, n, R.desc.nf, lmul, registers if registers else 1, TICKS)
    R.lat = p.latency[sew]
    R.done = R.lat + p.complete + (p.masked_latency if R.masked else 0)
    R.gap = p.masked_add if R.masked else 0
    R.lines = R.path != PATH_VECTOR and op.vmode != VMODE_STRIDED and op.vmode != VMODE_INDEXED
