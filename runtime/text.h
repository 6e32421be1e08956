/* Texts that are being built: a stack of bytes in the state, so that an error on the way leaks nothing. */
#ifndef ELBO_RUNTIME_TEXT_H
#define ELBO_RUNTIME_TEXT_H

#include "runtime/state.h"

/* Where a text begins; hand it to text_finish (or text_drop). Texts nest. */
static inline size_t text_begin(const State *S) { return S->text_used; }
void text_append(State *S, const char *text, size_t length);
void text_print(State *S, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for `n` more bytes; false: no memory. */
bool text_room(State *S, size_t n);
static inline const char *text_at(const State *S, size_t start) { return S->text + start; }
static inline size_t text_length(const State *S, size_t start) { return S->text_used - start; }
static inline void text_drop(State *S, size_t start) { S->text_used = start; }
/* The text as a string; it is dropped. */
String *text_finish(State *S, size_t start);

/* How many columns the text takes on a terminal (UTF-8). */
size_t text_width(const char *text, size_t length);

/* Appends a value as `print` shows it; strings bare at the top, quoted inside of others. */
void text_value(State *S, Value v);
/* The same for a cell of a table: fewer digits. */
void text_brief(State *S, Value v);
/* Normal(0, 1), with these parameters. */
struct DistributionRow;
void text_distribution(State *S, const struct DistributionRow *row, const Value *parameters);
/* A number with at most `digits` significant digits, no more than it needs. */
void text_number(State *S, double x, int digits);

#endif
