/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/elementwise.h"

#include <math.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/broadcast.h"
#include "runtime/error.h"
#include "runtime/probe.h"
#include "runtime/shape.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"
#include "runtime/threads.h"

enum { CHUNK = 512 }; /* operands that are spread stay in the first cache */

static bool is_lone(Value v) {
    return v.tag == VALUE_NUMBER || v.tag == VALUE_BOOLEAN;
}

static double lone(Value v) {
    return v.tag == VALUE_BOOLEAN ? (double)v.as.boolean : v.as.number;
}

Value elementwise_plain(Value v) {
    return v.tag == VALUE_MISSING ? value_number(missing_number()) : v;
}

const Elementwise *elementwise_find(const char *name) {
    for (const Elementwise *row = elementwise_functions; row->name; row++)
        if (strcmp(row->name, name) == 0) return row;
    for (const Elementwise *row = elementwise_internal; row->name; row++)
        if (strcmp(row->name, name) == 0) return row;
    return NULL;
}

/* ---- numbers without lanes ---- */

static double lone_value(const Elementwise *row, const double x[]) {
    if (row->scalar) return row->scalar(x[0], x[1]);
    double in[KERNEL_ARITY][LANE_BLOCK], out[LANE_BLOCK];
    const double *pointers[KERNEL_ARITY];
    for (unsigned k = 0; k < row->arity; k++) {
        for (int i = 0; i < LANE_BLOCK; i++) in[k][i] = x[k];
        pointers[k] = in[k];
    }
    row->value(LANE_BLOCK, out, pointers);
    return out[0];
}

static double lone_dual(const Elementwise *row, const double x[], const bool live[], double slope[]) {
    if (row->scalar_dual) return row->scalar_dual(slope, x[0], x[1]);
    double in[KERNEL_ARITY][LANE_BLOCK], partial[KERNEL_ARITY][LANE_BLOCK], out[LANE_BLOCK];
    const double *pointers[KERNEL_ARITY];
    double *partials[KERNEL_ARITY];
    for (unsigned k = 0; k < row->arity; k++) {
        for (int i = 0; i < LANE_BLOCK; i++) in[k][i] = x[k];
        pointers[k] = in[k];
        partials[k] = live[k] ? partial[k] : NULL;
    }
    row->dual(LANE_BLOCK, out, partials, pointers);
    for (unsigned k = 0; k < row->arity; k++)
        if (live[k]) slope[k] = partial[k][0];
    return out[0];
}

static Value lone_result(State *S, const Elementwise *row, const Value *arguments) {
    double x[KERNEL_ARITY] = {0}, slope[KERNEL_ARITY];
    bool live[KERNEL_ARITY], any = false;
    for (unsigned k = 0; k < row->arity; k++) {
        x[k] = lone(arguments[k]);
        live[k] = row->dual && tape_has(S, arguments[k]);
        any |= live[k];
    }
    if (!any) {
        double y = lone_value(row, x);
        return row->boolean ? value_boolean(y != 0) : value_number(y);
    }
    double y = lone_dual(row, x, live, slope);
    uint64_t node = tape_node(S, S->scalar);
    for (unsigned k = 0; k < row->arity; k++)
        if (live[k]) tape_edge_scale(S, arguments[k], slope[k]);
    if (RARELY(S->probing)) probe_elementwise(S, node, row, arguments);
    return value_dual(y, node);
}

/* ---- arrays ---- */

const Layout *elementwise_join(State *S, const char *function, const Value *values, unsigned n) {
    const Layout *joined = layout_scalar(S);
    for (unsigned k = 0; k < n; k++) {
        if (!value_is_numeric(values[k]))
            error_raise(S, "wrong-type", NULL, "`%s` takes numbers, vectors and matrices, not a %s", function,
                        value_type_name(values[k]));
        const Layout *next = layout_join(S, joined, value_layout(S, values[k]));
        if (!next) {
            char a[SHAPE_TEXT], b[SHAPE_TEXT];
            error_raise(S, "shape-mismatch", "Only numbers combine with vectors and matrices of any shape.",
                        "`%s` needs equal shapes, but here a %s meets a %s", function, shape_text(joined, a),
                        shape_text(value_layout(S, values[k]), b));
        }
        joined = next;
    }
    return joined;
}

/* One row of n doubles; operands that do not move along it are spread, a chunk at a time. */
static void compute_row(const Elementwise *row, size_t n, double *out, double *const partial[], const double *const from[],
                        const bool moves[]) {
    double spread[KERNEL_ARITY][CHUNK];
    const double *in[KERNEL_ARITY];
    double *wanted[KERNEL_ARITY];
    bool all = true;
    size_t chunk = n < CHUNK ? n : CHUNK;
    for (unsigned k = 0; k < row->arity; k++) {
        if (moves[k]) continue;
        all = false;
        for (size_t i = 0; i < chunk; i++) spread[k][i] = from[k][0];
    }
    if (all) chunk = n;
    for (size_t start = 0; start < n; start += chunk) {
        size_t m = n - start < chunk ? n - start : chunk;
        for (unsigned k = 0; k < row->arity; k++) {
            in[k] = moves[k] ? from[k] + start : spread[k];
            if (partial) wanted[k] = partial[k] ? partial[k] + start : NULL;
        }
        if (partial)
            row->dual(m, out + start, wanted, in);
        else
            row->value(m, out + start, in);
    }
}

