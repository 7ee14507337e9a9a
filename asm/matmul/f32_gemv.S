/*
 * void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
 *
 * C = A B for N = 1: a matrix times a column. Row-major A (M x K); element k of B lies at B[k ldb], element m of C at C[m ldc].
 * Any M, K >= 0 (K = 0 clears C); N is taken for 1.
 *
 * Blocking:               B  [x x x x x x | ...]  chunks of VLMAX(e32,m4)
 *                            k                               for each 4 rows:
 *      A   [=============]  row 0   v16 partial sums           for each chunk: 1 load of B, 4 loads of A, 4 vfmacc.vv
 *        m [=============]  row 1   v20                        4 sums of VLMAX partial sums
 *          [=============]  row 2   v24
 *          [=============]  row 3   v28             each element of A is used once, each of B by 4 rows
 *
 * The rows of A land in v4, v8 and v12 in turns, so that a load waits for the vfmacc three loads ago and not for the last.
 * The last 1..3 rows are done one at a time. Sums beyond the last chunk keep what they have (tail undisturbed).
 *
 * Registers:  a0 A row       a1 B             a2 C           a3 rows left      a5 K         a6 lda bytes
 *             a7 ldb bytes   t0 ldc bytes     t1 k left      t2 B chunk        t3 t4 t5 t6 A chunk of rows 0..3
 *             a4 vl          s0 bytes of a chunk             s1 VLMAX          s2 bytes of an element
 *             v0 chunk of B  v4, v8, v12 chunks of A         v16 v20 v24 v28 partial sums        ft0 a sum
 *
 * Bound: the load path, 5 loads for 4 vfmacc: A is read once and B ceil(M / 4) times.
 */
#include "function.inc"

#ifndef LOG2_BYTES                      // f64_gemv.S renames the element type and includes this file
#define LOG2_BYTES 2
#endif
#define BYTES (1 << LOG2_BYTES)

// The chunk of B: side by side or at a distance.
        .macro  load_b
        beq     a7, s2, 8f
        vlse32.v v0, (t2), a7
        mul     s0, a4, a7
        j       9f
8:      vle32.v v0, (t2)
        slli    s0, a4, LOG2_BYTES
9:      add     t2, t2, s0
        slli    s0, a4, LOG2_BYTES
        .endm
        .macro  row p, a, sum
        vle32.v \a, (\p)
        add     \p, \p, s0
        vfmacc.vv \sum, \a, v0
        .endm
// Partial sums are folded register on register, down to one, before they are reduced: a reduction takes far longer than an addition.
        .macro  fold sums:vararg
        vsetvli s1, zero, e32, m2, ta, ma
        .irp    sum, \sums
        fold_two \sum
        .endr
        vsetvli s1, zero, e32, m1, ta, ma
        .irp    sum, \sums
        fold_one \sum
        .endr
        vmv.s.x v0, zero
        .irp    sum, \sums
        vfredusum.vs v\sum, v\sum, v0
        .endr
        .irp    sum, \sums
        vfmv.f.s ft0, v\sum
        fsw     ft0, (a2)
        add     a2, a2, t0
        .endr
        .endm
        .macro  fold_two sum
        .if     \sum == 16
        vfadd.vv v16, v16, v18
        .elseif \sum == 20
        vfadd.vv v20, v20, v22
        .elseif \sum == 24
        vfadd.vv v24, v24, v26
        .else
        vfadd.vv v28, v28, v30
        .endif
        .endm
        .macro  fold_one sum
        .if     \sum == 16
        vfadd.vv v16, v16, v17
        .elseif \sum == 20
        vfadd.vv v20, v20, v21
        .elseif \sum == 24
        vfadd.vv v24, v24, v25
        .else
        vfadd.vv v28, v28, v29
        .endif
        .endm

function sgemm
        ld      t0, 0(sp)               // the ninth argument
        blez    a3, .Lnothing
        blez    a4, .Lnothing
        save    3
        slli    a6, a6, LOG2_BYTES
        slli    a7, a7, LOG2_BYTES
        slli    t0, t0, LOG2_BYTES
        li      s2, BYTES
        li      t1, 4
        blt     a3, t1, .Lone

.Lfour:
        mv      t3, a0
        add     t4, t3, a6
        add     t5, t4, a6
        add     t6, t5, a6
        add     a0, t6, a6
        mv      t2, a1
        mv      t1, a5
        vsetvli s1, zero, e32, m4, ta, ma
        vmv.v.i v16, 0
        vmv.v.i v20, 0
        vmv.v.i v24, 0
        vmv.v.i v28, 0
        blez    t1, 2f
1:      vsetvli a4, t1, e32, m4, tu, ma
        load_b
        row     t3, v4, v16
        row     t4, v8, v20
        row     t5, v12, v24
        row     t6, v4, v28
        sub     t1, t1, a4
        bgtz    t1, 1b
2:      fold    16, 20, 24, 28
        addi    a3, a3, -4
        li      t1, 4
        bge     a3, t1, .Lfour
        blez    a3, .Ldone

.Lone:
        mv      t3, a0
        add     a0, a0, a6
        mv      t2, a1
        mv      t1, a5
        vsetvli s1, zero, e32, m4, ta, ma
        vmv.v.i v16, 0
        blez    t1, 2f
1:      vsetvli a4, t1, e32, m4, tu, ma
        load_b
        row     t3, v4, v16
        sub     t1, t1, a4
        bgtz    t1, 1b
2:      fold    16
        addi    a3, a3, -1
        bgtz    a3, .Lone
.Ldone:
        restore 3
.Lnothing:
        ret
end_function sgemm
