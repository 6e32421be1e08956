/* SPDX-License-Identifier: GPL-3.0-or-later
   Tables as text: CSV (RFC 4180). */
#ifndef ELBO_STDLIB_FILES_H
#define ELBO_STDLIB_FILES_H

#include "runtime/state.h"

typedef struct CsvFormat {
    char separator;
    char decimal; /* '.' or ',' */
    bool guess;   /* nobody has named the separator */
} CsvFormat;

/* Reads the file: a record with a vector of numbers, a vector of booleans or a list of strings for each column of the header.
   Raises no-file, bad-table and bad-cell, with the line of the file. */
Value files_read_csv(State *S, const String *path, const CsvFormat *format);

/* Appends the table to the text that is being built: a record of columns of one length, or a matrix, whose columns are named
   x0, x1, …  Raises wrong-type, shape-mismatch and bad-argument. */
void files_append_csv(State *S, Value table, const CsvFormat *format);

#endif
