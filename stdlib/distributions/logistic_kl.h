/* The divergence of two logistic distributions whose scales are equal. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LOGISTIC_KL_H
#define ELBO_STDLIB_DISTRIBUTIONS_LOGISTIC_KL_H

/* As a formula, with z the text of their distance in scales: z coth(z / 2) - 2, by its series (the Bernoulli numbers') where z is
   small. With u uniform and x = logit(u) it follows from E log(u + exp(z) (1 - u)) = z exp(z) / (exp(z) - 1) - 1. */
#define LOGISTIC_KL(z)                                                                                                               \
    "z = " z "; s = min(z ^ 2, 0.25); where(z ^ 2 > 0.25, z / tanh(0.5 * where(z ^ 2 > 0.25, z, 1)) - 2,"                              \
    " s * (1 / 6 + s * (-1 / 360 + s * (1 / 15120 + s * (-1 / 604800 + s * (1 / 23950080 + s * (-691 / 653837184000"                      \
    " + s * 7 / 261534873600)))))))"

#endif
