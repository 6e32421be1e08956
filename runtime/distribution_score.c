/* SPDX-License-Identifier: GPL-3.0-or-later
   Log densities: element by element, or summed without ever holding the elements. */
#include "runtime/distribution_parts.h"
#include "runtime/mask.h"
#include "runtime/spread.h"
#include "runtime/tape_score.h"
#include "runtime/threads.h"

/* ---- Plan ---- */

static bool listed(const Score *s, const Axis *axis) {
    for (uint32_t k = 0; k < s->n_axes; k++)
        if (s->axes[k] == axis) return true;
    return false;
}

/* The lanes that remain of `layout` after summing. */
static const Layout *remaining(State *S, const Score *s, const Layout *layout) {
    Axis *axes[LAYOUT_AXES];
    uint32_t n = 0;
    for (uint32_t k = 0; k < layout->n_axes; k++)
        if (!listed(s, layout->axes[k])) axes[n++] = layout->axes[k];
    if (n == layout->n_axes && layout->rank == 0) return layout;
    return n ? layout_intern(S, n, axes, 0, NULL) : S->scalar;
}

static void join_element(State *S, Score *s, const Layout *value) {
    s->layout = layout_join(S, value, s->d->layout);
    if (!s->layout)
        error_raise(S, "shape-mismatch", "Both must have the same shape, unless one of them is a number.",
                    "the value's shape is not that of %s's parameters", s->d->row->name);
    if (s->mask) s->layout = layout_join(S, s->layout, s->mask->layout);
}

static void score_plan(State *S, Score *s) {
    const Layout *value = value_layout(S, s->value);
    s->n_wanted = 1 + s->d->row->n_parameters;
    s->wanted[0] = !s->d->row->discrete && tape_has(S, s->value);
    for (unsigned k = 1; k < s->n_wanted; k++) s->wanted[k] = tape_has(S, s->d->parameters[k - 1]);
    s->missing = s->value.tag == VALUE_ARRAY && array_has_missing(s->value.as.array);
    join_element(S, s, value);
    s->factor = 1;
    for (uint32_t k = 0; k < s->n_axes; k++)
        if (!layout_has_axis(s->layout, s->axes[k])) s->factor *= (double)s->axes[k]->size;
    s->result = s->summed ? remaining(S, s, s->layout) : s->layout;
}

static void log_input(State *S, Score *s) {
    DistributionInput *input = &s->input[s->log_at = s->n_inputs++];
    input->layout = s->input[0].layout;
    if (s->value.tag == VALUE_ARRAY) {
        input->data = array_log(S, s->value.as.array)->data;
    } else {
        kernel_log(LANE_BLOCK, input->number, s->input[0].data);
        input->data = input->number;
    }
}

static void score_inputs(State *S, Score *s) {
    s->input[0].layout = value_layout(S, s->value);
    s->input[0].data = value_data(s->value, s->input[0].number);
    s->n_inputs = 1 + distribution_inputs(S, s->d, s->input + 1);
    s->log_at = 0;
    if (s->d->row->wants_log) log_input(S, s);
}

/* Where the partial of input k is kept: with the axes that the result or the input has, because along all others it enters
   only as a sum. */
static const Layout *partial_layout(State *S, const Score *s, unsigned k) {
    const Layout *input = s->input[k].layout, *result = s->result;
    if (!s->summed || result == s->layout) return s->layout;
    if (input->rank == 0 && layout_lanes_within(input, result)) return result;
    return layout_join(S, result, input);
}

/* ---- Linear maps ---- */

/* From an input to summed scores: partials over `product`, whose axes are the input's and the result's. */
typedef struct ScoreMap {
    LinearMap map;
    State *state;
    const Layout *product, *input, *result;
    const double *partial;
} ScoreMap;

/* One sweep over a map: to += the sums of partial .* from, both broadcast to `product`. `parts` as spread_sum_parts has them, for
   a sum that threads share; else NULL. */
typedef struct MapRun {
    const ScoreMap *map;
    const Layout *from, *to;
    const double *in;
    double *out, *parts;
} MapRun;

static void map_range(void *context, size_t first, size_t last) {
    const MapRun *run = context;
    const ScoreMap *m = run->map;
    double x[SPREAD_BLOCK];
    for (size_t k = first; k < last; k++) {
        size_t offset = spread_offset(m->product, k), n = spread_stretch(m->product, offset);
        spread_fill(run->from, run->in, m->product, offset, n, x);
        const double *partial = m->partial + offset;
        for (size_t i = 0; i < n; i++) x[i] = x[i] == 0 ? 0 : x[i] * partial[i];
        if (run->parts) spread_sum_parts(m->product, k, n, x, run->parts);
        else spread_sum(run->to, run->out, m->product, offset, n, x);
    }
}

static void score_map_apply(const ScoreMap *m, const Layout *from, const double *in, const Layout *to, double *out) {
    MapRun run = {m, from, to, in, out, NULL};
    size_t stretches = spread_stretches(m->product), bytes = spread_parts(m->product) * sizeof(double);
    bool in_parts = to != m->product && !spread_has_row(to, m->product);
    if (threads_pay(m->state, m->product->size) && in_parts) run.parts = memory_try(m->state, bytes);
    if (to == m->product || run.parts)
        threads_run(m->state, stretches, threads_grain(SPREAD_BLOCK), map_range, &run);
    else
        map_range(&run, 0, stretches);
    if (!run.parts) return;
    spread_add_parts(to, out, m->product, run.parts);
    memory_free(m->state, run.parts, bytes);
}

static void score_map_forward(const LinearMap *map, const double *in, double *out) {
    const ScoreMap *m = (const ScoreMap *)map;
    score_map_apply(m, m->input, in, m->result, out);
}

