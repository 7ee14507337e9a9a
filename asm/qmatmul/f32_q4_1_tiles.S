/*
 * void qmatmul(const float *A, const uint32_t *W, float *C, long M, long N, long K, float *work, long depth)
 *
 * C[m][n] = sum over k of A[m][k] W[n][k]: M rows of activations times N rows of weights, C row-major M x N without gaps. K is
 * a multiple of 32, so is depth. Weights are d q + m with q in 0..15 (q4_1, packed in strips); activations are float, row-major
 * without gaps; sums and results are float. `work` is scratch of depth x VLMAX(e32,m4) elements. This file only says which of
 * the kinds of blocks_tiles.inc it is; the head of that gives the blocking and the register map.
 *
 * Bound: the multiplier, 7 vfmacc a load; decoding a weight takes about 4 vector operations and a store for M uses.
 */
#define BITS 4
#define MINIMUM 1
#include "blocks_tiles.inc"

blocks_tiles qmatmul
