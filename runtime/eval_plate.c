#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/message.h"
#include "runtime/subset.h"

/* What a plate runs over: `n` elements, and what its index stands for in each. */
typedef struct Over {
    size_t n;
    double low;     /* a range's first number */
    bool is_range;
    Value elements; /* a vector (elements), a matrix (rows) or a record of columns (rows) */
} Over;

static bool is_column(Value v) { return v.tag == VALUE_ARRAY && v.as.array->layout->rank > 0; }

/* A table is a record of columns of one length. Texts cannot differ between lanes: columns of texts stay outside. */
static size_t record_length(State *S, const Record *table) {
    const String *first = NULL;
    size_t n = 0;
    for (uint32_t k = 0; k < table->count; k++) {
        if (!is_column(table->values[k])) continue;
        size_t length = table->values[k].as.array->layout->dims[0];
        if (first && length != n)
            error_raise(S, "shape-mismatch", "The columns of a table have one length.", "the column '%s' has %zu elements, and '%s' has %zu",
                        table->names[k]->text, length, first->text, n);
        first = table->names[k];
        n = length;
    }
    if (!first) error_raise(S, "wrong-type", "A table is a record of columns: vectors of one length.", "the record has no column of numbers");
    return n;
}

static Over over_value(State *S, Value v) {
    if (v.tag == VALUE_ARRAY && v.as.array->layout->rank) {
        ArrayCache *cache = v.as.array->cache;
        return (Over){.n = v.as.array->layout->dims[0], .is_range = cache && cache->is_range, .elements = v};
    }
    if (v.tag == VALUE_RECORD) return (Over){.n = record_length(S, v.as.record), .elements = v};
    /* Data that were left out: one element, so that a model without data simulates one. */
    if (v.tag == VALUE_MISSING) return (Over){.n = 1, .elements = v};
    error_raise(S, "wrong-type", v.tag == VALUE_NUMBER ? "Write `0..n` for n elements." : NULL, "a plate cannot run over a %s",
                value_type_name(v));
}

static Over eval_over(State *S, const Node *node) {
    if (node->kind != NODE_RANGE) {
        Value v = eval(S, node);
        S->node = node;
        return over_value(S, v);
    }
    double low, high;
    if (!eval_range_ends(S, node, &low, &high)) high = low + 1;
    return (Over){.n = (size_t)(high - low), .low = low, .is_range = true, .elements = value_none()};
}

/* A column's elements in the lanes of the newest plate. */
static Value lanes_of(State *S, Value v) {
    const Plate *plate = &S->plates[S->n_plates - 1];
    Value index = plate->index;
    if (v.tag == VALUE_MISSING) return v;
    if (v.tag == VALUE_RECORD) {
        const Record *table = v.as.record;
        Record *row = record_new(S, table->count);
        for (uint32_t k = 0; k < table->count; k++)
            if (is_column(table->values[k]) || table->values[k].tag == VALUE_MISSING)
                record_set(S, row, table->names[k], lanes_of(S, table->values[k]));
        return value_object(row);
    }
    Subscript s = {.kind = SUBSCRIPT_INDEX, .index = index};
    return operation_index(S, v, &s, 1);
}

static Value over_index(State *S, const Over *over, Value index) {
    if (!over->is_range) return lanes_of(S, over->elements);
    if (over->low == 0) return index;
    return operation_binary(S, &elementwise_operators[OPERATOR_ADD], index, value_number(over->low));
}

/* ---- The subscript rule ---- */

static void clear_slots(State *S, const Node *node) {
    Value *slots = S->stack + S->frame->base + node->as.plate.first_slot;
    for (uint32_t k = 0; k < node->as.plate.n_slots; k++) slots[k] = value_unassigned();
    for (uint32_t k = 0; k < node->as.plate.n_cells; k++) {
        Cell *cell = gc_new(S, VALUE_CELL, sizeof *cell);
        cell->value = value_unassigned();
        S->stack[S->frame->base + node->as.plate.cells[k]] = value_object(cell);
    }
}

static Value outer_value(State *S, const Lifted *lifted) {
    Value v = *variable_slot(S, &lifted->outer);
    if (v.tag == VALUE_PARTIAL) v = ((Partial *)v.as.object)->value;
    return value_whole(S, v);
}

Value lifted_initial(State *S, const Lifted *lifted) {
    Value outer = outer_value(S, lifted);
    if (outer.tag == VALUE_MISSING) return outer;
    if (outer.tag != VALUE_ARRAY || outer.as.array->layout->rank <= lifted->position) return value_unassigned();
    const Plate *plate = &S->plates[S->n_plates - 1];
    if (subset_is_whole(plate, outer, lifted->position)) return subset_gather(S, plate, outer, lifted->position);
    if (outer.as.array->layout->dims[lifted->position] != plate->size) return value_unassigned();
    return operation_cross_in(S, outer, plate->axis, plate->size, lifted->position);
}

static size_t leading_length(Value v) { return v.tag == VALUE_ARRAY && v.as.array->layout->rank ? v.as.array->layout->dims[0] : 0; }

static Value slice(State *S, Value v, size_t low, size_t high) {
    Subscript s = {.kind = SUBSCRIPT_SLICE, .index = value_number(0), .low = low, .high = high};
    return operation_index(S, v, &s, 1);
}

