/*
 * void sgemm_full(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                 long transA, long transB, long batch, long strideA, long strideB, long strideC, float alpha, float beta,
 *                 float *work, long depth)
 *
 * C = alpha op(A) op(B) + beta C for each of `batch` products; op transposes where transA, transB are not 0. C is M x N, op(A)
 * M x K, op(B) K x N, all row-major; lda, ldb, ldc are the distances between rows as stored, strideA, strideB, strideC those
 * between matrices of the batch, in elements. Any M, N, K, batch >= 0. With beta 0, C is not read.
 * `work` is scratch of 32 + depth x VLMAX(e32,m4) elements: the loops' state and one packed block of B, `depth` rows deep. It should
 * fill about half of the first-level cache, so that all of M streams past a block that stays there.
 *
 * Blocking:                              B     strip: up to VLMAX(e32,m4) columns
 *                               depth  { [============]  packed: rows without gaps, transposed on the way if need be
 *           depth                           |
 *      A  [......]      k                   |                     for each matrix of the batch
 *       m [----->]               C  [=======|====]  row 0           for each block of depth
 *         [----->]                  [=======|====]  row 1             for each strip: pack
 *           ...                          ...                            for each tile of 7 rows:
 *         [----->]                  [=======|====]  row 6                 the loop over k of f32_7x4.S, then C
 *
 * The tile is that of f32_7x4.S, whose head explains the halves lo and hi of a wide strip and how the rows are shared out; its loop
 * is in matmul_block.inc.
 * Below 21 rows a block is not used often enough to pay for packing: then B is read in place, unless it is transposed.
 *
 * Registers:  a0 A block     a1 B block     a2 C strip      a3 M         a4 strip width  a5 rows of the block (its k)
 *             a6 bytes from row to row of op(A), s11 from k to k    a7 bytes from row to row of the block   s3 ldc bytes
 *             t0..t6 A[m+i] + k of row i of the tile                s0 A tile    s1 C tile       s2 rows left
 *             s4 B row in flight   s5 steps left   s6 columns left  s7 bytes from lo to hi       s8 scratch
 *             s9 B at block and strip              s10 k left       ra work: state, then the block
 *             fs0 alpha, fs1 beta of this block (1 behind the first), fa7 beta
 *             row i: scalar fa_i, accumulator v(28 - 4i) and, in a wide strip, v(30 - 4i)
 *
 * Bound: the multiplier, 7 vfmacc a load; packing adds a load and a store for M uses of each element of B.
 */
#include "function.inc"

#ifndef LOG2_BYTES                      // f64_7x4_packed.S renames the element type and includes this file
#define LOG2_BYTES 2
#define STATE 32
#endif
#define BYTES (1 << LOG2_BYTES)

#include "matmul_block.inc"
#define PACK_ROWS 21

// The state in `work`, and where the panel begins.
#define ST_A 0
#define ST_B 8
#define ST_C 16
#define ST_N 24
#define ST_K 32
#define ST_LDB 40
#define ST_TRANSB 48
#define ST_BATCH 56
#define ST_STRIDES 64
#define ST_DEPTH 88
#define ST_PACKED 96
#define PANEL (STATE * BYTES)

// Packing: a row of B from (t0), which is a7 away from the next, and to the block at (t1), t2 away.
        .macro  pack_load b
        vle32.v \b, (t0)
        add     t0, t0, a7
        .endm
        .macro  pack_store b
        vse32.v \b, (t1)
        add     t1, t1, t2
        .endm
        .macro  eight op
        .irp    b, v0, v4, v8, v12, v16, v20, v24, v28
        \op     \b
        .endr
        .endm

function sgemm_full
        ld      t0, 24(sp)
        blez    t0, .Lnothing
        blez    a3, .Lnothing
        blez    a4, .Lnothing
        save    12, 2, ra
        ld      ra, FRAME + 56(sp)
        factor_from fs0, fa0
        factor_from fa7, fa1
        sd      t0, ST_BATCH(ra)
        sd      a0, ST_A(ra)
        sd      a1, ST_B(ra)
        sd      a2, ST_C(ra)
        sd      a4, ST_N(ra)
        sd      a5, ST_K(ra)
        slli    a7, a7, LOG2_BYTES
        sd      a7, ST_LDB(ra)
        ld      t0, FRAME + 16(sp)
        sd      t0, ST_TRANSB(ra)
        ld      t1, FRAME + 32(sp)
        ld      t2, FRAME + 40(sp)
        ld      t3, FRAME + 48(sp)
        slli    t1, t1, LOG2_BYTES
        slli    t2, t2, LOG2_BYTES
        slli    t3, t3, LOG2_BYTES
        sd      t1, ST_STRIDES(ra)
        sd      t2, ST_STRIDES + 8(ra)
        sd      t3, ST_STRIDES + 16(ra)
        ld      t1, FRAME + 64(sp)
        li      t2, PACK_ROWS
        bge     a3, t2, 1f
        bnez    t0, 1f
        mv      t1, a5                  // B in place: one block of any depth
        li      t0, 0
        j       2f
