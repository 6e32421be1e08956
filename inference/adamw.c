/* Adam with decoupled weight decay (Loshchilov and Hutter, Decoupled weight decay regularization, 2019, algorithm 2), in PyTorch's
   order of operations: each step first shrinks the parameters by the factor 1 - lr * weight_decay. */
#include "inference/adam.h"

enum { DECAY = ADAM_FURTHER };
enum { SHRINK = 2 };

static void begin(const double settings[], double lr, uint64_t step, double shared[]) {
    adam_begin(settings, lr, step, shared);
    shared[SHRINK] = 1 - lr * settings[DECAY];
}

static void update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]) {
    for (size_t k = 0; k < n; k++) theta[k] *= shared[SHRINK];
    adam_update(settings, shared, n, theta, gradient, state);
}

static const Hyper table[] = {ADAM_SETTINGS, {"weight_decay", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0.01, 0}, {0}};

const OptimizerRow optimizer_adamw = {
    .name = "AdamW",
    .settings = table,
    .n_state = 2,
    .begin = begin,
    .update = update,
    .help = "Adam, with parameters that shrink a little in each step (Loshchilov and Hutter 2019)",
};
