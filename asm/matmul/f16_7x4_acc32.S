/*
 * void hgemm(const _Float16 *A, const _Float16 *B, _Float16 *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). Factors and results are _Float16, sums are float and rounded once.
 * Blocking, layout and register map are those of matmul_widen.inc, which this file completes: fa0..fa6 hold the factors of
 * the rows. Needs Zvfh.
 *
 * Bound: the multiplier, 7 vfwmacc a fetch; narrowing costs one vfncvt for each K of them.
 */
#define LOG2_FACTOR 1
#define LOG2_RESULT 1

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
        vfwmacc.vf \acc, fa\i, \b
        .endm
        .macro  finish                          // stays at e16, m2
        .endm
        .macro  put i, acc, none:vararg
        .if     \i % 2
        vfncvt.f.f.w v2, \acc
        vse16.v v2, (s0)
        .else
        vfncvt.f.f.w v0, \acc
        vse16.v v0, (s0)
        .endif
        add     s0, s0, s9
        .endm
        .macro  next_columns
        .endm

#include "matmul_widen.inc"

widening_matmul hgemm
