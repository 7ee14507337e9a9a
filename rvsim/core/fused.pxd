# The one invalid operation that hosts let pass: infinity times zero plus a quiet NaN (F, section 12.6).
#
# Only an addend that is NaN can hide it, so the cheap question comes first.
from libc.stdint cimport uint16_t, uint32_t, uint64_t

from rvsim.core.scalar cimport bits_of_f32, bits_of_f64

ctypedef fused first_t:
    uint16_t        # bfloat16
    float
    double
ctypedef fused second_t:
    uint16_t
    float
    double
ctypedef fused addend_t:
    float
    double


cdef inline bint any_nan(const addend_t *z, uint64_t n) noexcept nogil:
    cdef uint64_t i
    cdef uint32_t top32 = 0, m32
    cdef uint64_t top64 = 0, m64
    if addend_t is float:
        for i in range(n):
            m32 = (<const uint32_t *>z)[i] & 0x7fffffffULL
            top32 = m32 if m32 > top32 else top32
        return top32 > 0x7f800000ULL
    else:
        for i in range(n):
            m64 = (<const uint64_t *>z)[i] & 0x7fffffffffffffffULL
            top64 = m64 if m64 > top64 else top64
        return top64 > 0x7ff0000000000000ULL


cdef inline uint64_t special(const first_t *p, uint64_t i) noexcept nogil:
    """1: zero, 2: infinity, 0: neither; by bits, so that no flag is raised."""
    cdef uint64_t m
    if first_t is uint16_t:
        m = p[i] & 0x7fffULL
        return 1 if m == 0 else 2 if m == 0x7f80 else 0
    elif first_t is float:
        m = bits_of_f32(p[i]) & 0x7fffffffULL
        return 1 if m == 0 else 2 if m == 0x7f800000ULL else 0
    else:
        m = bits_of_f64(p[i]) & 0x7fffffffffffffffULL
        return 1 if m == 0 else 2 if m == 0x7ff0000000000000ULL else 0


cdef inline bint fused_invalid(const first_t *x, const second_t *y, const addend_t *z, uint64_t n, bint one_x) noexcept nogil:
    """Whether some x[i] * y[i] is infinity times zero while z[i] hides it. `one_x`: x is a single value."""
    cdef uint64_t i
    if one_x and special(x, 0) == 0:
        return False
    if not any_nan(z, n):
        return False
    for i in range(n):
        if special(x, 0 if one_x else i) + special(y, i) == 3:
            return True
    return False
