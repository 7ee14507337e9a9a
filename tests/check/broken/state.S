// Functions with one bug each: registers that nobody has set, the calling convention, alignment.
//
//     void f(float y[n], const float x[n], long n)      y = x, or as said at the function

#include "function.inc"

.macro COPY dst=a0 src=a1 n=a2
1:  beqz \n, 2f
    vsetvli t0, \n, e32, m1, ta, ma
    vle32.v v8, (\src)
    vse32.v v8, (\dst)
    sub \n, \n, t0
    slli t0, t0, 2
    add \dst, \dst, t0
    add \src, \src, t0
    j 1b
2:
.endm

// Takes v24 for zero. void f(int s[1], const int x[n], long n)
FUNC zeroed_v
    vsetvli t1, zero, e32, m1, ta, ma
    vmv.v.i v8, 0
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, tu, ma
    vle32.v v16, (a1)
    vadd.vv v8, v8, v16
    sub a2, a2, t0
    slli t0, t0, 2
    add a1, a1, t0
    j 1b
2:  vsetvli t1, zero, e32, m1, ta, ma
    vredsum.vs v24, v8, v24
    vmv.x.s t0, v24
    sw t0, 0(a0)
    ret
END zeroed_v

// Takes ft3 for zero: y = relu(x)
FUNC zeroed_f
1:  beqz a2, 2f
    vsetvli t0, a2, e32, m1, ta, ma
    vle32.v v8, (a1)
    vfmax.vf v8, v8, ft3
    vse32.v v8, (a0)
    sub a2, a2, t0
    slli t0, t0, 2
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END zeroed_f

// Takes t4 for zero: an offset that nobody set.
FUNC zeroed_x
    add a1, a1, t4
    COPY
    ret
END zeroed_x

// Takes s2 without saving it.
FUNC clobbers_s
    mv s2, a2
    COPY a0, a1, s2
    ret
END clobbers_s

// Uses fs1 without saving it. y = x
FUNC clobbers_fs
1:  beqz a2, 2f
    flw fs1, 0(a1)
    fsw fs1, 0(a0)
    addi a0, a0, 4
    addi a1, a1, 4
    addi a2, a2, -1
    j 1b
2:  ret
END clobbers_fs

// Leaves the stack pointer 16 bytes lower.
FUNC leaks_stack
    addi sp, sp, -16
    COPY
    ret
END leaks_stack

// Leaves another rounding mode behind.
FUNC leaves_frm
    fsrmi 1
    COPY
    ret
END leaves_frm

// Leaves vstart set.
FUNC leaves_vstart
    COPY
    csrwi vstart, 1
    ret
END leaves_vstart

// A vector instruction before any vset: works wherever the last caller left a fitting vtype.
FUNC no_vset
    beqz a2, 2f
    vle32.v v8, (a1)
    COPY
2:  ret
END no_vset

// Rounds with whatever vxrm holds: void f(unsigned char y[n], const unsigned char x[n], long n), y = average of x and 1
FUNC unset_vxrm
    li t2, 2
1:  beqz a2, 2f
    vsetvli t0, a2, e8, m1, ta, ma
    vle8.v v8, (a1)
    vaaddu.vx v8, v8, t2
    vse8.v v8, (a0)
    sub a2, a2, t0
    add a0, a0, t0
    add a1, a1, t0
    j 1b
2:  ret
END unset_vxrm

// Reads stack memory that it has not written.
FUNC dirty_stack
    addi sp, sp, -32
    ld t3, 8(sp)
    sd t3, 16(sp)
    ld t4, 16(sp)
    addi sp, sp, 32
    andi t4, t4, 4
    add a2, a2, zero
    beqz t4, 3f
    mv t5, a2
3:  COPY
    ret
END dirty_stack

// Loads pairs of floats as doubles: void f(float y[n], const float x[n], long n)
FUNC double_loads
1:  li t1, 2
    bltu a2, t1, 3f
    srli t2, a2, 1
    vsetvli t0, t2, e64, m1, ta, ma
    vle64.v v8, (a1)
    vse64.v v8, (a0)
    slli t1, t0, 1
    sub a2, a2, t1
    slli t1, t1, 2
    add a0, a0, t1
    add a1, a1, t1
    j 1b
3:  beqz a2, 2f
    flw ft0, 0(a1)
    fsw ft0, 0(a0)
2:  ret
END double_loads

// Adds to an accumulator in memory that is an output: for the matmul contract, C += A B where C = A B is asked for.
//     void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
FUNC adds_to_c
    beqz a3, 9f
    beqz a4, 9f
    ld t6, 0(sp)                // ldc
1:  mv t0, a0                   // row of A
    mv t1, a2                   // row of C
    mv t2, a4                   // columns left
    mv t3, a1                   // columns of B
2:  vsetvli t4, t2, e32, m1, ta, ma
    vle32.v v8, (t1)
    mv t5, a5
    mv a3, a3
    mv a6, a6
    addi sp, sp, -32
    sd t0, 0(sp)
    sd t3, 8(sp)
3:  beqz t5, 4f
    flw ft0, 0(t0)
    vle32.v v16, (t3)
    vfmacc.vf v8, ft0, v16
    addi t0, t0, 4
    slli t0, t0, 0
    sd a7, 16(sp)
    slli a7, a7, 2
    add t3, t3, a7
    ld a7, 16(sp)
    addi t5, t5, -1
    j 3b
4:  vse32.v v8, (t1)
    ld t0, 0(sp)
    ld t3, 8(sp)
    addi sp, sp, 32
    sub t2, t2, t4
    slli t4, t4, 2
    add t1, t1, t4
    add t3, t3, t4
    bnez t2, 2b
    slli t5, a6, 2
    add a0, a0, t5
    slli t5, t6, 2
    add a2, a2, t5
    addi a3, a3, -1
    bnez a3, 1b
9:  ret
END adds_to_c
