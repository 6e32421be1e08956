/* SPDX-License-Identifier: GPL-3.0-or-later
   Inputs, outputs and edges of kernels over the lanes of events. */
#include "stdlib/distributions/lane_events.h"

#include <float.h>
#include <string.h>

#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/kernels/vector.h"
#include "runtime/philox.h"
#include "runtime/spread.h"
#include "runtime/state.h"
#include "stdlib/rows.h"

const Layout *lanes_only(State *S, const Layout *layout) { return layout->rank ? layout_with_event(S, layout, 0, NULL) : layout; }

const Layout *lanes_joined(State *S, const char *family, const Layout *a, const Layout *b) {
    const Layout *joined = layout_join(S, lanes_only(S, a), lanes_only(S, b));
    if (!joined) error_raise(S, "shape-mismatch", NULL, "%s meets lanes of different plates", family);
    return joined;
}

/* ---- Inputs and outputs ---- */

void lane_input_begin(State *S, LaneInput *input, Value v, const Layout *to) {
    const Layout *l = value_layout(S, v);
    input->lanes = lanes_only(S, l);
    input->to = to;
    input->data = value_data(v, input->number);
    input->stride = l->stride;
    input->components = l->components;
    bool direct = input->lanes == to && to->n_axes;
    input->room = direct ? NULL : rows_scratch(S, l->components * LANE_CHUNK + LANE_BLOCK);
    input->at = (const double **)(void *)rows_scratch(S, l->components + 1);
    for (size_t c = 0; c < l->components && !direct; c++) {
        double *room = input->room + c * LANE_CHUNK;
        input->at[c] = room;
        if (input->lanes->n_axes) continue;
        for (size_t i = 0; i < LANE_CHUNK; i++) room[i] = input->data[c * input->stride];
    }
}

void lane_input_at(LaneInput *input, size_t offset, size_t n) {
    if (!input->lanes->n_axes) return; /* one number for all lanes: filled at the beginning */
    for (size_t c = 0; c < input->components; c++) {
        const double *from = input->data + c * input->stride;
        if (!input->room) input->at[c] = from + offset;
        else spread_fill(input->lanes, from, input->to, offset, n, input->room + c * LANE_CHUNK);
    }
}

void lane_output_begin(State *S, LaneOutput *output, const Layout *layout, double *data) {
    output->array = data ? NULL : array_new(S, layout);
    output->data = data ? data : output->array->data;
    output->layout = layout;
    output->room = layout->n_axes ? NULL : rows_scratch(S, layout->components * LANE_BLOCK + LANE_BLOCK);
    output->at = (double **)(void *)rows_scratch(S, layout->components + 1);
}

void lane_output_at(LaneOutput *output, size_t offset, size_t n) {
    (void)n;
    for (size_t c = 0; c < output->layout->components; c++)
        output->at[c] = output->room ? output->room + c * LANE_BLOCK : output->data + c * output->layout->stride + offset;
}

void lane_output_done(LaneOutput *output) {
    if (!output->room) return;
    for (size_t c = 0; c < output->layout->components; c++) output->data[c] = output->at[c][0];
}

/* ---- Edges ---- */

typedef struct LaneMap {
    LinearMap map;
    const Layout *in, *out; /* lanes only */
    size_t in_stride, out_stride, n;
    const LaneTerm *terms;
} LaneMap;

static void lane_forward(const LinearMap *map, const double *in, double *out) {
    const LaneMap *m = (const LaneMap *)map;
    for (size_t k = 0; k < m->n; k++)
        broadcast_add(m->out, out + m->terms[k].out * m->out_stride, m->in, in + m->terms[k].in * m->in_stride,
                      (Weight){EDGE_PARTIAL, 1, m->terms[k].partial});
}

static void lane_backward(const LinearMap *map, const double *out, double *in) {
    const LaneMap *m = (const LaneMap *)map;
    for (size_t k = 0; k < m->n; k++)
        broadcast_sum(m->in, in + m->terms[k].in * m->in_stride, m->out, out + m->terms[k].out * m->out_stride,
                      (Weight){EDGE_PARTIAL, 1, m->terms[k].partial});
}

void lane_edge(State *S, Value source, const Layout *out, const LaneTerm *terms, size_t n) {
    if (!tape_has(S, source)) return;
    const Layout *in = value_layout(S, source);
    LaneMap *m = tape_allocate(S, sizeof *m);
    LaneTerm *kept = tape_allocate(S, (n ? n : 1) * sizeof *kept);
    memcpy(kept, terms, n * sizeof *kept);
    *m = (LaneMap){{lane_forward, lane_backward}, lanes_only(S, in), lanes_only(S, out), in->stride, out->stride, n, kept};
    tape_edge_map(S, source, &m->map);
}

