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

#define TABLE "runtime/kernels/internal.def"
#include "runtime/kernels/expand_kernels.h"

const Elementwise elementwise_internal[] = {
#include "runtime/kernels/expand_rows.h"
};
