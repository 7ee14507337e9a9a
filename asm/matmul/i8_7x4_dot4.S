/*
 * void igemm_dot4(const int32_t *A, const int8_t *B, int32_t *C, long M, long N, long K, long lda, long ldb, long ldc,
 *                 int32_t *work)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements. Any M, N >= 0;
 * K >= 0 and lda are multiples of 4: A is M x K int8_t that is read, and aligned, by words of four. 8-bit signed factors, 32-bit
 * sums that wrap around, four products an instruction and lane: the draft Zvdot4a8i 0.1 (vdot4a.vx, which assemblers still call
 * vqdot.vx).
 * `work` is scratch of K / 4 x (VLMAX(e32,m4) + 2) elements for one packed strip of B.
 *
 * Blocking:         B   strip: up to VLMAX(e32,m4) columns, packed: a lane holds k..k+3 of its column
 *                k/4 [==== lo ====|==== hi ====]                  for each strip: pack
 *      A    k          |              |                             for each tile of rows:
 *    m [----->]  C [=========|=========]  v28 v30   row 0             for each four k:  load lo and hi of a packed row,
 *      [----->]    [=========|=========]  v24 v26   row 1               7 lw of A, 14 vdot4a (LMUL 2)
 *       ...              ...
 *      [----->]    [=========|=========]  v4  v6    row 6
 *
 * Layout: as f32_7x4.S, two halves of a strip take turns in v0 and v2. Packed, they lie one behind the other at equal distances;
 * of a strip of odd width, hi is one column narrower than its place. Scalars are loaded a step ahead, behind their last use.
 * Rows: shared out as in matmul_tiles.inc.
 *
 * Registers:  a0 A            a1 work         a2 C strip     a3 M           a4 columns left    a5 K / 4
 *             a6 lda          a7 bytes of a half             s9 ldc bytes   t0..t6 A[m+i] + k of row i of the tile
 *             s10 A tile      s11 C tile      ra rows left   s7 B row in flight                s8 steps left
 *             s0..s6 four factors of each row; scratch outside the loop     v28, v24 .. v4 and v30, v26 .. v6 sums
 *             The strip of B and ldb are kept in the arguments' places on the stack, where ldc and work came from.
 *
 * Bound: the multiplier, 14 vdot4a for 2 loads; packing interleaves B once for M / 7 uses.
 */
#include "function.inc"
#include "matmul_rows.inc"
#include "matmul_tiles.inc"

        .macro  quad i, lo, hi, none:vararg
        lw      s\i, (t\i)
        .endm
        .macro  dot_lo i, lo, hi, none:vararg
        vqdot.vx \lo, v0, s\i
        .if     \i == LOAD_AT
        add     s7, s7, a7
        vle32.v v2, (s7)
        .endif
        .endm
        .macro  dot_hi i, lo, hi, none:vararg
        vqdot.vx \hi, v2, s\i
        lw      s\i, 4(t\i)
        addi    t\i, t\i, 4
        .if     \i == LOAD_AT
        add     s7, s7, a7
        vle32.v v0, (s7)
        .endif
        .endm
        .macro  last_hi i, lo, hi, none:vararg
        vqdot.vx \hi, v2, s\i
        .endm
        .macro  put i, lo, hi, none:vararg
        vse32.v \lo, (s0)
        add     s0, s0, s9
        .endm
        .macro  put_hi i, lo, hi, none:vararg
        vse32.v \hi, (s0)
        add     s0, s0, s9
        .endm

        .macro  tile n, load_at
        .set    ROWS, \n
        .set    LOAD_AT, \load_at
        rows    clear
        rows    clear_hi
        blez    a5, 3f
        mv      s7, a1
        vle32.v v0, (s7)
        addi    s8, a5, -1
        rows    quad
        beqz    s8, 2f
1:      rows    dot_lo
        rows    dot_hi
        addi    s8, s8, -1
        bnez    s8, 1b
2:      rows    dot_lo
        rows    last_hi
3:      mv      s0, s11
        rows    put
        add     s0, s11, a7
        halves
        sub     s1, s2, s1
        vsetvli zero, s1, e32, m2, ta, ma
        rows    put_hi
        li      s0, \n
        j       .Lnext_tile
        .endm

// s2 = columns of the strip, s1 those of lo.
        .macro  halves
        vsetvli s2, zero, e32, m4, ta, ma
        blt     s2, a4, 9f
        mv      s2, a4
9:      addi    s1, s2, 1
        srli    s1, s1, 1
        .endm

// Four rows of s3 columns from s4 (ldb s6 apart), interleaved, to s5.
        .macro  pack_half
        vsetvli zero, s3, e8, m1, ta, ma
        mv      t0, s4
        vle8.v  v0, (t0)
        add     t0, t0, s6
        vle8.v  v1, (t0)
        add     t0, t0, s6
        vle8.v  v2, (t0)
        add     t0, t0, s6
        vle8.v  v3, (t0)
        vsseg4e8.v v0, (s5)
        add     s5, s5, a7
        .endm

function igemm_dot4
        ld      t0, 0(sp)               // the ninth argument
        blez    a3, .Lnothing
        blez    a4, .Lnothing
        save    12, 0, ra
        ld      t1, FRAME + 8(sp)
        sd      a1, FRAME + 0(sp)
        sd      a7, FRAME + 8(sp)
        mv      a1, t1
        slli    s9, t0, 2
        srli    a5, a5, 2

.Lstrip:
        halves
        slli    a7, s1, 2
        ld      t1, FRAME + 0(sp)
        ld      s6, FRAME + 8(sp)
        mv      s5, a1
        mv      t2, a5
        beqz    t2, 2f
1:      mv      s4, t1
        mv      s3, s1
        pack_half
        add     s4, t1, s1
        sub     s3, s2, s1
        pack_half
        slli    t0, s6, 2
        add     t1, t1, t0
        addi    t2, t2, -1
        bnez    t2, 1b
2:      mv      s10, a0
        mv      s11, a2
        mv      ra, a3

.Ltile:
        mv      t0, s10
        add     t1, t0, a6
        add     t2, t1, a6
        add     t3, t2, a6
        add     t4, t3, a6
        add     t5, t4, a6
        add     t6, t5, a6
        srli    s0, a7, 2
        vsetvli zero, s0, e32, m2, ta, ma
        choose_tile ra, s3, s1
        tile    1, 0
.Ltile_2:
        tile    2, 0
.Ltile_3:
        tile    3, 0
.Ltile_4:
        tile    4, 1
.Ltile_5:
        tile    5, 1
.Ltile_6:
        tile    6, 1
.Ltile_7:
        tile    7, 1

.Lnext_tile:                            // s0 rows are done
        mul     s1, s0, a6
        add     s10, s10, s1
        mul     s1, s0, s9
        add     s11, s11, s1
        sub     ra, ra, s0
        bgtz    ra, .Ltile

        halves
        ld      s0, FRAME + 0(sp)
        add     s0, s0, s2
        sd      s0, FRAME + 0(sp)
        slli    s0, s2, 2
        add     a2, a2, s0
        sub     a4, a4, s2
        bgtz    a4, .Lstrip
        restore 12, 0, ra
.Lnothing:
        ret
end_function igemm_dot4
