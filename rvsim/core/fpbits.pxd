# Loops over f16, f32 and f64 elements held as bits: comparisons, minimum and maximum, conversions from and to integers and the
# narrower formats.
#
# Integers only, so every rounding mode works, no host flag is touched, and the compiler may vectorise: the quick half of
# softvector.pyx, which falls back to softfloat for the other formats and operations. `active` holds a byte 0 or 1 an
# element; inactive elements get a result that the caller drops, and raise nothing. Chapters: V 13, 14.3; F, D; Zvfbfmin.
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from *:
    int leading_zeros "__builtin_clzll"(unsigned long long) noexcept nogil

from rvsim.core.scalar cimport bits_of_f32

ctypedef fused bits_t:          # of which there are conversions to integers
    uint32_t
    uint64_t

ctypedef fused any_t:
    uint16_t
    uint32_t
    uint64_t

ctypedef fused int_t:
    uint8_t
    uint16_t
    uint32_t
    uint64_t

cdef enum Relation:
    EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL

# A rounding mode as conditions 0 or 1, one of them set, none for RTZ; see `round_up`.
cdef struct Rounding:
    uint64_t nearest_even
    uint64_t nearest_away
    uint64_t down
    uint64_t up


cdef inline Rounding rounding(int rm) noexcept nogil:
    cdef Rounding r
    r.nearest_even = rm == 0
    r.nearest_away = rm == 4
    r.down = rm == 2
    r.up = rm == 3
    return r


cdef inline uint64_t round_up(Rounding r, uint64_t kept, uint64_t lost, uint64_t negative) noexcept nogil:
    """0 or 1 to add to `kept`, the magnitude above the rounding position; bit 63 of `lost` is worth one half."""
    cdef uint64_t half = lost >> 63, rest = (lost << 1) != 0
    return ((r.nearest_even & half & (rest | (kept & 1))) | (r.nearest_away & half)
            | (((r.down & negative) | (r.up & (negative ^ 1))) & (half | rest)))


# ---- what the bits say ---------------------------------------------------------------------------------

cdef inline any_t sign_of(any_t a) noexcept nogil:
    """0 or 1."""
    return a >> (8 * sizeof(any_t) - 1)

cdef inline any_t sign_mask(any_t a) noexcept nogil:
    """All ones when negative."""
    return <any_t>0 - sign_of(a)

cdef inline any_t magnitude(any_t a) noexcept nogil:
    if any_t is uint16_t: return a & <uint16_t>0x7fff
    elif any_t is uint32_t: return a & <uint32_t>0x7fffffff
    else: return a & <uint64_t>0x7fffffffffffffffULL

cdef inline any_t infinity(any_t a) noexcept nogil:
    if any_t is uint16_t: return <uint16_t>0x7c00
    elif any_t is uint32_t: return <uint32_t>0x7f800000
    else: return <uint64_t>0x7ff0000000000000ULL

cdef inline any_t quiet_bit(any_t a) noexcept nogil:
    if any_t is uint16_t: return <uint16_t>0x200
    elif any_t is uint32_t: return <uint32_t>0x400000
    else: return <uint64_t>0x8000000000000ULL

cdef inline any_t is_nan(any_t a) noexcept nogil:
    """0 or 1."""
    return magnitude(a) > infinity(a)

cdef inline any_t is_signaling(any_t a) noexcept nogil:
    return is_nan(a) & <any_t>((a & quiet_bit(a)) == 0)

cdef inline any_t top_bit(any_t a) noexcept nogil:
    return <any_t>1 << (8 * sizeof(any_t) - 1)

cdef inline any_t value_order(any_t a) noexcept nogil:
    """Unsigned integers that compare as the values do; both zeros give the same one."""
    return ((magnitude(a) ^ sign_mask(a)) + sign_of(a)) ^ top_bit(a)

