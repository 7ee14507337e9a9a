/*
 * void sconv2d(const float *X, const float *U, const float *bias, float *Y, long *work, const long *shape, long clamp, float lo, float hi)
 *
 * Y (N x K x OH x OW) = X (N x C x H x W) convolved with W (K x C/groups x 3 x 3), plus bias (K, or null); with clamp, limited to
 * lo..hi, where NaN gives lo. shape: N C H W K R S stride dilation groups top left OH OW; R = S = 3, stride and dilation 1. Zeros
 * surround the input, which should be finite.
 * Winograd's F(2 x 2, 3 x 3) (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks): 2 x 2 outputs from a 4 x 4 tile of
 * inputs take 16 multiplications a channel instead of 36:
 *
 *     Y = At [ (G w Gt) * (Bt d B) ] A      Bt = 1  0 -1  0     At = 1  1  1  0      G = 1    0    0
 *                                                0  1  1  0          0  1 -1 -1          1/2  1/2  1/2
 *                                                0 -1  1  0                              1/2 -1/2  1/2
 *                                                0  1  0 -1                              0    0    1
 *
 * U holds G w Gt, made once for a network: for each group, each of the 16 elements, the matrix K/groups x C/groups.
 *
 * Strips of up to VLMAX(e32,m4) tiles, in three steps:
 *   in       for each piece of a row of tiles and each channel: 8 two-field loads, 32 additions, 16 stores       V [16][C][strip]
 *   product  for each of the 16 elements: M = U V, the loops, blocking and register map of conv2d_tiles.inc      M [16][K][strip]
 *   out      for each piece and output channel: 16 loads, 24 additions, bias, limits, 4 strided stores
 *
 *     head of `work` | V | M | the input with its zeros, an even number of rows and columns
 *
 * Bound: the multiplier, 16 of 36 multiplications; in and out take 56 additions for 16 (C + K) / 2 of them.
 */
#define BY_COLUMN 0
#define SUM_LMUL m4
#include "conv2d_f32.inc"
#include "conv2d_tile_6x4.inc"
#include "conv2d_tiles.inc"
#include "function.inc"
#include "conv2d.inc"

#define X_AT 0(a4)
#define Y_AT 8(a4)                      // of the group
#define U_AT 16(a4)
#define BIASES 24(a4)
#define IMAGES_LEFT 32(a4)
#define GROUPS_LEFT 40(a4)
#define TILE_ROWS 48(a4)
#define TILE_COLUMNS 56(a4)
#define PITCH 64(a4)                    // bytes from row to row of the image
#define PLANE 72(a4)
#define GROUP_IMAGE 80(a4)
#define GROUP_BIAS 88(a4)
#define GROUP_U 96(a4)
#define GROUP_IN 104(a4)
#define GROUP_OUT 112(a4)
#define V_AT 120(a4)
#define M_AT 128(a4)
#define IMAGE 136(a4)
#define TILE_ROW 144(a4)                // where the strip begins
#define TILE_COLUMN 152(a4)
#define TILES_LEFT 160(a4)
#define PITCH_A 168(a4)
#define SEGMENT 176(a4)
#define CLAMP 184(a4)
#define ELEMENT 216(a4)                 // of the 16, in the product
#define STRIP 224(a4)                   // bytes of a row of V and M
#define HEAD 256

        .macro  first_segment
        mv      t0, a0
        ld      s8, PITCH_A
        rows    row_pointer
        li      ra, COUNT
        mul     ra, ra, s8
        add     a0, a0, ra
        ld      s8, SEGMENT
        add     s8, s8, t0
        .endm
        .macro  next_segment done
        j       \done
        .endm
#include "conv2d_winograd.inc"

function sconv2d
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
        sd      a1, U_AT
        sd      a2, BIASES
        sd      a3, Y_AT
        sd      a6, CLAMP
        sd      t0, IMAGES_LEFT
        addi    t2, t2, 1
        srli    t2, t2, 1
        sd      t2, TILE_ROWS
        addi    t3, t3, 1
        srli    t3, t3, 1
        sd      t3, TILE_COLUMNS
        slli    t3, t3, 3
        addi    t3, t3, 8
        sd      t3, PITCH
        slli    t2, t2, 1
        addi    t2, t2, 2
        mul     t2, t2, t3
        sd      t2, PLANE
        ld      t4, GROUPS
        div     t1, t1, t4
        sd      t1, GROUP_OUT
        ld      t0, CHANNELS_IN
        div     t0, t0, t4
        sd      t0, GROUP_IN
        sd      t0, DEPTH
        slli    t5, t0, 2
        sd      t5, PITCH_A
        addi    t5, t5, -4
        sd      t5, SEGMENT
        vsetvli t5, zero, e32, m4, ta, ma
        slli    t5, t5, 6               // bytes of a row of all 16
        addi    t6, a4, HEAD
        sd      t6, V_AT
        mul     t0, t0, t5
        add     t6, t6, t0
        sd      t6, M_AT
        mul     t1, t1, t5
        add     t6, t6, t1
        sd      t6, IMAGE
.Limage:
        ld      a0, X_AT
        make_image
        sd      a0, X_AT
        ld      t0, IMAGE
        sd      t0, GROUP_IMAGE
        ld      t0, GROUPS
        sd      t0, GROUPS_LEFT
        ld      t0, BIASES
        sd      t0, GROUP_BIAS
        ld      t0, U_AT
        sd      t0, GROUP_U
.Lgroup:
        sd      zero, TILE_ROW
        sd      zero, TILE_COLUMN
        ld      t0, TILE_ROWS
        ld      t1, TILE_COLUMNS
        mul     t0, t0, t1
        sd      t0, TILES_LEFT
.Lstrip:
        vsetvli t1, zero, e32, m4, ta, ma
        ld      t0, TILES_LEFT
        blt     t1, t0, 1f
        mv      t1, t0
1:      sub     t0, t0, t1
        sd      t0, TILES_LEFT
        slli    t1, t1, 2
        sd      t1, STRIP
        step_in
        step_product
        step_out
        sd      s2, TILE_ROW
        sd      s3, TILE_COLUMN
        ld      t0, TILES_LEFT
        bgtz    t0, .Lstrip

        ld      t2, GROUP_OUT
        ld      t0, GROUP_IN
        ld      t1, PLANE
        mul     t1, t1, t0
        ld      t3, GROUP_IMAGE
        add     t3, t3, t1
        sd      t3, GROUP_IMAGE
        mul     t0, t0, t2
        slli    t0, t0, 6
        ld      t1, GROUP_U
        add     t1, t1, t0
        sd      t1, GROUP_U
        ld      t0, OUT_ROWS
        mul     t0, t0, s9
        mul     t0, t0, t2
        ld      t1, Y_AT
        add     t1, t1, t0
        sd      t1, Y_AT
        ld      t0, GROUP_BIAS
        beqz    t0, 1f
        slli    t2, t2, 2
        add     t0, t0, t2
        sd      t0, GROUP_BIAS
1:      ld      t0, GROUPS_LEFT
        addi    t0, t0, -1
        sd      t0, GROUPS_LEFT
        bgtz    t0, .Lgroup
        ld      t0, IMAGES_LEFT
        addi    t0, t0, -1
        sd      t0, IMAGES_LEFT
        bgtz    t0, .Limage
        restore 12, 0, ra
.Lnothing:
        ret
end_function sconv2d
