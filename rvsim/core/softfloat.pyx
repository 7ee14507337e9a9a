"""Exact floating point in integers only, for what the host FPU cannot do: RMM, round to odd, and f16 and bf16
with a single rounding where `half` has no way by f32; on hosts that detect tininess before rounding, everything.

    unpack -> exact integer operation, lost bits kept as one sticky bit -> round_pack

One code serves every format. Slow but O(1), and no host floating point at all: that would raise the guest's flags.
Must not know harts, registers or instructions. Interface: softfloat.pxd; the `def` functions at the end are for
tests and tools. Spec: RISC-V unprivileged ISA, chapters F, D, Zfh, BF16, and V for round to odd and the estimates.
"""
from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef extern from *:
    # The declared base type only tells Cython "some unsigned integer"; the C compiler knows the true width.
    ctypedef unsigned long long u128 "unsigned __int128"
    int count_leading_zeros "__builtin_clzll"(unsigned long long x) noexcept nogil

F16, BF16, F32, F64 = SF_F16, SF_BF16, SF_F32, SF_F64

cdef enum:  # the kinds of a Number
    ZERO
    FINITE
    INFINITE
    NAN

cdef struct Number:
    int kind
    int negative
    int exp        # FINITE: the magnitude is sig * 2**exp
    uint64_t sig   # FINITE: normalised, bit 63 is set, even when the encoding is subnormal

cdef struct Exact:
    u128 sig       # the magnitude is (sig + something in (0, 1) when sticky) * 2**exp
    int exp
    int negative
    bint sticky


# ---- formats ---------------------------------------------------------------------------------------------------------

cdef inline int fraction_bits(int fmt) noexcept nogil:
    if fmt == SF_F16:
        return 10
    if fmt == SF_BF16:
        return 7
    return 23 if fmt == SF_F32 else 52


cdef inline int exponent_bits(int fmt) noexcept nogil:
    if fmt == SF_F16:
        return 5
    return 11 if fmt == SF_F64 else 8


cdef inline int exponent_bias(int fmt) noexcept nogil:
    return (1 << (exponent_bits(fmt) - 1)) - 1


cdef inline uint64_t sign_bit(int fmt, int negative) noexcept nogil:
    return <uint64_t>(negative != 0) << (exponent_bits(fmt) + fraction_bits(fmt))


cdef inline uint64_t infinity(int fmt, int negative) noexcept nogil:
    cdef uint64_t ones = ((<uint64_t>1) << exponent_bits(fmt)) - 1
    return sign_bit(fmt, negative) | ones << fraction_bits(fmt)


cdef inline uint64_t largest_finite(int fmt, int negative) noexcept nogil:
    return infinity(fmt, negative) - 1


cdef inline uint64_t canonical_nan(int fmt) noexcept nogil:
    return infinity(fmt, 0) | (<uint64_t>1) << (fraction_bits(fmt) - 1)


cdef inline uint64_t magnitude_bits(int fmt, uint64_t a) noexcept nogil:
    return a & (sign_bit(fmt, 1) - 1)


cdef inline bint is_nan(int fmt, uint64_t a) noexcept nogil:
    return magnitude_bits(fmt, a) > infinity(fmt, 0)


cdef inline bint is_signaling(int fmt, uint64_t a) noexcept nogil:
    return is_nan(fmt, a) and not (a >> (fraction_bits(fmt) - 1)) & 1


cdef inline uint64_t invalid(int fmt, uint32_t* flags) noexcept nogil:
    flags[0] |= SF_NV
    return canonical_nan(fmt)


cdef Number unpack(int fmt, uint64_t a, uint32_t* flags) noexcept nogil:
    """Raises NV for a signaling NaN: every operation that unpacks consumes its operands."""
    cdef Number n
    cdef int fraction = fraction_bits(fmt), biased, zeros
    cdef uint64_t magnitude = magnitude_bits(fmt, a), sig
    n.kind = ZERO
    n.negative = (a & sign_bit(fmt, 1)) != 0
    n.exp = 0
    n.sig = 0
    if magnitude >= infinity(fmt, 0):
        n.kind = NAN if magnitude > infinity(fmt, 0) else INFINITE
        if is_signaling(fmt, a):
            flags[0] |= SF_NV
        return n
    if magnitude == 0:
        return n
    biased = <int>(magnitude >> fraction)
    sig = magnitude & (((<uint64_t>1) << fraction) - 1)
    if biased:
        sig |= (<uint64_t>1) << fraction
    else:
        biased = 1
    zeros = count_leading_zeros(sig)
    n.kind = FINITE
    n.exp = biased - exponent_bias(fmt) - fraction - zeros
    n.sig = sig << zeros
    return n


