/*
 * void qmatmul(const float *A, const uint16_t *W, float *C, long M, long N, long K)
 *
 * C[m][n] = sum over k of A[m][k] W[n][k]: M rows of activations times N rows of weights, C row-major M x N without gaps. K is
 * a multiple of 32. Weights are d q + m with q in 0..15 (q4_1, as in the file); activations are float, row-major without gaps;
 * sums and results are float. Needs Zfhmin for half-precision scales. This file only says which of the kinds of
 * blocks_naive.inc it is; the head of that gives the blocking and the register map.
 *
 * Bound: about 14 vector operations on 16 lanes for 32 products; the multiplier idles while blocks are unpacked.
 */
#define BITS 4
#define MINIMUM 1
#define INTEGER 0
#include "blocks_naive.inc"

blocks_naive qmatmul
