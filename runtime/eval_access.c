#include <string.h>

#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/suggest.h"
#include "runtime/tape_score.h"
#include "runtime/text.h"
#include "runtime/trace.h"

Value value_of_items(State *S, const Value *items, uint32_t n) {
    bool stackable = n > 0;
    const Layout *event = NULL;
    for (uint32_t k = 0; k < n && stackable; k++) {
        if (items[k].tag == VALUE_MISSING) {
            if (event && event->rank) stackable = false;
            else event = layout_scalar(S);
            continue;
        }
        if (!value_is_numeric(items[k])) stackable = false;
        else if (!event) event = value_layout(S, items[k]);
        else if (!layout_same_event(event, value_layout(S, items[k]))) stackable = false;
    }
    if (stackable) return operation_stack(S, items, n);
    if (n == 0) return value_array(array_vector(S, 0, NULL), 0);
    List *list = list_new(S, n);
    for (uint32_t k = 0; k < n; k++) list_append(S, list, items[k]);
    return value_object(list);
}

Value list_item(State *S, const List *list, size_t at) {
    Value item = list->items[at];
    if (item.tag != VALUE_PARTIAL) return item;
    const Partial *partial = (Partial *)item.as.object;
    if (mask_covers(S, partial->mask, S->mask ? S->mask : mask_full(S))) return partial->value;
    error_raise(S, "unassigned-lanes", "It was assigned on one side of an `if` (or in a loop) only; give it a value before.",
                "element %zu has no value in some lanes", at);
}

/* Whoever else holds the list under construction keeps it. */
Value value_whole(State *S, Value v) {
    if (v.tag != VALUE_LIST || !v.as.list->slots) return v;
    const List *list = v.as.list;
    size_t base = S->top;
    for (uint32_t k = 0; k < list->count; k++) stack_push(S, value_whole(S, list_item(S, list, k)));
    Value whole = value_of_items(S, S->stack + base, list->count);
    S->top = base;
    return whole;
}

Value eval_bracket(State *S, const Node *node) {
    size_t base = S->top;
    const NodeList *items = &node->as.list;
    for (uint32_t k = 0; k < items->count; k++) stack_push(S, eval(S, items->items[k]));
    S->node = node;
    Value v = value_of_items(S, S->stack + base, items->count);
    S->top = base;
    return v;
}

Value eval_record(State *S, const Node *node) {
    size_t base = S->top;
    uint32_t n = node->as.record.count;
    for (uint32_t k = 0; k < n; k++) stack_push(S, eval(S, node->as.record.fields[k].value));
    Record *record = record_new(S, n);
    for (uint32_t k = 0; k < n; k++) record_set(S, record, node->as.record.fields[k].name->object, S->stack[base + k]);
    S->top = base;
    return value_object(record);
}

Value eval_text(State *S, const Node *node) {
    size_t start = text_begin(S);
    bool summary = false;
    for (uint32_t k = 0; k < node->as.list.count; k++) {
        const Node *part = node->as.list.items[k];
        if (part->kind == NODE_STRING) {
            text_append(S, part->as.string->text, part->as.string->length);
        } else {
            Value v = eval(S, part);
            if (tape_in_score_mode(&S->tape)) score_read(S, v);
            summary = summary || value_has_lanes(v);
            text_value(S, v);
        }
    }
    String *text = text_finish(S, start);
    if (summary) text->summary = true;
    return value_object(text);
}

/* ---- Subscripts ---- */

static bool is_literal_from_end(const Node *node) {
    return node->kind == NODE_UNARY && node->op == OPERATOR_NEGATE && node->as.unary.operand->kind == NODE_NUMBER;
}

static void slice_ends(State *S, const Node *range, Subscript *out) {
    double low, high;
    eval_range_known(S, range, &low, &high);
    S->node = range;
    if (low < 0)
        error_raise(S, "index-out-of-range", "A slice counts from 0: x[a..b] has the elements a, a + 1, …, b - 1.",
                    "a slice cannot start at %.0f", low);
    *out = (Subscript){.kind = SUBSCRIPT_SLICE, .index = value_number(0), .low = (size_t)low, .high = (size_t)high};
}

