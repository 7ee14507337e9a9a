/*
 * void iconv2d_nhwc(const int8_t *X, const int8_t *W, const int32_t *folded, int8_t *Y, long *work, const long *shape,
 *                   const float *scale)
 *
 * Y (N x OH x OW x K) = clip(round(float(sum) * scale[k]) + zero_y, lo, hi), sum = X (N x H x W x C) convolved with W (R x S x
 * C/groups x K) plus folded[k] = bias[k] - zero_x * (the sum of k's weights), which stands for convolving X - zero_x. shape: N C H W K
 * R S stride dilation groups top left OH OW zero_x zero_y lo hi. Any sizes >= 0, stride and dilation >= 1; zero_x surrounds the input.
 * 32-bit sums wrap around; requant.inc says how they are rounded. For R = S = 1, stride 1, no padding.
 * A matrix product of X and W as they lie: tiles of 7 outputs by one LMUL 4 group of channels. Blocking and register map are those
 * of conv2d_tiles.inc; conv2d_product.inc has the loops around it.
 *
 * Bound: the multiplier, 7 vwmacc a fetch; where one pipe does the extension as well, it takes 1 part in 15.
 */
#define BY_COLUMN 1
#include "conv2d_i8.inc"
#include "conv2d_tile_7x4.inc"
#include "conv2d_tiles.inc"
#include "conv2d_product.inc"

point_convolution iconv2d_nhwc
