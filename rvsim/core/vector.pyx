# Vector arithmetic: gathers the operands of an instruction and hands them to the loop of its element type.
#
# Three natures of operation differ under a mask: PLAIN results of inactive elements are simply dropped; FIXED and FLOAT ones
# could set vxsat or fflags, so their inactive *inputs* are replaced by harmless ones first. Chapters: V 10..16.
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memmove

from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.softvector cimport soft_vector
from rvsim.core.state cimport Loop, State
from rvsim.core.vcommon cimport (bf16_scalar, element, expand_mask, fill, float_scalar, legal, merge, pack_mask, set_element,
                                 v_illegal, vreg)

cdef enum Form:
    VV, VX, VI, VF, VB, V       # VB: the scalar is a bfloat16

cdef enum Nature:
    PLAIN, FIXED, FLOAT, FMOVE      # FMOVE: moves bits of floating-point values, no rounding and no flags


cdef inline const void *operand_b(State *s, Op *op, int form, int sew, uint64_t *value) noexcept nogil:
    """Where the second source begins: a register group, or the scalar in `value`."""
    if form == VV: return vreg(s, op.rs1)
    if form == VX: value[0] = s.x[op.rs1]
    elif form == VI: value[0] = <uint64_t><int64_t>op.imm
    elif form == VF: value[0] = float_scalar(s, op.rs1, sew)
    elif form == VB: value[0] = bf16_scalar(s, op.rs1)
    else: value[0] = 0      # V: no loop looks at it
    return value


cdef inline uint64_t harmless(int nature, int log_bytes) noexcept nogil:
    """An operand value that raises nothing, with itself, in any operation: 0, or 1.0; for 16 bits 1.0 in half precision,
    which is 2**-7 in bfloat16."""
    if nature == FIXED: return 0
    if log_bytes == 1: return 0x3c00
    return 0x3f800000 if log_bytes == 2 else 0x3ff0000000000000ULL


cdef void calm(void *out, const void *x, bint one, const uint8_t *active, uint64_t n, int log_bytes, int nature,
               void *temp) noexcept nogil:
    """Copy x (a group, or one value) to `out` with its inactive elements harmless."""
    fill(out, harmless(nature, log_bytes), n, log_bytes)
    if one:
        fill(temp, element(x, 0, log_bytes), n, log_bytes)
        x = temp
    merge(out, x, active, n, log_bytes)


cdef void masked(State *s, Op *op, const void *b, int form, int wd, int wa, int nature) noexcept nogil:
    cdef int sew = s.ev.vtype & 3
    cdef uint64_t n = s.ev.vl
    cdef Loop *row = <Loop *>op.aux
    cdef const void *d = vreg(s, op.rd)
    cdef const void *a = vreg(s, op.rs2)
    cdef uint8_t *active = s.scratch[0]
    expand_mask(s.v, active, n)
    if nature == FIXED or nature == FLOAT:
        calm(s.scratch[2], a, False, active, n, sew + wa, nature, s.scratch[5])
        calm(s.scratch[4], d, False, active, n, sew + wd, nature, s.scratch[5])
        a = s.scratch[2]
        d = s.scratch[4]
        if form != V:
            calm(s.scratch[3], b, form != VV, active, n, sew, nature, s.scratch[5])
            b = s.scratch[3]
            if form != VV:
                row -= 4                # the rows of the .vv form stand before those of .vx
    row[sew](s, s.scratch[1], d, a, b, n)
    merge(vreg(s, op.rd), s.scratch[1], active, n, sew + wd)


cdef inline Op *elementwise(State *s, Op *op, int form, int wd, int wa, int nature) noexcept nogil:
    """vd = f(vd, vs2, vs1 or scalar). wd, wa: 1 when vd, vs2 have twice the width."""
    cdef int sew = s.ev.vtype & 3
    cdef uint64_t value
    cdef const void *b
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if nature == FLOAT and unlikely(s.host_rm == 255 or (<Loop *>op.aux)[sew] == NULL): return soft_vector(s, op)
    if nature == FMOVE and unlikely(s.fs_off or s.frm > 4): return v_illegal(s, op)
    b = operand_b(s, op, form, sew, &value)
    if op.vm:
        (<Loop *>op.aux)[sew](s, vreg(s, op.rd), vreg(s, op.rd), vreg(s, op.rs2), b, s.ev.vl)
    else:
        masked(s, op, b, form, wd, wa, nature)
    return op + 2


