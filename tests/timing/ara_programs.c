// Programs in the manner of Ara's own benchmarks, for the plausibility checks of test_ara_programs.py. All matrices are row-major.
// Registers and order of the vector instructions are stated where they decide the time; the scalar code is the compiler's.
#include <riscv_vector.h>
#define V(text, ...) asm volatile(text ::__VA_ARGS__ : "memory")
#define VSETVL(vl, n, type) asm volatile("vsetvli %0, %1, " type ", ta, ma" : "=r"(vl) : "r"(n))

// out = correlation of in with the 3 x 3 filter f: four rows of 2-register accumulators; taps along a row by sliding it.
void fconv3x3(double *out, const double *in, const double *f, long rows, long cols) {
    const long width = cols + 2;
    for (long c = 0, vl; c < cols; c += vl) {
        VSETVL(vl, cols - c, "e64, m2");
        for (long r = 0; r < rows; r += 4) {
            const double *row = in + r * width + c;
            V("vmv.v.i v0, 0"); V("vmv.v.i v2, 0"); V("vmv.v.i v4, 0"); V("vmv.v.i v6, 0");
#define TAPS(i, v)                                             \
    if (i < 3) V("vfmacc.vf v0, %0, " v, "f"(f[3 * i + j]));   \
    if (i > 0 && i < 4) V("vfmacc.vf v2, %0, " v, "f"(f[3 * (i - 1) + j])); \
    if (i > 1 && i < 5) V("vfmacc.vf v4, %0, " v, "f"(f[3 * (i - 2) + j])); \
    if (i > 2) V("vfmacc.vf v6, %0, " v, "f"(f[3 * (i - 3) + j]));
#define ROW(i, a, b)                                                     \
    V("vle64.v " a ", (%0)", "r"(row + i * width));                      \
    { const int j = 0; TAPS(i, a) }                                      \
    V("vfslide1down.vf " b ", " a ", %0", "f"(row[i * width + vl]));     \
    { const int j = 1; TAPS(i, b) }                                      \
    V("vfslide1down.vf " a ", " b ", %0", "f"(row[i * width + vl + 1])); \
    { const int j = 2; TAPS(i, a) }
            ROW(0, "v8", "v10") ROW(1, "v12", "v14") ROW(2, "v16", "v18") ROW(3, "v20", "v22") ROW(4, "v24", "v26") ROW(5, "v28", "v30")
            V("vse64.v v0, (%0)", "r"(out + r * cols + c)); V("vse64.v v2, (%0)", "r"(out + (r + 1) * cols + c));
            V("vse64.v v4, (%0)", "r"(out + (r + 2) * cols + c)); V("vse64.v v6, (%0)", "r"(out + (r + 3) * cols + c));
        }
    }
}

// The same with 64-bit integers.
void iconv3x3(long *out, const long *in, const long *f, long rows, long cols) {
    const long width = cols + 2;
    for (long c = 0, vl; c < cols; c += vl) {
        VSETVL(vl, cols - c, "e64, m2");
        for (long r = 0; r < rows; r++) {
            V("vmv.v.i v0, 0");
            for (long i = 0; i < 3; i++) {
                const long *row = in + (r + i) * width + c;
                V("vle64.v v8, (%0)", "r"(row)); V("vmacc.vx v0, %0, v8", "r"(f[3 * i]));
                V("vslide1down.vx v10, v8, %0", "r"(row[vl])); V("vmacc.vx v0, %0, v10", "r"(f[3 * i + 1]));
                V("vslide1down.vx v12, v10, %0", "r"(row[vl + 1])); V("vmacc.vx v0, %0, v12", "r"(f[3 * i + 2]));
            }
            V("vse64.v v0, (%0)", "r"(out + r * cols + c));
        }
    }
}

// C = A B in 64-bit integers: four rows of C and one of B at a time, rows of B double buffered.
void imatmul(long *C, const long *A, const long *B, long m, long n, long p) {
    for (long c = 0, vl; c < p; c += vl) {
        VSETVL(vl, p - c, "e64, m4");
        for (long r = 0; r < m; r += 4) {
            const long *b = B + c, *a = A + r * n;
            V("vmv.v.i v0, 0"); V("vmv.v.i v4, 0"); V("vmv.v.i v8, 0"); V("vmv.v.i v12, 0");
#define STEP(v)                                                                          \
    V("vle64.v " v ", (%0)", "r"(b)); b += p;                                            \
    V("vmacc.vx v0, %0, " v, "r"(a[0])); V("vmacc.vx v4, %0, " v, "r"(a[n]));            \
    V("vmacc.vx v8, %0, " v, "r"(a[2 * n])); V("vmacc.vx v12, %0, " v, "r"(a[3 * n])); a++;
            for (long k = 0; k < n; k += 2) { STEP("v16") STEP("v20") }
            V("vse64.v v0, (%0)", "r"(C + r * p + c)); V("vse64.v v4, (%0)", "r"(C + (r + 1) * p + c));
            V("vse64.v v8, (%0)", "r"(C + (r + 2) * p + c)); V("vse64.v v12, (%0)", "r"(C + (r + 3) * p + c));
        }
    }
}

