/* SPDX-License-Identifier: GPL-3.0-or-later
   Draws. */
#include <math.h>
#include <string.h>

#include "runtime/distribution_parts.h"
#include "runtime/mask.h"
#include "runtime/refused.h"
#include "runtime/spread.h"
#include "runtime/threads.h"

enum { CHUNK = 512, REFUSED = 2048, SMALL = 1024, ATTEMPTS = 1 << 16 };

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

/* Parameters that are lone numbers are spread before the first stretch. */
static void parameters_begin(const Draw *draw, double buffer[][CHUNK]) {
    size_t n = draw->layout->size < CHUNK ? draw->layout->size : CHUNK;
    for (unsigned k = 0; k < draw->n_parameters; k++)
        if (layout_is_scalar(draw->input[k].layout)) spread_fill(draw->input[k].layout, draw->input[k].data, draw->layout, 0, n, buffer[k]);
}

/* The parameters over a stretch. */
static void parameters_at(const Draw *draw, size_t offset, size_t n, double buffer[][CHUNK], const double *in[]) {
    for (unsigned k = 0; k < draw->n_parameters; k++) {
        const DistributionInput *input = &draw->input[k];
        in[k] = input->layout == draw->layout ? input->data + offset : buffer[k];
        if (in[k] == buffer[k] && !layout_is_scalar(input->layout))
            spread_fill(input->layout, input->data, draw->layout, offset, n, buffer[k]);
    }
}

/* What a lane that is off, or padding, holds: 0.5, or 0 of discrete families, which all such families have in their support. */
static void out_of_use(const Draw *draw, double *out, size_t at) {
    out[at] = draw->d->row->discrete ? 0 : 0.5;
    for (unsigned k = 0; k < draw->n_parameters; k++)
        if (draw->partial[k]) draw->partial[k][at] = 0;
}

static bool parameters_are_lone(const Draw *draw) {
    for (unsigned k = 0; k < draw->n_parameters; k++)
        if (!layout_is_scalar(draw->input[k].layout)) return false;
    return draw->d->row->transform_lone != NULL;
}

static unsigned n_noises(const DistributionRow *row) {
    unsigned n = 0;
    while (n < DISTRIBUTION_NOISES && row->noise[n] != NOISE_NONE) n++;
    return n;
}

/* Draw number of the first component: each noise and each attempt has its own. */
static uint32_t first_draw(const Draw *draw, unsigned attempt, unsigned noise) {
    return (uint32_t)((attempt * DISTRIBUTION_NOISES + noise) * draw->layout->components);
}

/* Elements whose noise was refused, by their places. */
typedef struct Refused {
    size_t at[REFUSED + LANE_BLOCK];
    size_t count;
} Refused;

/* A parameter's number for one element. */
static double parameter_at(const Draw *draw, unsigned k, size_t place) {
    const DistributionInput *input = &draw->input[k];
    double x[LANE_BLOCK];
    if (layout_is_scalar(input->layout)) return input->data[0];
    if (input->layout == draw->layout) return input->data[place];
    spread_fill(input->layout, input->data, draw->layout, place / LANE_BLOCK * LANE_BLOCK, LANE_BLOCK, x);
    return x[place % LANE_BLOCK];
}

/* One more attempt for n elements, a multiple of 8 with what repeats the last. Keeps those that are refused again, and returns
   how many there are. */
static size_t attempt_some(State *S, const Draw *draw, unsigned attempt, size_t at[], size_t n, double *out) {
    const DistributionRow *row = draw->d->row;
    unsigned noises = n_noises(row);
    double store[DISTRIBUTION_PARAMETERS + DISTRIBUTION_NOISES][CHUNK], partials[DISTRIBUTION_PARAMETERS][CHUNK], drawn[CHUNK];
    const double *in[DISTRIBUTION_PARAMETERS + DISTRIBUTION_NOISES];
    double *partial[DISTRIBUTION_PARAMETERS] = {0};
    size_t padded = lane_pad(n), left = 0;
    for (unsigned k = 0; k < draw->n_parameters + noises; k++) {
        in[k] = store[k];
        if (k >= draw->n_parameters) {
            unsigned noise = k - draw->n_parameters;
            (row->noise[noise] == NOISE_NORMAL ? random_normal_some : random_uniform_some)(S, draw->key, draw->layout,
                                                                                           first_draw(draw, attempt, noise), at, n, store[k]);
        } else {
            for (size_t i = 0; i < n; i++) store[k][i] = parameter_at(draw, k, at[i]);
            partial[k] = draw->partial[k] ? partials[k] : NULL;
        }
        for (size_t i = n; i < padded; i++) store[k][i] = store[k][n - 1];
    }
    row->transform(padded, drawn, partial, in);
    for (size_t i = 0; i < n; i++) {
        size_t place = at[i];
        at[left] = place;
        left += isnan(drawn[i]);
        if (isnan(drawn[i])) continue;
        out[place] = drawn[i];
        for (unsigned k = 0; k < draw->n_parameters; k++)
            if (partial[k]) draw->partial[k][place] = partials[k][i];
    }
    return left;
}

