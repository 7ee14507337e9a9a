# Sums of products over many steps, with the sums held in host registers: d[i][e] += x[t][e] * y[t * m + i] for t = 0, 1, 2 ...
#
# What bulk.pyx makes of whole loops. A block of elements of all m sums stays in registers over all steps, so that the host's multipliers
# are what binds and not its one store a cycle. Floating point: a product and its sum are rounded once, as ever; a block in which a NaN
# turns up is done again, one operation after the other: results have to be canonical, and the invalid operation that hosts let pass
# (fused.pxd) has to be seen. Integers: modulo 2^32 or 2^16; where a host multiplies and adds pairs of 16-bit numbers, two steps at a
# time. Chapters: V 11.13, 11.14, 13.6, 13.7, F 12.6. It must not know registers or instructions. Hosts without vectors that fuse have
# no kernels here, and run loops step by step.
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
    #define RVSIM_f32_NANS(v, w) _mm512_cmp_ps_mask(v, w, _CMP_UNORD_Q)
    #define RVSIM_f16_FROM(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p)))
    #define RVSIM_bf16_FROM(p) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(p))), 16))
    #define RVSIM_f64_LOAD(p) _mm512_loadu_pd(p)
    #define RVSIM_f64_STORE(p, v) _mm512_storeu_pd(p, v)
    #define RVSIM_f64_ONE(p) _mm512_set1_pd(*(p))
    #define RVSIM_f64_FMA(x, y, d) _mm512_fmadd_pd(x, y, d)
    #define RVSIM_f64_NAN(v) _mm512_cmp_pd_mask(v, v, _CMP_UNORD_Q)
    #define RVSIM_f64_NANS(v, w) _mm512_cmp_pd_mask(v, w, _CMP_UNORD_Q)
    #define RVSIM_i32_s8_FROM(p) _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_i32_u8_FROM(p) _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_i32_s16_FROM(p) _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)(p)))
    #define RVSIM_i32_u16_FROM(p) _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(p)))
    #define RVSIM_i16_s8_FROM(p) _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(p)))
    #define RVSIM_i16_u8_FROM(p) _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(p)))
    #if defined(__AVX512FP16__)
    #define RVSIM_BULK_HALVES 1
    typedef __m512h rvsim_h16v;
    #define RVSIM_h16_LOAD(p) _mm512_loadu_ph(p)
    #define RVSIM_h16_STORE(p, v) _mm512_storeu_ph(p, v)
    #define RVSIM_h16_ONE(p) _mm512_set1_ph(*(p))
    #define RVSIM_h16_FMA(x, y, d) _mm512_fmadd_ph(x, y, d)
    #define RVSIM_h16_NAN(v) _mm512_cmp_ph_mask(v, v, _CMP_UNORD_Q)
    #endif
    #if defined(__AVX512VNNI__)
    #define RVSIM_PAIR(d, x, y) (rvsim_i32v)_mm512_dpwssd_epi32((__m512i)(d), (__m512i)(x), _mm512_set1_epi32(y))
    #elif defined(__AVX512BW__)
    #define RVSIM_PAIR(d, x, y) (rvsim_i32v)_mm512_add_epi32((__m512i)(d), _mm512_madd_epi16((__m512i)(x), _mm512_set1_epi32(y)))
    #endif
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
    #define RVSIM_f32_NANS(v, w) _mm256_movemask_ps(_mm256_cmp_ps(v, w, _CMP_UNORD_Q))
    #define RVSIM_f16_FROM(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_bf16_FROM(p) _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(p))), 16))
    #define RVSIM_f64_LOAD(p) _mm256_loadu_pd(p)
    #define RVSIM_f64_STORE(p, v) _mm256_storeu_pd(p, v)
    #define RVSIM_f64_ONE(p) _mm256_set1_pd(*(p))
    #define RVSIM_f64_FMA(x, y, d) _mm256_fmadd_pd(x, y, d)
    #define RVSIM_f64_NAN(v) _mm256_movemask_pd(_mm256_cmp_pd(v, v, _CMP_UNORD_Q))
    #define RVSIM_f64_NANS(v, w) _mm256_movemask_pd(_mm256_cmp_pd(v, w, _CMP_UNORD_Q))
    #define RVSIM_i32_s8_FROM(p) _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(p)))
    #define RVSIM_i32_u8_FROM(p) _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p)))
    #define RVSIM_i32_s16_FROM(p) _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_i32_u16_FROM(p) _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_i16_s8_FROM(p) _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_i16_u8_FROM(p) _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(p)))
    #define RVSIM_PAIR(d, x, y) (rvsim_i32v)_mm256_add_epi32((__m256i)(d), _mm256_madd_epi16((__m256i)(x), _mm256_set1_epi32(y)))
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
    #define RVSIM_f32_NANS(v, w) (RVSIM_f32_NAN(v) || RVSIM_f32_NAN(w))
    #define RVSIM_bf16_FROM(p) vreinterpretq_f32_u32(vshll_n_u16(vld1_u16((const uint16_t *)(p)), 16))
    #define RVSIM_f64_LOAD(p) vld1q_f64(p)
    #define RVSIM_f64_STORE(p, v) vst1q_f64(p, v)
    #define RVSIM_f64_ONE(p) vdupq_n_f64(*(p))
    #define RVSIM_f64_FMA(x, y, d) vfmaq_f64(d, x, y)
    #define RVSIM_f64_NAN(v) ((vgetq_lane_u64(vceqq_f64(v, v), 0) & vgetq_lane_u64(vceqq_f64(v, v), 1)) == 0)
    #define RVSIM_f64_NANS(v, w) (RVSIM_f64_NAN(v) || RVSIM_f64_NAN(w))
    #define RVSIM_FOUR(p) vreinterpret_u8_u32(vld1_dup_u32((const uint32_t *)(p)))
    #define RVSIM_i32_s8_FROM(p) vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_u8(RVSIM_FOUR(p)))))
    #define RVSIM_i32_u8_FROM(p) vmovl_u16(vget_low_u16(vmovl_u8(RVSIM_FOUR(p))))
    #define RVSIM_i32_s16_FROM(p) vmovl_s16(vld1_s16((const int16_t *)(p)))
    #define RVSIM_i32_u16_FROM(p) vmovl_u16(vld1_u16((const uint16_t *)(p)))
    #define RVSIM_i16_s8_FROM(p) vmovl_s8(vld1_s8((const int8_t *)(p)))
    #define RVSIM_i16_u8_FROM(p) vmovl_u8(vld1_u8((const uint8_t *)(p)))
    #else
    #define RVSIM_BULK 0
    #endif

    #if defined(__F16C__) && RVSIM_BULK
    #define RVSIM_BULK_HALF 1
    #else
    #define RVSIM_BULK_HALF 0
    #endif

    #if RVSIM_BULK
    #define RVSIM_INLINE static inline __attribute__((always_inline))
    #define RVSIM_UNROLL _Pragma("GCC unroll 8")
    #define RVSIM_BY_SUMS(ALL, m, ...)       \
        switch (m) {                         \
        case 1: return ALL(1, __VA_ARGS__);  \
        case 2: return ALL(2, __VA_ARGS__);  \
        case 3: return ALL(3, __VA_ARGS__);  \
        case 4: return ALL(4, __VA_ARGS__);  \
        case 5: return ALL(5, __VA_ARGS__);  \
        case 6: return ALL(6, __VA_ARGS__);  \
        case 7: return ALL(7, __VA_ARGS__);  \
        default: return ALL(8, __VA_ARGS__); \
        }
    /* What is multiplied, as numbers of the width of the sums: one of them, and how scalars become so, in their place. */
    RVSIM_INLINE float rvsim_f32_value(const float *p) { return *p; }
    RVSIM_INLINE double rvsim_f64_value(const double *p) { return *p; }
    RVSIM_INLINE float rvsim_bf16_value(const uint16_t *p) { uint32_t bits = (uint32_t)*p << 16; float v; memcpy(&v, &bits, 4); return v; }
    #define RVSIM_f32_FROM(p) RVSIM_f32_LOAD(p)
    #define RVSIM_f64_FROM(p) RVSIM_f64_LOAD(p)
    #define RVSIM_f32_READY(y, count) (const float *)(y)
    #define RVSIM_f64_READY(y, count) (const double *)(y)
    #define RVSIM_READY(NAME)                                                     \
    static const float *rvsim_##NAME##_ready(char *y, int64_t count) {            \
        for (const char *end = y + 4 * count; y != end; y += 4) {                 \
            uint16_t in;                                                          \
            memcpy(&in, y, 2);                                                    \
            float v = rvsim_##NAME##_value(&in);                                  \
            memcpy(y, &v, 4);                                                     \
        }                                                                         \
        return (const float *)(y - 4 * count);                                    \
    }
    RVSIM_READY(bf16)
    #define RVSIM_bf16_READY(y, count) rvsim_bf16_ready((char *)(y), count)
    #if RVSIM_BULK_HALF
    RVSIM_INLINE float rvsim_f16_value(const uint16_t *p) { return _cvtsh_ss(*p); }
    RVSIM_READY(f16)
    #define RVSIM_f16_READY(y, count) rvsim_f16_ready((char *)(y), count)
    #endif

    #if RVSIM_BULK_HALVES
    RVSIM_INLINE _Float16 rvsim_h16_value(const _Float16 *p) { return *p; }
    RVSIM_INLINE _Float16 rvsim_fma_h16(_Float16 a, _Float16 b, _Float16 d) {
        return _mm_cvtsh_h(_mm_fmadd_sh(_mm_set_sh(a), _mm_set_sh(b), _mm_set_sh(d)));
    }
    static const _Float16 *rvsim_h16_ready(void *y, int64_t count) {
        for (int64_t t = 0; t < count; t++) ((uint16_t *)y)[t] = (uint16_t)((const uint32_t *)y)[t];
        return (const _Float16 *)y;
    }
    #define RVSIM_h16_FROM(p) RVSIM_h16_LOAD(p)
    #define RVSIM_h16_READY(y, count) rvsim_h16_ready(y, count)
    #endif

    #define RVSIM_KERNEL(NAME, LIKE, T, SOURCE, BITS, FMA, INF, QUIET)                                                         \
    /* One element of one sum, operation by operation; 1: an invalid operation that the host does not see. */                  \
    static int rvsim_##NAME##_exact(T *d, void *const *x, const T *y, int m, int64_t steps, uint64_t at) {                     \
        int invalid = 0;                                                                                                       \
        T sum = *d;                                                                                                            \
        for (int64_t t = 0; t < steps; t++) {                                                                                  \
            SOURCE in;                                                                                                         \
            memcpy(&in, (const char *)x[t] + at * sizeof(SOURCE), sizeof(SOURCE));                                             \
            T a = rvsim_##NAME##_value(&in), b = y[t * m];                                                                     \
            BITS ua, ub, us;                                                                                                   \
            memcpy(&ua, &a, sizeof(T)); memcpy(&ub, &b, sizeof(T)); memcpy(&us, &sum, sizeof(T));                              \
            ua <<= 1; ub <<= 1; us <<= 1;                                                                                      \
            invalid |= us > INF && ((ua == 0 && ub == INF) || (ua == INF && ub == 0));                                         \
            sum = FMA(a, b, sum);                                                                                              \
            if (sum != sum) { us = QUIET; memcpy(&sum, &us, sizeof(T)); }                                                      \
        }                                                                                                                      \
        *d = sum;                                                                                                              \
        return invalid;                                                                                                        \
    }                                                                                                                          \
    /* u registers of each of m sums, from element `at`; 1: a NaN turned up, and nothing was stored. */                        \
    RVSIM_INLINE int rvsim_##NAME##_block(const int m, const int u, void *const *d, void *const *x, const T *y, int64_t steps, \
                                          uint64_t at) {                                                                       \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(T) };                                                                         \
        rvsim_##LIKE##v sum[8][8], v[8];                                                                                       \
        int nan = 0;                                                                                                           \
        RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                               \
            RVSIM_UNROLL for (int k = 0; k < u; k++) sum[i][k] = RVSIM_##LIKE##_LOAD((T *)d[i] + at + k * LANES);              \
        for (int64_t t = 0; t < steps; t++, y += m) {                                                                          \
            const SOURCE *p = (const SOURCE *)x[t] + at;                                                                       \
            RVSIM_UNROLL for (int k = 0; k < u; k++) v[k] = RVSIM_##NAME##_FROM(p + k * LANES);                                \
            RVSIM_UNROLL for (int i = 0; i < m; i++) {                                                                         \
                rvsim_##LIKE##v b = RVSIM_##LIKE##_ONE(y + i);                                                                 \
                RVSIM_UNROLL for (int k = 0; k < u; k++) sum[i][k] = RVSIM_##LIKE##_FMA(v[k], b, sum[i][k]);                   \
            }                                                                                                                  \
        }                                                                                                                      \
        RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                               \
            RVSIM_UNROLL for (int k = 0; k < u; k++) nan |= RVSIM_##LIKE##_NAN(sum[i][k]);                                     \
        if (__builtin_expect(nan, 0)) return 1;                                                                                \
        RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                               \
            RVSIM_UNROLL for (int k = 0; k < u; k++) RVSIM_##LIKE##_STORE((T *)d[i] + at + k * LANES, sum[i][k]);              \
        return 0;                                                                                                              \
    }                                                                                                                          \
    RVSIM_INLINE int rvsim_##NAME##_all(const int m, void *const *d, void *const *x, const T *y, int64_t steps, uint64_t n) {  \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(T) };                                                                         \
        const int u = rvsim_bulk_blocks[m];                                                                                    \
        uint64_t at = 0, to;                                                                                                   \
        int invalid = 0;                                                                                                       \
        while (at < n) {                                                                                                       \
            if (at + u * LANES <= n) {                                                                                         \
                to = at + u * LANES;                                                                                           \
                if (!rvsim_##NAME##_block(m, u, d, x, y, steps, at)) { at = to; continue; }                                    \
            } else if (at + LANES <= n) {                                                                                      \
                to = at + LANES;                                                                                               \
                if (!rvsim_##NAME##_block(m, 1, d, x, y, steps, at)) { at = to; continue; }                                    \
            } else                                                                                                             \
                to = n;                                                                                                        \
            for (; at < to; at++)                                                                                              \
                for (int i = 0; i < m; i++) invalid |= rvsim_##NAME##_exact((T *)d[i] + at, x, y + i, m, steps, at);           \
        }                                                                                                                      \
        return invalid;                                                                                                        \
    }                                                                                                                          \
    static int rvsim_bulk_##NAME(int m, void **d, void **x, void *y, int64_t steps, uint64_t n) {                              \
        const T *ready = RVSIM_##NAME##_READY(y, steps * m);                                                                   \
        RVSIM_BY_SUMS(rvsim_##NAME##_all, m, d, x, ready, steps, n)                                                            \
    }
    RVSIM_KERNEL(f32, f32, float, float, uint32_t, __builtin_fmaf, 0xff000000u, 0x7fc00000u)
    RVSIM_KERNEL(f64, f64, double, double, uint64_t, __builtin_fma, 0xffe0000000000000ull, 0x7ff8000000000000ull)
    RVSIM_KERNEL(bf16, f32, float, uint16_t, uint32_t, __builtin_fmaf, 0xff000000u, 0x7fc00000u)
    #if RVSIM_BULK_HALF
    RVSIM_KERNEL(f16, f32, float, uint16_t, uint32_t, __builtin_fmaf, 0xff000000u, 0x7fc00000u)
    #endif

    #if RVSIM_BULK_HALVES
    RVSIM_KERNEL(h16, h16, _Float16, _Float16, uint16_t, rvsim_fma_h16, 0xf800u, 0x7e00u)
    #endif

    /* One step of m sums that come from one place and go to another: products.pyx. Ends before a vector in which a NaN turns up. */
    #define RVSIM_SEVERAL(NAME, T)                                                                                             \
    RVSIM_INLINE uint64_t rvsim_several_##NAME##_all(const int m, char *v, const uint32_t *at, const uint64_t *y, uint64_t n) {  \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(T) };                                                                         \
        rvsim_##NAME##v scalar[8], sum[8], x;                                                                                  \
        uint64_t e = 0;                                                                                                        \
        RVSIM_UNROLL for (int i = 0; i < m; i++) scalar[i] = RVSIM_##NAME##_ONE((const T *)(y + i));                           \
        for (; e + LANES <= n; e += LANES) {                                                                                   \
            int nan = 0;                                                                                                       \
            x = RVSIM_##NAME##_LOAD((const T *)(v + at[0]) + e);                                                               \
            RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                           \
                sum[i] = RVSIM_##NAME##_FMA(x, scalar[i], RVSIM_##NAME##_LOAD((const T *)(v + at[1 + i]) + e));                \
            RVSIM_UNROLL for (int i = 0; i < m; i += 2) nan |= RVSIM_##NAME##_NANS(sum[i], sum[i + 1 < m ? i + 1 : i]);          \
            if (__builtin_expect(nan, 0)) return e;                                                                            \
            RVSIM_UNROLL for (int i = 0; i < m; i++) RVSIM_##NAME##_STORE((T *)(v + at[9 + i]) + e, sum[i]);                   \
        }                                                                                                                      \
        return e;                                                                                                              \
    }                                                                                                                          \
    static uint64_t rvsim_several_##NAME(int m, char *v, const uint32_t *at, const uint64_t *y, uint64_t n) {                  \
        RVSIM_BY_SUMS(rvsim_several_##NAME##_all, m, v, at, y, n)                                                              \
    }
    RVSIM_SEVERAL(f32, float)
    RVSIM_SEVERAL(f64, double)

    /* Scalars of two steps side by side; where the last step has no other, it is multiplied by 0 once more. */
    static void rvsim_pair_up(int m, void **x, uint32_t *y, int64_t steps) {
        for (int64_t t = 0; t < steps; t += 2)
            for (int i = 0; i < m; i++)
                y[t / 2 * m + i] = (y[t * m + i] & 0xffff) | (t + 1 < steps ? y[(t + 1) * m + i] << 16 : 0);
        if (steps % 2) x[steps] = x[steps - 1];
    }
    /* Integers, in the compiler's own vectors. U: unsigned type of the sums. SOURCE: what is loaded. FROM: the load of it. GROUP: steps at a time, 1 or 2.
       JOIN: what their vectors become, in the width of the sums. ADD: what is added to a register of sums, ADD_ONE to a single one. */
    typedef uint32_t rvsim_i32v __attribute__((vector_size(RVSIM_BULK_BYTES)));
    typedef uint16_t rvsim_i16v __attribute__((vector_size(RVSIM_BULK_BYTES)));
    typedef uint16_t rvsim_any_i16v __attribute__((vector_size(RVSIM_BULK_BYTES), aligned(1), may_alias));
    typedef uint32_t rvsim_any_i32v __attribute__((vector_size(RVSIM_BULK_BYTES), aligned(1), may_alias));
    #define RVSIM_i16_s16_FROM(p) *(const rvsim_any_i16v *)(p)
    #define RVSIM_i32_s32_FROM(p) *(const rvsim_any_i32v *)(p)
    #define RVSIM_INTEGERS(NAME, FROM, LIKE, U, SOURCE, GROUP, JOIN, ADD, ADD_ONE)                                                            \
    RVSIM_INLINE void rvsim_##NAME##_block(const int m, const int u, void *const *d, void *const *x, const uint32_t *y, int64_t steps,        \
                                           uint64_t at) {                                                                                     \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(U) };                                                                                        \
        rvsim_##LIKE##v sum[8][8], v[8];                                                                                                      \
        RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                                              \
            RVSIM_UNROLL for (int k = 0; k < u; k++) sum[i][k] = *(const rvsim_any_##LIKE##v *)((U *)d[i] + at + k * LANES);                   \
        for (int64_t t = 0; t < steps; t += GROUP, y += m) {                                                                                  \
            RVSIM_UNROLL for (int k = 0; k < u; k++)                                                                                          \
                v[k] = JOIN((rvsim_##LIKE##v)RVSIM_##FROM##_FROM((const SOURCE *)x[t] + at + k * LANES),                                      \
                            (rvsim_##LIKE##v)RVSIM_##FROM##_FROM((const SOURCE *)x[t + GROUP - 1] + at + k * LANES));                         \
            RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                                          \
                RVSIM_UNROLL for (int k = 0; k < u; k++) sum[i][k] = ADD(sum[i][k], v[k], y[i]);                                              \
        }                                                                                                                                     \
        RVSIM_UNROLL for (int i = 0; i < m; i++)                                                                                              \
            RVSIM_UNROLL for (int k = 0; k < u; k++) *(rvsim_any_##LIKE##v *)((U *)d[i] + at + k * LANES) = sum[i][k];                         \
    }                                                                                                                                         \
    RVSIM_INLINE int rvsim_##NAME##_all(const int m, void *const *d, void *const *x, const uint32_t *y, int64_t steps, uint64_t n) {          \
        enum { LANES = RVSIM_BULK_BYTES / sizeof(U) };                                                                                        \
        const int u = rvsim_bulk_blocks[m];                                                                                                   \
        uint64_t at = 0;                                                                                                                      \
        for (; at + u * LANES <= n; at += u * LANES) rvsim_##NAME##_block(m, u, d, x, y, steps, at);                                          \
        for (; at + LANES <= n; at += LANES) rvsim_##NAME##_block(m, 1, d, x, y, steps, at);                                                  \
        for (; at < n; at++)                                                                                                                  \
            for (int i = 0; i < m; i++) {                                                                                                     \
                U sum = ((const U *)d[i])[at];                                                                                                \
                for (int64_t t = 0; t < steps; t += GROUP) {                                                                                  \
                    SOURCE a, b;                                                                                                              \
                    memcpy(&a, (const SOURCE *)x[t] + at, sizeof(SOURCE)); memcpy(&b, (const SOURCE *)x[t + GROUP - 1] + at, sizeof(SOURCE)); \
                    sum = (U)ADD_ONE(sum, a, b, y[t / GROUP * m + i]);                                                                        \
                }                                                                                                                             \
                ((U *)d[i])[at] = sum;                                                                                                        \
            }                                                                                                                                 \
        return 0;                                                                                                                             \
    }                                                                                                                                         \
    static int rvsim_bulk_##NAME(int m, void **d, void **x, void *y, int64_t steps, uint64_t n) {                                             \
        if (GROUP == 2) rvsim_pair_up(m, x, (uint32_t *)y, steps);                                                                            \
        RVSIM_BY_SUMS(rvsim_##NAME##_all, m, d, x, (const uint32_t *)y, steps, n)                                                             \
    }
    #define RVSIM_FIRST(a, b) (a)
    #define RVSIM_MULTIPLY(d, x, y) ((d) + (x) * (y))
    #define RVSIM_MULTIPLY_16(d, x, y) ((d) + (x) * (uint16_t)(y))
    #define RVSIM_MULTIPLY_ONE(d, a, b, y) ((d) + (uint32_t)(a) * (y))
    #define RVSIM_SIDE_BY_SIDE(a, b) (((a) & 0xffff) | ((b) << 16))
    #define RVSIM_PAIR_ONE(d, a, b, y) ((d) + (uint32_t)((a) * (int16_t)(y)) + (uint32_t)((b) * (int16_t)((y) >> 16)))
    RVSIM_INTEGERS(i32_s8, i32_s8, i32, uint32_t, int8_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i32_u8, i32_u8, i32, uint32_t, uint8_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i32_s16, i32_s16, i32, uint32_t, int16_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i32_u16, i32_u16, i32, uint32_t, uint16_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i32_s32, i32_s32, i32, uint32_t, uint32_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i16_s8, i16_s8, i16, uint16_t, int8_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY_16, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i16_u8, i16_u8, i16, uint16_t, uint8_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY_16, RVSIM_MULTIPLY_ONE)
    RVSIM_INTEGERS(i16_s16, i16_s16, i16, uint16_t, uint16_t, 1, RVSIM_FIRST, RVSIM_MULTIPLY_16, RVSIM_MULTIPLY_ONE)
    #ifdef RVSIM_PAIR
    RVSIM_INTEGERS(pairs_s8, i32_s8, i32, uint32_t, int8_t, 2, RVSIM_SIDE_BY_SIDE, RVSIM_PAIR, RVSIM_PAIR_ONE)
    RVSIM_INTEGERS(pairs_u8, i32_u8, i32, uint32_t, uint8_t, 2, RVSIM_SIDE_BY_SIDE, RVSIM_PAIR, RVSIM_PAIR_ONE)
    RVSIM_INTEGERS(pairs_s16, i32_s16, i32, uint32_t, int16_t, 2, RVSIM_SIDE_BY_SIDE, RVSIM_PAIR, RVSIM_PAIR_ONE)
    #else
    #define rvsim_bulk_pairs_s8 rvsim_bulk_i32_s8
    #define rvsim_bulk_pairs_u8 rvsim_bulk_i32_u8
    #define rvsim_bulk_pairs_s16 rvsim_bulk_i32_s16
    #endif
    #endif

    typedef struct { const char *name; int (*run)(int m, void **d, void **x, void *y, int64_t steps, uint64_t n); } rvsim_bulk_named;
    #if RVSIM_BULK
    #define RVSIM_NAMED(NAME) {#NAME, rvsim_bulk_##NAME}
    static rvsim_bulk_named rvsim_bulk_kernels[32] = {
        RVSIM_NAMED(f32), RVSIM_NAMED(f64), RVSIM_NAMED(bf16),
    #if RVSIM_BULK_HALF
        RVSIM_NAMED(f16),
    #endif
    #if RVSIM_BULK_HALVES
        RVSIM_NAMED(h16),
    #endif
        RVSIM_NAMED(pairs_s8), RVSIM_NAMED(pairs_u8), RVSIM_NAMED(pairs_s16),
        RVSIM_NAMED(i32_s8), RVSIM_NAMED(i32_u8), RVSIM_NAMED(i32_s16), RVSIM_NAMED(i32_u16), RVSIM_NAMED(i32_s32),
        RVSIM_NAMED(i16_s8), RVSIM_NAMED(i16_u8), RVSIM_NAMED(i16_s16),
    };
    #define RVSIM_SEVERAL_OF(NAME) (void *)rvsim_several_##NAME
    #else
    static rvsim_bulk_named rvsim_bulk_kernels[32];
    #define RVSIM_SEVERAL_OF(NAME) 0
    #endif
    """
    void *SEVERAL_F32 "RVSIM_SEVERAL_OF(f32)"
    void *SEVERAL_F64 "RVSIM_SEVERAL_OF(f64)"
    ctypedef int (*Kernel)(int m, void **d, void **x, void *y, int64_t steps, uint64_t n) noexcept nogil
    struct Named "rvsim_bulk_named":
        const char *name
        Kernel run
    Named *KERNELS "rvsim_bulk_kernels"


def kernels():
    """Name (what is multiplied, or sums and what is multiplied) -> address of a kernel; empty where the host has none.

    m (1..8) sums over n elements, each of its own scalars in y, which the kernel may change, as it may x[steps]. 1: some operation was
    invalid and the host's flags do not say so. `pairs`: sums of 32 bits, scalars of 16, with sign.
    """
    cdef int i = 0
    found = {}
    while KERNELS[i].name != NULL:
        found[KERNELS[i].name.decode()] = <size_t>KERNELS[i].run
        i += 1
    return found


def several():
    """log2 of element bytes -> address of a kernel that does one step, with each sum coming from one place and going to another; empty
    where the host has none. It stops before a host vector in which a NaN turns up, and where no whole one is left; returns how far it was.
    """
    kernels = {2: <size_t>SEVERAL_F32, 3: <size_t>SEVERAL_F64}
    return {log_bytes: address for log_bytes, address in kernels.items() if address}
