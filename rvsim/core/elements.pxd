# What each elementwise vector operation does to one element. `wire.py` reads the signatures and wraps every function
# into loops over a register group, one for each element type and operand form.
#
# Parameters: d = element of vd, a = element of vs2, b = element of vs1, or the scalar. A fused type says which element
# types exist: uint_t and sint_t are SEW 8..64, float_t is SEW 32 and 64; a plain type is the one SEW there is. An operation
# that only reads unsigned and signed alike takes uint_t. Chapters: V sections 11 and 13, Zvbb, Zvbc.
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from rvsim.core.scalar cimport (bits_of_f32, bits_of_f64, carryless, f32_of, f64_of, fma, fmaf, i128, sqrt, sqrtf, u128)
from rvsim.core.state cimport State

ctypedef fused uint_t:
    uint8_t
    uint16_t
    uint32_t
    uint64_t

ctypedef fused sint_t:
    int8_t
    int16_t
    int32_t
    int64_t

ctypedef fused float_t:
    float
    double


# ---- add, subtract, logic, shift, minimum, maximum (11.1, 11.5, 11.6, 11.9) ---------------------------

cdef inline uint_t vadd(uint_t a, uint_t b) noexcept nogil: return <uint_t>(a + b)
cdef inline uint_t vsub(uint_t a, uint_t b) noexcept nogil: return <uint_t>(a - b)
cdef inline uint_t vrsub(uint_t a, uint_t b) noexcept nogil: return <uint_t>(b - a)
cdef inline uint_t vand(uint_t a, uint_t b) noexcept nogil: return a & b
cdef inline uint_t vor(uint_t a, uint_t b) noexcept nogil: return a | b
cdef inline uint_t vxor(uint_t a, uint_t b) noexcept nogil: return a ^ b
cdef inline uint_t vsll(uint_t a, uint_t b) noexcept nogil: return <uint_t>(a << (b & (8 * sizeof(uint_t) - 1)))
cdef inline uint_t vsrl(uint_t a, uint_t b) noexcept nogil: return <uint_t>(a >> (b & (8 * sizeof(uint_t) - 1)))
cdef inline sint_t vsra(sint_t a, sint_t b) noexcept nogil: return <sint_t>(a >> (b & <sint_t>(8 * sizeof(sint_t) - 1)))
cdef inline uint_t vminu(uint_t a, uint_t b) noexcept nogil: return a if a < b else b
cdef inline sint_t vmin(sint_t a, sint_t b) noexcept nogil: return a if a < b else b
cdef inline uint_t vmaxu(uint_t a, uint_t b) noexcept nogil: return a if a > b else b
cdef inline sint_t vmax(sint_t a, sint_t b) noexcept nogil: return a if a > b else b


# ---- Zvbb: bits counted and moved without branches or tables, so that the loops vectorise ------------------

cdef inline uint_t vandn(uint_t a, uint_t b) noexcept nogil: return <uint_t>(a & ~b)

cdef inline uint_t vrol(uint_t a, uint_t b) noexcept nogil:
    cdef uint_t n = <uint_t>(b & (8 * sizeof(uint_t) - 1))
    return <uint_t>((a << n) | (a >> (<uint_t>(0 - n) & (8 * sizeof(uint_t) - 1))))

cdef inline uint_t vror(uint_t a, uint_t b) noexcept nogil: return vrol(a, <uint_t>(0 - b))

cdef inline uint_t vbrev8(uint_t a) noexcept nogil:
    """Bits reversed in every byte."""
    a = <uint_t>(((a >> 1) & <uint_t>0x5555555555555555ULL) | ((a & <uint_t>0x5555555555555555ULL) << 1))
    a = <uint_t>(((a >> 2) & <uint_t>0x3333333333333333ULL) | ((a & <uint_t>0x3333333333333333ULL) << 2))
    return <uint_t>(((a >> 4) & <uint_t>0x0f0f0f0f0f0f0f0fULL) | ((a & <uint_t>0x0f0f0f0f0f0f0f0fULL) << 4))

