# Correct kernels that do unusual things: none of them is a finding. void f(int *y, const int *x, long n) with y in a0, x in a1 and
# n in a2, unless the function says otherwise.
        .text
        .globl ff_strlen, spill, recurse, alloca_like, tu_acc, compress, seg, frac, vlenb, bytes
        .globl inplace, early, masked_over, midmask, gather_ok, slide_ok, jump_table, vset_keep, vxsat_ok, deep_args
# long f(const unsigned char x[n], long n), the first zero or n: loads of VLMAX look beyond the end, vl is read again
ff_strlen: mv a2, a0
        add a3, a0, a1
1:      bgeu a2, a3, 3f
        vsetvli t0, x0, e8, m8, ta, ma
        vle8ff.v v8, (a2)
        csrr t0, vl
        vmseq.vi v0, v8, 0
        vfirst.m t1, v0
        bgez t1, 2f
        add a2, a2, t0
        j 1b
2:      add a2, a2, t1
        bltu a2, a3, 4f
3:      mv a2, a3
4:      sub a0, a2, a0
        ret
# spill of a vector group to a vlenb-sized frame across a call
spill:  addi sp, sp, -32
        sd ra, 24(sp)
        sd s0, 16(sp)
        addi s0, sp, 32
        csrr t0, vlenb
        slli t0, t0, 1
        sub sp, sp, t0
1:      beqz a2, 2f
        vsetvli t0, a2, e32, m2, ta, ma
        vle32.v v8, (a1)
        vs2r.v v8, (sp)
        call clobber
        vl2re32.v v8, (sp)
        vsetvli t0, a2, e32, m2, ta, ma
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        j 1b
2:      addi sp, s0, -32
        ld ra, 24(sp)
        ld s0, 16(sp)
        addi sp, sp, 32
        ret
clobber: vsetvli t0, x0, e8, m8, ta, ma
        vmv.v.i v8, 3
        ret
# recursion: sum of x[n]
recurse: beqz a1, 1f
        addi sp, sp, -16
        sd ra, 8(sp)
        sd s1, 0(sp)
        lw s1, (a0)
        addi a0, a0, 4
        addi a1, a1, -1
        call recurse
        addw a0, a0, s1
        ld s1, 0(sp)
        ld ra, 8(sp)
        addi sp, sp, 16
        ret
1:      li a0, 0
        ret
# alloca of 4 n bytes rounded up, copy to it and back
alloca_like: addi sp, sp, -16
        sd s0, 8(sp)
        addi s0, sp, 16
        slli t3, a2, 2
        addi t3, t3, 15
        andi t3, t3, -16
        sub sp, sp, t3
        mv t4, sp
        mv t5, a2
1:      beqz t5, 2f
        vsetvli t0, t5, e32, m8, ta, ma
        vle32.v v8, (a1)
        vse32.v v8, (t4)
        sub t5, t5, t0
        slli t0, t0, 2
        add a1, a1, t0
        add t4, t4, t0
        j 1b
2:      mv t4, sp
3:      beqz a2, 4f
        vsetvli t0, a2, e32, m4, ta, ma
        vle32.v v8, (t4)
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add t4, t4, t0
        j 3b
4:      addi sp, s0, -16
        ld s0, 8(sp)
        addi sp, sp, 16
        ret
# tail-undisturbed accumulation, then a full-width reduction
tu_acc: vsetvli t0, x0, e32, m4, ta, ma
        vmv.v.i v8, 0
1:      beqz a2, 2f
        vsetvli t0, a2, e32, m4, tu, ma
        vle32.v v16, (a1)
        vadd.vv v8, v8, v16
        sub a2, a2, t0
        slli t0, t0, 2
        add a1, a1, t0
        j 1b
2:      vsetvli t0, x0, e32, m4, ta, ma
        vmv.s.x v1, zero
        vredsum.vs v1, v8, v1
        vmv.x.s t1, v1
        sw t1, (a0)
        ret
# compress positives: y gets them, count is returned; only as many stored
compress: mv t3, a0
1:      beqz a2, 2f
        vsetvli t0, a2, e32, m2, ta, ma
        vle32.v v8, (a1)
        vmsgt.vi v0, v8, 0
        vcpop.m t1, v0
        vcompress.vm v12, v8, v0
        vsetvli x0, t1, e32, m2, ta, ma
        vse32.v v12, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        slli t1, t1, 2
        add a1, a1, t0
        add a0, a0, t1
        j 1b
2:      sub a0, a0, t3
        srai a0, a0, 2
        ret
# AoS to SoA with segment loads
seg:    beqz a2, 2f
1:      vsetvli t0, a2, e32, m2, ta, ma
        vlseg3e32.v v8, (a1)
        vadd.vv v8, v8, v10
        vadd.vv v8, v8, v12
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t1, t0, 2
        add a0, a0, t1
        slli t2, t1, 1
        add t1, t1, t2
        add a1, a1, t1
        bnez a2, 1b
2:      ret
# fractional LMUL: i8 -> i32
frac:   beqz a2, 2f
1:      vsetvli t0, a2, e8, mf4, ta, ma
        vle8.v v8, (a1)
        vsetvli x0, x0, e32, m1, ta, ma
        vsext.vf4 v9, v8
        vse32.v v9, (a0)
        sub a2, a2, t0
        add a1, a1, t0
        slli t0, t0, 2
        add a0, a0, t0
        bnez a2, 1b
