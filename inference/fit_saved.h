/* SPDX-License-Identifier: GPL-3.0-or-later
   Saved fits: JSON with exact numbers, from which a fit goes on to the same bits. */
#ifndef ELBO_INFERENCE_FIT_SAVED_H
#define ELBO_INFERENCE_FIT_SAVED_H

#include "inference/fit.h"

/* The version of the files. One that is read must have this or a lower one. */
enum { SAVED_FORMAT = 1 };

/* What stands in a file behind its last field but one: its own digest, of all bytes before. */
#define SAVED_DIGEST ",\n  \"digest\": \""

/* The fit as a record that JSON holds, with the arguments of its model or without. Raises wrong-type for arguments that no file
   can hold, bad-argument for settings that are functions without a name. */
Record *fit_encode(State *S, const Fit *fit, bool data);
/* Back. Model and guide are not looked for yet: fit->saved has what the file says of them. Raises bad-file, and what optimizers and
   estimators raise of their settings. */
Fit *fit_decode(State *S, const Record *record);
/* A digest of each argument, as a list of strings. */
Value fit_data_digests(State *S, const Value *arguments, unsigned n);
/* Model and guide of a fit that is to go on. One that was loaded before they were defined looks for them again. Raises
   unknown-name, model-changed, or missing-argument for data that the file did not have. */
void fit_find_programs(State *S, Fit *fit);
/* The name of its model, also where that is not defined; NULL: it has none. */
const char *fit_model_name(State *S, const Fit *fit);

/* save, load */
extern const NativeRow native_saved[];

#endif
