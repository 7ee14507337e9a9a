# Scalar floating point on the exact path (softfloat): all of it that is not arithmetic in a rounding mode of the host.
#
# An operation is named as in the table: `fcvt_w_s` is operation FCVT_INT of format f32. `codes()` turns names into the
# packed numbers that rows carry. Chapters: F, D, Zfh, BF16, Zfa.
from libc.stdint cimport int16_t, int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.control cimport take_trap
from rvsim.core.decode cimport ROWS
from rvsim.core.op cimport Op
from rvsim.core.softfloat cimport (SF_BF16, SF_F16, SF_F32, SF_F64, SF_NV, SF_NX, sf_add, sf_class, sf_cvt, sf_div, sf_eq, sf_fma,
                                   sf_from_int, sf_le, sf_lt, sf_max, sf_min, sf_mul, sf_round, sf_sqrt, sf_sub, sf_to_int)
from rvsim.core.state cimport CAUSE_ILLEGAL, State

cdef enum What:
    NOTHING, ADD, SUB, MUL, DIV, SQRT, MADD, MSUB, NMSUB, NMADD, SGNJ, SGNJN, SGNJX, MIN, MAX, EQ, LT, LE, CLASS
    TO_W, TO_WU, TO_L, TO_LU, FROM_W, FROM_WU, FROM_L, FROM_LU, TO_X, FROM_X, FROM_S, FROM_D, FROM_H, FROM_B
    ROUND, ROUND_NX, MINM, MAXM, LEQ, LTQ, MODULAR, CONSTANT


cdef Op *refuse(State *s, Op *op) noexcept nogil:
    s.trap_cause = CAUSE_ILLEGAL
    return take_trap(s, op)


cdef uint64_t get(State *s, int fmt, int r) noexcept nogil:
    if fmt == SF_F64: return s.f[r]
    if fmt == SF_F32: return s.f[r] & 0xffffffffULL if s.f[r] >> 32 == 0xffffffffULL else 0x7fc00000ULL
    if s.f[r] >> 16 == 0xffffffffffffULL: return s.f[r] & 0xffff
    return 0x7e00 if fmt == SF_F16 else 0x7fc0


cdef void put(State *s, int fmt, int r, uint64_t v) noexcept nogil:
    s.f[r] = v if fmt == SF_F64 else v | 0xffffffff00000000ULL if fmt == SF_F32 else v | 0xffffffffffff0000ULL


# ---- Zfa -----------------------------------------------------------------------------------------------

# The constants of fli as f64; the second is the format's own, its least normal number.
cdef uint64_t *CONSTANTS = [
    0xbff0000000000000ULL, 0, 0x3ef0000000000000ULL, 0x3f00000000000000ULL, 0x3f70000000000000ULL, 0x3f80000000000000ULL,
    0x3fb0000000000000ULL, 0x3fc0000000000000ULL, 0x3fd0000000000000ULL, 0x3fd4000000000000ULL, 0x3fd8000000000000ULL,
    0x3fdc000000000000ULL, 0x3fe0000000000000ULL, 0x3fe4000000000000ULL, 0x3fe8000000000000ULL, 0x3fec000000000000ULL,
    0x3ff0000000000000ULL, 0x3ff4000000000000ULL, 0x3ff8000000000000ULL, 0x3ffc000000000000ULL, 0x4000000000000000ULL,
    0x4004000000000000ULL, 0x4008000000000000ULL, 0x4010000000000000ULL, 0x4020000000000000ULL, 0x4030000000000000ULL,
    0x4060000000000000ULL, 0x4070000000000000ULL, 0x40e0000000000000ULL, 0x40f0000000000000ULL, 0x7ff0000000000000ULL,
    0x7ff8000000000000ULL,
]


cdef uint64_t constant(int fmt, int index) noexcept nogil:
    """What does not fit the format (2**16 in half precision) is infinite; no flag is raised."""
    cdef uint32_t ignored = 0
    if index == 1: return <uint64_t>1 << (52 if fmt == SF_F64 else 23 if fmt == SF_F32 else 10)
    return sf_cvt(SF_F64, fmt, CONSTANTS[index], 0, &ignored)


cdef bint either_nan(int fmt, uint64_t a, uint64_t b, uint32_t *flags) noexcept nogil:
    """Whether an operand is NaN; a signaling one raises NV."""
    cdef uint64_t classes = sf_class(fmt, a) | sf_class(fmt, b)
    if classes & 0x100: flags[0] |= SF_NV
    return classes & 0x300 != 0


