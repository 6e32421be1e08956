/* SPDX-License-Identifier: GPL-3.0-or-later
   Compiled as a file of kernels. */
#include "stdlib/constraints/wholes.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "runtime/constraint.h"
#include "runtime/state.h"

size_t wholes_length(State *S, Value v) {
    const Layout *l = value_layout(S, v);
    return l->dims[l->rank - 1];
}

/* ---- Components in another order ---- */

typedef struct Arrangement {
    LinearMap map;
    size_t n, stride;           /* components of the result, doubles from one to the next */
    ptrdiff_t low, high;        /* which places are this source's */
    const ptrdiff_t *place;
} Arrangement;

static void arrange_forward(const LinearMap *map, const double *in, double *out) {
    const Arrangement *m = (const Arrangement *)map;
    for (size_t k = 0; k < m->n; k++) {
        if (m->place[k] < m->low || m->place[k] >= m->high) continue;
        const double *from = in + (size_t)(m->place[k] - m->low) * m->stride;
        double *to = out + k * m->stride;
        for (size_t i = 0; i < m->stride; i++) to[i] += from[i];
    }
}

static void arrange_backward(const LinearMap *map, const double *out, double *in) {
    const Arrangement *m = (const Arrangement *)map;
    for (size_t k = 0; k < m->n; k++) {
        if (m->place[k] < m->low || m->place[k] >= m->high) continue;
        double *to = in + (size_t)(m->place[k] - m->low) * m->stride;
        const double *from = out + k * m->stride;
        for (size_t i = 0; i < m->stride; i++) to[i] += from[i];
    }
}

static void arrange_edge(State *S, Value source, const Arrangement *m) {
    if (!tape_has(S, source)) return;
    Arrangement *edge = tape_allocate(S, sizeof *edge);
    *edge = *m;
    tape_edge_map(S, source, &edge->map);
}

Value wholes_arrange(State *S, Value a, Value b, uint32_t rank, const size_t dims[], const ptrdiff_t place[]) {
    Value sources[2] = {a, b};
    Arrangement m[2];
    ptrdiff_t from = 0;
    const Layout *out_layout = layout_with_event(S, value_layout(S, a), rank, dims);
    Array *out = array_zero(S, out_layout);
    bool taped = tape_has(S, a) || (b.tag != VALUE_NONE && tape_has(S, b));
    if (taped) {
        ptrdiff_t *kept = tape_allocate(S, (out_layout->components + 1) * sizeof *kept);
        place = memcpy(kept, place, out_layout->components * sizeof *kept);
    }
    for (int k = 0; k < 2 && sources[k].tag != VALUE_NONE; k++) {
        double number[LANE_BLOCK];
        size_t n = value_layout(S, sources[k])->components;
        m[k] = (Arrangement){{arrange_forward, arrange_backward}, out_layout->components, out_layout->stride, from, from + (ptrdiff_t)n, place};
        arrange_forward(&m[k].map, value_data(sources[k], number), out->data);
        from += (ptrdiff_t)n;
    }
    uint64_t node = taped ? tape_node(S, out_layout) : 0;
    for (int k = 0; taped && k < 2 && sources[k].tag != VALUE_NONE; k++) arrange_edge(S, sources[k], &m[k]);
    return value_unboxed(out, node);
}

ptrdiff_t *wholes_places(State *S, size_t n) {
    _Static_assert(sizeof(ptrdiff_t) <= sizeof(double), "a place fits where a number does");
    return (ptrdiff_t *)array_new(S, layout_vector(S, n ? n : 1))->data;
}

Value wholes_slice(State *S, Value v, size_t from, size_t n) {
    ptrdiff_t *place = wholes_places(S, n);
    for (size_t k = 0; k < n; k++) place[k] = (ptrdiff_t)(from + k);
    return wholes_arrange(S, v, value_none(), 1, &n, place);
}

Value wholes_join(State *S, Value a, Value b) {
    size_t n = wholes_length(S, a) + wholes_length(S, b);
    ptrdiff_t *place = wholes_places(S, n);
    for (size_t k = 0; k < n; k++) place[k] = (ptrdiff_t)k;
    return wholes_arrange(S, a, b, 1, &n, place);
}

Value wholes_reverse(State *S, Value v) {
    size_t n = wholes_length(S, v);
    ptrdiff_t *place = wholes_places(S, n);
    for (size_t k = 0; k < n; k++) place[k] = (ptrdiff_t)(n - 1 - k);
    return wholes_arrange(S, v, value_none(), 1, &n, place);
}

/* ---- Running sums ---- */

typedef struct RunningMap {
    LinearMap map;
    size_t rows, n, stride;
} RunningMap;

enum { RUNNING_BLOCK = 64 };

static void running_forward(const LinearMap *map, const double *in, double *out) {
    const RunningMap *m = (const RunningMap *)map;
    double sum[RUNNING_BLOCK];
    for (size_t r = 0; r < m->rows; r++)
        for (size_t lane = 0; lane < m->stride; lane += RUNNING_BLOCK) {
            size_t width = m->stride - lane < RUNNING_BLOCK ? m->stride - lane : RUNNING_BLOCK;
            memset(sum, 0, sizeof sum);
            for (size_t k = 0; k < m->n; k++) {
                size_t at = (r * m->n + k) * m->stride + lane;
                for (size_t i = 0; i < width; i++) out[at + i] += sum[i] += in[at + i];
            }
        }
}

static void running_backward(const LinearMap *map, const double *out, double *in) {
    const RunningMap *m = (const RunningMap *)map;
    double sum[RUNNING_BLOCK];
    for (size_t r = 0; r < m->rows; r++)
        for (size_t lane = 0; lane < m->stride; lane += RUNNING_BLOCK) {
            size_t width = m->stride - lane < RUNNING_BLOCK ? m->stride - lane : RUNNING_BLOCK;
            memset(sum, 0, sizeof sum);
            for (size_t k = m->n; k-- > 0;) {
                size_t at = (r * m->n + k) * m->stride + lane;
                for (size_t i = 0; i < width; i++) in[at + i] += sum[i] += out[at + i];
            }
        }
}

/* Makes each number larger than the one before it along the rows. */
static void make_rise(const RunningMap *m, double *x) {
    for (size_t r = 0; r < m->rows; r++)
        for (size_t k = 1; k < m->n; k++) {
            double *now = x + (r * m->n + k) * m->stride, *before = now - m->stride;
            for (size_t i = 0; i < m->stride; i++) {
                double step = fabs(before[i]) * DBL_EPSILON, least = before[i] + (step < DBL_MIN ? DBL_MIN : step);
                now[i] = now[i] < least ? least : now[i];
            }
        }
}

Value wholes_running(State *S, Value v, bool rising) {
    double number[LANE_BLOCK];
    const Layout *l = value_layout(S, v);
    size_t n = l->dims[l->rank - 1];
    RunningMap m = {{running_forward, running_backward}, n ? l->components / n : 0, n, l->stride};
    Array *out = array_zero(S, l);
    running_forward(&m.map, value_data(v, number), out->data);
    if (rising) make_rise(&m, out->data);
    uint64_t node = 0;
    if (tape_has(S, v)) {
        RunningMap *edge = tape_allocate(S, sizeof *edge);
        *edge = m;
        node = tape_node(S, l);
        tape_edge_map(S, v, &edge->map);
    }
    return value_array(out, node);
}

Value wholes_exp(State *S, Value v) { return constraint_rows[CONSTRAINT_POSITIVE]->to_value(S, v, NULL); }
