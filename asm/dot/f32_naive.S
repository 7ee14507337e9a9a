/*
 * void sdot(long n, const float *x, const float *y, float *result)
 *
 * *result = the sum of x[i] y[i], 0 for n <= 0; the plain variant: one register at a time, added up once at the end.
 *
 * Blocking:  x and y in strips of VLMAX(e32,m1), each: 2 vle32 + 1 vfmacc into VLMAX partial sums. A short last strip leaves
 *            the partial sums behind its end as they are (tu).
 *
 * Registers: a0 elements left   a1 x strip   a2 y strip   a3 result   t0 vl, then its bytes
 *            v0 x   v8 y   v16 partial sums   v24 0, then their sum   ft0 the sum
 *
 * Bound: memory; 8 bytes move for each multiply-add. Each vfmacc waits for the one before.
 */
#include "function.inc"

function sdot
        vsetvli t0, zero, e32, m1, ta, ma
        vmv.v.i v16, 0
        blez    a0, .Lsum
.Lstrip:
        vsetvli t0, a0, e32, m1, tu, ma
        vle32.v v0, (a1)
        vle32.v v8, (a2)
        vfmacc.vv v16, v0, v8
        sub     a0, a0, t0
        slli    t0, t0, 2
        add     a1, a1, t0
        add     a2, a2, t0
        bnez    a0, .Lstrip
.Lsum:
        vsetvli t0, zero, e32, m1, ta, ma
        vmv.s.x v24, zero
        vfredusum.vs v24, v16, v24
        vfmv.f.s ft0, v24
        fsw     ft0, 0(a3)
        ret
end_function sdot
