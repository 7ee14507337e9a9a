/*
 * void qmatmul(const float *A, const uint32_t *W, float *C, long M, long N, long K)
 *
 * C[m][n] = sum over k of A[m][k] W[n][k]: M rows of activations times N rows of weights, C row-major M x N without gaps. K is
 * a multiple of 32. Weights are d q with q in -127..127 (q8_0, packed in strips); activations are float, row-major without
 * gaps; sums and results are float. This file only says which of the kinds of blocks_packed.inc it is; the head of that gives
 * the blocking and the register map.
 *
 * Bound: the multiplier: 4 vfmacc for each element that is unpacked, converted and scaled; for few rows of A, the load path: 36
 * bytes for 32 weights.
 */
#define BITS 8
#define MINIMUM 0
#include "blocks_packed.inc"

blocks_packed qmatmul