uint32_t eval_subscripts(State *S, const NodeList *nodes, uint32_t skip, Subscript out[SUBSCRIPTS]) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < nodes->count; k++) {
        const Node *node = nodes->items[k];
        if (k < 32 && (skip >> k & 1)) continue;
        if (n == SUBSCRIPTS) {
            S->node = node;
            error_raise(S, "shape-mismatch", NULL, "more than %d subscripts", SUBSCRIPTS);
        }
        if (node->kind == NODE_RANGE) {
            slice_ends(S, node, &out[n]);
        } else {
            bool from_end = is_literal_from_end(node);
            Value v = eval(S, from_end ? node->as.unary.operand : node);
            out[n] = (Subscript){.kind = SUBSCRIPT_INDEX, .index = v, .from_end = from_end};
        }
        stack_push(S, out[n].index);
        n++;
    }
    return n;
}

/* ---- Indexing ---- */

static size_t list_position(State *S, const Subscript *s, size_t count, const char *what) {
    long i = value_to_integer(S, s->index, "a list's index", -(1L << 30), 1L << 30);
    if (s->from_end) i = (long)count - i;
    if (i < 0 || (size_t)i >= count)
        error_raise(S, "index-out-of-range",
                    count ? error_text(S, "Indices run from 0 to %zu.", count - 1) : "It is empty.", "index %ld is outside of a %s of %zu",
                    i, what, count);
    return (size_t)i;
}

static bool is_ragged(const List *list) {
    for (uint32_t k = 0; k < list->count; k++)
        if (list->items[k].tag == VALUE_PARTIAL) return true;
    return false;
}

/* A gather from elements that exist in some lanes only: each lane needs just the one that its own index names. */
static Value gather_items(State *S, const List *list, Value index) {
    double least, most;
    if (tape_in_score_mode(&S->tape)) score_read_lanes(S, index);
    value_extremes(S, index, &least, &most);
    if (!(least >= 0) || most >= list->count)
        error_raise(S, "index-out-of-range", NULL, "an index is outside of a vector of %u in some lanes", list->count);
    Array *outer = S->mask;
    Value v = value_unassigned();
    for (double k = least; k <= most; k++) {
        Value here = operation_binary(S, &elementwise_operators[OPERATOR_EQUAL], value_detached(index), value_number(k));
        Array *lanes = mask_and(S, outer, here);
        if (!mask_any(lanes)) continue;
        S->mask = lanes;
        Value item = value_whole(S, list_item(S, list, (size_t)k));
        S->mask = outer;
        v = v.tag == VALUE_UNASSIGNED ? item : value_merge(S, lanes, item, v, "an element");
    }
    return v;
}

static bool is_gather(const List *list, const Subscript *s, uint32_t n) {
    return list->slots && n == 1 && s->kind == SUBSCRIPT_INDEX && s->index.tag == VALUE_ARRAY &&
           s->index.as.array->layout->rank == 0 && is_ragged(list);
}

/* A vector of positions, or of a truth value for each item. */
static bool chooses_items(const List *list, const Subscript *s) {
    return !list->slots && s->kind == SUBSCRIPT_INDEX && s->index.tag == VALUE_ARRAY && s->index.as.array->layout->rank == 1 &&
           !s->index.as.array->layout->n_axes;
}

/* Vectors know how to read such a subscript: a vector of all positions says which are chosen. */
static Value choose_items(State *S, const List *list, const Subscript *s) {
    Array *all = array_new(S, layout_vector(S, list->count));
    for (uint32_t k = 0; k < list->count; k++) all->data[k] = k;
    const Array *chosen = operation_index(S, value_array(all, 0), s, 1).as.array;
    List *part = list_new(S, (uint32_t)chosen->layout->components);
    for (size_t k = 0; k < chosen->layout->components; k++) list_append(S, part, list->items[(size_t)chosen->data[k]]);
    return value_object(part);
}

