/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). Tiles of 4 rows by one LMUL 4 group of columns held in registers.
 *
 * Blocking:        B   strip: up to VLMAX(e32,m4) columns     for each strip, each block of K (mostly one: matmul_depth.inc),
 *                k [==========]                                 each tile of rows
 *      A    k         |                                           for each k:  1 vle32, 4 flw, 4 vfmacc (LMUL 4)
 *    m [----->]    C [==========]  v28   row 0
 *      [----->]      [==========]  v24   row 1                4 rows use each element of B that is loaded
 *      [----->]      [==========]  v20   row 2
 *      [----->]      [==========]  v16   row 3
 *
 * Half the register file is left, so two whole LMUL 4 groups for B take turns and nothing needs cutting: the simplest tile that
 * keeps most multipliers busy. It reads B once for 4 rows where f32_7x4.S reads it once for 7. The last rows are a tile of 1..3.
 *
 * Registers:  a0 A            a1 B strip      a2 C strip      a3 M            a4 columns left   a5 K
 *             a6 lda bytes    a7 ldb bytes    s3 ldc bytes    t0..t3 A[m+i] + k of row i of the tile
 *             s0 A tile       s1 C tile       s2 rows left    s4 B row in flight   s5 t0 at k = K-1
 *             s6 strip width  s8 scratch      s9 VLMAX(e32,m2)   s10 rows of the tile
 *             s11 rows of K before this block, ra behind it, a5 in it (matmul_depth.inc)
 *             row i: scalar fa_i, accumulator v(28 - 4i)      v0, v4 rows of B
 *
 * Bound: the multiplier while loads of B take no longer than 4 vfmacc; B is read ceil(M / 4) times, A once for each strip.
 */
#ifndef LOG2_BYTES                      // f64_4x4.S renames the element type and includes this file
#define LOG2_BYTES 2
#endif
#define BYTES (1 << LOG2_BYTES)

#include "function.inc"
#include "matmul_rows.inc"
#include "matmul_turns.inc"
#include "matmul_depth.inc"

function sgemm
        ld      t0, 0(sp)               // the ninth argument
        blez    a3, .Lnothing
        blez    a4, .Lnothing
        save    12, 0, ra
        slli    a6, a6, LOG2_BYTES
        slli    a7, a7, LOG2_BYTES
        slli    s3, t0, LOG2_BYTES

        vsetvli s9, zero, e32, m2, ta, ma
        choose_depth

.Lstrip:
        vsetvli s6, a4, e32, m4, ta, ma
        bgtz    s11, .Lblock
        mv      s0, a0
.Lrows:
        mv      s1, a2
        mv      s2, a3

.Ltile:
        addi    s5, a5, -1
        slli    s5, s5, LOG2_BYTES
        add     s5, s5, s0
        mv      s4, a1
        mv      t0, s0
        add     t1, t0, a6
        add     t2, t1, a6
        add     t3, t2, a6
        li      s10, 4
        bge     s2, s10, .Ltile_4
        mv      s10, s2
        li      s8, 2
        beq     s2, s8, .Ltile_2
        bgt     s2, s8, .Ltile_3
        tile    1, m4, v0, v4, 0
.Ltile_2:
        tile    2, m4, v0, v4, 0
.Ltile_3:
        tile    3, m4, v0, v4, 0
.Ltile_4:
        tile    4, m4, v0, v4, 1

.Lnext_tile:
        mul     s8, s10, a6
        add     s0, s0, s8
        mul     s8, s10, s3
        add     s1, s1, s8
        sub     s2, s2, s10
        bgtz    s2, .Ltile

        bgtz    s11, .Lblock_done
.Lnext_strip:
        slli    s8, s6, LOG2_BYTES
        add     a1, a1, s8
        add     a2, a2, s8
        sub     a4, a4, s6
        bgtz    a4, .Lstrip
        restore 12, 0, ra
.Lnothing:
        ret

        next_block
end_function sgemm
