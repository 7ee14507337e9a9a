# Bugs as they are found in the field (trackers of ggml, OpenBLAS, OpenCV, neon2rvv), one a function. void f(int *y, const int *x, long n)
# with y in a0, x in a1 and n in a2, unless the function says otherwise.
        .text
        .globl ignores_vl, wrong_sew, i16_acc, ff_stale, ff_stale2, whole_over, stride_elems, v0_clobber, polarity, dowhile
        .globl align_down, vstart_set, lmul_mix, compress_all, slide_tail, vset_ratio, ret_int, unsigned_n, gather_tail, neg_stride
        .globl whole_store, ra_lost, tp_used, masked_load_stale, s11_lost, seg_fields, reduce_seed, f32_upper, vxsat_dep
# handles AVL as if all fit: one vsetvli, then done
ignores_vl: vsetvli zero, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vse32.v v8, (a0)
        ret
# y = 2 x: e16 arithmetic on e32 data
wrong_sew: beqz a2, 2f
1:      vsetvli t0, a2, e16, m1, ta, ma
        vle32.v v8, (a1)
        vadd.vv v8, v8, v8
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# i8*i8 accumulated in i16: void f(int s[1], const signed char x[n], const signed char w[n], long n)
i16_acc: vsetvli t0, x0, e16, m2, ta, ma
        vmv.v.i v8, 0
        beqz a3, 2f
1:      vsetvli t0, a3, e8, m1, tu, ma
        vle8.v v2, (a1)
        vle8.v v3, (a2)
        vwmacc.vv v8, v2, v3
        sub a3, a3, t0
        add a1, a1, t0
        add a2, a2, t0
        bnez a3, 1b
2:      vsetvli t0, x0, e32, m4, ta, ma
        vmv.s.x v16, x0
        vsetvli t0, x0, e16, m2, ta, ma
        vwredsum.vs v16, v8, v16
        vsetvli t0, x0, e32, m1, ta, ma
        vmv.x.s t1, v16
        sw t1, (a0)
        ret
# vl is not read again after a fault-only-first load: the step is longer than the store
ff_stale: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32ff.v v8, (a1)
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# long f(const unsigned char x[n], long n): the first zero; vl of the load is not read again
ff_stale2: mv a2, a0
        add a3, a0, a1
1:      bgeu a2, a3, 3f
        vsetvli t0, x0, e8, m1, ta, ma
        vle8ff.v v8, (a2)
        vsetvli t0, x0, e8, m1, ta, ma
        vmseq.vi v1, v8, 0
        vfirst.m t1, v1
        bgez t1, 2f
        add a2, a2, t0
        j 1b
2:      add a2, a2, t1
        bltu a2, a3, 4f
3:      mv a2, a3
4:      sub a0, a2, a0
        ret
# whole-register load at the array end
whole_over: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vl1re32.v v8, (a1)
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# stride in elements: y[i] = x[2 i]
stride_elems: beqz a2, 2f
        li t1, 2
1:      vsetvli t0, a2, e32, m1, ta, ma
        vlse32.v v8, (a1), t1
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        slli t0, t0, 1
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# mask computed, then v0 clobbered by a load
v0_clobber: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, mu
        vle32.v v8, (a1)
        vmslt.vx v0, v8, zero
        vle32.v v0, (a1)
        vadd.vi v8, v8, 1, v0.t
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# relu with the mask the wrong way round
polarity: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, mu
        vle32.v v8, (a1)
        vmslt.vx v0, v8, zero
        vmerge.vim v8, v8, 0, v0
        vmnot.m v0, v0
        vmerge.vim v8, v8, 0, v0
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# do-while with scalar body: n = 0
dowhile: lw t1, (a1)
        sw t1, (a0)
        addi a0, a0, 4
        addi a1, a1, 4
        addi a2, a2, -1
        bgtz a2, dowhile
        ret
# aligns the pointer down to 16 and reads whole lines
align_down: beqz a2, 2f
1:      andi t1, a1, -16
        lw t3, (t1)
        lw t2, (a1)
        sw t2, (a0)
        addi a0, a0, 4
        addi a1, a1, 4
        addi a2, a2, -1
        bgtz a2, 1b
