/*
 * void hconv2d_nhwc(const _Float16 *X, const _Float16 *packed, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *                   float lo, float hi)
 *
 * Y (N x OH x OW x K) = X (N x H x W x C) convolved with W (R x S x C/groups x K), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once. Needs Zvfh.
 * packed holds W: for each group and strip of output channels (VLMAX(e32,m4) or what is left), the strip's columns for all r, s and c.
 * Tiles of 7 output pixels by one LMUL 4 group of channels: the loops, blocking and register map of conv2d_tiles.inc.
 * The input with its zeros is copied to `work` where there is padding; conv2d_nhwc_direct.inc finds the pixels.
 *
 * Bound: the multiplier, 7 vfwmacc a fetch.
 */
#define BY_COLUMN 1
#include "conv2d_f16.inc"
#include "conv2d_tile_7x4.inc"
#include "conv2d_tiles.inc"
#include "conv2d_nhwc_direct.inc"

nhwc_convolution hconv2d_nhwc
