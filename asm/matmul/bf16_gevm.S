/*
 * void sbgemm(const uint16_t *A, const uint16_t *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for M = 1: a row times a matrix. B is row-major K x N, ldb the distance between its rows in elements. Any N, K >= 0
 * (K = 0 clears C); M is taken for 1, lda and ldc do not matter. Factors are bfloat16, sums and results float. Needs Zvfbfwma.
 * Blocking and register map are those of matmul_gevm.inc, which this file completes.
 *
 * Bound: memory, one element of B for each multiply-accumulate; C adds a load and a store in sixteen.
 */
#define LOG2_FACTOR 1
#define LOG2_RESULT 2
#define ROWS 16
#define SUMS e32, m4
#define FACTORS e16, m2

        .macro  load_c
        vle32.v v0, (t2)
        .endm
        .macro  store_c
        vse32.v v0, (t2)
        .endm
        .macro  factor f, x, offset
        flh     \f, \offset(a0)
        .endm
        .macro  row b, upper
        vle16.v \b, (t0)
        .endm
        .macro  mac f, x, b, upper
        vfwmaccbf16.vf v0, \f, \b
        .endm

#include "matmul_gevm.inc"

row_times_matrix sbgemm
