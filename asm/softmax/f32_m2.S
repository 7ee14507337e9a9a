/*
 * void ssoftmax(const float *X, float *Y, long M, long N, long ldx, long ldy)
 *
 * Each row of Y = exp(x - max) / sum of exp(x - max), for row-major X and Y (M x N); ldx and ldy are the distances between rows
 * in elements. Any M, N. A row with a NaN or +infinity is all NaN, as is one of -infinities only.
 * The tuned variant: LMUL 2, the widest at which exp and its constants fit the register file.
 *
 * Blocking:   row [====|====|==]   1. the maximum           1 vle32, 1 vfmax
 *                                  2. exp and its sum       1 vle32, 1 vse32, 24 vector instructions
 *                                  3. times 1 / sum         1 vle32, 1 vfmul, 1 vse32
 * Partial maxima and sums are as many as the first strip, the longest, has elements; a shorter last strip leaves those behind
 * its end as they are (tu).
 *
 * Registers:  a0 X row   a1 Y row   a2 rows left   a3 N   a4 ldx bytes   a5 ldy bytes
 *             t0 elements left   t1 X strip   t2 Y strip   t3 vl, then its bytes   t5 127
 *             ft0 maximum   ft1..ft5 of exp.inc   ft6 1 / sum   ft7 1   ft8 -infinity
 *             v0 mask   v2 strip   v4, v6 scratch   v8 exp   v10 partial maxima or sums   v12 their result   v22..v31 of exp.inc
 *
 * Bound: the arithmetic of exp, 22 FLOP in 19 instructions an element.
 */
#include "function.inc"
#include "exp.inc"

#ifndef LMUL                            // f32_naive.S sets another one and includes this file
#define LMUL m2
#endif

        .macro  start_row
        mv      t0, a3
        mv      t1, a0
        mv      t2, a1
        .endm

        .macro  next_strip again
        sub     t0, t0, t3
        slli    t3, t3, 2
        add     t1, t1, t3
        add     t2, t2, t3
        bnez    t0, \again
        .endm

function ssoftmax
        blez    a2, .Ldone
        blez    a3, .Ldone
        slli    a4, a4, 2
        slli    a5, a5, 2
        vsetvli t3, a3, e32, LMUL, ta, ma
        exp_constants t0
        float   ft7, 0x3f800000, t0
        float   ft8, 0xffffffffff800000, t0
        li      t5, 127

.Lrow:
        vsetvli t3, a3, e32, LMUL, ta, ma
        vfmv.v.f v10, ft8
        start_row
.Lmaximum:
        vsetvli t3, t0, e32, LMUL, tu, ma
        vle32.v v2, (t1)
        vfmax.vv v10, v10, v2
        next_strip .Lmaximum
        vsetvli t3, a3, e32, LMUL, ta, ma
        vfmv.s.f v12, ft8
        vfredmax.vs v12, v10, v12
        vfmv.f.s ft0, v12

        vmv.v.i v10, 0
        start_row
#ifdef PAIRS                            // f32_2xm2.S defines it: two strips at a time while there are two
        vmv.v.i v20, 0
        slli    t4, t3, 1
        slli    t6, t3, 2
        blt     t0, t4, .Lexp
.Lpair:
        add     a6, t1, t6
        add     a7, t2, t6
        vle32.v v2, (t1)
        vle32.v v12, (a6)
        vfsub.vf v2, v2, ft0
        vfsub.vf v12, v12, ft0
        exponential_pair v2, v4, v6, v8, v12, v14, v16, v18, t5
        vse32.v v8, (t2)
        vse32.v v18, (a7)
        vfadd.vv v10, v10, v8
        vfadd.vv v20, v20, v18
        sub     t0, t0, t4
        add     t1, a6, t6
        add     t2, a7, t6
        bge     t0, t4, .Lpair
        vfadd.vv v10, v10, v20
        beqz    t0, .Lsum
#endif
.Lexp:
        vsetvli t3, t0, e32, LMUL, tu, ma
        vle32.v v2, (t1)
        vfsub.vf v2, v2, ft0
        exponential v2, v4, v6, v8, t5
        vse32.v v8, (t2)
        vfadd.vv v10, v10, v8
        next_strip .Lexp
.Lsum:
        vsetvli t3, a3, e32, LMUL, ta, ma
        vmv.s.x v12, zero
        vfredusum.vs v12, v10, v12
        vfmv.f.s ft6, v12
        fdiv.s  ft6, ft7, ft6

        start_row
.Lscale:
        vsetvli t3, t0, e32, LMUL, ta, ma
        vle32.v v2, (t2)
        vfmul.vf v2, v2, ft6
        vse32.v v2, (t2)
        next_strip .Lscale

        add     a0, a0, a4
        add     a1, a1, a5
        addi    a2, a2, -1
        bnez    a2, .Lrow
.Ldone:
        ret
end_function ssoftmax
