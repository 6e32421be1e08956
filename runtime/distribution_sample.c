/* SPDX-License-Identifier: GPL-3.0-or-later
   Draws. */
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/mask.h"
#include "runtime/spread.h"

enum { CHUNK = 256, SMALL = 1024 };

static const char *const no_gradient = "this draw has no reparameterised gradient";

/* A draw under way: `layout` has the lanes of all plates around. */
typedef struct Draw {
    Distribution *d;
    const Value *parameters;
    RandomKey key;
    const Layout *layout;
    unsigned n_parameters;
    DistributionInput input[DISTRIBUTION_PARAMETERS];
    bool wanted[DISTRIBUTION_PARAMETERS];
    bool pathwise; /* some partial is wanted, and the family has them */
    double *partial[DISTRIBUTION_PARAMETERS];
} Draw;

/* The parameters over out's stretch; those that are lone numbers were spread before the first. */
static void parameters_at(const Draw *draw, size_t offset, size_t n, double buffer[][CHUNK], const double *in[]) {
    for (unsigned k = 0; k < draw->n_parameters; k++) {
        const DistributionInput *input = &draw->input[k];
        in[k] = input->layout == draw->layout ? input->data + offset : buffer[k];
        if (in[k] == buffer[k] && (offset == 0 || !layout_is_scalar(input->layout)))
            spread_fill(input->layout, input->data, draw->layout, offset, n, buffer[k]);
    }
}

static bool transform_lone(const Draw *draw, const double *noise, double *out) {
    const double *in[DISTRIBUTION_PARAMETERS + 1];
    if (!draw->d->row->transform_lone) return false;
    for (unsigned k = 0; k < draw->n_parameters; k++) {
        if (!layout_is_scalar(draw->input[k].layout)) return false;
        in[k] = draw->input[k].data;
    }
    in[draw->n_parameters] = noise;
    draw->d->row->transform_lone(draw->layout->size, out, draw->partial, in);
    return true;
}

static void transform_noise(const Draw *draw, const double *noise, double *out) {
    if (transform_lone(draw, noise, out)) return;
    double buffer[DISTRIBUTION_PARAMETERS][CHUNK];
    const double *in[DISTRIBUTION_PARAMETERS + 1];
    for (size_t offset = 0, n; offset < draw->layout->size; offset += n) {
        n = draw->layout->size - offset < CHUNK ? draw->layout->size - offset : CHUNK;
        parameters_at(draw, offset, n, buffer, in);
        in[draw->n_parameters] = noise ? noise + offset : NULL;
        double *at[DISTRIBUTION_PARAMETERS] = {0};
        for (unsigned k = 0; k < draw->n_parameters; k++) at[k] = draw->partial[k] ? draw->partial[k] + offset : NULL;
        draw->d->row->transform(n, out + offset, at, in);
    }
}

static void draw_transformed(State *S, const Draw *draw, double *out) {
    double small[SMALL];
    size_t size = draw->layout->size * sizeof(double);
    Noise kind = draw->d->row->noise;
    double *noise = kind == NOISE_NONE ? NULL : draw->layout->size <= SMALL ? small : memory_new(S, size);
    if (kind == NOISE_NORMAL) random_normal(S, draw->key, draw->layout, 0, noise);
    if (kind == NOISE_UNIFORM) random_uniform(S, draw->key, draw->layout, 0, noise);
    transform_noise(draw, noise, out);
    if (noise && noise != small) memory_free(S, noise, size);
}

/* By lane, from streams. Lanes that are off have no sound parameters and draw nothing: they hold 0.5, or 0 if they are
   discrete, which all families with such samplers have in their support. */
static void draw_lanes(State *S, const Draw *draw, double *out) {
    const Layout *l = draw->layout;
    double buffer[DISTRIBUTION_PARAMETERS][CHUNK], on[CHUNK];
    const double *in[DISTRIBUTION_PARAMETERS];
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    for (size_t offset = 0, n; offset < l->size; offset += n) {
        n = l->size - offset < CHUNK ? l->size - offset : CHUNK;
        parameters_at(draw, offset, n, buffer, in);
        if (S->mask) spread_fill(S->mask->layout, S->mask->data, l, offset, n, on);
        for (size_t i = 0; i < n; i++) {
            size_t at = offset + i;
            out[at] = draw->d->row->discrete ? 0 : 0.5;
            for (unsigned k = 0; k < draw->n_parameters; k++)
                if (draw->partial[k]) draw->partial[k][at] = 0;
            if ((S->mask && on[i] == 0) || at % l->row >= length) continue;
            double parameters[DISTRIBUTION_PARAMETERS], partial[DISTRIBUTION_PARAMETERS];
            for (unsigned k = 0; k < draw->n_parameters; k++) parameters[k] = in[k][i];
            size_t component = l->n_axes ? at / l->stride : at;
            LaneRandom random = random_lane(S, draw->key, l, component, l->n_axes ? at % l->stride : 0);
            out[at] = draw->d->row->draw(&random, parameters, draw->pathwise ? partial : NULL);
            for (unsigned k = 0; draw->pathwise && k < draw->n_parameters; k++)
                if (draw->partial[k]) draw->partial[k][at] = partial[k];
        }
    }
}

