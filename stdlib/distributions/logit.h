/* What families share whose probability may be given by its logit, with which one near 0 or 1 loses nothing. For kernels. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LOGIT_H
#define ELBO_STDLIB_DISTRIBUTIONS_LOGIT_H

#include <stdbool.h>

#include "runtime/kernels/vector.h"

#define SIGMOID(x) ((x) < 0 ? exp(-fabs(x)) / (1 + exp(-fabs(x))) : 1 / (1 + exp(-fabs(x))))
#define LOG_SIGMOID(x) (((x) < 0 ? (x) : 0) - log1p(exp(-fabs(x))))

/* The prepared quantities log_yes_of_logit and log_no_of_logit, log(p) and log(1 - p), of a row whose parameter k is the logit. */
#define LOGS_OF_LOGIT(k)                                                                                                            \
    ELBO_CLONES static void log_yes_of_logit(size_t n, double *restrict out, const double *const parameters[]) {                    \
        const double *a = parameters[k];                                                                                            \
        VECTOR_LOOP(i, n) out[i] = LOG_SIGMOID(a[i]);                                                                               \
    }                                                                                                                               \
    ELBO_CLONES static void log_no_of_logit(size_t n, double *restrict out, const double *const parameters[]) {                     \
        const double *a = parameters[k];                                                                                            \
        VECTOR_LOOP(i, n) out[i] = LOG_SIGMOID(-a[i]);                                                                              \
    }

/* The body of a score_statistics: in = logit, log(p), log(1 - p); so many trials succeeded, so many failed. Unless `inside`, the
   data have probability 0. */
static inline __attribute__((always_inline)) void logit_score_trials(size_t n, double *restrict out, double *const partial[],
                                                                     const double *const in[], double successes, double failures,
                                                                     bool inside) {
    const double *a = in[0], *yes = in[1], *no = in[2];
    VECTOR_LOOP(i, n) out[i] = inside ? successes * yes[i] + failures * no[i] : -INFINITY;
    if (!partial[0]) return;
    VECTOR_LOOP(i, n) {
        double y = successes * SIGMOID(-a[i]) - failures * SIGMOID(a[i]);
        partial[0][i] = inside ? y : 0;
    }
}

#endif
