/* SPDX-License-Identifier: GPL-3.0-or-later
   Sets of whole numbers: supports of discrete distributions. They have no maps. Compiled as a file of kernels. */
#include "stdlib/constraints/numbers.h"

#define IS_BOOLEAN(x) ((x) == 0 || (x) == 1)
#define IS_INTEGER(x) (fabs(x) <= DBL_MAX && floor(x) == (x))
#define IS_COUNT(x) ((x) >= 0 && (x) <= DBL_MAX && floor(x) == (x))
#define IS_POSITIVE_COUNT(x) ((x) >= 1 && (x) <= DBL_MAX && floor(x) == (x))
#define IS_WITHIN(x, a, b) ((x) >= (a) && (x) <= (b) && floor(x) == (x))

INSIDE(boolean, IS_BOOLEAN)
INSIDE(integer, IS_INTEGER)
INSIDE(nonnegative_integer, IS_COUNT)
INSIDE(positive_integer, IS_POSITIVE_COUNT)
INSIDE_BOUNDS(integer_interval, 2, IS_WITHIN)

const ConstraintRow constraint_boolean = {.name = "boolean",
                                          .low = 0,
                                          .high = 1,
                                          .discrete = true,
                                          .contains = boolean_contains,
                                          .holds = boolean_holds,
                                          .description = "true or false",
                                          .help = "true or false, or 1 or 0"};

const ConstraintRow constraint_integer = {.name = "integer",
                                          .low = -INFINITY,
                                          .high = INFINITY,
                                          .discrete = true,
                                          .contains = integer_contains,
                                          .holds = integer_holds,
                                          .description = "a whole number",
                                          .help = "a whole number"};

const ConstraintRow constraint_nonnegative_integer = {.name = "nonnegative_integer",
                                                      .low = 0,
                                                      .high = INFINITY,
                                                      .discrete = true,
                                                      .contains = nonnegative_integer_contains,
                                                      .holds = nonnegative_integer_holds,
                                                      .description = "a whole number, 0 or greater",
                                                      .help = "a whole number, 0 or greater"};

const ConstraintRow constraint_positive_integer = {.name = "positive_integer",
                                                   .low = 1,
                                                   .high = INFINITY,
                                                   .discrete = true,
                                                   .contains = positive_integer_contains,
                                                   .holds = positive_integer_holds,
                                                   .description = "a whole number, 1 or greater",
                                                   .help = "a whole number, 1 or greater"};

const ConstraintRow constraint_integer_interval = {.name = "integer_interval",
                                                   .low = -INFINITY,
                                                   .high = INFINITY,
                                                   .n_bounds = 2,
                                                   .bounds = {"low", "high"},
                                                   .discrete = true,
                                                   .bounds_may_meet = true,
                                                   .contains = integer_interval_contains,
                                                   .description = "a whole number between its bounds",
                                                   .help = "a whole number from low to high"};
