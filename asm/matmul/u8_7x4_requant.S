/*
 * void ugemm_q(const uint8_t *A, const uint8_t *B, uint8_t *C, long M, long N, long K, long lda, long ldb, long ldc,
 *              const int32_t *bias, const float *scale, long zero)
 *
 * C = clip(round(float(A B + bias[n]) * scale[n]) + zero) for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the
 * distances between rows in elements. Any M, N, K >= 0. 8-bit unsigned factors and results, 32-bit sums that begin with bias
 * and wrap around; requant.inc says how they are rounded.
 * Blocking, layout and register map are those of matmul_widen.inc, which this file completes: s0..s6 hold the factors of the
 * rows; a row of B is extended to 16 bits on its way, once for 7 vwmacc. v0 holds the scales while a tile is requantised; the
 * pointers to bias and scale of the strip stay in the arguments' places on the stack.
 *
 * Bound: the multiplier at 16 bits into 32, 7 vwmacc a fetch; requantising costs about 8 instructions for K of them.
 */
#define LOG2_FACTOR 0
#define LOG2_RESULT 0
#define REQUANT_UNSIGNED 1

#include "requant.inc"

        .macro  start i, acc, none:vararg
        .if     \i == 0
        ld      s1, FRAME + 8(sp)
        vle32.v \acc, (s1)
        .else
        vmv.v.v \acc, v28
        .endif
        .endm
        .macro  scalar i, offset
        lbu     s\i, \offset(t\i)
        .endm
        .macro  fetch b                         // into the upper register of the group
        .ifc    \b, v0
        vle8.v  v1, (s7)
        .else
        vle8.v  v3, (s7)
        .endif
        .endm
        .macro  extend b
        .ifc    \b, v0
        vzext.vf2 v0, v1
        .else
        vzext.vf2 v2, v3
        .endif
        .endm
        .macro  mac i, acc, b
        vwmacc.vx \acc, s\i, \b
        .endm
        .macro  row_scale i, acc, none:vararg
        requant_scale \acc, v0, s2
        .endm
        .macro  row_16 i, acc, none:vararg
        requant_16 \acc
        .endm
        .macro  finish
        vsetvli zero, zero, e32, m4, ta, ma
        ld      s1, FRAME + 16(sp)
        ld      s2, FRAME + 24(sp)
        vle32.v v0, (s1)
        rows    row_scale
        vsetvli zero, zero, e16, m2, ta, ma
        rows    row_16
        vsetvli zero, zero, e8, m1, ta, ma
        .endm
        .macro  put i, acc, none:vararg
        requant_8 \acc
        vse8.v  \acc, (s0)
        add     s0, s0, s9
        .endm
        .macro  next_columns                    // bias and scale of the next strip; s0 columns were done
        slli    s1, s0, 2
        ld      s2, FRAME + 8(sp)
        ld      s3, FRAME + 16(sp)
        add     s2, s2, s1
        add     s3, s3, s1
        sd      s2, FRAME + 8(sp)
        sd      s3, FRAME + 16(sp)
        .endm

#include "matmul_widen.inc"

widening_matmul ugemm_q
