/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations that pass elements on as they are: choosing, and adding up values of any lanes. */
#include <string.h>

#include "runtime/broadcast.h"
#include "runtime/elementwise.h"
#include "runtime/error.h"
#include "runtime/state.h"
#include "runtime/tape_score.h"

static const Elementwise select_row = {"where", 3, false, kernel_select, NULL, NULL, NULL, NULL, NULL};
static const Elementwise spread_row = {"spread", 1, false, kernel_copy, NULL, NULL, NULL, NULL, NULL};

void elementwise_spread(State *S, Value v, const Layout *layout, double *out) {
    elementwise_compute(S, &spread_row, &v, layout, out, NULL);
}

static bool is_boolean(Value v) {
    return v.tag == VALUE_BOOLEAN || (v.tag == VALUE_ARRAY && v.as.array->boolean);
}

/* The mask over `layout` in the tape's memory, inverted where wanted. */
static const double *mask_on_tape(State *S, Value mask, const Layout *layout, bool inverted) {
    if (mask.as.array->layout == layout && !inverted) {
        mask.as.array->header.shared = true;
        tape_keep(S, mask.as.array);
        return mask.as.array->data;
    }
    double *data = tape_allocate(S, layout->size * sizeof *data);
    elementwise_spread(S, mask, layout, data);
    if (inverted) {
        const double *in = data;
        elementwise_operators[OPERATOR_NOT].value(layout->size, data, &in);
    }
    return data;
}

Value operation_select(State *S, Value mask, Value on, Value off) {
    if (mask.tag != VALUE_ARRAY) {
        bool truth = mask.tag == VALUE_BOOLEAN ? mask.as.boolean : mask.tag == VALUE_NUMBER && mask.as.number != 0;
        Value chosen = truth ? on : off;
        if (!tape_in_score_mode(&S->tape) || !score_is_stochastic(S, mask) || !value_is_numeric(chosen)) return chosen;
        uint64_t node = tape_node(S, value_layout(S, chosen));
        tape_edge_scale(S, chosen, 1);
        chosen.node = node;
        return score_depends(S, chosen, &mask, 1);
    }
    Value parts[] = {mask, elementwise_plain(on), elementwise_plain(off)};
    const Layout *layout = elementwise_join(S, "where", parts, 3);
    Array *out = array_new(S, layout);
    elementwise_compute(S, &select_row, parts, layout, out->data, NULL);
    out->boolean = is_boolean(on) && is_boolean(off);
    out->missing = (uint8_t)elementwise_missing(parts, 3);
    bool scores = tape_in_score_mode(&S->tape);
    if (!tape_has(S, on) && !tape_has(S, off)) return scores ? score_depends(S, value_array(out, 0), &mask, 1) : value_array(out, 0);
    const double *when_on = tape_has(S, on) ? mask_on_tape(S, mask, layout, false) : NULL;
    const double *when_off = tape_has(S, off) ? mask_on_tape(S, mask, layout, true) : NULL;
    uint64_t node = tape_node(S, layout);
    tape_edge_select(S, on, when_on);
    tape_edge_select(S, off, when_off);
    return scores ? score_depends(S, value_array(out, node), &mask, 1) : value_array(out, node);
}

static double sign_of(const double *signs, size_t k) {
    return signs ? signs[k] : 1;
}

/* A term of the same layout hands its own edges to the sum, which spares the sweeps its node; sums are linear. */
static void total_edges(State *S, const Layout *layout, Value term, double sign) {
    if (!tape_has(S, term)) return;
    bool terms_count = tape_in_score_mode(&S->tape);
    if (sign != 1 || terms_count || !tape_copy_edges(S, term, layout)) tape_edge_scale(S, term, sign);
}

/* In score mode the values are noted as terms. NULL: the sum cannot be taken apart. */
static const Value *noted_terms(State *S, const Layout *layout, const Value *values, size_t n) {
    if (!score_is_whole(S, layout)) return NULL;
    const Layout *lanes = layout_with_event(S, layout, 0, NULL);
    Value *terms = tape_allocate(S, n * sizeof *terms);
    for (size_t k = 0; k < n; k++) terms[k] = score_term(S, values[k], lanes);
    return terms;
}

static Value total(State *S, const Value *values, const double *signs, size_t n, bool passing) {
    const Layout *layout = layout_scalar(S);
    bool live = false;
    for (size_t k = 0; k < n; k++) {
        layout = layout_join(S, layout, value_layout(S, values[k]));
        if (!layout) error_raise(S, "shape-mismatch", NULL, "values of different plates cannot be added up");
        live |= tape_has(S, values[k]);
    }
    const Value *terms = live && tape_in_score_mode(&S->tape) ? noted_terms(S, layout, values, n) : NULL;
    if (terms) values = terms;
    Array *out = NULL;
    double lone = 0, scratch[LANE_BLOCK];
    size_t k = 0;
    if (layout != S->scalar) {
        out = passing ? array_on_tape(S, layout) : array_new(S, layout);
        out->missing = MISSING_NO;
        /* A sum begins at 0; where the first term has all the lanes it is written at once. */
        if (value_layout(S, values[0]) == layout)
            kernel_set_scaled(layout->size, out->data, values[k++].as.array->data, sign_of(signs, 0));
        else
            memset(out->data, 0, layout->size * sizeof(double));
    }
    for (; k < n; k++) {
        const double *data = value_data(values[k], scratch);
        if (out)
            broadcast_add(layout, out->data, value_layout(S, values[k]), data,
                          (Weight){EDGE_SCALE, sign_of(signs, k), NULL});
        else
            lone += sign_of(signs, k) * data[0];
    }
    uint64_t node = live ? tape_node(S, layout) : 0;
    for (k = 0; k < n && live; k++) total_edges(S, layout, values[k], sign_of(signs, k));
    if (terms) score_mark(S, value_dual(0, node), NODE_LINEAR);
    return out ? value_array(out, node) : value_dual(lone, node);
}

Value operation_total(State *S, const Value *values, const double *signs, size_t n) {
    return total(S, values, signs, n, false);
}

Value operation_total_passing(State *S, const Value *values, size_t n) {
    return total(S, values, NULL, n, S->tape.recording);
}
