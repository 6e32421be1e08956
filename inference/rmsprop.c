/* RMSProp (Tieleman and Hinton, lecture 6.5 of Neural networks for machine learning, 2012; centred: Graves, Generating
   sequences with recurrent neural networks, 2013), in PyTorch's order of operations. */
#include <math.h>

#include "inference/optimizer.h"

enum { LR, ALPHA, EPS, DECAY, MOMENTUM, CENTERED };
enum { RATE };
enum { SQUARE, MEAN, VELOCITY, STATES };

static void begin(const double settings[], double lr, uint64_t step, double shared[]) {
    (void)settings;
    (void)step;
    shared[RATE] = lr;
}

static void update(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]) {
    double alpha = settings[ALPHA];
    for (size_t k = 0; k < n; k++) {
        double g = gradient[k] + settings[DECAY] * theta[k];
        state[SQUARE][k] = alpha * state[SQUARE][k] + (1 - alpha) * g * g;
        double size = state[SQUARE][k];
        if (settings[CENTERED] != 0) {
            state[MEAN][k] = alpha * state[MEAN][k] + (1 - alpha) * g;
            /* A variance; below 0 by rounding only. */
            size = fmax(size - state[MEAN][k] * state[MEAN][k], 0);
        }
        double move = g / (sqrt(size) + settings[EPS]);
        if (settings[MOMENTUM] != 0) move = state[VELOCITY][k] = settings[MOMENTUM] * state[VELOCITY][k] + move;
        theta[k] -= shared[RATE] * move;
    }
}

static const Hyper table[] = {
    {"lr", HYPER_RATE, RANGE_NOT_NEGATIVE, 0.01, 0},
    {"alpha", HYPER_NUMBER, RANGE_BELOW_1, 0.99, 0},
    {"eps", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 1e-8, 0},
    {"weight_decay", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {"momentum", HYPER_NUMBER, RANGE_BELOW_1, 0, 0},
    {"centered", HYPER_FLAG, RANGE_TO_1, 0, 0},
    {0},
};

const OptimizerRow optimizer_rmsprop = {
    .name = "RMSProp",
    .settings = table,
    .n_state = STATES,
    .begin = begin,
    .update = update,
    .help = "steps divided by the running size of the gradient (Tieleman and Hinton 2012)",
};
