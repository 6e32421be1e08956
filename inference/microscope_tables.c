/* SPDX-License-Identifier: GPL-3.0-or-later
   The tables of a step under the microscope: sites, and params. */
#include <math.h>

#include "inference/microscope.h"
#include "runtime/operations.h"
#include "runtime/table.h"

/* Rows are for reading: vectors and loops show their first ones. */
enum { MOST_SITES = 40, MOST_NUMBERS = 40 };

/* ---- Sites ---- */

/* The mean over the particles. */
static double mean_of_lanes(Value v) {
    if (v.tag != VALUE_ARRAY) return v.tag == VALUE_NUMBER ? v.as.number : NAN;
    const Array *a = v.as.array;
    const Layout *l = a->layout;
    if (!l->n_axes) return a->data[0];
    size_t length = l->axes[l->n_axes - 1]->size;
    double sum = 0;
    for (size_t r = 0; r < l->rows; r++)
        for (size_t k = 0; k < length; k++) sum += a->data[r * l->row + k];
    return sum / (double)(l->rows * length);
}

static bool has_score(const Site *site) {
    return !site->alternative && (site->kind == MESSAGE_SAMPLE || site->kind == MESSAGE_FACTOR);
}

static void score_cell(State *S, Table *table, const Trace *trace, const Site *site, double *total) {
    table_cell(S, table);
    if (!site) return;
    double score = mean_of_lanes(trace_site_score(S, trace, site));
    *total += score;
    text_number(S, score, 6);
}

static void site_row(State *S, Table *table, const Microscope *m, const Site *q, const Site *p, double totals[2]) {
    table_cell(S, table);
    text_print(S, "%s", (p ? p : q)->name->text);
    table_cell(S, table);
    text_print(S, "%s", message_kind_text((p ? p : q)->kind, (p ? p : q)->is_observed));
    table_cell(S, table);
    text_brief(S, value_detached(p ? trace_site_value(S, m->model, p) : trace_site_value(S, m->guide, q)));
    score_cell(S, table, m->guide, q, &totals[0]);
    score_cell(S, table, m->model, p, &totals[1]);
}

static void total_row(State *S, Table *table, const double totals[2]) {
    table_cell(S, table);
    text_print(S, "in all");
    table_cell(S, table);
    table_cell(S, table);
    for (int k = 0; k < 2; k++) {
        table_cell(S, table);
        text_number(S, totals[k], 8);
    }
}

/* The others count in the totals. */
static void skip_row(State *S, const Microscope *m, const Site *q, const Site *p, double totals[2]) {
    if (q) totals[0] += mean_of_lanes(trace_site_score(S, m->guide, q));
    if (p) totals[1] += mean_of_lanes(trace_site_score(S, m->model, p));
}

static void site_rows(State *S, Table *table, const Microscope *m, double totals[2], uint32_t *left_out) {
    uint32_t rows = 0;
    for (uint32_t k = 0; k < m->model->count; k++) {
        const Site *p = &m->model->sites[k], *q = has_score(p) && p->kind == MESSAGE_SAMPLE ? trace_find(m->guide, p->name) : NULL;
        if (!has_score(p)) continue;
        if (rows++ < MOST_SITES) site_row(S, table, m, q, p, totals);
        else skip_row(S, m, q, p, totals);
    }
    for (uint32_t k = 0; k < m->guide->count; k++) {
        const Site *q = &m->guide->sites[k];
        if (!has_score(q) || (q->kind == MESSAGE_SAMPLE && trace_find(m->model, q->name))) continue;
        if (rows++ < MOST_SITES) site_row(S, table, m, q, NULL, totals);
        else skip_row(S, m, q, NULL, totals);
    }
    *left_out = rows > MOST_SITES ? rows - MOST_SITES : 0;
}

void microscope_sites(State *S, const SviRun *run, const Microscope *m) {
    static const TableColumn columns[] = {{"site", false}, {"kind", false}, {"value", true}, {"log q", true}, {"log p", true}};
    double totals[2] = {0, 0};
    uint32_t left_out;
    /* The particles are lanes of the sites, so they must be there while log densities are computed. */
    plate_enter(S, run->call->plate, run->call->particles);
    Table table = table_begin(S, columns, sizeof columns / sizeof *columns);
    site_rows(S, &table, m, totals, &left_out);
    total_row(S, &table, totals);
    table_end(S, &table);
    plate_leave(S);
    if (left_out) text_print(S, "\n(%u more sites)", left_out);
    if (run->call->particles > 1) text_print(S, "\n(log densities are means over the particles)");
}

/* ---- Params ---- */

static void number_cell(State *S, Table *table, double x, int digits) {
    table_cell(S, table);
    text_number(S, x, digits);
}

static void param_row(State *S, Table *table, const FitParam *p, const Microscope *m, size_t element) {
    size_t at = p->history_at + element;
    double before = m->before->data[at], after = p->theta->data[element];
    table_cell(S, table);
    if (p->layout->rank) text_print(S, "%s[%zu]", p->name->text, element);
    else text_print(S, "%s", p->name->text);
    table_cell(S, table);
    if (p->constraint) text_value(S, value_object(p->constraint));
    else text_print(S, "real");
    number_cell(S, table, before, 6);
    number_cell(S, table, m->gradient->data[at], 4);
    table_cell(S, table);
    text_print(S, "± ");
    text_number(S, m->noise->data[at], 2);
    number_cell(S, table, after - before, 3);
    number_cell(S, table, after, 6);
}

/* A gradient that is smaller than its noise says little about where to go. */
static void say_noisy(State *S, const Fit *fit, const Microscope *m) {
    size_t noisy = 0, moved = 0;
    for (size_t k = 0; k < fit->numbers; k++) {
        if (m->noise->data[k] > 0 || m->gradient->data[k] != 0) moved++;
        if (m->noise->data[k] > fabs(m->gradient->data[k])) noisy++;
    }
    if (!noisy) return;
    text_print(S, "\n\nThe noise is larger than the gradient for %zu of %zu number%s: near the optimum, or too few particles.", noisy, moved,
               moved == 1 ? "" : "s");
}

void microscope_params(State *S, const SviRun *run, const Microscope *m) {
    static const TableColumn columns[] = {{"param", false}, {"constraint", false}, {"before", true}, {"gradient", true}, {"noise", false},
                                          {"update", true}, {"after", true}};
    const Fit *fit = run->fit;
    text_print(S, "Params as unconstrained numbers, and the ELBO's gradient by them:\n\n");
    Table table = table_begin(S, columns, sizeof columns / sizeof *columns);
    size_t rows = 0;
    for (uint32_t k = 0; k < fit->n_params; k++)
        for (size_t element = 0; element < fit->params[k].size; element++)
            if (rows++ < MOST_NUMBERS) param_row(S, &table, &fit->params[k], m, element);
    table_end(S, &table);
    if (rows > MOST_NUMBERS) text_print(S, "\n(%zu more numbers)", rows - MOST_NUMBERS);
    say_noisy(S, fit, m);
}
