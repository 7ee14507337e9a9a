/*
 * void dgemm(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in double precision, a matrix times a column: instruction for instruction f32_gemv.S, whose head gives the
 * blocking and the register map, with the element type renamed. What differs is listed below and nothing else does.
 *
 * Bound: the load path, as there, at twice the bytes an element.
 */
#define sgemm   dgemm
#define e32     e64
#define vle32   vle64
#define vlse32  vlse64
#define fsw     fsd
#define LOG2_BYTES 3
#include "f32_gemv.S"