cdef inline uint_t vrev8(uint_t a) noexcept nogil:
    """Bytes reversed."""
    if uint_t is uint8_t: return a
    elif uint_t is uint16_t: return <uint16_t>((a >> 8) | (a << 8))
    elif uint_t is uint32_t:
        a = ((a >> 8) & <uint32_t>0x00ff00ff) | ((a & <uint32_t>0x00ff00ff) << 8)
        return (a >> 16) | (a << 16)
    else:
        a = ((a >> 8) & <uint64_t>0x00ff00ff00ff00ffULL) | ((a & <uint64_t>0x00ff00ff00ff00ffULL) << 8)
        a = ((a >> 16) & <uint64_t>0x0000ffff0000ffffULL) | ((a & <uint64_t>0x0000ffff0000ffffULL) << 16)
        return (a >> 32) | (a << 32)

cdef inline uint_t vbrev(uint_t a) noexcept nogil: return vbrev8(vrev8(a))

cdef inline uint_t vcpop_v(uint_t a) noexcept nogil:
    a = <uint_t>(a - ((a >> 1) & <uint_t>0x5555555555555555ULL))
    a = <uint_t>((a & <uint_t>0x3333333333333333ULL) + ((a >> 2) & <uint_t>0x3333333333333333ULL))
    a = <uint_t>((a + (a >> 4)) & <uint_t>0x0f0f0f0f0f0f0f0fULL)
    return <uint_t>(<uint_t>(a * <uint_t>0x0101010101010101ULL) >> (8 * sizeof(uint_t) - 8))

cdef inline uint_t vctz(uint_t a) noexcept nogil: return vcpop_v(<uint_t>(~a & (a - 1)))

cdef inline uint_t vclz(uint_t a) noexcept nogil:
    a = <uint_t>(a | (a >> 1))
    a = <uint_t>(a | (a >> 2))
    a = <uint_t>(a | (a >> 4))
    if sizeof(uint_t) > 1: a = <uint_t>(a | (a >> 8 % (8 * sizeof(uint_t))))
    if sizeof(uint_t) > 2: a = <uint_t>(a | (a >> 16 % (8 * sizeof(uint_t))))
    if sizeof(uint_t) > 4: a = <uint_t>(a | (a >> 32 % (8 * sizeof(uint_t))))
    return vcpop_v(<uint_t>~a)


# ---- Zvbc, SEW 64 --------------------------------------------------------------------------------------

cdef inline uint64_t vclmul(uint64_t a, uint64_t b) noexcept nogil: return <uint64_t>carryless(a, b)
cdef inline uint64_t vclmulh(uint64_t a, uint64_t b) noexcept nogil: return <uint64_t>(carryless(a, b) >> 64)


# ---- zvdot4a8i, SEW 32: d plus four products of bytes; s is a signed byte, u an unsigned one -------------

cdef inline uint32_t byte_s(uint32_t a, int i) noexcept nogil: return <uint32_t><int32_t><int8_t>(a >> (8 * i))
cdef inline uint32_t byte_u(uint32_t a, int i) noexcept nogil: return (a >> (8 * i)) & 255

cdef inline uint32_t vdot4a(uint32_t d, uint32_t a, uint32_t b) noexcept nogil:
    return (d + byte_s(a, 0) * byte_s(b, 0) + byte_s(a, 1) * byte_s(b, 1) + byte_s(a, 2) * byte_s(b, 2)
            + byte_s(a, 3) * byte_s(b, 3))

cdef inline uint32_t vdot4au(uint32_t d, uint32_t a, uint32_t b) noexcept nogil:
    return (d + byte_u(a, 0) * byte_u(b, 0) + byte_u(a, 1) * byte_u(b, 1) + byte_u(a, 2) * byte_u(b, 2)
            + byte_u(a, 3) * byte_u(b, 3))

cdef inline uint32_t vdot4asu(uint32_t d, uint32_t a, uint32_t b) noexcept nogil:
    return (d + byte_s(a, 0) * byte_u(b, 0) + byte_s(a, 1) * byte_u(b, 1) + byte_s(a, 2) * byte_u(b, 2)
            + byte_s(a, 3) * byte_u(b, 3))

cdef inline uint32_t vdot4aus(uint32_t d, uint32_t a, uint32_t b) noexcept nogil: return vdot4asu(d, b, a)


# ---- multiply, multiply-add, divide (11.10, 11.11, 11.13) ---------------------------------------------

