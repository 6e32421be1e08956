/* SPDX-License-Identifier: GPL-3.0-or-later
   report: one page about a fit, with all that is needed to judge it, and nothing that is fetched from elsewhere. */
#include <math.h>
#include <string.h>

#include "plot/graph.h"
#include "plot/plot.h"
#include "plot/report_parts.h"
#include "runtime/error.h"
#include "runtime/run.h"
#include "runtime/text.h"
#include "stdlib/write_file.h"

/* ---- Tables ---- */

static void heading(State *S, const char *text) { text_print(S, "<h2>%s</h2>\n", text); }

static void row_begin(State *S, const char *name, size_t length) {
    text_print(S, "<tr><th scope=\"row\">");
    html_text(S, name, length);
    text_print(S, "</th>");
}

static void number_cell(State *S, double x, int digits) {
    text_print(S, "<td class=\"r\">");
    html_number(S, x, digits);
    text_print(S, "</td>");
}

/* ---- What was fitted ---- */

static void lead(State *S, const Fit *fit) {
    double mean, error;
    fit_elbo(fit, &mean, &error);
    const char *bound = fit->estimator->row->bound ? fit->estimator->row->bound : "ELBO";
    text_print(S, "<p class=\"lead\">%llu step%s with %llu particle%s in ", (unsigned long long)fit->done, fit->done == 1 ? "" : "s",
               (unsigned long long)fit->particles, fit->particles == 1 ? "" : "s");
    html_number(S, fit->seconds, 3);
    text_print(S, " s. %s ", bound);
    html_number(S, mean, 8);
    if (!isnan(error)) {
        text_print(S, " ± ");
        html_number(S, error, 2);
    }
    text_print(S, " (mean of the last tenth of the steps, and its standard error).</p>\n");
}

/* Half the range of a lone number over the last tenth of the steps; NaN: it is none. */
static double moved(State *S, const Fit *fit, const FitParam *p) {
    Value history = fit_history(S, fit, p);
    size_t rows = fit->history ? fit->done / fit->stride : 0;
    if (p->size != 1 || !rows || history.tag != VALUE_ARRAY || history.as.array->layout->components != rows) return NAN;
    double least = INFINITY, most = -INFINITY;
    for (size_t k = rows - (rows / 10 ? rows / 10 : rows); k < rows; k++) {
        least = fmin(least, history.as.array->data[k]);
        most = fmax(most, history.as.array->data[k]);
    }
    return (most - least) / 2;
}

static void param_table(State *S, const Fit *fit, const Record *truth) {
    heading(S, "Params");
    if (!fit->n_params) {
        text_print(S, "<p>The fit has none.</p>\n");
        return;
    }
    text_print(S, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">param</th><th scope=\"col\" class=\"r\">value</th><th scope=\"col\" class=\"r\">moved</th>"
                  "%s<th scope=\"col\">constraint</th></tr></thead><tbody>\n",
               truth ? "<th scope=\"col\" class=\"r\">truth</th>" : "");
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        row_begin(S, p->name->text, p->name->length);
        Value v = fit_param_value(S, fit, p);
        if (v.tag == VALUE_NUMBER) number_cell(S, v.as.number, 6);
        else {
            text_print(S, "<td class=\"r\">");
            html_value(S, v);
            text_print(S, "</td>");
        }
        double swing = moved(S, fit, p);
        text_print(S, "<td class=\"r\">");
        if (!isnan(swing)) {
            text_print(S, "± ");
            html_number(S, swing, 2);
        }
        text_print(S, "</td>");
        if (truth) {
            const Value *t = record_find(truth, p->name);
            text_print(S, "<td class=\"r\">");
            if (t) html_value(S, *t);
            text_print(S, "</td>");
        }
        text_print(S, "<td>");
        if (p->constraint) html_value(S, value_object(p->constraint));
        else text_print(S, "real");
        text_print(S, "</td></tr>\n");
    }
    text_print(S, "</tbody></table></div>\n<p class=\"lead\">Moved: half the range over the last tenth of the steps.</p>\n");
}

/* ---- Settings ---- */

static void setting(State *S, const char *name, Value v) {
    if (v.tag == VALUE_UNASSIGNED || v.tag == VALUE_NONE) return;
    row_begin(S, name, strlen(name));
    text_print(S, "<td>");
    html_value(S, v);
    text_print(S, "</td></tr>\n");
}

