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
/* Hands the text from `start` on to the host, as what the program prints, and drops it. */
void text_output(State *S, size_t start);
/* The text as a string; it is dropped. */
String *text_finish(State *S, size_t start);

/* Makes what stands from `start` on harmless for a terminal: control characters, bytes that are no UTF-8 and marks that turn the
   direction of writing become \n, \t, \u{1b}, \xff. With `lines`, newlines stay. */
void text_make_visible(State *S, size_t start, bool lines);
/* "text" with what a program would have to escape escaped. */
void text_quoted(State *S, const String *s);
/* A field's name as in a record: quoted when it is no plain name. */
void text_field_name(State *S, const String *name);
/* Bytes of the first `columns` columns of a text. */
size_t text_cut(const char *text, size_t length, size_t columns);

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
