/* SPDX-License-Identifier: GPL-3.0-or-later
   Plain values in saved files: what read_json would not tell apart (a list of numbers and a vector, `none` and `missing`, "NaN"
   and a number that is none) is kept apart. */
#ifndef ELBO_INFERENCE_SAVED_VALUE_H
#define ELBO_INFERENCE_SAVED_VALUE_H

#include "runtime/state.h"

/* Why v cannot be saved: the type of what is in the way; NULL: it can. */
const char *saved_refused(Value v);
/* v as a value that JSON holds (stdlib/json.h). It must be one that can be saved. */
Value saved_encode(State *S, Value v);
/* Back from what json_value has read; false: that is none. Arrays are not written in place by programs. */
bool saved_decode(State *S, Value json, Value *v);
/* SHA-256 of what saved_encode gives, and of texts. */
String *saved_digest(State *S, Value v);
String *saved_digest_of(State *S, const char *text, size_t length);

#endif
