/* Operations on values, differentiable and over lanes: everything that computes goes through these few doors. */
#ifndef ELBO_RUNTIME_OPERATIONS_H
#define ELBO_RUNTIME_OPERATIONS_H

#include "runtime/array.h"
#include "runtime/kernel.h"
#include "runtime/tape.h"

/* Elementwise: broadcasts over lane axes by identity; numbers broadcast against vectors and matrices, otherwise event shapes
   must be equal (shape error naming the function otherwise). */
Value operation_elementwise(State *S, const Elementwise *row, const Value *arguments);
/* The same for the two operands of an operator. */
Value operation_binary(State *S, const Elementwise *row, Value a, Value b);
Value operation_unary(State *S, const Elementwise *row, Value a);

/* Sums over the event: all of it. Lanes stay. */
Value operation_sum(State *S, Value v);
/* Sums over the lane axes from `depth` on (axes whose depth >= depth). Event and outer lanes stay. An axis of the list that
   v does not have multiplies by its size: n_axes, axes are the axes to sum over. */
Value operation_sum_lanes(State *S, Value v, uint32_t n_axes, Axis *const axes[]);
/* Adds up values of any lanes and numbers' event shape in the given order: one node. */
Value operation_total(State *S, const Value *values, const double *signs, size_t n);
/* The same for a result that is gone when the tape is emptied. */
Value operation_total_passing(State *S, const Value *values, size_t n);
/* mask ? on : off, by lanes; mask a boolean value of rank 0. For numeric values only (see merge in runtime/mask.h). */
Value operation_select(State *S, Value mask, Value on, Value off);

/* Crossing: the plate's axis becomes the event axis number `position` (0: the leading one). Numbers without the axis are
   repeated. `size` is the plate's size and axis its axis, NULL when size is 1. */
Value operation_cross_out(State *S, Value v, Axis *axis, size_t size, uint32_t position);
/* The event axis number `position` becomes the lane axis; its length must be `size` (shape error otherwise). */
Value operation_cross_in(State *S, Value v, Axis *axis, size_t size, uint32_t position);

/* Stacks n values of equal event shape along a new leading axis. */
Value operation_stack(State *S, const Value *values, size_t n);
/* Joins vectors (or matrices, by rows) along the leading axis; numbers count as vectors of one. */
Value operation_concat(State *S, const Value *values, size_t n);
/* Another event shape with as many components. */
Value operation_reshape(State *S, Value v, uint32_t rank, const size_t dims[]);

/* v @ w: dot product, matrix times vector, vector times matrix, matrix times matrix. Lanes in either. */
Value operation_matmul(State *S, Value a, Value b);

/* One subscript of an array: a position, a slice, or all of that dimension. */
typedef struct Subscript {
    enum { SUBSCRIPT_INDEX, SUBSCRIPT_SLICE } kind;
    Value index;      /* INDEX: a number, or an array of numbers (lanes: a gather; a vector: several elements) */
    size_t low, high; /* SLICE: half-open */
    bool from_end;    /* INDEX: was written as a literal -k */
} Subscript;

/* x[...]: fewer subscripts than dimensions take whole rows. Checks each index against the length, under the lane mask:
   index error with the index and the length. */
Value operation_index(State *S, Value v, const Subscript *subscripts, uint32_t n);
/* The value v with the element(s) replaced; index == length of the leading dimension extends. Broadcasts lanes of v, the
   subscripts and the element; under a lane mask only lanes that are on change. */
Value operation_replace(State *S, Value v, const Subscript *subscripts, uint32_t n, Value element);

/* The number in a value that must not have lanes; raises a type error that names `what`. */
double value_to_number(State *S, Value v, const char *what);
/* A number that must be an integer in [low, high] and equal in all lanes that are on. */
long value_to_integer(State *S, Value v, const char *what, long low, long high);
/* Truth of a condition that must be equal in all lanes that are on. */
bool value_to_truth(State *S, Value v, const char *what);

#endif
