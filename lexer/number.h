/* Numbers as text and back, whatever the locale. */
#ifndef ELBO_LEXER_NUMBER_H
#define ELBO_LEXER_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { NUMBER_MAX_LENGTH = 400 };

/* Reads a number as the scanner matches it; underscores between digits are left out. False: too long, or too large. */
bool number_read(const char *text, size_t length, double *out);

/* Writes the shortest text that reads back to the same finite value, and returns its length. */
size_t number_write(double value, char out[32]);

#endif
