/*
 * void hconv2d(const _Float16 *X, const _Float16 *W, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *              float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once. For R = S = 1, stride 1, no padding.
 * Needs Zvfh.
 * A matrix product of X and W as they lie: tiles of 7 output channels by one LMUL 4 group of outputs. Blocking and register map are those
 * of conv2d_tiles.inc; conv2d_product.inc has the loops around it.
 *
 * Bound: the multiplier, 7 vfwmacc a fetch.
 */
#define BY_COLUMN 0
#include "conv2d_f16.inc"
#include "conv2d_tile_7x4.inc"
#include "conv2d_tiles.inc"
#include "conv2d_product.inc"

point_convolution hconv2d
