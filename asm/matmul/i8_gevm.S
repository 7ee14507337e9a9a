/*
 * void igemm(const int8_t *A, const int8_t *B, int32_t *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for M = 1: a row times a matrix. B is row-major K x N, ldb the distance between its rows in elements. Any N, K >= 0
 * (K = 0 clears C); M is taken for 1, lda and ldc do not matter. 8-bit signed factors, 32-bit sums that wrap around;
 * a row of B is extended to 16 bits on its way.
 * Blocking and register map are those of matmul_gevm.inc, which this file completes.
 *
 * Bound: memory, one element of B for each multiply-accumulate; C adds a load and a store in eight.
 */
#define LOG2_FACTOR 0
#define LOG2_RESULT 2
#define ROWS 8
#define SUMS e32, m4
#define FACTORS e16, m2

        .macro  load_c
        vle32.v v0, (t2)
        .endm
        .macro  store_c
        vse32.v v0, (t2)
        .endm
        .macro  factor f, x, offset
        lb      \x, \offset(a0)
        .endm
        .macro  row b, upper
        vle8.v  \upper, (t0)
        .endm
        .macro  mac f, x, b, upper
        vsext.vf2 \b, \upper
        vwmacc.vx v0, \x, \b
        .endm

#include "matmul_gevm.inc"

row_times_matrix igemm
