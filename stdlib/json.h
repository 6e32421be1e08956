/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as JSON (RFC 8259) and back.

   Numbers have the shortest text that reads back to the same double. What JSON has no numbers for follows Protocol Buffers'
   mapping: the strings "NaN", "Infinity" and "-Infinity". `none` is null, and so is `missing`, alone and as an element.
   Vectors and matrices are (nested) arrays, records objects in the order of their fields. */
#ifndef ELBO_STDLIB_JSON_H
#define ELBO_STDLIB_JSON_H

#include "runtime/native.h"

/* A value as JSON text: on one line, or `pretty`: fields and the parts of lists on lines of their own, vectors on one line.
   Raises "wrong-type" with the place inside of v for what JSON cannot hold (functions, traces, distributions),
   "bad-argument" for strings that are no UTF-8 and for nesting without end, "lanes-differ". */
String *json_text(State *S, Value v, bool pretty);
/* The same, appended to the text that is being built (runtime/text.h). */
void json_append(State *S, Value v, bool pretty);

/* The value of a JSON text; `name` is the file's, for messages. Arrays become vectors and matrices where they are regular. In
   arrays null is `missing`, elsewhere `none`; the three strings above are numbers, except in an array that has other strings.
   Raises "bad-file" with line and column. */
Value json_value(State *S, const char *name, const char *text, size_t length);

extern const NativeRow native_json[];

#endif
