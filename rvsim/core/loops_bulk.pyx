# Sums of products over many steps, with the sums held in host registers: d[i][e] = fma(x[t][e], y[t * m + i], d[i][e]) for t = 0, 1, 2 ...
#
# What bulk.pyx makes of whole loops. A block of elements of all m sums stays in registers over all steps, so that the host's multipliers
# are what binds and not its one store a cycle. A block in which a NaN turns up is done again, one operation after the other: results
# have to be canonical, and the invalid operation that hosts let pass (fused.pxd) has to be seen. Chapters: V 13.7, F 12.6.
# It must not know registers or instructions. Hosts without vectors that fuse have no kernels here, and run loops step by step.
from libc.stdint cimport int64_t, uint64_t

cdef extern from *:
    r"""
    #include <stdint.h>
    #include <string.h>
    #if defined(__AVX512F__) && defined(__OPTIMIZE__)
    #include <immintrin.h>
    #define RVSIM_BULK 1
    #define RVSIM_BULK_BYTES 64
    static const int rvsim_bulk_blocks[9] = {0, 8, 8, 6, 4, 4, 4, 2, 2};        /* of registers a sum, by the number of sums */
    typedef __m512 rvsim_f32v;
    typedef __m512d rvsim_f64v;
    #define RVSIM_f32_LOAD(p) _mm512_loadu_ps(p)
    #define RVSIM_f32_STORE(p, v) _mm512_storeu_ps(p, v)
    #define RVSIM_f32_ONE(p) _mm512_set1_ps(*(p))
    #define RVSIM_f32_FMA(x, y, d) _mm512_fmadd_ps(x, y, d)
    #define RVSIM_f32_NAN(v) _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q)
    #define RVSIM_f64_LOAD(p) _mm512_loadu_pd(p)
    #define RVSIM_f64_STORE(p, v) _mm512_storeu_pd(p, v)
    #define RVSIM_f64_ONE(p) _mm512_set1_pd(*(p))
    #define RVSIM_f64_FMA(x, y, d) _mm512_fmadd_pd(x, y, d)
    #define RVSIM_f64_NAN(v) _mm512_cmp_pd_mask(v, v, _CMP_UNORD_Q)
    #elif defined(__AVX2__) && defined(__FMA__) && defined(__OPTIMIZE__)
    #include <immintrin.h>
    #define RVSIM_BULK 1
    #define RVSIM_BULK_BYTES 32
    static const int rvsim_bulk_blocks[9] = {0, 8, 4, 4, 2, 2, 2, 1, 1};
    typedef __m256 rvsim_f32v;
    typedef __m256d rvsim_f64v;
    #define RVSIM_f32_LOAD(p) _mm256_loadu_ps(p)
    #define RVSIM_f32_STORE(p, v) _mm256_storeu_ps(p, v)
    #define RVSIM_f32_ONE(p) _mm256_set1_ps(*(p))
    #define RVSIM_f32_FMA(x, y, d) _mm256_fmadd_ps(x, y, d)
    #define RVSIM_f32_NAN(v) _mm256_movemask_ps(_mm256_cmp_ps(v, v, _CMP_UNORD_Q))
    #define RVSIM_f64_LOAD(p) _mm256_loadu_pd(p)
    #define RVSIM_f64_STORE(p, v) _mm256_storeu_pd(p, v)
    #define RVSIM_f64_ONE(p) _mm256_set1_pd(*(p))
    #define RVSIM_f64_FMA(x, y, d) _mm256_fmadd_pd(x, y, d)
    #define RVSIM_f64_NAN(v) _mm256_movemask_pd(_mm256_cmp_pd(v, v, _CMP_UNORD_Q))
    #elif defined(__aarch64__) && defined(__OPTIMIZE__)
    #include <arm_neon.h>
    #define RVSIM_BULK 1
    #define RVSIM_BULK_BYTES 16
    static const int rvsim_bulk_blocks[9] = {0, 8, 8, 6, 4, 4, 4, 2, 2};
    typedef float32x4_t rvsim_f32v;
    typedef float64x2_t rvsim_f64v;
    #define RVSIM_f32_LOAD(p) vld1q_f32(p)
    #define RVSIM_f32_STORE(p, v) vst1q_f32(p, v)
    #define RVSIM_f32_ONE(p) vdupq_n_f32(*(p))
    #define RVSIM_f32_FMA(x, y, d) vfmaq_f32(d, x, y)
    #define RVSIM_f32_NAN(v) (vminvq_u32(vceqq_f32(v, v)) == 0)
    #define RVSIM_f64_LOAD(p) vld1q_f64(p)
    #define RVSIM_f64_STORE(p, v) vst1q_f64(p, v)
    #define RVSIM_f64_ONE(p) vdupq_n_f64(*(p))
    #define RVSIM_f64_FMA(x, y, d) vfmaq_f64(d, x, y)
    #define RVSIM_f64_NAN(v) ((vgetq_lane_u64(vceqq_f64(v, v), 0) & vgetq_lane_u64(vceqq_f64(v, v), 1)) == 0)
    #else
    #define RVSIM_BULK 0
    #endif

    #if RVSIM_BULK
    #define RVSIM_INLINE static inline __attribute__((always_inline))
    #define RVSIM_KERNEL(NAME, T, BITS, FMA, INF, QUIET)                                                                          \
    /* One element of one sum, operation by operation; 1: an invalid operation that the host does not see. */                     \
    static int rvsim_##NAME##_exact(T *d, void *const *x, const T *y, int m, int64_t steps, uint64_t at) {                        \
        int invalid = 0;                                                                                                          \
        T sum = *d;                                                                                                               \
        for (int64_t t = 0; t < steps; t++) {                                                                                     \
            T a, b = y[t * m];                                                                                                    \
            BITS ua, ub, us;                                                                                                      \
            memcpy(&a, (const char *)x[t] + at * sizeof(T), sizeof(T));                                                           \
            memcpy(&ua, &a, sizeof(T)); memcpy(&ub, &b, sizeof(T)); memcpy(&us, &sum, sizeof(T));                                 \
            ua <<= 1; ub <<= 1; us <<= 1;                                                                                         \
            invalid |= us > INF && ((ua == 0 && ub == INF) || (ua == INF && ub == 0));                                            \
            sum = FMA(a, b, sum);                                                                                                 \
            if (sum != sum) { us = QUIET; memcpy(&sum, &us, sizeof(T)); }                                                         \
        }                                                                                                                         \
        *d = sum;                                                                                                                 \
        return invalid;                                                                                                           \
    }                                                                                                                             \
    /* u registers of each of m sums, from element `at`; 1: a NaN turned up, and nothing was stored. */                           \
    RVSIM_INLINE int rvsim_##NAME##_block(const int m, const int u, void *const *d, void *const *x, const T *y, int64_t steps,    \
                                          uint64_t at) {                                                                          \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(T) };                                                                            \
        rvsim_##NAME##v sum[8][8], v[8];                                                                                          \
        int nan = 0;                                                                                                              \
        _Pragma("GCC unroll 8") for (int i = 0; i < m; i++)                                                                       \
            _Pragma("GCC unroll 8") for (int k = 0; k < u; k++) sum[i][k] = RVSIM_##NAME##_LOAD((T *)d[i] + at + k * LANES);      \
        for (int64_t t = 0; t < steps; t++, y += m) {                                                                             \
            const T *p = (const T *)x[t] + at;                                                                                    \
            _Pragma("GCC unroll 8") for (int k = 0; k < u; k++) v[k] = RVSIM_##NAME##_LOAD(p + k * LANES);                        \
            _Pragma("GCC unroll 8") for (int i = 0; i < m; i++) {                                                                 \
                rvsim_##NAME##v b = RVSIM_##NAME##_ONE(y + i);                                                                    \
                _Pragma("GCC unroll 8") for (int k = 0; k < u; k++) sum[i][k] = RVSIM_##NAME##_FMA(v[k], b, sum[i][k]);           \
            }                                                                                                                     \
        }                                                                                                                         \
        _Pragma("GCC unroll 8") for (int i = 0; i < m; i++)                                                                       \
            _Pragma("GCC unroll 8") for (int k = 0; k < u; k++) nan |= RVSIM_##NAME##_NAN(sum[i][k]);                             \
        if (__builtin_expect(nan, 0)) return 1;                                                                                   \
        _Pragma("GCC unroll 8") for (int i = 0; i < m; i++)                                                                       \
            _Pragma("GCC unroll 8") for (int k = 0; k < u; k++) RVSIM_##NAME##_STORE((T *)d[i] + at + k * LANES, sum[i][k]);      \
        return 0;                                                                                                                 \
    }                                                                                                                             \
    RVSIM_INLINE int rvsim_##NAME##_all(const int m, void *const *d, void *const *x, const T *y, int64_t steps, uint64_t n) {     \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(T) };                                                                            \
        const int u = rvsim_bulk_blocks[m];                                                                                       \
        uint64_t at = 0, to;                                                                                                      \
        int invalid = 0;                                                                                                          \
        while (at < n) {                                                                                                          \
            if (at + u * LANES <= n) {                                                                                            \
                to = at + u * LANES;                                                                                              \
                if (!rvsim_##NAME##_block(m, u, d, x, y, steps, at)) { at = to; continue; }                                       \
            } else if (at + LANES <= n) {                                                                                         \
                to = at + LANES;                                                                                                  \
                if (!rvsim_##NAME##_block(m, 1, d, x, y, steps, at)) { at = to; continue; }                                       \
            } else                                                                                                                \
                to = n;                                                                                                           \
            for (; at < to; at++)                                                                                                 \
                for (int i = 0; i < m; i++) invalid |= rvsim_##NAME##_exact((T *)d[i] + at, x, y + i, m, steps, at);              \
        }                                                                                                                         \
        return invalid;                                                                                                           \
    }                                                                                                                             \
    static int rvsim_bulk_##NAME(int m, void *const *d, void *const *x, const void *y, int64_t steps, uint64_t n) {               \
        switch (m) {                                                                                                              \
        case 1: return rvsim_##NAME##_all(1, d, x, (const T *)y, steps, n);                                                       \
        case 2: return rvsim_##NAME##_all(2, d, x, (const T *)y, steps, n);                                                       \
        case 3: return rvsim_##NAME##_all(3, d, x, (const T *)y, steps, n);                                                       \
        case 4: return rvsim_##NAME##_all(4, d, x, (const T *)y, steps, n);                                                       \
        case 5: return rvsim_##NAME##_all(5, d, x, (const T *)y, steps, n);                                                       \
        case 6: return rvsim_##NAME##_all(6, d, x, (const T *)y, steps, n);                                                       \
        case 7: return rvsim_##NAME##_all(7, d, x, (const T *)y, steps, n);                                                       \
        default: return rvsim_##NAME##_all(8, d, x, (const T *)y, steps, n);                                                      \
        }                                                                                                                         \
    }
    RVSIM_KERNEL(f32, float, uint32_t, __builtin_fmaf, 0xff000000u, 0x7fc00000u)
    RVSIM_KERNEL(f64, double, uint64_t, __builtin_fma, 0xffe0000000000000ull, 0x7ff8000000000000ull)
    #else
    static int rvsim_bulk_f32(int m, void *const *d, void *const *x, const void *y, int64_t s, uint64_t n) { return 0; }
    static int rvsim_bulk_f64(int m, void *const *d, void *const *x, const void *y, int64_t s, uint64_t n) { return 0; }
    #endif
    """
    int f32 "rvsim_bulk_f32"(int m, void **d, void **x, const void *y, int64_t steps, uint64_t n) noexcept nogil
    int f64 "rvsim_bulk_f64"(int m, void **d, void **x, const void *y, int64_t steps, uint64_t n) noexcept nogil
    bint BULK "RVSIM_BULK"


cdef int sum_f32(int m, void **d, void **x, const void *y, int64_t steps, uint64_t n) noexcept nogil:
    """m (1..8) sums over n elements; 1: some operation was invalid and the host's flags do not say so."""
    return f32(m, d, x, y, steps, n)


cdef int sum_f64(int m, void **d, void **x, const void *y, int64_t steps, uint64_t n) noexcept nogil:
    return f64(m, d, x, y, steps, n)


def kernels():
    """log2 SEW/8 -> address of the kernel; empty where the host has none."""
    return {2: <size_t>&sum_f32, 3: <size_t>&sum_f64} if BULK else {}
