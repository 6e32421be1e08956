/* What a program sees of a fit: its fields, and the table that print shows. */
#include <math.h>
#include <string.h>

#include "inference/fit.h"
#include "inference/fit_saved.h"
#include "runtime/operations.h"
#include "runtime/suggest.h"
#include "runtime/table.h"

/* ---- Params ---- */

uint64_t fit_averaged(const Fit *fit) { return (uint64_t)floor(fit->average * (double)fit->done); }

/* The mean of the rows that the history has of the steps behind `from` (Polyak and Juditsky, Acceleration of stochastic
   approximation by averaging, SIAM J. Control Optim. 30, 1992), as the last row plus the mean distance from it: what has
   settled loses no digits. */
static bool average_rows(const Fit *fit, const FitParam *p, uint64_t from, double *out) {
    uint64_t first = from / fit->stride, end = fit->done / fit->stride;
    if (first >= end) return false;
    const double *last = fit->history->data + (end - 1) * fit->numbers + p->history_at;
    memset(out, 0, p->size * sizeof *out);
    for (uint64_t r = first; r < end; r++) {
        const double *row = fit->history->data + r * fit->numbers + p->history_at;
        for (size_t k = 0; k < p->size; k++) out[k] += row[k] - last[k];
    }
    for (size_t k = 0; k < p->size; k++) out[k] = last[k] + out[k] / (double)(end - first);
    return true;
}

Array *fit_theta(State *S, const Fit *fit, const FitParam *p) {
    Array *a = array_new(S, p->layout);
    uint64_t steps = fit_averaged(fit);
    if (!steps || !average_rows(fit, p, fit->done - steps, a->data)) memcpy(a->data, p->theta->data, p->layout->size * sizeof(double));
    return a;
}

static Value constrained(State *S, const FitParam *p, Array *theta) {
    return value_detached(param_to_value(S, p->constraint, value_unboxed(theta, 0)));
}

Value fit_param_value(State *S, const Fit *fit, const FitParam *p) { return constrained(S, p, fit_theta(S, fit, p)); }

static Value last_value(State *S, const Fit *fit, const FitParam *p) {
    (void)fit;
    Array *a = array_new(S, p->layout);
    memcpy(a->data, p->theta->data, p->layout->size * sizeof(double));
    return constrained(S, p, a);
}

Value fit_history(State *S, const Fit *fit, const FitParam *p) {
    size_t rows = fit->done / fit->stride, dims[LAYOUT_RANK] = {rows};
    for (unsigned k = 0; k < p->layout->rank && k + 1 < LAYOUT_RANK; k++) dims[k + 1] = p->layout->dims[k];
    Array *a = array_new(S, layout_intern(S, 0, NULL, p->layout->rank + 1u, dims));
    for (size_t r = 0; r < rows; r++)
        memcpy(a->data + r * p->size, fit->history->data + r * fit->numbers + p->history_at, p->size * sizeof(double));
    return value_detached(param_to_value(S, p->constraint, value_array(a, 0)));
}

static Value by_param(State *S, const Fit *fit, Value value(State *S, const Fit *fit, const FitParam *p)) {
    Record *record = record_new(S, fit->n_params);
    for (uint32_t k = 0; k < fit->n_params; k++) record_set(S, record, fit->params[k].name, value(S, fit, &fit->params[k]));
    return value_object(record);
}

/* ---- Fields ---- */

/* Batch means: neighbouring steps are correlated, so the noise is read off the means of ten batches. */
void fit_elbo_over(const Fit *fit, uint64_t n, double *mean, double *error) {
    const double *last = n ? fit->losses->data + (fit->done - n) : NULL;
    enum { BATCHES = 10 };
    *mean = n ? 0 : NAN;
    for (uint64_t k = 0; k < n; k++) *mean -= last[k] / (double)n;
    double m2 = 0;
    uint64_t size = n / BATCHES;
    for (unsigned b = 0; b < BATCHES && size; b++) {
        double batch = 0;
        for (uint64_t k = 0; k < size; k++) batch -= last[b * size + k] / (double)size;
        m2 += (batch - *mean) * (batch - *mean);
    }
    *error = size ? sqrt(m2 / (BATCHES - 1) / BATCHES) : NAN;
}

