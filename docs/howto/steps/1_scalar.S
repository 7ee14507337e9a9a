# void sgemm(const float *A, const float *B, float *C, long M, long N, long K, long lda, long ldb, long ldc)
# Step 1: three loops, one product at a time.
        .globl  sgemm
sgemm:  ld      t0, 0(sp)               # ldc, the ninth argument, is on the stack
        slli    a6, a6, 2               # distances in bytes
        slli    a7, a7, 2
        slli    t0, t0, 2
        blez    a3, done
        blez    a4, done
row:    mv      t1, a4                  # columns left
        mv      t2, a1                  # column of B
        mv      t3, a2                  # element of C
element:
        fmv.w.x fa0, zero
        mv      t4, a5                  # products left
        mv      t5, a0
        mv      t6, t2
        blez    t4, store
product:
        flw     fa1, (t5)
        flw     fa2, (t6)
        fmadd.s fa0, fa1, fa2, fa0
        addi    t5, t5, 4
        add     t6, t6, a7
        addi    t4, t4, -1
        bnez    t4, product
store:  fsw     fa0, (t3)
        addi    t2, t2, 4
        addi    t3, t3, 4
        addi    t1, t1, -1
        bnez    t1, element
        add     a0, a0, a6
        add     a2, a2, t0
        addi    a3, a3, -1
        bnez    a3, row
done:   ret
