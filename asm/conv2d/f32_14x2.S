/*
 * void sconv2d(const float *X, const float *packed, const float *bias, float *Y, long *work, const long *shape, long clamp,
 *              float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. The tuned variant: direct, 14 output channels by one LMUL 2 group of outputs in registers.
 * packed holds W as conv2d_direct.inc wants it.
 * Blocking and register map are those of conv2d_direct.inc, which this file completes: channel i has its weight in ft0..ft11, fa2,
 * fa3 and its sums in v(4 + 2i); the input is in v0 and v2 in turn.
 *
 * Bound: the multiplier, 14 vfmacc a load.
 */
#define BY_COLUMN 0
#include "conv2d_block_14x2.inc"
#include "conv2d_f32.inc"
#include "conv2d_direct.inc"

direct_convolution sconv2d
