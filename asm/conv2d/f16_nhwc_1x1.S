/*
 * void hconv2d_nhwc(const _Float16 *X, const _Float16 *W, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *                   float lo, float hi)
 *
 * Y (N x OH x OW x K) = X (N x H x W x C) convolved with W (R x S x C/groups x K), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once. Needs Zvfh. For R = S = 1, stride 1, no padding.
 * A matrix product of X and W as they lie: tiles of 7 outputs by one LMUL 4 group of channels. Blocking and register map are those
 * of conv2d_tiles.inc; conv2d_product.inc has the loops around it.
 *
 * Bound: the multiplier, 7 vfwmacc a fetch.
 */
#define BY_COLUMN 1
#include "conv2d_f16.inc"
#include "conv2d_tile_7x4.inc"
#include "conv2d_tiles.inc"
#include "conv2d_product.inc"

point_convolution hconv2d_nhwc