/* Further attempts, with other noise, until none is refused. */
static void draw_again(State *S, const Draw *draw, Refused *refused, double *out) {
    for (unsigned attempt = 1; refused->count; attempt++) {
        size_t left = 0;
        if (attempt == ATTEMPTS) error_raise(S, "bad-argument", NULL, "no draw of %s was accepted in %d attempts", draw->d->row->name, ATTEMPTS);
        for (size_t from = 0, n; from < refused->count; from += n) {
            n = refused->count - from < CHUNK ? refused->count - from : CHUNK;
            size_t again = attempt_some(S, draw, attempt, refused->at + from, n, out);
            memmove(refused->at + left, refused->at + from, again * sizeof *refused->at);
            left += again;
        }
        refused->count = left;
    }
}

/* Adds those of the n elements from `offset` on that were refused and count: their lane is on, and they are no padding. */
static void find_refused(State *S, const Draw *draw, size_t offset, size_t n, double *out, Refused *refused) {
    const Layout *l = draw->layout;
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    size_t *at = refused->at + refused->count, found = refused_places(out + offset, n, at), count = 0;
    double on[CHUNK];
    if (found && S->mask) spread_fill(S->mask->layout, S->mask->data, l, offset, n, on);
    for (size_t k = 0; k < found; k++) {
        size_t place = offset + at[k];
        if ((S->mask && on[at[k]] == 0) || place % l->row >= length) out_of_use(draw, out, place);
        else at[count++] = place;
    }
    refused->count += count;
}

/* Noise on its way to draws. */
typedef struct Transform {
    const Draw *draw;
    const double *noise;
    unsigned noises;
    bool lone; /* by the kernel for lone parameters */
    double *out;
} Transform;

static void transform_stretch(const Transform *t, size_t offset, size_t n, double buffer[][CHUNK]) {
    const Draw *draw = t->draw;
    const double *in[DISTRIBUTION_PARAMETERS + DISTRIBUTION_NOISES];
    double *partial[DISTRIBUTION_PARAMETERS] = {0};
    if (t->lone)
        for (unsigned k = 0; k < draw->n_parameters; k++) in[k] = draw->input[k].data;
    else
        parameters_at(draw, offset, n, buffer, in);
    for (unsigned k = 0; k < t->noises; k++) in[draw->n_parameters + k] = t->noise + k * draw->layout->size + offset;
    for (unsigned k = 0; k < draw->n_parameters; k++) partial[k] = draw->partial[k] ? draw->partial[k] + offset : NULL;
    (t->lone ? draw->d->row->transform_lone : draw->d->row->transform)(n, t->out + offset, partial, in);
}

/* Units are chunks. */
static void transform_range(void *context, size_t first, size_t last) {
    const Transform *t = context;
    double buffer[DISTRIBUTION_PARAMETERS][CHUNK];
    size_t size = t->draw->layout->size, end = last * CHUNK < size ? last * CHUNK : size;
    if (t->lone) {
        transform_stretch(t, first * CHUNK, end - first * CHUNK, NULL);
        return;
    }
    parameters_begin(t->draw, buffer);
    for (size_t offset = first * CHUNK; offset < end; offset += CHUNK)
        transform_stretch(t, offset, end - offset < CHUNK ? end - offset : CHUNK, buffer);
}

/* What was refused is drawn again when there is much of it, so that it needs no more room. */
static void transform_until_accepted(State *S, const Transform *t, bool done) {
    Refused refused;
    refused.count = 0;
    double buffer[DISTRIBUTION_PARAMETERS][CHUNK];
    size_t size = t->draw->layout->size;
    parameters_begin(t->draw, buffer);
    for (size_t offset = 0, n; offset < size; offset += n) {
        n = size - offset < CHUNK ? size - offset : CHUNK;
        if (!done) transform_stretch(t, offset, n, buffer);
        if (refused.count + n > REFUSED) draw_again(S, t->draw, &refused, t->out);
        find_refused(S, t->draw, offset, n, t->out, &refused);
    }
    if (refused.count) draw_again(S, t->draw, &refused, t->out);
}

