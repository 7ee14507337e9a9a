/*
 * void qmatmul(const uint16_t *A, const uint32_t *W, float *C, long M, long N, long K)
 *
 * C[m][n] = sum over k of A[m][k] W[n][k]: M rows of activations times N rows of weights, C row-major M x N without gaps. K is
 * a multiple of 32. Weights are d (q - 8) with q in 0..15 (q4_0, packed in strips); activations are blocks of q8_0 (d, 32
 * bytes); sums and results are float. Needs Zfhmin for half-precision scales. This file only says which of the kinds of
 * blocks_packed_i8.inc it is; the head of that gives the blocking and the register map.
 *
 * Bound: the multiplier at 8 bits into 16: 4 vwmaccsu for each element, 2 operations for each two of them to unpack; for few rows
 * of A unpacking and the load path: 20 bytes for 32 weights.
 */
#define BITS 4
#define MINIMUM 0
#include "blocks_packed_i8.inc"

blocks_packed_i8 qmatmul
