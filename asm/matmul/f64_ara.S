/*
 * void dgemm(const double *A, const double *B, double *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * The instruction order of the fmatmul benchmark that Ara was measured with, so that a machine model can be compared with
 * those measurements; for work, take f64_7x4.S. K even, M a multiple of the tile's rows R, any N.
 *
 * Blocking: R rows by one register group, chosen by M as that benchmark does; R x LMUL is always 16, so that the
 * accumulators fill v0..v15 and rows live at every LMUL-th register.
 *
 *     M  <= 4: R 4, LMUL 4    <= 8: R 8, LMUL 2    <= 64: R 16, LMUL 1    <= 128: R 8, LMUL 2    above: R 4, LMUL 4
 *
 *                B   strip: vl = min(columns left, VLMAX)         for each strip
 *              k [==========]                                       for each R rows
 *     A    k        |                                                 for each k:  vfmacc, fld (down a column of A), vle64 of
 *   m [----->]   C [==========]  v0     row 0                           the next row of B, then R-1 times vfmacc, fld
 *     [----->]     [==========]  vLMUL  row 1
 *
 * Registers:  a0 A           a1 B strip       a2 C strip       a3 M           a4 columns left  a5 K
 *             a6 lda bytes   a7 ldb bytes     t0 ldc bytes     t1 vl          t2 rows left
 *             t3 A tile      t4 C tile        t5 A column      t6 end of A row 0               s0 A element   s1 B row
 *             row at v_j: scalar f_j          v16, v20: rows k and k+1 of B, in turns
 *
 * Bound: the multiplier, R vfmacc a load, while vl is long enough to cover the issue of vfmacc and fld.
 */
#include "function.inc"

// `op` on every row: the number j of its first register (and of its scalar), further arguments.
        .macro  rows op, args:vararg
        \op     0, \args
        other_rows \op, \args
        .endm

        .macro  other_rows op, args:vararg
        .irp    j, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        .if     \j % LMUL == 0
        \op     \j, \args
        .endif
        .endr
        .endm

        .macro  clear j, none:vararg
        vmv.v.i v\j, 0
        .endm
        .macro  scalar j, none:vararg
        fld     f\j, 0(s0)
        add     s0, s0, a6
        .endm
        .macro  fma_next j, b
        vfmacc.vf v\j, f\j, \b
        scalar  \j
        .endm
        .macro  fma_store j, b
        vfmacc.vf v\j, f\j, \b
        vse64.v v\j, (s0)
        add     s0, s0, t0
        .endm

        .macro  step b, next_b
        addi    t5, t5, 8
        mv      s0, t5
        fma_next 0, \b
        vle64.v \next_b, (s1)
        add     s1, s1, a7
        other_rows fma_next, \b
        .endm

// All strips with tiles of 16/lmul rows. The last step stores each row behind its vfmacc.
        .macro  matmul lmul
        .set    LMUL, \lmul
1:      vsetvli t1, a4, e64, m\lmul, ta, ma
        mv      t2, a3
        mv      t3, a0
        mv      t4, a2
2:      rows    clear
        mv      s1, a1
        vle64.v v16, (s1)
        add     s1, s1, a7
        mv      t5, t3
        mv      s0, t5
        rows    scalar
        slli    t6, a5, 3
        add     t6, t6, t3
        addi    t6, t6, -8
3:      step    v16, v20
        beq     t5, t6, 4f
        step    v20, v16
        j       3b
4:      mv      s0, t4
        rows    fma_store, v20
        li      s1, 16 / LMUL
        mul     s0, s1, a6
        add     t3, t3, s0
        mul     s0, s1, t0
        add     t4, t4, s0
        sub     t2, t2, s1
        bnez    t2, 2b
        slli    s0, t1, 3
        add     a1, a1, s0
        add     a2, a2, s0
        sub     a4, a4, t1
        bnez    a4, 1b
        j       .Ldone
        .endm

function dgemm
        ld      t0, 0(sp)               // the ninth argument
        blez    a3, .Lnothing
        blez    a4, .Lnothing
        save    2, 2                    // f8 and f9 are fs0 and fs1
        slli    a6, a6, 3
        slli    a7, a7, 3
        slli    t0, t0, 3
        li      t1, 4
        ble     a3, t1, .Lm4
        li      t1, 8
        ble     a3, t1, .Lm2
        li      t1, 64
        ble     a3, t1, .Lm1
        li      t1, 128
        ble     a3, t1, .Lm2
.Lm4:
        matmul  4
.Lm2:
        matmul  2
.Lm1:
        matmul  1
.Ldone:
        restore 2, 2
.Lnothing:
        ret
end_function dgemm
