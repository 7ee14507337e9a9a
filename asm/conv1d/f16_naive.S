/*
 * void hconv1d(const _Float16 *X, const _Float16 *W, const float *bias, _Float16 *Y, long *work, const long *shape, long clamp,
 *              float lo, float hi)
 *
 * Y (N x K x OW) = X (N x C x W) convolved with W (K x C/groups x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C 1 W K 1 S stride dilation groups 0 left 1 OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. Sums are float and rounded once.
 * As conv2d of one row; the plain variant. Needs Zvfh.
 *
 * Blocking and register map are those of conv2d_naive.inc, which this file completes;
 * columns v4, sums v8, index v12, LMUL 4, input v16, LMUL 2.
 *
 * Bound: a strided load for each vfwmacc: the vector load path, at one element a cycle on most machines.
 */
#define LOG2_X 1
#define INDEX_LMUL m4
#define COLUMNS v4
#define SUMS v8
#define INDEX v12
#define INPUT v16

        .macro  start
        fmv.w.x ft0, zero
        beqz    a2, 1f
        slli    t0, s3, 2
        add     t0, t0, a2
        flw     ft0, 0(t0)
1:      vfmv.v.f SUMS, ft0
        .endm
        .macro  tap
        flh     ft0, 0(s8)
        vsetvli zero, zero, e16, m2, ta, mu
        vlse16.v INPUT, (t1), t2, v0.t
        vfwmacc.vf SUMS, ft0, INPUT, v0.t
        vsetvli zero, zero, e32, m4, ta, mu
        .endm
        .macro  put
        beqz    a6, 3f
        vfmax.vf SUMS, SUMS, fa0
        vfmin.vf SUMS, SUMS, fa1
3:      vsetvli zero, zero, e16, m2, ta, ma
        vfncvt.f.f.w INPUT, SUMS
        vse16.v INPUT, (a3)
        .endm

#include "conv2d_naive.inc"

naive_convolution hconv1d
