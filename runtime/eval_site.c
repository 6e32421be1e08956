/* The statement forms of the primitives. */
#include <string.h>

#include "runtime/eval.h"
#include "runtime/message.h"
#include "runtime/text.h"

/* The name of a site: the plate's index stays out of it, any other index goes in by value. */
static String *site_name(State *S, const Node *target, Name *name) {
    const Node *index = target->kind == NODE_INDEX ? target : NULL;
    if (!index) return name->object;
    const NodeList *subscripts = &index->as.index.subscripts;
    uint32_t skip = site_plate_subscripts(S, index);
    bool any = false;
    for (uint32_t k = 0; k < subscripts->count; k++) any |= !(skip >> k & 1);
    if (!any) return name->object;
    size_t start = text_begin(S);
    text_print(S, "%s[", name->text);
    bool first = true;
    for (uint32_t k = 0; k < subscripts->count; k++) {
        if (skip >> k & 1) continue;
        Value v = eval(S, subscripts->items[k]);
        S->node = subscripts->items[k];
        if (!first) text_print(S, ", ");
        first = false;
        if (v.tag == VALUE_STRING) text_value(S, v);
        else text_print(S, "%ld", value_to_integer(S, v, "an index in a site's name", -(1L << 53), 1L << 53));
    }
    text_print(S, "]");
    return text_finish(S, start);
}

/* Subscripts that are the index of a plate around: of a variable that is one per element, or of data. */
uint32_t site_plate_subscripts(State *S, const Node *index) {
    if (index->as.index.lifted) return index->as.index.plate_subscripts;
    uint32_t bits = 0;
    const NodeList *subscripts = &index->as.index.subscripts;
    for (PlateScope *scope = S->frame->scope; scope; scope = scope->outer)
        for (uint32_t k = 0; k < subscripts->count && k < 32; k++) {
            const Node *s = subscripts->items[k];
            const Variable *plate = &scope->node->as.plate.index;
            if (s->kind == NODE_NAME && s->as.variable.place == plate->place && s->as.variable.index == plate->index) bits |= 1u << k;
        }
    return bits;
}

static Distribution *eval_distribution(State *S, const Node *node, const char *what) {
    Value v = eval(S, node);
    if (v.tag == VALUE_DISTRIBUTION) return v.as.distribution;
    S->node = node;
    error_raise(S, "wrong-type", v.tag == VALUE_NATIVE && v.as.native->distribution ? "Give it its arguments: `Normal(0, 1)`." : NULL,
                "`%s` needs a distribution on its right, not a %s", what, value_type_name(v));
}

static Value eval_sample(State *S, const Node *node) {
    String *name = site_name(S, node->as.site.target, node->as.site.name);
    stack_push(S, value_object(name));
    Distribution *d = eval_distribution(S, node->as.site.value, "~");
    stack_push(S, value_object(d));
    S->node = node;
    Value v = primitive_sample(S, name, d);
    assign_target(S, node->as.site.target, v);
    stack_pop(S, 2);
    return v;
}

/* d.y[t], with a variable d of this function: its element can be assigned, except in a plate, where it would differ between
   the lanes. */
static bool is_own_path(const State *S, const Node *target) {
    while (target->kind == NODE_INDEX || target->kind == NODE_FIELD)
        target = target->kind == NODE_INDEX ? target->as.index.object : target->as.field.object;
    return target->kind == NODE_NAME && target->as.variable.place <= PLACE_CELL && target->as.variable.place != PLACE_GLOBAL &&
           !S->frame->scope;
}

static Value eval_observe(State *S, const Node *node) {
    const Node *target = node->as.site.target;
    String *name = site_name(S, target, node->as.site.name);
    stack_push(S, value_object(name));
    Value data = eval(S, target);
    stack_push(S, data);
    Distribution *d = eval_distribution(S, node->as.site.value, "obs … ~");
    stack_push(S, value_object(d));
    S->node = target;
    Value v = primitive_observe(S, name, d, data);
    bool drawn = v.tag != data.tag || memcmp(&v.as, &data.as, sizeof v.as) != 0 || RARELY(S->tape.following);
    if (drawn && (node->as.site.assigns || is_own_path(S, target))) assign_target(S, target, v);
    stack_pop(S, 3);
    return v;
}

static Value eval_deterministic(State *S, const Node *node) {
    String *name = site_name(S, node->as.site.target, node->as.site.name);
    stack_push(S, value_object(name));
    Value v = eval(S, node->as.site.value);
    stack_push(S, v);
    S->node = node;
    v = primitive_deterministic(S, name, v);
    assign_target(S, node->as.site.target, v);
    stack_pop(S, 2);
    return v;
}

Value eval_site(State *S, const Node *node) {
    switch (node->kind) {
        case NODE_SAMPLE: return eval_sample(S, node);
        case NODE_OBS: return eval_observe(S, node);
        default: return eval_deterministic(S, node);
    }
}

/* [mu, z[3], "x"] as a list of names. */
Value eval_site_names(State *S, const Node *bracket) {
    const NodeList *items = &bracket->as.list;
    List *list = list_new(S, items->count ? items->count : 1);
    stack_push(S, value_object(list));
    for (uint32_t k = 0; k < items->count; k++) {
        const Node *item = items->items[k], *base = item->kind == NODE_INDEX ? item->as.index.object : item;
        Value v = base->kind == NODE_NAME ? value_object(site_name(S, item, base->as.variable.name)) : eval(S, item);
        list_append(S, list, v);
    }
    stack_pop(S, 1);
    return value_object(list);
}

static Value initial_value(State *S, const void *how) { return eval(S, how); }

static Constraint *eval_constraint(State *S, const Node *node) {
    if (!node) return NULL;
    Value v = eval(S, node);
    if (v.tag == VALUE_CONSTRAINT) {
        Constraint *constraint = (Constraint *)v.as.object;
        if (constraint->row->to_value) return constraint;
        S->node = node;
        constraint_raise_fixed(S, constraint->row);
    }
    S->node = node;
    error_raise(S, "wrong-type", v.tag == VALUE_NATIVE && v.as.native->constraint ? "Give it its bounds: interval(0, 10)." : "Use real, positive, unit_interval, interval(a, b), simplex or another constraint.",
                "a %s is no constraint", value_type_name(v));
}

static uint32_t count_bits(uint32_t bits) { return (uint32_t)__builtin_popcount(bits); }

Value eval_param(State *S, const Node *node) {
    const Node *target = node->as.param.target;
    String *name = site_name(S, target, node->as.param.name);
    stack_push(S, value_object(name));
    Constraint *constraint = eval_constraint(S, node->as.param.constraint);
    if (constraint) stack_push(S, value_object(constraint));
    uint32_t own = target->kind == NODE_INDEX && target->as.index.lifted ? count_bits(target->as.index.plate_subscripts) : 0;
    S->node = node;
    Value v = primitive_param(S, name, constraint, own, initial_value, node->as.param.initial);
    assign_target(S, target, v);
    stack_pop(S, constraint ? 2 : 1);
    return v;
}
