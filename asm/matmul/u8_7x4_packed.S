/*
 * void ugemm_full(const uint8_t *A, const uint8_t *B, int32_t *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                 long transA, long transB, long batch, long strideA, long strideB, long strideC,
 *                 long alpha, long beta, long *work)
 *
 * C = alpha op(A) op(B) + beta C
 * for each of `batch` products; op transposes where transA, transB are not 0. C is M x N, op(A) M x K, op(B) K x N, all
 * row-major; lda, ldb, ldc are the distances between rows as stored, strideA, strideB, strideC those between matrices of the
 * batch, in elements. Any M, N, K, batch >= 0. With beta 0, C is not read. 8-bit unsigned factors; sums, alpha and beta are
 * 32 bits and wrap around.
 * `work` is scratch of 24 longs for the loops' state and K x VLMAX(e32,m4) 16-bit elements for one packed strip of B.
 * Blocking, layout and register map are those of matmul_widen_packed.inc, which this file completes: s0..s6 hold the factors of the
 * rows.
 *
 * Bound: the multiplier at 16 bits into 32, 7 vwmacc for each load of a packed row; packing adds a load, an extension and a store
 * for M uses of each element of B.
 */
#define LOG2_FACTOR 0
#define LOG2_RESULT 2
#define RESULT INTEGER

        .macro  scalar i
        lbu     s\i, (t\i)
        .endm
        .macro  row b, upper
        vle8.v  \upper, (t0)
        .endm
        .macro  column b, upper
        vlse8.v \upper, (t0), a7
        .endm
        .macro  extend b, upper, none:vararg
        vzext.vf2 \b, \upper
        .endm
        .macro  mac i, acc, b
        vwmacc.vx \acc, s\i, \b
        .endm

#include "matmul_widen_packed.inc"

widening_packed ugemm_full
