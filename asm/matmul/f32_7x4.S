/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). The tuned variant: tiles of 7 rows by one LMUL 4 group of columns held in registers.
 *
 * Blocking:        B   strip: up to VLMAX(e32,m4) columns        for each strip
 *                k [==== lo ====|==== hi ====]                     for each block of K (mostly one: matmul_depth.inc)
 *      A    k         |              |                               for each tile of rows
 *    m [----->]  C [=========|=========]  v28 v30   row 0               for each k:  load a row of B,
 *      [----->]    [=========|=========]  v24 v26   row 1                 each A[m+i][k] times it
 *       ...              ...                         ...          7 rows use each element of B that is loaded,
 *      [----->]    [=========|=========]  v4  v6    row 6          a whole strip uses each element of A
 *
 * Layout: seven LMUL 4 accumulators leave four registers for B. One LMUL 4 group there would make every load of B wait until
 * the last vfmacc of the step before has read it, with the multiplier idle meanwhile, on all machines that do not rename
 * vector registers. So the next row of B always lands beside the one in use:
 *   7 rows, wide strip     the strip is cut into two LMUL 2 halves, lo in v0 and hi in v2: lo is reloaded while hi is
 *                          multiplied and the other way round.      2 vle32 + 7 flw + 14 vfmacc (LMUL 2) a step
 *   7 rows, narrow strip   one half holds all columns: v0 for even steps, v2 for odd.  1 vle32 + 7 flw + 7 vfmacc (LMUL 2)
 *   1..6 rows              v4..v7 is free: v0 and v4 take turns.                      1 vle32 + r flw + r vfmacc (LMUL 4)
 * A strip of odd width is cut into overlapping halves: their common column is computed and stored twice, with the same bits.
 * Rows: tiles of 7 while 14 or more are left; 8..13 are shared out over two tiles of 4..7 (no lone last row); 1..6 are one.
 * Scalars: each flw of the next step directly follows the vfmacc that frees its register, a whole step ahead of its use. A wide strip
 * loads those of two steps side by side: rows of A a power of two apart share a set of the cache, and a line that is gone after
 * one use is fetched for every two steps instead of every one.
 * Loads of B stand behind the second vfmacc: early enough for their data, late enough for the last reader of their target.
 *
 * Registers:  a0 A            a1 B strip      a2 C strip      a3 M            a4 columns left   a5 K
 *             a6 lda bytes    a7 ldb bytes    s3 ldc bytes    t0..t6 A[m+i] + k of row i of the tile
 *             s0 A tile       s1 C tile       s2 rows left    s4 B row in flight   s5 t0 at k = K-1
 *             s6 strip width  s7 bytes from lo to hi          s8 scratch      s9 VLMAX(e32,m2)  s10 rows of the tile
 *             s11 rows of K before this block, ra behind it, a5 in it (matmul_depth.inc)
 *             row i: scalar fa_i and, in every second step of a wide strip, ft_i; accumulator v(28 - 4i) and, in a wide strip, v(30 - 4i)
 *
 * Bound: the multiplier, 7 vfmacc a load. B is read ceil(M / 7) times, A once for each strip, C once for each block behind the first.
 */
#ifndef LOG2_BYTES                      // f64_7x4.S renames the element type and includes this file
#define LOG2_BYTES 2
#endif
#define BYTES (1 << LOG2_BYTES)

#include "function.inc"
#include "matmul_rows.inc"
#include "matmul_tiles.inc"
#include "matmul_turns.inc"
#include "matmul_depth.inc"

        .macro  load_sum_hi i, lo, hi, none:vararg
        vle32.v \hi, (s8)
        add     s8, s8, s3
        .endm
        .macro  store_hi i, lo, hi, none:vararg
        vse32.v \hi, (s8)
        add     s8, s8, s3
        .endm

        .macro  load_hi i, b
        .if     \i == LOAD_AT
        add     s8, s4, s7
        vle32.v \b, (s8)
        .endif
        .endm