2:      ret
# vstart not zero
vstart_set: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        csrwi vstart, 1
        vadd.vv v8, v8, v8
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# loaded as m1, stored as m2
lmul_mix: beqz a2, 2f
1:      vsetvli t0, a2, e32, m2, ta, ma
        vsetvli t1, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vsetvli t0, a2, e32, m2, ta, ma
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# stores vl elements after vcompress
compress_all: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vmsgt.vi v0, v8, 0
        vcompress.vm v9, v8, v0
        vse32.v v9, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# y[i] = x[i+1] via slidedown at vl of the chunk: last of each chunk is from the tail
slide_tail: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vslidedown.vi v9, v8, 1
        vse32.v v9, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# vsetvli x0,x0 with another ratio
vset_ratio: beqz a2, 2f
1:      vsetvli t0, a2, e16, m1, ta, ma
        vle16.v v8, (a1)
        vsetvli x0, x0, e32, m1, ta, ma
        vsext.vf2 v10, v8
        vse32.v v10, (a0)
        sub a2, a2, t0
        slli t1, t0, 1
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t1
        bnez a2, 1b
2:      ret
# int f(const int x[n], long n): the result is not sign-extended
ret_int: li t1, 0
        beqz a1, 2f
1:      lwu t0, (a0)
        add t1, t1, t0
        addi a0, a0, 4
        addi a1, a1, -1
        bnez a1, 1b
2:      mv a0, t1
        ret
# AVL from a register that is no argument
unsigned_n: beqz a2, 2f
1:      vsetvli t0, a3, e32, m1, ta, ma
        vle32.v v8, (a1)
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bgtz a2, 1b
2:      ret
# gather with index of inactive tail from VLMAX
gather_tail: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vsetvli t1, x0, e32, m1, ta, ma
        vid.v v9
        vrsub.vx v9, v9, t1
        vadd.vi v9, v9, -1
        vrgather.vv v10, v8, v9
        vsetvli t0, a2, e32, m1, ta, ma
        vse32.v v10, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# reverse with negative stride, start one too far
neg_stride: beqz a2, 2f
        slli t1, a2, 2
        add a1, a1, t1
        li t2, -4
1:      vsetvli t0, a2, e32, m1, ta, ma
        vlse32.v v8, (a1), t2
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        sub a1, a1, t0
        bnez a2, 1b
2:      ret
# whole register store
whole_store: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vs1r.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# calls a helper without saving ra
ra_lost: call helper
        ret
helper: ret
# tp as a temporary
tp_used: mv tp, a2
1:      beqz tp, 2f
        lw t1, (a1)
        sw t1, (a0)
        addi a0, a0, 4
        addi a1, a1, 4
        addi tp, tp, -1
        j 1b
2:      ret
# masked load (ma) then unmasked use
masked_load_stale: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vid.v v1
        vand.vi v1, v1, 1
        vmsne.vi v0, v1, 0
        vle32.v v8, (a1), v0.t
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# saves s11 but restores it from the wrong slot
s11_lost: addi sp, sp, -32
        sd s11, 8(sp)
        sd s0, 16(sp)
        li s11, 3
        ld s11, 16(sp)
        ld s0, 16(sp)
        addi sp, sp, 32
        ret
# y[i] = x[2i] + x[2i+1]: three fields are loaded
seg_fields: beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vlseg3e32.v v8, (a1)
        vadd.vv v8, v8, v9
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        slli t0, t0, 1
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# the seed of the reduction is not set again: counted twice
reduce_seed: li t1, 0
        vsetvli t0, x0, e32, m1, ta, ma
        vmv.s.x v16, zero
        beqz a2, 2f
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vredsum.vs v16, v8, v16
        vmv.x.s t2, v16
        addw t1, t1, t2
        sub a2, a2, t0
        slli t0, t0, 2
        add a1, a1, t0
        bnez a2, 1b
2:      sw t1, (a0)
        ret
# treats the float argument as a double
f32_upper: beqz a2, 2f
1:      vsetvli t0, a2, e64, m1, ta, ma
        vfmv.v.f v8, fa0
        vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v9, (a1)
        vfmul.vv v8, v9, v8
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
# depends on vxsat from before
vxsat_dep: beqz a2, 2f
        csrr t1, vxsat
1:      vsetvli t0, a2, e32, m1, ta, ma
        vle32.v v8, (a1)
        vadd.vx v8, v8, t1
        vse32.v v8, (a0)
        sub a2, a2, t0
        slli t0, t0, 2
        add a0, a0, t0
        add a1, a1, t0
        bnez a2, 1b
2:      ret
