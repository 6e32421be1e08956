/* SPDX-License-Identifier: GPL-3.0-or-later
   Files that are read, in a way that the user can interrupt: a pipe may have nobody who writes. */
#ifndef ELBO_RUNTIME_READ_FILE_H
#define ELBO_RUNTIME_READ_FILE_H

#include <stdio.h>

#include "runtime/state.h"

/* Opens it; "-" is standard input. Raises "no-file" with the reason, or "interrupted". The caller owns the file, and calls
   read_file_close in the end. */
FILE *read_file_open(State *S, const char *path);
/* Reads up to `size` bytes. 0: errno says why not, EINTR that the user interrupts; at the end it is 0. */
size_t read_file_block(const State *S, FILE *file, void *block, size_t size);
/* Standard input stays open. */
void read_file_close(FILE *file);

#endif
