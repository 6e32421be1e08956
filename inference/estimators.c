/* The registry of estimators: a built-in for each. */
#include "inference/estimator.h"

#include "runtime/gc.h"
#include "runtime/text.h"

const EstimatorRow *const estimator_rows[] = {
    &estimator_iwae, &estimator_mean_field, &estimator_renyi, &estimator_trace, &estimator_trace_graph, NULL,
};

static const Value left_out[ESTIMATOR_SETTINGS];

static Estimator *estimator_new(State *S, const EstimatorRow *row, const Value *arguments) {
    double settings[ESTIMATOR_SETTINGS] = {0};
    hyper_read_all(S, row->name, row->settings, arguments, settings);
    Estimator *estimator = gc_new(S, VALUE_ESTIMATOR, sizeof *estimator);
    estimator->row = row;
    for (int k = 0; k < ESTIMATOR_SETTINGS; k++) estimator->settings[k] = settings[k];
    return estimator;
}

static Value estimator_make(State *S, const void *row, const Value *arguments, unsigned n) {
    (void)n;
    return value_object(estimator_new(S, row, arguments));
}

void estimator_natives(State *S) {
    for (const EstimatorRow *const *row = estimator_rows; *row; row++) {
        char signature[200];
        hyper_signature((*row)->settings, signature, sizeof signature);
        native_add(S, (*row)->name, signature, estimator_make, *row, "estimators", (*row)->help);
    }
}

static Estimator *estimator_of_function(State *S, Value f) {
    Estimator *estimator = estimator_new(S, &estimator_own, left_out);
    estimator->function = f;
    return estimator;
}

Estimator *estimator_argument(State *S, Value v) {
    if (v.tag == VALUE_ESTIMATOR) return (Estimator *)v.as.object;
    if (v.tag == VALUE_UNASSIGNED) return estimator_new(S, &estimator_trace, left_out);
    if (v.tag == VALUE_NATIVE && v.as.native->make == estimator_make) return estimator_new(S, v.as.native->made, left_out);
    if (!value_is_callable(v)) native_type_error(S, "svi", "elbo", "an estimator like Trace_ELBO(), or a function,", v);
    return estimator_of_function(S, v);
}

void estimator_mark(State *S, Object *object) { gc_mark_value(S, ((Estimator *)object)->function); }

void estimator_print(State *S, Object *object) {
    const Estimator *estimator = (Estimator *)object;
    const EstimatorRow *row = estimator->row;
    if (row == &estimator_own) {
        const char *name = callable_name(estimator->function);
        text_print(S, "%s", name ? name : "fn");
        return;
    }
    text_print(S, "%s(", row->name);
    for (int k = 0; row->settings[k].name; k++) hyper_print(S, &row->settings[k], &estimator->settings[k], k == 0);
    text_print(S, ")");
}
