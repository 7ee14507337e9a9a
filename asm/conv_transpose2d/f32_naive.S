/*
 * void sconv_transpose2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp,
 *                        float lo, float hi)
 *
 * Y (N x K x OH x OW) = the transposed convolution of X (N x C x H x W) with W (C x K/groups x R x S), plus bias (K, or null): X[ih][iw]
 * times tap (r, s) adds to Y[ih stride + r dilation - top][iw stride + s dilation - left], if that is inside. With clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation >= 1.
 * The plain variant; `work` is not used.
 *
 * Blocking:  a strip of a row of X goes to a row of Y, `stride` elements apart, once for each tap.
 *
 *            for n, k: Y = bias;  for c, r, s, ih, strip of iw:  1 load of X, 1 strided load and store of Y, 1 vfmacc, 3 for the mask
 *
 * Registers: a0 X image   a1 W   a2 bias   a3 Y plane   a5 shape   a6 clamp   a7 bytes of Y   fa0 lo   fa1 hi   ft0 weight
 *            s0 images left   s1 k   s2 channels left   s3 channel of X   s4 weights of (c, k)   s5 r   s6 s   s7 ih   s8 row of X
 *            s9 row of Y   s10 columns left   s11 column of Y of the strip   a4 stride   ra stride bytes   t0..t6 scratch
 *            v0 mask   v8 columns of Y   v16 X   v24 Y
 *
 * Bound: a strided load and a strided store for each vfmacc, at one element a cycle on most machines.
 */
#include "function.inc"
#include "conv2d.inc"

function sconv_transpose2d
        save    12, 0, ra
        ld      s0, IMAGES
        ld      a4, STRIDE
        slli    ra, a4, 2
        ld      t0, OUT_ROWS
        ld      t1, OUT_COLUMNS
        mul     a7, t0, t1
        slli    a7, a7, 2
        blez    a7, .Ldone
.Limage:
        blez    s0, .Ldone
        li      s1, 0
.Lchannel:
        ld      t0, CHANNELS_OUT
        bge     s1, t0, .Lnext_image
        fmv.w.x ft0, zero
        beqz    a2, 1f
        slli    t1, s1, 2
        add     t1, t1, a2
        flw     ft0, (t1)
1:      srli    t1, a7, 2
        mv      t2, a3
        vsetvli t3, zero, e32, m8, ta, ma
        vfmv.v.f v8, ft0
2:      vsetvli t3, t1, e32, m8, ta, ma
        vse32.v v8, (t2)
        slli    t4, t3, 2
        add     t2, t2, t4
        sub     t1, t1, t3
        bnez    t1, 2b

        ld      t1, GROUPS
        div     t0, t0, t1              // K / groups
        ld      s2, CHANNELS_IN
        div     s2, s2, t1
        div     t2, s1, t0              // the group
        rem     t3, s1, t0
        mul     t2, t2, s2              // its first channel of X
        ld      t4, TAP_ROWS
        ld      t5, TAP_COLUMNS
        mul     t4, t4, t5
        mul     t5, t2, t0
        add     t5, t5, t3
        mul     t5, t5, t4
        slli    t5, t5, 2
        add     s4, a1, t5
        ld      t4, HEIGHT
        ld      t5, WIDTH
        mul     t4, t4, t5
        mul     t4, t4, t2
        slli    t4, t4, 2
        add     s3, a0, t4
        beqz    s2, .Lclamp
.Linput_channel:
        mv      t6, s4
        li      s5, 0
.Ltap_row:
        li      s6, 0
.Ltap:
        flw     ft0, (t6)
        addi    t6, t6, 4
        li      s7, 0
        mv      s8, s3
.Lrow:
        ld      t0, HEIGHT
        bge     s7, t0, .Lnext_tap
        mul     t1, s7, a4
        ld      t2, DILATION
        mul     t3, s5, t2
        add     t1, t1, t3
        ld      t3, TOP
        sub     t1, t1, t3
        ld      t4, OUT_ROWS
        ld      s10, WIDTH
        bgeu    t1, t4, .Lnext_row      // negative rows are large unsigned numbers
        ld      t5, OUT_COLUMNS
        mul     t1, t1, t5
        slli    t1, t1, 2
        add     s9, a3, t1
        mul     s11, s6, t2
        ld      t3, LEFT
        sub     s11, s11, t3
        mv      t0, s8
3:      blez    s10, .Lnext_row
        vsetvli t1, s10, e32, m8, ta, mu
        vid.v   v8
        vmul.vx v8, v8, a4
        vadd.vx v8, v8, s11
        vmsltu.vx v0, v8, t5            // and so are negative columns
        slli    t2, s11, 2
        add     t2, t2, s9
        vle32.v v16, (t0)
        vlse32.v v24, (t2), ra, v0.t
        vfmacc.vf v24, ft0, v16, v0.t
        vsse32.v v24, (t2), ra, v0.t
        mul     t3, t1, a4
        add     s11, s11, t3
        slli    t3, t1, 2
        add     t0, t0, t3
        sub     s10, s10, t1
        j       3b
.Lnext_row:
        ld      t0, WIDTH
        slli    t0, t0, 2
        add     s8, s8, t0
        addi    s7, s7, 1
        j       .Lrow
.Lnext_tap:
        addi    s6, s6, 1
        ld      t0, TAP_COLUMNS
        blt     s6, t0, .Ltap
        addi    s5, s5, 1
        ld      t0, TAP_ROWS
        blt     s5, t0, .Ltap_row
        mv      s3, s8
        ld      t0, CHANNELS_OUT        // the same k of the next channel of X
        ld      t1, GROUPS
        div     t0, t0, t1
        sub     t1, t6, s4
        mul     t0, t0, t1
        add     s4, s4, t0
        addi    s2, s2, -1
        bnez    s2, .Linput_channel

.Lclamp:
        mv      t2, a3
        srli    t1, a7, 2
        beqz    a6, 5f
4:      vsetvli t3, t1, e32, m8, ta, ma
        vle32.v v8, (t2)
        vfmax.vf v8, v8, fa0
        vfmin.vf v8, v8, fa1
        vse32.v v8, (t2)
        slli    t4, t3, 2
        add     t2, t2, t4
        sub     t1, t1, t3
        bnez    t1, 4b
5:      add     a3, a3, a7
        addi    s1, s1, 1
        j       .Lchannel
.Lnext_image:
        ld      t0, CHANNELS_IN
        ld      t1, HEIGHT
        ld      t2, WIDTH
        mul     t0, t0, t1
        mul     t0, t0, t2
        slli    t0, t0, 2
        add     a0, a0, t0
        addi    s0, s0, -1
        j       .Limage
.Ldone:
        restore 12, 0, ra
        ret
end_function sconv_transpose2d
