/* SPDX-License-Identifier: GPL-3.0-or-later
   What the user gave for a site, by name, as it stands where the site is. */
#include "runtime/handlers/given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/eval.h"
#include "runtime/mask.h"
#include "runtime/operations.h"
#include "runtime/shape.h"
#include "runtime/suggest.h"

void given_check(State *S, const char *handler, Value given) {
    if (given.tag == VALUE_RECORD || given.tag == VALUE_TRACE) return;
    error_raise(S, "wrong-type", error_text(S, "For instance %s(f, {mu: 42}).", handler),
                "'%s' takes a record of values by the names of sites, or a trace, not a %s", handler, value_type_name(given));
}

/* ---- Names ---- */

String *given_family(State *S, const String *name) {
    const char *bracket = name->text[name->length - 1] == ']' ? strchr(name->text, '[') : NULL;
    return bracket && bracket > name->text ? string_new(S, name->text, (size_t)(bracket - name->text)) : NULL;
}

const Value *given_find(State *S, const Record *record, String *name, String **used) {
    const Value *v = record_find(record, name);
    *used = name;
    if (v || !name->length) return v;
    *used = given_family(S, name);
    return *used ? record_find(record, *used) : NULL;
}

void given_enter(State *S, HandlerFrame *frame) { frame->state = value_object(record_new(S, 4)); }

/* Names of sites that nobody asked for only serve suggestions: the first ones will do. */
enum { NAMES_KEPT = 64 };

void given_note(State *S, HandlerFrame *frame, const Message *m, String *used) {
    Record *met = frame->state.as.record;
    if (used) record_set(S, met, used, value_boolean(true));
    else if (met->count < NAMES_KEPT && !record_find(met, m->name)) record_set(S, met, m->name, value_number(m->kind));
}

static const char *const kinds[] = {
    [MESSAGE_SAMPLE] = "sample site", [MESSAGE_PARAM] = "param",           [MESSAGE_PLATE] = "plate",
    [MESSAGE_FACTOR] = "factor",      [MESSAGE_DETERMINISTIC] = "deterministic value",
};

/* Names that the run did not have, as "'a' and 'b'"; and the first that it had for something else. */
typedef struct Unmet {
    char names[300];
    size_t used;
    unsigned n;
    const String *first, *other;
} Unmet;

static void collect_unmet(Unmet *unmet, const Record *met, const String *name) {
    const Value *note = record_find(met, name);
    if (note && note->tag == VALUE_BOOLEAN) return;
    if (note) {
        if (!unmet->other) unmet->other = name;
        return;
    }
    if (!unmet->n++) unmet->first = name;
    if (unmet->used >= sizeof unmet->names) return;
    unmet->used += (size_t)snprintf(unmet->names + unmet->used, sizeof unmet->names - unmet->used, "%s'%s'", unmet->n > 1 ? ", " : "", name->text);
}

static void warn_unmet(State *S, const HandlerFrame *frame, const Unmet *unmet, const char *takes) {
    const Record *met = frame->state.as.record;
    if (!unmet->n) {
        const Value *note = record_find(met, unmet->other);
        warning_report(S, "unknown-site", NULL, "'%s' is for %s, and '%s' is a %s", frame->row->name, takes, unmet->other->text,
                       kinds[(int)note->as.number]);
        return;
    }
    Suggestion s = suggest_begin(unmet->first->text);
    for (uint32_t k = 0; k < met->count; k++) suggest_offer(&s, met->names[k]->text);
    warning_report(S, "unknown-site", s.best ? error_text(S, "Did you mean '%s'?", s.best) : "The run had no such site; does it stand in a branch that was not taken?",
                   "'%s' names the %s %s, and no site of the run has that name", frame->row->name, unmet->n > 1 ? "sites" : "site", unmet->names);
}

void given_warn(State *S, HandlerFrame *frame, Value names, const char *takes) {
    const Record *met = frame->state.as.record;
    Unmet unmet = {.used = 0};
    if (names.tag == VALUE_RECORD)
        for (uint32_t k = 0; k < names.as.record->count; k++) collect_unmet(&unmet, met, names.as.record->names[k]);
    if (names.tag == VALUE_STRING) collect_unmet(&unmet, met, names.as.string);
    if (names.tag == VALUE_LIST)
        for (uint32_t k = 0; k < names.as.list->count; k++) collect_unmet(&unmet, met, names.as.list->items[k].as.string);
    if (unmet.n || unmet.other) warn_unmet(S, frame, &unmet, takes);
}

