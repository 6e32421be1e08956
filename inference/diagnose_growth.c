/* unbounded-elbo: an ELBO that rises and rises because something in it has no largest value. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/diagnose.h"
#include "runtime/text.h"

/* ---- Terms: the mean log density of each site, over the particles of one step ---- */

static double mean_of(State *S, Value v) {
    double scratch[LANE_BLOCK], sum = 0;
    const Layout *l = value_layout(S, v);
    const double *x = value_data(v, scratch);
    if (l->n_axes == 0) return x[0];
    size_t length = l->axes[l->n_axes - 1]->size;
    for (size_t start = 0; start < l->rows * l->row; start += l->row)
        for (size_t i = 0; i < length; i++) sum += x[start + i];
    return sum / (double)l->lanes;
}

/* The names under which terms are kept: a guide's are those of -log q. */
static String *term_name(State *S, const Site *site, bool guide) {
    size_t start = text_begin(S);
    text_print(S, "%s('%s')", guide ? "-log q" : "log p", site->name->text);
    return text_finish(S, start);
}

static void add_terms(State *S, Record *terms, const Trace *trace, bool guide) {
    for (uint32_t k = 0; trace && k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->alternative || (site->kind != MESSAGE_SAMPLE && site->kind != MESSAGE_FACTOR)) continue;
        double mean = mean_of(S, trace_site_score(S, trace, site));
        record_set(S, terms, term_name(S, site, guide), value_number(guide ? -mean : mean));
    }
}

static Record *terms_now(State *S, const SviRun *run) {
    Record *terms = record_new(S, 8);
    add_terms(S, terms, run->call->model_trace, false);
    add_terms(S, terms, run->call->guide_trace, true);
    return terms;
}

/* How much a term has grown since the first step. */
static double growth_of(const Fit *fit, const Record *now, const String *name) {
    const Value *then = record_find(fit->terms, name), *value = record_find(now, name);
    return then && value ? value->as.number - then->as.number : 0;
}

static const String *grown_most(const Fit *fit, const Record *now, double *growth) {
    const String *best = NULL;
    *growth = 0;
    for (uint32_t k = 0; k < now->count; k++) {
        double g = growth_of(fit, now, now->names[k]);
        if (g <= *growth) continue;
        *growth = g;
        best = now->names[k];
    }
    return best;
}

/* ---- A draw of the guide that the model observes ---- */

static bool check_observed(State *S, const SviRun *run, const Record *now) {
    const Trace *guide = run->call->guide_trace, *model = run->call->model_trace;
    for (uint32_t k = 0; guide && model && k < guide->count; k++) {
        const Site *site = &guide->sites[k], *other;
        if (!diagnose_is_latent(site) || !(other = trace_find(model, site->name)) || !other->is_observed) continue;
        /* A log density of n numbers varies by about sqrt(n / 2) from draw to draw. */
        double growth = growth_of(run->fit, now, term_name(S, site, true));
        if (growth < 2 * (1 + sqrt((double)value_layout(S, site->value)->components))) continue;
        diagnose_at_site(S, site);
        warning_report_at(S, site->node, diagnose_site_span(site), "unbounded-elbo",
                          error_text(S, "The model observes '%s', so nothing in it holds the guide's draw of it back. Delete this line.", site->name->text),
                          "-log q('%s') has risen by %.3g since the first step, and the ELBO with it: it has no bound", site->name->text, growth);
        return true;
    }
    return false;
}

/* ---- A scale that runs away ---- */

enum { QUARTERS = 4, LEAST_ROWS = 40 };

/* Whether the losses fell from quarter to quarter, clear of their noise, and the last time not much less than before. */
static bool elbo_keeps_rising(const Fit *fit) {
    double mean[QUARTERS], variance[QUARTERS];
    size_t n = fit->done / QUARTERS;
    for (unsigned q = 0; q < QUARTERS; q++) {
        const double *x = fit->losses->data + (fit->done - n * (QUARTERS - q));
        mean[q] = variance[q] = 0;
        for (size_t k = 0; k < n; k++) mean[q] -= x[k] / (double)n;
        for (size_t k = 0; k < n; k++) variance[q] += (x[k] + mean[q]) * (x[k] + mean[q]) / (double)n;
    }
    double last = mean[3] - mean[2], before = mean[2] - mean[1];
    double noise = sqrt((variance[2] + variance[3]) / (double)n);
    return last > 4 * noise && last > 0.5 * before && before > 0 && mean[1] > mean[0];
}

