/*
 * void dgemm_full(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                 long transA, long transB, long batch, long strideA, long strideB, long strideC, double alpha, double beta,
 *                 double *work, long depth)
 *
 * C = alpha op(A) op(B) + beta C in double precision: instruction for instruction f32_7x4_packed.S, whose head gives the blocking
 * and the register map, with the element type renamed. What differs is listed below and nothing else does.
 *
 * Bound: the multiplier, as there; a row of B is twice the bytes for each vfmacc of the same number of elements.
 */
#define sgemm_full dgemm_full
#define e32     e64
#define vle32   vle64
#define vlse32  vlse64
#define vse32   vse64
#define flw     fld
#define LOG2_BYTES 3
#define STATE 32
#include "f32_7x4_packed.S"
