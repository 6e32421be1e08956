/* Transforms: differentiable maps of the line that have an inverse, for Transformed(D, t).

   Made from a built-in function (exp), a constraint (its map from the unconstrained numbers), affine(loc, scale), or a list of
   these, applied in order. t(x) maps, t.inverse is the inverse transform, t.log_abs_det(x) the logarithm of |dt/dx|. */
#ifndef ELBO_STDLIB_TRANSFORMS_H
#define ELBO_STDLIB_TRANSFORMS_H

#include "runtime/constraint.h"
#include "runtime/transform.h"

/* A row of the table of transforms. All functions are taped operations, element by element; what is out of a map's domain
   gives NaN or an infinite number, and no error. */
typedef struct TransformRow {
    const char *name;    /* of the built-in function that stands for it, if there is one */
    const char *inverse_name;
    Value (*forward)(State *S, const Transform *t, Value x);
    Value (*inverse)(State *S, const Transform *t, Value y);
    Value (*log_slope)(State *S, const Transform *t, Value x, Value y); /* log |dy/dx| where y is the image of x */
    const char *domain;  /* constraints, as texts: what it maps onto `image`; NULL: another set */
    const char *image;
    double low, high;    /* the ends of the image of the line, or of the domain; constraints have their own */
} TransformRow;

/* Those of built-in functions (transform_maps.c); ended by a row without a name. */
extern const TransformRow transform_rows[];
extern const TransformRow transform_identity, transform_affine, transform_list, transform_of_constraint; /* the last: a constraint's map */


/* The constraint that t stands for; the transforms of a list, applied in order. */
static inline const Constraint *transform_constraint(const Transform *t) { return (const Constraint *)t->arguments[0].as.object; }
static inline const List *transform_parts(const Transform *t) { return t->arguments[0].as.list; }
static inline const Transform *transform_part(const Transform *t, uint32_t k) {
    return (const Transform *)transform_parts(t)->items[k].as.object;
}

/* v as a transform; raises an error that names `function`, whose argument it is. */
Transform *transform_of(State *S, const char *function, Value v);
Value transform_forward(State *S, const Transform *t, Value x);
Value transform_inverse(State *S, const Transform *t, Value y);
/* The same, but what lies beyond an end of the image counts as that end. */
Value transform_inverse_within(State *S, const Transform *t, Value y);
/* log |det dy/dx| where y is the image of x: of each number, or of each whole of x's last transform_ranks(t).in dimensions, which
   are gone then. A number may stand for all of them where it is the same. */
Value transform_log_slope(State *S, const Transform *t, Value x, Value y);
/* 1 where it increases, -1 where it decreases. */
Value transform_direction(State *S, const Transform *t);
/* How many trailing dimensions of a value one application takes, and gives: 0, 0 for maps of numbers; 1, 1 for simplex; 1, 2
   for corr_cholesky. Dimensions before those are repetitions. */
typedef struct TransformRanks {
    unsigned in, out;
} TransformRanks;
TransformRanks transform_ranks(const Transform *t);
/* Whether the map is a line. */
bool transform_is_affine(const Transform *t);
/* Whether an argument of it lies on the tape. */
bool transform_is_taped(const State *S, const Transform *t);
/* The layout of the image of what has `layout`, with the lanes and event shape of the arguments; NULL: they do not fit, or what
   is to be mapped has a wrong number of elements. */
const Layout *transform_layout(State *S, const Transform *t, const Layout *layout);
/* The constraint that the image of a set has, or unassigned where that is not known. */
Value transform_image(State *S, const Transform *t, Value set);

/* Adds transforms as values to a new state. */
void transforms_open(State *S);

#endif
