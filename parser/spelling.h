/* How near two words are, for "did you mean". */
#ifndef ELBO_PARSER_SPELLING_H
#define ELBO_PARSER_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

enum { SPELLING_MAX = 40, SPELLING_FAR = 100 };

/* How many letters were left out, added, replaced or swapped with their neighbour; SPELLING_FAR for long words. */
unsigned spelling_distance(const char *a, size_t a_length, const char *b, size_t b_length);

/* Whether one is likely a slip for the other: one error, or two in a word of five letters or more. */
bool spelling_is_close(const char *word, size_t word_length, const char *known, size_t known_length);

#endif
