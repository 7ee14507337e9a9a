/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for row-major A (M x K), B (K x N), C (M x N); lda, ldb, ldc are the distances between rows in elements.
 * Any M, N, K >= 0 (K = 0 clears C). The plain variant: one row of C at a time, no reuse of B, nothing overlapped by hand.
 *
 * Blocking:  C[m][n .. n+vl) stays in one LMUL 4 group while k runs over a row of A and a column strip of B.
 *
 *                 B   n..n+vl              for each strip of columns
 *               k [==========]               for each row m
 *     A    k        |                          for each k:  1 vle32 + 1 flw + 1 vfmacc
 *   m [====>]     C [==========]
 *
 * Registers: a0 A row      a1 B strip    a2 C strip        a3 M           a4 columns left   a5 K
 *            a6 lda bytes  a7 ldb bytes  t0 ldc bytes      t1 vl
 *            t2 rows left  t3 A element  t4 B row          t5 C row       t6 end of the A row
 *            ft0 A[m][k]   v0..v3 C      v4..v7 B[k]
 *
 * Bound: one load of B for each vfmacc, so the vector load path, not the multiplier: vl * 4 bytes a step.
 * The next load of B also waits until vfmacc has read v4 wherever registers are not renamed.
 */
#include "function.inc"

#ifndef LOG2_BYTES                      // f64_naive.S renames the element type and includes this file
#define LOG2_BYTES 2
#endif
#define BYTES (1 << LOG2_BYTES)

function sgemm
        ld      t0, 0(sp)               // the ninth argument
        blez    a3, .Ldone
        blez    a4, .Ldone
        slli    a6, a6, LOG2_BYTES
        slli    a7, a7, LOG2_BYTES
        slli    t0, t0, LOG2_BYTES

.Lstrip:
        vsetvli t1, a4, e32, m4, ta, ma
        mv      t2, a3
        mv      t3, a0
        mv      t5, a2
.Lrow:
        vmv.v.i v0, 0
        blez    a5, .Lstore
        mv      t4, a1
        slli    t6, a5, LOG2_BYTES
        add     t6, t3, t6
.Lk:
        vle32.v v4, (t4)
        flw     ft0, 0(t3)
        vfmacc.vf v0, ft0, v4
        addi    t3, t3, BYTES
        add     t4, t4, a7
        bne     t3, t6, .Lk
        slli    t6, a5, LOG2_BYTES
        sub     t3, t3, t6
.Lstore:
        vse32.v v0, (t5)
        add     t3, t3, a6
        add     t5, t5, t0
        addi    t2, t2, -1
        bnez    t2, .Lrow

        sub     a4, a4, t1
        slli    t1, t1, LOG2_BYTES
        add     a1, a1, t1
        add     a2, a2, t1
        bnez    a4, .Lstrip
.Ldone:
        ret
end_function sgemm
