/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Elementwise operations that are no built-ins by themselves. */
#include "runtime/kernels/table.h"

#include <string.h>

/* As runtime/value.c has it: how `missing` looks in an array. */
#define MISSING_BITS UINT64_C(0x7ff80000000007a2)

static inline uint64_t payload(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & UINT64_C(0x7fffffffffffffff);
}

#define UNARY KERNELS_UNARY
#define UNARY_APART KERNELS_UNARY_APART
#define UNARY_EXACT KERNELS_UNARY_EXACT
#define UNARY_STEP KERNELS_UNARY_STEP
#define BINARY KERNELS_BINARY
#define BINARY_EXACT KERNELS_BINARY_EXACT
#define BINARY_STEP KERNELS_BINARY_STEP
#include "runtime/kernels/internal.def"
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
const Elementwise elementwise_internal[] = {
#include "runtime/kernels/internal.def"
    {NULL, 0, false, NULL, NULL, NULL, NULL, NULL, NULL},
};
