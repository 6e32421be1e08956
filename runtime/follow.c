/* SPDX-License-Identifier: GPL-3.0-or-later
   Following what depends on what. */
#include "runtime/follow.h"

#include <string.h>

#include "runtime/error.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/tape_score.h"

/* Score mode is on while there are draws: one that nothing depends on turns it on. */
static void turn_on_scores(State *S) {
    Tape *tape = &S->tape;
    uint64_t leaf = tape_leaf(S, S->scalar);
    uint32_t node = (uint32_t)(leaf - tape->base);
    tape->nodes[node].flags |= NODE_STOCHASTIC;
    MEMORY_GROW(S, tape->draws, tape->n_draws, tape->draw_capacity);
    tape->draws[tape->n_draws++] = (ScoreDraw){.name = string_of(S, ""), .value = node, .log_q = node, .layout = S->scalar, .layouts = 1};
}

void follow_begin(State *S) {
    if (S->tape.recording)
        error_raise(S, "nested-grad", "Take the graph outside of it.", "the graph of a program cannot be taken while a gradient is");
    tape_begin(S);
    turn_on_scores(S);
    S->tape.following = FOLLOW_ON;
}

void follow_end(State *S) { tape_end(S); }

typedef Value FollowEach(State *S, Value v);

/* v with each of its numbers replaced; false in *whole: it holds what is none. */
static Value replace_numbers(State *S, Value v, FollowEach *each, bool *whole) {
    switch (v.tag) {
        case VALUE_NUMBER:
        case VALUE_BOOLEAN:
        case VALUE_ARRAY: return each(S, v);
        case VALUE_NONE:
        case VALUE_MISSING:
        case VALUE_UNASSIGNED: return v;
        case VALUE_RECORD: {
            Record *record = record_copy(S, v.as.record);
            for (uint32_t k = 0; k < record->count; k++) record->values[k] = replace_numbers(S, record->values[k], each, whole);
            return value_object(record);
        }
        case VALUE_LIST: {
            List *list = list_new(S, v.as.list->count);
            list->slots = v.as.list->slots;
            list->rest_missing = v.as.list->rest_missing;
            for (uint32_t k = 0; k < v.as.list->count; k++)
                list_append(S, list, replace_numbers(S, v.as.list->items[k], each, whole));
            return value_object(list);
        }
        case VALUE_DISTRIBUTION: {
            Distribution *d = gc_new(S, VALUE_DISTRIBUTION, v.as.distribution->header.size);
            Object header = d->header;
            *d = *v.as.distribution;
            d->header = header;
            d->is_prepared = false;
            memset(d->prepared, 0, sizeof d->prepared);
            for (unsigned k = 0; k < d->row->n_parameters; k++) d->parameters[k] = replace_numbers(S, d->parameters[k], each, whole);
            return value_object(d);
        }
        case VALUE_PARTIAL: {
            const Partial *partial = (Partial *)v.as.object;
            return partial_new(S, replace_numbers(S, partial->value, each, whole), partial->mask);
        }
        default: *whole = false; return v;
    }
}

static Value leaf_of(State *S, Value v) {
    v.node = tape_leaf(S, value_layout(S, v));
    S->tape.nodes[v.node - S->tape.base].flags |= NODE_STOCHASTIC;
    return v;
}

Value follow_leaf(State *S, Value v) {
    if (v.tag == VALUE_DISTRIBUTION) return v;
    bool whole = true;
    return replace_numbers(S, v, leaf_of, &whole);
}

static Value with_read(State *S, Value v) {
    uint64_t node = tape_node(S, value_layout(S, v));
    tape_edge_scale(S, v, 1);
    tape_edge_depends(S, value_dual(0, S->tape.read));
    v.node = node;
    return v;
}

Value follow_returned(State *S, Value v) {
    if (!S->tape.read) return v;
    if (S->tape.following == FOLLOW_ON) S->tape.following = FOLLOW_LOOSE;
    bool whole = true;
    v = replace_numbers(S, v, with_read, &whole);
    if (!whole) S->tape.following = FOLLOW_STICKING;
    return v;
}

/* What a call has just made a leaf: the value of a site, under its own name. */
static bool is_site_of(const State *S, Value v, const FollowStatement *statement, unsigned kind) {
    if (kind == NODE_SAMPLE || kind == NODE_OBS || kind == NODE_DETERMINISTIC || kind == NODE_PARAM) return true;
    return kind == NODE_CALL && tape_has(S, v) && v.node - S->tape.base >= statement->n_nodes &&
           S->tape.nodes[v.node - S->tape.base].n_edges == 0;
}

Value follow_value(State *S, Value v, const FollowStatement *statement, uint64_t read_before, unsigned kind) {
    bool nothing = v.tag == VALUE_NONE || v.tag == VALUE_MISSING || S->tape.read == read_before;
    return nothing || is_site_of(S, v, statement, kind) ? v : follow_returned(S, v);
}

void follow_end_statement(State *S, const FollowStatement *statement) {
    if (S->tape.read == statement->read) return;
    if (S->tape.following == FOLLOW_ON) S->tape.following = FOLLOW_LOOSE;
    if (S->mask == statement->mask && S->tape.following != FOLLOW_STICKING) S->tape.read = statement->read;
}
