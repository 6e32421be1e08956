/* What subscripts choose of an array: a linear map from the array to the chosen elements. */
#ifndef ELBO_RUNTIME_SELECTION_H
#define ELBO_RUNTIME_SELECTION_H

#include "runtime/linear_map.h"
#include "runtime/operations.h"

typedef struct Selection {
    const Layout *from, *to; /* of the array and of the chosen elements */
    bool gathers;            /* by a table; otherwise strided */
    StridedMap strided;
    GatherMap gather;
    size_t table_size;
} Selection;

/* Checks each subscript against its dimension, under the lane mask: index error. A number cannot be subscripted. */
void selection_make(State *S, Selection *selection, const Layout *from, const Subscript *subscripts, uint32_t n);
/* out = the chosen elements of in; and the other way: the chosen elements of in = out. */
void selection_copy(const Selection *selection, const double *in, double *out);
void selection_copy_back(const Selection *selection, const double *out, double *in);
const LinearMap *selection_on_tape(State *S, const Selection *selection);

/* The axis whose index 0, 1, 2, … the value is, or NULL. */
Axis *index_axis(Value v);
/* A position from 0 on: a number that is an integer with 0 <= i < length, or counted from the end. Raises an index error. */
size_t index_position(State *S, double i, bool from_end, size_t length);
/* The positions that a boolean vector without lanes chooses, as numbers. */
Value index_of_mask(State *S, Value mask, size_t length);
/* Raises an index error when an entry of `index` (over `layout`) in a lane that is on is no position; sets such entries in
   lanes that are off to 0. */
void index_check(State *S, double *index, const Layout *layout, bool from_end, size_t length);

#endif
