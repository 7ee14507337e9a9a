/*
 * void sconv2d_nhwc(const float *X, const float *packed, const float *bias, float *Y, long *work, const long *shape, long clamp,
 *                   float lo, float hi)
 *
 * Y (N x OH x OW x K) = X (N x H x W x C) convolved with W (R x S x C/groups x K), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input.
 * packed holds W: for each group and strip of output channels (VLMAX(e32,m4) or what is left), the strip's columns for all r, s and c.
 * Tiles of 6 output pixels by one LMUL 4 group of channels: the loops, blocking and register map of conv2d_tiles.inc.
 * A table in `work` has the address of each output's input for each tap; conv2d_nhwc_indirect.inc makes it.
 *
 * Bound: the multiplier, 6 vfmacc a fetch.
 */
#define BY_COLUMN 1
#define SUM_LMUL m4
#include "conv2d_f32.inc"
#include "conv2d_tile_6x4.inc"
#include "conv2d_tiles.inc"
#include "conv2d_nhwc_indirect.inc"

nhwc_convolution sconv2d_nhwc
