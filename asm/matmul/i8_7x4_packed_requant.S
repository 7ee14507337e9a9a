/*
 * void igemm_q_full(const int8_t *A, const int8_t *B, int8_t *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                   const int32_t *bias, const float *scale, long zero, long transA, long transB, long batch,
 *                   long strideA, long strideB, long strideC, long *work)
 *
 * C = clip(round(float(op(A) op(B) + bias[n]) * scale[n]) + zero)
 * for each of `batch` products; op transposes where transA, transB are not 0. C is M x N, op(A) M x K, op(B) K x N, all
 * row-major; lda, ldb, ldc are the distances between rows as stored, strideA, strideB, strideC those between matrices of the
 * batch, in elements. Any M, N, K, batch >= 0. 8-bit signed factors and results, 32-bit sums
 * that begin with bias and wrap around; requant.inc says how they are rounded.
 * `work` is scratch of 24 longs for the loops' state and K x VLMAX(e32,m4) 16-bit elements for one packed strip of B.
 * Blocking, layout and register map are those of matmul_widen_packed.inc, which this file completes: s0..s6 hold the factors of the
 * rows.
 *
 * Bound: the multiplier at 16 bits into 32, 7 vwmacc for each load of a packed row; packing adds a load, an extension and a store
 * for M uses of each element of B; requantising costs about 7 instructions for K multiplications.
 */
#define LOG2_FACTOR 0
#define LOG2_RESULT 0
#define RESULT REQUANT
#define REQUANT_UNSIGNED 0

#include "requant.inc"

        .macro  scalar i
        lb      s\i, (t\i)
        .endm
        .macro  row b, upper
        vle8.v  \upper, (t0)
        .endm
        .macro  column b, upper
        vlse8.v \upper, (t0), a7
        .endm
        .macro  extend b, upper, none:vararg
        vsext.vf2 \b, \upper
        .endm
        .macro  mac i, acc, b
        vwmacc.vx \acc, s\i, \b
        .endm

#include "matmul_widen_packed.inc"

widening_packed igemm_q_full
