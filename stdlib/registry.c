/* All built-in functions: one line for each table. */
#include "inference/estimator.h"
#include "inference/fit_saved.h"
#include "inference/inference.h"
#include "inference/optimizer.h"
#include "inference/schedule.h"
#include "plot/graph.h"
#include "plot/plot.h"
#include "runtime/handlers/reparam.h"
#include "runtime/kernel.h"
#include "stdlib/json.h"
#include "stdlib/special.h"
#include "stdlib/stdlib.h"
#include "stdlib/transforms.h"

const NativeRow *const native_tables[] = {
    native_arrays, native_files, native_gradient, native_graph, native_help_table, native_json, native_layers, native_linear, native_maths, native_output, native_pictures, native_plot, native_primitives,
    native_records, native_reductions, native_saved, native_report, native_svi, native_transforms, native_triangular, NULL,
};

const Elementwise *const elementwise_tables[] = {elementwise_functions, elementwise_special, elementwise_gamma, elementwise_beta,
                                                elementwise_inverse_gaussian, elementwise_counts, elementwise_counts_mixed, elementwise_skew_normal,
    elementwise_student, elementwise_von_mises, NULL};

void (*const native_generators[])(State *S) = {estimator_natives, optimizer_natives, reparam_natives, schedule_natives, NULL};

void (*const state_openers[])(State *S) = {graph_open, inference_open, picture_open, special_open, transforms_open, NULL};
