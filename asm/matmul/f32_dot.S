/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). Each element of C is a dot product: the textbook's order, and what a compiler makes of three
 * loops with the sum innermost. It is here to be compared with: columns of B are strided, and every element pays a reduction.
 *
 * Blocking:          B     n
 *                  k  ...|=|...      for each row m
 *      A    k            |=|           for each column n
 *    m [=====>]    C  ...[.]...          for each chunk of k: 1 vle32, 1 vlse32, 1 vfmacc.vv;  1 vfredusum, 1 fsw
 *
 * Registers: a0 A row       a1 B             a2 C row       a3 rows left     a4 N          a5 K
 *            a6 lda bytes   a7 ldb bytes     t0 ldc bytes   t1 k left        t2 A chunk    t3 B chunk
 *            t4 vl          t5 columns left  t6 C element   s0 B column      s1 scratch
 *            v0 partial sums                 v4 chunk of A  v8 chunk of B    v12, ft0 the sum
 *
 * Bound: the path of strided loads, one element of B for each product.
 */
#include "function.inc"

#ifndef LOG2_BYTES                      // f64_dot.S renames the element type and includes this file
#define LOG2_BYTES 2
#endif
#define BYTES (1 << LOG2_BYTES)

function sgemm
        ld      t0, 0(sp)               // the ninth argument
        blez    a3, .Lnothing
        blez    a4, .Lnothing
        save    2
        slli    a6, a6, LOG2_BYTES
        slli    a7, a7, LOG2_BYTES
        slli    t0, t0, LOG2_BYTES
.Lrow:
        mv      t5, a4
        mv      t6, a2
        mv      s0, a1
.Lelement:
        vsetvli s1, zero, e32, m4, ta, ma
        vmv.v.i v0, 0
        mv      t1, a5
        mv      t2, a0
        mv      t3, s0
        blez    t1, 2f
1:      vsetvli t4, t1, e32, m4, tu, ma
        vle32.v v4, (t2)
        vlse32.v v8, (t3), a7
        vfmacc.vv v0, v4, v8
        slli    s1, t4, LOG2_BYTES
        add     t2, t2, s1
        mul     s1, t4, a7
        add     t3, t3, s1
        sub     t1, t1, t4
        bgtz    t1, 1b
2:      vsetvli s1, zero, e32, m4, ta, ma
        vmv.s.x v12, zero
        vfredusum.vs v12, v0, v12
        vfmv.f.s ft0, v12
        fsw     ft0, (t6)
        addi    t6, t6, BYTES
        addi    s0, s0, BYTES
        addi    t5, t5, -1
        bnez    t5, .Lelement
        add     a0, a0, a6
        add     a2, a2, t0
        addi    a3, a3, -1
        bnez    a3, .Lrow
        restore 2
.Lnothing:
        ret
end_function sgemm
