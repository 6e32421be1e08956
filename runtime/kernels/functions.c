/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elementwise functions' kernels and table. */
#include "runtime/kernels/table.h"

#include "runtime/kernels/special.h"

#define UNARY KERNELS_UNARY
#define UNARY_APART KERNELS_UNARY_APART
#define UNARY_EXACT KERNELS_UNARY_EXACT
#define UNARY_STEP KERNELS_UNARY_STEP
#define BINARY KERNELS_BINARY
#define BINARY_EXACT KERNELS_BINARY_EXACT
#define BINARY_STEP KERNELS_BINARY_STEP
#include "runtime/kernels/functions.def"
#undef UNARY
#undef UNARY_APART
#undef UNARY_EXACT
#undef UNARY_STEP
#undef BINARY
#undef BINARY_EXACT
#undef BINARY_STEP

#define UNARY ROW_UNARY
#define UNARY_APART ROW_UNARY_APART
#define UNARY_EXACT ROW_UNARY_EXACT
#define UNARY_STEP ROW_UNARY_STEP
#define BINARY ROW_BINARY
#define BINARY_EXACT ROW_BINARY_EXACT
#define BINARY_STEP ROW_BINARY_STEP
const Elementwise elementwise_functions[] = {
#include "runtime/kernels/functions.def"
    {NULL, 0, false, NULL, NULL, NULL, NULL, NULL, NULL},
};
