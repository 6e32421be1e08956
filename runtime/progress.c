/* SPDX-License-Identifier: GPL-3.0-or-later
   Progress: when the clock is read, and what the host is told. */
#include "runtime/progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lexer/utf8.h"

/* Seconds: until it is shown at all, between showing it, and between looks at the clock. */
static const double first_shown = 0.5, between = 0.1, between_looks = 0.02;

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void set_name(Progress *p, const char *format, va_list arguments) {
    int n = vsnprintf(p->what, sizeof p->what, format, arguments);
    if (n < (int)sizeof p->what) return;
    p->what[utf8_whole(p->what, sizeof p->what - 1)] = '\0';
}

Progress *progress_begin(State *S, ProgressLevel level, uint64_t total, const char *format, ...) {
    if (!S->options.progress) return NULL;
    for (unsigned k = level; k < PROGRESS_LEVELS; k++)
        if (S->progress[k].active) return NULL;
    Progress *p = &S->progress[level];
    double now = seconds_now();
    *p = (Progress){.active = true, .total = total, .look = 1, .begun = now, .looked = now, .next = now + first_shown};
    va_list arguments;
    va_start(arguments, format);
    set_name(p, format, arguments);
    va_end(arguments);
    return p;
}

void progress_rename(Progress *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set_name(p, format, arguments);
    va_end(arguments);
}

bool progress_is_due(Progress *p) {
    double now = seconds_now(), passed = now - p->looked;
    uint64_t steps = p->done - p->looked_at;
    double wanted = passed > 0 ? (double)steps * between_looks / passed : 4 * (double)steps;
    /* What was fast so far may become slow: the stride grows by and by. */
    double stride = fmin(fmax(wanted, 1), 4 * (double)steps + 1);
    p->looked = now;
    p->looked_at = p->done;
    p->look = p->done + (uint64_t)stride;
    if (now < p->next) return false;
    p->next = now + between;
    return true;
}

void progress_show(State *S, Progress *p, double elbo, double noise) {
    p->shown = true;
    S->options.progress(S->options.user, &(elbo_Progress){.what = p->what, .done = p->done, .total = p->total, .seconds = p->looked - p->begun,
                                                      .has_elbo = !isnan(elbo), .elbo = elbo, .noise = noise});
}

void progress_end(State *S, Progress *p) {
    if (!p || !p->active) return;
    p->active = false;
    if (!p->shown) return;
    S->options.progress(S->options.user, &(elbo_Progress){.what = p->what, .done = p->done, .total = p->total, .seconds = seconds_now() - p->begun,
                                                      .elbo = NAN, .noise = NAN, .ended = true});
}

unsigned progress_active(const State *S) {
    unsigned active = 0;
    for (unsigned k = 0; k < PROGRESS_LEVELS; k++) active |= (unsigned)S->progress[k].active << k;
    return active;
}

void progress_unwind(State *S, unsigned active) {
    for (unsigned k = PROGRESS_LEVELS; k-- > 0;)
        if (!(active >> k & 1)) progress_end(S, &S->progress[k]);
}
