/*
 * void sconv2d_nhwc(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,
 *                   float lo, float hi)
 *
 * Y (N x OH x OW x K) = X (N x H x W x C) convolved with W (R x S x C/groups x K), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input.
 * The plain variant: blocking and register map are those of conv2d_nhwc_naive.inc, which this file completes.
 *
 * Bound: a load for each vfmacc.
 */
#define BY_COLUMN 1
#define FACTOR ft0
#define SUM_LMUL m4
#include "conv2d_f32.inc"
#include "conv2d_nhwc_naive.inc"

        .macro  pixel
        flw     ft0, (t0)
        .endm

nhwc_naive sconv2d_nhwc