cdef uint64_t modular_word(uint64_t a, uint32_t *flags) noexcept nogil:
    """fcvtmod.w.d: truncate, keep the low 32 bits, sign extended; flags as those of fcvt.w.d with rtz."""
    cdef int shift = <int>((a >> 52) & 0x7ff) - 1075
    cdef uint64_t fraction = a & 0xfffffffffffffULL, whole = 0, lost = fraction, negative = a >> 63
    if shift == 0x7ff - 1075:
        flags[0] |= SF_NV
        return 0
    if shift > -1075:
        lost = fraction | 0x10000000000000ULL
    if shift >= 0:
        whole = lost << shift if shift < 64 else 0
    elif shift > -64:
        whole = lost >> -shift
        lost &= (<uint64_t>1 << -shift) - 1
    if shift >= 0 or whole > 0x7fffffffULL + negative: flags[0] |= SF_NV
    elif lost: flags[0] |= SF_NX
    return <uint64_t><int64_t><int32_t>(0 - whole if negative else whole)


# ---- one instruction -----------------------------------------------------------------------------------


cdef inline uint64_t low_bits(int fmt, uint64_t v) noexcept nogil:
    """The bits of a format in the low end of a register, sign extended."""
    if fmt == SF_F64: return v
    return <uint64_t><int64_t><int32_t>v if fmt == SF_F32 else <uint64_t><int64_t><int16_t>v


cdef void further(State *s, Op *op, int what, int fmt, uint64_t a, uint64_t b, int rm) noexcept nogil:
    """The operations of Zfa."""
    cdef uint32_t *flags = &s.fflags
    if what == ROUND: put(s, fmt, op.rd, sf_round(fmt, a, rm, False, flags))
    elif what == ROUND_NX: put(s, fmt, op.rd, sf_round(fmt, a, rm, True, flags))
    elif what == MODULAR: s.x[op.rd] = modular_word(a, flags)
    elif what == CONSTANT: put(s, fmt, op.rd, constant(fmt, op.imm))
    elif what == LEQ or what == LTQ:
        if either_nan(fmt, a, b, flags): s.x[op.rd] = 0
        else: s.x[op.rd] = sf_le(fmt, a, b, flags) if what == LEQ else sf_lt(fmt, a, b, flags)
    elif either_nan(fmt, a, b, flags): put(s, fmt, op.rd, constant(fmt, 31))
    else: put(s, fmt, op.rd, sf_min(fmt, a, b, flags) if what == MINM else sf_max(fmt, a, b, flags))


cdef Op *soft_fp(State *s, Op *op) noexcept nogil:
    """Run one scalar FP instruction exactly; illegal when FS is off or the rounding mode is reserved."""
    cdef int code = ROWS[op.insn].code, what = code >> 3, fmt = code & 7
    cdef int rm = op.rm if op.rm != 7 else <int>s.frm
    cdef uint64_t sign = <uint64_t>1 << (63 if fmt == SF_F64 else 31 if fmt == SF_F32 else 15)
    cdef uint64_t a, b, c, r
    cdef uint32_t *flags = &s.fflags
    if s.fs_off: return refuse(s, op)
    if rm > 4 and (what <= NMADD or TO_W <= what <= FROM_LU or FROM_S <= what <= ROUND_NX): return refuse(s, op)
    a = get(s, fmt, op.rs1)
    b = get(s, fmt, op.rs2)
    if what <= NMADD:
        if what == ADD: r = sf_add(fmt, a, b, rm, flags)
        elif what == SUB: r = sf_sub(fmt, a, b, rm, flags)
        elif what == MUL: r = sf_mul(fmt, a, b, rm, flags)
        elif what == DIV: r = sf_div(fmt, a, b, rm, flags)
        elif what == SQRT: r = sf_sqrt(fmt, a, rm, flags)
        else:
            c = get(s, fmt, op.rs3)
            if what == NMSUB or what == NMADD: a ^= sign
            if what == MSUB or what == NMADD: c ^= sign
            r = sf_fma(fmt, a, b, c, rm, flags)
        put(s, fmt, op.rd, r)
    elif what == SGNJ: put(s, fmt, op.rd, (a & ~sign) | (b & sign))
    elif what == SGNJN: put(s, fmt, op.rd, (a & ~sign) | (~b & sign))
    elif what == SGNJX: put(s, fmt, op.rd, a ^ (b & sign))
    elif what == MIN: put(s, fmt, op.rd, sf_min(fmt, a, b, flags))
    elif what == MAX: put(s, fmt, op.rd, sf_max(fmt, a, b, flags))
    elif what == EQ: s.x[op.rd] = sf_eq(fmt, a, b, flags)
    elif what == LT: s.x[op.rd] = sf_lt(fmt, a, b, flags)
    elif what == LE: s.x[op.rd] = sf_le(fmt, a, b, flags)
    elif what == CLASS: s.x[op.rd] = sf_class(fmt, a)
    elif what == TO_W: s.x[op.rd] = sf_to_int(fmt, a, 32, True, rm, flags)
    elif what == TO_WU: s.x[op.rd] = <uint64_t><int64_t><int32_t>sf_to_int(fmt, a, 32, False, rm, flags)
    elif what == TO_L: s.x[op.rd] = sf_to_int(fmt, a, 64, True, rm, flags)
    elif what == TO_LU: s.x[op.rd] = sf_to_int(fmt, a, 64, False, rm, flags)
    elif what == FROM_W: put(s, fmt, op.rd, sf_from_int(fmt, s.x[op.rs1], 32, True, rm, flags))
    elif what == FROM_WU: put(s, fmt, op.rd, sf_from_int(fmt, s.x[op.rs1], 32, False, rm, flags))
    elif what == FROM_L: put(s, fmt, op.rd, sf_from_int(fmt, s.x[op.rs1], 64, True, rm, flags))
    elif what == FROM_LU: put(s, fmt, op.rd, sf_from_int(fmt, s.x[op.rs1], 64, False, rm, flags))
    elif what == TO_X: s.x[op.rd] = low_bits(fmt, s.f[op.rs1])
    elif what == FROM_X: put(s, fmt, op.rd, s.x[op.rs1] & (sign | (sign - 1)))
    elif what == FROM_S: put(s, fmt, op.rd, sf_cvt(SF_F32, fmt, get(s, SF_F32, op.rs1), rm, flags))
    elif what == FROM_D: put(s, fmt, op.rd, sf_cvt(SF_F64, fmt, get(s, SF_F64, op.rs1), rm, flags))
    elif what == FROM_H: put(s, fmt, op.rd, sf_cvt(SF_F16, fmt, get(s, SF_F16, op.rs1), rm, flags))
    elif what == FROM_B: put(s, fmt, op.rd, sf_cvt(SF_BF16, fmt, get(s, SF_BF16, op.rs1), rm, flags))
    else: further(s, op, what, fmt, a, b, rm)
    return op + op.len


