/*
 * void shgemm_full(const _Float16 *A, const _Float16 *B, float *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                  long transA, long transB, long batch, long strideA, long strideB, long strideC,
 *                  float alpha, float beta, long *work)
 *
 * C = alpha op(A) op(B) + beta C
 * for each of `batch` products; op transposes where transA, transB are not 0. C is M x N, op(A) M x K, op(B) K x N, all
 * row-major; lda, ldb, ldc are the distances between rows as stored, strideA, strideB, strideC those between matrices of the
 * batch, in elements. Any M, N, K, batch >= 0. With beta 0, C is not read. Factors are _Float16, sums and results float.
 * Needs Zvfh.
 * `work` is scratch of 24 longs for the loops' state and K x VLMAX(e32,m4) 16-bit elements for one packed strip of B.
 * Blocking, layout and register map are those of matmul_widen_packed.inc, which this file completes: fa0..fa6 hold the factors of the
 * rows.
 *
 * Bound: the multiplier, 7 vfwmacc for each load of a packed row.
 */
#define LOG2_FACTOR 1
#define LOG2_RESULT 2
#define RESULT FLOAT32

        .macro  scalar i
        flh     fa\i, (t\i)
        .endm
        .macro  row b, upper
        vle16.v \b, (t0)
        .endm
        .macro  column b, upper
        vlse16.v \b, (t0), a7
        .endm
        .macro  extend b, upper, none:vararg
        .endm
        .macro  mac i, acc, b
        vfwmacc.vf \acc, fa\i, \b
        .endm

#include "matmul_widen_packed.inc"

widening_packed shgemm_full