cdef inline uint_t vmul(uint_t a, uint_t b) noexcept nogil: return <uint_t>(<uint64_t>a * <uint64_t>b)

cdef inline sint_t vmulh(sint_t a, sint_t b) noexcept nogil:
    if sint_t is int64_t: return <int64_t>((<i128>a * <i128>b) >> 64)
    else: return <sint_t>((<int64_t>a * <int64_t>b) >> (8 * sizeof(sint_t)))

cdef inline uint_t vmulhu(uint_t a, uint_t b) noexcept nogil:
    if uint_t is uint64_t: return <uint64_t>((<u128>a * <u128>b) >> 64)
    else: return <uint_t>((<uint64_t>a * <uint64_t>b) >> (8 * sizeof(uint_t)))

cdef inline sint_t vmulhsu(sint_t a, sint_t b) noexcept nogil:
    if sint_t is int8_t: return <int8_t>((<int64_t>a * <int64_t><uint8_t>b) >> 8)
    elif sint_t is int16_t: return <int16_t>((<int64_t>a * <int64_t><uint16_t>b) >> 16)
    elif sint_t is int32_t: return <int32_t>((<int64_t>a * <int64_t><uint32_t>b) >> 32)
    else: return <int64_t>((<i128>a * <i128><uint64_t>b) >> 64)

cdef inline uint_t vmacc(uint_t d, uint_t a, uint_t b) noexcept nogil: return <uint_t>(d + <uint64_t>a * <uint64_t>b)
cdef inline uint_t vnmsac(uint_t d, uint_t a, uint_t b) noexcept nogil: return <uint_t>(d - <uint64_t>a * <uint64_t>b)
cdef inline uint_t vmadd(uint_t d, uint_t a, uint_t b) noexcept nogil: return <uint_t>(a + <uint64_t>d * <uint64_t>b)
cdef inline uint_t vnmsub(uint_t d, uint_t a, uint_t b) noexcept nogil: return <uint_t>(a - <uint64_t>d * <uint64_t>b)

cdef inline uint_t vdivu(uint_t a, uint_t b) noexcept nogil: return <uint_t>-1 if b == 0 else <uint_t>(a / b)
cdef inline uint_t vremu(uint_t a, uint_t b) noexcept nogil: return a if b == 0 else <uint_t>(a % b)
cdef inline sint_t vdiv(sint_t a, sint_t b) noexcept nogil:
    return <sint_t>-1 if b == 0 else <sint_t>(<uint64_t>0 - <uint64_t>a) if b == -1 else <sint_t>(a / b)
cdef inline sint_t vrem(sint_t a, sint_t b) noexcept nogil:
    return a if b == 0 else <sint_t>0 if b == -1 else <sint_t>(a % b)


# ---- fixed point (12): rounding mode and saturation flag are in the state ------------------------------

cdef inline uint64_t rounded(State *s, uint64_t v, uint64_t shift) noexcept nogil:
    """What to add to v >> shift under vxrm (section 3.8): rnu, rne, rdn, rod."""
    cdef uint64_t lost
    if shift == 0 or s.vxrm == 2: return 0
    if s.vxrm == 0: return (v >> (shift - 1)) & 1
    lost = v & ((<uint64_t>1 << (shift - 1)) - 1)
    if s.vxrm == 1: return (v >> (shift - 1)) & (1 if lost or (v >> shift) & 1 else 0)
    return 1 if not (v >> shift) & 1 and v & ((<uint64_t>1 << shift) - 1) else 0

cdef inline uint_t vsaddu(State *s, uint_t a, uint_t b) noexcept nogil:
    cdef uint_t r = <uint_t>(a + b)
    s.vxsat |= r < a
    return <uint_t>-1 if r < a else r

cdef inline uint_t vssubu(State *s, uint_t a, uint_t b) noexcept nogil:
    s.vxsat |= a < b
    return 0 if a < b else <uint_t>(a - b)

cdef inline sint_t vsadd(State *s, sint_t a, sint_t b) noexcept nogil:
    cdef sint_t r = <sint_t>(<uint64_t>a + <uint64_t>b)
    if ((a ^ r) & (b ^ r)) < 0:
        s.vxsat = 1
        r = <sint_t>((<uint64_t>1 << (8 * sizeof(sint_t) - 1)) - (0 if a < 0 else 1))
    return r

