/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The product of matrices and vectors, over lanes.

   Each element of the result is a sum of products in the order of kernel_sum, so a lane's bits do not depend on the others.
   The derivative by either operand is the product with the other one, which the edge keeps. */
#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/operations.h"
#include "runtime/shape.h"
#include "runtime/threads.h"

enum { SUM_BLOCK = 1024 };

/* out (I x K) = a (I x J) @ b (J x K), with the strides of components. A vector has I or K = 1. */
typedef struct Product {
    size_t I, J, K;
    const Layout *out, *a, *b;                   /* with their event shapes */
    const Layout *out_lanes, *a_lanes, *b_lanes; /* without */
} Product;

static double add_up(const double part[LANE_BLOCK]) {
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

/* Without lanes. */
static double dot(const double *a, size_t a_stride, const double *b, size_t b_stride, size_t n) {
    double total = 0;
    for (size_t block = 0; block < n; block += SUM_BLOCK) {
        double part[LANE_BLOCK] = {0};
        size_t end = n - block < SUM_BLOCK ? n : block + SUM_BLOCK;
        for (size_t j = block; j < end; j++) part[j % LANE_BLOCK] += a[j * a_stride] * b[j * b_stride];
        total += add_up(part);
    }
    return total;
}

/* Units are elements of the result's event. */
typedef struct Multiply {
    const Product *product;
    const double *a, *b;
    double *out;
} Multiply;

static void multiply_range(void *context, size_t first, size_t last) {
    const Multiply *run = context;
    const Product *p = run->product;
    const Layout *operands[] = {p->out_lanes, p->a_lanes, p->b_lanes};
    for (size_t element = first; element < last; element++) {
        size_t i = element / p->K, k = element % p->K;
        const double *x = run->a + i * p->J * p->a->stride, *y = run->b + k * p->b->stride;
        double *z = run->out + element * p->out->stride;
        if (p->out->n_axes == 0) {
            *z = dot(x, 1, y, p->K, p->J);
            continue;
        }
        Walk walk;
        walk_begin(&walk, p->out_lanes, 3, operands);
        do {
            kernel_dot_lanes(walk.row, z + walk.offset[0], x + walk.offset[1], p->a->stride, walk.inner[1],
                             y + walk.offset[2], p->K * p->b->stride, walk.inner[2], p->J);
        } while (walk_next(&walk));
    }
}

static void multiply(State *S, const Product *p, const double *a, const double *b, double *out) {
    Multiply run = {p, a, b, out};
    size_t each = p->J * p->out_lanes->size;
    if (threads_pay(S, p->I * p->K * each)) threads_run(S, p->I * p->K, threads_grain(each), multiply_range, &run);
    else multiply_range(&run, 0, p->I * p->K);
}

/* ---- derivatives ---- */

/* The product as a linear map of one operand; `other` are the other's data. */
typedef struct ProductMap {
    LinearMap map;
    State *state;
    Product product;
    bool of_a;
    const double *other;
    double *spread; /* room for one component of the other over the result's lanes, when it has some of these only */
} ProductMap;

/* What multiplies the operand's component: component `c` of the other. */
static Weight weight_of(const ProductMap *m, size_t c) {
    const Layout *other = m->of_a ? m->product.b : m->product.a;
    const Layout *lanes = m->of_a ? m->product.b_lanes : m->product.a_lanes;
    const double *data = m->other + c * other->stride;
    if (other->n_axes == 0) return (Weight){EDGE_SCALE, *data, NULL};
    if (lanes == m->product.out_lanes) return (Weight){EDGE_PARTIAL, 1, data};
    for (size_t i = 0; i < m->product.out_lanes->size; i++) m->spread[i] = 0;
    broadcast_add(m->product.out_lanes, m->spread, lanes, data, (Weight){EDGE_SCALE, 1, NULL});
    return (Weight){EDGE_PARTIAL, 1, m->spread};
}

/* A sweep through the map, forward or its transpose, between operand data `own` and result data `out`. Each number that is added to
   belongs to one unit: backward units are rows of a or of b, forward there is one. */
typedef struct Apply {
    const ProductMap *map;
    double *own, *out;
    bool forward;
} Apply;

/* Without lanes: rows j of b get the sums over i of a[i, j] times the result's row i, in that order. */
static void apply_to_b(const Apply *run, size_t first, size_t last) {
    const Product *p = &run->map->product;
    const double *a = run->map->other;
    for (size_t i = 0; i < p->I; i++)
        for (size_t k = 0; k < p->K; k++) {
            double y = run->out[i * p->K + k];
            if (y == 0) continue;
            for (size_t j = first; j < last; j++) run->own[j * p->K + k] += y * a[i * p->J + j];
        }
}

static void apply_range(void *context, size_t first, size_t last) {
    const Apply *run = context;
    const ProductMap *m = run->map;
    const Product *p = &m->product;
    const Layout *own_layout = m->of_a ? p->a : p->b, *own_lanes = m->of_a ? p->a_lanes : p->b_lanes;
    if (!run->forward && !m->of_a && p->a->n_axes + p->b->n_axes == 0) {
        apply_to_b(run, first, last);
        return;
    }
    /* The index that the other operand shares with the result is the innermost loop but one: its weight is made once. */
    size_t outer = m->of_a ? p->K : p->I, J = p->J, j0 = 0, t0 = 0, t1 = m->of_a ? p->I : p->K;
    if (!run->forward && m->of_a) t0 = first, t1 = last;
    else if (!run->forward) j0 = first, J = last;
    for (size_t s = 0; s < outer; s++)
        for (size_t j = j0; j < J; j++) {
            Weight weight = weight_of(m, m->of_a ? j * p->K + s : s * p->J + j);
            for (size_t t = t0; t < t1; t++) {
                double *x = run->own + (m->of_a ? t * p->J + j : j * p->K + t) * own_layout->stride;
                double *y = run->out + (m->of_a ? t * p->K + s : s * p->K + t) * p->out->stride;
                if (run->forward) broadcast_add(p->out_lanes, y, own_lanes, x, weight);
                else broadcast_sum(own_lanes, x, p->out_lanes, y, weight);
            }
        }
}

static void apply(const ProductMap *m, double *own, double *out, bool forward) {
    const Product *p = &m->product;
    Apply run = {m, own, out, forward};
    size_t units = m->of_a ? p->I : p->J, each = (m->of_a ? p->J : p->I) * p->K * p->out_lanes->size;
    /* One pass through the rows of a is faster than several threads' passes through some columns each. */
    bool lone = !m->of_a && p->out->n_axes == 0;
    if (!forward && !m->spread && !lone && threads_pay(m->state, units * each)) threads_run(m->state, units, threads_grain(each), apply_range, &run);
    else apply_range(&run, 0, units);
}

static void product_forward(const LinearMap *map, const double *in, double *out) {
    apply((const ProductMap *)map, (double *)in, out, true);
}

static void product_backward(const LinearMap *map, const double *out, double *in) {
    apply((const ProductMap *)map, in, (double *)out, false);
}

static const LinearMap *product_map(State *S, const Product *product, bool of_a, Value other) {
    ProductMap *m = tape_allocate(S, sizeof *m);
    other.as.array->header.shared = true;
    tape_keep(S, other.as.array);
    *m = (ProductMap){{product_forward, product_backward}, S, *product, of_a, other.as.array->data, NULL};
    const Layout *lanes = of_a ? product->b_lanes : product->a_lanes;
    if (lanes->n_axes && lanes != product->out_lanes) m->spread = tape_allocate(S, product->out_lanes->size * sizeof(double));
    return &m->map;
}

/* ---- the door ---- */

static const Layout *without_event(State *S, const Layout *l) {
    return layout_with_event(S, l, 0, NULL);
}

static Product plan(State *S, Value a, Value b) {
    const Layout *x = value_layout(S, a), *y = value_layout(S, b);
    bool fits = x->rank >= 1 && x->rank <= 2 && y->rank >= 1 && y->rank <= 2 && x->dims[x->rank - 1] == y->dims[0];
    if (!fits) {
        char s[SHAPE_TEXT], t[SHAPE_TEXT];
        bool number = x->rank == 0 || y->rank == 0;
        error_raise(S, "shape-mismatch", number ? "Numbers multiply with `*`." : "As many columns on the left as rows on the right.",
                    "`@` does not fit between a %s and a %s", shape_text(x, s), shape_text(y, t));
    }
    Product p = {.I = x->rank == 2 ? x->dims[0] : 1, .J = y->dims[0], .K = y->rank == 2 ? y->dims[1] : 1, .a = x, .b = y};
    size_t dims[2];
    uint32_t rank = 0;
    if (x->rank == 2) dims[rank++] = p.I;
    if (y->rank == 2) dims[rank++] = p.K;
    p.a_lanes = without_event(S, x);
    p.b_lanes = without_event(S, y);
    p.out_lanes = layout_join(S, p.a_lanes, p.b_lanes);
    if (!p.out_lanes) error_raise(S, "shape-mismatch", NULL, "`@` meets lanes of different plates");
    p.out = layout_with_event(S, p.out_lanes, rank, dims);
    return p;
}

Value operation_matmul(State *S, Value a, Value b) {
    Product p = plan(S, a, b);
    Array *out = array_new(S, p.out);
    multiply(S, &p, a.as.array->data, b.as.array->data, out->data);
    uint64_t node = 0;
    if (tape_has(S, a) || tape_has(S, b)) {
        const LinearMap *by_a = tape_has(S, a) ? product_map(S, &p, true, b) : NULL;
        const LinearMap *by_b = tape_has(S, b) ? product_map(S, &p, false, a) : NULL;
        node = tape_node(S, p.out);
        tape_edge_map(S, a, by_a);
        tape_edge_map(S, b, by_b);
    }
    return value_unboxed(out, node);
}
