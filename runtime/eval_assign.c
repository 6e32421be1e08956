#include "runtime/eval.h"
#include "runtime/follow.h"
#include "runtime/written.h"

/* Assigning to a path (x[2].mu = 5) makes new values from the inside out: whoever else holds the old ones keeps them. An
   element of a variable's own array or list that nobody else can see is written in place.

   `mask` is variable_mask's: where it is not NULL, the other lanes keep what was there. */

static bool is_lone_index(const Subscript *s) {
    return s->kind == SUBSCRIPT_INDEX && s->index.tag == VALUE_NUMBER;
}

/* The position that a lone subscript names in a list of `count`, which may be `count` itself: one behind the end. */
static size_t slot_position(State *S, const Subscript *s, size_t count) {
    long i = value_to_integer(S, s->index, "an index", -(1L << 40), 1L << 40);
    if (s->from_end) i = (long)count - i;
    if (i < 0 || (size_t)i > count)
        error_raise(S, "index-out-of-range", error_text(S, "Elements are added one after the other: the next index is %zu.", count),
                    "index %ld is outside of a vector of %zu", i, count);
    return (size_t)i;
}

static List *list_own(State *S, List *list) {
    if (!list->header.shared) return list;
    List *copy = list_new(S, list->count + 1);
    copy->slots = list->slots;
    copy->rest_missing = list->rest_missing;
    for (uint32_t k = 0; k < list->count; k++) list_append(S, copy, list->items[k]);
    return copy;
}

/* An item for the lanes that it has now and those of `mask`. */
static Value item_in(State *S, Array *mask, Value element, Value old) {
    if (old.tag != VALUE_PARTIAL || !mask) return element;
    Array *lanes = mask_or(S, ((Partial *)old.as.object)->mask, mask);
    return mask_all(lanes) ? element : partial_new(S, element, lanes);
}

static Value item_merged(State *S, Array *mask, Value element, Value old) {
    if (!mask) return element;
    Value before = old.tag == VALUE_PARTIAL ? ((Partial *)old.as.object)->value : old;
    return item_in(S, mask, value_merge(S, mask, element, before, "an element"), old);
}

/* Ragged data: an element that is added in some lanes only has a value there. */
static Value item_added(State *S, const List *list, Value element, Array *mask) {
    if (!mask) return element;
    if (list->slots) return partial_new(S, element, mask);
    error_raise(S, "lanes-differ", "Add the element in every lane, for instance before the `if`.",
                "the list would be longer in some lanes than in others");
}

static Value list_assign(State *S, List *list, const Subscript *s, Value element, Array *mask) {
    size_t at = slot_position(S, s, list->count);
    list = list_own(S, list);
    if (!list->slots) element = value_whole(S, element);
    if (at == list->count) list_append(S, list, item_added(S, list, element, mask));
    else list->items[at] = item_merged(S, mask, element, list->items[at]);
    return value_object(list);
}

/* The same for an element of which a part was assigned: what other lanes keep is in it already. */
static Value list_replace(State *S, List *list, size_t at, Value element, Array *mask) {
    list = list_own(S, list);
    if (!list->slots) element = value_whole(S, element);
    if (at == list->count) list_append(S, list, item_added(S, list, element, mask));
    else list->items[at] = item_in(S, mask, element, list->items[at]);
    return value_object(list);
}

/* A vector as a list of slots: one value for each element along the leading axis. */
static List *slots_of(State *S, Value v) {
    const Layout *l = v.tag == VALUE_ARRAY ? v.as.array->layout : NULL;
    size_t n = l ? l->dims[0] : 0;
    List *list = list_new(S, (uint32_t)n + 8);
    list->slots = true;
    for (size_t k = 0; k < n; k++) {
        Subscript s = {.kind = SUBSCRIPT_INDEX, .index = value_number((double)k)};
        list_append(S, list, operation_index(S, v, &s, 1));
    }
    return list;
}

static bool writable_in_place(Value object, const Subscript *s, uint32_t n, Value element, const Array *mask) {
    if (object.tag != VALUE_ARRAY || object.node || mask || n != 1 || !is_lone_index(s)) return false;
    const Array *a = object.as.array;
    return !a->header.shared && !a->base && !a->cache && !a->log && a->layout->rank == 1 && !a->layout->n_axes && !element.node &&
           (element.tag == VALUE_NUMBER || (element.tag == VALUE_BOOLEAN && a->boolean)) && (element.tag == VALUE_BOOLEAN) == a->boolean;
}