static void transform_noise(State *S, const Draw *draw, const double *noise, unsigned noises, double *out) {
    bool rejects = draw->d->row->rejects;
    Transform t = {draw, noise, noises, noises <= 1 && !rejects && parameters_are_lone(draw), out};
    size_t size = draw->layout->size, chunks = (size + CHUNK - 1) / CHUNK;
    bool shared = threads_pay(S, size);
    if (shared) threads_run(S, chunks, threads_grain(CHUNK), transform_range, &t);
    else if (!rejects && chunks) transform_range(&t, 0, chunks);
    if (rejects) transform_until_accepted(S, &t, shared);
}

static void draw_transformed(State *S, const Draw *draw, double *out) {
    const DistributionRow *row = draw->d->row;
    double small[SMALL], *noise = small;
    size_t size = draw->layout->size;
    unsigned noises = n_noises(row);
    size_t bytes = noises * size * sizeof *noise;
    bool own = noises * size > SMALL && !row->rejects;
    if (own) noise = memory_new(S, bytes);
    else if (noises * size > SMALL) noise = array_new(S, layout_vector(S, noises * size))->data; /* the collector's: attempts may raise */
    for (unsigned k = 0; k < noises; k++)
        (row->noise[k] == NOISE_NORMAL ? random_normal : random_uniform)(S, draw->key, draw->layout, first_draw(draw, 0, k), noise + k * size);
    transform_noise(S, draw, noise, noises, out);
    if (own) memory_free(S, noise, bytes);
}

/* Draws from streams, lane by lane. Units are chunks. */
typedef struct Streams {
    State *state; /* only read: its plates and its mask */
    const Draw *draw;
    double *out;
} Streams;

static void draw_lane(const Streams *s, size_t at, const double *parameters) {
    const Draw *draw = s->draw;
    const Layout *l = draw->layout;
    double partial[DISTRIBUTION_PARAMETERS];
    size_t component = l->n_axes ? at / l->stride : at;
    LaneRandom random = random_lane(s->state, draw->key, l, component, l->n_axes ? at % l->stride : 0);
    s->out[at] = draw->d->row->draw(&random, parameters, draw->pathwise ? partial : NULL);
    for (unsigned k = 0; draw->pathwise && k < draw->n_parameters; k++)
        if (draw->partial[k]) draw->partial[k][at] = partial[k];
}

/* Lanes that are off have no sound parameters and draw nothing. */
static void lanes_range(void *context, size_t first, size_t last) {
    const Streams *s = context;
    const Draw *draw = s->draw;
    const Layout *l = draw->layout;
    const Array *mask = s->state->mask;
    double buffer[DISTRIBUTION_PARAMETERS][CHUNK], on[CHUNK];
    const double *in[DISTRIBUTION_PARAMETERS];
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    size_t end = last * CHUNK < l->size ? last * CHUNK : l->size;
    parameters_begin(draw, buffer);
    for (size_t offset = first * CHUNK, n; offset < end; offset += n) {
        n = end - offset < CHUNK ? end - offset : CHUNK;
        parameters_at(draw, offset, n, buffer, in);
        if (mask) spread_fill(mask->layout, mask->data, l, offset, n, on);
        for (size_t i = 0; i < n; i++) {
            out_of_use(draw, s->out, offset + i);
            if ((mask && on[i] == 0) || (offset + i) % l->row >= length) continue;
            double parameters[DISTRIBUTION_PARAMETERS];
            for (unsigned k = 0; k < draw->n_parameters; k++) parameters[k] = in[k][i];
            draw_lane(s, offset + i, parameters);
        }
    }
}

static void draw_lanes(State *S, const Draw *draw, double *out) {
    Streams streams = {S, draw, out};
    size_t chunks = (draw->layout->size + CHUNK - 1) / CHUNK;
    if (threads_pay(S, draw->layout->size)) threads_run(S, chunks, threads_grain(CHUNK), lanes_range, &streams);
    else lanes_range(&streams, 0, chunks);
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
    if (d->row->composed) return composed_sample(S, d, key, n);
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
    if (d->row->composed) return composed_sample_event(S, d, key, event);
    return draw_all(S, d, d->parameters, key, event->rank ? layout_with_lanes(S, event, S->lanes) : S->lanes);
}
