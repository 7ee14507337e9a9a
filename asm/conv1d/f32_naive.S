/*
 * void sconv1d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp, float lo, float hi)
 *
 * Y (N x K x OW) = X (N x C x W) convolved with W (K x C/groups x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C 1 W K 1 S stride dilation groups 0 left 1 OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. As conv2d of one row; the plain variant.
 *
 * Blocking and register map are those of conv2d_naive.inc, which this file completes; columns v2, sums v4, index v6, input v8, LMUL 2.
 *
 * Bound: a strided load for each vfmacc: the vector load path, at one element a cycle on most machines.
 */
#define LOG2_X 2
#define INDEX_LMUL m2
#define COLUMNS v2
#define SUMS v4
#define INDEX v6
#define INPUT v8

        .macro  start
        fmv.w.x ft0, zero
        beqz    a2, 1f
        slli    t0, s3, 2
        add     t0, t0, a2
        flw     ft0, 0(t0)
1:      vfmv.v.f SUMS, ft0
        .endm
        .macro  tap
        flw     ft0, 0(s8)
        vlse32.v INPUT, (t1), t2, v0.t
        vfmacc.vf SUMS, ft0, INPUT, v0.t
        .endm
        .macro  put
        beqz    a6, 3f
        vfmax.vf SUMS, SUMS, fa0
        vfmin.vf SUMS, SUMS, fa1
3:      vse32.v SUMS, (a3)
        .endm

#include "conv2d_naive.inc"

naive_convolution sconv1d
