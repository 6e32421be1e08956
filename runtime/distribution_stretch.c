/* SPDX-License-Identifier: GPL-3.0-or-later
   The kernels of log densities over arrays, stretch by stretch, so that elements which are only summed are never held. */
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/spread.h"
#include "runtime/threads.h"

enum { CHUNK = 256, SCORE_GRAIN = THREADS_RANGE / SPREAD_BLOCK };

/* Buffers of the inputs that have to be spread. With a kernel for lone parameters none is. */
typedef struct Inputs {
    bool lone;
    double buffer[DISTRIBUTION_INPUTS][CHUNK];
    double mask[CHUNK];
    const double *at[DISTRIBUTION_INPUTS];
} Inputs;

static bool parameters_are_lone(const Score *s) {
    for (unsigned k = 1; k < s->n_inputs; k++)
        if (k != s->log_at && !layout_is_scalar(s->input[k].layout)) return false;
    return s->d->row->score_lone && s->input[0].layout == s->layout;
}

static void inputs_begin(const Score *s, Inputs *inputs) {
    inputs->lone = parameters_are_lone(s);
    for (unsigned k = 1; inputs->lone && k < s->n_inputs; k++) inputs->at[k] = s->input[k].data;
    if (inputs->lone) return;
    for (unsigned k = 0; k < s->n_inputs; k++)
        if (layout_is_scalar(s->input[k].layout))
            spread_fill(s->input[k].layout, s->input[k].data, s->layout, 0,
                        s->layout->size < CHUNK ? s->layout->size : CHUNK, inputs->buffer[k]);
}

static void inputs_at(const Score *s, Inputs *inputs, size_t offset, size_t n) {
    if (inputs->lone) {
        inputs->at[0] = s->input[0].data + offset;
        if (s->log_at) inputs->at[s->log_at] = s->input[s->log_at].data + offset;
        return;
    }
    for (unsigned k = 0; k < s->n_inputs; k++) {
        const DistributionInput *input = &s->input[k];
        inputs->at[k] = input->layout == s->layout ? input->data + offset : inputs->buffer[k];
        if (input->layout != s->layout && !layout_is_scalar(input->layout))
            spread_fill(input->layout, input->data, s->layout, offset, n, inputs->buffer[k]);
    }
}

/* Exactly 0 where the mask is off or the value is missing. */
static void silence(const Score *s, Inputs *inputs, size_t offset, size_t n, double *const out[]) {
    double *on = inputs->mask;
    if (s->mask) spread_fill(s->mask->layout, s->mask->data, s->layout, offset, n, on);
    else
        for (size_t i = 0; i < n; i++) on[i] = 1;
    if (s->missing)
        for (size_t i = 0; i < n; i++)
            if (number_is_missing(inputs->at[0][i])) on[i] = 0;
    for (unsigned k = 0; k < SCORE_OUTPUTS + 1; k++)
        for (size_t i = 0; out[k] && i < n; i++) out[k][i] = on[i] != 0 ? out[k][i] : 0;
}

/* Runs the kernel over a stretch; out[0] is the density, out[1 + k] the partial for the value and the parameters. */
static void score_stretch(const Score *s, Inputs *inputs, size_t offset, size_t n, double *const out[]) {
    for (size_t done = 0, part; done < n; done += part) {
        part = n - done < CHUNK ? n - done : CHUNK;
        double *at[SCORE_OUTPUTS + 1] = {0};
        for (unsigned k = 0; k <= s->n_wanted; k++) at[k] = out[k] ? out[k] + done : NULL;
        inputs_at(s, inputs, offset + done, part);
        (inputs->lone ? s->d->row->score_lone : s->d->row->score)(part, at[0], at + 1, inputs->at);
        if (s->mask || s->missing) silence(s, inputs, offset + done, part, at);
    }
}

/* The run of a kernel; output 0 is the density. Where threads share it, sums lie in `parts` first (spread_sum_parts). */
typedef struct ScoreRun {
    const Score *score;
    double *const *out;
    const Layout *const *layout;
    double *parts[SCORE_OUTPUTS + 1];
} ScoreRun;

/* What a stretch gives goes straight to its place where nothing is summed, and through a block where it is. */
static void score_range(void *context, size_t first, size_t last) {
    const ScoreRun *run = context;
    const Score *s = run->score;
    Inputs inputs;
    double block[SCORE_OUTPUTS + 1][SPREAD_BLOCK];
    inputs_begin(s, &inputs);
    for (size_t stretch = first; stretch < last; stretch++) {
        size_t offset = spread_offset(s->layout, stretch), n = spread_stretch(s->layout, offset);
        double *at[SCORE_OUTPUTS + 1] = {0};
        for (unsigned k = 0; k <= s->n_wanted; k++)
            if (run->out[k]) at[k] = run->layout[k] == s->layout ? run->out[k] + offset : block[k];
        score_stretch(s, &inputs, offset, n, at);
        for (unsigned k = 0; k <= s->n_wanted; k++) {
            if (!run->out[k] || run->layout[k] == s->layout) continue;
            if (run->parts[k]) spread_sum_parts(s->layout, stretch, n, block[k], run->parts[k]);
            else spread_sum(run->layout[k], run->out[k], s->layout, offset, n, block[k]);
        }
    }
}

static bool is_summed(const ScoreRun *run, unsigned k) { return run->out[k] && run->layout[k] != run->score->layout; }

/* Room for the parts of all sums; false: threads cannot share this run, or there is no memory for it. */
static bool parts_begin(State *S, ScoreRun *run, size_t bytes) {
    const Score *s = run->score;
    bool good = threads_pay(S, s->layout->size);
    for (unsigned k = 0; k <= s->n_wanted && good; k++)
        if (is_summed(run, k)) good = !spread_has_row(run->layout[k], s->layout) && (run->parts[k] = memory_try(S, bytes));
    return good;
}

/* Adds them up, if the sums are there, and frees them. */
static void parts_end(State *S, ScoreRun *run, size_t bytes, bool add) {
    const Score *s = run->score;
    for (unsigned k = 0; k <= s->n_wanted; k++) {
        if (!run->parts[k]) continue;
        if (add) spread_add_parts(run->layout[k], run->out[k], s->layout, run->parts[k]);
        memory_free(S, run->parts[k], bytes);
        run->parts[k] = NULL;
    }
}

void score_run(State *S, const Score *s, double *const out[], const Layout *const layout[]) {
    ScoreRun run = {.score = s, .out = out, .layout = layout};
    size_t stretches = spread_stretches(s->layout), bytes = spread_parts(s->layout) * sizeof(double);
    for (unsigned k = 0; k <= s->n_wanted; k++)
        if (is_summed(&run, k)) memset(out[k], 0, layout[k]->size * sizeof(double));
    bool shared = parts_begin(S, &run, bytes);
    if (shared) threads_run(S, stretches, SCORE_GRAIN, score_range, &run);
    parts_end(S, &run, bytes, shared);
    if (!shared) score_range(&run, 0, stretches);
}
