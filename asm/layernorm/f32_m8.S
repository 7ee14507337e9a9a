/*
 * void slayernorm(const float *X, const float *gamma, const float *beta, float *Y, long M, long N, long ldx, long ldy, float eps)
 *
 * Each row of Y = (x - mean) / sqrt(variance + eps) * gamma + beta, for row-major X and Y (M x N) and gamma, beta of N elements;
 * ldx and ldy are the distances between rows in elements. Any M, N. A row with a NaN or an infinity is all NaN.
 * The tuned variant: LMUL 8, four groups being all that is needed.
 *
 * Blocking:   row [====|====|==]   1. the sum               1 vle32, 1 vfadd
 *                                  2. of (x - mean)^2       1 vle32, 1 vfsub, 1 vfmacc
 *                                  3. the result            3 vle32, 1 vfsub, 1 vfmul, 1 vfmadd, 1 vse32
 * The mean is taken off before squaring: E(x^2) - mean^2 would cancel. Partial sums are as many as the first strip, the longest,
 * has elements; a shorter last strip leaves those behind its end as they are (tu).
 *
 * Registers:  a0 X row   a1 gamma   a2 beta   a3 Y row   a4 rows left   a5 N   a6 ldx bytes   a7 ldy bytes   fa0 eps
 *             t0 elements left   t1 X strip   t2 gamma strip   t3 beta strip   t4 Y strip   t5 vl, then its bytes
 *             ft0 mean   ft1 N   ft2 1 / sqrt(variance + eps)   ft3 1
 *             v0 strip   v8 partial sums   v16 gamma, sum   v24 beta
 *
 * Bound: memory; X is read three times, 8 FLOP an element.
 */
#include "function.inc"

#ifndef LMUL                            // f32_naive.S sets another one and includes this file
#define LMUL m8
#endif

// Mean of the N values whose partial sums are in v8.
        .macro  mean_of_sums register
        vsetvli t5, a5, e32, LMUL, ta, ma
        vmv.s.x v16, zero
        vfredusum.vs v16, v8, v16
        vfmv.f.s \register, v16
        fdiv.s  \register, \register, ft1
        vmv.v.i v8, 0
        .endm

        .macro  next_strip again
        sub     t0, t0, t5
        slli    t5, t5, 2
        add     t1, t1, t5
        bnez    t0, \again
        mv      t0, a5
        mv      t1, a0
        .endm

function slayernorm
        blez    a4, .Ldone
        blez    a5, .Ldone
        slli    a6, a6, 2
        slli    a7, a7, 2
        fcvt.s.l ft1, a5
        li      t0, 1
        fcvt.s.l ft3, t0
        vsetvli t5, a5, e32, LMUL, ta, ma
        vmv.v.i v8, 0

.Lrow:
        mv      t0, a5
        mv      t1, a0
.Lsum:
        vsetvli t5, t0, e32, LMUL, tu, ma
        vle32.v v0, (t1)
        vfadd.vv v8, v8, v0
        next_strip .Lsum
        mean_of_sums ft0

.Lvariance:
        vsetvli t5, t0, e32, LMUL, tu, ma
        vle32.v v0, (t1)
        vfsub.vf v0, v0, ft0
        vfmacc.vv v8, v0, v0
        next_strip .Lvariance
        mean_of_sums ft2
        fadd.s  ft2, ft2, fa0
        fsqrt.s ft2, ft2
        fdiv.s  ft2, ft3, ft2

        mv      t2, a1
        mv      t3, a2
        mv      t4, a3
.Lnormalise:
        vsetvli t5, t0, e32, LMUL, ta, ma
        vle32.v v0, (t1)
        vle32.v v16, (t2)
        vle32.v v24, (t3)
        vfsub.vf v0, v0, ft0
        vfmul.vf v0, v0, ft2
        vfmadd.vv v0, v16, v24
        vse32.v v0, (t4)
        sub     t0, t0, t5
        slli    t5, t5, 2
        add     t1, t1, t5
        add     t2, t2, t5
        add     t3, t3, t5
        add     t4, t4, t5
        bnez    t0, .Lnormalise

        add     a0, a0, a6
        add     a3, a3, a7
        addi    a4, a4, -1
        bnez    a4, .Lrow
.Ldone:
        ret
end_function slayernorm