/* A plate over a part of a longer vector replaces that part. */
static Value splice(State *S, const Lifted *lifted, Value crossed, const Over *over, const Plate *plate) {
    Value outer = outer_value(S, lifted);
    if (subset_is_whole(plate, outer, lifted->position)) return subset_scatter(S, plate, outer, crossed, lifted->position);
    size_t low = over->is_range ? (size_t)over->low : 0, n = leading_length(outer);
    if (lifted->position) return crossed;
    if (low > n)
        error_raise_at(S, lifted->span, "index-out-of-range", "Elements are added one after the other.",
                       "the plate assigns '%s' from element %zu on, and it has only %zu", lifted->name->text, low, n);
    if (low == 0 && n <= over->n) return crossed;
    Value parts[3];
    size_t k = 0;
    if (low) parts[k++] = slice(S, outer, 0, low);
    parts[k++] = crossed;
    if (low + over->n < n) parts[k++] = slice(S, outer, low + over->n, n);
    return operation_concat(S, parts, k);
}

static Value cross_record(State *S, Value v, const Plate *plate, uint32_t position);

/* A value leaves the plate: numbers, arrays, and records and lists of these. */
static Value cross_value(State *S, Value v, const Plate *plate, uint32_t position) {
    v = value_whole(S, v);
    if (v.tag == VALUE_NONE) return v;
    if (v.tag == VALUE_MISSING) v = value_number(missing_number());
    if (value_is_numeric(v)) return operation_cross_out(S, v, plate->axis, plate->size, position);
    return cross_record(S, v, plate, position);
}

static Value cross_record(State *S, Value v, const Plate *plate, uint32_t position) {
    if (v.tag == VALUE_RECORD) {
        Record *record = record_copy(S, v.as.record);
        for (uint32_t k = 0; k < record->count; k++) record->values[k] = cross_value(S, record->values[k], plate, position);
        return value_object(record);
    }
    if (v.tag == VALUE_LIST) {
        List *list = list_new(S, v.as.list->count);
        for (uint32_t k = 0; k < v.as.list->count; k++) list_append(S, list, cross_value(S, v.as.list->items[k], plate, position));
        return value_object(list);
    }
    if (v.tag == VALUE_STRING || v.tag == VALUE_DISTRIBUTION || value_is_callable(v) || v.tag == VALUE_TRACE)
        error_raise(S, "wrong-type", "Numbers, vectors and records of these can leave a plate.", "a %s cannot leave the plate '%s'",
                    value_type_name(v), plate->name->text);
    return v;
}

/* The value of an element's variable for the outside: assigned for every element, or else over what stood there. */
static Value lifted_result(State *S, const Lifted *lifted, Value inner) {
    if (inner.tag != VALUE_PARTIAL) return inner;
    Partial *partial = (Partial *)inner.as.object;
    Value rest = lifted_initial(S, lifted);
    if (rest.tag == VALUE_UNASSIGNED)
        error_raise_at(S, lifted->span, "unassigned-lanes", "Assign it on both sides of the `if`, or before the plate.",
                       "'%s' is assigned for some elements only", lifted->name->text);
    return value_merge(S, partial->mask, partial->value, rest, lifted->name->text);
}

/* Pushes what each of the plate's variables becomes outside; unassigned where nothing changes. */
static void push_lifted(State *S, const Node *node, const Over *over, const Plate *plate) {
    for (uint32_t k = 0; k < node->as.plate.n_lifted; k++) {
        const Lifted *lifted = node->as.plate.lifted[k];
        Value inner = *variable_slot(S, &lifted->inner);
        if (inner.tag != VALUE_UNASSIGNED) {
            inner = lifted_result(S, lifted, inner);
            inner = splice(S, lifted, cross_value(S, inner, plate, lifted->position), over, plate);
        }
        stack_push(S, inner);
    }
}

static void store_lifted(State *S, const Node *node, const Value *values) {
    for (uint32_t k = 0; k < node->as.plate.n_lifted; k++)
        if (values[k].tag != VALUE_UNASSIGNED) variable_store(S, &node->as.plate.lifted[k]->outer, values[k]);
}

/* ---- The plate ---- */

static Value run_body(State *S, const Node *node, const Over *over) {
    Value index = plate_enter(S, node->as.plate.name->object, over->n);
    PlateScope scope = {.outer = S->frame->scope, .node = node, .mask = S->mask};
    clear_slots(S, node);
    S->frame->scope = &scope;
    *variable_slot(S, &node->as.plate.index) = over_index(S, over, index);
    Value v = eval_block(S, node->as.plate.body);
    S->mask = scope.mask;
    S->node = node;
    const Plate plate = S->plates[S->n_plates - 1];
    size_t base = S->top;
    if (node->used) v = cross_value(S, v, &plate, 0);
    stack_push(S, v);
    push_lifted(S, node, over, &plate);
    S->frame->scope = scope.outer;
    plate_leave(S);
    store_lifted(S, node, S->stack + base + 1);
    S->top = base;
    return node->used ? v : value_none();
}

Value eval_plate(State *S, const Node *node) {
    Over over = eval_over(S, node->as.plate.over);
    S->node = node;
    if (over.n == 0) return value_array(array_vector(S, 0, NULL), 0);
    stack_push(S, over.elements);
    Value v = run_body(S, node, &over);
    stack_pop(S, 1);
    return v;
}

/* plate("name", over, fn(i) { … }) */
Value plate_call(State *S, String *name, Value elements, Value body) {
    Over over = over_value(S, elements);
    if (over.n == 0) return elements;
    Value index = plate_enter(S, name, over.n);
    Value argument = over_index(S, &over, index);
    Value v = call_value(S, body, &argument, 1);
    stack_push(S, v);
    Plate plate = S->plates[S->n_plates - 1];
    Value crossed = cross_value(S, v, &plate, 0);
    plate_leave(S);
    stack_pop(S, 1);
    return crossed;
}