void fit_elbo(const Fit *fit, double *mean, double *error) {
    fit_elbo_over(fit, fit->done / 10 ? fit->done / 10 : fit->done, mean, error);
}

static Value or_none(Value v) { return v.tag == VALUE_UNASSIGNED ? value_none() : v; }

static Value get_params(State *S, const Fit *fit) { return by_param(S, fit, fit_param_value); }
static Value get_last(State *S, const Fit *fit) { return by_param(S, fit, last_value); }
static Value get_history(State *S, const Fit *fit) { return by_param(S, fit, fit_history); }
static Value get_losses(State *S, const Fit *fit) { return value_array(array_vector(S, fit->done, fit->losses->data), 0); }
static Value get_elbo(State *S, const Fit *fit) {
    (void)S;
    double mean, error;
    fit_elbo(fit, &mean, &error);
    return value_number(mean);
}
static Value get_steps(State *S, const Fit *fit) { return (void)S, value_number((double)fit->done); }
static Value get_particles(State *S, const Fit *fit) { return (void)S, value_number((double)fit->particles); }
static Value get_seconds(State *S, const Fit *fit) { return (void)S, value_number(fit->seconds); }
static Value get_average(State *S, const Fit *fit) { return (void)S, value_number(fit->average); }
static Value get_optimizer(State *S, const Fit *fit) { return (void)S, value_object(fit->optimizer); }
static Value get_estimator(State *S, const Fit *fit) { return (void)S, value_object(fit->estimator); }
static Value get_model(State *S, const Fit *fit) { return (void)S, or_none(fit->model); }
static Value get_guide(State *S, const Fit *fit) { return (void)S, or_none(fit->guide); }
static Value get_seed(State *S, const Fit *fit) { return (void)S, or_none(fit->seed); }
static Value get_subsample(State *S, const Fit *fit) { return (void)S, or_none(fit->subsample); }
static Value get_interrupted(State *S, const Fit *fit) { return (void)S, value_boolean(fit->interrupted); }
static Value get_restart(State *S, const Fit *fit) { return (void)S, value_number(fit->restart); }
static Value get_restarts(State *S, const Fit *fit) { return value_array(fit->restarts ? fit->restarts : array_vector(S, 0, NULL), 0); }

/* A copy: the list grows while the fit is made. */
static Value get_warnings(State *S, const Fit *fit) {
    List *list = list_new(S, fit->warnings->count);
    for (uint32_t k = 0; k < fit->warnings->count; k++) list_append(S, list, fit->warnings->items[k]);
    return value_object(list);
}

static const struct {
    const char *name;
    Value (*get)(State *S, const Fit *fit);
} fields[] = {
    {"params", get_params},         {"last", get_last},           {"losses", get_losses},       {"history", get_history},
    {"elbo", get_elbo},             {"steps", get_steps},         {"particles", get_particles}, {"optimizer", get_optimizer},
    {"estimator", get_estimator},   {"model", get_model},         {"guide", get_guide},         {"seed", get_seed},
    {"subsample", get_subsample},   {"average", get_average},     {"restart", get_restart},     {"restarts", get_restarts},
    {"interrupted", get_interrupted}, {"warnings", get_warnings}, {"seconds", get_seconds},
};

void fit_fields(State *S, Object *object, OfferName *offer, void *user) {
    (void)S, (void)object;
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) offer(user, fields[k].name);
}

Value fit_field(State *S, Object *object, String *name) {
    Suggestion s = suggest_begin(name->text);
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
        if (strcmp(fields[k].name, name->text) == 0) return fields[k].get(S, (Fit *)object);
        suggest_offer(&s, fields[k].name);
    }
    error_raise(S, "unknown-field", s.best ? error_text(S, "Did you mean '%s'?", s.best) : "Its params are in fit.params.",
                "a fit has no field '%s'", name->text);
}

