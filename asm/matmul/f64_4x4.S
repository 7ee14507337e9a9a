/*
 * void dgemm(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in double precision, 4 rows by one LMUL 4 group: instruction for instruction f32_4x4.S, whose head gives the
 * blocking and the register map, with the element type renamed. What differs is listed below and nothing else does.
 *
 * Bound: the multiplier, as there; a row of B is twice the bytes for each vfmacc of the same number of elements.
 */
#define sgemm   dgemm
#define e32     e64
#define vle32   vle64
#define vse32   vse64
#define flw     fld
#define LOG2_BYTES 3
#include "f32_4x4.S"