# ---- rounding --------------------------------------------------------------------------------------------------------

cdef inline int bit_length(u128 x) noexcept nogil:
    cdef uint64_t high = <uint64_t>(x >> 64), low = <uint64_t>x
    if high:
        return 128 - count_leading_zeros(high)
    return 64 - count_leading_zeros(low) if low else 0


cdef u128 round_shift(u128 sig, int shift, bint sticky, int negative, int rm, bint* inexact) noexcept nogil:
    """sig (+ sticky) / 2**shift as an integer, shift >= 1; sig is below 2**127."""
    cdef u128 keep = 0
    cdef bint half = False, rest = sticky or sig != 0, up = False
    if shift <= 127:
        keep = sig >> shift
        half = (sig >> (shift - 1)) & 1
        rest = sticky or (sig & (((<u128>1) << (shift - 1)) - 1)) != 0
    inexact[0] = half or rest
    if rm == SF_RNE:
        up = half and (rest or (keep & 1))
    elif rm == SF_RMM:
        up = half
    elif rm == SF_RDN:
        up = inexact[0] and negative
    elif rm == SF_RUP:
        up = inexact[0] and not negative
    elif rm == SF_ROD and inexact[0]:
        keep |= 1
    return keep + 1 if up else keep


cdef uint64_t overflowed(int fmt, int negative, int rm, uint32_t* flags) noexcept nogil:
    flags[0] |= SF_OF | SF_NX
    if rm == SF_RNE or rm == SF_RMM or rm == (SF_RDN if negative else SF_RUP):
        return infinity(fmt, negative)
    return largest_finite(fmt, negative)


cdef uint64_t round_pack(int fmt, Exact x, int rm, uint32_t* flags) noexcept nogil:
    """A non-zero x rounded under rm; x.sig has at least 63 bits, so that no shift is to the left."""
    cdef int fraction = fraction_bits(fmt), bias = exponent_bias(fmt)
    cdef int smallest = 1 - bias                       # exponent of the smallest normal number
    cdef int top = x.exp + bit_length(x.sig) - 1       # the magnitude is in [2**top, 2**(top + 1))
    cdef bint subnormal = top < smallest, inexact = False, ignored = False
    cdef u128 one = (<u128>1) << fraction, rounded
    cdef int unit = (smallest if subnormal else top) - fraction
    rounded = round_shift(x.sig, unit - x.exp, x.sticky, x.negative, rm, &inexact)
    if subnormal:
        # F chapter: tininess is detected after rounding. Tiny is what stays below 2**smallest when it is rounded to
        # full precision with an unbounded exponent.
        if inexact and (top < smallest - 1
                        or round_shift(x.sig, top - fraction - x.exp, x.sticky, x.negative, rm, &ignored) < 2 * one):
            flags[0] |= SF_UF
        if inexact:
            flags[0] |= SF_NX
        # rounding up to `one` carries into the exponent field: the smallest normal number
        return sign_bit(fmt, x.negative) | <uint64_t>rounded
    if rounded == 2 * one:
        rounded = one
        top += 1
    if top > bias:
        return overflowed(fmt, x.negative, rm, flags)
    if inexact:
        flags[0] |= SF_NX
    # the leading one of `rounded` adds the missing 1 to the exponent field
    return sign_bit(fmt, x.negative) | ((<uint64_t>(top + bias - 1) << fraction) + <uint64_t>rounded)


# ---- arithmetic ------------------------------------------------------------------------------------------------------

cdef inline Exact exact(u128 sig, int exp, int negative) noexcept nogil:
    cdef Exact x
    x.sig = sig
    x.exp = exp
    x.negative = negative
    x.sticky = False
    return x


cdef inline Exact widen(Number n) noexcept nogil:
    """A finite number with its leading one at bit 125: 62 zero bits below, two bits of room above."""
    return exact((<u128>n.sig) << 62, n.exp - 62, n.negative)


cdef inline Exact product(Number a, Number b) noexcept nogil:
    """Exact, leading one at bit 125: of the 128 product bits at least 22 at the bottom are zero."""
    cdef u128 sig = (<u128>a.sig) * b.sig
    cdef int down = bit_length(sig) - 126
    return exact(sig >> down, a.exp + b.exp + down, a.negative ^ b.negative)


