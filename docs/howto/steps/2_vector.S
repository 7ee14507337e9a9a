# void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
# Step 2: a vector of columns at a time, one register of them. B is read along its rows.
        .globl  sgemm
sgemm:  ld      t0, 0(sp)
        slli    a6, a6, 2
        slli    a7, a7, 2
        slli    t0, t0, 2
        blez    a3, done
        blez    a4, done
strip:  vsetvli t1, a4, e32, m1, ta, ma # as many columns as fit
        mv      t2, a3                  # rows left
        mv      t3, a0
        mv      t4, a2
row:    vmv.v.i v0, 0
        mv      t5, a1                  # row of B
        mv      t6, t3                  # element of A
        mv      t1, a5                  # products left
        blez    t1, store
product:
        vle32.v v8, (t5)
        flw     fa0, (t6)
        vfmacc.vf v0, fa0, v8           # C[row] += A[row][k] B[k]
        add     t5, t5, a7
        addi    t6, t6, 4
        addi    t1, t1, -1
        bnez    t1, product
store:  vse32.v v0, (t4)
        add     t3, t3, a6
        add     t4, t4, t0
        addi    t2, t2, -1
        bnez    t2, row
        vsetvli t1, a4, e32, m1, ta, ma # the strip's columns again
        sub     a4, a4, t1
        slli    t1, t1, 2
        add     a1, a1, t1
        add     a2, a2, t1
        bnez    a4, strip
done:   ret
