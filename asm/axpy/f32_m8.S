/*
 * void saxpy(long n, float a, const float *x, float *y)
 *
 * y += a x for any n; the tuned variant: two strips of LMUL 8 in flight, which take up the whole register file. a = 0 is not
 * special: 0 times infinity is NaN.
 *
 * Blocking:   x [== even ==|== odd ==]   v0    v8      Both strips are loaded before either is stored: on machines with one
 *             y [== even ==|== odd ==]   v16   v24     port for vector memory, loads and stores change places half as often.
 *
 * Whole pairs of strips run at the vl that was set once; what is left takes one strip at a time.
 * What fits a single strip is done first thing, for the sake of short vectors.
 *
 * Registers:  a0 elements left   a1 x strip   a2 y strip   fa0 a   t0 VLMAX or vl   t1 its bytes   t2 two strips
 *             t3 x of the odd strip   t4 y of the odd strip
 *
 * Bound: memory; 12 bytes move for each multiply-add.
 */
#include "function.inc"

function saxpy
        blez    a0, .Ldone
        vsetvli t0, a0, e32, m8, ta, ma
        bne     t0, a0, .Lmany
        vle32.v v0, (a1)
        vle32.v v16, (a2)
        vfmacc.vf v16, fa0, v0
        vse32.v v16, (a2)
.Ldone:
        ret

.Lmany:
        vsetvli t0, zero, e32, m8, ta, ma
        slli    t1, t0, 2
        slli    t2, t0, 1
        blt     a0, t2, .Lstrip
.Lpair:
        add     t3, a1, t1
        add     t4, a2, t1
        vle32.v v0, (a1)
        vle32.v v16, (a2)
        vle32.v v8, (t3)
        vle32.v v24, (t4)
        vfmacc.vf v16, fa0, v0
        vfmacc.vf v24, fa0, v8
        vse32.v v16, (a2)
        vse32.v v24, (t4)
        sub     a0, a0, t2
        add     a1, t3, t1
        add     a2, t4, t1
        bge     a0, t2, .Lpair
        beqz    a0, .Ldone
.Lstrip:
        vsetvli t0, a0, e32, m8, ta, ma
        vle32.v v0, (a1)
        vle32.v v16, (a2)
        vfmacc.vf v16, fa0, v0
        vse32.v v16, (a2)
        sub     a0, a0, t0
        slli    t1, t0, 2
        add     a1, a1, t1
        add     a2, a2, t1
        bnez    a0, .Lstrip
        ret
end_function saxpy
