/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for M = 1: a row times a matrix, what decoding one token of a language model consists of. B is row-major K x N, ldb the
 * distance between its rows in elements. Any N, K >= 0 (K = 0 clears C); M is taken for 1, lda and ldc do not matter.
 *
 * Blocking:       B  [====|====|====|== ]  row k        v4      for each 16 rows of B (the last ones: 4, then 1):
 *                    [====|====|====|== ]  row k + 1    v8        for each strip of columns:
 *                      ...                  ...                     1 load of C, 16 loads of B, 16 vfmacc, 1 store of C
 *                    [====|====|====|== ]  row k + 15   v8
 *                 C  [====|====|====|== ]               v0
 *
 * Every element of B is used once, so nothing counts but how B comes from memory: sixteen rows are read from their beginning to
 * their end, which is what prefetchers and open pages of memory like. A tile of columns, held in registers over all of K, would
 * read a small piece of each row and jump. C is visited K / 16 times for that; it stays in a cache.
 *
 * Registers:  a0 A       a1 B row     a2 C       a4 N        a5 K left    a7 ldb bytes    fa0..fa7, ft0..ft7 A[k .. k + 15]
 *             t0 strip of a row       t1 strip of the first row           t2 C strip      t3 columns left    t4 vl, then its bytes
 *             a3 not 0: C holds sums  a6 rows at a time                   v0 C            v4 v8 .. v28 in turns: rows of B
 *
 * Bound: memory, one element of B for each vfmacc; C adds a load and a store in sixteen.
 */
#include "function.inc"

#ifndef LOG2_BYTES                      // f64_gevm.S renames the element type and includes this file
#define LOG2_BYTES 2
#endif
#define BYTES (1 << LOG2_BYTES)

// `op` on each of N rows: its number, factor, register for B, and that of the row before it.
        .macro  rows op
        \op     0, fa0, v4, v28
        .if     N > 1
        \op     1, fa1, v8, v4
        \op     2, fa2, v12, v8
        \op     3, fa3, v16, v12
        .endif
        .if     N > 4
        \op     4, fa4, v20, v16
        \op     5, fa5, v24, v20
        \op     6, fa6, v28, v24
        \op     7, fa7, v4, v28
        \op     8, ft0, v8, v4
        \op     9, ft1, v12, v8
        \op     10, ft2, v16, v12
        \op     11, ft3, v20, v16
        \op     12, ft4, v24, v20
        \op     13, ft5, v28, v24
        \op     14, ft6, v4, v28
        \op     15, ft7, v8, v4
        .endif
        .endm
        .macro  factor i, f, b, other
        flw     \f, \i * BYTES(a0)
        .endm
        .macro  load b
        vle32.v \b, (t0)
        add     t0, t0, a7
        .endm
        .macro  load_first i, f, b, other
        .if     \i < 6
        load    \b
        .endif
        .endm
// Six rows are in flight. Row i + 6 goes where row i - 1 was, which has been used.
        .macro  fma i, f, b, other
        vfmacc.vf v0, \f, \b
        .if     \i + 6 < N
        load    \other
        .endif
        .endm

// All rows of B by n at a time, while there are so many.
        .macro  by n
        .set    N, \n
        li      a6, \n
        blt     a5, a6, 5f
6:      rows    factor
        addi    a0, a0, \n * BYTES
        mv      t1, a1
        mv      t2, a2
        mv      t3, a4
7:      vsetvli t4, t3, e32, m4, ta, ma
        mv      t0, t1
        beqz    a3, 8f
        vle32.v v0, (t2)                // the sums so far
        j       9f
8:      vmv.v.i v0, 0
9:      sub     t3, t3, t4
        slli    t4, t4, LOG2_BYTES
        add     t1, t1, t4
        rows    load_first
        rows    fma
        vse32.v v0, (t2)
        add     t2, t2, t4
        bnez    t3, 7b
        mul     t0, a6, a7
        add     a1, a1, t0
        li      a3, 1
        sub     a5, a5, a6
        bge     a5, a6, 6b
5:
        .endm

function sgemm
        blez    a4, .Lnothing
        slli    a7, a7, LOG2_BYTES
        li      a3, 0
        blez    a5, .Lclear
        by      16
        by      4
        by      1
.Lnothing:
        ret
.Lclear:
        vsetvli t4, a4, e32, m4, ta, ma
        vmv.v.i v0, 0
        vse32.v v0, (a2)
        sub     a4, a4, t4
        slli    t4, t4, LOG2_BYTES
        add     a2, a2, t4
        bnez    a4, .Lclear
        ret
end_function sgemm
