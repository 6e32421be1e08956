/* Adam (Kingma and Ba, Adam: a method for stochastic optimization, 2015, algorithm 1), in PyTorch's order of operations. */
#include "inference/adam.h"

#include <math.h>

#include "runtime/operations.h"

enum { RATE, ROOT };

/* Behind that many steps 1 - beta^step is exactly 1: beta^step < exp(-45), a fraction of 1's last bit. */
static bool has_faded(double beta, double step) { return (1 - beta) * step > 45; }

void adam_corrections(const double settings[], uint64_t step, double *first, double *second) {
    double beta[LANE_BLOCK], exponent[LANE_BLOCK], power[LANE_BLOCK], t = (double)step;
    bool faded1 = has_faded(settings[ADAM_BETA1], t), faded2 = has_faded(settings[ADAM_BETA2], t);
    /* 0.5^1 where there is nothing to compute: powers that underflow are slow. */
    for (int k = 0; k < LANE_BLOCK; k++) {
        beta[k] = 0.5;
        exponent[k] = 1;
    }
    if (!faded1) beta[0] = settings[ADAM_BETA1], exponent[0] = t;
    if (!faded2) beta[1] = settings[ADAM_BETA2], exponent[1] = t;
    if (!faded1 || !faded2)
        elementwise_operators[OPERATOR_POWER].value(LANE_BLOCK, power, (const double *const[]){beta, exponent});
    *first = faded1 ? 1 : 1 - power[0];
    *second = faded2 ? 1 : 1 - power[1];
}

void adam_begin(const double settings[], double lr, uint64_t step, double shared[]) {
    double first, second;
    adam_corrections(settings, step, &first, &second);
    shared[RATE] = lr / first;
    shared[ROOT] = sqrt(second);
}

void adam_update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]) {
    double *m = state[0], *v = state[1];
    double b1 = settings[ADAM_BETA1], b2 = settings[ADAM_BETA2];
    for (size_t k = 0; k < n; k++) {
        double g = gradient[k];
        m[k] = b1 * m[k] + (1 - b1) * g;
        v[k] = b2 * v[k] + (1 - b2) * g * g;
        theta[k] = theta[k] - shared[RATE] * (m[k] / (sqrt(v[k]) / shared[ROOT] + settings[ADAM_EPS]));
    }
}

static const Hyper table[] = {ADAM_SETTINGS, {0}};

const OptimizerRow optimizer_adam = {
    .name = "Adam",
    .settings = table,
    .n_state = 2,
    .begin = adam_begin,
    .update = adam_update,
    .help = "steps scaled by the gradient's running mean and size (Kingma and Ba 2015)",
};
