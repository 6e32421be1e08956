/* Logarithms of gamma draws for whole arrays of shapes, on the tape: for families that are made of them. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_GAMMA_LOG_SAMPLE_H
#define ELBO_STDLIB_DISTRIBUTIONS_GAMMA_LOG_SAMPLE_H

#include "runtime/random.h"

/* log(g), g from Gamma(shape, 1), for each lane of the plates around and each element of the event of `shape`, which must be positive.
   Never too small for a number, as g itself is where the shape is small. Reparameterised: implicit gradients. */
Value gamma_log_sample(State *S, Value shape, RandomKey key);

#endif
