/* All built-in functions: one line for each table. */
#include "inference/inference.h"
#include "runtime/kernel.h"
#include "stdlib/special.h"
#include "stdlib/stdlib.h"

const NativeRow *const native_tables[] = {
    native_arrays, native_estimators, native_files, native_gradient, native_linear, native_maths, native_optimizers, native_output, native_primitives,
    native_records, native_reductions, native_svi, NULL,
};

const Elementwise *const elementwise_tables[] = {elementwise_functions, elementwise_special, NULL};

void (*const state_openers[])(State *S) = {inference_open, NULL};
