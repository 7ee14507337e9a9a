# Vector floating point without the host FPU: what it cannot do (RMM), or not exactly (comparisons, minimum and maximum,
# conversions, class, estimates), one instruction a call.
#
#     soft_vector --> reduce / compare / convert / compute --> fpbits: loops over the bits of elements, where there is one
#                                                          \-> softfloat: any operation and format, element by element
#
# An operation is named as in the table; `codes()` turns names into the numbers that rows carry. Widening forms share the
# number of the plain one: widths come from the operands of the row. Knows nothing of encodings.
# Chapters: V 13, 14.3, 14.4; Zvfh, Zvfbfmin, Zvfbfwma.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memset

from rvsim.core.decode cimport GROUP_MASK, GROUP_NONE, GROUP_SCALAR, ROWS, Row
from rvsim.core.fpbits cimport (EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, UNEQUAL, compare, extreme, fold_extreme,
                                from_bf16, from_f16, from_ints, to_bf16, to_f16, to_ints)
from rvsim.core.op cimport Op
from rvsim.core.scalar cimport unlikely
from rvsim.core.softfloat cimport (SF_BF16, SF_F16, SF_F32, SF_F64, SF_ROD, SF_RTZ, sf_add, sf_class, sf_cvt, sf_div, sf_fma,
                                   sf_mul, sf_rec7, sf_rsqrt7, sf_sqrt, sf_sub)
from rvsim.core.state cimport State
from rvsim.core.vcommon cimport (bf16_scalar, element, expand_mask, fill, float_scalar, legal, merge, pack_mask, set_element,
                                 v_illegal, vreg)

cdef enum What:
    NOTHING, ADD, SUB, RSUB, MUL, DIV, RDIV, SQRT, REC7, RSQRT7, CLASS, MIN, MAX, SUM, UNORDERED_SUM
    BF_MACC                                                     # of bfloat16 operands
    MACC, NMACC, MSAC, NMSAC, MADD, NMADD, MSUB, NMSUB          # in this order: `fused` computes with it
    EQ, NE, LT, LE, GT, GE                                      # as Relation of fpbits
    F_TO_F, F_TO_F_ROD, F_TO_BF, BF_TO_F, F_TO_X, F_TO_XU, F_TO_X_RTZ, F_TO_XU_RTZ, X_TO_F, XU_TO_F


cdef inline int format_of(int log_bytes) noexcept nogil:
    return SF_F64 if log_bytes == 3 else SF_F32 if log_bytes == 2 else SF_F16


cdef inline const uint8_t *active_bytes(State *s, Op *op) noexcept nogil:
    """A byte 0 or 1 an element."""
    if op.vm: memset(s.scratch[0], 1, s.ev.vl)
    else: expand_mask(s.v, s.scratch[0], s.ev.vl)
    return s.scratch[0]


cdef inline const void *second_source(State *s, Op *op, Row *row, int sew) noexcept nogil:
    """vs1, or the scalar operand as a group of equal elements."""
    if row.vs1.group != GROUP_NONE: return vreg(s, op.rs1)
    fill(s.scratch[3], bf16_scalar(s, op.rs1) if row.code == BF_MACC else float_scalar(s, op.rs1, sew), s.ev.vl, sew)
    return s.scratch[3]


# ---- arithmetic on one element -------------------------------------------------------------------------

cdef uint64_t fused(int what, int fmt, uint64_t d, uint64_t a, uint64_t b, int rm, uint32_t *flags) noexcept nogil:
    """+-(b * a) +- d, or with d and a exchanged."""
    cdef int kind = (what - MACC) & 3
    cdef uint64_t sign = <uint64_t>1 << (63 if fmt == SF_F64 else 31 if fmt == SF_F32 else 15)
    if kind & 1: b ^= sign
    if kind == 1 or kind == 2:
        if what >= MADD: a ^= sign
        else: d ^= sign
    return sf_fma(fmt, b, d, a, rm, flags) if what >= MADD else sf_fma(fmt, b, a, d, rm, flags)