void given_check_names(State *S, const char *handler, const char *argument, Value names) {
    bool empty = names.tag == VALUE_ARRAY && names.as.array->layout->components == 0;
    if (names.tag == VALUE_UNASSIGNED || names.tag == VALUE_STRING || empty) return;
    if (names.tag != VALUE_LIST) native_type_error(S, handler, argument, "names of sites", names);
    for (uint32_t k = 0; k < names.as.list->count; k++)
        if (names.as.list->items[k].tag != VALUE_STRING) native_type_error(S, handler, argument, "names of sites", names.as.list->items[k]);
}

static bool is_listed(Value names, const String *name) {
    if (names.tag == VALUE_STRING) return names.as.string == name;
    if (names.tag != VALUE_LIST) return false;
    for (uint32_t k = 0; k < names.as.list->count; k++)
        if (names.as.list->items[k].as.string == name) return true;
    return false;
}

bool given_lists(State *S, HandlerFrame *frame, Value names, const Message *m) {
    String *used = m->name;
    if (!is_listed(names, used)) used = m->name->length ? given_family(S, m->name) : NULL;
    if (used && used != m->name && !is_listed(names, used)) used = NULL;
    given_note(S, frame, m, used);
    return used != NULL;
}

/* ---- One element of a family ---- */

/* The target of the statement that is running, if it has subscripts: `Y[i, t] ~ …`. */
static const Node *subscripted_target(const State *S) {
    const Node *node = S->node;
    if (node && (node->kind == NODE_SAMPLE || node->kind == NODE_OBS)) node = node->as.site.target;
    return node && node->kind == NODE_INDEX && S->frame && S->frame->closure ? node : NULL;
}

/* Reads the next number of "[3, 4]"; false: there is none, or it is no position. */
static bool next_index(const char **at, double *index) {
    char *end;
    *index = strtod(*at + 1, &end);
    if (end == *at + 1 || *index < 0) return false;
    *at = end;
    return true;
}

static Subscript whole_dimension(const Layout *l, uint32_t k) {
    return (Subscript){.kind = SUBSCRIPT_SLICE, .index = value_number(0), .low = 0, .high = k < l->rank ? l->dims[k] : 0};
}

/* v's subscripts for a member: its indices stand where the statement has them, between those of plates inside the handler,
   or else lead. Returns how many; 0: v has no such element. */
static uint32_t member_subscripts(State *S, const HandlerFrame *frame, const Layout *l, const char *indices, Subscript out[]) {
    const Node *target = subscripted_target(S);
    uint32_t n = 0, count = target ? target->as.index.subscripts.count : LAYOUT_RANK;
    uint32_t plates = target ? site_plate_subscripts(S, target) : 0, own = (uint32_t)__builtin_popcount(plates);
    uint32_t outer = own > S->n_plates - frame->plates ? own - (S->n_plates - frame->plates) : 0;
    for (uint32_t k = 0; k < count && n < LAYOUT_RANK; k++) {
        if (plates >> k & 1) {
            if (outer) outer--;
            else out[n] = whole_dimension(l, n), n++;
            continue;
        }
        double index;
        if (*indices == ']') break;
        if (!next_index(&indices, &index) || n >= l->rank || index >= (double)l->dims[n]) return 0;
        out[n++] = (Subscript){.kind = SUBSCRIPT_INDEX, .index = value_number(index)};
    }
    return n <= l->rank ? n : 0;
}

static Value list_member(State *S, const List *list, const char *indices) {
    double index;
    if (!next_index(&indices, &index) || *indices != ']' || index >= list->count) return value_unassigned();
    return value_whole(S, list->items[(uint32_t)index]);
}

/* Element z[3] of what was given for z; unassigned when there is none: what goes beyond stays as it is. */
static Value member(State *S, const HandlerFrame *frame, Value v, const String *name) {
    const char *indices = strchr(name->text, '[');
    if (v.tag == VALUE_LIST && !v.as.list->slots) return list_member(S, v.as.list, indices);
    v = value_whole(S, v);
    if (v.tag != VALUE_ARRAY || v.as.array->layout->rank == 0)
        error_raise(S, "shape-mismatch", error_text(S, "Give a vector with an element for each, or name the site: {\"%s\": 1}.", name->text),
                    "'%s' is one of several sites, and the value given for all of them is a %s", name->text, value_type_name(v));
    Subscript subscripts[LAYOUT_RANK];
    uint32_t n = member_subscripts(S, frame, v.as.array->layout, indices, subscripts);
    return n ? operation_index(S, v, subscripts, n) : value_unassigned();
}