/* Where a large array is computed, for threads that share its rows. */
typedef struct Shared {
    const Elementwise *row;
    Walk walk; /* result, operands */
    double *out;
    const double *from[KERNEL_ARITY];
    double *partial[KERNEL_ARITY];
    bool duals;
} Shared;

static void compute_range(void *context, size_t first, size_t last) {
    const Shared *c = context;
    Walk walk = c->walk;
    const bool *moves = walk.inner + 1;
    for (size_t part = first; part < last; part++) {
        size_t start, n = walk_part(&walk, part, &start), at = walk.offset[0] + start;
        const double *from[KERNEL_ARITY];
        double *wanted[KERNEL_ARITY] = {NULL};
        for (unsigned k = 0; k < c->row->arity; k++) {
            from[k] = c->from[k] + walk.offset[k + 1] + (moves[k] ? start : 0);
            if (c->partial[k]) wanted[k] = c->partial[k] + at;
        }
        compute_row(c->row, n, c->out + at, c->duals ? wanted : NULL, from, moves);
    }
}

static void compute_shared(State *S, const Elementwise *row, const Layout *const layouts[], double *out, double *const partial[],
                           const double *const from[]) {
    Shared c = {.row = row, .out = out, .duals = partial != NULL};
    for (unsigned k = 0; k < row->arity; k++) {
        c.from[k] = from[k];
        c.partial[k] = partial ? partial[k] : NULL;
    }
    if (!walk_begin(&c.walk, layouts[0], row->arity + 1, layouts)) return;
    threads_run(S, walk_parts(&c.walk), threads_grain(c.walk.row < WALK_PART ? c.walk.row : WALK_PART), compute_range, &c);
}

void elementwise_compute(State *S, const Elementwise *row, const Value *values, const Layout *layout, double *out,
                         double *const partial[]) {
    const Layout *layouts[KERNEL_ARITY + 1] = {layout};
    double scratch[KERNEL_ARITY][LANE_BLOCK];
    const double *from[KERNEL_ARITY];
    bool moves[KERNEL_ARITY], simple = true;
    for (unsigned k = 0; k < row->arity; k++) {
        layouts[k + 1] = value_layout(S, values[k]);
        from[k] = value_data(values[k], scratch[k]);
        moves[k] = layouts[k + 1] == layout;
        simple &= moves[k] || layout_is_scalar(layouts[k + 1]);
    }
    if (threads_pay(S, layout->size)) {
        compute_shared(S, row, layouts, out, partial, from);
        return;
    }
    if (simple) {
        compute_row(row, layout->size, out, partial, from, moves);
        return;
    }
    Walk walk;
    if (!walk_begin(&walk, layout, row->arity + 1, layouts)) return;
    do {
        const double *at[KERNEL_ARITY];
        double *wanted[KERNEL_ARITY];
        for (unsigned k = 0; k < row->arity; k++) {
            at[k] = from[k] + walk.offset[k + 1];
            if (partial) wanted[k] = partial[k] ? partial[k] + walk.offset[0] : NULL;
        }
        compute_row(row, walk.row, out + walk.offset[0], partial ? wanted : NULL, at, walk.inner + 1);
    } while (walk_next(&walk));
}

MissingState elementwise_missing(const Value *values, unsigned n) {
    for (unsigned k = 0; k < n; k++) {
        if (values[k].tag == VALUE_ARRAY && values[k].as.array->missing != MISSING_NO) return MISSING_UNKNOWN;
        if (values[k].tag == VALUE_NUMBER && number_is_missing(values[k].as.number)) return MISSING_UNKNOWN;
    }
    return MISSING_NO;
}

/* An edge that needs no array of partials: true if argument k got one. */
static bool simple_edge(State *S, const Elementwise *row, const Value *arguments, unsigned k, const Layout *layout) {
    if (row->slope) {
        tape_edge_scale(S, arguments[k], row->slope[k]);
        return true;
    }
    if (row == &elementwise_operators[OPERATOR_MULTIPLY]) {
        Value other = arguments[1 - k];
        if (is_lone(other)) {
            tape_edge_scale(S, arguments[k], lone(other));
            return true;
        }
        if (other.as.array->layout == layout) {
            other.as.array->header.shared = true;
            tape_keep(S, other.as.array);
            tape_edge_partial(S, arguments[k], other.as.array->data);
            return true;
        }
    }
    if (row == &elementwise_operators[OPERATOR_DIVIDE] && k == 0 && is_lone(arguments[1])) {
        tape_edge_scale(S, arguments[k], 1 / lone(arguments[1]));
        return true;
    }
    return false;
}

