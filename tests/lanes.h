/* What the tests of the numeric rooms share: an interpreter without a program, plates entered by hand. */
#ifndef ELBO_TESTS_LANES_H
#define ELBO_TESTS_LANES_H

#include <stdio.h>
#include <string.h>

#include "runtime/state.h"

/* Enters a plate whose first lane has the coordinate `start`. */
static inline void lanes_enter(State *S, const char *name, size_t size, size_t start) {
    Plate *plate = &S->plates[S->n_plates];
    String *text = string_of(S, name);
    *plate = (Plate){.name = text, .size = size, .start = start};
    if (size > 1) plate->axis = axis_intern(S, text, size, S->n_plates);
    S->n_plates++;
    Axis *axes[PLATE_DEPTH];
    uint32_t n = 0;
    for (uint32_t k = 0; k < S->n_plates; k++)
        if (S->plates[k].axis) axes[n++] = S->plates[k].axis;
    S->lanes = n ? layout_intern(S, n, axes, 0, NULL) : S->scalar;
}

static inline void lanes_leave_all(State *S) {
    S->n_plates = 0;
    S->lanes = S->scalar;
}

/* The element of a numeric value for component c and the lane with the given index along each axis of the layout. */
static inline double lanes_element(State *S, Value v, size_t c, const size_t at[]) {
    double number[LANE_BLOCK];
    const double *data = value_data(v, number);
    const Layout *l = value_layout(S, v);
    size_t offset = c * l->stride;
    for (uint32_t k = 0; k < l->n_axes; k++) offset += at[k] * l->axis_stride[k];
    return data[offset];
}

#endif
