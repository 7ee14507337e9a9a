/*
 * void copy(void *y, const void *x, long n)
 *
 * n bytes from x to y, which do not overlap; the tuned variant: four strips of LMUL 8 in turn. Any type is copied as bytes.
 *
 * Blocking:   x [== v0 ==|== v8 ==]  loaded together, then stored together; the next pair uses v16 and v24, so that its
 *               [== v16 =|== v24 =]  loads need not wait until the stores have read their registers.
 *
 * Four whole strips at a time run at the vl that was set once; what is left takes one strip at a time.
 * What fits a single strip is done first thing, for the sake of short vectors.
 *
 * Registers:  a0 y strip   a1 x strip   a2 bytes left   t0 VLMAX or vl   t1 four strips   t2 second strip of x
 *             t3 second strip of y
 *
 * Bound: memory; 2 bytes move for each byte.
 */
#include "function.inc"

        .macro  pair first, second
        add     t2, a1, t0
        add     t3, a0, t0
        vle8.v  \first, (a1)
        vle8.v  \second, (t2)
        vse8.v  \first, (a0)
        vse8.v  \second, (t3)
        add     a1, t2, t0
        add     a0, t3, t0
        .endm

function copy
        blez    a2, .Ldone
        vsetvli t0, a2, e8, m8, ta, ma
        bne     t0, a2, .Lmany
        vle8.v  v0, (a1)
        vse8.v  v0, (a0)
.Ldone:
        ret

.Lmany:
        vsetvli t0, zero, e8, m8, ta, ma
        slli    t1, t0, 2
        blt     a2, t1, .Lstrip
.Lfour:
        pair    v0, v8
        pair    v16, v24
        sub     a2, a2, t1
        bge     a2, t1, .Lfour
        beqz    a2, .Ldone
.Lstrip:
        vsetvli t0, a2, e8, m8, ta, ma
        vle8.v  v0, (a1)
        vse8.v  v0, (a0)
        sub     a2, a2, t0
        add     a1, a1, t0
        add     a0, a0, t0
        bnez    a2, .Lstrip
        ret
end_function copy