/* ---- Printing ---- */

/* How far a lone number still moved: its range over the last tenth of the steps, half of it. */
static double recent_swing(State *S, const Fit *fit, const FitParam *p) {
    Value history = fit_history(S, fit, p);
    size_t n = fit->done / fit->stride, from = n - (n / 10 ? n / 10 : n);
    double least = INFINITY, most = -INFINITY;
    for (size_t k = from; k < n; k++) {
        double x = history.as.array->data[k];
        least = fmin(least, x);
        most = fmax(most, x);
    }
    return (most - least) / 2;
}

static void param_row(State *S, Table *table, const Fit *fit, const FitParam *p) {
    Value v = fit_param_value(S, fit, p);
    table_cell(S, table);
    text_print(S, "%s", p->name->text);
    table_cell(S, table);
    if (v.tag == VALUE_NUMBER) text_number(S, v.as.number, 6);
    else text_value(S, v);
    table_cell(S, table);
    if (v.tag == VALUE_NUMBER && fit->done >= fit->stride) {
        text_print(S, "± ");
        text_number(S, recent_swing(S, fit, p), 2);
    }
    table_cell(S, table);
    if (p->constraint) text_value(S, value_object(p->constraint));
    else text_print(S, "real");
}

static void print_count(State *S, uint64_t n, const char *what) {
    text_print(S, "%llu %s%s", (unsigned long long)n, what, n == 1 ? "" : "s");
}

static bool is_default(const Estimator *estimator) {
    const Hyper *settings = estimator->row->settings;
    for (int k = 0; settings && settings[k].name; k++)
        if (estimator->settings[k] != settings[k].initial) return false;
    return estimator->row == &estimator_trace;
}

static void print_head(State *S, const Fit *fit) {
    const char *name = fit_model_name(S, fit);
    text_print(S, "fit of %s: ", name ? name : "a model");
    print_count(S, fit->done, "step");
    text_print(S, ", ");
    print_count(S, fit->particles, "particle");
    text_print(S, ", ");
    optimizer_print(S, &fit->optimizer->header);
    if (!is_default(fit->estimator)) {
        text_print(S, ", ");
        estimator_print(S, &fit->estimator->header);
    }
    if (fit->subsample.tag == VALUE_RECORD) {
        text_print(S, ", subsample ");
        text_value(S, fit->subsample);
    }
    if (fit_averaged(fit)) text_print(S, ", params averaged over the last %llu steps", (unsigned long long)fit_averaged(fit));
    if (fit->restarts) text_print(S, ", the best of %zu starts", fit->restarts->layout->components);
}

static void print_foot(State *S, const Fit *fit) {
    if (fit->done) {
        double mean, error;
        fit_elbo(fit, &mean, &error);
        const char *bound = fit->estimator->row->bound;
        text_print(S, "\n\n%s ", bound ? bound : "ELBO");
        text_number(S, mean, 8);
        if (!isnan(error)) {
            text_print(S, " ± ");
            text_number(S, error, 2);
        }
        uint64_t n = fit->done / 10 ? fit->done / 10 : fit->done;
        if (n == 1) text_print(S, " (the last step)");
        else text_print(S, " (mean of the last %llu steps)", (unsigned long long)n);
    }
    if (fit->interrupted) text_print(S, "\nstopped by the user");
    if (fit->warnings->count) {
        text_print(S, "\n");
        print_count(S, fit->warnings->count, "warning");
        text_print(S, ": fit.warnings");
    }
}

void fit_print(State *S, Object *object) {
    const Fit *fit = (Fit *)object;
    print_head(S, fit);
    text_print(S, "\n\n");
    static const TableColumn columns[] = {{"param", false}, {"value", true}, {"moved", false}, {"constraint", false}};
    Table table = table_begin(S, columns, 4);
    for (uint32_t k = 0; k < fit->n_params; k++) param_row(S, &table, fit, &fit->params[k]);
    table_end(S, &table);
    print_foot(S, fit);
}
