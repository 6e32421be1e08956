/* Lanes whose number is NaN: those that refused their noise. */
#ifndef ELBO_RUNTIME_REFUSED_H
#define ELBO_RUNTIME_REFUSED_H

#include <math.h>
#include <stddef.h>

/* at[] = the places of NaN among x[0 … n), n a multiple of 8; returns how many there are. Most groups of eight have none, which
   their sum tells. */
static inline size_t refused_places(const double *x, size_t n, size_t at[]) {
    size_t count = 0;
    for (size_t i = 0; i < n; i += 8) {
        double sum = ((x[i] + x[i + 1]) + (x[i + 2] + x[i + 3])) + ((x[i + 4] + x[i + 5]) + (x[i + 6] + x[i + 7]));
        for (size_t k = i; isnan(sum) && k < i + 8; k++) {
            at[count] = k;
            count += isnan(x[k]);
        }
    }
    return count;
}

#endif