/* How far number c of the params has gone, on the unconstrained scale, if it went one way and has not slowed down; else 0. */
static double steady_move(const Fit *fit, size_t c) {
    size_t rows = fit->done / fit->stride;
    double x[QUARTERS + 1], step[QUARTERS];
    for (unsigned q = 0; q <= QUARTERS; q++) x[q] = fit->history->data[(q * (rows - 1) / QUARTERS) * fit->numbers + c];
    for (unsigned q = 0; q < QUARTERS; q++) step[q] = x[q + 1] - x[q];
    double move = x[QUARTERS] - x[0];
    for (unsigned q = 0; q < QUARTERS; q++)
        if (!(step[q] * move > 0)) return 0;
    return fabs(step[3]) > 0.7 * fabs(move) / QUARTERS ? move : 0;
}

static bool is_scale(const FitParam *p) {
    return p->constraint && p->constraint->row->rank == 0 && p->constraint->row->low == 0 && p->constraint->row->high == INFINITY;
}

static void report_scale(State *S, const SviRun *run, const FitParam *p, double move, const Record *now) {
    const Site *site = diagnose_param_site(run, p->name);
    const Node *place = site ? site->node : S->node;
    Span span = !place ? (Span){0, 0} : place->kind == NODE_PARAM ? place->as.param.target->span : place->span;
    double growth;
    const String *term = grown_most(run->fit, now, &growth);
    char which[300] = "";
    if (term) snprintf(which, sizeof which, "%s has grown most, by %.3g since the first step.\n", term->text, growth);
    if (site) diagnose_at_site(S, site);
    const char *remedy = move < 0 ? "A density rises without bound where its scale goes to 0. Give the scale a prior in the model, or a least value: `0.01 + s`."
                                  : "Does anything in the model hold it back? Give it a prior in the model; or begin nearer, if it should be that large.";
    warning_report_at(S, place, span, "unbounded-elbo", error_text(S, "%s%s", which, remedy),
                      "the ELBO rises and rises while '%s' %s, by now %.2g-fold, and neither slows down", p->name->text,
                      move < 0 ? "shrinks" : "grows", exp(fabs(move)));
}

static bool check_scales(State *S, const SviRun *run, const Record *now) {
    /* Half-way a fit may still be under way from a poor start; at its end it should have arrived. */
    const double far = run->fit->done == run->until ? 10 : 25;
    const Fit *fit = run->fit;
    if (fit->done / fit->stride < LEAST_ROWS || !elbo_keeps_rising(fit)) return false;
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        for (size_t c = 0; is_scale(p) && c < p->size; c++) {
            double move = steady_move(fit, p->history_at + c);
            if (fabs(move) < far) continue;
            report_scale(S, run, p, move, now);
            return true;
        }
    }
    return false;
}

static bool is_warned(const Fit *fit) {
    for (uint32_t k = 0; k < fit->warnings->count; k++)
        if (strcmp(fit->warnings->items[k].as.record->values[0].as.string->text, "unbounded-elbo") == 0) return true;
    return false;
}

void diagnose_progress(State *S, const SviRun *run) {
    Fit *fit = run->fit;
    bool power = (fit->done & (fit->done - 1)) == 0;
    if ((!power && fit->done != run->until) || is_warned(fit)) return;
    if (fit->terms && fit->done < LEAST_ROWS) return;
    const Node *node = S->node;
    const Source *source = S->source;
    Record *now = terms_now(S, run);
    if (!fit->terms) fit->terms = now;
    else if (!check_observed(S, run, now)) check_scales(S, run, now);
    S->node = node;
    S->source = source;
}
