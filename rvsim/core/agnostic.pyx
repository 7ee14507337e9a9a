# Choice: agnostic elements become all ones (V 3.4.3). Wrapped around a vector instruction's step function at decode, so that
# machines which leave agnostic elements undisturbed pay nothing.
#
# It knows from the row which registers the instruction writes; tail elements follow vta, masked-off ones vma. A mask result is
# always tail-agnostic; a scalar in element 0 has the rest of its register as its tail, a compress all that it does not fill.
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcpy, memset

from rvsim.core.decode cimport (GROUP_MASK, GROUP_REGS, GROUP_SCALAR, GROUP_SEW, ROWS, Row)
from rvsim.core.op cimport KIND_VLOAD, Op
from rvsim.core.state cimport State, StepFn
from rvsim.core.vcommon cimport mask_bit, set_mask_bit, vreg


cdef enum:
    VCOMPRESS = 0x5E002057      # the bits that name vcompress.vm


cdef void group_ones(State *s, uint8_t first, int log_bytes, uint64_t registers, uint64_t start, uint64_t vl, const uint8_t *mask,
                     bint tail, bint masked) noexcept nogil:
    """Ones in the agnostic elements of one register group: those at vl and beyond, and inactive ones from `start`."""
    cdef uint64_t i, width = <uint64_t>1 << log_bytes, bytes = registers * s.vlenb
    cdef uint8_t *d = vreg(s, first)
    if masked and mask != NULL:
        for i in range(start, vl):
            if not mask_bit(mask, i):
                memset(d + i * width, 255, width)
    if tail and vl * width < bytes:
        memset(d + vl * width, 255, bytes - vl * width)


cdef void mask_ones(State *s, uint8_t vd, uint64_t vl, const uint8_t *mask, bint masked) noexcept nogil:
    cdef uint64_t i
    cdef uint8_t *d = vreg(s, vd)
    if masked and mask != NULL:
        for i in range(vl):
            if not mask_bit(mask, i):
                set_mask_bit(d, i, True)
    for i in range(vl, 8 * <uint64_t>s.vlenb):
        set_mask_bit(d, i, True)


cdef uint64_t chosen(const uint8_t *mask, uint64_t vl) noexcept nogil:
    """Elements that a compress moves: what lies behind them is its tail (V 16.5). Its destination does not overlap the mask."""
    cdef uint64_t i, count = 0
    for i in range(vl): count += mask_bit(mask, i)
    return count


cdef Op *step_with_ones(State *s, Op *op) noexcept nogil:
    """The instruction itself, then ones where its vtype lets them be."""
    cdef Row *row = &ROWS[op.insn]
    cdef uint64_t traps = s.trap_count, start = s.vstart, vl = s.ev.vl, f, registers
    cdef int sew = s.ev.vtype & 3, lmul = <int>((s.ev.vtype >> 2) & 7), eew, emul
    cdef bint tail = (s.vtype >> 6) & 1, masked = (s.vtype >> 7) & 1
    cdef const uint8_t *mask = NULL
    cdef Op *to
    if not op.vm:                        # the instruction may overwrite v0, or a scratch area: keep a copy at the end of scratch 5
        memcpy(s.scratch[5] + 8 * <uint64_t>s.vlenb + 64, s.v, s.vlenb)
        mask = s.scratch[5] + 8 * <uint64_t>s.vlenb + 64
    to = (<StepFn>row.step[1])(s, op)
    if s.trap_count != traps or start >= vl or row.vd.group == GROUP_REGS:
        return to
    if row.vd.group == GROUP_MASK:
        if op.kind == KIND_VLOAD: group_ones(s, op.rd, 0, 1, 0, (vl + 7) >> 3, NULL, True, False)
        else: mask_ones(s, op.rd, vl, mask, masked)
        return to
    if row.vd.group == GROUP_SCALAR:
        group_ones(s, op.rd, sew + row.vd.value, 1, 0, 1, NULL, tail, False)
        return to
    emul = lmul if lmul < 4 else lmul - 8
    eew = sew
    if row.vd.group == GROUP_SEW:
        eew += row.vd.value
        emul += row.vd.value
    else:
        eew = row.vd.value
        emul += eew - sew
    registers = <uint64_t>1 << emul if emul > 0 else 1
    vl = s.ev.vl                         # a fault-only-first load may have lowered it
    if (row.match & row.mask) == VCOMPRESS:
        vl = chosen(vreg(s, op.rs1), vl)
    for f in range(row.vd.nf):
        group_ones(s, <uint8_t>(op.rd + f * registers), eew, registers, start, vl, mask, tail, masked)
    return to


def step_address():
    """Address of the wrapper; decode installs it where State.ones is set."""
    return <size_t>&step_with_ones
