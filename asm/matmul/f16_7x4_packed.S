/*
 * void hgemm_full(const _Float16 *A, const _Float16 *B, _Float16 *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                 long transA, long transB, long batch, long strideA, long strideB, long strideC, float alpha, float beta,
 *                 _Float16 *work, long depth)
 *
 * C = alpha op(A) op(B) + beta C in half precision, sums included: instruction for instruction f32_7x4_packed.S, whose head gives the
 * blocking and the register map, with the element type renamed. What differs is listed below and nothing else does: alpha and beta
 * are rounded to half first, the state takes 64 elements of `work`. Needs Zvfh.
 *
 * Bound: the multiplier, as there; its elements are half as wide and come twice as fast.
 */
#define sgemm_full hgemm_full
#define e32     e16
#define vle32   vle16
#define vlse32  vlse16
#define vse32   vse16
#define flw     flh
#define LOG2_BYTES 1
#define STATE 64
#include "f32_7x4_packed.S"
