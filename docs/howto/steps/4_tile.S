# void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
# Step 4: four rows at a time. Each row of B that is loaded serves four rows of C, whose sums stay in v0, v4, v8 and v12.
        .globl  sgemm
sgemm:  ld      t0, 0(sp)
        slli    a6, a6, 2
        slli    a7, a7, 2
        slli    t0, t0, 2
        blez    a3, done
        blez    a4, done
        addi    sp, sp, -32
        sd      s0, 0(sp)
        sd      s1, 8(sp)
        sd      s2, 16(sp)
        sd      s3, 24(sp)
strip:  vsetvli t1, a4, e32, m4, ta, ma
        mv      t2, a3
        mv      t3, a0
        mv      t4, a2
tile:   vmv.v.i v0, 0
        vmv.v.i v4, 0
        vmv.v.i v8, 0
        vmv.v.i v12, 0
        li      t6, 4                   # the rows there are: a last tile of fewer does row 0 again instead
        mv      s0, t3
        mv      s1, t3
        mv      s2, t3
        mv      s3, t3
        blt     t2, t6, 1f
        add     s1, s0, a6
        add     s2, s1, a6
        add     s3, s2, a6
1:      mv      t5, a1
        mv      t1, a5
        blez    t1, store
product:
        vle32.v v16, (t5)
        flw     fa0, (s0)
        flw     fa1, (s1)
        flw     fa2, (s2)
        flw     fa3, (s3)
        vfmacc.vf v0, fa0, v16
        vfmacc.vf v4, fa1, v16
        vfmacc.vf v8, fa2, v16
        vfmacc.vf v12, fa3, v16
        add     t5, t5, a7
        addi    s0, s0, 4
        addi    s1, s1, 4
        addi    s2, s2, 4
        addi    s3, s3, 4
        addi    t1, t1, -1
        bnez    t1, product
store:  vse32.v v0, (t4)
        add     t3, t3, a6
        add     t4, t4, t0
        addi    t2, t2, -1
        li      t6, 3
        blt     t2, t6, next            # it was one of the last rows: they are done one by one
        vse32.v v4, (t4)
        add     t4, t4, t0
        vse32.v v8, (t4)
        add     t4, t4, t0
        vse32.v v12, (t4)
        add     t4, t4, t0
        add     t3, t3, a6
        add     t3, t3, a6
        add     t3, t3, a6
        addi    t2, t2, -3
next:   bnez    t2, tile
        vsetvli t1, a4, e32, m4, ta, ma
        sub     a4, a4, t1
        slli    t1, t1, 2
        add     a1, a1, t1
        add     a2, a2, t1
        bnez    a4, strip
        ld      s0, 0(sp)
        ld      s1, 8(sp)
        ld      s2, 16(sp)
        ld      s3, 24(sp)
        addi    sp, sp, 32
done:   ret