static Value array_assign(State *S, Value object, const Subscript *s, uint32_t n, Value element, Array *mask) {
    const Layout *l = object.as.array->layout;
    if (l->rank == 0) error_raise(S, "wrong-type", "Only vectors, lists and records have elements.", "a number has no elements to assign");
    if (n == 1 && is_lone_index(s)) {
        size_t at = slot_position(S, s, l->dims[0]);
        if (at < l->dims[0] && writable_in_place(object, s, n, element, mask)) {
            object.as.array->data[at] = element.tag == VALUE_NUMBER ? element.as.number : element.as.boolean;
            object.as.array->missing = MISSING_UNKNOWN;
            return object;
        }
        if (at == l->dims[0] || (!object.node && element.node && !mask)) return list_assign(S, slots_of(S, object), s, element, mask);
    }
    if (!value_is_numeric(element) && element.tag != VALUE_MISSING) return list_assign(S, slots_of(S, object), s, element, mask);
    if (element.tag == VALUE_MISSING) element = value_number(missing_number());
    return operation_replace(S, object, s, n, element);
}

static Value record_assign(State *S, Record *record, String *name, Value element, Array *mask) {
    if (record->header.shared || mask) record = record_copy(S, record);
    const Value *old = record_find(record, name);
    if (!old && mask)
        error_raise(S, "lanes-differ", "Give the record the field in every lane, for instance before the `if`.",
                    "the record would have the field '%s' in some lanes only", name->text);
    element = value_whole(S, element);
    if (old && mask) element = value_merge(S, mask, element, *old, name->text);
    record_set(S, record, name, element);
    return value_object(record);
}

/* What lies inside of a value that others see is seen by them too. */
static Value part_of(const Object *whole, Value part) {
    if (whole->shared && value_is_object(part)) part.as.object->shared = true;
    return part;
}

static bool is_vector(Value v) {
    return (v.tag == VALUE_ARRAY && v.as.array->layout->rank) || (v.tag == VALUE_LIST && v.as.list->slots);
}

/* Whether it is a vector that some lanes that are on do not have. */
static bool is_for_others(State *S, Value v) {
    if (v.tag != VALUE_PARTIAL) return false;
    const Partial *partial = (Partial *)v.as.object;
    return is_vector(partial->value) && !mask_covers(S, partial->mask, S->mask ? S->mask : mask_full(S));
}

/* The same vector for these lanes, too: each of its elements is there for those that have it. */
static Value widened(State *S, const Partial *partial) {
    const List *list = partial->value.tag == VALUE_LIST ? partial->value.as.list : slots_of(S, partial->value);
    List *wide = list_new(S, list->count + 1);
    wide->slots = true;
    for (uint32_t k = 0; k < list->count; k++)
        list_append(S, wide, list->items[k].tag == VALUE_PARTIAL ? list->items[k] : partial_new(S, list->items[k], partial->mask));
    return value_object(wide);
}

/* An item of which a part is to be assigned. */
static Value item_object(State *S, const List *list, size_t at) {
    return is_for_others(S, list->items[at]) ? widened(S, (Partial *)list->items[at].as.object) : list_item(S, list, at);
}

static Value element_assign(State *S, Value object, const Subscript *s, uint32_t n, Value element, Array *mask) {
    if (object.tag == VALUE_UNASSIGNED || object.tag == VALUE_MISSING) {
        List *list = list_new(S, 8);
        list->slots = true;
        list->rest_missing = object.tag == VALUE_MISSING;
        object = value_object(list);
    }
    if (s->kind == SUBSCRIPT_INDEX && s->index.tag == VALUE_STRING) {
        if (object.tag != VALUE_RECORD) error_raise(S, "wrong-type", NULL, "a %s has no fields to assign", value_type_name(object));
        if (n > 1) {
            Value inner = part_of(object.as.object, index_by_name(S, object, s->index.as.string));
            element = element_assign(S, inner, s + 1, n - 1, element, mask);
        }
        return record_assign(S, object.as.record, s->index.as.string, element, mask);
    }
    if (s->kind == SUBSCRIPT_INDEX && !value_is_numeric(s->index))
        error_raise(S, "wrong-type", NULL, "an index must be a number, and this is a %s", value_type_name(s->index));
    /* A matrix is built like a vector: from nothing. */
    if (n > 1 && object.tag == VALUE_ARRAY && object.as.array->layout->rank == 1 && object.as.array->layout->dims[0] == 0)
        object = value_object(slots_of(S, object));
    switch (object.tag) {
        case VALUE_ARRAY: return array_assign(S, object, s, n, element, mask);
        case VALUE_LIST: {
            List *list = object.as.list;
            if (list->slots && !is_lone_index(s) && list->count)
                return element_assign(S, value_whole(S, object), s, n, element, mask);
            if (n == 1) return list_assign(S, list, s, element, mask);
            size_t at = slot_position(S, s, list->count);
            Value inner = at < list->count ? part_of(&list->header, item_object(S, list, at)) : value_unassigned();
            return list_replace(S, list, at, element_assign(S, inner, s + 1, n - 1, element, mask), mask);
        }
        case VALUE_RECORD:
            error_raise(S, "wrong-type", "Assign a column, or an element of one: d.y[3] = 5.", "a record's rows cannot be assigned by number");
        default: error_raise(S, "wrong-type", "Only vectors, lists and records have elements.", "a %s has no elements to assign",
                             value_type_name(object));
    }
}

