/*
 * void sconv2d(const float *X, const float *W, const float *bias, float *Y, long *work, const long *shape, long clamp, float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x R x S), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW. Any sizes >= 0, stride and dilation
 * >= 1; zeros surround the input. The tuned variant: direct, 14 output channels by one LMUL 2 group of outputs in registers.
 *
 * Blocking:            X  [====== strip ======]   v0, v2 in turn     A strip is a piece of an output row, or several rows with
 *      W     taps                |                                   the gaps between them where they are short: the input of
 *     k [----------->]  Y [======================]  v4    channel k  each tap lies in memory as the outputs do, shifted.
 *     k [----------->]    [======================]  v6
 *        ...                    ...                                  for each image, group, block of up to 14 channels, strip:
 *     k [----------->]    [======================]  v30                for each tap (c, r, s):  1 vle32 + 14 flw + 14 vfmacc
 *
 * What makes the loop over taps that simple is done once, in `work`:
 *   table    the distance in bytes from a strip to its input, for each tap, and a last entry that is fetched and not used
 *   weights  [block][tap][channel of the block], so that one pointer walks through them
 *   image    the input with its zeros, where it needs any; a stride t parts it into t x t images, each of every t-th row and
 *            column, so that all loads have unit stride
 * Blocks share the channels out evenly, and so do strips the rows or columns. Weights of the next tap are loaded behind the
 * vfmacc that frees their register, the input of the next tap behind the second vfmacc.
 *
 * Registers:  a0 X image   a1 packed weights of the block   a2 its bias or null   a3 its Y   a4 work   a5 shape   a6 clamp
 *             a7 columns of the strip   s0 input of the group   s1 images left   s2 groups left   s3 block   s4 rows left
 *             s5 columns left   s6 input of the row   s7 Y of the row   s8 input of the strip   s9 vl   s10 channels of the block
 *             s11 rows of the strip   t0 table entry   t1 weights   t2, t3 scratch   t4 last entry   t5 behind it
 *             t6 bytes of a channel of Y   fa0 lo   fa1 hi
 *             channel i: weight ft0..ft11, fa2, fa3, sums v(4 + 2i)
 *
 * Bound: the multiplier, 14 vfmacc a load. Packing costs a strided store for each weight, which pays from some 100 outputs on.
 */
#include "function.inc"
#include "conv2d.inc"
#include "conv2d_work.inc"

#define LARGEST 14

// `op` on each channel of the block (COUNT of them): number, sums, weight, a register for the store, further arguments.
        .macro  channels op, args:vararg
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

// What is done to one channel.
        .macro  clear i, sums, weight, spare, none:vararg
        vmv.v.i \sums, 0
        .endm
        .macro  start i, sums, weight, spare, none:vararg
        flw     \weight, 4 * \i(a2)
        vfmv.v.f \sums, \weight
        .endm
        .macro  fetch i, sums, weight, spare, none:vararg
        flw     \weight, 4 * \i(t1)
        .endm
        .macro  limit i, sums, weight, spare, none:vararg
        vfmax.vf \sums, \sums, fa0
        vfmin.vf \sums, \sums, fa1
        .endm
        .macro  store i, sums, weight, spare, none:vararg
        vse32.v \sums, (t3)
        add     t3, t3, t6
        .endm
        .macro  store_row i, sums, weight, spare, none:vararg
        vslidedown.vx \spare, \sums, t4
        vse32.v \spare, (t3)
        add     t3, t3, t6
        .endm

// One tap, whose input is in `input`, while that of the next is loaded to `next`: `ahead` = 1 or 2 entries from t0.
        .macro  step i, sums, weight, spare, input, next, ahead
        .if     \i == 0
        ld      t2, 8 * \ahead(t0)
        .endif
        vfmacc.vf \sums, \weight, \input
        flw     \weight, 4 * (COUNT * \ahead + \i)(t1)
        .if     \i == 1 || COUNT == 1
        add     t2, t2, s8
        vle32.v \next, (t2)
        .endif
        .endm

// A strip of `count` channels.
        .macro  tile count
        .set    COUNT, \count
        beqz    a2, 1f
        channels start
        j       2f
1:      channels clear
2:      beq     t0, t5, 5f              // no input channels
        channels fetch
        ld      t2, 0(t0)
        add     t2, t2, s8
        vle32.v v0, (t2)
