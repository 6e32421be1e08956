/* Estimators of the ELBO: what svi differentiates in each step. */
#ifndef ELBO_INFERENCE_ESTIMATOR_H
#define ELBO_INFERENCE_ESTIMATOR_H

#include "inference/baseline.h"
#include "inference/hyper.h"
#include "runtime/native.h"
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
    Baselines *baselines; /* of the fit; NULL: none are kept */
    Trace *model_trace, *guide_trace; /* of the last call; alive only until program code runs again. NULL: a user's own function
                                         keeps them to itself */
} ElboCall;

/* A row of the registry (estimators.c). */
typedef struct EstimatorRow {
    const char *name;
    const Hyper *settings; /* each takes one place; ended by one without a name */
    /* A number on the tape: the estimate, whose reverse sweep (score edges included, runtime/tape.h) is an unbiased estimate
       of its expectation's gradient. */
    Value (*objective)(State *S, ElboCall *call);
    bool by_dependency; /* the cost of a score edge holds only what depends on its draw; else all within its plates */
    const char *bound; /* what it estimates, when that is another bound of the evidence than the ELBO; for printing */
    const char *help;
} EstimatorRow;

/* An estimator with its settings: RenyiELBO(alpha = 0.5). */
typedef struct Estimator {
    Object header;
    const EstimatorRow *row;
    double settings[ESTIMATOR_SETTINGS];
    Value function; /* a user's own, fn(model, guide, arguments...), or unassigned */
} Estimator;

/* What all of them have: how much of a baseline a step keeps (inference/baseline.h). */
#define ESTIMATOR_BASELINE {"baseline", HYPER_OPTIONAL, RANGE_BELOW_1, 0.9, 0}

extern const EstimatorRow estimator_iwae, estimator_mean_field, estimator_own, estimator_renyi, estimator_trace, estimator_trace_graph;

extern const EstimatorRow *const estimator_rows[]; /* ended by NULL */

/* Adds a built-in for each row to a new state. */
void estimator_natives(State *S);

/* The argument `elbo` of svi: an estimator, the name of one, or a function of model, guide and their arguments that gives a
   number for each particle. Left out, Trace_ELBO. */
Estimator *estimator_argument(State *S, Value v);
void estimator_mark(State *S, Object *object);
void estimator_print(State *S, Object *object);

/* Runs the guide, and the model replayed, inside the plate of particles, which must have been entered. Fills in call's traces. */
void estimator_run(State *S, ElboCall *call);
/* Runs body(S, call), which gives a number for each particle, in the plate of particles, and joins them: a vector, or the number
   itself if there is one particle. */
Value estimator_particles(State *S, ElboCall *call, Value (*body)(State *S, ElboCall *call));
/* The same, and the mean of them. */
Value estimator_mean(State *S, ElboCall *call, Value (*body)(State *S, ElboCall *call));
/* log p - log q of one run, for each particle: the body of most. */
Value estimator_log_ratio(State *S, ElboCall *call);
/* The reverse sweep of an estimate, with the call's baselines. Baselines change only when they are committed. */
void estimator_sweep(State *S, ElboCall *call, Value estimate);

#endif
