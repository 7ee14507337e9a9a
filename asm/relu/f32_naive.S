/*
 * void srelu(const float *x, float *y, long n)
 *
 * y = max(x, 0) for any n; the plain variant: one register at a time. NaN gives 0, as the maximum of IEEE 754-2019's
 * maximumNumber does; -0 gives +0.
 *
 * Blocking:  x in strips of VLMAX(e32,m1), each: 1 vle32 + 1 vfmax + 1 vse32.
 *
 * Registers: a0 x strip   a1 y strip   a2 elements left   ft0 0   t0 vl, then its bytes   v0 the strip
 *
 * Bound: memory; 8 bytes move for each element.
 */
#include "function.inc"

function srelu
        blez    a2, .Ldone
        fmv.w.x ft0, zero
.Lstrip:
        vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v0, (a0)
        vfmax.vf v0, v0, ft0
        vse32.v v0, (a1)
        sub     a2, a2, t0
        slli    t0, t0, 2
        add     a0, a0, t0
        add     a1, a1, t0
        bnez    a2, .Lstrip
.Ldone:
        ret
end_function srelu
