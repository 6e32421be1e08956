/* SPDX-License-Identifier: GPL-3.0-or-later
   Triangular systems over lanes. The derivatives are systems with the same triangle (Giles, Collected matrix derivative results,
   2008): d(L^-1 b) = L^-1 (db - dL x), so the solution's node stands on that of b - L x, with one edge, the solution of a system
   with a constant triangle. */
#include "stdlib/triangular.h"

#include <string.h>

#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/kernels/triangular.h"
#include "runtime/lanes_on.h"
#include "runtime/native.h"
#include "runtime/shape.h"
#include "runtime/state.h"
#include "stdlib/rows.h"
#include "stdlib/stdlib.h"
#include "stdlib/transpose.h"

/* L x = b or L^T x = b, with their layouts. */
typedef struct System {
    size_t order, columns;
    bool transposed;
    const Layout *x, *x_lanes;
    const Layout *l, *l_lanes;
    const double *triangle;
} System;

/* Doubles that `solve` needs. Without lanes eight columns are solved as lanes would be. */
static size_t room_of(const System *s) { return s->x->n_axes ? 0 : s->order * LANE_BLOCK; }

static void solve_columns(const System *s, double *x, double *room) {
    for (size_t first = 0; first < s->columns; first += LANE_BLOCK) {
        size_t n = s->columns - first < LANE_BLOCK ? s->columns - first : LANE_BLOCK;
        memset(room, 0, s->order * LANE_BLOCK * sizeof *room);
        for (size_t i = 0; i < s->order; i++) memcpy(room + i * LANE_BLOCK, x + i * s->columns + first, n * sizeof *room);
        kernel_solve_triangular(LANE_BLOCK, room, LANE_BLOCK, s->triangle, 1, false, s->order, s->transposed);
        for (size_t i = 0; i < s->order; i++) memcpy(x + i * s->columns + first, room + i * LANE_BLOCK, n * sizeof *room);
    }
}

/* In place: x over s->x. */
static void solve(const System *s, double *x, double *room) {
    if (s->x->n_axes == 0) {
        solve_columns(s, x, room);
        return;
    }
    for (size_t c = 0; c < s->columns; c++) {
        Walk walk;
        if (!walk_begin(&walk, s->x_lanes, 2, (const Layout *[]){s->x_lanes, s->l_lanes})) return;
        do {
            kernel_solve_triangular(walk.row, x + c * s->x->stride + walk.offset[0], s->columns * s->x->stride,
                                    s->triangle + walk.offset[1], s->l->stride, walk.inner[1], s->order, s->transposed);
        } while (walk_next(&walk));
    }
}

static void spread(const Layout *to, double *out, const Layout *from, const double *in) {
    if (to == from) {
        memcpy(out, in, to->size * sizeof *out);
        return;
    }
    memset(out, 0, to->size * sizeof *out);
    broadcast_add(to, out, from, in, (Weight){EDGE_SCALE, 1, NULL});
}

/* ---- The solution as a linear map of the right side ---- */

typedef struct SolveMap {
    LinearMap map;
    System system;
    const Layout *from; /* of the right side */
    double *right, *room;
} SolveMap;

static void map_forward(const LinearMap *map, const double *in, double *out) {
    const SolveMap *m = (const SolveMap *)map;
    const Layout *x = m->system.x;
    spread(x, m->right, m->from, in);
    solve(&m->system, m->right, m->room);
    broadcast_add(x, out, x, m->right, (Weight){EDGE_SCALE, 1, NULL});
}

static void map_backward(const LinearMap *map, const double *out, double *in) {
    const SolveMap *m = (const SolveMap *)map;
    const Layout *x = m->system.x;
    System other = m->system;
    other.transposed = !other.transposed;
    memcpy(m->right, out, x->components * x->stride * sizeof *m->right);
    solve(&other, m->right, m->room);
    broadcast_sum(m->from, in, x, m->right, (Weight){EDGE_SCALE, 1, NULL});
}

static Value with_node(State *S, const System *system, Value l, Value right, Array *x) {
    SolveMap *m = tape_allocate(S, sizeof *m);
    l.as.array->header.shared = true;
    tape_keep(S, l.as.array);
    *m = (SolveMap){.map = {map_forward, map_backward}, .system = *system, .from = right.as.array->layout};
    m->right = tape_allocate(S, system->x->size * sizeof(double));
    memset(m->right, 0, system->x->size * sizeof(double));
    m->room = tape_allocate(S, (room_of(system) + 1) * sizeof(double));
    uint64_t node = tape_node(S, system->x);
    tape_edge_map(S, right, &m->map);
    return value_array(x, node);
}

/* ---- The doors ---- */

static System system_of(State *S, Value l, Value b, bool transposed) {
    if (l.tag != VALUE_ARRAY || b.tag != VALUE_ARRAY || l.as.array->layout->rank != 2)
        error_raise(S, "wrong-type", NULL, "a triangular system is a square matrix and a vector or matrix");
    const Layout *from = b.as.array->layout, *m = l.as.array->layout;
    if (m->dims[0] != m->dims[1] || from->rank < 1 || from->rank > 2 || from->dims[0] != m->dims[0]) {
        char s[SHAPE_TEXT], t[SHAPE_TEXT];
        error_raise(S, "shape-mismatch", "The matrix is square, and the right side has as many rows.",
                    "a %s and a %s are no triangular system", shape_text(m, s), shape_text(from, t));
    }
    System system = {.order = m->dims[0], .columns = from->rank == 2 ? from->dims[1] : 1, .transposed = transposed, .l = m};
    system.l_lanes = layout_with_event(S, m, 0, NULL);
    system.x = layout_join_lanes(S, from, m);
    if (!system.x) error_raise(S, "shape-mismatch", NULL, "a triangular system meets lanes of different plates");
    system.x_lanes = layout_with_event(S, system.x, 0, NULL);
    system.triangle = l.as.array->data;
    return system;
}

