# Scalar floating point on the exact path (softfloat): all of it that is not arithmetic in a rounding mode of the host.
#
# An operation is named as in the table: `fcvt_w_s` is operation FCVT_INT of format f32. `codes()` turns names into the
# packed numbers that rows carry. Chapters: F, D.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from rvsim.core.control cimport take_trap
from rvsim.core.decode cimport ROWS
from rvsim.core.op cimport Op
from rvsim.core.softfloat cimport (SF_F32, SF_F64, sf_add, sf_class, sf_cvt, sf_div, sf_eq, sf_fma, sf_from_int, sf_le, sf_lt,
                                   sf_max, sf_min, sf_mul, sf_sqrt, sf_sub, sf_to_int)
from rvsim.core.state cimport CAUSE_ILLEGAL, State

cdef enum What:
    NOTHING, ADD, SUB, MUL, DIV, SQRT, MADD, MSUB, NMSUB, NMADD, SGNJ, SGNJN, SGNJX, MIN, MAX, EQ, LT, LE, CLASS
    TO_W, TO_WU, TO_L, TO_LU, FROM_W, FROM_WU, FROM_L, FROM_LU, TO_X, FROM_X, FROM_S, FROM_D


cdef Op *refuse(State *s, Op *op) noexcept nogil:
    s.trap_cause = CAUSE_ILLEGAL
    return take_trap(s, op)


cdef uint64_t get(State *s, int fmt, int r) noexcept nogil:
    if fmt == SF_F64: return s.f[r]
    return s.f[r] & 0xffffffffULL if s.f[r] >> 32 == 0xffffffffULL else 0x7fc00000ULL


cdef void put(State *s, int fmt, int r, uint64_t v) noexcept nogil:
    s.f[r] = v if fmt == SF_F64 else v | 0xffffffff00000000ULL


cdef Op *soft_fp(State *s, Op *op) noexcept nogil:
    """Run one scalar FP instruction exactly; illegal when FS is off or the rounding mode is reserved."""
    cdef int code = ROWS[op.insn].code, what = code >> 3, fmt = code & 7
    cdef int rm = op.rm if op.rm != 7 else <int>s.frm
    cdef uint64_t sign = <uint64_t>1 << (63 if fmt == SF_F64 else 31)
    cdef uint64_t a, b, c, r
    cdef uint32_t *flags = &s.fflags
    if s.fs_off: return refuse(s, op)
    if rm > 4 and (what <= NMADD or TO_W <= what <= FROM_LU or what >= FROM_S): return refuse(s, op)
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
    elif what == TO_X: s.x[op.rd] = s.f[op.rs1] if fmt == SF_F64 else <uint64_t><int64_t><int32_t>s.f[op.rs1]
    elif what == FROM_X: put(s, fmt, op.rd, s.x[op.rs1] if fmt == SF_F64 else s.x[op.rs1] & 0xffffffffULL)
    elif what == FROM_S: put(s, fmt, op.rd, sf_cvt(SF_F32, fmt, get(s, SF_F32, op.rs1), rm, flags))
    elif what == FROM_D: put(s, fmt, op.rd, sf_cvt(SF_F64, fmt, get(s, SF_F64, op.rs1), rm, flags))
    return op + op.len


def codes():
    """Operation name -> number for Row.code: what << 3 | format."""
    names = {
        "fadd": ADD, "fsub": SUB, "fmul": MUL, "fdiv": DIV, "fsqrt": SQRT, "fmadd": MADD, "fmsub": MSUB, "fnmsub": NMSUB,
        "fnmadd": NMADD, "fsgnj": SGNJ, "fsgnjn": SGNJN, "fsgnjx": SGNJX, "fmin": MIN, "fmax": MAX, "feq": EQ, "flt": LT,
        "fle": LE, "fclass": CLASS, "fcvt_w": TO_W, "fcvt_wu": TO_WU, "fcvt_l": TO_L, "fcvt_lu": TO_LU,
    }
    out = {}
    for letter, fmt in (("s", SF_F32), ("d", SF_F64)):
        for name, what in names.items():
            out[f"{name}_{letter}"] = what << 3 | fmt
        for name, what in (("w", FROM_W), ("wu", FROM_WU), ("l", FROM_L), ("lu", FROM_LU), ("s", FROM_S), ("d", FROM_D)):
            out[f"fcvt_{letter}_{name}"] = what << 3 | fmt
    out |= {"fmv_x_w": TO_X << 3 | SF_F32, "fmv_w_x": FROM_X << 3 | SF_F32}
    out |= {"fmv_x_d": TO_X << 3 | SF_F64, "fmv_d_x": FROM_X << 3 | SF_F64}
    del out["fcvt_s_s"], out["fcvt_d_d"]
    return out


def handlers():
    """Operations that run on the exact path only; the others fall back to it."""
    host = {f"{n}_{f}" for n in ("fadd", "fsub", "fmul", "fdiv", "fsqrt", "fmadd", "fmsub", "fnmsub", "fnmadd") for f in "sd"}
    return {name: <size_t>&soft_fp for name in codes() if name not in host}