3:      channels step, v0, v2, 1
        beq     t0, t4, 5f
        channels step, v2, v0, 2
        addi    t0, t0, 16
        addi    t1, t1, 8 * COUNT
        bne     t0, t5, 3b
5:      beqz    a6, 6f
        channels limit
6:      ld      t0, COLUMNS_Y
        sub     t2, t0, s5
        slli    t2, t2, 2
        add     t2, t2, s7
        slli    t0, t0, 2
        vsetvli zero, a7, e32, m2, ta, ma
        mv      t3, t2
        channels store
        addi    t1, s11, -1
        beqz    t1, .Lnext_columns
        ld      t5, PITCH
        mv      t4, t5
7:      add     t2, t2, t0
        mv      t3, t2
        channels store_row
        add     t4, t4, t5
        addi    t1, t1, -1
        bnez    t1, 7b
        j       .Lnext_columns
        .endm

function sconv2d
        ld      t0, IMAGES
        ld      t1, CHANNELS_OUT
        ld      t2, OUT_ROWS
        ld      t3, OUT_COLUMNS
        blez    t0, .Lnothing
        blez    t1, .Lnothing
        blez    t2, .Lnothing
        blez    t3, .Lnothing
        save    12
        sd      a2, BIAS

        place_parts
        place_image
        shape_strips
        shape_blocks LARGEST
        tap_table
        pack_weights

        ld      s1, IMAGES
.Limage:
        mv      s0, a0
        ld      t0, IMAGE
        beqz    t0, .Lready
        mv      s0, t0
        clear_image
        copy_image
.Lready:
        ld      a1, PACKED
        ld      a2, BIAS
        ld      s2, GROUPS
.Lgroup:
        li      s3, 0
.Lblock:
        ld      s10, BLOCK
        ld      t0, BIGGER
        slt     t0, s3, t0
        add     s10, s10, t0
        ld      s4, ROWS_Y
        mv      s6, s0
        mv      s7, a3
.Lrows:
        ld      s11, STRIP_ROWS
        blt     s11, s4, 1f
        mv      s11, s4
1:      ld      s5, COLUMNS_Y
.Lcolumns:
        ld      a7, STRIP_COLUMNS
        blt     a7, s5, 1f
        mv      a7, s5
1:      ld      t0, PITCH
        addi    s9, s11, -1
        mul     s9, s9, t0
        add     s9, s9, a7
        ld      t1, ROWS_Y
        ld      t0, COLUMNS_Y
        mul     t6, t0, t1
        slli    t6, t6, 2
        sub     s8, t0, s5
        slli    s8, s8, 2
        add     s8, s8, s6
        mv      t1, a1
        ld      t5, TAPS
        slli    t5, t5, 3
        addi    t0, a4, TABLE
        add     t5, t5, t0
        addi    t4, t5, -8
        vsetvli zero, s9, e32, m2, ta, ma
        .irp    count, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2
        li      t2, \count
        beq     s10, t2, .Ltile_\count
        .endr
        .irp    count, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
.Ltile_\count:
        tile    \count
        .endr

.Lnext_columns:
        sub     s5, s5, a7
        bgtz    s5, .Lcolumns
        ld      t0, PITCH
        ld      t1, COLUMNS_Y
        slli    t2, s11, 2
        mul     t0, t0, t2
        mul     t1, t1, t2
        add     s6, s6, t0
        add     s7, s7, t1
        sub     s4, s4, s11
        bgtz    s4, .Lrows
        mul     t0, s10, t6
        add     a3, a3, t0
        slli    t1, s10, 2
        ld      t0, TAPS
        mul     t0, t0, t1
        add     a1, a1, t0
        beqz    a2, 1f
        add     a2, a2, t1
1:      addi    s3, s3, 1
        ld      t0, BLOCKS
        blt     s3, t0, .Lblock
        ld      t0, GROUP_BYTES
        add     s0, s0, t0
        addi    s2, s2, -1
        bnez    s2, .Lgroup
        ld      t0, CHANNELS_IN
        ld      t1, HEIGHT
        ld      t2, WIDTH
        mul     t0, t0, t1
        mul     t0, t0, t2
        slli    t0, t0, 2
        add     a0, a0, t0
        addi    s1, s1, -1
        bnez    s1, .Limage
        restore 12
.Lnothing:
        ret
end_function sconv2d