cdef uint64_t add_exact(int fmt, Exact a, Exact b, int rm, uint32_t* flags) noexcept nogil:
    """a + b; both non-zero, exact, leading one at bit 125.

    Bits are lost only when b is shifted by more than 22 places. Then a - b keeps at least 124 bits, and the sticky bit
    stands for less than one unit below them: no cancellation can bring it near the rounding position.
    """
    cdef Exact tmp
    cdef int distance
    if a.exp < b.exp or (a.exp == b.exp and a.sig < b.sig):
        tmp = a
        a = b
        b = tmp
    distance = a.exp - b.exp
    if distance > 126:
        a.sticky = True
        b.sig = 0
    else:
        a.sticky = (b.sig & (((<u128>1) << distance) - 1)) != 0
        b.sig >>= distance
    if a.negative == b.negative:
        a.sig += b.sig
    else:
        # with sticky, what is subtracted lies between b.sig and b.sig + 1
        a.sig -= b.sig
        if a.sticky:
            a.sig -= 1
    if a.sig == 0:
        # IEEE 754, 6.3: an exact zero sum is +0, and -0 when rounding down
        return sign_bit(fmt, rm == SF_RDN)
    if bit_length(a.sig) < 64:      # after cancellation, which is exact
        a.sig <<= 62
        a.exp -= 62
    return round_pack(fmt, a, rm, flags)


cdef uint64_t sf_add(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags), y = unpack(fmt, b, flags)
    if x.kind == NAN or y.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == INFINITE or y.kind == INFINITE:
        if x.kind == y.kind and x.negative != y.negative:
            return invalid(fmt, flags)
        return infinity(fmt, x.negative if x.kind == INFINITE else y.negative)
    if x.kind == ZERO and y.kind == ZERO:
        return sign_bit(fmt, x.negative if x.negative == y.negative else rm == SF_RDN)
    if x.kind == ZERO or y.kind == ZERO:
        return b if x.kind == ZERO else a
    return add_exact(fmt, widen(x), widen(y), rm, flags)


