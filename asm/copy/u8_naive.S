/*
 * void copy(void *y, const void *x, long n)
 *
 * n bytes from x to y, which do not overlap; the plain variant: one register at a time. Any type is copied as bytes.
 *
 * Blocking:  x in strips of VLMAX(e8,m1), each: 1 vle8 + 1 vse8.
 *
 * Registers: a0 y strip   a1 x strip   a2 bytes left   t0 vl   v0 the strip
 *
 * Bound: memory; 2 bytes move for each byte.
 */
#include "function.inc"

function copy
        blez    a2, .Ldone
.Lstrip:
        vsetvli t0, a2, e8, m1, ta, ma
        vle8.v  v0, (a1)
        vse8.v  v0, (a0)
        sub     a2, a2, t0
        add     a1, a1, t0
        add     a0, a0, t0
        bnez    a2, .Lstrip
.Ldone:
        ret
end_function copy