void lane_edge_to_number(State *S, Value source, const Layout *out, const double *partial) {
    if (!tape_has(S, source)) return;
    const Layout *in = value_layout(S, source);
    if (in->rank == 0) {
        tape_edge_partial(S, source, partial);
        return;
    }
    LaneTerm *terms = (LaneTerm *)(void *)rows_scratch(S, in->components * sizeof *terms / sizeof(double) + 1);
    for (size_t c = 0; c < in->components; c++) terms[c] = (LaneTerm){c, 0, partial + c * out->stride};
    lane_edge(S, source, out, terms, in->components);
}

RandomKey lane_key(RandomKey key, uint32_t number) {
    uint32_t out[4];
    philox_block((const uint32_t[4]){number, 0x6b657973u, 0, 0}, key.key, out);
    return (RandomKey){{out[0], out[1]}};
}

/* ---- Softmax ---- */

ELBO_CLONES static void softmax_chunk(size_t n, size_t components, double *const out[], const double *const in[]) {
    double top[LANE_CHUNK], sum[LANE_CHUNK];
    VECTOR_LOOP(i, n) {
        top[i] = in[0][i];
        sum[i] = 0;
    }
    for (size_t c = 1; c < components; c++) {
        const double *x = in[c];
        VECTOR_LOOP(i, n) top[i] = x[i] > top[i] ? x[i] : top[i];
    }
    for (size_t c = 0; c < components; c++) {
        const double *x = in[c];
        double *y = out[c];
        VECTOR_LOOP(i, n) {
            double e = exp(x[i] - top[i]);
            y[i] = e;
            sum[i] += e;
        }
    }
    VECTOR_LOOP(i, n) sum[i] = 1 / sum[i];
    for (size_t c = 0; c < components; c++) {
        double *y = out[c];
        VECTOR_LOOP(i, n) {
            double share = y[i] * sum[i];
            y[i] = share < DBL_MIN ? DBL_MIN : share;
        }
    }
}

/* dx = x (dv - <x, dv>), which is its own transpose. */
typedef struct SoftmaxMap {
    LinearMap map;
    const Layout *layout;
    const double *x;
} SoftmaxMap;

static void softmax_apply(const SoftmaxMap *m, const double *from, double *to) {
    const Layout *l = m->layout;
    for (size_t start = 0; start < l->stride; start += LANE_CHUNK) {
        size_t n = l->stride - start < LANE_CHUNK ? l->stride - start : LANE_CHUNK;
        double dot[LANE_CHUNK] = {0};
        for (size_t c = 0; c < l->components; c++)
            for (size_t i = 0, at = c * l->stride + start; i < n; i++, at++) dot[i] += m->x[at] * from[at];
        for (size_t c = 0; c < l->components; c++)
            for (size_t i = 0, at = c * l->stride + start; i < n; i++, at++) to[at] += m->x[at] * (from[at] - dot[i]);
    }
}

static void softmax_forward(const LinearMap *map, const double *in, double *out) { softmax_apply((const SoftmaxMap *)map, in, out); }
static void softmax_backward(const LinearMap *map, const double *out, double *in) { softmax_apply((const SoftmaxMap *)map, out, in); }

Value lane_softmax(State *S, Value v) {
    const Layout *l = v.as.array->layout;
    LaneInput in;
    LaneOutput out;
    lane_input_begin(S, &in, v, lanes_only(S, l));
    lane_output_begin(S, &out, l, NULL);
    size_t size = l->n_axes ? l->stride : LANE_BLOCK;
    for (size_t offset = 0, n; offset < size; offset += n) {
        n = size - offset < LANE_CHUNK ? size - offset : LANE_CHUNK;
        lane_input_at(&in, offset, n);
        lane_output_at(&out, offset, n);
        softmax_chunk(n, l->components, out.at, in.at);
        lane_output_done(&out);
    }
    out.array->missing = MISSING_NO;
    uint64_t node = 0;
    if (tape_has(S, v)) {
        SoftmaxMap *map = tape_allocate(S, sizeof *map);
        out.array->header.shared = true;
        tape_keep(S, out.array);
        *map = (SoftmaxMap){{softmax_forward, softmax_backward}, l, out.array->data};
        node = tape_node(S, l);
        tape_edge_map(S, v, &map->map);
    }
    return value_array(out.array, node);
}
