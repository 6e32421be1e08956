/* Stochastic gradient descent with momentum, in PyTorch's form and order of operations (Sutskever, Martens, Dahl and Hinton, On the
   importance of initialization and momentum in deep learning, 2013, with the learning rate outside of the velocity). */
#include "inference/optimizer.h"

enum { LR, MOMENTUM, DAMPENING, DECAY, NESTEROV };
enum { RATE, NEW }; /* the learning rate; how much of the gradient enters the velocity */

static void check(State *S, const double s[]) {
    if (s[NESTEROV] != 0 && (s[MOMENTUM] == 0 || s[DAMPENING] != 0))
        error_raise(S, "bad-argument", "For instance SGD(lr = 0.01, momentum = 0.9, nesterov = true).",
                    "nesterov of SGD needs a momentum, and no dampening");
}

/* The velocity starts as the first gradient, undampened. */
static void begin(const double settings[], double lr, uint64_t step, double shared[]) {
    shared[RATE] = lr;
    shared[NEW] = step == 1 ? 1 : 1 - settings[DAMPENING];
}

static void update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]) {
    double *velocity = state[0], momentum = settings[MOMENTUM];
    for (size_t k = 0; k < n; k++) {
        double g = gradient[k] + settings[DECAY] * theta[k];
        if (momentum != 0) {
            velocity[k] = momentum * velocity[k] + shared[NEW] * g;
            g = settings[NESTEROV] != 0 ? g + momentum * velocity[k] : velocity[k];
        }
        theta[k] -= shared[RATE] * g;
    }
}

static const Hyper table[] = {
    {"lr", HYPER_RATE, RANGE_NOT_NEGATIVE, 0.001, 0},
    {"momentum", HYPER_NUMBER, RANGE_BELOW_1, 0, 0},
    {"dampening", HYPER_NUMBER, RANGE_TO_1, 0, 0},
    {"weight_decay", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {"nesterov", HYPER_FLAG, RANGE_TO_1, 0, 0},
    {0},
};

const OptimizerRow optimizer_sgd = {
    .name = "SGD",
    .settings = table,
    .n_state = 1,
    .check = check,
    .begin = begin,
    .update = update,
    .help = "steps along the gradient, with momentum if wanted",
};