1:      li      t0, 1
2:      sd      t1, ST_DEPTH(ra)
        sd      t0, ST_PACKED(ra)
        ld      s3, FRAME + 0(sp)
        slli    s3, s3, LOG2_BYTES
        slli    a6, a6, LOG2_BYTES
        li      s11, BYTES
        ld      t0, FRAME + 8(sp)
        beqz    t0, .Lmatrix
        mv      s11, a6                 // transposed: the distances change roles
        li      a6, BYTES

.Lmatrix:
        ld      a0, ST_A(ra)
        ld      s10, ST_K(ra)
        factor_copy fs1, fa7
.Lblock:
        ld      a5, ST_DEPTH(ra)
        blt     a5, s10, 1f
        mv      a5, s10
1:      ld      a2, ST_C(ra)
        ld      s6, ST_N(ra)
        ld      s9, ST_B(ra)
        ld      t0, ST_K(ra)
        sub     t0, t0, s10             // rows of B that are done
        ld      t1, ST_LDB(ra)
        ld      t2, ST_TRANSB(ra)
        beqz    t2, 2f
        li      t1, BYTES
2:      mul     t0, t0, t1
        add     s9, s9, t0

.Lstrip:
        vsetvli a4, s6, e32, m4, ta, ma
        mv      a1, s9
        ld      a7, ST_LDB(ra)
        ld      t0, ST_PACKED(ra)
        beqz    t0, .Lin_place
        blez    a5, .Lin_place
        slli    t2, a4, LOG2_BYTES
        addi    a1, ra, PANEL
        mv      t1, a1
        mv      t0, s9
        mv      t3, a5
        li      t4, 8
        ld      t5, ST_TRANSB(ra)
        bnez    t5, 3f
        blt     t3, t4, 2f
1:      eight   pack_load               // all loads first: a row of B in main memory is waited for once in eight
        eight   pack_store
        addi    t3, t3, -8
        bge     t3, t4, 1b
        beqz    t3, 4f
2:      pack_load v0
        pack_store v0
        addi    t3, t3, -1
        bnez    t3, 2b
        j       4f
3:      vlse32.v v0, (t0), a7           // a column of the stored B is a row of the block
        addi    t0, t0, BYTES
        pack_store v0
        addi    t3, t3, -1
        bnez    t3, 3b
4:      mv      a7, t2
.Lin_place:
        all_rows

        slli    t0, a4, LOG2_BYTES
        add     a2, a2, t0
        ld      t1, ST_TRANSB(ra)
        beqz    t1, 1f
        ld      t0, ST_LDB(ra)
        mul     t0, t0, a4
1:      add     s9, s9, t0
        sub     s6, s6, a4
        bgtz    s6, .Lstrip

        mul     t0, a5, s11
        add     a0, a0, t0
        sub     s10, s10, a5
        factor_one fs1, t0
        bgtz    s10, .Lblock

        ld      t0, ST_A(ra)
        ld      t1, ST_STRIDES(ra)
        add     t0, t0, t1
        sd      t0, ST_A(ra)
        ld      t0, ST_B(ra)
        ld      t1, ST_STRIDES + 8(ra)
        add     t0, t0, t1
        sd      t0, ST_B(ra)
        ld      t0, ST_C(ra)
        ld      t1, ST_STRIDES + 16(ra)
        add     t0, t0, t1
        sd      t0, ST_C(ra)
        ld      t0, ST_BATCH(ra)
        addi    t0, t0, -1
        sd      t0, ST_BATCH(ra)
        bnez    t0, .Lmatrix
        restore 12, 2, ra
.Lnothing:
        ret
end_function sgemm_full
