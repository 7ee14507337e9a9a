/*
 * void hconv2d_nhwc(const _Float16 *X, const _Float16 *W, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *                   float lo, float hi)
 *
 * Y (N x OH x OW x K) = X (N x H x W x C) convolved with W (R x S x C/groups x K), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once. Needs Zvfh.
 * The plain variant: blocking and register map are those of conv2d_nhwc_naive.inc, which this file completes.
 *
 * Bound: a load for each vfwmacc.
 */
#define BY_COLUMN 1
#define FACTOR ft0
#include "conv2d_f16.inc"
#include "conv2d_nhwc_naive.inc"

        .macro  pixel
        flh     ft0, (t0)
        .endm

nhwc_naive hconv2d_nhwc