static Value index_list(State *S, const List *list, const Subscript *s, uint32_t n) {
    Value v;
    if (is_gather(list, s, n)) {
        if (!value_is_whole(S, s->index)) error_raise(S, "wrong-type", NULL, "an index is no whole number in some lanes");
        return gather_items(S, list, s->index);
    }
    if (s->kind == SUBSCRIPT_SLICE) {
        if (s->high > list->count)
            error_raise(S, "index-out-of-range", NULL, "the slice ends at %zu, and the list has %u elements", s->high, list->count);
        List *part = list_new(S, (uint32_t)(s->high - s->low));
        for (size_t k = s->low; k < s->high; k++) list_append(S, part, list->items[k]);
        v = value_object(part);
    } else if (chooses_items(list, s)) {
        v = choose_items(S, list, s);
    } else if (list->rest_missing && value_to_integer(S, s->index, "a list's index", -(1L << 30), 1L << 30) >= (long)list->count) {
        return value_missing();
    } else {
        v = list_item(S, list, list_position(S, s, list->count, list->slots ? "vector" : "list"));
    }
    return n > 1 ? index_value(S, v, s + 1, n - 1) : v;
}

/* A table is a record of columns: its rows are records. */
static Value index_rows(State *S, const Record *table, const Subscript *s, uint32_t n) {
    Record *row = record_copy(S, table);
    for (uint32_t k = 0; k < row->count; k++) row->values[k] = index_value(S, row->values[k], s, n);
    return value_object(row);
}

Value index_value(State *S, Value object, const Subscript *s, uint32_t n) {
    if (n == 0) return object;
    if (object.tag == VALUE_MISSING) return object;
    if (s->kind == SUBSCRIPT_INDEX && s->index.tag == VALUE_STRING) {
        Value v = index_by_name(S, object, s->index.as.string);
        return index_value(S, v, s + 1, n - 1);
    }
    if (s->kind == SUBSCRIPT_INDEX && !value_is_numeric(s->index))
        error_raise(S, "wrong-type", NULL, "an index must be a number, and this is a %s", value_type_name(s->index));
    switch (object.tag) {
        case VALUE_ARRAY:
        case VALUE_NUMBER:
        case VALUE_BOOLEAN: return operation_index(S, object, s, n);
        case VALUE_LIST:
            if (is_gather(object.as.list, s, n)) return index_list(S, object.as.list, s, n);
            if (object.as.list->slots && (s->kind == SUBSCRIPT_SLICE || s->index.tag == VALUE_ARRAY))
                return index_value(S, value_whole(S, object), s, n);
            return index_list(S, object.as.list, s, n);
        case VALUE_RECORD: return index_rows(S, object.as.record, s, n);
        default: error_raise(S, "wrong-type", NULL, "a %s cannot be indexed", value_type_name(object));
    }
}

/* The plate (of this call) whose elements `lifted` is one for. */
static const Node *plate_of(State *S, const Lifted *lifted) {
    for (PlateScope *scope = S->frame->scope; scope; scope = scope->outer)
        for (uint32_t k = 0; k < scope->node->as.plate.n_lifted; k++)
            if (scope->node->as.plate.lifted[k] == lifted) return scope->node;
    return NULL;
}

static bool is_index_of(const Node *subscript, const Node *plate) {
    const Variable *a = &subscript->as.variable, *b = &plate->as.plate.index;
    return subscript->kind == NODE_NAME && a->place == b->place && a->index == b->index;
}

/* A variable that is one per element: the element's own value if it has one by now, else the variable outside. */
static Value lifted_object(State *S, const Node *node, uint32_t *skip) {
    const Lifted *lifted = node->as.index.lifted;
    *skip = node->as.index.plate_subscripts;
    for (;;) {
        if (variable_slot(S, &lifted->inner)->tag != VALUE_UNASSIGNED)
            return variable_read(S, node->as.index.object, &lifted->inner, false);
        const Node *plate = plate_of(S, lifted);
        for (uint32_t k = 0; plate && k < node->as.index.subscripts.count && k < 32; k++)
            if (is_index_of(node->as.index.subscripts.items[k], plate)) *skip &= ~(1u << k);
        if (!lifted->parent) break;
        lifted = lifted->parent;
    }
    *skip = 0;
    return variable_read(S, node->as.index.object, &lifted->outer, false);
}

static Value index_object(State *S, const Node *node, uint32_t *skip) {
    const Node *object = node->as.index.object;
    *skip = 0;
    if (node->as.index.lifted) return lifted_object(S, node, skip);
    if (object->kind == NODE_NAME) return variable_read(S, object, &object->as.variable, false);
    return eval(S, object);
}

