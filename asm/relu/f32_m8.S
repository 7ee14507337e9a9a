/*
 * void srelu(const float *x, float *y, long n)
 *
 * y = max(x, 0) for any n; the tuned variant: four strips of LMUL 8 in turn. NaN gives 0, as the maximum of IEEE 754-2019's
 * maximumNumber does; -0 gives +0.
 *
 * Blocking:   x [== v0 ==|== v8 ==]  loaded together, then stored together; the next pair uses v16 and v24, so that its
 *               [== v16 =|== v24 =]  loads need not wait until the stores have read their registers.
 *
 * Four whole strips at a time run at the vl that was set once; what is left takes one strip at a time.
 * What fits a single strip is done first thing, for the sake of short vectors.
 *
 * Registers:  a0 x strip   a1 y strip   a2 elements left   ft0 0   t0 VLMAX or vl   t1 its bytes   t2 four strips
 *             t3 second strip of x   t4 second strip of y
 *
 * Bound: memory; 8 bytes move for each element.
 */
#include "function.inc"

        .macro  pair first, second
        add     t3, a0, t1
        add     t4, a1, t1
        vle32.v \first, (a0)
        vle32.v \second, (t3)
        vfmax.vf \first, \first, ft0
        vfmax.vf \second, \second, ft0
        vse32.v \first, (a1)
        vse32.v \second, (t4)
        add     a0, t3, t1
        add     a1, t4, t1
        .endm

function srelu
        blez    a2, .Ldone
        fmv.w.x ft0, zero
        vsetvli t0, a2, e32, m8, ta, ma
        bne     t0, a2, .Lmany
        vle32.v v0, (a0)
        vfmax.vf v0, v0, ft0
        vse32.v v0, (a1)
.Ldone:
        ret

.Lmany:
        vsetvli t0, zero, e32, m8, ta, ma
        slli    t1, t0, 2
        slli    t2, t0, 2
        blt     a2, t2, .Lstrip
.Lfour:
        pair    v0, v8
        pair    v16, v24
        sub     a2, a2, t2
        bge     a2, t2, .Lfour
        beqz    a2, .Ldone
.Lstrip:
        vsetvli t0, a2, e32, m8, ta, ma
        vle32.v v0, (a0)
        vfmax.vf v0, v0, ft0
        vse32.v v0, (a1)
        sub     a2, a2, t0
        slli    t1, t0, 2
        add     a0, a0, t1
        add     a1, a1, t1
        bnez    a2, .Lstrip
        ret
end_function srelu
