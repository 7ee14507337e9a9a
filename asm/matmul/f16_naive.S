/*
 * void hgemm(const _Float16 *A, const _Float16 *B, _Float16 *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in half precision, sums included: instruction for instruction f32_naive.S, whose head describes it,
 * with the element type renamed. What differs is listed below and nothing else does. Needs Zvfh.
 *
 * Bound: one load of B for each vfmacc, so the vector load path: vl * 2 bytes a step.
 */
#define sgemm   hgemm
#define e32     e16
#define vle32   vle16
#define vse32   vse16
#define flw     flh
#define LOG2_BYTES 1
#include "f32_naive.S"
