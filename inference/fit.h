/* Fits: what svi returns. */
#ifndef ELBO_INFERENCE_FIT_H
#define ELBO_INFERENCE_FIT_H

#include "inference/estimator.h"
#include "inference/inference.h"
#include "inference/optimizer.h"

/* One param of the store of a fit. */
typedef struct FitParam {
    String *name;
    Constraint *constraint;  /* NULL: real */
    const Layout *layout;
    size_t size;             /* numbers */
    Array *theta;            /* unconstrained; changed in place by the optimizer, so nobody else may hold it */
    double *state[4];        /* the optimizer's, each of layout->size doubles */
    size_t history_at;       /* where its numbers begin in a row of the history */
} FitParam;

enum { HISTORY_NUMBERS = 4 * 1024 * 1024 };

typedef struct Fit {
    Object header;
    Value model, guide;
    Optimizer *optimizer;
    Estimator *estimator;
    uint64_t steps, particles;
    FitParam *params;
    uint32_t n_params;
    size_t numbers;      /* of all params */
    Baselines baselines; /* the estimator's */
    double *losses;      /* minus the ELBO, each step */
    uint64_t losses_size;
    double *history;     /* unconstrained params after every `stride` steps, `numbers` a row */
    uint64_t history_size, stride;
    uint64_t done;       /* steps taken */
    double seconds;
    List *warnings;      /* what diagnose.h found, each as a record {kind, message, advice, line}; never NULL */
} Fit;

Fit *fit_new(State *S, Value model, Value guide, Optimizer *optimizer, Estimator *estimator, uint64_t steps, uint64_t particles);
/* Gives the fit its params, at their initial values: a fresh store. */
void fit_set_params(State *S, Fit *fit, const Record *values, const Record *constraints);
/* Notes the loss of a step and the params after it. */
void fit_record(Fit *fit, double loss);
/* A param's value now, constrained, as a value of its own. */
Value fit_param_value(State *S, const FitParam *param);
/* Mean and standard error of the ELBO over the last tenth of the steps. */
void fit_elbo(const Fit *fit, double *mean, double *error);

void fit_mark(State *S, Object *object);
void fit_release(State *S, Object *object);
void fit_print(State *S, Object *object);
Value fit_field(State *S, Object *object, String *name);

#endif
