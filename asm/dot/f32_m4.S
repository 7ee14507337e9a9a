/*
 * void sdot(long n, const float *x, const float *y, float *result)
 *
 * *result = the sum of x[i] y[i], 0 for n <= 0; the tuned variant: two strips of LMUL 4 in flight, each with its own partial
 * sums, so that neither loads wait for readers nor sums for sums.
 *
 * Blocking:   x [= v0 =|= v8 =]      Pairs of whole strips run at the vl that was set once. What is left takes one strip at a
 *             y [= v4 =|= v12 =]     time; a short one leaves the partial sums behind its end as they are (tu).
 *                 |       |
 *               v16   +  v20   -> one sum
 *
 * What fits a single strip is done first thing, for the sake of short vectors.
 *
 * Registers:  a0 elements left   a1 x strip   a2 y strip   a3 result   t0 VLMAX or vl   t1 its bytes   t2 two strips
 *             t3 x of the odd strip   t4 y of the odd strip   v24 0, then the sum   ft0 the sum
 *
 * Bound: memory; 8 bytes move for each multiply-add.
 */
#include "function.inc"

function sdot
        blez    a0, .Lnothing
        vsetvli t0, a0, e32, m4, ta, ma
        bne     t0, a0, .Lmany
        vle32.v v0, (a1)
        vle32.v v4, (a2)
        vfmul.vv v16, v0, v4
.Lsum:
        vmv.s.x v24, zero
        vfredusum.vs v24, v16, v24
        vfmv.f.s ft0, v24
        fsw     ft0, 0(a3)
        ret

.Lmany:
        vsetvli t0, zero, e32, m4, ta, ma
        slli    t1, t0, 2
        slli    t2, t0, 1
        vmv.v.i v16, 0
        vmv.v.i v20, 0
        blt     a0, t2, .Lstrip
.Lpair:
        add     t3, a1, t1
        add     t4, a2, t1
        vle32.v v0, (a1)
        vle32.v v4, (a2)
        vle32.v v8, (t3)
        vle32.v v12, (t4)
        vfmacc.vv v16, v0, v4
        vfmacc.vv v20, v8, v12
        sub     a0, a0, t2
        add     a1, t3, t1
        add     a2, t4, t1
        bge     a0, t2, .Lpair
        beqz    a0, .Ladd
.Lstrip:
        vsetvli t0, a0, e32, m4, tu, ma
        vle32.v v0, (a1)
        vle32.v v4, (a2)
        vfmacc.vv v16, v0, v4
        sub     a0, a0, t0
        slli    t1, t0, 2
        add     a1, a1, t1
        add     a2, a2, t1
        bnez    a0, .Lstrip
.Ladd:
        vsetvli t0, zero, e32, m4, ta, ma
        vfadd.vv v16, v16, v20
        j       .Lsum
.Lnothing:
        sw      zero, 0(a3)
        ret
end_function sdot