def codes():
    """Operation name -> number for Row.code: what << 3 | format."""
    names = {
        "fadd": ADD, "fsub": SUB, "fmul": MUL, "fdiv": DIV, "fsqrt": SQRT, "fmadd": MADD, "fmsub": MSUB, "fnmsub": NMSUB,
        "fnmadd": NMADD, "fsgnj": SGNJ, "fsgnjn": SGNJN, "fsgnjx": SGNJX, "fmin": MIN, "fmax": MAX, "feq": EQ, "flt": LT,
        "fle": LE, "fclass": CLASS, "fcvt_w": TO_W, "fcvt_wu": TO_WU, "fcvt_l": TO_L, "fcvt_lu": TO_LU,
        "fround": ROUND, "froundnx": ROUND_NX, "fminm": MINM, "fmaxm": MAXM, "fleq": LEQ, "fltq": LTQ, "fli": CONSTANT,
    }
    out = {}
    for letter, fmt in (("h", SF_F16), ("s", SF_F32), ("d", SF_F64)):
        for name, what in names.items():
            out[f"{name}_{letter}"] = what << 3 | fmt
        for name, what in (("w", FROM_W), ("wu", FROM_WU), ("l", FROM_L), ("lu", FROM_LU), ("s", FROM_S), ("d", FROM_D),
                           ("h", FROM_H)):
            out[f"fcvt_{letter}_{name}"] = what << 3 | fmt
    out |= {"fmv_x_w": TO_X << 3 | SF_F32, "fmv_w_x": FROM_X << 3 | SF_F32}
    out |= {"fmv_x_d": TO_X << 3 | SF_F64, "fmv_d_x": FROM_X << 3 | SF_F64}
    out |= {"fmv_x_h": TO_X << 3 | SF_F16, "fmv_h_x": FROM_X << 3 | SF_F16}
    out |= {"fcvt_s_bf16": FROM_B << 3 | SF_F32, "fcvt_bf16_s": FROM_S << 3 | SF_BF16, "fcvtmod_w_d": MODULAR << 3 | SF_F64}
    del out["fcvt_s_s"], out["fcvt_d_d"], out["fcvt_h_h"]
    return out


def handlers():
    """Operations that run on the exact path only; the others fall back to it."""
    host = {f"{n}_{f}" for n in ("fadd", "fsub", "fmul", "fdiv", "fsqrt", "fmadd", "fmsub", "fnmsub", "fnmadd") for f in "sd"}
    return {name: <size_t>&soft_fp for name in codes() if name not in host}
