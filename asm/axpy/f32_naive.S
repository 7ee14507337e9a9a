/*
 * void saxpy(long n, float a, const float *x, float *y)
 *
 * y += a x for any n; the plain variant: one register at a time, nothing overlapped by hand. a = 0 is not special: 0 times
 * infinity is NaN.
 *
 * Blocking:  x and y in strips of VLMAX(e32,m1), each: 2 vle32 + 1 vfmacc + 1 vse32.
 *
 * Registers: a0 elements left   a1 x strip   a2 y strip   fa0 a   t0 vl, then its bytes   v0 x   v8 y
 *
 * Bound: memory; 12 bytes move for each multiply-add.
 */
#include "function.inc"

function saxpy
        blez    a0, .Ldone
.Lstrip:
        vsetvli t0, a0, e32, m1, ta, ma
        vle32.v v0, (a1)
        vle32.v v8, (a2)
        vfmacc.vf v8, fa0, v0
        vse32.v v8, (a2)
        sub     a0, a0, t0
        slli    t0, t0, 2
        add     a1, a1, t0
        add     a2, a2, t0
        bnez    a0, .Lstrip
.Ldone:
        ret
end_function saxpy
