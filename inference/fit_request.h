/* SPDX-License-Identifier: GPL-3.0-or-later
   Fits that a host asks for (elbo_fit): which model, which data, and what becomes of the fit. */
#ifndef ELBO_INFERENCE_FIT_REQUEST_H
#define ELBO_INFERENCE_FIT_REQUEST_H

#include "elbo.h"
#include "inference/fit.h"

/* The data of a model's parameters, one value for each from the stack's slot `base` on: unassigned where none is given. */
typedef struct FitData {
    const Function *model;
    size_t base;
} FitData;

/* Pushes an unassigned value for each of the model's parameters. */
FitData fit_data_begin(State *S, const Function *model);
/* Reads what an option like "x=FILE.csv" gives. Raises an error where it gives what the model does not take. */
void fit_data_read(State *S, const FitData *data, const char *text);
/* How many arguments there are, up to the last one that is given; raises "missing-argument" with the names of those that lack. */
unsigned fit_data_count(State *S, const FitData *data);

#endif
