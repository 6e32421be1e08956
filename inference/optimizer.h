/* Optimizers: how a gradient changes the parameters. */
#ifndef ELBO_INFERENCE_OPTIMIZER_H
#define ELBO_INFERENCE_OPTIMIZER_H

#include "runtime/native.h"
#include "runtime/state.h"

enum { OPTIMIZER_SETTINGS = 8, OPTIMIZER_SHARED = 4, OPTIMIZER_STATE = 4 };

/* A row of the registry (optimizers.c). The state of one parameter of n numbers is n_state arrays of n doubles, 0 at first. */
typedef struct OptimizerRow {
    const char *name;
    const char *signature;
    unsigned n_state;
    /* Reads the arguments into settings[]; raises bad-argument. */
    void (*read)(State *S, const Value *arguments, double settings[]);
    /* What all parameters share in step number `step` (from 1), from the settings and the step's learning rate. */
    void (*begin)(const double settings[], double lr, uint64_t step, double shared[]);
    /* One step down the loss, whose gradient is given (minus that of the ELBO). */
    void (*update)(const double settings[], const double shared[], size_t n, double *theta, const double *gradient,
                   double *const state[]);
    const char *const *setting_names; /* ended by NULL; for printing */
    const char *help;
} OptimizerRow;

typedef struct Optimizer {
    Object header;
    const OptimizerRow *row;
    double settings[OPTIMIZER_SETTINGS];
} Optimizer;

extern const OptimizerRow optimizer_adam;

Optimizer *optimizer_new(State *S, const OptimizerRow *row, const Value *arguments);
/* The argument `optimizer` of svi: an optimizer, or the name of one; left out, Adam. */
Optimizer *optimizer_argument(State *S, Value v);
void optimizer_print(State *S, Object *object);

#endif
