/*
 * void hgemm(const _Float16 *A, const _Float16 *B, _Float16 *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B in half precision, sums included: 7 rows by one LMUL 4 group: instruction for instruction f32_7x4.S, whose head gives the
 * blocking and the register map, with the element type renamed. What differs is listed below and nothing else does. Needs Zvfh.
 *
 * Bound: the multiplier, as there; its elements are half as wide and come twice as fast.
 */
#define sgemm   hgemm
#define e32     e16
#define vle32   vle16
#define vse32   vse16
#define flw     flh
#define LOG2_BYTES 1
#include "f32_7x4.S"