bool given_names(State *S, HandlerFrame *frame, Value given, const Message *m) {
    String *used;
    if (given.tag == VALUE_TRACE) return trace_find((const Trace *)given.as.object, m->name) != NULL;
    bool found = given_find(S, given.as.record, m->name, &used) != NULL;
    given_note(S, frame, m, found ? used : NULL);
    return found;
}

/* What was given for the message's name, as it was given. */
static Value looked_up(State *S, HandlerFrame *frame, const Record *record, const Message *m) {
    String *used;
    const Value *found = given_find(S, record, m->name, &used);
    given_note(S, frame, m, found ? used : NULL);
    if (!found) return value_unassigned();
    Value v = used == m->name ? value_whole(S, *found) : member(S, frame, *found, m->name);
    /* From now on a trace, too, may hold it. */
    if (value_is_object(v)) v.as.object->shared = true;
    return v;
}

/* ---- Crossing and shapes ---- */

static void check_numeric(State *S, const HandlerFrame *frame, const Message *m, Value v) {
    if (value_is_numeric(v)) return;
    error_raise(S, "wrong-type", "Sites have numbers, vectors or matrices as values.", "the value that '%s' gives to '%s' is a %s", frame->row->name,
                m->name->text, value_type_name(v));
}

/* Data that were left out may have any shape if their distribution is one of numbers; else a value has a draw's shape. */
static void check_shape(State *S, const HandlerFrame *frame, const Message *m, Value v) {
    const Layout *got = value_layout(S, v), *wanted = message_event(m);
    if (layout_same_event(got, wanted) || (m->was_missing && wanted->rank == 0)) return;
    char given[SHAPE_TEXT], draw[SHAPE_TEXT];
    error_raise(S, "shape-mismatch", frame->row == &handler_replay ? "The site must have the same shape in both programs." : NULL,
                "the value that '%s' gives to '%s' is a %s, and a draw of its %s is a %s", frame->row->name, m->name->text,
                shape_text(got, given), m->distribution->row->name, shape_text(wanted, draw));
}

/* A value from the place of the handler, for the site; what: NULL: the site's own. Those without lanes of their own, as they mostly are, are looked at first:
   the error can say whose they are. */
static Value entered(State *S, const HandlerFrame *frame, const Message *m, Value v, uint32_t event_rank, const char *what) {
    const Layout *l = value_layout(S, v);
    for (uint32_t k = frame->plates, d = 0; l->n_axes == 0 && k < S->n_plates && d + event_rank < l->rank; k++, d++) {
        const Plate *plate = &S->plates[k];
        if (l->dims[d] == plate->size || l->dims[d] == plate->whole) continue;
        char shape[SHAPE_TEXT];
        error_raise(S, "shape-mismatch", "A number goes to all elements; else give one for each, the outermost plate first.",
                    "%s is a %s, and the plate '%s' has %zu elements",
                    what ? what : error_text(S, "the value that '%s' gives to '%s'", frame->row->name, m->name->text), shape_text(l, shape), plate->name->text, plate->size);
    }
    return handler_cross_in(S, frame, v, event_rank);
}

Value given_lanes(State *S, const HandlerFrame *frame, Value v, const char *what) {
    if (v.tag != VALUE_ARRAY || (S->n_plates == frame->plates && !v.as.array->layout->rank)) return v;
    v = entered(S, frame, NULL, v, 0, what);
    const Layout *l = value_layout(S, v);
    if (l->rank == 0) return v;
    char shape[SHAPE_TEXT];
    error_raise(S, "shape-mismatch", "Give one number, or one for each element of the plates around the site; for single elements of data put them into a plate.",
                "%s is a %s here, and the site has one log density in each lane", what, shape_text(l, shape));
}

/* ---- Out of a trace ---- */

static bool same_plates(State *S, const HandlerFrame *frame, const Trace *trace, const Site *site) {
    if (trace->plates != frame->plates || site->n_plates != S->n_plates) return false;
    for (uint32_t k = frame->plates; k < S->n_plates; k++)
        if (site_plates(trace, site)[k] != S->plates[k].identity) return false;
    return true;
}