static Value finish(State *S, const Draw *draw, bool taped, const double *number, Array *array) {
    uint64_t node = 0;
    if (draw->pathwise) {
        node = tape_node(S, draw->layout);
        for (unsigned k = 0; k < draw->n_parameters; k++)
            if (draw->wanted[k]) tape_edge_partial(S, draw->parameters[k], draw->partial[k]);
    } else if (taped) {
        node = tape_barrier(S, draw->layout, no_gradient);
    }
    if (array) {
        array->boolean = draw->d->row->boolean;
        array->missing = MISSING_NO;
        return value_array(array, node);
    }
    if (!draw->d->row->boolean) return value_dual(number[0], node);
    Value v = value_boolean(number[0] != 0);
    v.node = node;
    return v;
}

/* One draw for each lane and each element of `layout`, to which the parameters broadcast. */
static Value draw_all(State *S, Distribution *d, const Value *parameters, RandomKey key, const Layout *layout) {
    const DistributionRow *row = d->row;
    Draw draw;
    draw.d = d;
    draw.parameters = parameters;
    draw.key = key;
    draw.layout = layout;
    draw.n_parameters = row->n_parameters;
    bool taped = false;
    for (unsigned k = 0; k < row->n_parameters; k++) {
        draw.input[k].layout = value_layout(S, parameters[k]);
        draw.input[k].data = value_data(parameters[k], draw.input[k].number);
        draw.wanted[k] = tape_has(S, parameters[k]);
        draw.partial[k] = NULL;
        taped = taped || draw.wanted[k];
    }
    draw.pathwise = taped && !row->discrete && (row->transform || row->reparameterised);
    for (unsigned k = 0; k < row->n_parameters && draw.pathwise; k++)
        if (draw.wanted[k]) draw.partial[k] = tape_allocate(S, layout->size * sizeof(double));
    double number[LANE_BLOCK];
    Array *array = layout == S->scalar ? NULL : array_new(S, layout);
    double *out = array ? array->data : number;
    if (row->transform) draw_transformed(S, &draw, out);
    else draw_lanes(S, &draw, out);
    return finish(S, &draw, taped, number, array);
}

/* n copies of v along a new leading axis of the event. */
static Value repeated(State *S, Value v, size_t n) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank == 0) return v;
    size_t dims[LAYOUT_RANK] = {n};
    const Layout *l = v.as.array->layout;
    memcpy(dims + 1, l->dims, l->rank * sizeof *dims);
    Array *array = array_new(S, layout_with_event(S, l, l->rank + 1u, dims));
    size_t block = l->components * l->stride;
    for (size_t k = 0; k < n; k++) memcpy(array->data + k * block, v.as.array->data, block * sizeof(double));
    return value_array(array, 0);
}

Value distribution_sample(State *S, Distribution *d, RandomKey key, size_t n) {
    if (d->row->composed) return d->row->composed->sample(S, d, key, n, NULL);
    const Layout *event = d->layout, *lanes = S->lanes;
    if (n == 0) return draw_all(S, d, d->parameters, key, event->rank ? layout_with_lanes(S, event, lanes) : lanes);
    if (event->rank + 1 > LAYOUT_RANK)
        error_raise(S, "shape-mismatch", NULL, "a value has at most %d dimensions", LAYOUT_RANK);
    size_t dims[LAYOUT_RANK] = {n};
    memcpy(dims + 1, event->dims, event->rank * sizeof *dims);
    Value parameters[DISTRIBUTION_PARAMETERS];
    bool taped = false;
    for (unsigned k = 0; k < d->row->n_parameters; k++) {
        parameters[k] = repeated(S, d->parameters[k], n);
        taped = taped || (tape_has(S, d->parameters[k]) && !tape_has(S, parameters[k]));
    }
    Value v = draw_all(S, d, parameters, key, layout_with_event(S, lanes, event->rank + 1u, dims));
    if (taped) v.node = tape_barrier(S, value_layout(S, v), "several draws at once from vectors of parameters have none");
    return v;
}

Value distribution_sample_event(State *S, Distribution *d, RandomKey key, const Layout *event) {
    if (d->row->composed) return d->row->composed->sample(S, d, key, 0, event);
    return draw_all(S, d, d->parameters, key, event->rank ? layout_with_lanes(S, event, S->lanes) : S->lanes);
}