cdef uint64_t compute(int what, int fmt, uint64_t d, uint64_t a, uint64_t b, int rm, uint32_t *flags) noexcept nogil:
    if what >= MACC: return fused(what, fmt, d, a, b, rm, flags)
    if what == ADD or what == SUM or what == UNORDERED_SUM: return sf_add(fmt, a, b, rm, flags)
    if what == SUB: return sf_sub(fmt, a, b, rm, flags)
    if what == RSUB: return sf_sub(fmt, b, a, rm, flags)
    if what == MUL: return sf_mul(fmt, a, b, rm, flags)
    if what == DIV: return sf_div(fmt, a, b, rm, flags)
    if what == RDIV: return sf_div(fmt, b, a, rm, flags)
    if what == SQRT: return sf_sqrt(fmt, a, rm, flags)
    if what == REC7: return sf_rec7(fmt, a, rm, flags)
    if what == RSQRT7: return sf_rsqrt7(fmt, a, flags)
    return sf_class(fmt, a)


cdef inline uint64_t wider(int from_fmt, int to_fmt, uint64_t v, uint32_t *flags) noexcept nogil:
    return v if from_fmt == to_fmt else sf_cvt(from_fmt, to_fmt, v, SF_RTZ, flags)      # exact in any mode


cdef void arithmetic(State *s, Op *op, Row *row, int sew) noexcept nogil:
    cdef int what = row.code, wide = sew + row.vd.value
    cdef int fmt = format_of(wide), fmt_a = format_of(sew + row.vs2.value), fmt_b = format_of(sew)
    cdef const void *a = vreg(s, op.rs2)
    cdef const void *b = second_source(s, op, row, sew)
    cdef void *d = vreg(s, op.rd)
    cdef const uint8_t *active = active_bytes(s, op)
    cdef uint64_t i, x, y
    if what == BF_MACC:
        what = MACC
        fmt_a = fmt_b = SF_BF16
    for i in range(s.ev.vl):
        if active[i]:
            x = wider(fmt_a, fmt, element(a, i, sew + row.vs2.value), &s.fflags)
            y = 0
            if not SQRT <= what <= CLASS:
                y = wider(fmt_b, fmt, element(b, i, sew), &s.fflags)
            set_element(d, i, compute(what, fmt, element(d, i, wide), x, y, s.frm, &s.fflags), wide)


cdef void minimum_maximum(State *s, Op *op, Row *row, int sew) noexcept nogil:
    cdef bint larger = row.code == MAX
    cdef const uint8_t *active = active_bytes(s, op)
    cdef const void *a = vreg(s, op.rs2)
    cdef const void *b = second_source(s, op, row, sew)
    cdef void *out = vreg(s, op.rd) if op.vm else s.scratch[1]
    cdef uint64_t n = s.ev.vl, invalid
    if sew == 1: invalid = extreme[uint16_t](<uint16_t *>out, <uint16_t *>a, <uint16_t *>b, active, n, larger)
    elif sew == 2: invalid = extreme[uint32_t](<uint32_t *>out, <uint32_t *>a, <uint32_t *>b, active, n, larger)
    else: invalid = extreme[uint64_t](<uint64_t *>out, <uint64_t *>a, <uint64_t *>b, active, n, larger)
    s.fflags |= <uint32_t>invalid << 4
    if not op.vm:
        merge(vreg(s, op.rd), out, active, n, sew)


# ---- comparisons (13.13) -------------------------------------------------------------------------------

cdef inline uint64_t compare_as(uint8_t *out, const void *a, const void *b, const uint8_t *active, uint64_t n, int relation,
                                int sew) noexcept nogil:
    if sew == 1: return compare[uint16_t](out, <const uint16_t *>a, <const uint16_t *>b, active, n, relation)
    if sew == 2: return compare[uint32_t](out, <const uint32_t *>a, <const uint32_t *>b, active, n, relation)
    return compare[uint64_t](out, <const uint64_t *>a, <const uint64_t *>b, active, n, relation)


