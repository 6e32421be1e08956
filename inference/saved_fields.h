/* SPDX-License-Identifier: GPL-3.0-or-later
   Fields of what was read from a saved file, which may hold anything: each is checked where it is taken. All raise "bad-file". */
#ifndef ELBO_INFERENCE_SAVED_FIELDS_H
#define ELBO_INFERENCE_SAVED_FIELDS_H

#include "runtime/array.h"

_Noreturn void saved_bad(State *S, const char *format, ...) __attribute__((format(printf, 2, 3), cold));
Value saved_field(State *S, const Record *record, const char *name);
Record *saved_record(State *S, const Record *record, const char *name);
/* A list of records, maybe empty. */
const List *saved_records(State *S, const Record *record, const char *name);
String *saved_string(State *S, const Record *record, const char *name);
bool saved_flag(State *S, const Record *record, const char *name);
/* A number in [low, high]; `whole`: without a fraction. */
double saved_number(State *S, const Record *record, const char *name, double low, double high, bool whole);
/* A whole number of 64 bits, written as text. */
uint64_t saved_bits(State *S, const Record *record, const char *name);
/* A vector of `n` numbers (SIZE_MAX: of any length), all of them finite unless `special`. */
const Array *saved_vector(State *S, const Record *record, const char *name, size_t n, bool special);
/* What saved_encode made. */
Value saved_plain(State *S, const Record *record, const char *name);

#endif
