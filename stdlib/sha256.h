/* SPDX-License-Identifier: GPL-3.0-or-later
   SHA-256 (FIPS 180-4): digests by which saved files tell whether something is still the same. */
#ifndef ELBO_STDLIB_SHA256_H
#define ELBO_STDLIB_SHA256_H

#include <stddef.h>

enum { SHA256_TEXT = 65 };

/* The digest of `n` bytes as 64 hexadecimal digits and a NUL. */
void sha256_text(const void *bytes, size_t n, char out[SHA256_TEXT]);

#endif
