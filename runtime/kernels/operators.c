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

#define TABLE "runtime/kernels/operators.def"
#include "runtime/kernels/expand_kernels.h"

const Elementwise elementwise_operators[] = {
#include "runtime/kernels/expand_rows.h"
};