static void settings(State *S, const Fit *fit) {
    heading(S, "How it was fitted");
    text_print(S, "<div class=\"scroll\"><table><tbody>\n");
    setting(S, "optimizer", value_object(fit->optimizer));
    setting(S, "estimator", value_object(fit->estimator));
    setting(S, "steps", value_number((double)fit->done));
    setting(S, "particles", value_number((double)fit->particles));
    setting(S, "subsample", fit->subsample);
    setting(S, "seed", fit->seed);
    if (fit->average > 0) setting(S, "params averaged over the last part", value_number(fit->average));
    if (fit->restarts) setting(S, "ELBO of each start", value_array(fit->restarts, 0));
    text_print(S, "</tbody></table></div>\n");
}

/* ---- Data ---- */

/* Numbers of elements, of those that are missing, their mean, spread and range. */
static void data_cells(State *S, const Array *a) {
    size_t n = a->layout->components, known = 0, missing = 0;
    double mean = 0, m2 = 0, least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < n; k++) {
        double x = a->data[k * a->layout->stride];
        missing += number_is_missing(x);
        if (isnan(x)) continue;
        double d = x - mean;
        mean += d / (double)++known;
        m2 += d * (x - mean);
        least = fmin(least, x);
        most = fmax(most, x);
    }
    size_t start = text_begin(S);
    for (unsigned k = 0; k < a->layout->rank; k++) text_print(S, "%s%zu", k ? " × " : "", (size_t)a->layout->dims[k]);
    const String *shape = text_finish(S, start);
    text_print(S, "<td>%s %s</td>", shape->text, a->boolean ? "truth values" : "numbers");
    number_cell(S, (double)missing, 6);
    number_cell(S, known ? mean : NAN, 5);
    number_cell(S, known > 1 ? sqrt(m2 / (double)(known - 1)) : NAN, 5);
    number_cell(S, known ? least : NAN, 5);
    number_cell(S, known ? most : NAN, 5);
}

static void data_row(State *S, const String *name, Value v) {
    row_begin(S, name->text, name->length);
    if (v.tag == VALUE_ARRAY && !v.as.array->layout->n_axes && v.as.array->layout->rank) data_cells(S, v.as.array);
    else {
        text_print(S, "<td colspan=\"6\">");
        size_t start = text_begin(S);
        text_brief(S, v);
        html_escape_from(S, start);
        text_print(S, "</td>");
    }
    text_print(S, "</tr>\n");
}

static const String *argument_name(State *S, Value f, unsigned k) {
    const Function *function = f.tag == VALUE_CLOSURE ? ((Closure *)f.as.object)->function : NULL;
    if (function && k < function->n_parameters) return string_new(S, function->parameters[k].name->text, function->parameters[k].name->length);
    return string_of(S, error_text(S, "argument %u", k + 1));
}

static void data(State *S, const Fit *fit) {
    heading(S, "Data");
    if (!fit->n_arguments) {
        text_print(S, "<p>Model and guide were given no arguments.</p>\n");
        return;
    }
    text_print(S, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">argument</th><th scope=\"col\">what</th><th scope=\"col\" class=\"r\">missing</th><th scope=\"col\" class=\"r\">mean</th>"
                  "<th scope=\"col\" class=\"r\">spread</th><th scope=\"col\" class=\"r\">least</th><th scope=\"col\" class=\"r\">largest</th></tr></thead><tbody>\n");
    for (unsigned k = 0; k < fit->n_arguments; k++) {
        const String *name = argument_name(S, fit->model, k);
        Value v = fit->arguments[k];
        if (v.tag != VALUE_RECORD) {
            data_row(S, name, v);
            continue;
        }
        for (uint32_t j = 0; j < v.as.record->count; j++) {
            size_t start = text_begin(S);
            text_print(S, "%s.%s", name->text, v.as.record->names[j]->text);
            data_row(S, text_finish(S, start), v.as.record->values[j]);
        }
    }
    text_print(S, "</tbody></table></div>\n");
}

/* ---- Sites and graph: these run model and guide once more ---- */

typedef struct Rerun {
    const Fit *fit;
    Picture *graph;
} Rerun;

