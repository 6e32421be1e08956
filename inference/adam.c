/* Adam (Kingma and Ba, Adam: a method for stochastic optimization, 2015, algorithm 1), in PyTorch's order of operations. */
#include <math.h>

#include "inference/optimizer.h"
#include "runtime/operations.h"

enum { LR, BETA1, BETA2, EPS };
enum { RATE, ROOT };

static double positive_setting(State *S, Value v, const char *name, double otherwise, double limit) {
    if (v.tag == VALUE_UNASSIGNED) return otherwise;
    double x = value_to_number(S, v, name);
    if (!(x >= 0) || x >= limit)
        error_raise(S, "bad-argument", NULL, "Adam's %s is %g; it must be at least 0%s", name, x, limit < 2 ? " and below 1" : "");
    return x;
}

static void read_betas(State *S, Value v, double settings[]) {
    settings[BETA1] = 0.9;
    settings[BETA2] = 0.999;
    if (v.tag == VALUE_UNASSIGNED) return;
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 1 || v.as.array->layout->dims[0] != 2 || v.as.array->layout->n_axes)
        error_raise(S, "bad-argument", "For instance betas = [0.9, 0.999].", "Adam's betas must be a vector of two numbers");
    settings[BETA1] = positive_setting(S, value_number(v.as.array->data[0]), "beta", 0, 1);
    settings[BETA2] = positive_setting(S, value_number(v.as.array->data[1]), "beta", 0, 1);
}

static void adam_read(State *S, const Value *arguments, double settings[]) {
    settings[LR] = positive_setting(S, arguments[0], "lr", 0.001, INFINITY);
    read_betas(S, arguments[1], settings);
    settings[EPS] = positive_setting(S, arguments[2], "eps", 1e-8, INFINITY);
}

/* Behind that many steps 1 - beta^step is exactly 1: beta^step < exp(-45), a fraction of 1's last bit. */
static bool has_faded(double beta, double step) { return (1 - beta) * step > 45; }

/* The corrections of the running means' bias towards their start at 0. The powers come from the kernel of `^`: a program that
   writes these lines in Elbo takes the same steps, bit for bit. */
static void adam_begin(const double settings[], double lr, uint64_t step, double shared[]) {
    double beta[LANE_BLOCK], exponent[LANE_BLOCK], power[LANE_BLOCK], t = (double)step;
    bool faded1 = has_faded(settings[BETA1], t), faded2 = has_faded(settings[BETA2], t);
    /* 0.5^1 where there is nothing to compute: powers that underflow are slow. */
    for (int k = 0; k < LANE_BLOCK; k++) {
        beta[k] = 0.5;
        exponent[k] = 1;
    }
    if (!faded1) beta[0] = settings[BETA1], exponent[0] = t;
    if (!faded2) beta[1] = settings[BETA2], exponent[1] = t;
    if (!faded1 || !faded2)
        elementwise_operators[OPERATOR_POWER].value(LANE_BLOCK, power, (const double *const[]){beta, exponent});
    shared[RATE] = lr / (faded1 ? 1 : 1 - power[0]);
    shared[ROOT] = faded2 ? 1 : sqrt(1 - power[1]);
}

static void adam_update(const double settings[], const double shared[], size_t n, double *theta, const double *gradient,
                        double *const state[]) {
    double *m = state[0], *v = state[1];
    double b1 = settings[BETA1], b2 = settings[BETA2];
    for (size_t k = 0; k < n; k++) {
        double g = gradient[k];
        m[k] = b1 * m[k] + (1 - b1) * g;
        v[k] = b2 * v[k] + (1 - b2) * g * g;
        theta[k] = theta[k] - shared[RATE] * (m[k] / (sqrt(v[k]) / shared[ROOT] + settings[EPS]));
    }
}

static const char *const adam_settings[] = {"lr", "beta1", "beta2", "eps", NULL};

const OptimizerRow optimizer_adam = {
    .name = "Adam",
    .signature = "lr?, betas?, eps?",
    .n_state = 2,
    .read = adam_read,
    .begin = adam_begin,
    .update = adam_update,
    .setting_names = adam_settings,
    .help = "Adam(lr = 0.001, betas = [0.9, 0.999], eps = 1e-8): steps scaled by the gradient's running mean and size",
};
