#include <string.h>

#include "runtime/eval.h"
#include "runtime/tape_score.h"

static const char *const operator_texts[OPERATORS] = {
    [OPERATOR_ADD] = "+", [OPERATOR_SUBTRACT] = "-", [OPERATOR_MULTIPLY] = "*", [OPERATOR_DIVIDE] = "/",
    [OPERATOR_FLOOR_DIVIDE] = "//", [OPERATOR_REMAINDER] = "%", [OPERATOR_MATMUL] = "@", [OPERATOR_POWER] = "^",
    [OPERATOR_EQUAL] = "==", [OPERATOR_NOT_EQUAL] = "!=", [OPERATOR_LESS] = "<", [OPERATOR_LESS_EQUAL] = "<=",
    [OPERATOR_GREATER] = ">", [OPERATOR_GREATER_EQUAL] = ">=", [OPERATOR_IN] = "in", [OPERATOR_NEGATE] = "-",
    [OPERATOR_NOT] = "not",
};

static bool is_numeric(Value v) { return v.tag == VALUE_NUMBER || v.tag == VALUE_BOOLEAN || v.tag == VALUE_ARRAY; }

static const char *operand_advice(State *S, Operator op, Value a, Value b) {
    if (a.tag == VALUE_STRING || b.tag == VALUE_STRING)
        return op == OPERATOR_ADD ? "Put values into a text with braces: \"{x}\"." : NULL;
    if (a.tag == VALUE_CLOSURE || b.tag == VALUE_CLOSURE || a.tag == VALUE_NATIVE || b.tag == VALUE_NATIVE)
        return "A function is called with parentheses: f(x).";
    if (a.tag == VALUE_DISTRIBUTION || b.tag == VALUE_DISTRIBUTION)
        return "A distribution is no number; draw from it with `~`, or read d.mean.";
    if (a.tag == VALUE_NONE || b.tag == VALUE_NONE) return "Does a function end without a value?";
    (void)S;
    return NULL;
}

static _Noreturn void raise_operands(State *S, const Node *node, Operator op, Value a, Value b) {
    S->node = node;
    error_raise(S, "wrong-type", operand_advice(S, op, a, b), "`%s` does not work between a %s and a %s", operator_texts[op],
                value_type_name(a), value_type_name(b));
}

static Value record_binary(State *S, const Node *node, Operator op, Value a, Value b);

/* Fields of records that are matched by name, or a number for each field. */
static Value record_operand(State *S, const Node *node, Value v, String *name) {
    if (v.tag != VALUE_RECORD) return v;
    const Value *field = record_find(v.as.record, name);
    if (field) return *field;
    S->node = node;
    error_raise(S, "unknown-field", "Arithmetic on records goes field by field; both sides need the same fields.",
                "only one of the two records has a field '%s'", name->text);
}

static Value binary(State *S, const Node *node, Operator op, Value a, Value b) {
    if (is_numeric(a) && is_numeric(b)) {
        S->node = node;
        return operation_binary(S, &elementwise_operators[op], a, b);
    }
    if (a.tag == VALUE_MISSING && (is_numeric(b) || b.tag == VALUE_MISSING)) return a;
    if (b.tag == VALUE_MISSING && is_numeric(a)) return b;
    if (a.tag == VALUE_RECORD || b.tag == VALUE_RECORD) return record_binary(S, node, op, a, b);
    raise_operands(S, node, op, a, b);
}

static Value record_binary(State *S, const Node *node, Operator op, Value a, Value b) {
    const Record *shape = a.tag == VALUE_RECORD ? a.as.record : b.as.record;
    if ((a.tag == VALUE_RECORD && b.tag == VALUE_RECORD && a.as.record->count != b.as.record->count) ||
        (a.tag != VALUE_RECORD && !is_numeric(a)) || (b.tag != VALUE_RECORD && !is_numeric(b)))
        raise_operands(S, node, op, a, b);
    Record *result = record_copy(S, shape);
    for (uint32_t k = 0; k < shape->count; k++)
        result->values[k] = binary(S, node, op, record_operand(S, node, a, shape->names[k]), record_operand(S, node, b, shape->names[k]));
    return value_object(result);
}

static bool contains(State *S, const Node *node, Value needle, Value hay) {
    if (tape_in_score_mode(&S->tape)) {
        score_read(S, needle);
        score_read(S, hay);
    }
    if (hay.tag == VALUE_LIST) {
        for (uint32_t k = 0; k < hay.as.list->count; k++)
            if (value_equal(needle, hay.as.list->items[k])) return true;
        return false;
    }
    if (hay.tag == VALUE_RECORD && needle.tag == VALUE_STRING) return record_find(hay.as.record, needle.as.string) != NULL;
    if (hay.tag == VALUE_STRING && needle.tag == VALUE_STRING) return strstr(hay.as.string->text, needle.as.string->text) != NULL;
    raise_operands(S, node, OPERATOR_IN, needle, hay);
}

