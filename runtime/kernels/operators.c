/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operators' kernels and table. */
#include "runtime/kernels/special.h"
#include "runtime/kernels/table.h"

static const double slope_add[] = {1, 1};
static const double slope_subtract[] = {1, -1};
static const double slope_negate[] = {-1};

/* The remainder with the sign of b, and the quotient that belongs to it, as Python defines them. */
static inline double floor_remainder(double a, double b) {
    double r = fmod(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

static inline double floor_quotient(double a, double b) {
    return b == 0 ? floor(a / b) : rint((a - floor_remainder(a, b)) / b);
}

#define UNARY KERNELS_UNARY
#define UNARY_APART KERNELS_UNARY_APART
#define UNARY_EXACT KERNELS_UNARY_EXACT
#define UNARY_STEP KERNELS_UNARY_STEP
#define BINARY KERNELS_BINARY
#define BINARY_EXACT KERNELS_BINARY_EXACT
#define BINARY_STEP KERNELS_BINARY_STEP
#define OTHER(id, name, arity, help)
#include "runtime/kernels/operators.def"
#undef UNARY
#undef UNARY_APART
#undef UNARY_EXACT
#undef UNARY_STEP
#undef BINARY
#undef BINARY_EXACT
#undef BINARY_STEP
#undef OTHER

#define UNARY ROW_UNARY
#define UNARY_APART ROW_UNARY_APART
#define UNARY_EXACT ROW_UNARY_EXACT
#define UNARY_STEP ROW_UNARY_STEP
#define BINARY ROW_BINARY
#define BINARY_EXACT ROW_BINARY_EXACT
#define BINARY_STEP ROW_BINARY_STEP
#define OTHER ROW_OTHER
const Elementwise elementwise_operators[] = {
#include "runtime/kernels/operators.def"
    {NULL, 0, false, NULL, NULL, NULL, NULL, NULL, NULL},
};
