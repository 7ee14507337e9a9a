/*
 * void iconv2d(const int8_t *X, const int8_t *W, const int32_t *bias, int8_t *Y, long *work, const long *shape, const float *scale)
 *
 * Y (N x K x OH x OW) = clip(round(float(sum) * scale[k]) + zero_y, lo, hi), sum = X - zero_x (N x C x H x W) convolved with W (K x
 * C/groups x R x S), plus bias (K, or null). shape: N C H W K R S stride dilation groups top left OH OW zero_x zero_y lo hi. Any sizes
 * >= 0, stride and dilation >= 1; zero_x surrounds the input. 32-bit sums wrap around; requant.inc says how they are rounded.
 * For R = S = 3, stride and dilation 1, C = groups, left 1 and OW = W.
 * Blocking and register map are those of conv2d_depthwise.inc, which this file completes.
 *
 * Bound: memory where it delivers less than 2 bytes in the time of 9 multiply-accumulates, else the multiplier.
 */
#define BY_COLUMN 0
#include "conv2d_i8.inc"
#include "conv2d_depthwise.inc"

        .macro  load_weight register, offset
        lb      \register, \offset(a1)
        .endm
        .macro  weights op
        \op     s0, 0 << LOG2_X
        \op     s1, 1 << LOG2_X
        \op     s2, 2 << LOG2_X
        \op     s3, 3 << LOG2_X
        \op     s4, 4 << LOG2_X
        \op     s5, 5 << LOG2_X
        \op     s6, 6 << LOG2_X
        \op     s7, 7 << LOG2_X
        \op     s8, 8 << LOG2_X
        .endm
        .macro  mac_tap sums, r, s, b
        .if     3 * \r + \s == 0
        mac     \sums, s0, \b
        .elseif 3 * \r + \s == 1
        mac     \sums, s1, \b
        .elseif 3 * \r + \s == 2
        mac     \sums, s2, \b
        .elseif 3 * \r + \s == 3
        mac     \sums, s3, \b
        .elseif 3 * \r + \s == 4
        mac     \sums, s4, \b
        .elseif 3 * \r + \s == 5
        mac     \sums, s5, \b
        .elseif 3 * \r + \s == 6
        mac     \sums, s6, \b
        .elseif 3 * \r + \s == 7
        mac     \sums, s7, \b
        .elseif 3 * \r + \s == 8
        mac     \sums, s8, \b
        .endif
        .endm
        .macro  zero_end
        li      t1, 0
        .endm
        .macro  load_left
        lb      t1, -1(a0)
        ld      t0, ZERO_X
        sub     t1, t1, t0
        .endm
        .macro  load_right
        add     t0, s10, a0
        lb      t1, (t0)
        ld      t0, ZERO_X
        sub     t1, t1, t0
        .endm
        .macro  first_bias
        li      a2, 0
        beqz    t0, 1f
        lw      a2, (t0)
1:
        .endm
        .macro  next_scale bytes
        ld      a6, SCALES
        add     a6, a6, \bytes
        .endm
        .macro  start sums
        vmv.v.x \sums, a2
        .endm
        .macro  fetch_row
        vle8.v  v28, (a0)
        .endm
        .macro  widen_row
        vsetvli zero, s10, e8, m1, ta, ma
        ld      t0, ZERO_X
        vwsub.vx v16, v28, t0
        .endm
        .macro  slide_up b
        vslide1up.vx \b, v16, t1
        .endm
        .macro  slide_down b
        vslide1down.vx \b, v16, t1
        .endm

depthwise_convolution iconv2d
