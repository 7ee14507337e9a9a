/*
 * void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp, float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. For R = S = 3, stride and dilation 1, C = groups, left 1 and OW = W.
 * Blocking and register map are those of conv2d_depthwise.inc, which this file completes.
 *
 * Bound: memory where it delivers less than 8 bytes in the time of 9 multiply-accumulates, else the multiplier.
 */
#define BY_COLUMN 0
#define SUM_LMUL m4
#include "conv2d_f32.inc"
#include "conv2d_depthwise.inc"

        .macro  load_weight register, offset
        flw     \register, \offset(a1)
        .endm
        .macro  weights op
        \op     ft0, 0 << LOG2_X
        \op     ft1, 1 << LOG2_X
        \op     ft2, 2 << LOG2_X
        \op     ft3, 3 << LOG2_X
        \op     ft4, 4 << LOG2_X
        \op     ft5, 5 << LOG2_X
        \op     ft6, 6 << LOG2_X
        \op     ft7, 7 << LOG2_X
        \op     ft8, 8 << LOG2_X
        .endm
        .macro  mac_tap sums, r, s, b
        .if     3 * \r + \s == 0
        mac     \sums, ft0, \b
        .elseif 3 * \r + \s == 1
        mac     \sums, ft1, \b
        .elseif 3 * \r + \s == 2
        mac     \sums, ft2, \b
        .elseif 3 * \r + \s == 3
        mac     \sums, ft3, \b
        .elseif 3 * \r + \s == 4
        mac     \sums, ft4, \b
        .elseif 3 * \r + \s == 5
        mac     \sums, ft5, \b
        .elseif 3 * \r + \s == 6
        mac     \sums, ft6, \b
        .elseif 3 * \r + \s == 7
        mac     \sums, ft7, \b
        .elseif 3 * \r + \s == 8
        mac     \sums, ft8, \b
        .endif
        .endm
        .macro  zero_end
        fmv.w.x fa3, zero
        .endm
        .macro  load_left
        flw     fa3, -(1 << LOG2_X)(a0)
        .endm
        .macro  load_right
        slli    t0, s10, LOG2_X
        add     t0, t0, a0
        flw     fa3, (t0)
        .endm
        .macro  first_bias
        fmv.w.x fa2, zero
        beqz    t0, 1f
        flw     fa2, (t0)
1:
        .endm
        .macro  next_scale bytes
        .endm
        .macro  start sums
        vfmv.v.f \sums, fa2
        .endm
        .macro  fetch_row
        vle32.v v16, (a0)
        .endm
        .macro  widen_row
        .endm
        .macro  slide_up b
        vfslide1up.vf \b, v16, fa3
        .endm
        .macro  slide_down b
        vfslide1down.vf \b, v16, fa3
        .endm

depthwise_convolution sconv2d
