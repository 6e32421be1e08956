/* Constraints: sets that a parameter, or a distribution's argument or value, may lie in, and the maps from the unconstrained
   numbers into them. */
#ifndef ELBO_RUNTIME_CONSTRAINT_H
#define ELBO_RUNTIME_CONSTRAINT_H

#include "runtime/value.h"

/* All constraints, in the order in which help shows them: one row each, constraint_NAME, in a file of stdlib/constraints/. */
#define ELBO_CONSTRAINTS(ROW)                    \
    ROW(REAL, real)                              \
    ROW(REAL_VECTOR, real_vector)                \
    ROW(POSITIVE, positive)                      \
    ROW(SOFTPLUS_POSITIVE, softplus_positive)    \
    ROW(NONNEGATIVE, nonnegative)                \
    ROW(NEGATIVE, negative)                      \
    ROW(LESS_THAN, less_than)                    \
    ROW(GREATER_THAN, greater_than)              \
    ROW(INTERVAL, interval)                      \
    ROW(UNIT_INTERVAL, unit_interval)            \
    ROW(SIMPLEX, simplex)                        \
    ROW(ORDERED, ordered)                        \
    ROW(POSITIVE_ORDERED, positive_ordered)      \
    ROW(SPHERE, sphere)                          \
    ROW(ZERO_SUM, zero_sum)                      \
    ROW(LOWER_CHOLESKY, lower_cholesky)          \
    ROW(COV_MATRIX, cov_matrix)                  \
    ROW(CORR_CHOLESKY, corr_cholesky)            \
    ROW(CORR_MATRIX, corr_matrix)                \
    ROW(BOOLEAN, boolean)                        \
    ROW(INTEGER, integer)                        \
    ROW(NONNEGATIVE_INTEGER, nonnegative_integer) \
    ROW(POSITIVE_INTEGER, positive_integer)      \
    ROW(INTEGER_INTERVAL, integer_interval)      \
    ROW(ONE_HOT, one_hot)                        \
    ROW(MULTINOMIAL, multinomial)

/* Positions in constraint_rows, for tables that name a constraint. */
#define ELBO_CONSTRAINT_INDEX(index, name) CONSTRAINT_##index,
typedef enum ConstraintIndex { ELBO_CONSTRAINTS(ELBO_CONSTRAINT_INDEX) CONSTRAINTS } ConstraintIndex;
#undef ELBO_CONSTRAINT_INDEX

enum { CONSTRAINT_WHY = 200 };

/* A row of the registry (stdlib/constraints.c). bounds are the constraint's own arguments (interval(a, b)).

   A set of numbers (rank 0) has maps that go element by element. A member of a set of vectors or square matrices (rank 1, 2) is
   one whole: its maps take a vector of unconstrained numbers to one member and back, in each lane; the functions below add
   leading dimensions. All maps are taped operations that raise no errors; what has no image or preimage gives NaN or an
   infinite number. */
typedef struct ConstraintRow {
    const char *name;
    unsigned n_bounds;
    const char *bounds[2];                /* their names */
    unsigned rank;
    const struct ConstraintRow *within;   /* rank > 0: a larger set of such vectors or matrices; NULL: none */
    bool discrete;                        /* nothing to differentiate: for checks only, without maps */
    Value (*to_value)(State *S, Value free, const Value bounds[]);
    Value (*to_free)(State *S, Value value, const Value bounds[]);
    /* log |det| of the derivative of to_value at `free`, whose image is `value`: of each number, or one for the whole. In which
       coordinates of the image: `volume`. */
    Value (*log_slope)(State *S, Value free, Value value, const Value bounds[]);
    size_t (*n_free)(size_t n);           /* rank > 0: how many unconstrained numbers a member of length n (n x n) has */
    Value (*contains)(State *S, Value value, const Value bounds[]); /* rank 0: boolean, by element; false for NaN */
    bool (*holds)(size_t n, const double *x); /* rank 0: whether all n numbers lie in the set: contains, for constraints without
                                                 bounds, at the speed of a check of every argument; NULL: not given */
    /* rank > 0: whether x of length n (n x n, by rows) lies in the set; if not, `why` says what is wrong with it, as the end of
       a sentence: "its elements sum to 1.2". Behind x there is room for as many numbers again. */
    bool (*member)(double *x, size_t n, const double bounds[], char why[CONSTRAINT_WHY]);
    double low, high;                     /* between which the numbers lie; bounds named "low", "high" or else go before */
    bool falls;                           /* rank 0: to_value decreases */
    bool bounds_may_meet;                 /* the two bounds may be equal */
    const char *relation;                 /* with one bound, the words before it: "less than" */
    const char *description;              /* "greater than 0": `sigma must be …` */
    const char *volume;                   /* rank > 0: what the volume is measured in, for help: "its first n - 1 elements" */
    const char *help;
} ConstraintRow;

typedef struct Constraint {
    Object header;
    const ConstraintRow *row;
    Value bounds[2];
} Constraint;

extern const ConstraintRow *const constraint_rows[]; /* in the order of ConstraintIndex, ended by NULL */

const ConstraintRow *constraint_find(const char *name);
Constraint *constraint_new(State *S, const ConstraintRow *row, const Value bounds[]);
void constraint_mark(State *S, Object *object);

/* Whether `value` leaves the set in an element of a lane that is on; *offender is the first such element, or, where whole
   vectors or matrices are members, the first element of the first that is none. */
bool constraint_is_broken(State *S, const ConstraintRow *row, const Value bounds[], Value value, double *offender);
/* Raises the error that a set without maps is none for a param. */
_Noreturn void constraint_raise_fixed(State *S, const ConstraintRow *row);
/* What is wrong, after constraint_is_broken said so, for a sentence that begins with what is checked: "must be greater than 0,
   but it is -1", "must be a simplex (…), but its elements sum to 1.2". Lives until the next error. */
const char *constraint_complaint(State *S, const ConstraintRow *row, const Value bounds[], Value value);
/* Whether each element lies in the set; or each member, along the last dimensions. A boolean value without derivatives. */
Value constraint_contains(State *S, const ConstraintRow *row, const Value bounds[], Value value);
/* Whether all members of `inner` are known to be members of `outer`, which is of vectors or matrices. */
bool constraint_is_within(const ConstraintRow *inner, const ConstraintRow *outer);
/* The ends between which the numbers of the set lie. */
void constraint_ends(const ConstraintRow *row, const Value bounds[], Value ends[2]);
/* The set in words: "greater than 0", "between 2 and 5". Lives until the next error. */
const char *constraint_words(State *S, const ConstraintRow *row, const Value bounds[]);

/* The maps, with any leading dimensions; the constraint must have maps. constraint_to_free checks the value first: error
   bad-initial-value. constraint_log_slope has the leading dimensions that are not of a member. */
Value constraint_to_value(State *S, const ConstraintRow *row, const Value bounds[], Value free);
Value constraint_to_free(State *S, const ConstraintRow *row, const Value bounds[], Value value);
Value constraint_inverse(State *S, const ConstraintRow *row, const Value bounds[], Value value);
Value constraint_log_slope(State *S, const ConstraintRow *row, const Value bounds[], Value free, Value value);
/* The layout of the image of unconstrained numbers (without the bounds' lanes), and of what has an image in `layout`. NULL:
   there is none: no vector, a wrong number of numbers, a matrix that is not square. */
const Layout *constraint_value_layout(State *S, const ConstraintRow *row, const Layout *layout);
const Layout *constraint_free_layout(State *S, const ConstraintRow *row, const Layout *layout);

#endif
