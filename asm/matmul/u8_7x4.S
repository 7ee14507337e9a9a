/*
 * void ugemm(const uint8_t *A, const uint8_t *B, int32_t *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). 8-bit unsigned factors, 32-bit sums that wrap around.
 * Blocking, layout and register map are those of matmul_widen.inc, which this file completes: s0..s6 hold the factors of the
 * rows; a row of B is extended to 16 bits on its way, once for 7 vwmacc.
 *
 * Bound: the multiplier at 16 bits into 32, 7 vwmacc a fetch; where one pipe does the extension as well, it takes 1 part in 15.
 */
#define LOG2_FACTOR 0
#define LOG2_RESULT 2

        .macro  start i, acc, none:vararg
        vmv.v.i \acc, 0
        .endm
        .macro  scalar i, offset
        lbu     s\i, \offset(t\i)
        .endm
        .macro  fetch b                         // into the upper register of the group
        .ifc    \b, v0
        vle8.v  v1, (s7)
        .else
        vle8.v  v3, (s7)
        .endif
        .endm
        .macro  extend b
        .ifc    \b, v0
        vzext.vf2 v0, v1
        .else
        vzext.vf2 v2, v3
        .endif
        .endm
        .macro  mac i, acc, b
        vwmacc.vx \acc, s\i, \b
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

widening_matmul ugemm
