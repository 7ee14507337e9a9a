// Functions with one bug each: vl, VLEN, LMUL, tails and masks.
//
//     void f(float y[n], const float x[n], long n)      y = x, or as said at the function

#include "function.inc"

// Steps by VLMAX of VLEN 128 although vl may be larger: y += x
FUNC hard_coded_vl
1:  blez a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v8, (a1)
    vle32.v v16, (a0)
    vfadd.vv v8, v8, v16
    vse32.v v8, (a0)
    addi a2, a2, -4
    addi a0, a0, 16
    addi a1, a1, 16
    j 1b
2:  ret
END hard_coded_vl

// Assumes that vl = min(n, VLMAX): legal machines halve it between VLMAX and 2 VLMAX.
FUNC assumes_vlmax
    vsetvli t1, zero, e32, m1, ta, ma
1:  beqz a2, 2f
    mv t0, a2
    bltu a2, t1, 3f
    mv t0, t1
3:  vsetvli zero, a2, e32, m1, ta, ma
    vle32.v v8, (a1)
    vse32.v v8, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END assumes_vlmax

// Only right while one register holds 8 elements: a table of 8 is loaded with one instruction.
//     void f(int y[n], const int x[n], const int table[8], long n)     y = table[x & 7]
FUNC needs_vlen_256
    vsetivli t0, 8, e32, m1, ta, ma
    vle32.v v4, (a2)
1:  beqz a3, 2f
    vsetvli t0, a3, e32, m1, ta, ma
    vle32.v v8, (a1)
    vand.vi v8, v8, 7
    vrgather.vv v16, v4, v8
    vse32.v v16, (a0)
    sub a3, a3, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END needs_vlen_256

// Wrong beyond VLEN 1024: an 8-bit lane number wraps around. void f(int y[n], long n): y[i] = i mod the strip
FUNC wraps_at_256
    li t2, 0
1:  beqz a1, 2f
    vsetvli t0, a1, e8, m1, ta, ma
    vid.v v4
    vsetvli zero, t0, e32, m4, ta, ma
    vzext.vf4 v8, v4
    vadd.vx v8, v8, t2
    vse32.v v8, (a0)
    add t2, t2, t0
    sub a1, a1, t0
    slli t0, t0, 2
    add a0, a0, t0
    j 1b
2:  ret
END wraps_at_256

// 16-bit byte offsets overflow where a strip is longer than 32 KiB: VLEN 4096 with m8 of e64 steps.
//     void f(double y[n], const double x[n], long n)
FUNC index_overflow
1:  beqz a2, 2f
    vsetvli t0, a2, e8, m1, ta, ma
    vid.v v4
    vsll.vi v4, v4, 3
    vsetvli zero, t0, e64, m8, ta, ma
    vluxei8.v v8, (a1), v4
    vse64.v v8, (a0)
    sub a2, a2, t0
    slli t0, t0, 3
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END index_overflow

// LMUL 4 groups at v10: reserved, every machine traps.
FUNC misaligned_group
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m4, ta, ma
    vle32.v v10, (a1)
    vse32.v v10, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END misaligned_group

// A widening multiply whose destination overlaps the wrong part of its source: reserved.
//     void f(int y[n], const short x[n], long n)     y = 2 x
FUNC wrong_overlap
1:  beqz a2, 2f
    vsetvli t0, a2, e16, m1, ta, ma
    vle16.v v8, (a1)
    .word 0xc6842457            // vwadd.vv v8, v8, v8: the assembler refuses it
    vsetvli zero, t0, e32, m2, ta, ma
    vse32.v v8, (a0)
    sub a2, a2, t0
    slli t1, t0, 1
    add a1, a1, t1
    slli t0, t0, 2
    add a0, a0, t0
    j 1b
2:  ret
END wrong_overlap

// A sum with the accumulator's tail left agnostic: the last, shorter strip may fill it with ones.
//     void f(float s[1], const float x[n], long n)
FUNC tail_agnostic_sum
    vsetvli t1, zero, e32, m1, ta, ma
    vmv.v.i v8, 0
    vmv.v.i v24, 0
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v16, (a1)
    vfadd.vv v8, v8, v16
    sub a2, a2, t0
    slli t0, t0, 2
    add a1, a1, t0
    j 1b
2:  vsetvli t1, zero, e32, m1, ta, ma
    vfredosum.vs v24, v8, v24
    vfmv.f.s ft0, v24
    fsw ft0, 0(a0)
    ret
END tail_agnostic_sum

// A masked operation under ma whose inactive elements are used afterwards: y = x < 0 ? 0 : x
FUNC mask_agnostic
    fmv.w.x ft0, zero
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v8, (a1)
    vmflt.vf v0, v8, ft0
    vmv.v.i v12, 0
    vmerge.vvm v16, v8, v8, v0
    vadd.vi v16, v12, 0, v0.t
    vse32.v v16, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END mask_agnostic

// The tail of a mask register is always agnostic: vfirst over VLMAX after a shorter compare.
//     long f(const unsigned char x[n], long n)    index of the first 255, or -1; writes it to y
//     void f(long y[1], const unsigned char x[n], long n)
FUNC mask_tail
    li t3, -1
    beqz a2, 3f
    vsetvli t0, a2, e8, m1, ta, ma
    vle8.v v8, (a1)
    li t1, -1
    vmseq.vx v0, v8, t1
    vsetvli t0, zero, e8, m1, ta, ma
    vfirst.m t3, v0
3:  sd t3, 0(a0)
    ret
END mask_tail

// A loop that never ends when vl does not divide n.
FUNC endless
    vsetvli t1, zero, e32, m1, ta, ma
1:  vsetvli t0, t1, e32, m1, ta, ma
    sub a2, a2, t0
    bnez a2, 1b
    ret
END endless

// A sum that drops what is left over: only whole strips of VLMAX are added.
//     void f(int s[1], const int x[n], long n)
FUNC drops_rest
    vsetvli t1, zero, e32, m1, ta, ma
    vmv.v.i v8, 0
    vmv.v.i v24, 0
1:  bltu a2, t1, 2f
    vle32.v v16, (a1)
    vadd.vv v8, v8, v16
    sub a2, a2, t1
    slli t0, t1, 2
    add a1, a1, t0
    j 1b
2:  vredsum.vs v24, v8, v24
    vmv.x.s t0, v24
    sw t0, 0(a0)
    ret
END drops_rest
