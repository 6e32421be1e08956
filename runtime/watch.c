/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/watch.h"

#include <math.h>
#include <string.h>

#include "runtime/operations.h"

void watch_begin(State *S) {
    S->watch.base = S->tape.base;
    S->watch.n_finds = S->watch.n_places = 0;
    S->watching = true;
}

void watch_end(State *S) { S->watching = false; }

void watch_free(State *S) {
    memory_free(S, S->watch.finds, S->watch.find_capacity * sizeof *S->watch.finds);
    memory_free(S, S->watch.places, S->watch.place_capacity * sizeof *S->watch.places);
    memset(&S->watch, 0, sizeof S->watch);
}

/* Nodes that nobody has claimed are this expression's: inner ones are evaluated before outer ones. Formulas of distributions
   are no part of the program. */
static void claim_nodes(State *S, const Node *node) {
    Watch *w = &S->watch;
    if (!S->source || (S->source->name[0] == '<' && strchr(S->source->name, '.'))) return;
    while (w->n_places < S->tape.n_nodes) {
        MEMORY_GROW(S, w->places, w->n_places, w->place_capacity);
        w->places[w->n_places++] = (WatchPlace){node, S->source};
    }
}

/* The numbers in lanes that are on: 0 elsewhere. */
static Value lit(State *S, Value v) {
    v = value_detached(v);
    if (!S->mask || v.tag != VALUE_ARRAY || !layout_join_lanes(S, v.as.array->layout, S->mask->layout)) return v;
    return operation_select(S, value_array(S->mask, 0), v, value_number(0));
}

/* Counts the lanes (without lanes: 1) that have a number which is not finite. */
static bool look(State *S, Value v, WatchFind *find) {
    double scratch[LANE_BLOCK];
    Value seen = lit(S, v);
    const Layout *l = value_layout(S, seen);
    const double *x = value_data(seen, scratch);
    find->bad = 0;
    find->lanes = l->lanes;
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    for (size_t start = 0; start < l->size; start += l->row)
        for (size_t i = 0; i < length; i++) {
            double y = x[start + i];
            if (isfinite(y) || number_is_missing(y)) continue;
            if (find->bad++ == 0) find->value = y;
        }
    if (find->bad > find->lanes) find->bad = find->lanes;
    return find->bad > 0;
}

/* A name or a number that is infinite was meant to be, and so its negative. */
static bool is_meant(const Node *node) {
    if (node->kind == NODE_UNARY) node = node->as.unary.operand;
    return node->kind == NODE_NAME || node->kind == NODE_NUMBER;
}

void watch_value(State *S, const Node *node, Value v) {
    Watch *w = &S->watch;
    claim_nodes(S, node);
    bool computed = node->kind == NODE_CALL || node->kind == NODE_BINARY || node->kind == NODE_UNARY || node->kind == NODE_INDEX ||
                    node->kind == NODE_SAMPLE || node->kind == NODE_PARAM;
    if (!computed || is_meant(node) || (v.tag != VALUE_NUMBER && v.tag != VALUE_ARRAY)) return;
    WatchFind find = {.node = node, .source = S->source, .id = tape_has(S, v) ? v.node : 0};
    if (!look(S, v, &find)) return;
    MEMORY_GROW(S, w->finds, w->n_finds, w->find_capacity);
    w->finds[w->n_finds++] = find;
}

const WatchPlace *watch_place(const State *S, uint64_t id) {
    const Watch *w = &S->watch;
    return id >= w->base && id - w->base < w->n_places ? &w->places[id - w->base] : NULL;
}

const WatchFind *watch_first(State *S, Value root) {
    const bool *reached = tape_ancestors(S, root);
    for (uint32_t k = 0; k < S->watch.n_finds; k++) {
        const WatchFind *find = &S->watch.finds[k];
        if (find->id == 0 || (find->id >= S->tape.base && reached[find->id - S->tape.base])) return find;
    }
    return NULL;
}
