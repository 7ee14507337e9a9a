/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for M = 1: a row times a matrix. B is row-major K x N, ldb the distance between its rows in elements. Any N, K >= 0
 * (K = 0 clears C); M is taken for 1, lda and ldc do not matter.
 * Blocking and register map are those of matmul_gevm.inc, which this file completes.
 *
 * Bound: memory, one element of B for each multiply-accumulate; C adds a load and a store in sixteen.
 */
#define LOG2_FACTOR 2
#define LOG2_RESULT 2
#define ROWS 16
#define SUMS e32, m4
#define FACTORS e32, m4

        .macro  load_c
        vle32.v v0, (t2)
        .endm
        .macro  store_c
        vse32.v v0, (t2)
        .endm
        .macro  factor f, x, offset
        flw     \f, \offset(a0)
        .endm
        .macro  row b, upper
        vle32.v \b, (t0)
        .endm
        .macro  mac f, x, b, upper
        vfmacc.vf v0, \f, \b
        .endm

#include "matmul_gevm.inc"

row_times_matrix sgemm
