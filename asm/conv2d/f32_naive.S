/*
 * void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp, float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. The plain variant: one strip of one output row at a time; `work` is not used.
 *
 * Blocking:  Y[n][k][oh][ow .. ow+vl) stays in one LMUL 2 group while (c, r, s) run over the taps. A tap multiplies the input
 *            columns ow * stride + s * dilation - left, where they are inside (v0); rows outside are passed over.
 *
 *            for n, k, oh, strip of ow:  for c, r, s:  1 flw + 1 vlse32 + 1 vfmacc, and 2 for the mask
 *
 * Registers: a0 image   a1 weights of k   a2 bias   a3 Y strip   a4 W   a5 shape   a6 clamp   a7 width   fa0 lo   fa1 hi
 *            s0 first input channel of the group   s1 C/groups   s2 images left   s3 k   s4 oh   s5 ow   s6 vl   s7 input channel
 *            s8 weight   s9 channels left   s10 rows of taps left   s11 input row   t0 column of the tap   t1 input
 *            t2 stride bytes   t3 input column of element 0   t4 dilation   t5 dilation bytes   t6 taps left
 *            v0 mask   v2 input columns of the first tap   v4 sums   v6 input columns   v8 input
 *
 * Bound: a strided load for each vfmacc: the vector load path, at one element a cycle on most machines.
 */
#include "function.inc"
#include "conv2d.inc"

function sconv2d
        save    12
        mv      a4, a1
        ld      s2, IMAGES
        ld      t0, CHANNELS_IN
        ld      t1, GROUPS
        div     s1, t0, t1
.Limage:
        blez    s2, .Ldone
        mv      a1, a4
        li      s3, 0

.Lchannel:
        ld      t0, CHANNELS_OUT
        bge     s3, t0, .Lnext_image
        ld      t1, GROUPS
        div     t0, t0, t1              // K / groups
        div     t0, s3, t0              // the group
        mul     t0, t0, s1
        ld      t1, HEIGHT
        ld      a7, WIDTH
        mul     t1, t1, a7
        mul     t0, t0, t1
        slli    t0, t0, 2
        add     s0, a0, t0
        li      s4, 0
.Lrow:
        ld      t0, OUT_ROWS
        bge     s4, t0, .Lnext_channel
        li      s5, 0
.Lstrip:
        ld      t0, OUT_COLUMNS
        sub     t0, t0, s5
        blez    t0, .Lnext_row
        vsetvli s6, t0, e32, m2, ta, ma
        ld      t2, STRIDE
        ld      t0, LEFT
        mul     t3, s5, t2
        sub     t3, t3, t0
        vid.v   v2
        vmul.vx v2, v2, t2
        vadd.vx v2, v2, t3
        slli    t2, t2, 2
        ld      t4, DILATION
        slli    t5, t4, 2
        fmv.w.x ft0, zero
        beqz    a2, 1f
        slli    t0, s3, 2
        add     t0, t0, a2
        flw     ft0, 0(t0)
1:      vfmv.v.f v4, ft0
        vsetvli zero, s6, e32, m2, ta, mu       // elements outside keep their sums
        mv      s7, s0
        mv      s8, a1
        mv      s9, s1
        beqz    s9, .Lclamp

.Linput_channel:
        ld      s10, TAP_ROWS
        ld      s11, STRIDE
        ld      t0, TOP
        mul     s11, s11, s4
        sub     s11, s11, t0
.Ltap_row:
        ld      t6, TAP_COLUMNS
        ld      t0, HEIGHT
        bltu    s11, t0, 2f             // negative rows are large unsigned numbers
        slli    t0, t6, 2
        add     s8, s8, t0
        j       .Lnext_tap_row
2:      mul     t1, s11, a7
        add     t1, t1, t3
        slli    t1, t1, 2
        add     t1, t1, s7
        li      t0, 0
.Ltap:
        flw     ft0, 0(s8)
        vadd.vx v6, v2, t0
        vmsltu.vx v0, v6, a7            // and so are negative columns
        vlse32.v v8, (t1), t2, v0.t
        vfmacc.vf v4, ft0, v8, v0.t
        addi    s8, s8, 4
        add     t0, t0, t4
        add     t1, t1, t5
        addi    t6, t6, -1
        bnez    t6, .Ltap
.Lnext_tap_row:
        add     s11, s11, t4
        addi    s10, s10, -1
        bnez    s10, .Ltap_row
        ld      t0, HEIGHT
        mul     t0, t0, a7
        slli    t0, t0, 2
        add     s7, s7, t0
        addi    s9, s9, -1
        bnez    s9, .Linput_channel

.Lclamp:
        beqz    a6, 3f
        vfmax.vf v4, v4, fa0
        vfmin.vf v4, v4, fa1
3:      vse32.v v4, (a3)
        slli    t0, s6, 2
        add     a3, a3, t0
        add     s5, s5, s6
        j       .Lstrip
.Lnext_row:
        addi    s4, s4, 1
        j       .Lrow
.Lnext_channel:
        ld      t0, TAP_ROWS
        ld      t1, TAP_COLUMNS
        mul     t0, t0, t1
        mul     t0, t0, s1
        slli    t0, t0, 2
        add     a1, a1, t0
        addi    s3, s3, 1
        j       .Lchannel
.Lnext_image:
        ld      t0, CHANNELS_IN
        ld      t1, HEIGHT
        ld      t2, WIDTH
        mul     t0, t0, t1
        mul     t0, t0, t2
        slli    t0, t0, 2
        add     a0, a0, t0
        addi    s2, s2, -1
        j       .Limage
.Ldone:
        restore 12
        ret
end_function sconv2d