cdef Op *plain_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 0, 0, PLAIN)
cdef Op *plain_vx(State *s, Op *op) noexcept nogil: return elementwise(s, op, VX, 0, 0, PLAIN)
cdef Op *plain_vi(State *s, Op *op) noexcept nogil: return elementwise(s, op, VI, 0, 0, PLAIN)
cdef Op *plain_v(State *s, Op *op) noexcept nogil: return elementwise(s, op, V, 0, 0, PLAIN)
cdef Op *wide_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 1, 0, PLAIN)
cdef Op *wide_vx(State *s, Op *op) noexcept nogil: return elementwise(s, op, VX, 1, 0, PLAIN)
cdef Op *wide_vi(State *s, Op *op) noexcept nogil: return elementwise(s, op, VI, 1, 0, PLAIN)
cdef Op *fixed_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 0, 0, FIXED)
cdef Op *fixed_vx(State *s, Op *op) noexcept nogil: return elementwise(s, op, VX, 0, 0, FIXED)
cdef Op *fixed_vi(State *s, Op *op) noexcept nogil: return elementwise(s, op, VI, 0, 0, FIXED)
cdef Op *clip_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 0, 1, FIXED)
cdef Op *clip_vx(State *s, Op *op) noexcept nogil: return elementwise(s, op, VX, 0, 1, FIXED)
cdef Op *clip_vi(State *s, Op *op) noexcept nogil: return elementwise(s, op, VI, 0, 1, FIXED)
cdef Op *float_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 0, 0, FLOAT)
cdef Op *float_vf(State *s, Op *op) noexcept nogil: return elementwise(s, op, VF, 0, 0, FLOAT)
cdef Op *float_v(State *s, Op *op) noexcept nogil: return elementwise(s, op, V, 0, 0, FLOAT)
cdef Op *float_wide_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 1, 0, FLOAT)
cdef Op *float_wide_vf(State *s, Op *op) noexcept nogil: return elementwise(s, op, VF, 1, 0, FLOAT)
cdef Op *float_wide_vb(State *s, Op *op) noexcept nogil: return elementwise(s, op, VB, 1, 0, FLOAT)
cdef Op *float_wider_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 1, 1, FLOAT)
cdef Op *float_wider_vf(State *s, Op *op) noexcept nogil: return elementwise(s, op, VF, 1, 1, FLOAT)
cdef Op *fmove_vv(State *s, Op *op) noexcept nogil: return elementwise(s, op, VV, 0, 0, FMOVE)
cdef Op *fmove_vf(State *s, Op *op) noexcept nogil: return elementwise(s, op, VF, 0, 0, FMOVE)


# ---- the mask as an operand, and as a result -----------------------------------------------------------

cdef const void *mask_elements(State *s, bint zero, uint64_t n, int sew) noexcept nogil:
    """v0 as n elements 0 or 1 of width SEW (all 0 when there is no carry-in)."""
    fill(s.scratch[2], 0, n, sew)
    if not zero:
        expand_mask(s.v, s.scratch[0], n)
        fill(s.scratch[3], 1, n, sew)
        merge(s.scratch[2], s.scratch[3], s.scratch[0], n, sew)
    return s.scratch[2]


cdef inline Op *carry(State *s, Op *op, int form) noexcept nogil:
    """vadc, vsbc, vmerge: every element is written, the mask is data."""
    cdef int sew = s.ev.vtype & 3
    cdef uint64_t value
    cdef const void *b
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if form == VF and unlikely(s.fs_off or s.frm > 4): return v_illegal(s, op)
    b = operand_b(s, op, form, sew, &value)
    (<Loop *>op.aux)[sew](s, vreg(s, op.rd), mask_elements(s, False, s.ev.vl, sew), vreg(s, op.rs2), b, s.ev.vl)
    return op + 2


