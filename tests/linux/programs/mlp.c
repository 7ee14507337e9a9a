/* A small network that recognises digits drawn on 8 x 8 points: 64 -> 32 -> 10, ReLU between, argmax at the end.
 *
 * Inference with RVV intrinsics, as a user of a C compiler would write it. The weights are made, not learned: the first
 * layer holds the digits' own shapes with a little noise, so that each digit answers to its template.
 * usage: mlp [COUNT] [FILE]     classify COUNT noisy digits; FILE receives the scores as text
 */
#include <math.h>
#include <riscv_vector.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IN = 64, HIDDEN = 32, OUT = 10 };

static const uint64_t shapes[OUT] = {
    0x3c66666e76663c00, 0x7e1818181c181800, 0x7e060c3060663c00, 0x3c66603860663c00, 0x30307e3234383000,
    0x3c6660603e067e00, 0x3c66663e06663c00, 0x1818183060667e00, 0x3c66663c66663c00, 0x3c66607c66663c00,
};

static uint32_t state = 12345;

static float noise(void) /* uniform in -1..1 */
{
    state = state * 1664525u + 1013904223u;
    return (float)(int32_t)state / 2147483648.0f;
}

/* y = w x + b, ReLU if asked; w has `rows` rows of `columns`. */
static __attribute__((noinline)) void dense(float *y, const float *w, const float *x, const float *b, size_t rows, size_t columns, int relu)
{
    for (size_t r = 0; r < rows; r++, w += columns) {
        size_t whole = __riscv_vsetvlmax_e32m4();
        vfloat32m4_t sums = __riscv_vfmv_v_f_f32m4(0.0f, whole);
        for (size_t c = 0, vl; c < columns; c += vl) {
            vl = __riscv_vsetvl_e32m4(columns - c);
            vfloat32m4_t a = __riscv_vle32_v_f32m4(w + c, vl), v = __riscv_vle32_v_f32m4(x + c, vl);
            sums = __riscv_vfmacc_vv_f32m4_tu(sums, a, v, vl);
        }
        vfloat32m1_t total = __riscv_vfredosum_vs_f32m4_f32m1(sums, __riscv_vfmv_s_f_f32m1(b[r], 1), whole);
        float s = __riscv_vfmv_f_s_f32m1_f32(total);
        y[r] = relu && s < 0 ? 0 : s;
    }
}

static void draw(float *image, int digit, float dirt)
{
    for (int i = 0; i < IN; i++)
        image[i] = (float)(shapes[digit] >> i & 1) + dirt * noise();
}

int main(int argc, char **argv)
{
    static float w1[HIDDEN][IN], b1[HIDDEN], w2[OUT][HIDDEN], b2[OUT];
    int count = argc > 1 ? atoi(argv[1]) : 20, right = 0;
    FILE *out = argc > 2 ? fopen(argv[2], "w") : NULL;
    if (argc > 2 && out == NULL) {
        perror(argv[2]);
        return 2;
    }
    for (int h = 0; h < HIDDEN; h++) {
        float mean = (float)__builtin_popcountll(shapes[h % OUT]) / IN;
        for (int i = 0; i < IN; i++)
            w1[h][i] = ((float)(shapes[h % OUT] >> i & 1) - mean) / sqrtf(IN * mean * (1 - mean)) + 0.01f * noise();
        w2[h % OUT][h] = 1.0f / (float)((HIDDEN + OUT - 1 - h % OUT) / OUT);
    }
    for (int n = 0; n < count; n++) {
        float *image = malloc(IN * sizeof *image), hidden[HIDDEN], score[OUT];
        int digit = n % OUT, best = 0;
        draw(image, digit, 0.3f);
        dense(hidden, w1[0], image, b1, HIDDEN, IN, 1);
        dense(score, w2[0], hidden, b2, OUT, HIDDEN, 0);
        for (int o = 1; o < OUT; o++)
            if (score[o] > score[best])
                best = o;
        right += best == digit;
        printf("digit %d: read as %d, score %.4f\n", digit, best, (double)score[best]);
        if (out)
            fprintf(out, "%d %d %.3f\n", digit, best, (double)score[best]);
        free(image);
    }
    if (out && fclose(out)) {
        perror(argv[2]);
        return 2;
    }
    printf("%d of %d right\n", right, count);
    return right * 10 >= count * 9 ? 0 : 1;
}