cdef void to_mask(State *s, Op *op, Row *row, int sew) noexcept nogil:
    cdef int what = row.code
    cdef uint8_t *out = s.scratch[1]
    cdef const uint8_t *active = active_bytes(s, op)
    cdef const void *a = vreg(s, op.rs2)
    cdef const void *b = second_source(s, op, row, sew)
    cdef uint64_t n = s.ev.vl, invalid
    if what == EQ: invalid = compare_as(out, a, b, active, n, EQUAL, sew)
    elif what == NE: invalid = compare_as(out, a, b, active, n, UNEQUAL, sew)
    elif what == LT: invalid = compare_as(out, a, b, active, n, LESS, sew)
    elif what == LE: invalid = compare_as(out, a, b, active, n, LESS_EQUAL, sew)
    elif what == GT: invalid = compare_as(out, a, b, active, n, GREATER, sew)
    else: invalid = compare_as(out, a, b, active, n, GREATER_EQUAL, sew)
    s.fflags |= <uint32_t>invalid << 4
    if op.vm:
        active = NULL
    pack_mask(out, vreg(s, op.rd), active, n)


# ---- conversions (13.17..13.19) ------------------------------------------------------------------------

cdef uint32_t floats_to_ints(State *s, void *out, const void *a, const uint8_t *active, int from_log, int to_log, bint is_signed,
                             int rm) noexcept nogil:
    """Returns fflags."""
    cdef uint64_t n = s.ev.vl
    cdef uint32_t flags = 0
    if from_log == 1:                   # NaNs stay NaNs, and both conversions of one raise the same flag
        flags = from_f16(<uint32_t *>s.scratch[2], <const uint16_t *>a, active, n)
        a = s.scratch[2]
    if from_log < 3:
        if to_log == 0: return flags | to_ints[uint8_t, uint32_t](<uint8_t *>out, <const uint32_t *>a, active, n, is_signed, rm)
        if to_log == 1: return flags | to_ints[uint16_t, uint32_t](<uint16_t *>out, <const uint32_t *>a, active, n, is_signed, rm)
        if to_log == 3: return flags | to_ints[uint64_t, uint32_t](<uint64_t *>out, <const uint32_t *>a, active, n, is_signed, rm)
        if is_signed: return flags | to_ints[uint32_t, uint32_t](<uint32_t *>out, <const uint32_t *>a, active, n, True, rm)
        return flags | to_ints[uint32_t, uint32_t](<uint32_t *>out, <const uint32_t *>a, active, n, False, rm)
    if to_log == 2: return to_ints[uint32_t, uint64_t](<uint32_t *>out, <const uint64_t *>a, active, n, is_signed, rm)
    return to_ints[uint64_t, uint64_t](<uint64_t *>out, <const uint64_t *>a, active, n, is_signed, rm)


cdef uint32_t ints_to_singles(uint32_t *out, const void *a, const uint8_t *active, int from_log, uint64_t n, bint is_signed, int rm) noexcept nogil:
    if from_log == 0: return from_ints[uint32_t, uint8_t](out, <const uint8_t *>a, active, n, is_signed, rm)
    if from_log == 1: return from_ints[uint32_t, uint16_t](out, <const uint16_t *>a, active, n, is_signed, rm)
    if from_log == 3: return from_ints[uint32_t, uint64_t](out, <const uint64_t *>a, active, n, is_signed, rm)
    if is_signed: return from_ints[uint32_t, uint32_t](out, <const uint32_t *>a, active, n, True, rm)
    return from_ints[uint32_t, uint32_t](out, <const uint32_t *>a, active, n, False, rm)


