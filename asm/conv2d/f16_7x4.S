/*
 * void hconv2d(const _Float16 *X, const _Float16 *W, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *              float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once.
 * The tuned variant: direct, 7 output channels by one LMUL 4 group of sums in registers. Needs Zvfh.
 * Blocking and register map are those of conv2d_direct.inc, which this file completes: channel i has its weight in ft(i) and its sums
 * in v(4 + 4i); the input is in v0 and v2 in turn, LMUL 2.
 *
 * Bound: the multiplier, 7 vfwmacc a load. Packing costs a strided store for each weight, which pays from some 100 outputs on.
 */
#define BY_COLUMN 0
#define LARGEST 7
#define INPUT v0
#define NEXT_INPUT v2

// `op` on each channel of the block (COUNT of them): number, sums, weight, a register for the store, further arguments.
        .macro  rows op, args:vararg
        channel 0, \op, v4, ft0, v0, \args
        channel 1, \op, v8, ft1, v2, \args
        channel 2, \op, v12, ft2, v0, \args
        channel 3, \op, v16, ft3, v2, \args
        channel 4, \op, v20, ft4, v0, \args
        channel 5, \op, v24, ft5, v2, \args
        channel 6, \op, v28, ft6, v0, \args
        .endm
        .macro  channel i, op, sums, weight, spare, args:vararg
        .if     \i < COUNT
        \op     \i, \sums, \weight, \spare, \args
        .endif
        .endm

        .macro  enter_taps
        .endm
        .macro  leave_taps
        .endm
        .macro  next_scales bytes
        .endm

#include "conv2d_f16.inc"
#include "conv2d_direct.inc"

direct_convolution hconv2d
