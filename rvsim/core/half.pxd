# Half precision by way of f32, for the loops of loops_half: conversions of whole blocks, and the one operation that needs care.
#
# A sum, product, quotient or root of two f16 rounded to f32 and then to f16 is what one rounding gives, in each mode of the host: f32 has more than
# twice the digits (24 >= 2 * 11 + 2). A multiply-add is not: its sum is rounded to odd in between (`fused_half`). Flags are right,
# too: an f32 result is inexact only if the f16 one is, and no tiny result is inexact in f32. Hosts without F16C have no such
# loops, and work in integers (softvector). Reference: Boldo, Melquiond, "Emulation of FMA and correctly rounded sums", 2008.
from libc.stdint cimport uint16_t, uint32_t, uint64_t

from rvsim.core.scalar cimport bits_of_f32, f32_of
from rvsim.core.softfloat cimport SF_F16, sf_fma
from rvsim.core.state cimport State

cdef extern from *:
    """
    #define RVSIM_HALF_BLOCK 256
    #if defined(__F16C__)
    #include <immintrin.h>
    #include <string.h>
    #define RVSIM_HAS_HALF 1
    static inline void rvsim_from_half(float *out, const unsigned short *a, unsigned long long n) {
        unsigned short rest[8] = {0};
        float wide[8];
        unsigned long long i = 0;
    #if defined(__AVX512F__)
        for (; i + 16 <= n; i += 16) _mm512_storeu_ps(out + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(a + i))));
    #endif
        for (; i + 8 <= n; i += 8) _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(a + i))));
        if (i < n) {
            memcpy(rest, a + i, (n - i) * 2);
            _mm256_storeu_ps(wide, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)rest)));
            memcpy(out + i, wide, (n - i) * 4);
        }
    }
    static inline void rvsim_to_half(unsigned short *out, const float *a, unsigned long long n) {
        unsigned short narrow[8];
        float rest[8] = {0};
        unsigned long long i = 0;
    #if defined(__AVX512F__)
        for (; i + 16 <= n; i += 16) _mm256_storeu_si256((__m256i *)(out + i), _mm512_cvtps_ph(_mm512_loadu_ps(a + i), _MM_FROUND_CUR_DIRECTION));
    #endif
        for (; i + 8 <= n; i += 8) _mm_storeu_si128((__m128i *)(out + i), _mm256_cvtps_ph(_mm256_loadu_ps(a + i), _MM_FROUND_CUR_DIRECTION));
        if (i < n) {
            memcpy(rest, a + i, (n - i) * 4);
            _mm_storeu_si128((__m128i *)narrow, _mm256_cvtps_ph(_mm256_loadu_ps(rest), _MM_FROUND_CUR_DIRECTION));
            memcpy(out + i, narrow, (n - i) * 2);
        }
    }
    #else
    #define RVSIM_HAS_HALF 0
    static inline void rvsim_from_half(float *out, const unsigned short *a, unsigned long long n) { (void)out; (void)a; (void)n; }
    static inline void rvsim_to_half(unsigned short *out, const float *a, unsigned long long n) { (void)out; (void)a; (void)n; }
    #endif
    """
    bint HAS_HALF "RVSIM_HAS_HALF"
    enum: HALF_BLOCK "RVSIM_HALF_BLOCK"
    void from_half "rvsim_from_half"(float *out, const uint16_t *a, uint64_t n) noexcept nogil
    void to_half "rvsim_to_half"(uint16_t *out, const float *a, uint64_t n) noexcept nogil


cdef inline float half(uint16_t a) noexcept nogil:
    """The value; NV for a signaling NaN."""
    cdef float wide
    from_half(&wide, &a, 1)
    return wide


cdef inline uint16_t halved(float a) noexcept nogil:
    """Rounded in the host's mode."""
    cdef uint16_t narrow
    to_half(&narrow, &a, 1)
    return narrow


cdef inline bint finite(const uint16_t *a, uint64_t n) noexcept nogil:
    cdef uint64_t i
    cdef uint16_t m, most = 0
    for i in range(n):
        m = a[i] & <uint16_t>0x7fff
        most = m if m > most else most
    return most < 0x7c00


cdef inline void odd_sums(float *out, const float *x, const float *y, const float *z, uint64_t n, uint32_t negate_x, uint32_t negate_z) noexcept nogil:
    """out = +-x y +- z of finite f16, rounded to odd; the mode is RNE. out may be z.

    x y is exact. The rounding error of the sum is exact as well (Knuth's two-sum); where there is one, the last bit of the result is made 1,
    as if it had been cut off.
    """
    cdef uint64_t i
    cdef uint32_t bits, rest, inexact
    cdef float p, c, sum, back, error
    for i in range(n):
        p = f32_of(bits_of_f32(x[i]) ^ negate_x) * y[i]
        c = f32_of(bits_of_f32(z[i]) ^ negate_z)
        sum = p + c
        back = sum - p
        error = (p - (sum - back)) + (c - back)
        bits = bits_of_f32(sum)
        rest = bits_of_f32(error)
        inexact = <uint32_t>((rest << 1) != 0) & ~bits
        out[i] = f32_of(bits + (inexact & 1) - ((inexact & (rest ^ bits) >> 31) << 1))


cdef inline void fused_half(State *s, uint16_t *out, const uint16_t *x, const uint16_t *y, const uint16_t *z, uint64_t n, bint one_x,
                            bint negate_x, bint negate_z) noexcept nogil:
    """out = +-x y +- z. one_x: x is a single value."""
    cdef float xs[HALF_BLOCK]
    cdef float ys[HALF_BLOCK]
    cdef float zs[HALF_BLOCK]
    cdef uint64_t begin = 0, m, i
    cdef uint16_t flip_x = 0x8000 if negate_x else 0, flip_z = 0x8000 if negate_z else 0
    cdef bint quick = n != 0 and s.host_rm == 0 and (not one_x or finite(x, 1))
    cdef float one = half(x[0]) if one_x and quick else 0
    if one_x:
        for i in range(n if n < HALF_BLOCK else HALF_BLOCK):
            xs[i] = one
    while begin < n:
        m = n - begin if n - begin < HALF_BLOCK else HALF_BLOCK
        if quick and (one_x or finite(x + begin, m)) and finite(y + begin, m) and finite(z + begin, m):
            if not one_x:
                from_half(xs, x + begin, m)
            from_half(ys, y + begin, m)
            from_half(zs, z + begin, m)
            odd_sums(zs, xs, ys, zs, m, <uint32_t>flip_x << 16, <uint32_t>flip_z << 16)
            to_half(out + begin, zs, m)
        else:
            for i in range(begin, begin + m):
                out[i] = <uint16_t>sf_fma(SF_F16, x[0 if one_x else i] ^ flip_x, y[i], z[i] ^ flip_z, s.frm, &s.fflags)
        begin += m
