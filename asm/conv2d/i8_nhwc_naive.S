/*
 * void iconv2d_nhwc(const int8_t *X, const int8_t *W, const int32_t *bias, int8_t *Y, long *work, const long *shape,
 *                   const float *scale)
 *
 * Y (N x OH x OW x K) = clip(round(float(sum) * scale[k]) + zero_y, lo, hi), sum = X - zero_x (N x H x W x C) convolved with
 * W (R x S x C/groups x K), plus bias (K, or null). shape: N C H W K R S stride dilation groups top left OH OW zero_x zero_y lo hi. Any
 * sizes >= 0, stride and dilation >= 1; zero_x surrounds the input.
 * 32-bit sums wrap around; requant.inc says how they are rounded.
 * The plain variant: blocking and register map are those of conv2d_nhwc_naive.inc, which this file completes.
 *
 * Bound: a load for each vwmacc.
 */
#define BY_COLUMN 1
#define FACTOR t3
#include "conv2d_i8.inc"
#include "conv2d_nhwc_naive.inc"

        .macro  pixel
        lb      t3, (t0)
        ld      t4, ZERO_X
        sub     t3, t3, t4
        .endm

nhwc_naive iconv2d_nhwc
