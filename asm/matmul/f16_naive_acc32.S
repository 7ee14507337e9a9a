/*
 * void hgemm(const _Float16 *A, const _Float16 *B, _Float16 *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). Factors and results are _Float16, sums are float. Needs Zvfh.
 * The plain variant: matmul_widen_naive.inc, whose head gives blocking and register map, with the operations below.
 *
 * Bound: one load of B for each vfwmacc, so the vector load path: vl * 2 bytes a step.
 */
#define LOG2_FACTOR 1
#define LOG2_RESULT 1

        .macro  scalar
        flh     ft0, 0(t3)
        .endm
        .macro  fetch
        vle16.v v4, (t4)
        .endm
        .macro  mac
        vfwmacc.vf v0, ft0, v4
        .endm
        .macro  put
        vfncvt.f.f.w v4, v0
        vse16.v v4, (t5)
        .endm

#include "matmul_widen_naive.inc"

widening_naive hgemm
