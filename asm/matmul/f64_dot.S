/*
 * void dgemm(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in double precision, one dot product an element: instruction for instruction f32_dot.S, whose head gives the
 * blocking and the register map, with the element type renamed. What differs is listed below and nothing else does.
 *
 * Bound: the path of strided loads, one element of B for each product.
 */
#define sgemm   dgemm
#define e32     e64
#define vle32   vle64
#define vlse32  vlse64
#define fsw     fsd
#define LOG2_BYTES 3
#include "f32_dot.S"