cdef uint32_t ints_to_floats(State *s, void *out, const void *a, const uint8_t *active, int from_log, int to_log, bint is_signed,
                             int rm) noexcept nogil:
    """Returns fflags."""
    cdef uint64_t n = s.ev.vl
    cdef uint32_t *single = <uint32_t *>s.scratch[2]
    cdef uint32_t flags
    if to_log == 1:                     # an integer that f32 has to round is beyond f16 in any case
        flags = ints_to_singles(single, a, active, from_log, n, is_signed, rm)
        return flags | to_f16(<uint16_t *>out, single, active, n, rm)
    if to_log == 2: return ints_to_singles(<uint32_t *>out, a, active, from_log, n, is_signed, rm)
    if from_log == 2: return from_ints[uint64_t, uint32_t](<uint64_t *>out, <const uint32_t *>a, active, n, is_signed, rm)
    return from_ints[uint64_t, uint64_t](<uint64_t *>out, <const uint64_t *>a, active, n, is_signed, rm)


cdef uint32_t floats_to_floats(State *s, int what, void *out, const void *a, const uint8_t *active, int from_log, int to_log, int rm) noexcept nogil:
    """Returns fflags."""
    cdef uint64_t i, n = s.ev.vl
    cdef uint32_t flags = 0
    if what == F_TO_BF: return to_bf16(<uint16_t *>out, <const uint32_t *>a, active, n, rm)
    if what == BF_TO_F: return from_bf16(<uint32_t *>out, <const uint16_t *>a, active, n)
    if from_log == 1: return from_f16(<uint32_t *>out, <const uint16_t *>a, active, n)
    if to_log == 1 and what == F_TO_F: return to_f16(<uint16_t *>out, <const uint32_t *>a, active, n, rm)
    if what == F_TO_F_ROD:
        rm = SF_ROD
    for i in range(n):
        if active[i]:
            set_element(out, i, sf_cvt(format_of(from_log), format_of(to_log), element(a, i, from_log), rm, &flags), to_log)
    return flags


cdef void conversion(State *s, Op *op, Row *row, int sew) noexcept nogil:
    cdef int what = row.code, from_log = sew + row.vs2.value, to_log = sew + row.vd.value
    cdef int rm = SF_RTZ if what == F_TO_X_RTZ or what == F_TO_XU_RTZ else <int>s.frm
    cdef const uint8_t *active = active_bytes(s, op)
    cdef const void *a = vreg(s, op.rs2)
    cdef void *d = vreg(s, op.rd)
    cdef void *out = d if op.vm else s.scratch[1]
    if what >= X_TO_F: s.fflags |= ints_to_floats(s, out, a, active, from_log, to_log, what == X_TO_F, rm)
    elif what >= F_TO_X: s.fflags |= floats_to_ints(s, out, a, active, from_log, to_log, what == F_TO_X or what == F_TO_X_RTZ, rm)
    else: s.fflags |= floats_to_floats(s, what, out, a, active, from_log, to_log, rm)
    if not op.vm:
        merge(d, out, active, s.ev.vl, to_log)


# ---- reductions (14.3, 14.4) ---------------------------------------------------------------------------

cdef void fold(State *s, Op *op, Row *row, int sew) noexcept nogil:
    """vd[0] = vs1[0] and the active elements of vs2, in element order; vs1[0] as it is when none is active.

    Then an unordered sum may still canonicalise a NaN (14.3): the golden model does, signaling NaNs raising NV.
    """
    cdef int what = row.code, wide = sew + row.vd.value
    cdef int narrow_fmt = format_of(sew), fmt = format_of(wide)
    cdef const uint8_t *active = active_bytes(s, op)
    cdef const void *a = vreg(s, op.rs2)
    cdef void *d = vreg(s, op.rd)
    cdef uint64_t i, n = s.ev.vl, invalid, acc = element(vreg(s, op.rs1), 0, wide)
    cdef bint some = False
    if what == MIN or what == MAX:
        if sew == 1: invalid = fold_extreme[uint16_t](<uint16_t *>d, <uint16_t>acc, <const uint16_t *>a, active, n, what == MAX)
        elif sew == 2: invalid = fold_extreme[uint32_t](<uint32_t *>d, <uint32_t>acc, <const uint32_t *>a, active, n, what == MAX)
        else: invalid = fold_extreme[uint64_t](<uint64_t *>d, acc, <const uint64_t *>a, active, n, what == MAX)
        s.fflags |= <uint32_t>invalid << 4
        return
    for i in range(n):
        if active[i]:
            acc = compute(what, fmt, 0, acc, wider(narrow_fmt, fmt, element(a, i, sew), &s.fflags), s.frm, &s.fflags)
            some = True
    if what == UNORDERED_SUM and not some:
        acc = sf_cvt(fmt, fmt, acc, SF_RTZ, &s.fflags)
    set_element(d, 0, acc, wide)