cdef inline Op *to_mask(State *s, Op *op, int form, int carry_in) noexcept nogil:
    """Comparisons and carry-outs. carry_in: 0 there is none, 1 it is zero, 2 it is v0."""
    cdef int sew = s.ev.vtype & 3
    cdef uint64_t value, n = s.ev.vl
    cdef uint8_t *active = NULL
    cdef const void *b
    cdef const void *d = NULL
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    b = operand_b(s, op, form, sew, &value)
    if carry_in:
        d = mask_elements(s, carry_in == 1, n, sew)
    (<Loop *>op.aux)[sew](s, s.scratch[1], d, vreg(s, op.rs2), b, n)
    if not op.vm:
        active = s.scratch[0]
        expand_mask(s.v, active, n)
    pack_mask(s.scratch[1], vreg(s, op.rd), active, n)
    return op + 2


cdef Op *carry_vv(State *s, Op *op) noexcept nogil: return carry(s, op, VV)
cdef Op *carry_vx(State *s, Op *op) noexcept nogil: return carry(s, op, VX)
cdef Op *carry_vi(State *s, Op *op) noexcept nogil: return carry(s, op, VI)
cdef Op *carry_vf(State *s, Op *op) noexcept nogil: return carry(s, op, VF)
cdef Op *mask_vv(State *s, Op *op) noexcept nogil: return to_mask(s, op, VV, 0)
cdef Op *mask_vx(State *s, Op *op) noexcept nogil: return to_mask(s, op, VX, 0)
cdef Op *mask_vi(State *s, Op *op) noexcept nogil: return to_mask(s, op, VI, 0)
cdef Op *mask_nocarry_vv(State *s, Op *op) noexcept nogil: return to_mask(s, op, VV, 1)
cdef Op *mask_nocarry_vx(State *s, Op *op) noexcept nogil: return to_mask(s, op, VX, 1)
cdef Op *mask_nocarry_vi(State *s, Op *op) noexcept nogil: return to_mask(s, op, VI, 1)
cdef Op *mask_carry_vv(State *s, Op *op) noexcept nogil: return to_mask(s, op, VV, 2)
cdef Op *mask_carry_vx(State *s, Op *op) noexcept nogil: return to_mask(s, op, VX, 2)
cdef Op *mask_carry_vi(State *s, Op *op) noexcept nogil: return to_mask(s, op, VI, 2)


# ---- reductions (14) -----------------------------------------------------------------------------------

cdef inline Op *reduction(State *s, Op *op, bint is_float) noexcept nogil:
    """vd[0] = fold of vs1[0] and the active elements of vs2; nothing is written when vl = 0."""
    cdef int sew = s.ev.vtype & 3
    cdef uint64_t n = s.ev.vl
    cdef uint8_t *active = NULL
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if is_float and unlikely(s.host_rm == 255 or (<Loop *>op.aux)[sew] == NULL): return soft_vector(s, op)
    if n:
        if not op.vm:
            active = s.scratch[0]
            expand_mask(s.v, active, n)
        (<Loop *>op.aux)[sew](s, vreg(s, op.rd), active, vreg(s, op.rs2), vreg(s, op.rs1), n)
    return op + 2


cdef Op *reduce_int(State *s, Op *op) noexcept nogil: return reduction(s, op, False)
cdef Op *reduce_float(State *s, Op *op) noexcept nogil: return reduction(s, op, True)


# ---- scalar moves and whole-register moves (16.1, 16.2, 16.6) -------------------------------------------

cdef Op *do_vmv_x_s(State *s, Op *op) noexcept nogil:
    cdef int sew = s.ev.vtype & 3
    cdef int shift = 64 - (8 << sew)
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    s.x[op.rd] = <uint64_t>(<int64_t>(element(vreg(s, op.rs2), 0, sew) << shift) >> shift)
    return op + 2


