/*
 * void qmatmul(const float *A, const uint32_t *W, float *C, long M, long N, long K)
 *
 * C[m][n] = sum over k of A[m][k] W[n][k]: M rows of activations times N rows of weights, C row-major M x N without gaps. K is
 * a multiple of 32. Weights are d q + m with q in 0..15 (q4_1, packed in strips); activations are float, row-major without
 * gaps; sums and results are float. This file only says which of the kinds of blocks_packed.inc it is; the head of that gives
 * the blocking and the register map.
 *
 * Bound: the multiplier: 4 vfmacc for each element that is unpacked, converted and scaled; for few rows of A, the load path: 24
 * bytes for 32 weights.
 */
#define BITS 4
#define MINIMUM 1
#include "blocks_packed.inc"

blocks_packed qmatmul
