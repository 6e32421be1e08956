/* params(f, theta): params take these unconstrained values. */
#include <stdio.h>

#include "runtime/handlers/given.h"
#include "runtime/shape.h"
#include "runtime/suggest.h"

static void check(State *S, const Value *arguments) {
    if (arguments[0].tag != VALUE_RECORD)
        error_raise(S, "wrong-type", "For instance initial(guide, x).", "'params' takes a record of unconstrained values, not a %s",
                    value_type_name(arguments[0]));
}

/* svi's own frame has no handler, and its names are right. */
static void enter(State *S, HandlerFrame *frame) {
    if (frame->handler) given_enter(S, frame);
}

/* ---- Shapes ---- */

/* What is known of an initial value's shape without evaluating it, which is not wanted where the value is given, and may draw. */
typedef struct Written {
    bool known;
    uint32_t rank;
    size_t dims[2];
} Written;

static Written written_shape(const Node *node);

static Written shape_of_bracket(const NodeList *list) {
    if (list->count == 0) return (Written){.known = false};
    Written first = written_shape(list->items[0]);
    for (uint32_t k = 0; k < list->count; k++) {
        Written next = written_shape(list->items[k]);
        if (!next.known || next.rank > 1 || next.rank != first.rank || (next.rank && next.dims[0] != first.dims[0])) return (Written){.known = false};
    }
    return (Written){true, first.rank + 1, {list->count, first.dims[0]}};
}

/* Numbers, what is in brackets, and signs. */
static Written written_shape(const Node *node) {
    if (node->kind == NODE_NUMBER) return (Written){.known = true};
    if (node->kind == NODE_BRACKET) return shape_of_bracket(&node->as.list);
    if (node->kind == NODE_UNARY && node->op == OPERATOR_NEGATE) return written_shape(node->as.unary.operand);
    return (Written){.known = false};
}

/* u as the param takes it, of one element of its own plates. */
static void check_value(State *S, const Message *m, Value u) {
    if (!value_is_numeric(u))
        error_raise(S, "wrong-type", "For instance initial(guide, x).", "'params' gives the param '%s' a %s, not numbers", m->name->text, value_type_name(u));
    if (!S->node || S->node->kind != NODE_PARAM) return;
    Written w = written_shape(S->node->as.param.initial);
    const Layout *l = value_layout(S, u);
    if (!w.known) return;
    const Layout *value = layout_intern(S, 0, NULL, w.rank, w.dims), *free = value;
    if (m->constraint) free = constraint_free_layout(S, m->constraint->row, value);
    if (!free || layout_same_event(l, free)) return;
    char given[SHAPE_TEXT], wanted[SHAPE_TEXT], unconstrained[SHAPE_TEXT], other[SHAPE_TEXT + 40] = "";
    if (free != value) snprintf(other, sizeof other, ", unconstrained a %s", shape_text(free, unconstrained));
    error_raise(S, "shape-mismatch", "initial(guide, x) gives values of the right shapes.", "'params' gives the param '%s' a %s, and its initial value is a %s%s",
                m->name->text, shape_text(l, given), shape_text(value, wanted), other);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind != MESSAGE_PARAM || m->value.tag != VALUE_UNASSIGNED) return;
    Value theta = frame->handler ? frame->handler->arguments[0] : frame->state;
    const Value *u = record_find(theta.as.record, m->name);
    if (frame->handler) given_note(S, frame, m, u ? m->name : NULL);
    if (!u) return;
    Value v = param_enter(S, m, *u);
    if (frame->handler) check_value(S, m, v);
    m->value = param_to_value(S, m->constraint, v);
}

/* A run need not have all the params of theta: it may be the model's alone, or skip some. But a value that nobody took, beside a
   param of nearly that name that has none, is misspelt. */
static Value leave(State *S, HandlerFrame *frame, Value result) {
    if (!frame->handler) return result;
    const Record *theta = frame->handler->arguments[0].as.record, *met = frame->state.as.record;
    for (uint32_t k = 0; k < theta->count; k++) {
        const String *name = theta->names[k];
        if (record_find(met, name)) continue;
        Suggestion s = suggest_begin(name->text);
        for (uint32_t i = 0; i < met->count; i++)
            if (met->values[i].tag == VALUE_NUMBER) suggest_offer(&s, met->names[i]->text);
        if (s.best)
            warning_report(S, "unknown-param", error_text(S, "Did you mean '%s'?", s.best),
                           "'params' has a value for '%s', and no param of that name was met, but '%s', for which it has none", name->text, s.best);
    }
    return result;
}

const HandlerRow handler_params = {
    .name = "params",
    .signature = "theta",
    .check = check,
    .enter = enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_PARAM] = "value given, unconstrained"},
    .help = "params(f, theta): params take these unconstrained values",
};