cdef Op *do_vmv_s_x(State *s, Op *op) noexcept nogil:
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    if s.ev.vl:
        set_element(vreg(s, op.rd), 0, s.x[op.rs1], s.ev.vtype & 3)
    return op + 2


cdef Op *do_vfmv_f_s(State *s, Op *op) noexcept nogil:
    cdef int sew = s.ev.vtype & 3
    if unlikely(not legal(s, op) or s.fs_off or s.frm > 4): return v_illegal(s, op)
    s.f[op.rd] = element(vreg(s, op.rs2), 0, sew) | (0 if sew == 3 else ~<uint64_t>0 << (8 << sew))
    return op + 2


cdef Op *do_vfmv_s_f(State *s, Op *op) noexcept nogil:
    cdef int sew = s.ev.vtype & 3
    if unlikely(not legal(s, op) or s.fs_off or s.frm > 4): return v_illegal(s, op)
    if s.ev.vl:
        set_element(vreg(s, op.rd), 0, float_scalar(s, op.rs1, sew), sew)
    return op + 2


cdef Op *do_vmvr(State *s, Op *op) noexcept nogil:
    if unlikely(not legal(s, op)): return v_illegal(s, op)
    memmove(vreg(s, op.rd), vreg(s, op.rs2), <size_t>op.rm * s.vlenb)
    return op + 2


def shapes():
    """Shape key, as rows.py derives it from the operand list -> address of its step function."""
    return {
        "plain_vv": <size_t>&plain_vv, "plain_vx": <size_t>&plain_vx, "plain_vi": <size_t>&plain_vi,
        "plain_v": <size_t>&plain_v, "wide_vv": <size_t>&wide_vv, "wide_vx": <size_t>&wide_vx,
        "wide_vi": <size_t>&wide_vi,
        "fixed_vv": <size_t>&fixed_vv, "fixed_vx": <size_t>&fixed_vx, "fixed_vi": <size_t>&fixed_vi,
        "clip_vv": <size_t>&clip_vv, "clip_vx": <size_t>&clip_vx, "clip_vi": <size_t>&clip_vi,
        "float_vv": <size_t>&float_vv, "float_vf": <size_t>&float_vf, "float_v": <size_t>&float_v,
        "float_wide_vv": <size_t>&float_wide_vv, "float_wide_vf": <size_t>&float_wide_vf,
        "float_wide_vb": <size_t>&float_wide_vb,
        "float_wider_vv": <size_t>&float_wider_vv, "float_wider_vf": <size_t>&float_wider_vf,
        "fmove_vv": <size_t>&fmove_vv, "fmove_vf": <size_t>&fmove_vf,
        "carry_vv": <size_t>&carry_vv, "carry_vx": <size_t>&carry_vx, "carry_vi": <size_t>&carry_vi,
        "carry_vf": <size_t>&carry_vf,
        "mask_vv": <size_t>&mask_vv, "mask_vx": <size_t>&mask_vx, "mask_vi": <size_t>&mask_vi,
        "mask_nocarry_vv": <size_t>&mask_nocarry_vv, "mask_nocarry_vx": <size_t>&mask_nocarry_vx,
        "mask_nocarry_vi": <size_t>&mask_nocarry_vi, "mask_carry_vv": <size_t>&mask_carry_vv,
        "mask_carry_vx": <size_t>&mask_carry_vx, "mask_carry_vi": <size_t>&mask_carry_vi,
        "reduce_int": <size_t>&reduce_int, "reduce_float": <size_t>&reduce_float,
    }


def handlers():
    """Operation name -> address of its step function."""
    return {
        "vmv_x_s": <size_t>&do_vmv_x_s, "vmv_s_x": <size_t>&do_vmv_s_x, "vfmv_f_s": <size_t>&do_vfmv_f_s,
        "vfmv_s_f": <size_t>&do_vfmv_s_f, "vmvr": <size_t>&do_vmvr,
    }
