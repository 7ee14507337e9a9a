/*
 * void iconv1d(const int8_t *X, const int8_t *W, const int32_t *bias, int8_t *Y, long *work, const long *shape, const float *scale)
 *
 * Y (N x K x OW) = clip(round(float(sum) * scale[k]) + zero_y, lo, hi), sum = X - zero_x (N x C x W) convolved with W (K x
 * C/groups x S), plus bias (K, or null). shape: N C 1 W K 1 S stride dilation groups 0 left 1 OW zero_x zero_y lo hi. Any sizes
 * >= 0, stride and dilation >= 1; zero_x surrounds the input. 32-bit sums wrap around; requant.inc says how they are rounded.
 * As conv2d of one row; the plain variant.
 * Blocking and register map are those of conv2d_naive.inc, which this file completes; columns v4, sums v8, index v12, LMUL 4, input v16.
 *
 * Bound: a strided load for each vwmacc: the vector load path, at one element a cycle on most machines.
 */
#define REQUANT_UNSIGNED 0
#include "conv2d_zeros.inc"
#include "requant.inc"
#define LOG2_X 0
#define INDEX_LMUL m4
#define COLUMNS v4
#define SUMS v8
#define INDEX v12
#define INPUT v16

        .macro  start
        li      ra, 0
        beqz    a2, 1f
        slli    t0, s3, 2
        add     t0, t0, a2
        lw      ra, 0(t0)
1:      vmv.v.x SUMS, ra
        .endm
        .macro  tap
        vsetvli zero, zero, e8, m1, ta, mu
        vlse8.v INPUT, (t1), t2, v0.t
        ld      ra, ZERO_X
        vwsub.vx v18, INPUT, ra
        vsetvli zero, zero, e16, m2, ta, mu
        lb      ra, 0(s8)
        vwmacc.vx SUMS, ra, v18, v0.t
        vsetvli zero, zero, e32, m4, ta, mu
        .endm
        .macro  put
        slli    t0, s3, 2
        add     t0, t0, a6
        flw     ft0, 0(t0)
        ld      t0, ZERO_Y
        requant_scalef SUMS, ft0, t0
        ld      t0, LOWEST
        vmax.vx SUMS, SUMS, t0
        ld      t0, HIGHEST
        vmin.vx SUMS, SUMS, t0
        vsetvli zero, zero, e16, m2, ta, ma
        requant_16 SUMS
        vsetvli zero, zero, e8, m1, ta, ma
        requant_8 SUMS
        vse8.v  SUMS, (a3)
        .endm

#include "conv2d_naive.inc"

naive_convolution iconv1d
