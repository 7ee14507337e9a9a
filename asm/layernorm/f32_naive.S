/*
 * void slayernorm(const float *X, const float *gamma, const float *beta, float *Y, long M, long N, long ldx, long ldy, float eps)
 *
 * The plain variant: f32_m8.S with one register at a time, LMUL 1. Everything else is as described there.
 *
 * Bound: the latency of one instruction after the other; each waits for the one before.
 */
#define LMUL m1
#include "f32_m8.S"