/* x in v, for a number and an array: whether any element of v equals x, in each lane. */
static Value member(State *S, const Node *node, Value needle, Value hay) {
    if (!is_numeric(needle) || hay.tag != VALUE_ARRAY) return value_boolean(contains(S, node, needle, hay));
    S->node = node;
    Value hits = operation_sum(S, operation_binary(S, &elementwise_operators[OPERATOR_EQUAL], needle, hay));
    return operation_binary(S, &elementwise_operators[OPERATOR_GREATER], hits, value_number(0));
}

/* A column of texts, in which some may be missing. */
static bool is_texts(Value v) {
    if (v.tag != VALUE_LIST) return false;
    uint32_t texts = 0;
    for (uint32_t k = 0; k < v.as.list->count; k++) {
        if (v.as.list->items[k].tag != VALUE_STRING && v.as.list->items[k].tag != VALUE_MISSING) return false;
        texts += v.as.list->items[k].tag == VALUE_STRING;
    }
    return texts > 0;
}

/* Which of the texts are this one: one truth value for each, as between a vector and a number. */
static Value texts_equality(State *S, const List *texts, Value text, Operator op) {
    Array *out = array_new(S, layout_vector(S, texts->count));
    out->boolean = true;
    for (uint32_t k = 0; k < texts->count; k++) out->data[k] = value_equal(texts->items[k], text) == (op == OPERATOR_EQUAL);
    return value_array(out, 0);
}

static Value equality(State *S, const Node *node, Operator op, Value a, Value b) {
    if (is_numeric(a) && is_numeric(b) && (value_has_lanes(a) || value_has_lanes(b) ||
        layout_same_event(value_layout(S, a), value_layout(S, b)) || a.tag != VALUE_ARRAY || b.tag != VALUE_ARRAY))
        return operation_binary(S, &elementwise_operators[op], a, b);
    (void)node;
    if (b.tag == VALUE_STRING && is_texts(a)) return texts_equality(S, a.as.list, b, op);
    if (a.tag == VALUE_STRING && is_texts(b)) return texts_equality(S, b.as.list, a, op);
    if (tape_in_score_mode(&S->tape)) {
        score_read(S, a);
        score_read(S, b);
    }
    return value_boolean(value_equal(a, b) == (op == OPERATOR_EQUAL));
}

static double arithmetic(Operator op, double x, double y) {
    switch (op) {
        case OPERATOR_ADD: return x + y;
        case OPERATOR_SUBTRACT: return x - y;
        case OPERATOR_MULTIPLY: return x * y;
        default: return x / y;
    }
}

static Value eval_operand(State *S, const Node *node, Value left) {
    if (!value_is_object(left)) return eval(S, node);
    stack_push(S, left);
    Value right = eval(S, node);
    stack_pop(S, 1);
    return right;
}

Value eval_binary(State *S, const Node *node) {
    Operator op = node->op;
    Value a = eval(S, node->as.binary.left);
    Value b = eval_operand(S, node->as.binary.right, a);
    S->node = node;
    if (a.tag == VALUE_NUMBER && b.tag == VALUE_NUMBER && !a.node && !b.node) {
        switch (op) {
            case OPERATOR_ADD:
            case OPERATOR_SUBTRACT:
            case OPERATOR_MULTIPLY:
            case OPERATOR_DIVIDE: return value_number(arithmetic(op, a.as.number, b.as.number));
            case OPERATOR_LESS: return value_boolean(a.as.number < b.as.number);
            case OPERATOR_LESS_EQUAL: return value_boolean(a.as.number <= b.as.number);
            case OPERATOR_GREATER: return value_boolean(a.as.number > b.as.number);
            case OPERATOR_GREATER_EQUAL: return value_boolean(a.as.number >= b.as.number);
            default: break;
        }
    }
    switch (op) {
        case OPERATOR_EQUAL:
        case OPERATOR_NOT_EQUAL: return equality(S, node, op, a, b);
        case OPERATOR_IN: return member(S, node, a, b);
        case OPERATOR_MATMUL:
            if (!is_numeric(a) || !is_numeric(b)) raise_operands(S, node, op, a, b);
            return operation_matmul(S, a, b);
        default: return binary(S, node, op, a, b);
    }
}