// One sweep of the five-point stencil over the inside of an n x n grid; rows stay in registers, neighbours come by sliding.
void jacobi2d(double *out, const double *in, long n) {
    for (long c = 1, vl; c < n - 1; c += vl) {
        VSETVL(vl, n - 1 - c, "e64, m4");
        V("vle64.v v0, (%0)", "r"(in + c)); V("vle64.v v4, (%0)", "r"(in + n + c));
        for (long r = 1; r < n - 1; r++) {
            const double *row = in + r * n + c;
            V("vfslide1up.vf v8, v4, %0", "f"(row[-1])); V("vfslide1down.vf v12, v4, %0", "f"(row[vl]));
            V("vle64.v v16, (%0)", "r"(row + n));
            V("vfadd.vv v20, v4, v8"); V("vfadd.vv v20, v20, v12"); V("vfadd.vv v20, v20, v0"); V("vfadd.vv v20, v20, v16");
            V("vfmul.vf v20, v20, %0", "f"(0.2)); V("vse64.v v20, (%0)", "r"(out + r * n + c));
            V("vmv.v.v v0, v4"); V("vmv.v.v v4, v16");
        }
    }
}

// y = exp(x) in f32: reduced to a power of two and a polynomial of degree seven.
void exponential(float *y, const float *x, long n) {
    static const float c[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
    for (long vl; n > 0; n -= vl, x += vl, y += vl) {
        vl = __riscv_vsetvl_e32m1(n);
        vfloat32m1_t v = __riscv_vfmin_vf_f32m1(__riscv_vfmax_vf_f32m1(__riscv_vle32_v_f32m1(x, vl), -87.0f, vl), 88.0f, vl);
        vint32m1_t k = __riscv_vfcvt_x_f_v_i32m1(__riscv_vfmul_vf_f32m1(v, 1.44269504f, vl), vl);
        vfloat32m1_t whole = __riscv_vfcvt_f_x_v_f32m1(k, vl), p = __riscv_vfmv_v_f_f32m1(c[0], vl);
        v = __riscv_vfnmsac_vf_f32m1(__riscv_vfnmsac_vf_f32m1(v, 0.693359375f, whole, vl), -2.12194440e-4f, whole, vl);
        for (int i = 1; i < 6; i++)
            p = __riscv_vfmadd_vv_f32m1(p, v, __riscv_vfmv_v_f_f32m1(c[i], vl), vl);
        p = __riscv_vfadd_vf_f32m1(__riscv_vfmadd_vv_f32m1(p, __riscv_vfmul_vv_f32m1(v, v, vl), v, vl), 1.0f, vl);
        k = __riscv_vsll_vx_i32m1(__riscv_vadd_vx_i32m1(k, 127, vl), 23, vl);
        __riscv_vse32_v_f32m1(y, __riscv_vfmul_vv_f32m1(p, __riscv_vreinterpret_v_i32m1_f32m1(k), vl), vl);
    }
}

// y = x scaled where the bit of `keep` is set, 0 elsewhere.
void dropout(float *y, const float *x, float scale, const unsigned char *keep, long n) {
    for (long vl; n > 0; n -= vl, x += vl, y += vl, keep += vl / 8) {
        vl = __riscv_vsetvl_e32m8(n);
        vbool4_t mask = __riscv_vlm_v_b4(keep, vl);
        vfloat32m8_t v = __riscv_vle32_v_f32m8(x, vl);
        __riscv_vse32_v_f32m8(y, __riscv_vfmul_vf_f32m8_mu(mask, __riscv_vfmv_v_f_f32m8(0, vl), v, scale, vl), vl);
    }
}

// y = A x for a sparse A of `width` entries a row: values, and byte offsets into x.
void spmv(double *y, const double *values, const unsigned long *offsets, const double *x, long rows, long width) {
    for (long r = 0; r < rows; r++, values += width, offsets += width) {
        long vl = __riscv_vsetvl_e64m4(width);
        vfloat64m4_t picked = __riscv_vluxei64_v_f64m4(x, __riscv_vle64_v_u64m4(offsets, vl), vl);
        vfloat64m4_t products = __riscv_vfmul_vv_f64m4(__riscv_vle64_v_f64m4(values, vl), picked, vl);
        y[r] = __riscv_vfmv_f_s_f64m1_f64(__riscv_vfredusum_vs_f64m4_f64m1(products, __riscv_vfmv_s_f_f64m1(0, vl), vl));
    }
}
