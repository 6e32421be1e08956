/* All handlers that a program can name: one line each. */
#include "runtime/trace.h"

const HandlerRow *const handler_rows[] = {
    &handler_block,
    &handler_condition,
    &handler_do,
    &handler_lift,
    &handler_mask,
    &handler_params,
    &handler_reparam,
    &handler_replay,
    &handler_scale,
    &handler_seed,
    &handler_subsample,
    &handler_substitute,
    &handler_trace,
    &handler_uncondition,
    NULL,
};
