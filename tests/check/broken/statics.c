// Static data of the file itself: objects overrun (the first part), and used in full (names that begin with ok_).
static const signed char levels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
int table_end(int *y, const unsigned char *x, long n) {
  for (long i = 0; i < n; i++) y[i] = levels[x[i] & 31];
  return 0;
}

static float scratch[96];
void scratch_end(float *y, const float *x, long n) {
  for (long i = 0; i < n; i++) scratch[i] = 2 * x[i];
  for (long i = 0; i < n; i++) y[i] = scratch[n - 1 - i];
}

int results[10] = {1};
int before_results(const int *x, long n) {
  results[-1] = n ? x[0] : 0;
  return results[0];
}

static signed char *volatile writable = (signed char *)levels;
void constant_written(signed char *y, long n) {
  for (long i = 0; i < n; i++) writable[i & 15] = 0;
  for (long i = 0; i < n; i++) y[i] = writable[i & 15];
}

int too_deep(const int *x, long n) {
  volatile char frame[4096];
  frame[n & 4095] = 1;
  return n <= 0 ? 0 : too_deep(x, n - 1) + x[n - 1];
}

static double sums[4];
static const char *const names[2] = {"plus", "minus"};
int ok_statics(int *y, const unsigned char *x, long n) {
  const long weights[3] = {n, 5, 7};
  for (long i = 0; i < n; i++) {
    sums[i & 3] += x[i];
    y[i] = levels[x[i] & 15] + names[x[i] & 1][x[i] >> 1 & 3] + (int)weights[i % 3];
    results[i % 10] = y[i];
  }
  return (int)sums[0] + results[9];
}
