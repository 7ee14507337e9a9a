/*
 * void stranspose(const float *A, float *B, long M, long N, long lda, long ldb)
 *
 * B (N x M) = the transpose of A (M x N), both row-major; lda and ldb are the distances between rows in elements. Any M, N.
 * The plain variant: a row of A becomes a column of B.
 *
 * Blocking:    A  m [== n ..n+vl ==]   ->   B  column m, rows n .. n+vl      1 vle32 + 1 vsse32 a strip
 *
 * Registers:   a0 A row   a1 B column   a2 rows left   a3 N   a4 lda bytes   a5 ldb bytes
 *              t0 columns left   t1 A strip   t2 B strip   t3 vl   t4 scratch   v0..v3 the strip
 *
 * Bound: the strided store, usually one element a cycle.
 */
#include "function.inc"

function stranspose
        blez    a2, .Ldone
        blez    a3, .Ldone
        slli    a4, a4, 2
        slli    a5, a5, 2
.Lrow:
        mv      t0, a3
        mv      t1, a0
        mv      t2, a1
.Lstrip:
        vsetvli t3, t0, e32, m4, ta, ma
        vle32.v v0, (t1)
        vsse32.v v0, (t2), a5
        sub     t0, t0, t3
        slli    t4, t3, 2
        add     t1, t1, t4
        mul     t4, t3, a5
        add     t2, t2, t4
        bnez    t0, .Lstrip
        add     a0, a0, a4
        addi    a1, a1, 4
        addi    a2, a2, -1
        bnez    a2, .Lrow
.Ldone:
        ret
end_function stranspose
