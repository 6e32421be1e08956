/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elementwise functions' kernels and table. */
#include "runtime/kernels/table.h"

#include "runtime/kernels/normal_tail.h"
#include "runtime/kernels/special.h"

#define TABLE "runtime/kernels/functions.def"
#include "runtime/kernels/expand_kernels.h"

const Elementwise elementwise_functions[] = {
#include "runtime/kernels/expand_rows.h"
};
