/* Philox in bulk: many counters at once, as a structure of arrays. The loops of runtime/random.c. */
#ifndef ELBO_RUNTIME_PHILOX_H
#define ELBO_RUNTIME_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* Vectors have at most 8 doubles here; n of the functions below is a multiple of that, so that no loop has a tail. */
enum { PHILOX_COUNTERS = 128, PHILOX_MULTIPLE = 8 };

/* Four 32-bit words for each counter, each in a 64-bit lane: word[w][i] is word w of counter i. */
typedef struct PhiloxCounters {
    uint64_t word[4][PHILOX_COUNTERS];
} PhiloxCounters;

/* Counters at .. at + n - 1: (first, draw, outer), (first + 1, draw, outer), … */
void philox_count(PhiloxCounters *counters, size_t at, size_t n, uint64_t first, uint32_t draw, uint64_t outer);

/* The same four words of output, in place. */
void philox_rounds(size_t n, PhiloxCounters *counters, const uint32_t key[2]);

/* The two uniforms of each output, in the open interval (0, 1): first from words 0 and 1, second from 2 and 3. Multiples of
   2^-52, plus 2^-53. */
void philox_uniforms(size_t n, const PhiloxCounters *counters, double *restrict first, double *restrict second);

/* In place: from two uniforms to two standard normals (Box and Muller: A note on the generation of random normal deviates;
   Annals of Mathematical Statistics 29, 1958). */
void philox_normals(size_t n, double *restrict first, double *restrict second);

/* out[2 i] = first[i], out[2 i + 1] = second[i]. */
void philox_interleave(size_t n, double *restrict out, const double *restrict first, const double *restrict second);

#endif
