/* Fits: what svi returns.

   To a program a fit is a value like any other: it never changes. svi changes the one it is making, which nobody else holds;
   a callback sees copies (fit_copy), and a fit that goes on is a copy too. */
#ifndef ELBO_INFERENCE_FIT_H
#define ELBO_INFERENCE_FIT_H

#include "inference/estimator.h"
#include "inference/inference.h"
#include "inference/optimizer.h"
#include "runtime/gc.h"

/* One param of the store of a fit. */
typedef struct FitParam {
    String *name;
    Constraint *constraint;  /* NULL: real */
    const Layout *layout;
    size_t size;             /* numbers */
    Array *theta;            /* unconstrained; changed in place by the optimizer, so nobody else may hold it */
    double *state[OPTIMIZER_STATE]; /* the optimizer's, each of layout->size doubles; NULL where it has none */
    size_t history_at;       /* where its numbers begin in a row of the history */
} FitParam;

/* How many numbers a history keeps: at most so many, and at least so many steps. */
enum { HISTORY_NUMBERS = 4 * 1024 * 1024, HISTORY_ROWS = 8 };

typedef struct Fit {
    Object header;
    /* what svi was asked for */
    Value model, guide;
    Value *arguments;    /* of both; owned */
    unsigned n_arguments;
    Optimizer *optimizer;
    Estimator *estimator;
    Value subsample;     /* a record: plate names and how many elements a step takes; unassigned: all */
    Value seed;          /* a number: the fit has a stream of its own; unassigned: it takes its steps from the caller's */
    uint64_t particles;
    double average;      /* params are means over this last part of the steps; 0: the last ones */
    /* where it stands, after `done` whole steps */
    FitParam *params;
    uint32_t n_params;
    size_t numbers;      /* of all params */
    uint64_t done;
    uint64_t optimizer_from; /* steps that were taken before its optimizer began */
    Baselines baselines; /* of draws without a pathwise gradient */
    RandomState random;  /* with which the next step begins */
    Array *losses;       /* minus the ELBO, each step */
    uint64_t losses_room;
    Array *history;      /* unconstrained params after every `stride` steps, `numbers` a row */
    uint64_t history_room, stride; /* rows; a power of two */
    double seconds;
    Record *terms;       /* of the ELBO in the first step, by name (diagnose.h); NULL: none yet */
    List *warnings;      /* what diagnose.h found, each as a record {kind, message, advice, line}; never NULL */
    bool interrupted;    /* the user stopped it */
    bool in_callback;    /* its callback is being called: an error then is none of the fit's */
    uint32_t restart;    /* which of several starts it is: from 0 */
    Array *restarts;     /* the ELBO of each start, `missing` where it failed; NULL: there was one */
    Record *saved;       /* what a file says of the programs and data that this fit still lacks (fit_saved.h); NULL: it has all */
} Fit;

/* An empty fit: no params, no steps. */
Fit *fit_new(State *S);
/* Gives it room for `n` params, all zero. */
void fit_new_params(State *S, Fit *fit, uint32_t n);
/* Gives the fit its params, at their initial values: a fresh store. */
void fit_set_params(State *S, Fit *fit, const Record *values, const Record *constraints);
/* Gives it one param more, after steps without it: as if it had stood at its initial value, unconstrained, until now. */
void fit_add_param(State *S, Fit *fit, String *name, Constraint *constraint, Value initial);
/* The optimizer's state begins anew: as many zeros as its row wants. */
void fit_reset_optimizer(State *S, Fit *fit);
/* Another fit with all that this one has. It shares the record of the steps, behind whose end only one of the two may write:
   the copy has no room there until fit_reserve gives it some of its own. */
Fit *fit_copy(State *S, const Fit *fit);
/* Makes room to record steps up to number `steps`, or the next ones of very many. */
void fit_reserve(State *S, Fit *fit, uint64_t steps);
/* Makes room to record one step more; a history that is full keeps every other row. Nothing can fail between this and
   fit_record. */
void fit_reserve_step(State *S, Fit *fit);
/* Counts a step: notes its loss and the params after it. */
void fit_record(Fit *fit, double loss);

/* A param's unconstrained numbers as the fit stands for them: averaged, if that was asked for. */
Array *fit_theta(State *S, const Fit *fit, const FitParam *param);
/* The same within its constraint, as a value of its own. */
Value fit_param_value(State *S, const Fit *fit, const FitParam *param);
/* How many steps the fit's averages are over; 0: none. */
uint64_t fit_averaged(const Fit *fit);
/* Mean and standard error of the ELBO over the last tenth of the steps. */
void fit_elbo(const Fit *fit, double *mean, double *error);
/* The same over the last `steps` of them; there must be so many. */
void fit_elbo_over(const Fit *fit, uint64_t steps, double *mean, double *error);
/* The param's values by step, within its constraint, along a new leading axis. */
Value fit_history(State *S, const Fit *fit, const FitParam *param);

void fit_mark(State *S, Object *object);
void fit_release(State *S, Object *object);
void fit_print(State *S, Object *object);
Value fit_field(State *S, Object *object, String *name);
void fit_fields(State *S, Object *object, OfferName *offer, void *user);

#endif
