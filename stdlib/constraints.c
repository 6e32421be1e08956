/* SPDX-License-Identifier: GPL-3.0-or-later
   The registry of constraints: the rows of stdlib/constraints/ in the order of runtime/constraint.h. */
#include "runtime/constraint.h"

#define DECLARE(index, name) extern const ConstraintRow constraint_##name;
#define ENTRY(index, name) [CONSTRAINT_##index] = &constraint_##name,

ELBO_CONSTRAINTS(DECLARE)

const ConstraintRow *const constraint_rows[] = {ELBO_CONSTRAINTS(ENTRY)[CONSTRAINTS] = NULL};