cdef inline any_t total_order(any_t a) noexcept nogil:
    """The same with -0 below +0; `from_total_order` leads back."""
    return a ^ (sign_mask(a) | top_bit(a))

cdef inline any_t from_total_order(any_t k) noexcept nogil:
    return k ^ (~sign_mask(k) | top_bit(k))


# ---- comparisons, minimum, maximum (13.11, 13.13, 14.3); each returns the NV flag as 0 or 1 --------------

cdef inline any_t compare(uint8_t *out, const any_t *a, const any_t *b, const uint8_t *active, uint64_t n, int relation) noexcept nogil:
    """out[i] = 0 or 1. Only (un)equal is quiet about quiet NaNs."""
    cdef uint64_t i
    cdef any_t x, y, ordered, invalid = 0
    for i in range(n):
        x = value_order(a[i])
        y = value_order(b[i])
        ordered = (is_nan(a[i]) | is_nan(b[i])) ^ 1
        if relation == EQUAL: out[i] = <uint8_t>(<any_t>(x == y) & ordered)
        elif relation == UNEQUAL: out[i] = <uint8_t>(<any_t>(x != y) | (ordered ^ 1))
        elif relation == LESS: out[i] = <uint8_t>(<any_t>(x < y) & ordered)
        elif relation == LESS_EQUAL: out[i] = <uint8_t>(<any_t>(x <= y) & ordered)
        elif relation == GREATER: out[i] = <uint8_t>(<any_t>(x > y) & ordered)
        else: out[i] = <uint8_t>(<any_t>(x >= y) & ordered)
        if relation <= UNEQUAL: invalid |= (is_signaling(a[i]) | is_signaling(b[i])) & <any_t>active[i]
        else: invalid |= (ordered ^ 1) & <any_t>active[i]
    return invalid


cdef inline any_t extreme(any_t *out, const any_t *a, const any_t *b, const uint8_t *active, uint64_t n, bint larger) noexcept nogil:
    """A NaN loses against a number; two give the canonical one."""
    cdef uint64_t i
    cdef any_t x, y, keep_a, r, invalid = 0
    for i in range(n):
        x = a[i]
        y = b[i]
        invalid |= (is_signaling(x) | is_signaling(y)) & <any_t>active[i]
        keep_a = total_order(x) > total_order(y) if larger else total_order(x) < total_order(y)
        keep_a = (keep_a | is_nan(y)) & (is_nan(x) ^ 1)
        r = x if keep_a else y
        out[i] = infinity(x) | quiet_bit(x) if is_nan(x) & is_nan(y) else r
    return invalid


cdef inline any_t fold_extreme(any_t *out, any_t start, const any_t *a, const uint8_t *active, uint64_t n, bint larger) noexcept nogil:
    """The extreme of `start` and the active elements; `start` itself when none is active."""
    cdef uint64_t i
    # A NaN takes the losing end of the order, where no number lies.
    cdef any_t loser = 0 if larger else <any_t>~<any_t>0
    cdef any_t k, best = loser if is_nan(start) else total_order(start)
    cdef any_t some = 0, invalid = 0
    for i in range(n):
        some |= <any_t>active[i]
        invalid |= is_signaling(a[i]) & <any_t>active[i]
        k = loser if is_nan(a[i]) | (<any_t>active[i] ^ 1) else total_order(a[i])
        if larger: best = k if k > best else best
        else: best = k if k < best else best
    if not some: out[0] = start
    else: out[0] = infinity(best) | quiet_bit(best) if best == loser else from_total_order(best)
    return invalid | (is_signaling(start) & some)


# ---- conversions (13.17..13.19); each returns fflags -----------------------------------------------------

