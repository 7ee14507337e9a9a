/*
 * void sconv_transpose2d(const float *X, const float *packed, const float *bias, float *Y, long *work, const long *shape, long clamp,
 *                        float lo, float hi, const long *plan)
 *
 * Y (N x K x OH x OW) = the transposed convolution of X (N x C x H x W) with W (C x K/groups x R x S), plus bias (K, or null); with clamp,
 * limited to lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and
 * dilation >= 1. The tuned variant: with stride t, outputs of t x t phases (rows i, i + t, .. and columns j, j + t, ..) each are an
 * ordinary convolution of stride 1 with those taps that meet them; nothing is multiplied by zeros between inputs.
 * For each phase the loop over taps, blocking and register map of conv2d_direct.inc; a strip is a piece of a row of the phase, whose
 * results are stored t columns apart.
 *
 * plan and packed are made once for a network. plan, in longs: bytes of a row, of a channel and of all channels of the padded input; bytes
 * from X and from the padded input to the first element that is copied; rows and bytes of a row to copy; the number of phases. Then
 * for each phase: taps (of all channels of a group), rows, columns, bytes to its first output, bytes from plan to its table, bytes from
 * packed to its weights. A table has the bytes from an output's place in the padded input to the input of each tap, and a last entry that
 * is fetched and not used. Weights: for each group and block of channels (conv2d_direct.inc), [tap][channel of the block].
 *
 *     head of `work` | the input with its zeros
 *
 * Bound: the multiplier, 14 vfmacc a load.
 */
#define BY_COLUMN 0
#define STORE_STRIDE ra
#include "conv2d_block_14x2.inc"
#include "conv2d_f32.inc"
#include "conv2d_direct.inc"

#define X_AT 216(a4)
#define Y_AT 224(a4)
#define PLAN 232(a4)
#define PACKED_ALL 240(a4)
#define BIASES 248(a4)
#define IMAGES_LEFT 256(a4)
#define PHASES_LEFT 264(a4)
#define PHASE 272(a4)
#define GROUPS_LEFT 280(a4)
#define BLOCK_Y 288(a4)                 // the phase's first output of the block
#define ROW_Y 296(a4)
#define X_IMAGE 304(a4)
#define Y_CHANNEL 312(a4)
#define GROUP_PLANES 320(a4)

// Zeros, and what outputs see of X at a0. t0 plan, t1 target, t2 source.
        .macro  pad_input
        ld      t0, PLAN
        addi    t1, a4, TABLE
        ld      t2, 16(t0)
        srli    t2, t2, 2
        vsetvli t3, zero, e32, m8, ta, ma
        vmv.v.i v8, 0
1:      beqz    t2, 2f
        vsetvli t3, t2, e32, m8, ta, ma
        vse32.v v8, (t1)
        sub     t2, t2, t3
        slli    t3, t3, 2
        add     t1, t1, t3
        j       1b
2:      ld      s0, CHANNELS_IN
        ld      s1, 0(t0)
        ld      s2, 8(t0)
        addi    s3, a4, TABLE
        ld      t1, 32(t0)
        add     s3, s3, t1
        ld      t1, 24(t0)
        add     s4, a0, t1
        ld      s5, WIDTH
        slli    s5, s5, 2
        ld      s6, HEIGHT
        mul     s6, s6, s5
3:      blez    s0, 7f
        mv      t1, s3
        mv      t2, s4
        ld      t3, 40(t0)
4:      blez    t3, 6f
        ld      t4, 48(t0)
        srli    t4, t4, 2
        mv      t5, t1
        mv      t6, t2
5:      vsetvli s7, t4, e32, m8, ta, ma
        vle32.v v8, (t6)
        vse32.v v8, (t5)
        sub     t4, t4, s7
        slli    s7, s7, 2
        add     t5, t5, s7
        add     t6, t6, s7
        bnez    t4, 5b
        add     t1, t1, s1
        add     t2, t2, s5
        addi    t3, t3, -1
        j       4b
6:      add     s3, s3, s2
        add     s4, s4, s6
        addi    s0, s0, -1
        j       3b
7:
        .endm