cdef inline sint_t vssub(State *s, sint_t a, sint_t b) noexcept nogil:
    cdef sint_t r = <sint_t>(<uint64_t>a - <uint64_t>b)
    if ((a ^ b) & (a ^ r)) < 0:
        s.vxsat = 1
        r = <sint_t>((<uint64_t>1 << (8 * sizeof(sint_t) - 1)) - (0 if a < 0 else 1))
    return r

cdef inline uint_t vaaddu(State *s, uint_t a, uint_t b) noexcept nogil:
    cdef u128 t = <u128>a + <u128>b
    return <uint_t>((t >> 1) + rounded(s, <uint64_t>t, 1))

cdef inline uint_t vasubu(State *s, uint_t a, uint_t b) noexcept nogil:
    cdef u128 t = <u128>a - <u128>b
    return <uint_t>((t >> 1) + rounded(s, <uint64_t>t, 1))

cdef inline sint_t vaadd(State *s, sint_t a, sint_t b) noexcept nogil:
    cdef i128 t = <i128>a + <i128>b
    return <sint_t>((t >> 1) + <i128>rounded(s, <uint64_t>t, 1))

cdef inline sint_t vasub(State *s, sint_t a, sint_t b) noexcept nogil:
    cdef i128 t = <i128>a - <i128>b
    return <sint_t>((t >> 1) + <i128>rounded(s, <uint64_t>t, 1))

cdef inline uint_t vssrl(State *s, uint_t a, uint_t b) noexcept nogil:
    cdef uint64_t n = b & (8 * sizeof(uint_t) - 1)
    return <uint_t>((a >> n) + rounded(s, a, n))

cdef inline sint_t vssra(State *s, sint_t a, sint_t b) noexcept nogil:
    cdef uint64_t n = b & <sint_t>(8 * sizeof(sint_t) - 1)
    return <sint_t>((<int64_t>a >> n) + <int64_t>rounded(s, <uint64_t><int64_t>a, n))

cdef inline sint_t vsmul(State *s, sint_t a, sint_t b) noexcept nogil:
    cdef i128 t
    cdef sint_t least = <sint_t>(<uint64_t>1 << (8 * sizeof(sint_t) - 1))
    if a == least and b == least:
        s.vxsat = 1
        return <sint_t>~least
    t = <i128>a * <i128>b
    return <sint_t>((t >> (8 * sizeof(sint_t) - 1)) + <i128>rounded(s, <uint64_t>t, 8 * sizeof(sint_t) - 1))

cdef inline uint64_t clipu(State *s, uint64_t v, int sew) noexcept nogil:
    """vnclipu's saturation of a rounded value."""
    cdef uint64_t most = (<uint64_t>1 << sew) - 1
    if v <= most: return v
    s.vxsat = 1
    return most

cdef inline int64_t clip(State *s, int64_t v, int sew) noexcept nogil:
    cdef int64_t most = (<int64_t>1 << (sew - 1)) - 1
    if -most - 1 <= v <= most: return v
    s.vxsat = 1
    return most if v > 0 else -most - 1


# ---- carry (11.4): d is the carry-in, 0 or 1 -----------------------------------------------------------

cdef inline uint_t vadc(uint_t d, uint_t a, uint_t b) noexcept nogil: return <uint_t>(a + b + d)
cdef inline uint_t vsbc(uint_t d, uint_t a, uint_t b) noexcept nogil: return <uint_t>(a - b - d)


# ---- comparisons (11.4, 11.8): the result is one mask bit ----------------------------------------------

cdef inline bint vmadc(uint_t d, uint_t a, uint_t b) noexcept nogil:
    cdef uint_t t = <uint_t>(a + b)
    return (t < a) | (<uint_t>(t + d) < t)

cdef inline bint vmsbc(uint_t d, uint_t a, uint_t b) noexcept nogil: return (a < b) | ((a == b) & (d != 0))

