/* Philox4x32-10 and Box-Muller in loops that the compiler turns into vector code. */
#include "runtime/philox.h"

#include <math.h>
#include <string.h>

#include "runtime/kernels/vector.h"
#include "runtime/random.h"

/* Wider vectors than the other kernels': AVX-512 multiplies 64-bit lanes. */
#if defined ELBO_HAVE_TARGET_CLONES && defined __GNUC__ && !defined __clang__ && __GNUC__ >= 12
#define PHILOX_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define PHILOX_CLONES ELBO_CLONES
#endif

enum { ROUNDS = 10 };

static const uint32_t multiplier[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t weyl[2] = {0x9E3779B9u, 0xBB67AE85u};

void philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint64_t p = (uint64_t)x0 * multiplier[0], q = (uint64_t)x2 * multiplier[1];
        x0 = (uint32_t)(q >> 32) ^ x1 ^ (key[0] + round * weyl[0]);
        x1 = (uint32_t)q;
        x2 = (uint32_t)(p >> 32) ^ x3 ^ (key[1] + round * weyl[1]);
        x3 = (uint32_t)p;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
}

PHILOX_CLONES void philox_count(PhiloxCounters *counters, size_t at, size_t n, uint64_t first, uint32_t draw,
                                uint64_t outer) {
    uint64_t *restrict w0 = counters->word[0] + at, *restrict w1 = counters->word[1] + at;
    uint64_t *restrict w2 = counters->word[2] + at, *restrict w3 = counters->word[3] + at;
    uint64_t low = outer & 0xffffffffu, high = outer >> 32;
    for (size_t i = 0; i < n; i++) {
        w0[i] = (first + i) & 0xffffffffu;
        w1[i] = draw;
        w2[i] = low;
        w3[i] = high;
    }
}

/* Two rounds at each pass: fewer would wait for memory, more for the chain of multiplications. The multipliers are
   arguments, because as constants gcc would replace the multiplication by twenty shifts and additions. */
PHILOX_CLONES static void two_rounds(size_t n, uint64_t *restrict w0, uint64_t *restrict w1, uint64_t *restrict w2,
                                     uint64_t *restrict w3, const uint32_t k[4], uint64_t m0, uint64_t m1) {
    const uint64_t low = 0xffffffffu;
    for (size_t i = 0; i < n; i++) {
        uint64_t p = w0[i] * m0, q = w2[i] * m1;
        uint64_t x0 = (q >> 32) ^ w1[i] ^ k[0], x1 = q & low;
        uint64_t x2 = (p >> 32) ^ w3[i] ^ k[1], x3 = p & low;
        p = x0 * m0;
        q = x2 * m1;
        w0[i] = (q >> 32) ^ x1 ^ k[2];
        w1[i] = q & low;
        w2[i] = (p >> 32) ^ x3 ^ k[3];
        w3[i] = p & low;
    }
}

void philox_rounds(size_t n, PhiloxCounters *counters, const uint32_t key[2]) {
    for (uint32_t round = 0; round < ROUNDS; round += 2) {
        uint32_t k[4] = {key[0] + round * weyl[0], key[1] + round * weyl[1], key[0] + (round + 1) * weyl[0],
                         key[1] + (round + 1) * weyl[1]};
        two_rounds(n, counters->word[0], counters->word[1], counters->word[2], counters->word[3], k, multiplier[0],
                   multiplier[1]);
    }
}

/* 52 random bits as the mantissa of a number in [1, 2), minus 1, plus half a step. */
PHILOX_CLONES static void uniforms(size_t n, double *restrict out, const uint64_t *restrict high,
                                   const uint64_t *restrict low) {
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = ((high[i] << 32 | low[i]) >> 12) | 0x3ff0000000000000u;
        double u;
        memcpy(&u, &bits, sizeof u);
        out[i] = u - (1 - 0x1p-53);
    }
}

void philox_uniforms(size_t n, const PhiloxCounters *counters, double *restrict first, double *restrict second) {
    uniforms(n, first, counters->word[0], counters->word[1]);
    uniforms(n, second, counters->word[2], counters->word[3]);
}

/* Sine and cosine in loops of their own: in one they become a scalar sincos, five times slower. */
PHILOX_CLONES void philox_normals(size_t n, double *restrict first, double *restrict second) {
    double logarithm[PHILOX_COUNTERS], angle[PHILOX_COUNTERS];
    for (size_t i = 0; i < n; i++) logarithm[i] = log(first[i]);
    for (size_t i = 0; i < n; i++) angle[i] = 6.283185307179586476925286766559 * second[i];
    for (size_t i = 0; i < n; i++) first[i] = cos(angle[i]);
    for (size_t i = 0; i < n; i++) second[i] = sin(angle[i]);
    for (size_t i = 0; i < n; i++) {
        double radius = sqrt(-2 * logarithm[i]);
        first[i] *= radius;
        second[i] *= radius;
    }
}

PHILOX_CLONES void philox_interleave(size_t n, double *restrict out, const double *restrict first,
                                     const double *restrict second) {
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = first[i];
        out[2 * i + 1] = second[i];
    }
}
