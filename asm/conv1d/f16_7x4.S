/*
 * void hconv1d(const _Float16 *X, const _Float16 *packed, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *              float lo, float hi)
 *
 * Y (N x K x OW) = X (N x C x W) convolved with W (K x C/groups x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C 1 W K 1 S stride dilation groups 0 left 1 OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once.
 * The tuned variant: direct, 7 output channels by one LMUL 4 group of sums in registers. Needs Zvfh.
 * As conv2d of one row.
 * packed holds W as conv2d_direct.inc wants it.
 * Blocking and register map are those of conv2d_direct.inc, which this file completes: channel i has its weight in ft(i) and its sums
 * in v(4 + 4i); the input is in v0 and v2 in turn, LMUL 2.
 *
 * Bound: the multiplier, 7 vfwmacc a load.
 */
#define BY_COLUMN 0
#include "conv2d_f16.inc"
#include "conv2d_block_7x4.inc"
#include "conv2d_direct.inc"

direct_convolution hconv1d