Value eval_index(State *S, const Node *node) {
    uint32_t skip;
    Value object = index_object(S, node, &skip);
    size_t base = S->top;
    stack_push(S, object);
    Subscript subscripts[SUBSCRIPTS];
    uint32_t n = eval_subscripts(S, &node->as.index.subscripts, skip, subscripts);
    S->node = node;
    Value v = value_whole(S, index_value(S, object, subscripts, n));
    if (value_is_object(v)) v.as.object->shared = true;
    S->top = base;
    return v;
}

/* ---- Fields ---- */


static _Noreturn void raise_field(State *S, Value object, const String *name, const char *nearest) {
    const char *advice = nearest ? error_text(S, "Did you mean '%s'?", nearest) : NULL;
    error_raise(S, "unknown-field", advice, "a %s has no field '%s'", value_type_name(object), name->text);
}

void field_raise_unknown(State *S, Value object, const String *name, String *const *names, size_t n) {
    Suggestion s = suggest_begin(name->text);
    for (size_t k = 0; k < n; k++) suggest_offer(&s, names[k]->text);
    raise_field(S, object, name, s.best);
}

bool is_method_name(const char *name) {
    const DistributionQuestion *question = distribution_question(name);
    return question && question->argument;
}

static Value distribution_attribute(State *S, Distribution *d, String *name) {
    for (unsigned k = 0; k < d->row->n_parameters; k++)
        if (name == string_of(S, d->row->parameters[k].name)) return distribution_parameter(S, d, k);
    Value v = distribution_formula(S, d, name->text, NULL);
    if (v.tag != VALUE_UNASSIGNED) return v;
    if (strcmp(name->text, "sample") == 0 || strcmp(name->text, "rsample") == 0)
        error_raise(S, "unknown-field", "Write `draw(d)`, or `draw(d, n)` for n draws.", "a distribution has no field '%s'", name->text);
    Suggestion s = suggest_begin_argument(d->row->name, name->text);
    for (unsigned k = 0; k < d->row->n_parameters; k++) suggest_offer(&s, d->row->parameters[k].name);
    for (const DistributionQuestion *q = distribution_questions; q->name; q++) {
        if (strcmp(q->name, name->text) == 0)
            error_raise(S, "unknown-field", q->argument ? error_text(S, "Call it: d.%s(%s).", q->name, q->argument) : NULL,
                        q->argument ? "%s's %s is a function" : "%s has no known %s", d->row->name, name->text);
        suggest_offer(&s, q->name);
    }
    raise_field(S, value_object(d), name, s.best);
}

static Value guide_of(State *S, Value f) {
    Value guide = closure_guide(f);
    if (guide.tag == VALUE_UNASSIGNED)
        error_raise(S, "unknown-field", "Write `guide NAME(…) { … }` with the model's name.", "'%s' has no guide",
                    callable_name(f) ? callable_name(f) : "this function");
    return guide;
}

Value index_by_name(State *S, Value object, String *name) {
    if (value_is_object(object)) {
        const ObjectType *type = gc_object_type(S, object.as.object);
        Value v = type->index ? type->index(S, object.as.object, name) : value_unassigned();
        if (v.tag != VALUE_UNASSIGNED) return v;
    }
    return field_of(S, object, name);
}

Value field_of(State *S, Value object, String *name) {
    if (object.tag == VALUE_RECORD) {
        const Value *v = record_find(object.as.record, name);
        if (v) return *v;
        field_raise_unknown(S, object, name, object.as.record->names, object.as.record->count);
    }
    if (object.tag == VALUE_DISTRIBUTION) return distribution_attribute(S, object.as.distribution, name);
    if (object.tag == VALUE_MISSING) return object;
    if (value_is_callable(object) && name == string_of(S, "guide")) return guide_of(S, object);
    if (value_is_object(object)) {
        const ObjectType *type = gc_object_type(S, object.as.object);
        Value v = type->field ? type->field(S, object.as.object, name) : value_unassigned();
        if (v.tag != VALUE_UNASSIGNED) return v;
    }
    raise_field(S, object, name, NULL);
}

Value eval_field(State *S, const Node *node) {
    const Node *inner = node->as.field.object;
    Value object = inner->kind == NODE_NAME ? variable_read(S, inner, &inner->as.variable, false) : eval(S, inner);
    S->node = node;
    Value v = field_of(S, object, node->as.field.name->object);
    if (value_is_object(v)) v.as.object->shared = true;
    return v;
}
