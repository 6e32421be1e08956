/* SPDX-License-Identifier: GPL-3.0-or-later
   Log densities: element by element, or summed without ever holding the elements. */
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/mask.h"
#include "runtime/spread.h"
#include "runtime/tape_score.h"

enum { CHUNK = 256, OUTPUTS = 1 + DISTRIBUTION_PARAMETERS };

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
    const Layout *product, *input, *result;
    const double *partial;
} ScoreMap;

/* to += the sums of partial .* from, both broadcast to `product`. */
static void score_map_apply(const ScoreMap *m, const Layout *from, const double *in, const Layout *to, double *out) {
    double x[SPREAD_BLOCK];
    for (size_t offset = 0, n; offset < m->product->size; offset += n) {
        n = spread_stretch(m->product, offset);
        spread_fill(from, in, m->product, offset, n, x);
        const double *partial = m->partial + offset;
        for (size_t i = 0; i < n; i++) x[i] = x[i] == 0 ? 0 : x[i] * partial[i];
        spread_sum(to, out, m->product, offset, n, x);
    }
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
    *m = (ScoreMap){{score_map_forward, score_map_backward}, layout, s->input[k].layout, s->result, partial};
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
    double out[LANE_BLOCK], store[OUTPUTS][LANE_BLOCK], *partial[OUTPUTS] = {0};
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
    for (unsigned k = 0; k < OUTPUTS + 1; k++)
        for (size_t i = 0; out[k] && i < n; i++) out[k][i] = on[i] != 0 ? out[k][i] : 0;
}

/* Runs the kernel over a stretch; out[0] is the density, out[1 + k] the partial for the value and the parameters. */
static void score_stretch(const Score *s, Inputs *inputs, size_t offset, size_t n, double *const out[]) {
    for (size_t done = 0, part; done < n; done += part) {
        part = n - done < CHUNK ? n - done : CHUNK;
        double *at[OUTPUTS + 1] = {0};
        for (unsigned k = 0; k <= s->n_wanted; k++) at[k] = out[k] ? out[k] + done : NULL;
        inputs_at(s, inputs, offset + done, part);
        (inputs->lone ? s->d->row->score_lone : s->d->row->score)(part, at[0], at + 1, inputs->at);
        if (s->mask || s->missing) silence(s, inputs, offset + done, part, at);
    }
}

/* What a stretch gives goes straight to its place where nothing is summed, and through a block where it is. */
static void score_run(const Score *s, double *const out[], const Layout *const layout[]) {
    Inputs inputs;
    double block[OUTPUTS + 1][SPREAD_BLOCK];
    inputs_begin(s, &inputs);
    for (unsigned k = 0; k <= s->n_wanted; k++)
        if (out[k] && layout[k] != s->layout) memset(out[k], 0, layout[k]->size * sizeof(double));
    for (size_t offset = 0, n; offset < s->layout->size; offset += n) {
        n = spread_stretch(s->layout, offset);
        double *at[OUTPUTS + 1] = {0};
        for (unsigned k = 0; k <= s->n_wanted; k++)
            if (out[k]) at[k] = layout[k] == s->layout ? out[k] + offset : block[k];
        score_stretch(s, &inputs, offset, n, at);
        for (unsigned k = 0; k <= s->n_wanted; k++)
            if (out[k] && layout[k] != s->layout) spread_sum(layout[k], out[k], s->layout, offset, n, block[k]);
    }
}

Array *score_room(State *S, const Score *s) {
    return s->passing ? array_on_tape(S, s->result) : array_new(S, s->result);
}

static Value score_array(State *S, Score *s) {
    double number[LANE_BLOCK];
    Array *array = s->result == S->scalar ? NULL : score_room(S, s);
    double *out[OUTPUTS + 1] = {array ? array->data : number};
    const Layout *layout[OUTPUTS + 1] = {s->result};
    for (unsigned k = 0; k < s->n_wanted; k++) {
        if (!s->wanted[k]) continue;
        layout[1 + k] = partial_layout(S, s, k);
        out[1 + k] = tape_allocate(S, layout[1 + k]->size * sizeof(double));
    }
    score_run(s, out, layout);
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
