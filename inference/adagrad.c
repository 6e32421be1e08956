/* AdaGrad (Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic optimization, JMLR 2011), in
   PyTorch's order of operations. */
#include <math.h>

#include "inference/optimizer.h"

enum { LR, LR_DECAY, DECAY, ACCUMULATOR, EPS };
enum { RATE };

static void start(const double settings[], size_t n, double *const state[]) {
    for (size_t k = 0; k < n; k++) state[0][k] = settings[ACCUMULATOR];
}

static void begin(const double settings[], double lr, uint64_t step, double shared[]) {
    shared[RATE] = lr / (1 + (double)(step - 1) * settings[LR_DECAY]);
}

static void update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]) {
    double *sum = state[0];
    for (size_t k = 0; k < n; k++) {
        double g = gradient[k] + settings[DECAY] * theta[k];
        sum[k] += g * g;
        theta[k] -= shared[RATE] * (g / (sqrt(sum[k]) + settings[EPS]));
    }
}

static const Hyper table[] = {
    {"lr", HYPER_RATE, RANGE_NOT_NEGATIVE, 0.01, 0},
    {"lr_decay", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {"weight_decay", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {"initial_accumulator", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {"eps", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 1e-10, 0},
    {0},
};

const OptimizerRow optimizer_adagrad = {
    .name = "AdaGrad",
    .settings = table,
    .n_state = 1,
    .start = start,
    .begin = begin,
    .update = update,
    .help = "steps divided by the root of the sum of all squared gradients (Duchi, Hazan and Singer 2011)",
};