Value eval_unary(State *S, const Node *node) {
    Operator op = node->op;
    Value v = eval(S, node->as.unary.operand);
    S->node = node;
    if (op == OPERATOR_NOT) {
        if (v.tag == VALUE_BOOLEAN && !v.node) return value_boolean(!v.as.boolean);
        if (v.tag == VALUE_BOOLEAN) return operation_unary(S, &elementwise_operators[op], v);
        if (v.tag == VALUE_ARRAY && v.as.array->boolean) return operation_unary(S, &elementwise_operators[op], v);
        error_raise(S, "wrong-type", "`not` turns true into false; compare a number first: `not x > 0`.",
                    "`not` does not work on a %s", value_type_name(v));
    }
    if (v.tag == VALUE_NUMBER && !v.node) return value_number(-v.as.number);
    if (v.tag == VALUE_MISSING) return v;
    if (is_numeric(v)) return operation_unary(S, &elementwise_operators[op], v);
    if (v.tag == VALUE_RECORD) return record_binary(S, node, OPERATOR_MULTIPLY, value_number(-1), v);
    error_raise(S, "wrong-type", NULL, "`-` does not work on a %s", value_type_name(v));
}

static _Noreturn void raise_truth(State *S, const Node *node, Value v) {
    S->node = node;
    error_raise(S, "wrong-type", "Compare it: `x > 0`, `x != 0`.", "this must be true or false, and is a %s", value_type_name(v));
}

static bool is_truth(Value v) { return v.tag == VALUE_BOOLEAN || (v.tag == VALUE_ARRAY && v.as.array->boolean); }

/* Of a vector each element is decided by itself, so the other side is always evaluated. */
static Value and_or_elements(State *S, const Node *node, Value a) {
    stack_push(S, a);
    Value b = eval(S, node->as.binary.right);
    stack_pop(S, 1);
    if (!is_truth(b)) raise_truth(S, node->as.binary.right, b);
    S->node = node;
    Value merged = node->kind == NODE_OR ? operation_select(S, a, a, b) : operation_select(S, a, b, a);
    if (merged.tag == VALUE_ARRAY) merged.as.array->boolean = true;
    return merged;
}

/* `b` is evaluated only in the lanes where `a` leaves it open. */
Value eval_and_or(State *S, const Node *node) {
    bool is_or = node->kind == NODE_OR;
    Value a = eval(S, node->as.binary.left);
    if (tape_in_score_mode(&S->tape)) score_read_lanes(S, a);
    if (a.tag == VALUE_BOOLEAN) {
        if (a.as.boolean == is_or) return a;
        Value b = eval(S, node->as.binary.right);
        if (!is_truth(b)) raise_truth(S, node->as.binary.right, b);
        return b;
    }
    if (!is_truth(a)) raise_truth(S, node->as.binary.left, a);
    if (a.as.array->layout->rank) return and_or_elements(S, node, a);
    Array *outer = S->mask;
    Array *open = is_or ? mask_and_not(S, outer, a) : mask_and(S, outer, a);
    if (!mask_any(open)) return a;
    stack_push(S, a);
    stack_push(S, value_array(open, 0));
    if (outer) stack_push(S, value_array(outer, 0));
    S->mask = open;
    Value b = eval(S, node->as.binary.right);
    S->mask = outer;
    stack_pop(S, outer ? 3 : 2);
    if (!is_truth(b)) raise_truth(S, node->as.binary.right, b);
    Value merged = operation_select(S, value_array(open, 0), b, a);
    if (merged.tag == VALUE_ARRAY) merged.as.array->boolean = true;
    return merged;
}

/* false: the end is missing. */
static bool range_end(State *S, const Node *node, const char *what, double *out) {
    Value v = eval(S, node);
    S->node = node;
    if (v.tag == VALUE_MISSING) return false;
    *out = (double)value_to_integer(S, v, what, -(1L << 53), 1L << 53);
    return true;
}

static _Noreturn void raise_missing_end(State *S, const Node *node) {
    S->node = node;
    error_raise(S, "wrong-type", "Data that were left out have no length; give it as an argument of its own.",
                "a range cannot begin or end at a missing number");
}

bool eval_range_ends(State *S, const Node *range, double *low, double *high) {
    if (!range_end(S, range->as.binary.left, "the start of a range", low)) raise_missing_end(S, range->as.binary.left);
    if (!range_end(S, range->as.binary.right, "the end of a range", high)) return false;
    if (*high < *low) *high = *low;
    return true;
}

void eval_range_known(State *S, const Node *range, double *low, double *high) {
    if (!eval_range_ends(S, range, low, high)) raise_missing_end(S, range->as.binary.right);
}

Value eval_range(State *S, const Node *node) {
    double low, high;
    eval_range_known(S, node, &low, &high);
    S->node = node;
    if (high - low > 1e9)
        error_raise(S, "too-large", NULL, "this range has %.0f elements", high - low);
    size_t n = (size_t)(high - low);
    Array *a = array_new(S, layout_vector(S, n));
    for (size_t k = 0; k < n; k++) a->data[k] = low + (double)k;
    if (low == 0) array_cache(S, a)->is_range = true;
    return value_array(a, 0);
}
