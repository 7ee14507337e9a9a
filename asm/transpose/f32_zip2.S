/*
 * void stranspose(const float *A, float *B, long M, long N, long lda, long ldb)
 *
 * B (N x M) = the transpose of A (M x N), both row-major; lda and ldb are the distances between rows in elements. Any M, N.
 * The tuned variant: two rows of A are zipped into 64-bit elements, so that one strided store writes two columns of B.
 *
 * Blocking:   A m    [ a0 a1 a2 .. ] v0                                 B n    [.. a0 b0 ..]
 *               m+1  [ b0 b1 b2 .. ] v2  -> v4 [ a0 b0 | a1 b1 | .. ]     n+1  [.. a1 b1 ..]    half the elements to store
 *
 * Zipping is arithmetic: a + b (vwaddu) plus (2^32 - 1) b (vwmaccu) is a + 2^32 b, which fits 64 bits.
 * Strips take turns in v0..v7 and v8..v15: loads need not wait until a store has read its registers.
 * A last single row, and all rows where B is not made of aligned doublewords (an odd ldb), take a strip of one column.
 *
 * Registers:   a0 A row   a1 B column   a2 rows left   a3 N   a4 lda bytes   a5 ldb bytes   a6 2^32 - 1   a7 B is aligned
 *              t0 columns left   t1 A strip   t2 B strip   t3 vl   t4 scratch   t5 second row of A
 *
 * Bound: the strided store, usually one element a cycle.
 */
#include "function.inc"

// One strip of two rows; ends the loop over strips after the last.
        .macro  pair first, second, zipped
        vsetvli t3, t0, e32, m2, ta, ma
        vle32.v \first, (t1)
        add     t5, t1, a4
        vle32.v \second, (t5)
        vwaddu.vv \zipped, \first, \second
        vwmaccu.vx \zipped, a6, \second
        vsse64.v \zipped, (t2), a5
        next_strip .Lnext_pair
        .endm

// One strip of one row.
        .macro  single strip
        vsetvli t3, t0, e32, m4, ta, ma
        vle32.v \strip, (t1)
        vsse32.v \strip, (t2), a5
        next_strip .Lnext_single
        .endm

        .macro  next_strip end
        sub     t0, t0, t3
        slli    t4, t3, 2
        add     t1, t1, t4
        mul     t4, t3, a5
        add     t2, t2, t4
        beqz    t0, \end
        .endm

function stranspose
        blez    a2, .Ldone
        blez    a3, .Ldone
        slli    a4, a4, 2
        slli    a5, a5, 2
        li      a6, -1
        srli    a6, a6, 32
        or      a7, a1, a5
        andi    a7, a7, 7
        seqz    a7, a7
.Lrow:
        mv      t0, a3
        mv      t1, a0
        mv      t2, a1
        slti    t4, a2, 2               // a single row is left
        bnez    t4, .Lsingle
        beqz    a7, .Lsingle
.Lpair:
        pair    v0, v2, v4
        pair    v8, v10, v12
        j       .Lpair
.Lnext_pair:
        add     a0, a0, a4
        add     a0, a0, a4
        addi    a1, a1, 8
        addi    a2, a2, -2
        bnez    a2, .Lrow
        ret
.Lsingle:
        single  v0
        single  v8
        j       .Lsingle
.Lnext_single:
        add     a0, a0, a4
        addi    a1, a1, 4
        addi    a2, a2, -1
        bnez    a2, .Lrow
.Ldone:
        ret
end_function stranspose