cdef uint64_t sf_sub(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil:
    return sf_add(fmt, a, b ^ sign_bit(fmt, 1), rm, flags)


cdef uint64_t sf_mul(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags), y = unpack(fmt, b, flags)
    cdef int negative = x.negative ^ y.negative
    if x.kind == NAN or y.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == INFINITE or y.kind == INFINITE:
        if x.kind == ZERO or y.kind == ZERO:
            return invalid(fmt, flags)
        return infinity(fmt, negative)
    if x.kind == ZERO or y.kind == ZERO:
        return sign_bit(fmt, negative)
    return round_pack(fmt, product(x, y), rm, flags)


cdef uint64_t sf_fma(int fmt, uint64_t a, uint64_t b, uint64_t c, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags), y = unpack(fmt, b, flags), z = unpack(fmt, c, flags)
    cdef int negative = x.negative ^ y.negative
    # F chapter: inf x 0 is invalid even when the addend is a quiet NaN
    if (x.kind == INFINITE and y.kind == ZERO) or (x.kind == ZERO and y.kind == INFINITE):
        return invalid(fmt, flags)
    if x.kind == NAN or y.kind == NAN or z.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == INFINITE or y.kind == INFINITE:
        if z.kind == INFINITE and z.negative != negative:
            return invalid(fmt, flags)
        return infinity(fmt, negative)
    if z.kind == INFINITE:
        return infinity(fmt, z.negative)
    if x.kind == ZERO or y.kind == ZERO:
        if z.kind == ZERO:
            return sign_bit(fmt, negative if negative == z.negative else rm == SF_RDN)
        return c
    if z.kind == ZERO:
        return round_pack(fmt, product(x, y), rm, flags)
    return add_exact(fmt, product(x, y), widen(z), rm, flags)


cdef uint64_t sf_div(int fmt, uint64_t a, uint64_t b, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags), y = unpack(fmt, b, flags)
    cdef int negative = x.negative ^ y.negative
    cdef Exact quotient
    cdef u128 dividend, divisor = y.sig             # both u128: Cython divides in the type it takes for the wider one
    if x.kind == NAN or y.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == y.kind and x.kind != FINITE:       # 0 / 0, inf / inf
        return invalid(fmt, flags)
    if x.kind == INFINITE or y.kind == ZERO:
        if x.kind != INFINITE:
            flags[0] |= SF_DZ
        return infinity(fmt, negative)
    if x.kind == ZERO or y.kind == INFINITE:
        return sign_bit(fmt, negative)
    dividend = (<u128>x.sig) << 63                  # quotient of 63 or 64 bits
    quotient = exact(dividend / divisor, x.exp - y.exp - 63, negative)
    quotient.sticky = dividend % divisor != 0
    return round_pack(fmt, quotient, rm, flags)


cdef u128 square_root(u128 x) noexcept nogil:
    """floor(sqrt(x)), two bits a step."""
    cdef u128 root = 0, bit = (<u128>1) << 126
    while bit > x:
        bit >>= 2
    while bit:
        if x >= root + bit:
            x -= root + bit
            root = (root >> 1) + bit
        else:
            root >>= 1
        bit >>= 2
    return root


cdef uint64_t sf_sqrt(int fmt, uint64_t a, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags)
    cdef Exact root
    cdef u128 radicand
    cdef int shift
    if x.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == ZERO:
        return a
    if x.negative:
        return invalid(fmt, flags)
    if x.kind == INFINITE:
        return a
    shift = 62 + (x.exp & 1)                        # makes the exponent even, and the root 63 bits long
    radicand = (<u128>x.sig) << shift
    root = exact(square_root(radicand), (x.exp - shift) >> 1, 0)
    root.sticky = root.sig * root.sig != radicand
    return round_pack(fmt, root, rm, flags)


# ---- conversions -----------------------------------------------------------------------------------------------------

cdef uint64_t sf_cvt(int from_fmt, int to_fmt, uint64_t a, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(from_fmt, a, flags)
    if x.kind == NAN:
        return canonical_nan(to_fmt)
    if x.kind == INFINITE:
        return infinity(to_fmt, x.negative)
    if x.kind == ZERO:
        return sign_bit(to_fmt, x.negative)
    return round_pack(to_fmt, exact(x.sig, x.exp, x.negative), rm, flags)


cdef inline uint64_t saturated(int bits, bint is_signed, bint low) noexcept nogil:
    """The smallest or largest integer of a type, extended to 64 bits."""
    if is_signed:
        return (~<uint64_t>0) << (bits - 1) if low else ((<uint64_t>1) << (bits - 1)) - 1
    return 0 if low else (~<uint64_t>0) >> (64 - bits)


cdef uint64_t sf_to_int(int fmt, uint64_t a, int bits, bint is_signed, int rm, uint32_t* flags) noexcept nogil:
    cdef uint32_t ignored = 0                       # the one NV of this operation is raised here
    cdef Number x = unpack(fmt, a, &ignored)
    cdef bint inexact = False
    cdef u128 magnitude, limit
    if x.kind == ZERO:
        return 0
    if x.kind != FINITE or x.exp > 0:               # NaN, infinity, or 2**64 and more
        flags[0] |= SF_NV
        return saturated(bits, is_signed, x.kind != NAN and x.negative)
    magnitude = x.sig
    if x.exp < 0:
        magnitude = round_shift(x.sig, -x.exp, False, x.negative, rm, &inexact)
    if is_signed:
        limit = ((<u128>1) << (bits - 1)) - (0 if x.negative else 1)
    else:
        limit = 0 if x.negative else ((<u128>1) << bits) - 1
    if magnitude > limit:
        flags[0] |= SF_NV                           # and not NX
        return saturated(bits, is_signed, x.negative)
    if inexact:
        flags[0] |= SF_NX
    return ~<uint64_t>magnitude + 1 if x.negative else <uint64_t>magnitude


cdef uint64_t sf_from_int(int fmt, uint64_t v, int bits, bint is_signed, int rm, uint32_t* flags) noexcept nogil:
    cdef uint64_t magnitude = v & ((~<uint64_t>0) >> (64 - bits))
    cdef int negative = is_signed and (magnitude >> (bits - 1)) != 0
    cdef int zeros
    if magnitude == 0:
        return 0
    if negative:
        magnitude = (~magnitude + 1) & ((~<uint64_t>0) >> (64 - bits))
    zeros = count_leading_zeros(magnitude)
    return round_pack(fmt, exact(magnitude << zeros, -zeros, negative), rm, flags)


cdef uint64_t sf_round(int fmt, uint64_t a, int rm, bint inexact, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags)
    cdef u128 magnitude
    cdef bint lost = False
    cdef int zeros
    if x.kind == NAN:
        return canonical_nan(fmt)
    if x.kind != FINITE or x.exp + 63 >= fraction_bits(fmt):      # no bit below the point
        return a
    magnitude = round_shift(x.sig, -x.exp, False, x.negative, rm, &lost)
    if lost and inexact:
        flags[0] |= SF_NX
    if magnitude == 0:
        return sign_bit(fmt, x.negative)
    zeros = count_leading_zeros(<uint64_t>magnitude)
    return round_pack(fmt, exact(magnitude << zeros, -zeros, x.negative), rm, flags)


# ---- comparisons, minimum, maximum, class ----------------------------------------------------------------------------

cdef inline int64_t order_key(int fmt, uint64_t a) noexcept nogil:
    """Integers that compare as the values do, with -0 and +0 both at 0."""
    cdef int64_t magnitude = <int64_t>magnitude_bits(fmt, a)
    return -magnitude if a & sign_bit(fmt, 1) else magnitude


cdef inline bint unordered(int fmt, uint64_t a, uint64_t b, bint quiet, uint32_t* flags) noexcept nogil:
    if not (is_nan(fmt, a) or is_nan(fmt, b)):
        return False
    if not quiet or is_signaling(fmt, a) or is_signaling(fmt, b):
        flags[0] |= SF_NV
    return True


cdef bint sf_eq(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil:
    return not unordered(fmt, a, b, True, flags) and order_key(fmt, a) == order_key(fmt, b)


cdef bint sf_lt(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil:
    return not unordered(fmt, a, b, False, flags) and order_key(fmt, a) < order_key(fmt, b)


cdef bint sf_le(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil:
    return not unordered(fmt, a, b, False, flags) and order_key(fmt, a) <= order_key(fmt, b)


cdef uint64_t select_number(int fmt, uint64_t a, uint64_t b, bint larger, uint32_t* flags) noexcept nogil:
    """minimumNumber and maximumNumber of IEEE 754-2019: a NaN loses against a number, and -0 is below +0."""
    cdef int64_t x = order_key(fmt, a), y = order_key(fmt, b)
    cdef bint a_is_less
    if unordered(fmt, a, b, True, flags):
        if is_nan(fmt, a):
            return canonical_nan(fmt) if is_nan(fmt, b) else b
        return a
    a_is_less = x < y or (x == y and (a & sign_bit(fmt, 1)) != 0)
    return a if a_is_less != larger else b


cdef uint64_t sf_min(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil:
    return select_number(fmt, a, b, False, flags)


cdef uint64_t sf_max(int fmt, uint64_t a, uint64_t b, uint32_t* flags) noexcept nogil:
    return select_number(fmt, a, b, True, flags)


cdef uint64_t sf_class(int fmt, uint64_t a) noexcept nogil:
    """One bit of ten; bit 0 on: -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, signaling, quiet NaN."""
    cdef uint64_t magnitude = magnitude_bits(fmt, a)
    cdef int outward                                # 0 zero, 1 subnormal, 2 normal, 3 infinite
    if is_nan(fmt, a):
        return 1 << 8 if is_signaling(fmt, a) else 1 << 9
    if magnitude == 0:
        outward = 0
    elif magnitude == infinity(fmt, 0):
        outward = 3
    else:
        outward = 2 if magnitude >> fraction_bits(fmt) else 1
    return (<uint64_t>1) << (3 - outward if a & sign_bit(fmt, 1) else 4 + outward)


# ---- the 7-bit estimates of the V chapter ----------------------------------------------------------------------------
# Both tables of the specification are the function's value at the middle of the interval that the index names, scaled
# to [1, 2) and rounded to seven fraction bits; here each entry is computed when it is needed.

cdef uint64_t sf_rec7(int fmt, uint64_t a, int rm, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags)
    cdef int fraction = fraction_bits(fmt), bias = exponent_bias(fmt), biased
    cdef uint64_t middle, estimate
    if x.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == INFINITE:
        return sign_bit(fmt, x.negative)
    if x.kind == ZERO:
        flags[0] |= SF_DZ
        return infinity(fmt, x.negative)
    biased = bias - 1 - (x.exp + 63)                # the result is in [2**(-top - 1), 2**-top)
    if biased > 2 * bias:
        return overflowed(fmt, x.negative, rm, flags)
    middle = 257 + 2 * ((x.sig >> 56) & 127)        # (1 + (index + 1/2) / 128) * 256
    estimate = ((2 << 16) + middle) / (2 * middle)  # in 128..255
    estimate <<= fraction - 7
    if biased <= 0:                                 # subnormal: the bits shifted out are dropped, not rounded
        return sign_bit(fmt, x.negative) | estimate >> (1 - biased)
    return sign_bit(fmt, x.negative) | ((<uint64_t>(biased - 1) << fraction) + estimate)


cdef uint64_t sf_rsqrt7(int fmt, uint64_t a, uint32_t* flags) noexcept nogil:
    cdef Number x = unpack(fmt, a, flags)
    cdef int fraction = fraction_bits(fmt), bias = exponent_bias(fmt), top, biased
    cdef uint64_t middle, estimate
    if x.kind == NAN:
        return canonical_nan(fmt)
    if x.kind == ZERO:
        flags[0] |= SF_DZ
        return infinity(fmt, x.negative)
    if x.negative:
        return invalid(fmt, flags)
    if x.kind == INFINITE:
        return 0
    top = x.exp + 63
    middle = 129 + 2 * ((x.sig >> 57) & 63)         # (1 + (index + 1/2) / 64) * 128, doubled for an odd exponent
    if top & 1:
        middle *= 2
    estimate = (<uint64_t>square_root((1 << 25) / middle) + 1) / 2
    biased = (2 * bias - 1 - top) >> 1              # never subnormal
    return (<uint64_t>(biased - 1) << fraction) + (estimate << (fraction - 7))


# ---- the same from Python: raw bits in, (result, flags) out ----------------------------------------------------------

def add(int fmt, uint64_t a, uint64_t b, int rm=0):
    cdef uint32_t flags = 0
    return sf_add(fmt, a, b, rm, &flags), flags


def sub(int fmt, uint64_t a, uint64_t b, int rm=0):
    cdef uint32_t flags = 0
    return sf_sub(fmt, a, b, rm, &flags), flags


def mul(int fmt, uint64_t a, uint64_t b, int rm=0):
    cdef uint32_t flags = 0
    return sf_mul(fmt, a, b, rm, &flags), flags


def div(int fmt, uint64_t a, uint64_t b, int rm=0):
    cdef uint32_t flags = 0
    return sf_div(fmt, a, b, rm, &flags), flags


def sqrt(int fmt, uint64_t a, int rm=0):
    cdef uint32_t flags = 0
    return sf_sqrt(fmt, a, rm, &flags), flags


def fma(int fmt, uint64_t a, uint64_t b, uint64_t c, int rm=0):
    cdef uint32_t flags = 0
    return sf_fma(fmt, a, b, c, rm, &flags), flags


def cvt(int from_fmt, int to_fmt, uint64_t a, int rm=0):
    cdef uint32_t flags = 0
    return sf_cvt(from_fmt, to_fmt, a, rm, &flags), flags


def to_int(int fmt, uint64_t a, int bits, bint is_signed, int rm=0):
    cdef uint32_t flags = 0
    return sf_to_int(fmt, a, bits, is_signed, rm, &flags), flags


def from_int(int fmt, uint64_t v, int bits, bint is_signed, int rm=0):
    cdef uint32_t flags = 0
    return sf_from_int(fmt, v, bits, is_signed, rm, &flags), flags


def round(int fmt, uint64_t a, int rm=0, bint inexact=True):
    cdef uint32_t flags = 0
    return sf_round(fmt, a, rm, inexact, &flags), flags


def eq(int fmt, uint64_t a, uint64_t b):
    cdef uint32_t flags = 0
    return int(sf_eq(fmt, a, b, &flags)), flags


def lt(int fmt, uint64_t a, uint64_t b):
    cdef uint32_t flags = 0
    return int(sf_lt(fmt, a, b, &flags)), flags


def le(int fmt, uint64_t a, uint64_t b):
    cdef uint32_t flags = 0
    return int(sf_le(fmt, a, b, &flags)), flags


def min(int fmt, uint64_t a, uint64_t b):
    cdef uint32_t flags = 0
    return sf_min(fmt, a, b, &flags), flags


def max(int fmt, uint64_t a, uint64_t b):
    cdef uint32_t flags = 0
    return sf_max(fmt, a, b, &flags), flags


def classify(int fmt, uint64_t a):
    return sf_class(fmt, a), 0


def rec7(int fmt, uint64_t a, int rm=0):
    cdef uint32_t flags = 0
    return sf_rec7(fmt, a, rm, &flags), flags


def rsqrt7(int fmt, uint64_t a):
    cdef uint32_t flags = 0
    return sf_rsqrt7(fmt, a, &flags), flags
