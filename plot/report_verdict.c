/* SPDX-License-Identifier: GPL-3.0-or-later
   What a report says of how a fit went: its warnings, whether the ELBO still rises, whether the params have settled. */
#include <math.h>

#include "plot/report_parts.h"
#include "runtime/text.h"

enum { BATCHES = 10, LEAST_STEPS = 200, NAMES_LISTED = 6 };

/* A difference counts from so many standard errors on; */
#define REPORT_ERRORS 3
/* an ELBO's (in nats), a param's (as a part of its whole way), from so much on. */
#define REPORT_NATS 0.1
#define REPORT_WAY 0.005

/* ---- Drift ---- */

static void tenth(const double *record, size_t n, size_t stride, double *mean, double *error) {
    size_t size = n / BATCHES;
    double total = 0, m2 = 0, batch[BATCHES];
    for (size_t b = 0; b < BATCHES; b++) {
        batch[b] = 0;
        for (size_t k = 0; k < size; k++) batch[b] += (record[(b * size + k) * stride] - batch[b]) / (double)(k + 1);
        total += batch[b] / BATCHES;
    }
    for (size_t b = 0; b < BATCHES; b++) m2 += (batch[b] - total) * (batch[b] - total);
    *mean = total;
    *error = sqrt(m2 / (BATCHES - 1) / BATCHES);
}

ReportDrift report_drift(const double *record, size_t n, size_t stride) {
    size_t part = n / 10;
    if (n < LEAST_STEPS) return (ReportDrift){NAN, NAN, NAN, false};
    ReportDrift d = {.known = true};
    double before, last;
    tenth(record + (n - 2 * part) * stride, part, stride, &d.before, &before);
    tenth(record + (n - part) * stride, part, stride, &d.last, &last);
    d.error = hypot(before, last);
    if (!isfinite(d.before) || !isfinite(d.last) || !isfinite(d.error)) d.known = false;
    return d;
}

/* ---- The list ---- */

static void begin(State *S, ReportMark mark) {
    static const char *const names[] = {"good", "bad", "open"}, *const words[] = {"In order", "Attention", "Cannot be told"};
    text_print(S, "<li class=\"%s\"><strong>%s.</strong> ", names[mark], words[mark]);
}

static void end(State *S) { text_print(S, "</li>\n"); }

static void warnings(State *S, const Fit *fit) {
    for (uint32_t k = 0; k < fit->warnings->count; k++) {
        if (fit->warnings->items[k].tag != VALUE_RECORD) continue;
        const Record *w = fit->warnings->items[k].as.record;
        const Value *kind = record_find(w, string_of(S, "kind")), *message = record_find(w, string_of(S, "message"));
        const Value *advice = record_find(w, string_of(S, "advice")), *line = record_find(w, string_of(S, "line"));
        if (!message) continue;
        begin(S, REPORT_BAD);
        html_value(S, *message);
        if (line && line->tag == VALUE_NUMBER && line->as.number > 0) text_print(S, " (line %.0f)", line->as.number);
        if (kind) {
            text_print(S, " <code>");
            html_value(S, *kind);
            text_print(S, "</code>");
        }
        if (advice && advice->tag == VALUE_STRING) {
            text_print(S, "<p>");
            html_value(S, *advice);
            text_print(S, "</p>");
        }
        end(S);
    }
    if (fit->warnings->count) return;
    begin(S, REPORT_GOOD);
    text_print(S, "There were no warnings: model and guide have the same sites, and every number stayed finite.");
    end(S);
}

static void amount(State *S, double x, double error) {
    html_number(S, x, 3);
    text_print(S, " ± ");
    html_number(S, error, 2);
}

static void elbo(State *S, const Fit *fit) {
    const char *bound = fit->estimator->row->bound ? fit->estimator->row->bound : "ELBO";
    ReportDrift d = fit->losses ? report_drift(fit->losses->data, fit->done, 1) : (ReportDrift){.known = false};
    double rise = d.before - d.last; /* losses are minus the ELBO */
    begin(S, !d.known ? REPORT_OPEN : fabs(rise) > REPORT_ERRORS * d.error && fabs(rise) > REPORT_NATS ? REPORT_BAD : REPORT_GOOD);
    if (!d.known) text_print(S, "%llu steps are too few to say whether the %s still rises.", (unsigned long long)fit->done, bound);
    else if (fabs(rise) <= REPORT_ERRORS * d.error) {
        text_print(S, "The %s has levelled off: from the tenth of the steps before to the last one it changed by ", bound);
        amount(S, rise, d.error);
        text_print(S, ", which is noise.");
    } else {
        text_print(S, "The %s %s: from the tenth of the steps before to the last one it changed by ", bound,
                   rise > 0 ? "still rises" : "falls");
        amount(S, rise, d.error);
        if (fabs(rise) <= REPORT_NATS) text_print(S, ". That is too little to matter.");
        else if (rise > 0) text_print(S, ".<p>Take more steps: <code>svi(fit, steps = …)</code> goes on.</p>");
        else text_print(S, ".<p>The steps are too large, or the estimates too noisy: try a smaller <code>lr</code>, a schedule, or more particles.</p>");
    }
    end(S);
}

/* Whether a number of the params still goes one way. */
static bool is_moving(const double *record, size_t n, size_t stride) {
    ReportDrift d = report_drift(record, n, stride);
    double least = INFINITY, most = -INFINITY, shift = fabs(d.last - d.before);
    for (size_t k = 0; k < n; k++) {
        least = fmin(least, record[k * stride]);
        most = fmax(most, record[k * stride]);
    }
    return d.known && shift > REPORT_ERRORS * d.error && shift > REPORT_WAY * (most - least);
}

static void params(State *S, const Fit *fit) {
    size_t rows = fit->history ? fit->done / fit->stride : 0;
    unsigned moving = 0;
    if (!fit->n_params) return;
    if (rows < LEAST_STEPS) {
        begin(S, REPORT_OPEN);
        text_print(S, "%zu recorded steps are too few to say whether the params have settled.", rows);
        end(S);
        return;
    }
    size_t start = text_begin(S);
    begin(S, REPORT_BAD);
    text_print(S, "Still on their way at the end:");
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        bool any = false;
        for (size_t j = 0; j < p->size && !any; j++) any = is_moving(fit->history->data + p->history_at + j, rows, fit->numbers);
        if (!any) continue;
        if (moving++ >= NAMES_LISTED) continue;
        text_print(S, moving > 1 ? ", <code>" : " <code>");
        html_text(S, p->name->text, p->name->length);
        text_print(S, "</code>");
    }
    if (moving > NAMES_LISTED) text_print(S, " and %u more", moving - NAMES_LISTED);
    text_print(S, ".<p>Their means moved by more than their noise between the last two tenths of the steps. Take more steps, or a larger <code>lr</code>.</p>");
    if (!moving) {
        text_drop(S, start);
        begin(S, REPORT_GOOD);
        text_print(S, "All params have settled: between the last two tenths of the steps none moved by more than its noise, or by more than a "
                      "two-hundredth of its way.");
    }
    end(S);
}

void report_verdicts(State *S, const Fit *fit) {
    text_print(S, "<ul class=\"verdicts\">\n");
    if (fit->interrupted) {
        begin(S, REPORT_BAD);
        text_print(S, "The user stopped this fit after %llu steps.<p><code>svi(fit, steps = …)</code> goes on.</p>", (unsigned long long)fit->done);
        end(S);
    }
    warnings(S, fit);
    elbo(S, fit);
    params(S, fit);
    text_print(S, "</ul>\n");
}