cdef inline uint32_t to_ints(int_t *out, const bits_t *a, const uint8_t *active, uint64_t n, bint is_signed, int rm) noexcept nogil:
    """Round to integers, saturating; NaN becomes the largest. Selects are masks: compilers do not vectorise ?: on shifts."""
    cdef uint64_t i, m, sig, negative, kept, lost, over, limit, below_one
    cdef uint64_t most = <uint64_t><int_t>~<int_t>0, least = 0
    cdef uint64_t invalid = 0, inexact = 0
    cdef int64_t e
    cdef Rounding r = rounding(rm)
    if is_signed:
        most >>= 1
        least = most + 1
    for i in range(n):
        m = magnitude(a[i])
        negative = sign_of(a[i])
        # A subnormal gets a leading one it does not have: it is below one half all the same.
        if bits_t is uint32_t:
            e = <int64_t>(m >> 23) - 127
            sig = (m | 0x800000) << 40
        else:
            e = <int64_t>(m >> 52) - 1023
            sig = (m | 0x10000000000000ULL) << 11
        sig &= 0 - <uint64_t>(m != 0)
        below_one = 0 - <uint64_t>(e < 0)
        kept = (sig >> ((63 - e) & 63)) & ~below_one
        lost = (((sig << (e & 63)) << 1) & ~below_one) | ((sig >> <uint64_t>(e < -1)) & below_one)
        kept += round_up(r, kept, lost, negative)
        negative &= <uint64_t>is_nan(a[i]) ^ 1
        limit = most ^ ((most ^ least) & (0 - negative))
        over = <uint64_t>(e > 63) | <uint64_t>(kept > limit)
        kept ^= (kept ^ limit) & (0 - over)
        out[i] = <int_t>((kept ^ (0 - negative)) + negative)
        invalid |= over & active[i]
        inexact |= <uint64_t>(lost != 0) & (over ^ 1) & active[i]
    return <uint32_t>(invalid << 4 | inexact)


cdef inline uint32_t from_bf16(uint32_t *out, const uint16_t *a, const uint8_t *active, uint64_t n) noexcept nogil:
    """A bfloat16 is the upper half of the f32 of the same value."""
    cdef uint64_t i
    cdef uint32_t x, nan, invalid = 0
    for i in range(n):
        x = <uint32_t>a[i] << 16
        nan = is_nan(x)
        invalid |= is_signaling(x) & active[i]
        out[i] = <uint32_t>0x7fc00000 if nan else x
    return invalid << 4


cdef inline uint32_t from_f16(uint32_t *out, const uint16_t *a, const uint8_t *active, uint64_t n) noexcept nogil:
    """f32 of the same value."""
    cdef uint64_t i
    cdef uint32_t m, wide, invalid = 0
    for i in range(n):
        m = magnitude(a[i])
        wide = (m << 13) + (<uint32_t>(127 - 15) << 23)
        wide = bits_of_f32(<float>m * <float>5.9604644775390625e-08) if m < 0x400 else wide      # subnormal: m 2**-24
        wide = <uint32_t>0x7f800000 if m == 0x7c00 else wide
        invalid |= is_signaling(a[i]) & active[i]
        out[i] = <uint32_t>0x7fc00000 if m > 0x7c00 else wide | <uint32_t>sign_of(a[i]) << 31
    return invalid << 4