/* Whether argument k's partials must be computed as an array. */
static bool needs_partial(State *S, const Elementwise *row, const Value *arguments, unsigned k, const Layout *layout) {
    if (!row->dual || row->slope || !tape_has(S, arguments[k])) return false;
    if (row == &elementwise_operators[OPERATOR_MULTIPLY]) {
        Value other = arguments[1 - k];
        return !is_lone(other) && other.as.array->layout != layout;
    }
    return row != &elementwise_operators[OPERATOR_DIVIDE] || k != 0 || !is_lone(arguments[1]);
}

static Value array_result(State *S, const Elementwise *row, const Value *arguments) {
    const Layout *layout = elementwise_join(S, row->name, arguments, row->arity);
    Array *out = array_new(S, layout);
    double *partial[KERNEL_ARITY] = {NULL};
    bool live = false, arrays = false;
    for (unsigned k = 0; k < row->arity; k++) {
        live |= row->dual && tape_has(S, arguments[k]);
        if (!needs_partial(S, row, arguments, k, layout)) continue;
        partial[k] = tape_allocate(S, layout->size * sizeof(double));
        arrays = true;
    }
    elementwise_compute(S, row, arguments, layout, out->data, arrays ? partial : NULL);
    out->boolean = row->boolean;
    out->missing = row->boolean ? MISSING_NO : (uint8_t)elementwise_missing(arguments, row->arity);
    if (!live) return value_array(out, 0);
    uint64_t node = tape_node(S, layout);
    for (unsigned k = 0; k < row->arity; k++) {
        if (partial[k])
            tape_edge_partial(S, arguments[k], partial[k]);
        else if (tape_has(S, arguments[k]))
            simple_edge(S, row, arguments, k, layout);
    }
    if (RARELY(S->probing)) probe_elementwise(S, node, row, arguments);
    return value_array(out, node);
}

/* ---- score edges ---- */

/* Whether the result is linear in those arguments that are on the tape; and whether the program gave its factors. */
static bool is_linear(State *S, const Elementwise *row, const Value *arguments, bool *weighted) {
    bool a = tape_has(S, arguments[0]), b = row->arity > 1 && tape_has(S, arguments[1]);
    *weighted = !row->slope;
    if (row->slope) return a || b;
    if (row == &elementwise_operators[OPERATOR_MULTIPLY]) return a != b;
    return row == &elementwise_operators[OPERATOR_DIVIDE] && a && !b;
}

/* In score mode a linear result notes its terms, and one without derivatives what it depends on. */
static Value scored_result(State *S, const Elementwise *row, const Value *arguments) {
    Value terms[KERNEL_ARITY];
    bool weighted, linear = is_linear(S, row, arguments, &weighted), lone = true;
    const Layout *layout = linear ? elementwise_join(S, row->name, arguments, row->arity) : NULL;
    linear = linear && score_is_whole(S, layout);
    const Layout *lanes = linear ? layout_with_event(S, layout, 0, NULL) : NULL;
    for (unsigned k = 0; k < row->arity; k++) {
        bool term = linear && (!weighted || tape_has(S, arguments[k]));
        terms[k] = term ? score_term(S, arguments[k], lanes) : arguments[k];
        lone = lone && is_lone(terms[k]);
    }
    Value v = lone ? lone_result(S, row, terms) : array_result(S, row, terms);
    if (linear) score_mark(S, v, NODE_LINEAR | (weighted ? NODE_WEIGHTED : 0));
    return row->dual ? v : score_depends(S, v, arguments, row->arity);
}

/* ---- the doors ---- */

Value operation_elementwise(State *S, const Elementwise *row, const Value *arguments) {
    bool all_lone = true, missing = false;
    for (unsigned k = 0; k < row->arity; k++) {
        if (is_lone(arguments[k])) continue;
        if (arguments[k].tag == VALUE_MISSING)
            missing = true;
        else
            all_lone = false;
    }
    if (!missing && tape_in_score_mode(&S->tape)) return scored_result(S, row, arguments);
    if (!missing) return all_lone ? lone_result(S, row, arguments) : array_result(S, row, arguments);
    if (all_lone) return value_missing();
    Value plain[KERNEL_ARITY];
    for (unsigned k = 0; k < row->arity; k++) plain[k] = elementwise_plain(arguments[k]);
    return tape_in_score_mode(&S->tape) ? scored_result(S, row, plain) : array_result(S, row, plain);
}

Value operation_binary(State *S, const Elementwise *row, Value a, Value b) {
    if (row == &elementwise_operators[OPERATOR_POWER] && b.tag == VALUE_NUMBER && b.as.number == 2 && !tape_has(S, b))
        return operation_unary(S, &elementwise_internal[INTERNAL_SQUARE], a);
    Value arguments[] = {a, b};
    if (is_lone(a) && is_lone(b) && !tape_in_score_mode(&S->tape)) return lone_result(S, row, arguments);
    return operation_elementwise(S, row, arguments);
}

Value operation_unary(State *S, const Elementwise *row, Value a) {
    return is_lone(a) && !tape_in_score_mode(&S->tape) ? lone_result(S, row, &a) : operation_elementwise(S, row, &a);
}
