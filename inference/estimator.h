/* Estimators of the ELBO: what svi differentiates in each step. */
#ifndef ELBO_INFERENCE_ESTIMATOR_H
#define ELBO_INFERENCE_ESTIMATOR_H

#include "runtime/trace.h"

enum { ESTIMATOR_SETTINGS = 4 };

/* One estimate: guide and model, run over the plate "particles". */
typedef struct ElboCall {
    const struct Estimator *estimator;
    Value model, guide;
    const Value *arguments; /* of both */
    unsigned n;
    uint32_t particles;
    String *plate; /* "particles" */
    Value mean;    /* the built-in */
    Trace *model_trace, *guide_trace; /* of the last call; alive only until program code runs again */
} ElboCall;

/* A row of the registry (estimators.c). */
typedef struct EstimatorRow {
    const char *name;
    const char *signature;
    /* Reads the arguments into settings[]; raises bad-argument. NULL: it has none. */
    void (*read)(State *S, const Value *arguments, double settings[]);
    /* A number on the tape: the estimate, whose reverse sweep (score edges included, runtime/tape.h) is an unbiased estimate
       of its expectation's gradient. */
    Value (*objective)(State *S, ElboCall *call);
    const char *const *setting_names; /* ended by NULL; for printing */
    const char *help;
} EstimatorRow;

/* An estimator with its settings: RenyiELBO(alpha = 0.5). */
typedef struct Estimator {
    Object header;
    const EstimatorRow *row;
    double settings[ESTIMATOR_SETTINGS];
} Estimator;

extern const EstimatorRow estimator_trace;

Estimator *estimator_new(State *S, const EstimatorRow *row, const Value *arguments);
/* The argument `elbo` of svi: an estimator, or the name of one; left out, Trace_ELBO. */
Estimator *estimator_argument(State *S, Value v);
void estimator_print(State *S, Object *object);

/* Runs the guide, and the model replayed, inside the plate of particles, which must have been entered. Fills in call's traces. */
void estimator_run(State *S, ElboCall *call);
/* Runs body(S, call), which gives a number for each particle, in the plate of particles, and takes the mean. */
Value estimator_mean(State *S, ElboCall *call, Value (*body)(State *S, ElboCall *call));

#endif
