/*
 * void iconv1d(const int8_t *X, const int8_t *packed, const int32_t *folded, int8_t *Y, long *work, const long *shape, const float *scale)
 *
 * Y (N x K x OW) = clip(round(float(sum) * scale[k]) + zero_y, lo, hi), sum = X (N x C x W) convolved with W (K x C/groups x
 * S) plus folded[k] = bias[k] - zero_x * (the sum of k's weights), which stands for convolving X - zero_x. shape: N C 1 W K 1 S stride
 * dilation groups 0 left 1 OW zero_x zero_y lo hi. Any sizes >= 0, stride and dilation >= 1; zero_x surrounds the input. 32-bit sums
 * wrap around; requant.inc says how they are rounded. Direct, 7 output channels by one LMUL 4 group of sums in registers.
 * As conv2d of one row.
 * packed holds W as conv2d_direct.inc wants it.
 * Blocking and register map are those of conv2d_direct.inc, which this file completes: channel i has its weight in s(i), which is kept
 * in `work` meanwhile, and its sums in v(4 + 4i); the input is in v0 and v2 in turn, 16 bits wide.
 *
 * Bound: the multiplier at 16 bits into 32, 7 vwmacc a load; where one pipe does the extension as well, it takes 1 part in 15.
 */
#define BY_COLUMN 0
#include "conv2d_i8.inc"
#include "conv2d_block_7x4.inc"
#include "conv2d_direct.inc"

direct_convolution iconv1d