cdef Op *soft_vector(State *s, Op *op) noexcept nogil:
    """Run one vector FP instruction exactly; illegal when FS is off or the rounding mode is reserved."""
    cdef Row *row = &ROWS[op.insn]
    cdef int sew = s.ev.vtype & 3, what = row.code
    if unlikely(not legal(s, op) or s.fs_off or s.frm > 4): return v_illegal(s, op)
    if s.ev.vl == 0: return op + 2
    if row.vd.group == GROUP_SCALAR: fold(s, op, row, sew)
    elif row.vd.group == GROUP_MASK: to_mask(s, op, row, sew)
    elif what >= F_TO_F: conversion(s, op, row, sew)
    elif what == MIN or what == MAX: minimum_maximum(s, op, row, sew)
    else: arithmetic(s, op, row, sew)
    return op + 2


def codes():
    """Operation name -> number for Row.code."""
    out = {
        "vfadd": ADD, "vfsub": SUB, "vfrsub": RSUB, "vfmul": MUL, "vfdiv": DIV, "vfrdiv": RDIV, "vfsqrt": SQRT,
        "vfrec7": REC7, "vfrsqrt7": RSQRT7, "vfclass": CLASS, "vfmin": MIN, "vfmax": MAX,
        "vfmacc": MACC, "vfnmacc": NMACC, "vfmsac": MSAC, "vfnmsac": NMSAC,
        "vfmadd": MADD, "vfnmadd": NMADD, "vfmsub": MSUB, "vfnmsub": NMSUB,
        "vfwadd": ADD, "vfwadd_w": ADD, "vfwsub": SUB, "vfwsub_w": SUB, "vfwmul": MUL,
        "vfwmacc": MACC, "vfwnmacc": NMACC, "vfwmsac": MSAC, "vfwnmsac": NMSAC,
        "vmfeq": EQ, "vmfne": NE, "vmflt": LT, "vmfle": LE, "vmfgt": GT, "vmfge": GE,
        "vfredusum": UNORDERED_SUM, "vfredosum": SUM, "vfwredusum": UNORDERED_SUM, "vfwredosum": SUM,
        "vfredmin": MIN, "vfredmax": MAX,
        "vfwcvt_f_f": F_TO_F, "vfncvt_f_f": F_TO_F, "vfncvt_rod_f_f": F_TO_F_ROD,
        "vfncvtbf16_f_f": F_TO_BF, "vfwcvtbf16_f_f": BF_TO_F, "vfwmaccbf16": BF_MACC,
    }
    for width in ("vfcvt", "vfwcvt", "vfncvt"):
        out |= {f"{width}_x_f": F_TO_X, f"{width}_xu_f": F_TO_XU, f"{width}_f_x": X_TO_F, f"{width}_f_xu": XU_TO_F}
        out |= {f"{width}_rtz_x_f": F_TO_X_RTZ, f"{width}_rtz_xu_f": F_TO_XU_RTZ}
    return out


def handlers():
    """Operations that run here in every rounding mode -> address of their step function."""
    quiet = {"vfrec7", "vfrsqrt7", "vfclass", "vfmin", "vfmax", "vfredmin", "vfredmax"}
    return {n: <size_t>&soft_vector for n in codes() if n in quiet or n.startswith("vmf") or "cvt" in n}
