/* SPDX-License-Identifier: GPL-3.0-or-later
   Writing files: whole, or not at all. */
#ifndef ELBO_STDLIB_WRITE_FILE_H
#define ELBO_STDLIB_WRITE_FILE_H

#include "runtime/value.h"

/* Makes `n` bytes the content of the file at `path`, which is used as it is (run_relative_path comes before).

   A file on disk is replaced in one move: the bytes go to a temporary file beside it, reach the disk, and take its place.
   Until then the old file is whole. Its permissions are kept, and symbolic links are followed. What is no regular file
   (a pipe, a terminal, /dev/stdout) is written into as it stands; where nobody reads, that is an error and no signal.
   Raises "not-written" with the path and the reason, and "interrupted". */
void write_file(State *S, const char *path, const char *bytes, size_t n);

#endif
