/* What Adam and its siblings share. */
#ifndef ELBO_INFERENCE_ADAM_H
#define ELBO_INFERENCE_ADAM_H

#include "inference/optimizer.h"

/* How the settings of all of them begin: lr, betas, eps. */
enum { ADAM_LR, ADAM_BETA1, ADAM_BETA2, ADAM_EPS, ADAM_FURTHER };
#define ADAM_SETTINGS                                  \
    {"lr", HYPER_RATE, RANGE_NOT_NEGATIVE, 0.001, 0},  \
    {"betas", HYPER_PAIR, RANGE_BELOW_1, 0.9, 0.999},  \
    {"eps", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 1e-8, 0}

/* One minus the powers of the betas at that step (from 1): the corrections of the running means' bias towards their start at
   0. The powers come from the kernel of `^`: a program that writes these lines in Elbo takes the same steps, bit for bit. */
void adam_corrections(const double settings[], uint64_t step, double *first, double *second);
/* Adam's shared[] (two numbers) and one step of it. */
void adam_begin(const double settings[], double lr, uint64_t step, double shared[]);
void adam_update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]);

#endif
