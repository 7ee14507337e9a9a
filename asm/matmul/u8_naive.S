/*
 * void ugemm(const uint8_t *A, const uint8_t *B, int32_t *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). 8-bit unsigned factors, 32-bit sums that wrap around.
 * The plain variant: matmul_widen_naive.inc, whose head gives blocking and register map, with the operations below.
 *
 * Bound: one load of B for each vwmacc, so the vector load path: vl * 1 byte a step.
 */
#define LOG2_FACTOR 0
#define LOG2_RESULT 2

        .macro  scalar
        lbu     s0, 0(t3)
        .endm
        .macro  fetch
        vle8.v  v5, (t4)
        vzext.vf2 v4, v5
        .endm
        .macro  mac
        vwmacc.vx v0, s0, v4
        .endm
        .macro  put
        vsetvli zero, zero, e32, m4, ta, ma
        vse32.v v0, (t5)
        .endm

#include "matmul_widen_naive.inc"

widening_naive ugemm