// The factors of two steps, and of the second one.
        .macro  scalar_pair i, lo, hi, offset
        flw     fa\i, \offset(t\i)
        flw     ft\i, \offset + BYTES(t\i)
        .endm
        .macro  scalar_second i, lo, hi, offset
        flw     ft\i, \offset(t\i)
        .endm

// One step of k of a wide strip, in two halves: the first of a pair, the second, and the second of the last pair.
        .macro  first_lo_row i, lo, hi, none:vararg
        vfmacc.vf \lo, fa\i, v0
        load_hi \i, v2
        .endm
        .macro  first_hi_row i, lo, hi, none:vararg
        vfmacc.vf \hi, fa\i, v2
        load_next \i, v0
        .endm
        .macro  opening_hi_row i, lo, hi, none:vararg
        vfmacc.vf \hi, fa\i, v2
        scalar_second \i, \lo, \hi, BYTES
        load_next \i, v0
        .endm
        .macro  second_lo_row i, lo, hi, none:vararg
        vfmacc.vf \lo, ft\i, v0
        load_hi \i, v2
        .endm
        .macro  second_hi_row i, lo, hi, none:vararg
        vfmacc.vf \hi, ft\i, v2
        scalar_pair \i, \lo, \hi, 2 * BYTES
        addi    t\i, t\i, 2 * BYTES
        load_next \i, v0
        .endm
        .macro  last_hi_row i, lo, hi, none:vararg
        vfmacc.vf \hi, ft\i, v2
        store   \i, \lo, \hi
        .endm

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

.Lstrip:                                // s6 = min(columns left, VLMAX of LMUL 4); s7 = the floor of half of it
        slli    s6, s9, 1
        blt     s6, a4, 1f
        mv      s6, a4
1:      srli    s7, s6, 1
        slli    s7, s7, LOG2_BYTES
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
        add     t4, t3, a6
        add     t5, t4, a6
        add     t6, t5, a6

        choose_tile s2, s10, s8
        tile    1, m4, v0, v4, 0
.Ltile_2:
        tile    2, m4, v0, v4, 0
.Ltile_3:
        tile    3, m4, v0, v4, 0
.Ltile_4:
        tile    4, m4, v0, v4, 1
.Ltile_5:
        tile    5, m4, v0, v4, 1
.Ltile_6:
        tile    6, m4, v0, v4, 1
.Ltile_7:
        bgt     s6, s9, .Lwide
        tile    7, m2, v0, v2, 1

.Lwide:
        addi    s8, s6, 1
        srli    s8, s8, 1
        vsetvli zero, s8, e32, m2, ta, ma
        rows    clear
        rows    clear_hi
        bnez    s11, 7f
        vle32.v v0, (s4)
6:      addi    s5, s5, -BYTES          // t0 at the last pair
        andi    s8, a5, 1
        bnez    s8, 9f
        rows    scalar, 0
        rows    first_lo_row
        rows    opening_hi_row
        bne     t0, s5, 2f
        j       4f
9:      rows    scalar_second, 0        // an odd number of steps: the first one as the second of a pair
        rows    advance, -BYTES
        bne     t0, s5, 2f
        j       4f
7:      bltz    s11, 5f
        vle32.v v0, (s4)
        addi    s8, s11, -1
        beqz    s8, 8f
        mv      s8, s1                  // what the blocks before have summed
        rows    load_sum
        add     s8, s1, s7
        rows    load_sum_hi
8:      beqz    ra, 6b
        addi    s5, s5, BYTES           // t0 behind the block, whose last loads are the next one's
        rows    scalar_pair, 0
1:      rows    first_lo_row
        rows    first_hi_row
2:      rows    second_lo_row
        rows    second_hi_row
        bne     t0, s5, 1b
        bnez    ra, 5f
3:      rows    first_lo_row
        rows    first_hi_row
4:      rows    second_lo_row
        mv      s8, s1
        rows    last_hi_row             // lo is stored while hi is still multiplied
        j       6f
5:      mv      s8, s1
        rows    store
6:      add     s8, s1, s7
        rows    store_hi

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