/* A path below a variable, evaluated: subscripts, or a field. */
static Value path_assign(State *S, const Node *target, Value object, Value element, Array *mask);

static Value variable_object(State *S, const Node *node, const Variable *variable) {
    Value slot = *variable_slot(S, variable);
    if (slot.tag == VALUE_UNASSIGNED) return slot;
    return is_for_others(S, slot) ? widened(S, (Partial *)slot.as.object) : variable_read(S, node, variable, false);
}

static Value read_or_unassigned(State *S, const Node *target) {
    return target->kind == NODE_NAME ? variable_object(S, target, &target->as.variable) : eval(S, target);
}

static const Variable *root_of(const Node *target) {
    while (target->kind != NODE_NAME) target = target->kind == NODE_INDEX ? target->as.index.object : target->as.field.object;
    return &target->as.variable;
}

/* Gives `target` (a name, or a path below one) the value. */
static void store_path(State *S, const Node *target, Value v, Array *mask) {
    if (target->kind == NODE_NAME) {
        variable_store_whole(S, &target->as.variable, v);
        return;
    }
    const Node *inner = target->kind == NODE_INDEX ? target->as.index.object : target->as.field.object;
    Value object = read_or_unassigned(S, inner);
    stack_push(S, object);
    Value replaced = path_assign(S, target, object, v, mask);
    stack_pop(S, 1);
    stack_push(S, replaced);
    store_path(S, inner, replaced, mask);
    stack_pop(S, 1);
}

static Value path_assign(State *S, const Node *target, Value object, Value element, Array *mask) {
    if (target->kind == NODE_FIELD) {
        S->node = target;
        if (object.tag == VALUE_MESSAGE) {
            reference_set(S, object, target->as.field.name->object, element);
            return object;
        }
        if (object.tag != VALUE_RECORD) error_raise(S, "wrong-type", NULL, "a %s has no fields to assign", value_type_name(object));
        return record_assign(S, object.as.record, target->as.field.name->object, element, mask);
    }
    Subscript subscripts[SUBSCRIPTS];
    size_t base = S->top;
    uint32_t n = eval_subscripts(S, &target->as.index.subscripts, 0, subscripts);
    S->node = target;
    Value v = element_assign(S, object, subscripts, n, element, mask);
    S->top = base;
    return v;
}

/* theta[j] = e in plate j: the element's own variable; further subscripts go into its value. */
static void lifted_assign(State *S, const Node *target, Value v) {
    const Lifted *lifted = target->as.index.lifted;
    Subscript subscripts[SUBSCRIPTS];
    size_t base = S->top;
    uint32_t n = eval_subscripts(S, &target->as.index.subscripts, target->as.index.plate_subscripts, subscripts);
    S->node = target;
    Value *slot = variable_slot(S, &lifted->inner);
    /* Lanes that do not assign it keep what it was outside, and may still read it. */
    if (slot->tag == VALUE_UNASSIGNED && (n || S->mask)) *slot = lifted_initial(S, lifted);
    if (n) {
        Value object = variable_object(S, target, &lifted->inner);
        v = element_assign(S, object, subscripts, n, v, variable_mask(S, &lifted->inner));
        variable_store_whole(S, &lifted->inner, v);
    } else {
        variable_store(S, &lifted->inner, v);
    }
    S->top = base;
}

void assign_target(State *S, const Node *target, Value v) {
    stack_push(S, v);
    S->node = target;
    if (target->kind == NODE_NAME) variable_store(S, &target->as.variable, v);
    else if (target->kind == NODE_INDEX && target->as.index.lifted) lifted_assign(S, target, v);
    else store_path(S, target, v, variable_mask(S, root_of(target)));
    stack_pop(S, 1);
}

Value eval_assign(State *S, const Node *node) {
    FollowStatement followed = follow_begin_statement(S);
    Value v = eval_control(S, node->as.assign.value);
    if (S->signal) return value_none();
    if (RARELY(S->tape.following)) v = follow_value(S, v, &followed, 0, node->as.assign.value->kind);
    assign_target(S, node->as.assign.target, v);
    return v;
}
