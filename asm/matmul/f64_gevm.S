/*
 * void dgemm(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in double precision, a row times a matrix: instruction for instruction f32_gevm.S, whose head gives the
 * blocking and the register map, with the element type renamed. What differs is listed below and nothing else does.
 *
 * Bound: memory, as there, at twice the bytes an element.
 */
#define sgemm   dgemm
#define e32     e64
#define vle32   vle64
#define vse32   vse64
#define flw     fld
#define LOG2_BYTES 3
#include "f32_gevm.S"
