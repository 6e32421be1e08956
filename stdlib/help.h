/* Help on everything that has a name: texts come from the rows that the names stand for. */
#ifndef ELBO_STDLIB_HELP_H
#define ELBO_STDLIB_HELP_H

#include "runtime/text.h"

struct DistributionRow;

/* All of these append to the text that is being built. */

/* On the built-in, the statement word or the variable `name`; false: there is none. */
bool help_name(State *S, const char *name);
void help_distribution(State *S, const struct DistributionRow *row);
/* Every way to call it, a line for each. */
void help_distribution_calls(State *S, const struct DistributionRow *row);

/* Words wrapped at the width of a terminal; `indent` columns before each line. */
void help_paragraph(State *S, unsigned indent, const char *text);
/* A label in a column of `width`, and words wrapped beside it. */
void help_entry(State *S, unsigned width, const char *label, const char *text);

#endif
