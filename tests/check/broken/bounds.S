// Functions with one bug each: memory outside the arrays, constants written, the stack misused.
//
//     void f(float y[n], const float x[n], float a, long n)      y += a x, or as said at the function

#include "function.inc"

// The last strip is loaded whole: reads behind the end of x.
FUNC overread
    vsetvli t1, zero, e32, m1, ta, ma
1:  beqz a2, 2f
    vsetvli t1, zero, e32, m1, ta, ma
    vle32.v v8, (a1)
    vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v16, (a0)
    vfmacc.vf v16, fa0, v8
    vse32.v v16, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END overread

// One element too many is stored: n + 1.
FUNC off_by_one
    beqz a2, 2f
    addi a2, a2, 1
1:  vsetvli t0, a2, e32, m2, ta, ma
    vmv.v.i v8, 0
    vse32.v v8, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    bnez a2, 1b
2:  ret
END off_by_one

// A scalar loop that starts one element early.
FUNC before_start
1:  beqz a2, 2f
    flw ft0, -4(a1)
    fsw ft0, 0(a0)
    addi a0, a0, 4
    addi a1, a1, 4
    addi a2, a2, -1
    j 1b
2:  ret
END before_start

// No tail handling: whole registers of 4 elements each time (VLEN 128 thinking).
FUNC no_tail
    addi a2, a2, 3
    srli a2, a2, 2
    beqz a2, 2f
    vsetivli zero, 4, e32, m1, ta, ma
1:  vle32.v v8, (a1)
    vse32.v v8, (a0)
    addi a0, a0, 16
    addi a1, a1, 16
    addi a2, a2, -1
    bnez a2, 1b
2:  ret
END no_tail

// Scales x in place although it is const.
FUNC writes_const
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m4, ta, ma
    vle32.v v8, (a1)
    vfmul.vf v8, v8, fa0
    vse32.v v8, (a1)
    vse32.v v8, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END writes_const

// Spills below the stack pointer without moving it.
FUNC red_zone
    sd s0, -8(sp)
    mv s0, a0
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v8, (a1)
    vse32.v v8, (s0)
    sub a2, a2, t0
    slli t0, t0, 2
    add s0, s0, t0
    add a1, a1, t0
    j 1b
2:  ld s0, -8(sp)
    ret
END red_zone

// Keeps a value in its caller's frame.
FUNC caller_frame
    sd a0, 16(sp)
    beqz a2, 2f
1:  vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v8, (a1)
    vse32.v v8, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    bnez a2, 1b
2:  ret
END caller_frame

// A strided store whose stride is the padded width: void f(float y[m][n], long m, long n); writes column n.
FUNC wrong_column
    beqz a1, 3f
    beqz a2, 3f
    slli t1, a2, 2
    slli t2, a2, 2
    add a0, a0, t2
1:  vsetvli t0, a1, e32, m1, ta, ma
    vmv.v.i v8, 0
    vsse32.v v8, (a0), t1
    mul t3, t0, t1
    add a0, a0, t3
    sub a1, a1, t0
    bnez a1, 1b
3:  ret
END wrong_column

// An indexed load with indices in elements where bytes are meant, off by one element at the end.
//     void f(float y[n], const float x[n], long n): y reversed
FUNC gather_end
    mv t2, a2
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vid.v v8
    vrsub.vx v8, v8, a2
    vsll.vi v8, v8, 2
    vluxei32.v v16, (a1), v8
    vse32.v v16, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    j 1b
2:  ret
END gather_end

// A segment load of pairs that reads a pair behind an odd end: void f(float y[n], const float x[n], long n); y[i] = x[i] + x[i ^ 1]
FUNC odd_pairs
    addi a2, a2, 1
    srli a2, a2, 1
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vlseg2e32.v v8, (a1)
    vfadd.vv v10, v8, v9
    vmv.v.v v11, v10
    vsseg2e32.v v10, (a0)
    sub a2, a2, t0
    slli t0, t0, 3
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END odd_pairs
