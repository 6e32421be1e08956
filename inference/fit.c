#include "inference/fit.h"

#include <math.h>
#include <string.h>

#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/table.h"

Fit *fit_new(State *S, Value model, Value guide, Optimizer *optimizer, Estimator *estimator, uint64_t steps, uint64_t particles) {
    Fit *fit = gc_new(S, VALUE_FIT, sizeof *fit);
    fit->model = model;
    fit->guide = guide;
    fit->optimizer = optimizer;
    fit->estimator = estimator;
    fit->steps = steps;
    fit->particles = particles;
    fit->warnings = list_new(S, 0);
    return fit;
}

static double *zeros(State *S, size_t n) {
    double *x = memory_new(S, n * sizeof *x);
    memset(x, 0, n * sizeof *x);
    return x;
}

static void set_param(State *S, Fit *fit, FitParam *p, Value v) {
    p->layout = value_layout(S, v);
    p->size = p->layout->components;
    p->history_at = fit->numbers;
    p->theta = array_new(S, p->layout);
    double scratch[LANE_BLOCK];
    memcpy(p->theta->data, value_data(v, scratch), p->layout->size * sizeof(double));
    for (unsigned k = 0; k < fit->optimizer->row->n_state; k++) p->state[k] = zeros(S, p->layout->size);
    fit->numbers += p->size;
}

void fit_set_params(State *S, Fit *fit, const Record *values, const Record *constraints) {
    fit->params = memory_new(S, (values->count ? values->count : 1) * sizeof *fit->params);
    memset(fit->params, 0, (values->count ? values->count : 1) * sizeof *fit->params);
    fit->n_params = values->count;
    for (uint32_t k = 0; k < values->count; k++) {
        FitParam *p = &fit->params[k];
        p->name = values->names[k];
        p->constraint = constraints->values[k].tag == VALUE_CONSTRAINT ? (Constraint *)constraints->values[k].as.object : NULL;
        set_param(S, fit, p, values->values[k]);
    }
    fit->losses = memory_new(S, (fit->steps ? fit->steps : 1) * sizeof *fit->losses);
    fit->losses_size = fit->steps ? fit->steps : 1;
    /* Long fits of many numbers keep every so manieth step. */
    size_t numbers = fit->numbers ? fit->numbers : 1;
    fit->stride = 1 + fit->steps * numbers / HISTORY_NUMBERS;
    uint64_t rows = fit->steps / fit->stride + 1;
    fit->history = memory_new(S, rows * numbers * sizeof *fit->history);
    fit->history_size = rows * numbers;
}

void fit_record(Fit *fit, double loss) {
    fit->losses[fit->done++] = loss;
    if (fit->done % fit->stride) return;
    double *row = fit->history + (fit->done / fit->stride - 1) * fit->numbers;
    for (uint32_t k = 0; k < fit->n_params; k++)
        memcpy(row + fit->params[k].history_at, fit->params[k].theta->data, fit->params[k].size * sizeof *row);
}

void fit_mark(State *S, Object *object) {
    Fit *fit = (Fit *)object;
    gc_mark_value(S, fit->model);
    gc_mark_value(S, fit->guide);
    gc_mark(S, fit->optimizer);
    gc_mark(S, fit->estimator);
    baselines_mark(S, &fit->baselines);
    gc_mark(S, fit->warnings);
    for (uint32_t k = 0; k < fit->n_params; k++) {
        gc_mark(S, fit->params[k].name);
        gc_mark(S, fit->params[k].constraint);
        gc_mark(S, (void *)fit->params[k].layout);
        gc_mark(S, fit->params[k].theta);
    }
}

void fit_release(State *S, Object *object) {
    Fit *fit = (Fit *)object;
    for (uint32_t k = 0; k < fit->n_params; k++)
        for (unsigned s = 0; s < 4; s++)
            if (fit->params[k].state[s]) memory_free(S, fit->params[k].state[s], fit->params[k].layout->size * sizeof(double));
    memory_free(S, fit->params, (fit->n_params ? fit->n_params : 1) * sizeof *fit->params);
    baselines_free(S, &fit->baselines);
    memory_free(S, fit->losses, fit->losses_size * sizeof *fit->losses);
    memory_free(S, fit->history, fit->history_size * sizeof *fit->history);
}

/* ---- Reading a fit ---- */

static Value constrained(State *S, const FitParam *p, const double *numbers, const Layout *layout) {
    Array *a = array_new(S, layout);
    memcpy(a->data, numbers, layout->components * sizeof(double));
    return value_detached(param_to_value(S, p->constraint, value_unboxed(a, 0)));
}

