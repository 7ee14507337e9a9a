/*
 * void sbgemm(const uint16_t *A, const uint16_t *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). Factors are bfloat16 (as their bits), sums and results float.
 * Blocking, layout and register map are those of matmul_widen.inc, which this file completes: fa0..fa6 hold the factors of
 * the rows. Needs Zvfbfwma, and flh of Zfbfmin or Zfhmin.
 *
 * Bound: the multiplier, 7 vfwmaccbf16 a fetch; a row of B is half the bytes of its sums.
 */
#define LOG2_FACTOR 1
#define LOG2_RESULT 2

        .macro  start i, acc, none:vararg
        vmv.v.i \acc, 0
        .endm
        .macro  scalar i, offset
        flh     fa\i, \offset(t\i)
        .endm
        .macro  fetch b
        vle16.v \b, (s7)
        .endm
        .macro  extend b
        .endm
        .macro  mac i, acc, b
        vfwmaccbf16.vf \acc, fa\i, \b
        .endm
        .macro  finish
        vsetvli zero, zero, e32, m4, ta, ma
        .endm
        .macro  put i, acc, none:vararg
        vse32.v \acc, (s0)
        add     s0, s0, s9
        .endm
        .macro  next_columns
        .endm

#include "matmul_widen.inc"

widening_matmul sbgemm