static void check_lanes(State *S, const Site *site) {
    if (!site->lanes_on || site->lanes_on == S->mask || site->next >= 0) return;
    if (mask_covers(S, site->lanes_on, S->mask ? S->mask : mask_full(S))) return;
    error_raise(S, "site-lanes", "Draw the site in every lane, or run it under the same condition.",
                "the trace has the site '%s' in some lanes only, and it is wanted in others", site->name->text);
}

/* What was drawn for some elements must not be taken for that of others. A trace of all elements fits every subset. */
static void check_elements(State *S, const HandlerFrame *frame, const Trace *trace, const Site *site, Value v) {
    for (uint32_t k = trace->plates; k < site->n_plates; k++) {
        const Axis *identity = site_plates(trace, site)[k];
        const TraceSubset *subset = site_subset(trace, site, k);
        for (uint32_t p = frame->plates; p < S->n_plates; p++) {
            const Plate *plate = &S->plates[p];
            if (plate->name != identity->name || (!subset && identity->size == plate->whole)) continue;
            if (!subset && plate->whole == plate->size) {
                if (value_is_numeric(v) && !layout_has_axis(value_layout(S, v), identity)) continue; /* one value for all */
                error_raise(S, "shape-mismatch", "A plate must have the same number of elements in both programs.",
                            "the trace has '%s' for %zu elements of the plate '%s', and here it has %zu", site->name->text, identity->size,
                            plate->name->text, plate->size);
            }
            if (site_subset_is(subset, plate)) continue;
            error_raise(S, "subset-mismatch", "Give both runs the same seed, `seed(subsample(f, {…}), 1)`; or record without `subsample`: a trace of all elements fits every subset.",
                        "the trace has '%s' for other elements of the plate '%s' than those that run here", site->name->text, plate->name->text);
        }
    }
}

Value given_replayed(State *S, const HandlerFrame *frame, const Trace *trace, const Message *m, bool latent_only) {
    const Site *site = trace_find(trace, m->name);
    if (!site || site->kind == MESSAGE_PARAM || site->kind == MESSAGE_FACTOR) return value_unassigned();
    if (latent_only && (site->kind != MESSAGE_SAMPLE || site->is_observed)) return value_unassigned();
    check_lanes(S, site);
    Value v = trace_site_value(S, trace, site);
    check_elements(S, frame, trace, site, v);
    if (!same_plates(S, frame, trace, site)) {
        check_numeric(S, frame, m, v);
        v = handler_cross_in(S, frame, v, message_event(m)->rank);
    }
    check_numeric(S, frame, m, v);
    check_shape(S, frame, m, v);
    return v;
}

/* ---- What was given ---- */

Value given_sample(State *S, HandlerFrame *frame, Value given, const Message *m) {
    if (given.tag == VALUE_TRACE) return given_replayed(S, frame, (Trace *)given.as.object, m, false);
    Value v = looked_up(S, frame, given.as.record, m);
    if (v.tag == VALUE_UNASSIGNED || v.tag == VALUE_MISSING) return v;
    check_numeric(S, frame, m, v);
    v = entered(S, frame, m, v, message_event(m)->rank, NULL);
    check_shape(S, frame, m, v);
    return v;
}

static Value param_of_trace(State *S, const Trace *trace, const Message *m) {
    const Site *site = trace_find(trace, m->name);
    if (!site || site->kind != MESSAGE_PARAM) return value_unassigned();
    return cross_out_plates(S, trace_site_value(S, trace, site), site_plates(trace, site), site->n_plates - site->own_plates, site->n_plates);
}

Value given_param(State *S, HandlerFrame *frame, Value given, const Message *m) {
    Value v = given.tag == VALUE_TRACE ? param_of_trace(S, (Trace *)given.as.object, m) : looked_up(S, frame, given.as.record, m);
    if (v.tag == VALUE_UNASSIGNED) return v;
    check_numeric(S, frame, m, v);
    v = param_enter(S, m, v);
    double offender;
    if (m->constraint && constraint_is_broken(S, m->constraint->row, m->constraint->bounds, v, &offender))
        error_raise(S, "bad-argument", NULL, "the value that '%s' gives to param '%s' %s", frame->row->name,
                    m->name->text, constraint_complaint(S, m->constraint->row, m->constraint->bounds, v));
    return v;
}