Value fit_param_value(State *S, const FitParam *p) { return constrained(S, p, p->theta->data, p->layout); }

static Value params_record(State *S, const Fit *fit) {
    Record *record = record_new(S, fit->n_params);
    for (uint32_t k = 0; k < fit->n_params; k++) record_set(S, record, fit->params[k].name, fit_param_value(S, &fit->params[k]));
    return value_object(record);
}

/* The param's values by step, along a new leading axis. */
static Value history_of(State *S, const Fit *fit, const FitParam *p) {
    size_t rows = fit->done / fit->stride, dims[LAYOUT_RANK] = {rows};
    for (unsigned k = 0; k < p->layout->rank && k + 1 < LAYOUT_RANK; k++) dims[k + 1] = p->layout->dims[k];
    Array *a = array_new(S, layout_intern(S, 0, NULL, p->layout->rank + 1u, dims));
    for (size_t r = 0; r < rows; r++)
        memcpy(a->data + r * p->size, fit->history + r * fit->numbers + p->history_at, p->size * sizeof(double));
    return value_detached(param_to_value(S, p->constraint, value_array(a, 0)));
}

static Value history_record(State *S, const Fit *fit) {
    Record *record = record_new(S, fit->n_params);
    for (uint32_t k = 0; k < fit->n_params; k++) record_set(S, record, fit->params[k].name, history_of(S, fit, &fit->params[k]));
    return value_object(record);
}

/* Batch means: neighbouring steps are correlated, so the noise is read off the means of ten batches. */
void fit_elbo(const Fit *fit, double *mean, double *error) {
    uint64_t n = fit->done / 10 ? fit->done / 10 : fit->done;
    const double *last = fit->losses + (fit->done - n);
    enum { BATCHES = 10 };
    *mean = 0;
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

Value fit_field(State *S, Object *object, String *name) {
    const Fit *fit = (Fit *)object;
    const char *field = name->text;
    if (strcmp(field, "params") == 0) return params_record(S, fit);
    if (strcmp(field, "losses") == 0) return value_array(array_vector(S, fit->done, fit->losses), 0);
    if (strcmp(field, "history") == 0) return history_record(S, fit);
    if (strcmp(field, "steps") == 0) return value_number((double)fit->done);
    if (strcmp(field, "particles") == 0) return value_number((double)fit->particles);
    if (strcmp(field, "seconds") == 0) return value_number(fit->seconds);
    if (strcmp(field, "optimizer") == 0) return value_object(fit->optimizer);
    if (strcmp(field, "estimator") == 0) return value_object(fit->estimator);
    if (strcmp(field, "model") == 0) return fit->model;
    if (strcmp(field, "guide") == 0) return fit->guide;
    if (strcmp(field, "warnings") == 0) return value_object(fit->warnings);
    if (strcmp(field, "elbo") == 0) {
        double mean, error;
        fit_elbo(fit, &mean, &error);
        return value_number(mean);
    }
    return value_unassigned();
}

/* ---- Printing ---- */

/* How far a lone number still moved: its range over the last tenth of the steps, half of it. */
static double recent_swing(State *S, const Fit *fit, const FitParam *p) {
    Value history = history_of(S, fit, p);
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
    Value v = fit_param_value(S, p);
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

void fit_print(State *S, Object *object) {
    const Fit *fit = (Fit *)object;
    const char *name = callable_name(fit->model);
    text_print(S, "fit of %s: %llu steps, %llu particle%s, ", name ? name : "a model", (unsigned long long)fit->done,
               (unsigned long long)fit->particles, fit->particles == 1 ? "" : "s");
    optimizer_print(S, &fit->optimizer->header);
    text_print(S, "\n\n");
    static const TableColumn columns[] = {{"param", false}, {"value", true}, {"moved", false}, {"constraint", false}};
    Table table = table_begin(S, columns, 4);
    for (uint32_t k = 0; k < fit->n_params; k++) param_row(S, &table, fit, &fit->params[k]);
    table_end(S, &table);
    if (!fit->done) return;
    double mean, error;
    fit_elbo(fit, &mean, &error);
    text_print(S, "\n\nELBO ");
    text_number(S, mean, 8);
    if (!isnan(error)) {
        text_print(S, " ± ");
        text_number(S, error, 2);
    }
    text_print(S, " (mean of the last %llu steps)", (unsigned long long)(fit->done / 10 ? fit->done / 10 : fit->done));
}