cdef inline bint vmseq(uint_t a, uint_t b) noexcept nogil: return a == b
cdef inline bint vmsne(uint_t a, uint_t b) noexcept nogil: return a != b
cdef inline bint vmsltu(uint_t a, uint_t b) noexcept nogil: return a < b
cdef inline bint vmslt(sint_t a, sint_t b) noexcept nogil: return a < b
cdef inline bint vmsleu(uint_t a, uint_t b) noexcept nogil: return a <= b
cdef inline bint vmsle(sint_t a, sint_t b) noexcept nogil: return a <= b
cdef inline bint vmsgtu(uint_t a, uint_t b) noexcept nogil: return a > b
cdef inline bint vmsgt(sint_t a, sint_t b) noexcept nogil: return a > b


# ---- floating point on the host FPU (13): NaN results are canonical ------------------------------------

cdef inline float_t canonical(float_t r) noexcept nogil:
    if float_t is float: return r if r == r else f32_of(0x7fc00000)
    else: return r if r == r else f64_of(0x7ff8000000000000ULL)

cdef inline float_t fused(float_t x, float_t y, float_t z) noexcept nogil:
    if float_t is float: return canonical(fmaf(x, y, z))
    else: return canonical(fma(x, y, z))

cdef inline float_t vfadd(float_t a, float_t b) noexcept nogil: return canonical(a + b)
cdef inline float_t vfsub(float_t a, float_t b) noexcept nogil: return canonical(a - b)
cdef inline float_t vfrsub(float_t a, float_t b) noexcept nogil: return canonical(b - a)
cdef inline float_t vfmul(float_t a, float_t b) noexcept nogil: return canonical(a * b)
cdef inline float_t vfdiv(float_t a, float_t b) noexcept nogil: return canonical(a / b)
cdef inline float_t vfrdiv(float_t a, float_t b) noexcept nogil: return canonical(b / a)
cdef inline float_t vfsqrt(float_t a) noexcept nogil:
    if float_t is float: return canonical(sqrtf(a))
    else: return canonical(sqrt(a))

cdef inline float_t vfmacc(float_t d, float_t a, float_t b) noexcept nogil: return fused(b, a, d)
cdef inline float_t vfnmacc(float_t d, float_t a, float_t b) noexcept nogil: return fused(-b, a, -d)
cdef inline float_t vfmsac(float_t d, float_t a, float_t b) noexcept nogil: return fused(b, a, -d)
cdef inline float_t vfnmsac(float_t d, float_t a, float_t b) noexcept nogil: return fused(-b, a, d)
cdef inline float_t vfmadd(float_t d, float_t a, float_t b) noexcept nogil: return fused(b, d, a)
cdef inline float_t vfnmadd(float_t d, float_t a, float_t b) noexcept nogil: return fused(-b, d, -a)
cdef inline float_t vfmsub(float_t d, float_t a, float_t b) noexcept nogil: return fused(b, d, -a)
cdef inline float_t vfnmsub(float_t d, float_t a, float_t b) noexcept nogil: return fused(-b, d, a)


cdef inline float bf16(uint16_t a) noexcept nogil:
    """A bfloat16 is the upper half of the f32 of the same value."""
    return f32_of(<uint32_t>a << 16)


# ---- moves and merges (11.15, 11.16): d is the mask bit -------------------------------------------------

cdef inline uint_t vmv_v(uint_t b) noexcept nogil: return b
cdef inline uint_t vmerge(uint_t d, uint_t a, uint_t b) noexcept nogil: return b if d else a


# ---- sign injection and minimum on bits (13.11, 13.12): no rounding, so no host FPU ---------------------

cdef inline uint_t vfsgnj(uint_t a, uint_t b) noexcept nogil:
    cdef uint_t sign = <uint_t>(<uint64_t>1 << (8 * sizeof(uint_t) - 1))
    return <uint_t>((a & ~sign) | (b & sign))

cdef inline uint_t vfsgnjn(uint_t a, uint_t b) noexcept nogil:
    cdef uint_t sign = <uint_t>(<uint64_t>1 << (8 * sizeof(uint_t) - 1))
    return <uint_t>((a & ~sign) | (~b & sign))

cdef inline uint_t vfsgnjx(uint_t a, uint_t b) noexcept nogil:
    cdef uint_t sign = <uint_t>(<uint64_t>1 << (8 * sizeof(uint_t) - 1))
    return a ^ (b & sign)