2:      ret
# branches on vlenb: same result
vlenb:  csrr t3, vlenb
        li t4, 64
        bltu t3, t4, 3f
1:      beqz a2, 2f
        vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        j 1b
3:      beqz a2, 2f
        lw t0, (a1)
        sw t0, (a0)
        addi a0, a0, 4
        addi a1, a1, 4
        addi a2, a2, -1
        j 3b
2:      ret
# byte copy of ints, by byte vectors at odd offsets
bytes:  slli a2, a2, 2
1:      beqz a2, 2f
        vsetvli t0, a2, e8, m8, ta, ma
        vle8.v v8, (a1)
        vse8.v v8, (a0)
        sub a2, a2, t0
        add a0, a0, t0
        add a1, a1, t0
        j 1b
2:      ret
# in place
inplace: beqz a1, 2f
1:      vsetvli t0, a1, e32, m8, ta, ma
        vle32.v v8, (a0)
        vadd.vv v8, v8, v8
        vse32.v v8, (a0)
        sub a1, a1, t0
        slli t0, t0, 2
        add a0, a0, t0
        bnez a1, 1b
2:      ret
# early exit: index of the first negative, n when there is none
early:  li t2, 0
1:      beqz a1, 3f
        vsetvli t0, a1, e32, m4, ta, ma
        vle32.v v8, (a0)
        vmslt.vx v0, v8, zero
        vfirst.m t1, v0
        bgez t1, 2f
        sub a1, a1, t0
        add t2, t2, t0
        slli t0, t0, 2
        add a0, a0, t0
        j 1b
2:      add t2, t2, t1
3:      mv a0, t2
        ret
# masked access beyond the end: lanes are masked off (m = vid < n)
masked_over: vsetvli t0, x0, e32, m1, ta, mu
1:      blez a2, 2f
        vid.v v8
        vmsltu.vx v0, v8, a2
        vle32.v v9, (a1), v0.t
        vse32.v v9, (a0), v0.t
        sub a2, a2, t0
        slli t1, t0, 2
        add a0, a0, t1
        add a1, a1, t1
        j 1b
2:      ret
# mask in the middle: saved and restored through another register, mask logic on whole registers
midmask: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, mu
        vle32.v v8, (a1)
        vmslt.vx v2, v8, zero
        vmv1r.v v3, v2
        vmnand.mm v0, v2, v2
        vadd.vi v8, v8, 1, v0.t
        vmv1r.v v0, v3
        vrsub.vi v8, v8, 0, v0.t
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# reverse by gather
gather_ok: slli t1, a2, 2
        add a1, a1, t1
1:      beqz a2, 2f
        vsetvli t0, a2, e32, m2, ta, ma
        slli t1, t0, 2
        sub a1, a1, t1
        vle32.v v8, (a1)
        vid.v v10
        addi t2, t0, -1
        vrsub.vx v10, v10, t2
        vrgather.vv v12, v8, v10
        vse32.v v12, (a0)
        sub a2, a2, t0
        add a0, a0, t1
        j 1b
2:      ret
# y[i] = x[i] + x[i+1], slide with the next scalar brought in
slide_ok: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        slli t1, t0, 2
        add a1, a1, t1
        lw t2, (a1)
        vslide1down.vx v9, v8, t2
        vadd.vv v9, v9, v8
        vse32.v v9, (a0)
        sub a2, a2, t0
        add a0, a0, t1
        bnez a2, 1b
2:      ret
# a table in .rodata and a jump through one
jump_table: andi t0, a1, 1
        la t1, table
        slli t0, t0, 3
        add t1, t1, t0
        ld t1, (t1)
        jr t1
even:   li a0, 10
        ret
odd:    li a0, 11
        ret
        .section .rodata
        .balign 8
table:  .dword even, odd
        .text
# vl kept: vsetvli x0,x0 with the same ratio
vset_keep: beqz a2, 2f
1:      vsetvli t0, a2, e16, mf2, ta, ma
        vle16.v v8, (a1)
        vsetvli x0, x0, e32, m1, ta, ma
        vsext.vf2 v9, v8
        vse32.v v9, (a0)
        sub a2, a2, t0
        slli t1, t0, 1
        add a1, a1, t1
        slli t0, t0, 2
        add a0, a0, t0
        bnez a2, 1b
2:      ret
# saturating add: vxsat read after it was cleared by the function
vxsat_ok: csrwi vxsat, 0
        csrwi vxrm, 0
1:      beqz a2, 2f
        vsetvli t0, a2, e8, m1, ta, ma
        vle8.v v8, (a1)
        vsadd.vv v8, v8, v8
        vse8.v v8, (a0)
        sub a2, a2, t0
        add a0, a0, t0
        add a1, a1, t0
        j 1b
2:      csrr a0, vxsat
        ret
# int f(ten ints, ...): two arguments on the stack; all callee-saved registers used and restored
deep_args: addi sp, sp, -112
        sd s0, 0(sp)
        sd s1, 8(sp)
        sd s11, 16(sp)
        fsd fs0, 24(sp)
        fsd fs11, 32(sp)
        lw s0, 112(sp)
        lw s1, 120(sp)
        add a0, s0, s1
        fmv.d.x fs0, a0
        fmv.d fs11, fs0
        ld s0, 0(sp)
        ld s1, 8(sp)
        ld s11, 16(sp)
        fld fs0, 24(sp)
        fld fs11, 32(sp)
        addi sp, sp, 112
        ret
