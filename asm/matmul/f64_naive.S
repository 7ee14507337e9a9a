/*
 * void dgemm(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in double precision: instruction for instruction f32_naive.S, whose head describes it, with the element
 * type renamed. What differs is listed below and nothing else does.
 *
 * Bound: one load of B for each vfmacc, so the vector load path: vl * 8 bytes a step.
 */
#define sgemm   dgemm
#define e32     e64
#define vle32   vle64
#define vse32   vse64
#define flw     fld
#define LOG2_BYTES 3
#include "f32_naive.S"
