/* Constraints: where a parameter or a distribution's argument or value may lie, and the transform from the real line. */
#ifndef ELBO_RUNTIME_CONSTRAINT_H
#define ELBO_RUNTIME_CONSTRAINT_H

#include "runtime/value.h"

/* Positions in constraint_rows, for tables that name a constraint. */
typedef enum ConstraintIndex {
    CONSTRAINT_REAL,
    CONSTRAINT_POSITIVE,
    CONSTRAINT_NONNEGATIVE,
    CONSTRAINT_UNIT_INTERVAL,
    CONSTRAINT_INTERVAL,
    CONSTRAINT_BOOLEAN,
    CONSTRAINT_INTEGER,
    CONSTRAINT_NONNEGATIVE_INTEGER,
    CONSTRAINT_INTEGER_INTERVAL,
    CONSTRAINTS
} ConstraintIndex;

/* A row of the registry of constraints (stdlib/constraints.c). bounds are the constraint's own arguments (interval(a, b));
   to_value maps an unconstrained value into the set, differentiably; to_free is its inverse. */
typedef struct ConstraintRow {
    const char *name;
    unsigned n_bounds;
    const char *bounds[2];                /* their names */
    Value (*to_value)(State *S, Value unconstrained, const Value bounds[]);  /* NULL: only for checks (integers) */
    Value (*to_free)(State *S, Value value, const Value bounds[]);
    Value (*contains)(State *S, Value value, const Value bounds[]);          /* boolean, by element; false for NaN */
    bool (*holds)(size_t n, const double *x); /* whether all n numbers lie in the set: contains, for constraints without
                                                 bounds, at the speed of a check of every argument; NULL: not given */
    bool bounds_may_meet;                 /* the two bounds may be equal */
    const char *description;              /* "greater than 0": `sigma must be …` */
    const char *help;
} ConstraintRow;

typedef struct Constraint {
    Object header;
    const ConstraintRow *row;
    Value bounds[2];
} Constraint;

extern const ConstraintRow constraint_rows[]; /* in the order of ConstraintIndex, ended by a row without a name */

const ConstraintRow *constraint_find(const char *name);
Constraint *constraint_new(State *S, const ConstraintRow *row, const Value bounds[]);

/* Whether `value` leaves the set in an element of a lane that is on; *offender is the first such element. */
bool constraint_is_broken(State *S, const ConstraintRow *row, const Value bounds[], Value value, double *offender);
/* The set in words: "greater than 0", "between 2 and 5". Lives until the next error. */
const char *constraint_words(State *S, const ConstraintRow *row, const Value bounds[]);

#endif
