/* Making and looking at arrays. */
#ifndef ELBO_RUNTIME_ARRAY_H
#define ELBO_RUNTIME_ARRAY_H

#include "runtime/layout.h"

/* What is known of a constant array, computed when first asked. */
typedef struct ArrayCache {
    Axis *view_axis;   /* lane_view was made for this axis */
    Array *lane_view;  /* the leading event axis as lanes: the same data */
    Array *whole;      /* this array is that one's lane_view, made by copying */
    const Axis *identity; /* this array is that axis's index 0, 1, 2, … */
    size_t subset_of;  /* not 0: it is the index of a plate that runs over a subset of so many elements */
    const void *statistics_of; /* the distribution family's row whose sufficient statistics are kept */
    double statistics[8];
    const void *joint_of;    /* the same for a composed family: statistics of `joint_draws` draws of `joint_size` numbers each */
    Array *joint_statistics;
    size_t joint_draws, joint_size;
    bool distinct_known;     /* whether `distinct` was made */
    Array *distinct;         /* the distinct elements in their order, then how often each occurs; NULL: hardly fewer than all */
    bool is_range;     /* 0, 1, …, n - 1 as an event vector */
} ArrayCache;

/* A new array; data is not initialised except for the padding, which is 0. */
Array *array_new(State *S, const Layout *layout);
/* A new array of zeros. */
Array *array_zero(State *S, const Layout *layout);
/* The same in the tape's arena: for a value that is gone when the tape is emptied. */
Array *array_on_tape(State *S, const Layout *layout);
/* A view of base's data under another layout (same size or smaller, starting at the first element). */
Array *array_view(State *S, Array *base, const Layout *layout);
Array *array_vector(State *S, size_t n, const double *elements);
ArrayCache *array_cache(State *S, Array *array);
/* For the collector: frees what hangs on it besides its own block. */
void array_free_parts(State *S, Array *array);
/* The logarithms of the elements, computed when first asked: several densities of one value, or with it as a parameter, want
   the same ones. */
const Array *array_log(State *S, Array *array);
/* Whether any element is `missing` (kept on the array). */
bool array_has_missing(Array *array);

/* Layout of a number, boolean or array; raises a type error for anything else. */
const Layout *value_layout(State *S, Value v);
/* Whether v is a number, a boolean or an array. */
bool value_is_numeric(Value v);
/* Whether v has lane axes. */
bool value_has_lanes(Value v);
/* The elements of a numeric value: an array's data, or `scratch` (8 doubles), filled with the number. */
static inline const double *value_data(Value v, double scratch[LANE_BLOCK]) {
    if (v.tag == VALUE_ARRAY) return v.as.array->data;
    double x = v.tag == VALUE_BOOLEAN ? (double)v.as.boolean : v.as.number;
    for (int i = 0; i < LANE_BLOCK; i++) scratch[i] = x;
    return scratch;
}
/* A value for `array`: unboxed to a number or boolean if it is a scalar without lanes. */
Value value_unboxed(Array *array, uint64_t node);

#endif