static void score_map_backward(const LinearMap *map, const double *out, double *in) {
    const ScoreMap *m = (const ScoreMap *)map;
    score_map_apply(m, m->result, out, m->input, in);
}

static void score_edge(State *S, const Score *s, unsigned k, const double *partial, const Layout *layout) {
    Value source = k ? s->d->parameters[k - 1] : s->value;
    if (layout == s->result) {
        tape_edge_partial(S, source, partial);
        return;
    }
    ScoreMap *m = tape_allocate(S, sizeof *m);
    *m = (ScoreMap){{score_map_forward, score_map_backward}, S, layout, s->input[k].layout, s->result, partial};
    tape_keep(S, (void *)layout);
    tape_keep(S, (void *)s->input[k].layout);
    tape_keep(S, (void *)s->result);
    tape_edge_map(S, source, &m->map);
}

Value score_finish(State *S, const Score *s, const double *number, Array *out, double *const partial[],
                   const Layout *const layout[]) {
    bool taped = false;
    for (unsigned k = 0; k < s->n_wanted; k++) taped = taped || s->wanted[k];
    if (s->factor != 1) {
        double *x = out ? out->data : (double *)number;
        for (size_t i = 0; i < s->result->size; i++) x[i] *= s->factor;
        for (unsigned k = 0; k < s->n_wanted; k++)
            for (size_t i = 0; s->wanted[k] && i < layout[k]->size; i++) partial[k][i] *= s->factor;
    }
    uint64_t node = 0;
    if (taped) {
        node = tape_node(S, s->result);
        for (unsigned k = 0; k < s->n_wanted; k++)
            if (s->wanted[k]) score_edge(S, s, k, partial[k], layout[k]);
    }
    if (out) out->missing = MISSING_NO;
    return out ? value_array(out, node) : value_dual(number[0], node);
}

/* ---- Numbers ---- */

static Value score_number(State *S, Score *s) {
    const double *in[DISTRIBUTION_INPUTS];
    double out[LANE_BLOCK], store[SCORE_OUTPUTS][LANE_BLOCK], *partial[SCORE_OUTPUTS] = {0};
    bool taped = false;
    for (unsigned k = 0; k < s->n_inputs; k++) in[k] = s->input[k].data;
    for (unsigned k = 0; k < s->n_wanted; k++)
        if (s->wanted[k]) {
            partial[k] = store[k];
            taped = true;
        }
    if (number_is_missing(in[0][0])) return value_number(0);
    s->d->row->score(LANE_BLOCK, out, partial, in);
    if (!taped) return value_number(out[0] * s->factor);
    uint64_t node = tape_node(S, S->scalar);
    for (unsigned k = 0; k < s->n_wanted; k++)
        if (partial[k]) tape_edge_scale(S, k ? s->d->parameters[k - 1] : s->value, partial[k][0] * s->factor);
    return value_dual(out[0] * s->factor, node);
}

/* ---- Arrays ---- */

Array *score_room(State *S, const Score *s) {
    return s->passing ? array_on_tape(S, s->result) : array_new(S, s->result);
}

static Value score_array(State *S, Score *s) {
    double number[LANE_BLOCK];
    Array *array = s->result == S->scalar ? NULL : score_room(S, s);
    double *out[SCORE_OUTPUTS + 1] = {array ? array->data : number};
    const Layout *layout[SCORE_OUTPUTS + 1] = {s->result};
    for (unsigned k = 0; k < s->n_wanted; k++) {
        if (!s->wanted[k]) continue;
        layout[1 + k] = partial_layout(S, s, k);
        out[1 + k] = tape_allocate(S, layout[1 + k]->size * sizeof(double));
    }
    score_run(S, s, out, layout);
    return score_finish(S, s, number, array, out + 1, layout + 1);
}

static Value score_value(State *S, Score *s) {
    Value collapsed;
    if (s->d->row->composed) return score_composed(S, s);
    score_plan(S, s);
    if (s->summed && score_collapse(S, s, &collapsed)) return collapsed;
    score_inputs(S, s);
    return s->layout == S->scalar ? score_number(S, s) : score_array(S, s);
}

/* A discrete value has no derivative, but the density depends on it; and a sum over lanes on all that was read. */
static Value score(State *S, Score *s) {
    if (s->value.tag == VALUE_MISSING) return value_number(0);
    if (s->mask && s->mask->layout == S->scalar) {
        if (!mask_any(s->mask)) return value_number(0);
        s->mask = NULL;
    }
    Value v = score_value(S, s);
    if (!tape_in_score_mode(&S->tape)) return v;
    if (!s->wanted[0]) v = score_depends(S, v, &s->value, 1);
    return s->n_axes ? score_mixed(S, v) : v;
}

static Score score_new(Distribution *d, Value value) {
    Score s;
    s.d = d;
    s.value = value;
    s.mask = NULL;
    s.passing = false;
    s.summed = false;
    s.n_axes = 0;
    s.axes = NULL;
    return s;
}

Value distribution_log_prob(State *S, Distribution *d, Value value) {
    Score s = score_new(d, value);
    return score(S, &s);
}

Value distribution_score(State *S, Distribution *d, Value value, Array *mask, uint32_t n_axes, Axis *const axes[]) {
    Score s = score_new(d, value);
    s.mask = mask;
    s.summed = true;
    s.n_axes = n_axes;
    s.axes = axes;
    return score(S, &s);
}

Value distribution_term(State *S, Distribution *d, Value value, Array *mask, uint32_t n_axes, Axis *const axes[]) {
    Score s = score_new(d, value);
    s.mask = mask;
    s.passing = S->tape.recording;
    s.summed = true;
    s.n_axes = n_axes;
    s.axes = axes;
    return score(S, &s);
}
