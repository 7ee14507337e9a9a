/*
 * void ssoftmax(const float *X, float *Y, long M, long N, long ldx, long ldy)
 *
 * The plain variant: f32_m2.S with one register at a time, LMUL 1. Everything else is as described there.
 *
 * Bound: the latency of one instruction after the other; each waits for the one before.
 */
#define LMUL m1
#include "f32_m2.S"
