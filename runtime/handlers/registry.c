/* All handlers that a program can name: one line each. */
#include "runtime/trace.h"

const HandlerRow *const handler_rows[] = {
    &handler_condition,
    &handler_do,
    &handler_params,
    &handler_replay,
    &handler_seed,
    &handler_substitute,
    &handler_trace,
    &handler_uncondition,
    NULL,
};
