/*
 * void ssoftmax(const float *X, float *Y, long M, long N, long ldx, long ldy)
 *
 * The tuned variant for cores that issue in order: f32_m2.S with two strips at a time through exp, whose 22 instructions each wait for
 * the one before. The second strip lives in v12 (strip), v14, v16 (scratch), v18 (exp) and v20 (partial sums); a6, a7 are its X and Y,
 * t4 elements and t6 bytes of two strips and one. Everything else is as described there.
 *
 * Bound: the arithmetic of exp, as there.
 */
#define PAIRS
#include "f32_m2.S"