Value triangular_solve(State *S, Value l, Value b, bool transposed) {
    System system = system_of(S, l, b, transposed);
    Array *x = array_new(S, system.x);
    spread(system.x, x->data, b.as.array->layout, b.as.array->data);
    solve(&system, x->data, rows_scratch(S, room_of(&system) + 1));
    Value solution = value_array(x, 0);
    if (!tape_has(S, l)) return tape_has(S, b) ? with_node(S, &system, value_detached(l), b, x) : solution;
    Value lower = triangular_lower(S, l);
    Value product = operation_matmul(S, transposed ? operation_transpose(S, lower) : lower, solution);
    return with_node(S, &system, value_detached(l), operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], b, product), x);
}

typedef struct LowerMap {
    LinearMap map;
    const Layout *layout;
} LowerMap;

static void add_lower(const Layout *l, const double *in, double *out) {
    size_t columns = l->dims[1];
    for (size_t i = 0; i < l->dims[0]; i++)
        for (size_t j = 0; j < columns && j <= i; j++)
            for (size_t lane = 0, at = (i * columns + j) * l->stride; lane < l->stride; lane++) out[at + lane] += in[at + lane];
}

static void lower_forward(const LinearMap *map, const double *in, double *out) { add_lower(((const LowerMap *)map)->layout, in, out); }
static void lower_backward(const LinearMap *map, const double *out, double *in) { add_lower(((const LowerMap *)map)->layout, out, in); }

Value triangular_lower(State *S, Value m) {
    const Layout *l = m.as.array->layout;
    Array *out = array_zero(S, l);
    add_lower(l, m.as.array->data, out->data);
    if (!tape_has(S, m)) return value_array(out, 0);
    LowerMap *map = tape_allocate(S, sizeof *map);
    *map = (LowerMap){{lower_forward, lower_backward}, l};
    uint64_t node = tape_node(S, l);
    tape_edge_map(S, m, &map->map);
    return value_array(out, node);
}

Value triangular_inverse(State *S, Value l) {
    size_t n = l.as.array->layout->dims[0];
    Array *unit = array_zero(S, layout_matrix(S, n, n));
    for (size_t i = 0; i < n; i++) unit->data[i * n + i] = 1;
    return triangular_solve(S, l, value_array(unit, 0), false);
}

Value triangular_log_det(State *S, Value l) {
    return operation_sum(S, operation_unary(S, elementwise_find("log"), operation_diagonal(S, l)));
}

/* ---- Built-ins ---- */

static Value plain_matrix(State *S, const char *function, const char *name, Value v) {
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank != 2) native_type_error(S, function, name, "a matrix", v);
    return v;
}

static void check_diagonal(State *S, const char *function, const Array *m) {
    const Layout *l = m->layout, *lanes = layout_with_event(S, l, 0, NULL);
    const double *on = lanes_on(S, lanes);
    for (size_t i = 0; i < l->dims[0]; i++)
        for (size_t lane = 0; lane < l->stride; lane++)
            if (m->data[i * (l->dims[1] + 1) * l->stride + lane] == 0 && lane_is_real(l, lane) && (!on || on[lane] != 0))
                error_raise(S, "singular-matrix", NULL, "'%s' takes a triangle without zeros on its diagonal, and element [%zu, %zu] is 0", function, i, i);
}

static Value solved(State *S, const char *function, const Value *a, bool upper) {
    Value m = plain_matrix(S, function, "m", a[0]);
    const Layout *l = m.as.array->layout;
    if (l->dims[0] != l->dims[1])
        error_raise(S, "shape-mismatch", NULL, "'%s' takes a square matrix, not one of %zu x %zu", function, l->dims[0], l->dims[1]);
    if (a[1].tag != VALUE_ARRAY || a[1].as.array->layout->rank < 1 || a[1].as.array->layout->rank > 2)
        native_type_error(S, function, "b", "a vector or matrix", a[1]);
    if (a[1].as.array->layout->dims[0] != l->dims[0])
        error_raise(S, "shape-mismatch", NULL, "'%s' needs a right side of %zu rows, not of %zu", function, l->dims[0],
                    a[1].as.array->layout->dims[0]);
    check_diagonal(S, function, m.as.array);
    return triangular_solve(S, upper ? operation_transpose(S, m) : m, a[1], upper);
}

static Value native_solve_lower(State *S, const Value *a, unsigned n) {
    (void)n;
    return solved(S, "solve_lower", a, false);
}

static Value native_solve_upper(State *S, const Value *a, unsigned n) {
    (void)n;
    return solved(S, "solve_upper", a, true);
}

static Value native_tril(State *S, const Value *a, unsigned n) {
    (void)n;
    return triangular_lower(S, plain_matrix(S, "tril", "m", a[0]));
}

const NativeRow native_triangular[] = {
    {"solve_lower", "m, b", native_solve_lower, "the x for which tril(m) @ x is b", true, false},
    {"solve_upper", "m, b", native_solve_upper, "the x for which transpose(tril(transpose(m))) @ x is b", true, false},
    {"tril", "m", native_tril, "the lower triangle of a matrix, with its diagonal", true, false},
    {0},
};
