#include "runtime/mask.h"

#include "parser/tree.h"
#include "runtime/shape.h"

static Value mask_value(Array *mask) { return mask ? value_array(mask, 0) : value_boolean(true); }

/* A mask from a truth value; a lone one becomes an array without lanes, so that NULL keeps meaning "all". */
static Array *mask_from(State *S, Value v) {
    if (v.tag == VALUE_ARRAY) {
        v.as.array->boolean = true;
        return v.as.array;
    }
    double x = v.tag == VALUE_BOOLEAN ? v.as.boolean : v.as.number;
    Array *a = array_new(S, layout_scalar(S));
    for (int k = 0; k < LANE_BLOCK; k++) a->data[k] = x;
    a->boolean = true;
    return a;
}

Array *mask_full(State *S) { return mask_from(S, value_boolean(true)); }

static Array *mask_combine(State *S, Operator op, Value a, Value b) {
    return mask_from(S, operation_binary(S, &elementwise_operators[op], value_detached(a), value_detached(b)));
}

static Value mask_not(State *S, Value v) {
    return value_detached(operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], value_number(1), value_detached(v)));
}

Array *mask_and(State *S, Array *mask, Value condition) {
    if (!mask && condition.tag == VALUE_ARRAY) return mask_from(S, value_detached(condition));
    return mask_combine(S, OPERATOR_MULTIPLY, mask_value(mask), condition);
}

Array *mask_and_not(State *S, Array *mask, Value condition) { return mask_and(S, mask, mask_not(S, condition)); }

Array *mask_or(State *S, Array *a, Array *b) {
    if (!a || !b) return NULL;
    if (a == b) return a;
    Value both = mask_not(S, value_array(mask_and(S, NULL, value_array(mask_combine(
        S, OPERATOR_MULTIPLY, mask_not(S, value_array(a, 0)), mask_not(S, value_array(b, 0))), 0)), 0));
    return mask_from(S, both);
}

Array *mask_minus(State *S, Array *a, Array *b) { return mask_and_not(S, a, value_array(b, 0)); }

static bool mask_has(const Array *mask, double x) {
    const Layout *l = mask->layout;
    size_t length = mask_row_length(l), rows = l->n_axes ? l->rows : 1;
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < length; k++)
            if (mask->data[r * l->row + k] == x) return true;
    return false;
}

bool mask_any(const Array *mask) { return !mask || mask_has(mask, 1); }
bool mask_all(const Array *mask) { return !mask || !mask_has(mask, 0); }

bool mask_covers(State *S, Array *outer, Array *inner) {
    if (!outer || outer == inner) return true;
    return !mask_any(mask_minus(S, inner, outer));
}

void value_extremes(State *S, Value v, double *least, double *largest) {
    v = value_detached(v);
    if (S->mask) v = operation_select(S, value_array(S->mask, 0), v, value_number(__builtin_nan("")));
    *least = __builtin_inf();
    *largest = -__builtin_inf();
    if (v.tag != VALUE_ARRAY) {
        *least = *largest = v.tag == VALUE_NUMBER ? v.as.number : v.as.boolean;
        return;
    }
    const Layout *l = v.as.array->layout;
    size_t length = l->n_axes ? l->axes[l->n_axes - 1]->size : l->components;
    size_t rows = l->n_axes ? l->rows * l->components : 1;
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < length; k++) {
            double x = v.as.array->data[r * l->row + k];
            if (x < *least) *least = x;
            if (x > *largest) *largest = x;
        }
}

bool value_is_whole(State *S, Value v) {
    Value whole = operation_unary(S, elementwise_find("floor"), value_detached(v));
    double least, unused;
    value_extremes(S, operation_binary(S, &elementwise_operators[OPERATOR_EQUAL], value_detached(v), whole), &least, &unused);
    return least != 0;
}

static Value merge_records(State *S, Array *mask, const Record *on, const Record *off, const char *what) {
    Record *merged = record_copy(S, on);
    for (uint32_t k = 0; k < merged->count; k++) {
        const Value *other = record_find(off, merged->names[k]);
        if (!other || on->count != off->count)
            error_raise(S, "lanes-differ", "Give the record the same fields on both sides.",
                        "%s is a record with other fields in some lanes", what);
        merged->values[k] = value_merge(S, mask, on->values[k], *other, what);
    }
    return value_object(merged);
}

static Value merge_lists(State *S, Array *mask, const List *on, const List *off, const char *what) {
    if (on->count != off->count)
        error_raise(S, "lanes-differ", "Lengths may not differ between lanes; make both sides equally long.",
                    "%s has %u elements in some lanes and %u in others", what, on->count, off->count);
    List *merged = list_new(S, on->count);
    merged->slots = on->slots;
    merged->rest_missing = on->rest_missing;
    for (uint32_t k = 0; k < on->count; k++) list_append(S, merged, value_merge(S, mask, on->items[k], off->items[k], what));
    return value_object(merged);
}

Value value_merge(State *S, Array *mask, Value on, Value off, const char *what) {
    if (!mask) return on;
    if (on.tag == VALUE_NONE) return off;
    if (off.tag == VALUE_NONE) return on;
    if (value_is_numeric(on) && value_is_numeric(off)) {
        if (!layout_same_event(value_layout(S, on), value_layout(S, off))) {
            char a[SHAPE_TEXT], b[SHAPE_TEXT];
            error_raise(S, "lanes-differ", "Shapes may not differ between lanes.", "%s is a %s in some lanes and a %s in others", what,
                        shape_text(value_layout(S, on), a), shape_text(value_layout(S, off), b));
        }
        return operation_select(S, value_array(mask, 0), on, off);
    }
    if (on.tag == VALUE_MISSING && value_is_numeric(off)) return value_merge(S, mask, value_number(missing_number()), off, what);
    if (off.tag == VALUE_MISSING && value_is_numeric(on)) return value_merge(S, mask, on, value_number(missing_number()), what);
    if (on.tag == VALUE_RECORD && off.tag == VALUE_RECORD) return merge_records(S, mask, on.as.record, off.as.record, what);
    if (on.tag == VALUE_LIST && off.tag == VALUE_LIST) return merge_lists(S, mask, on.as.list, off.as.list, what);
    if (value_equal(on, off)) return on;
    error_raise(S, "lanes-differ", "Numbers, vectors, records and lists may differ between lanes; functions, strings and names may not.",
                "%s would be a %s in some lanes and a %s in others", what, value_type_name(on), value_type_name(off));
}
