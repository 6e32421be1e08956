/* The registry of estimators. */
#include "inference/estimator.h"

#include <math.h>
#include <string.h>

#include "inference/inference.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/text.h"

/* One line each: the row of its file, its name and arguments in programs, a line of help. */
#define ESTIMATORS(ROW)                                                                                                          \
    ROW(iwae, "IWAE", "baseline?", "the importance weighted bound: log of the mean weight p / q of the particles")               \
    ROW(renyi, "RenyiELBO", "alpha?, baseline?", "the bound of Rényi's divergence of order alpha; 0 is IWAE, 1 the ELBO")         \
    ROW(trace, "Trace_ELBO", "sticking_the_landing?, baseline?",                                                                 \
        "the ELBO, log p - log q: pathwise gradients, and score terms, narrowed by plates, for other draws")                     \
    ROW(trace_graph, "TraceGraph_ELBO", "sticking_the_landing?, baseline?",                                                      \
        "the same, with score terms that count only what depends on the draw")                                                   \
    ROW(mean_field, "TraceMeanField_ELBO", "baseline?", "the ELBO with exact divergences of guide and prior where they are known")

static Value estimator_new(State *S, const EstimatorRow *row, const char *name, const Value *arguments);

#define FUNCTION(id, name, signature, help)                                 \
    static Value native_##id(State *S, const Value *arguments, unsigned n) { \
        (void)n;                                                            \
        return estimator_new(S, &estimator_##id, name, arguments);          \
    }
ESTIMATORS(FUNCTION)

#define NATIVE(id, name, signature, help) {name, signature, native_##id, help, false, false},
const NativeRow native_estimators[] = {ESTIMATORS(NATIVE){0}};

/* ---- Settings ---- */

static double setting_value(State *S, const char *estimator, const EstimatorSetting *setting, Value v) {
    if (v.tag == VALUE_UNASSIGNED) return setting->initial;
    if (setting->kind == ESTIMATOR_TRUTH) return value_to_truth(S, v, setting->name);
    if (setting->kind == ESTIMATOR_WEIGHT && v.tag == VALUE_NONE) return NAN;
    double x = value_to_number(S, v, setting->name);
    if (setting->kind == ESTIMATOR_NUMBER && !isfinite(x))
        error_raise(S, "bad-argument", NULL, "%s's %s is %g; it must be finite", estimator, setting->name, x);
    if (setting->kind == ESTIMATOR_WEIGHT && !(x >= 0 && x < 1))
        error_raise(S, "bad-argument", "Or write `none`, for no baseline.", "%s's %s is %g; it must be at least 0 and below 1", estimator,
                    setting->name, x);
    return x;
}

static Value estimator_new(State *S, const EstimatorRow *row, const char *name, const Value *arguments) {
    double settings[ESTIMATOR_SETTINGS] = {0};
    for (int k = 0; row->settings[k].name; k++)
        settings[k] = setting_value(S, name, &row->settings[k], arguments ? arguments[k] : value_unassigned());
    Estimator *estimator = gc_new(S, VALUE_ESTIMATOR, sizeof *estimator);
    estimator->row = row;
    estimator->name = name;
    memcpy(estimator->settings, settings, sizeof settings);
    return value_object(estimator);
}

static Estimator *estimator_of_function(State *S, Value f) {
    Estimator *estimator = (Estimator *)estimator_new(S, &estimator_own, "a function", NULL).as.object;
    estimator->function = f;
    return estimator;
}

Estimator *estimator_argument(State *S, Value v) {
    if (v.tag == VALUE_ESTIMATOR) return (Estimator *)v.as.object;
    if (v.tag == VALUE_UNASSIGNED) return (Estimator *)native_trace(S, (Value[ESTIMATOR_SETTINGS]){{0}}, 0).as.object;
    if (v.tag == VALUE_NATIVE && v.as.native->row && v.as.native->row >= native_estimators &&
        v.as.native->row < native_estimators + sizeof native_estimators / sizeof *native_estimators)
        return (Estimator *)v.as.native->row->function(S, (Value[ESTIMATOR_SETTINGS]){{0}}, 0).as.object;
    if (!value_is_callable(v)) native_type_error(S, "svi", "elbo", "an estimator like Trace_ELBO(), or a function,", v);
    return estimator_of_function(S, v);
}

void estimator_mark(State *S, Object *object) { gc_mark_value(S, ((Estimator *)object)->function); }

static void print_setting(State *S, const EstimatorSetting *setting, double x) {
    text_print(S, "%s = ", setting->name);
    if (setting->kind == ESTIMATOR_TRUTH) text_print(S, x != 0 ? "true" : "false");
    else if (isnan(x)) text_print(S, "none");
    else text_number(S, x, 6);
}

void estimator_print(State *S, Object *object) {
    const Estimator *estimator = (Estimator *)object;
    if (value_is_callable(estimator->function)) {
        const char *name = callable_name(estimator->function);
        text_print(S, "%s", name ? name : "fn");
        return;
    }
    text_print(S, "%s(", estimator->name);
    for (int k = 0; estimator->row->settings[k].name; k++) {
        if (k) text_print(S, ", ");
        print_setting(S, &estimator->row->settings[k], estimator->settings[k]);
    }
    text_print(S, ")");
}