cdef inline uint32_t to_f16(uint16_t *out, const uint32_t *a, const uint8_t *active, uint64_t n, int rm) noexcept nogil:
    """Round away the last 13 bits of normal results, more of subnormal ones; what lies beyond all of them rounds as the largest and a rest."""
    cdef uint64_t i
    cdef uint64_t m, negative, kept, lost, whole, number, tiny, huge
    cdef uint64_t invalid = 0, overflow = 0, underflow = 0, inexact = 0
    cdef int64_t below
    cdef Rounding r = rounding(rm)
    for i in range(n):
        m = magnitude(a[i])
        number = <uint64_t>(m < 0x7f800000)
        negative = sign_of(a[i])
        below = (127 - 14) - <int64_t>(m >> 23)         # binades below the smallest normal number
        huge = <uint64_t>(m >= 0x47800000) & number     # 2**16
        whole = (m >> 13) + round_up(r, m >> 13, m << 51, negative)
        tiny = <uint64_t>(whole < 0x71 << 10)           # even when rounded with an unbounded exponent
        if below > 0:
            below = below if below < 13 else 13
            kept = ((m & 0x7fffff) | 0x800000) >> (13 + below)
            lost = ((m & 0x7fffff) | 0x800000) << (51 - below)
            lost = (lost if below < 13 else 1) & (0 - <uint64_t>(m != 0))
        else:
            kept = (m >> 13) - (0x70 << 10)
            lost = m << 51
        kept = 0x7bff if huge else kept
        lost = ~<uint64_t>0 if huge else lost
        kept += round_up(r, kept, lost, negative)
        kept = 0x7c00 if not number else kept
        lost = <uint64_t>(lost != 0) & number & active[i]
        inexact |= lost
        underflow |= lost & tiny
        overflow |= lost & (huge | <uint64_t>(kept == 0x7c00))
        invalid |= <uint64_t>is_signaling(a[i]) & active[i]
        out[i] = <uint16_t>0x7e00 if m > 0x7f800000 else <uint16_t>(kept | negative << 15)
    return <uint32_t>(invalid << 4 | overflow << 2 | underflow << 1 | inexact)


cdef inline uint32_t to_bf16(uint16_t *out, const uint32_t *a, const uint8_t *active, uint64_t n, int rm) noexcept nogil:
    """Round the lower half away: the carry into the exponent is right, up to infinity."""
    cdef uint64_t i
    cdef uint64_t x, m, negative, kept, lost, number, tiny
    cdef uint64_t invalid = 0, overflow = 0, underflow = 0, inexact = 0
    cdef Rounding r = rounding(rm)
    for i in range(n):
        x = a[i]
        m = magnitude(a[i])
        number = <uint64_t>is_nan(a[i]) ^ 1
        negative = x >> 31
        lost = m << 48
        kept = m >> 16
        kept += round_up(r, kept, lost, negative)
        # Tiny: below 2**-126 even when rounded to 8 bits with an unbounded exponent, which is one bit finer here.
        tiny = <uint64_t>((m >> 15) + round_up(r, m >> 15, m << 49, negative) < 0x100)
        lost = <uint64_t>(lost != 0) & number & active[i]
        inexact |= lost
        underflow |= lost & tiny
        overflow |= lost & <uint64_t>(kept == 0x7f80)
        invalid |= <uint64_t>is_signaling(a[i]) & active[i]
        out[i] = <uint16_t>(kept | negative << 15) if number else <uint16_t>0x7fc0
    return <uint32_t>(invalid << 4 | overflow << 2 | underflow << 1 | inexact)


cdef inline uint32_t from_ints(bits_t *out, const int_t *a, const uint8_t *active, uint64_t n, bint is_signed, int rm) noexcept nogil:
    cdef uint64_t i, m, sig, negative, kept, lost, inexact = 0
    cdef int zeros
    cdef Rounding r = rounding(rm)
    for i in range(n):
        negative = a[i] >> (8 * sizeof(int_t) - 1) if is_signed else 0
        m = <uint64_t><int_t>(0 - a[i]) if negative else a[i]
        zeros = leading_zeros(m | 1)
        sig = m << zeros
        if bits_t is uint32_t:
            kept = sig >> 40
            lost = sig << 24
            kept += round_up(r, kept, lost, negative) + (<uint64_t>(63 - zeros + 126) << 23)
        else:
            kept = sig >> 11
            lost = sig << 53
            kept += round_up(r, kept, lost, negative) + (<uint64_t>(63 - zeros + 1022) << 52)
        out[i] = 0 if m == 0 else <bits_t>(kept | negative << (8 * sizeof(bits_t) - 1))
        inexact |= (lost != 0) & active[i]
    return <uint32_t>inexact