/* The sites of the model where the guide, at the fit's params, has drawn what is unknown. */
static void sites(State *S, void *what) {
    const Fit *fit = ((Rerun *)what)->fit;
    Record *theta = record_new(S, fit->n_params);
    for (uint32_t k = 0; k < fit->n_params; k++)
        record_set(S, theta, fit->params[k].name, value_unboxed(fit_theta(S, fit, &fit->params[k]), 0));
    stack_push(S, value_object(theta));
    Value at_params = state_global(S, string_of(S, "params"))->builtin;
    Value guide = call_value(S, at_params, (Value[]){fit->guide, value_object(theta)}, 2);
    stack_push(S, guide);
    Value model = call_value(S, at_params, (Value[]){fit->model, value_object(theta)}, 2);
    stack_push(S, model);
    Trace *drawn = trace_run(S, guide, fit->arguments, fit->n_arguments);
    stack_push(S, value_object(drawn));
    Trace *trace = trace_run_replayed(S, model, drawn, fit->arguments, fit->n_arguments);
    stack_push(S, value_object(trace));
    text_print(S, "<pre>");
    html_value(S, value_object(trace));
    text_print(S, "</pre>\n");
    stack_pop(S, 5);
}

static void graph(State *S, void *what) {
    Rerun *r = what;
    Graph *g = graph_of(S, r->fit->model, r->fit->arguments, r->fit->n_arguments);
    stack_push(S, value_object(g));
    r->graph = picture_of_graph(S, value_object(g));
    stack_pop(S, 1);
}

/* Runs it in silence, and leaves the stream of random numbers as it was. Where it fails the page says so. */
static bool rerun(State *S, void (*function)(State *S, void *what), Rerun *r) {
    RandomState random = S->random;
    bool silent = S->silent;
    S->silent = true;
    bool done = error_protect(S, function, r);
    S->silent = silent;
    S->random = random;
    if (done) return true;
    if (S->error.no_memory || strcmp(S->error.diagnostic.kind, "interrupted") == 0) error_again(S);
    text_print(S, "<p>The program could not be run once more: ");
    html_text(S, S->error.diagnostic.message, strlen(S->error.diagnostic.message));
    text_print(S, ".</p>\n");
    return false;
}

/* ---- The page ---- */

static void programs(State *S, const Fit *fit) {
    heading(S, "Model");
    html_source(S, fit->model);
    Rerun r = {fit, NULL};
    if (rerun(S, graph, &r)) html_picture(S, r.graph, "The model's graph: an arrow leads from each site to those that depend on it; what is observed is grey, plates are boxes.");
    heading(S, "Guide");
    html_source(S, fit->guide);
    heading(S, "Sites");
    text_print(S, "<p class=\"lead\">Of one run of the model, in which the guide has drawn what is unknown.</p>\n");
    rerun(S, sites, &r);
}

static const String *title_of(State *S, const Fit *fit, Value given) {
    if (given.tag == VALUE_STRING && given.as.string->length) return given.as.string;
    const char *name = callable_name(fit->model);
    return string_of(S, error_text(S, "Fit of %s", name ? name : "a model"));
}

static const String *page(State *S, Value fit_value, Value title, Value truth) {
    const Fit *fit = (Fit *)fit_value.as.object;
    const Record *known = truth.tag == VALUE_RECORD ? truth.as.record : NULL;
    size_t start = text_begin(S);
    html_begin(S, title_of(S, fit, title));
    lead(S, fit);
    heading(S, "Verdict");
    report_verdicts(S, fit);
    param_table(S, fit, known);
    if (fit->done) {
        heading(S, "Steps");
        html_picture(S, picture_of_fit(S, fit_value, truth), "Minus the ELBO and every param, by step.");
    }
    settings(S, fit);
    data(S, fit);
    programs(S, fit);
    html_end(S);
    return text_finish(S, start);
}

static Value native_report_call(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_FIT) native_type_error(S, "report", "fit", "a fit (what svi returns)", a[0]);
    if (a[1].tag != VALUE_STRING) native_type_error(S, "report", "file", "a string (the file's path)", a[1]);
    if (a[2].tag != VALUE_UNASSIGNED && a[2].tag != VALUE_STRING) native_type_error(S, "report", "title", "a string", a[2]);
    if (a[3].tag != VALUE_UNASSIGNED && a[3].tag != VALUE_RECORD) native_type_error(S, "report", "truth", "a record of reference values", a[3]);
    if (S->silent) return value_none();
    size_t top = S->top;
    const String *path = run_relative_path(S, a[1].as.string);
    stack_push(S, value_object((void *)path));
    const String *html = page(S, a[0], a[2], a[3]);
    stack_push(S, value_object((void *)html));
    write_file(S, path->text, html->text, html->length);
    S->top = top;
    return value_none();
}

const NativeRow native_report[] = {
    {"report", "fit, file, title?, truth?", native_report_call, "writes a page of HTML about a fit: verdict, params, pictures, data, model and guide", false, false},
    {0},
};
