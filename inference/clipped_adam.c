/* Pyro's ClippedAdam (pyro/optim/clipped_adam.py), in its order of operations: Adam with each number of the gradient brought
   within ± clip_norm, a learning rate that is multiplied by lrd in each step (the first too), and weight decay added to the
   gradient. Its eps is added to the root of the running mean of squares before the correction of bias. */
#include <math.h>

#include "inference/adam.h"

enum { DECAY = ADAM_FURTHER, CLIP_NORM, LRD };
enum { RATE };

static void begin(const double settings[], double lr, uint64_t step, double shared[]) {
    double first, second;
    adam_corrections(settings, step, &first, &second);
    shared[RATE] = lr * pow(settings[LRD], (double)step) * sqrt(second) / first;
}

static void update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]) {
    double *m = state[0], *v = state[1];
    double b1 = settings[ADAM_BETA1], b2 = settings[ADAM_BETA2];
    optimizer_clip(n, gradient, settings[CLIP_NORM]);
    for (size_t k = 0; k < n; k++) {
        double g = gradient[k] + settings[DECAY] * theta[k];
        m[k] = b1 * m[k] + (1 - b1) * g;
        v[k] = b2 * v[k] + (1 - b2) * g * g;
        theta[k] -= shared[RATE] * (m[k] / (sqrt(v[k]) + settings[ADAM_EPS]));
    }
}

static const Hyper table[] = {
    ADAM_SETTINGS,
    {"weight_decay", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {"clip_norm", HYPER_NUMBER, RANGE_LIMIT, 10, 0},
    {"lrd", HYPER_NUMBER, RANGE_FACTOR, 1, 0},
    {0},
};

const OptimizerRow optimizer_clipped_adam = {
    .name = "ClippedAdam",
    .settings = table,
    .n_state = 2,
    .begin = begin,
    .update = update,
    .help = "Adam with clipped gradients and a decaying learning rate, as in Pyro",
};
