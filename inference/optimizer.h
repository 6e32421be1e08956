/* Optimizers: how a gradient changes the parameters. */
#ifndef ELBO_INFERENCE_OPTIMIZER_H
#define ELBO_INFERENCE_OPTIMIZER_H

#include "inference/hyper.h"
#include "runtime/native.h"

enum { OPTIMIZER_SETTINGS = 8, OPTIMIZER_SHARED = 4, OPTIMIZER_STATE = 4 };

/* A row of the registry (optimizers.c). The state of one parameter of n numbers is n_state arrays of n doubles, 0 at first.
   settings[] holds the numbers of `settings` in their order; the first setting is the learning rate, whose value in a step
   is handed over apart. The gradient is that of the loss, minus the ELBO: optimizers step down, as PyTorch's do. */
typedef struct OptimizerRow {
    const char *name;
    const Hyper *settings;
    unsigned n_state;
    /* Raises bad-argument where settings do not fit together; NULL: they always do. */
    void (*check)(State *S, const double settings[]);
    /* Fills the state where it does not begin at 0; NULL: it does. */
    void (*start)(const double settings[], size_t n, double *const state[]);
    /* What all parameters of these settings share in step number `step` (from 1). */
    void (*begin)(const double settings[], double lr, uint64_t step, double shared[]);
    /* One step: moves theta and the state. It may use up `gradient`. */
    void (*update)(const double settings[], const double shared[], size_t n, double *theta, double *gradient, double *const state[]);
    const char *help;
} OptimizerRow;

/* Settings of some params: those of one name or family of names. */
typedef struct OptimizerGroup {
    String *name; /* NULL: all params that no other group names */
    Value lr;     /* a number, a schedule or a function */
    double settings[OPTIMIZER_SETTINGS];
    double clip_value; /* each number of a gradient is brought within ± this; INFINITY: no limit */
} OptimizerGroup;

/* An optimizer with its settings. */
typedef struct Optimizer {
    Object header;
    const OptimizerRow *row;
    Record *params;   /* the settings by name, as they were given; NULL: none */
    double clip_norm; /* the gradient of all params together is scaled down to this L2 norm; INFINITY: no limit */
    uint32_t n_groups;
    OptimizerGroup groups[]; /* the first is that of all other params */
} Optimizer;

extern const OptimizerRow optimizer_adagrad, optimizer_adam, optimizer_adamw, optimizer_clipped_adam, optimizer_rmsprop, optimizer_sgd;
extern const OptimizerRow *const optimizer_rows[]; /* ended by NULL */

/* Adds the built-ins that make optimizers. */
void optimizer_natives(State *S);
/* The argument `optimizer` of svi: an optimizer, or the name of one; left out, Adam. */
Optimizer *optimizer_argument(State *S, Value v);
/* The number of the group that a param of this name is in. */
uint32_t optimizer_group(const Optimizer *optimizer, const String *name);
/* Whether the name of a group is that of the param, or of its family: "z" for "z[0]", "z[1]", … */
bool optimizer_names(const OptimizerGroup *group, const String *name);

/* Brings each of n numbers within ± limit; what is no number stays. */
void optimizer_clip(size_t n, double *x, double limit);

void optimizer_mark(State *S, Object *object);
void optimizer_print(State *S, Object *object);

#endif
