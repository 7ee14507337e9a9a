/*
 * void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp, float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. The tuned variant: direct, 14 output channels by one LMUL 2 group of outputs in registers.
 * Blocking and register map are those of conv2d_direct.inc, which this file completes: channel i has its weight in ft0..ft11, fa2,
 * fa3 and its sums in v(4 + 2i); the input is in v0 and v2 in turn.
 *
 * Bound: the multiplier, 14 vfmacc a load. Packing costs a strided store for each weight, which pays from some 100 outputs on.
 */
#define SUM_LMUL m2
#define BY_COLUMN 0
#define LARGEST 14
#define INPUT v0
#define NEXT_INPUT v2

// `op` on each channel of the block (COUNT of them): number, sums, weight, a register for the store, further arguments.
        .macro  rows op, args:vararg
        channel 0, \op, v4, ft0, v0, \args
        channel 1, \op, v6, ft1, v2, \args
        channel 2, \op, v8, ft2, v0, \args
        channel 3, \op, v10, ft3, v2, \args
        channel 4, \op, v12, ft4, v0, \args
        channel 5, \op, v14, ft5, v2, \args
        channel 6, \op, v16, ft6, v0, \args
        channel 7, \op, v18, ft7, v2, \args
        channel 8, \op, v20, ft8, v0, \args
        channel 9, \op, v22, ft9, v2, \args
        channel 10, \op, v24, ft10, v0, \args
        channel 11, \op, v26, ft11, v2, \args
        channel 12, \op, v28, fa2, v0, \args
        channel 13, \op, v30, fa3, v2, \args
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

#include "conv2d_f32.inc"
#include "conv2d_direct.inc"

direct_convolution sconv2d
