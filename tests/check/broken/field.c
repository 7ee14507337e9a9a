// Bugs of C and intrinsics code, and correct code of the same kind (its name begins with ok_).
#include <riscv_vector.h>
#include <stddef.h>
#include <stdint.h>

void one_too_many(float *restrict y, const float *restrict x, long n) {
  for (long i = 0; i <= n; i++) y[i] = x[i];
}

void ok_axpy(float *restrict y, const float *restrict x, float a, long n) {
  for (long i = 0; i < n; i++) y[i] += a * x[i];
}

int unset_sums(const int *x, long n) {
  int sums[4];
  for (long i = 0; i < n; i++) sums[i & 3] += x[i];
  return n ? sums[0] + sums[1] + sums[2] + sums[3] : 0;
}

double ok_sum(const double *x, long n) {
  double sum = 0;
  for (long i = 0; i < n; i++) sum += x[i];
  return sum;
}

static float scratch[64];
void fixed_scratch(float *y, const float *x, long n) {
  for (long i = 0; i < n; i++) scratch[i] = 2 * x[i];
  for (long i = 0; i < n; i++) y[i] = scratch[n - 1 - i];
}

static const int table[8] = {1, 2, 3, 5, 7, 11, 13, 17};
void ok_table(int *y, const int *x, long n) {
  for (long i = 0; i < n; i++) y[i] = table[x[i] & 7];
}

int calls = 7;
void ok_counts_calls(int *y, const int *x, long n) {
  calls++;
  for (long i = 0; i < n; i++) y[i] = x[i] + calls;
}

signed char ok_largest(const signed char *x, long n) {
  signed char m = -128;
  for (long i = 0; i < n; i++) m = x[i] > m ? x[i] : m;
  return m;
}

// The last round leaves the accumulator's tail agnostic, and all of it is summed.
float agnostic_sums(const float *x, const float *w, long n) {
  size_t all = __riscv_vsetvlmax_e32m2();
  vfloat32m2_t sums = __riscv_vfmv_v_f_f32m2(0, all);
  for (size_t vl; n > 0; n -= vl, x += vl, w += vl) {
    vl = __riscv_vsetvl_e32m2(n);
    sums = __riscv_vfmacc_vv_f32m2(sums, __riscv_vle32_v_f32m2(x, vl), __riscv_vle32_v_f32m2(w, vl), vl);
  }
  return __riscv_vfmv_f_s_f32m1_f32(__riscv_vfredusum_vs_f32m2_f32m1(sums, __riscv_vfmv_v_f_f32m1(0, 1), all));
}

float ok_undisturbed_sums(const float *x, const float *w, long n) {
  size_t all = __riscv_vsetvlmax_e32m2();
  vfloat32m2_t sums = __riscv_vfmv_v_f_f32m2(0, all);
  for (size_t vl; n > 0; n -= vl, x += vl, w += vl) {
    vl = __riscv_vsetvl_e32m2(n);
    sums = __riscv_vfmacc_vv_f32m2_tu(sums, __riscv_vle32_v_f32m2(x, vl), __riscv_vle32_v_f32m2(w, vl), vl);
  }
  return __riscv_vfmv_f_s_f32m1_f32(__riscv_vfredusum_vs_f32m2_f32m1(sums, __riscv_vfmv_v_f_f32m1(0, 1), all));
}

// Rows of eight, walked by the vector length of the hardware.
void rows_of_eight(float *y, const float *x, long r) {
  size_t vl = __riscv_vsetvlmax_e32m1();
  for (long i = 0; i < r; i++) __riscv_vse32(y + 8 * i, __riscv_vle32_v_f32m1(x + 8 * i, vl), vl);
}

// Blocks of 32 in pairs: an odd one is dropped.
void pairs_of_blocks(float *s, const float *x, long blocks) {
  float sum = 0;
  for (long i = 0; i + 1 < blocks; i += 2)
    for (int j = 0; j < 64; j++) sum += x[32 * i + j];
  *s = sum;
}

// vl for e8, m1 where half of it fits.
void half_of_it(short *y, const signed char *x, long n) {
  for (size_t vl; n > 0; n -= vl, x += vl, y += vl) {
    vl = __riscv_vsetvl_e8m1(n);
    vint8mf2_t low = __riscv_vlmul_trunc_v_i8m1_i8mf2(__riscv_vle8_v_i8m1(x, vl));
    __riscv_vse16_v_i16m1(y, __riscv_vsext_vf2_i16m1(low, vl), vl);
  }
}

// Indices of one byte: wrong where a group holds more than 256 elements.
void byte_indices(uint8_t *y, const uint8_t *x, long n) {
  for (size_t vl; n > 0; n -= vl, y += vl) {
    vl = __riscv_vsetvl_e8m8(n);
    vuint8m8_t id = __riscv_vrsub_vx_u8m8(__riscv_vid_v_u8m8(vl), vl - 1, vl);
    __riscv_vse8(y, __riscv_vrgather_vv_u8m8(__riscv_vle8_v_u8m8(x + n - vl, vl), id, vl), vl);
  }
}
