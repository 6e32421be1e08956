/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stdlib/cumulate.h"

#include "runtime/state.h"
#include "stdlib/rows.h"

/* The derivative of running sums or products. A product's tangent obeys t[i] = t[i - 1] x[i] + y[i - 1] dx[i], which needs no
   division and so holds at zeros too; the adjoints run the same recurrence backwards. */
typedef struct CumulateMap {
    LinearMap map;
    size_t rows, n, stride;
    const Layout *layout;
    const double *x, *y; /* of a product; NULL for a sum */
} CumulateMap;

/* Zero times anything is zero. */
static inline double times(double adjoint, double factor) {
    return adjoint == 0 ? 0 : adjoint * factor;
}

static void forward(const LinearMap *map, const double *in, double *out) {
    const CumulateMap *m = (const CumulateMap *)map;
    for (size_t r = 0; r < m->rows; r++)
        for (size_t lane = 0; lane < m->stride; lane++) {
            if (!lane_is_real(m->layout, lane)) continue;
            double t = 0;
            for (size_t i = 0; i < m->n; i++) {
                size_t at = (r * m->n + i) * m->stride + lane;
                double before = m->y && i ? m->y[at - m->stride] : 1;
                t = m->y ? times(t, m->x[at]) + times(in[at], before) : t + in[at];
                out[at] += t;
            }
        }
}

static void backward(const LinearMap *map, const double *out, double *in) {
    const CumulateMap *m = (const CumulateMap *)map;
    for (size_t r = 0; r < m->rows; r++)
        for (size_t lane = 0; lane < m->stride; lane++) {
            if (!lane_is_real(m->layout, lane)) continue;
            double carry = 0;
            for (size_t i = m->n; i-- > 0;) {
                size_t at = (r * m->n + i) * m->stride + lane;
                double later = m->y && i + 1 < m->n ? m->x[at + m->stride] : 1;
                carry = times(carry, later) + out[at];
                in[at] += m->y ? times(carry, i ? m->y[at - m->stride] : 1) : carry;
            }
        }
}

Value rows_cumulate(State *S, Value v, bool product) {
    Array *in = v.as.array;
    const Layout *l = in->layout;
    size_t n = rows_length(l), rows = rows_count(l);
    Array *out = array_new(S, l);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < n; i++)
            for (size_t lane = 0; lane < l->stride; lane++) {
                size_t at = (r * n + i) * l->stride + lane;
                double x = in->data[at];
                out->data[at] = i == 0 ? x : product ? out->data[at - l->stride] * x : out->data[at - l->stride] + x;
            }
    out->missing = in->missing == MISSING_NO ? MISSING_NO : MISSING_UNKNOWN;
    uint64_t node = 0;
    if (tape_has(S, v)) {
        CumulateMap *map = tape_allocate(S, sizeof *map);
        *map = (CumulateMap){{forward, backward}, rows, n, l->stride, l, NULL, NULL};
        if (product) {
            in->header.shared = out->header.shared = true;
            tape_keep(S, in);
            tape_keep(S, out);
            map->x = in->data;
            map->y = out->data;
        }
        node = tape_node(S, l);
        tape_edge_map(S, v, &map->map);
    }
    return value_array(out, node);
}