function sconv_transpose2d
        ld      t0, IMAGES
        ld      t1, CHANNELS_OUT
        ld      t2, OUT_ROWS
        ld      t3, OUT_COLUMNS
        blez    t0, .Lnothing
        blez    t1, .Lnothing
        blez    t2, .Lnothing
        blez    t3, .Lnothing
        save    12, 0, ra
        sd      a0, X_AT
        sd      a1, PACKED_ALL
        sd      a2, BIASES
        sd      a3, Y_AT
        sd      a7, PLAN
        sd      t0, IMAGES_LEFT
        mul     t6, t2, t3
        slli    t6, t6, 2
        sd      t6, Y_CHANNEL
        ld      t0, CHANNELS_IN
        ld      t1, HEIGHT
        mul     t1, t1, t0
        ld      t2, WIDTH
        mul     t1, t1, t2
        slli    t1, t1, 2
        sd      t1, X_IMAGE
        ld      s4, GROUPS
        div     t0, t0, s4
        ld      t1, 8(a7)
        mul     t0, t0, t1
        sd      t0, GROUP_PLANES
        shape_blocks LARGEST
        ld      ra, STRIDE
        slli    ra, ra, 2
.Limage:
        ld      a0, X_AT
        pad_input
        ld      t0, PLAN
        ld      t1, 56(t0)
        sd      t1, PHASES_LEFT
        addi    t0, t0, 64
        sd      t0, PHASE
.Lphase:
        ld      t0, PHASE
        ld      a1, PACKED_ALL
        ld      t1, 40(t0)
        add     a1, a1, t1
        ld      t1, Y_AT
        ld      t2, 24(t0)
        add     t1, t1, t2
        sd      t1, BLOCK_Y
        ld      a2, BIASES
        addi    s0, a4, TABLE
        ld      s2, GROUPS
.Lgroup:
        li      s3, 0
.Lblock:
        ld      s10, BLOCK
        ld      t0, BIGGER
        slt     t0, s3, t0
        add     s10, s10, t0
        ld      t0, PHASE
        ld      s4, 8(t0)
        mv      s6, s0
        ld      t1, BLOCK_Y
        sd      t1, ROW_Y
.Lrow:
        blez    s4, .Lnext_block
        ld      t0, PHASE
        ld      s5, 16(t0)
        mv      s8, s6
        ld      s7, ROW_Y
.Lcolumns:
        blez    s5, .Lnext_row
        vsetvli a7, zero, e32, m2, ta, ma
        blt     a7, s5, 1f
        mv      a7, s5
1:      mv      s9, a7
        sd      s5, COLUMNS_Y           // s7 already is where the strip goes
        li      s11, 1
        ld      t6, Y_CHANNEL
        ld      t2, PHASE
        ld      t5, 0(t2)
        ld      t0, 32(t2)
        ld      t1, PLAN
        add     t0, t0, t1
        slli    t5, t5, 3
        add     t5, t5, t0
        addi    t4, t5, -8
        mv      t1, a1
        dispatch
.Lnext_columns:
        mul     t0, a7, ra
        add     s7, s7, t0
        slli    t0, a7, 2
        add     s8, s8, t0
        sub     s5, s5, a7
        j       .Lcolumns
.Lnext_row:
        ld      t0, PLAN
        ld      t1, 0(t0)
        add     s6, s6, t1
        ld      t0, OUT_COLUMNS
        mul     t0, t0, ra
        ld      t1, ROW_Y
        add     t1, t1, t0
        sd      t1, ROW_Y
        addi    s4, s4, -1
        j       .Lrow
.Lnext_block:
        ld      t0, Y_CHANNEL
        mul     t0, t0, s10
        ld      t1, BLOCK_Y
        add     t1, t1, t0
        sd      t1, BLOCK_Y
        ld      t0, PHASE
        ld      t0, 0(t0)
        mul     t0, t0, s10
        slli    t0, t0, 2
        add     a1, a1, t0
        beqz    a2, 1f
        slli    t0, s10, 2
        add     a2, a2, t0
1:      addi    s3, s3, 1
        ld      t0, BLOCKS
        blt     s3, t0, .Lblock
        ld      t0, GROUP_PLANES
        add     s0, s0, t0
        addi    s2, s2, -1
        bnez    s2, .Lgroup
        ld      t0, PHASE
        addi    t0, t0, 48
        sd      t0, PHASE
        ld      t0, PHASES_LEFT
        addi    t0, t0, -1
        sd      t0, PHASES_LEFT
        bgtz    t0, .Lphase

        ld      t0, Y_CHANNEL
        ld      t1, CHANNELS_OUT
        mul     t0, t0, t1
        ld      t1, Y_AT
        add     t1, t1, t0
        sd      t1, Y_AT
        ld      t0, X_AT
        ld      t1, X_IMAGE
        add     t0, t0, t1
        sd      t0, X_AT
        ld      t0, IMAGES_LEFT
        addi    t0, t0, -1
        sd      t0, IMAGES_LEFT
        bgtz    t0, .Limage
        restore 12, 0, ra
.Lnothing:
        ret
end_function sconv_transpose2d
