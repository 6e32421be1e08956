/* reparam(f, {theta: LocScale()}): a site becomes an equivalent, easier one, of which it is a function. */
#include "runtime/handlers/reparam.h"

#include <string.h>

#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/handlers/given.h"
#include "runtime/mask.h"
#include "runtime/operations.h"
#include "runtime/text.h"

/* ---- Sites beside a site ---- */

/* "theta" and "_base" make "theta_base", "z[3]" makes "z_base[3]": members of a family stay one. */
static String *name_beside(State *S, const String *name, const char *suffix) {
    const String *family = name->length ? given_family(S, name) : NULL;
    size_t start = text_begin(S);
    text_print(S, "%s%s%s", family ? family->text : name->text, suffix, family ? name->text + family->length : "");
    return text_finish(S, start);
}

/* Sends the site that stands for the message's in the density, and gives its value. */
static Value draw_beside(State *S, const Message *m, const char *suffix, Distribution *d) {
    Message sample = message_new(S, MESSAGE_SAMPLE, name_beside(S, m->name, suffix));
    sample.distribution = d;
    sample.event = m->event;
    sample.scale = m->scale;
    sample.mask = m->mask;
    sample.is_auxiliary = m->is_auxiliary;
    message_send(S, &sample);
    return sample.value;
}

static void settle_as(Message *m, Value v) {
    m->kind = MESSAGE_DETERMINISTIC;
    m->distribution = NULL;
    m->value = v;
}

/* ---- LocScale ---- */

static Value operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}

static Value one_half(State *S, const void *event) {
    const Layout *l = event;
    if (l->rank == 0) return value_number(0.5);
    Array *halves = array_new(S, layout_intern(S, 0, NULL, l->rank, l->dims));
    for (size_t k = 0; k < halves->layout->components; k++) halves->data[k] = 0.5;
    return value_array(halves, 0);
}

/* How far the site stays centred: 0 not at all, 1 as it was. */
static Value centering(State *S, Value argument, const Message *m) {
    if (argument.tag != VALUE_UNASSIGNED) return argument;
    Message param = message_new(S, MESSAGE_PARAM, name_beside(S, m->name, "_centered"));
    param.constraint = constraint_new(S, constraint_rows[CONSTRAINT_UNIT_INTERVAL], NULL);
    param.initial = one_half;
    param.how = message_event(m);
    stack_push(S, value_object(param.constraint));
    message_send(S, &param);
    stack_pop(S, 1);
    return param.value;
}

static bool is_location_scale(const Distribution *d) { return d->row->location_scale; }

/* Gorinova, Moore, Hoffman: Automatic reparameterisation of probabilistic programs; ICML 2020 (arXiv:1906.03028), section 4:
   y ~ D(c loc, scale^c), x = loc + scale^(1 - c) (y - c loc). */
static bool apply_loc_scale(State *S, Value argument, Message *m) {
    if (argument.tag == VALUE_NUMBER && argument.as.number == 1) return false;
    Distribution *d = m->distribution;
    unsigned at = d->row->location;
    Value c = centering(S, argument, m), loc = d->parameters[at], scale = d->parameters[at + 1];
    Value parameters[DISTRIBUTION_PARAMETERS];
    for (unsigned k = 0; k < d->row->n_parameters; k++) parameters[k] = d->parameters[k];
    Value shift = operate(S, OPERATOR_MULTIPLY, c, loc);
    parameters[at] = shift;
    parameters[at + 1] = operate(S, OPERATOR_POWER, scale, c);
    stack_push(S, c);
    stack_push(S, shift);
    Value y = draw_beside(S, m, "_decentered", distribution_new(S, d->row, parameters));
    Value rest = operate(S, OPERATOR_POWER, scale, operate(S, OPERATOR_SUBTRACT, value_number(1), c));
    Value x = operate(S, OPERATOR_ADD, loc, operate(S, OPERATOR_MULTIPLY, rest, operate(S, OPERATOR_SUBTRACT, y, shift)));
    stack_pop(S, 2);
    settle_as(m, x);
    return true;
}

/* ---- Transform ---- */

static bool is_transformed(const Distribution *d) { return d->row->composed && d->parameters[1].tag == VALUE_TRANSFORM; }
static bool has_base(const Distribution *d) { return is_transformed(d) || (d->row->base && d->row->from_base); }

static bool apply_transform(State *S, Value argument, Message *m) {
    (void)argument;
    Distribution *d = m->distribution;
    Value base = is_transformed(d) ? d->parameters[0] : distribution_formula(S, d, "base", NULL);
    stack_push(S, base);
    Value x = draw_beside(S, m, "_base", base.as.distribution), y;
    stack_push(S, x);
    if (is_transformed(d)) {
        Object *t = d->parameters[1].as.object;
        y = gc_object_type(S, t)->call(S, t, &x, 1);
    } else y = distribution_formula(S, d, "from_base", &x);
    stack_pop(S, 2);
    settle_as(m, y);
    return true;
}

/* ---- Auto ---- */

static bool apply_auto(State *S, Value argument, Message *m) {
    if (has_base(m->distribution)) return apply_transform(S, argument, m);
    return is_location_scale(m->distribution) && apply_loc_scale(S, argument, m);
}

const ReparamRow reparam_rows[] = {
    {"LocScale", "centered?", is_location_scale, apply_loc_scale, "a location and a scale",
     "draws the site around c * loc with scale^c instead, c = centered; left out, it is a param that starts at 0.5"},
    {"Transform", "", has_base, apply_transform, "a simpler distribution that its draws are computed from",
     "draws what the site's distribution is computed from: of LogNormal a Normal"},
    {"Auto", "", NULL, apply_auto, "", "Transform() where it fits, LocScale() where that does, else nothing"},
    {0},
};

/* ---- Rewritings as values ---- */

static Value make(State *S, const void *row, const Value *arguments, unsigned n) {
    Reparam *r = gc_new(S, VALUE_REPARAM, sizeof *r);
    r->row = row;
    r->argument = n ? arguments[0] : value_unassigned();
    if (r->argument.tag == VALUE_UNASSIGNED) return value_object(r);
    if (!value_is_numeric(r->argument)) native_type_error(S, r->row->name, "centered", "a number", r->argument);
    double least, largest;
    value_extremes(S, r->argument, &least, &largest);
    if (!(least >= 0 && largest <= 1))
        error_raise(S, "bad-argument", "0 takes the site apart from its location and scale, 1 leaves it as it is.",
                    "'centered' of %s is a number between 0 and 1, and it is %.10g here", r->row->name, least >= 0 ? largest : least);
    return value_object(r);
}

void reparam_natives(State *S) {
    for (const ReparamRow *row = reparam_rows; row->name; row++) native_add(S, row->name, row->signature, make, row, "rewritings", row->help);
}

void reparam_mark(State *S, Object *object) { gc_mark_value(S, ((Reparam *)object)->argument); }

void reparam_print(State *S, Object *object) {
    const Reparam *r = (Reparam *)object;
    text_print(S, "%s(", r->row->name);
    if (r->argument.tag != VALUE_UNASSIGNED) text_value(S, r->argument);
    text_print(S, ")");
}

/* ---- The handler ---- */

static void check(State *S, const Value *arguments) {
    Value how = arguments[0];
    static const char advice[] = "For instance reparam(f, {theta: LocScale()}), or reparam(f, Auto()).";
    if (how.tag == VALUE_REPARAM) return;
    if (how.tag != VALUE_RECORD)
        error_raise(S, "wrong-type", advice, "'reparam' takes a record that says how to rewrite which site, not a %s", value_type_name(how));
    for (uint32_t k = 0; k < how.as.record->count; k++)
        if (how.as.record->values[k].tag != VALUE_REPARAM)
            error_raise(S, "wrong-type", advice, "'reparam' gets a %s for the site '%s'", value_type_name(how.as.record->values[k]),
                        how.as.record->names[k]->text);
}

static const Reparam *reparam_for(State *S, HandlerFrame *frame, const Message *m) {
    Value how = frame->handler->arguments[0];
    if (how.tag == VALUE_REPARAM) return (Reparam *)how.as.object;
    String *used;
    const Value *found = given_find(S, how.as.record, m->name, &used);
    given_note(S, frame, m, m->kind == MESSAGE_SAMPLE && found ? used : NULL);
    return found ? (Reparam *)found->as.object : NULL;
}

static void check_fits(State *S, const ReparamRow *row, const Message *m) {
    if (m->is_observed)
        error_raise(S, "no-reparam", "Rewrite what is unknown; data stay as they are.", "'%s' is observed, and cannot be rewritten by %s",
                    m->name->text, row->name);
    if (row->fits && !row->fits(m->distribution))
        error_raise(S, "no-reparam", "Auto() picks what fits, and leaves the rest alone.", "%s rewrites a distribution that has %s, and that of '%s' is %s",
                    row->name, row->wants, m->name->text, m->distribution->row->name);
}

static void before(State *S, HandlerFrame *frame, Message *m) {
    if (m->kind == MESSAGE_PLATE) return;
    const Reparam *r = reparam_for(S, frame, m);
    if (!r || m->kind != MESSAGE_SAMPLE) return;
    if (frame->handler->arguments[0].tag == VALUE_RECORD && r->row->fits) check_fits(S, r->row, m);
    if (m->is_observed || m->was_missing || m->value.tag != VALUE_UNASSIGNED || (r->row->fits && !r->row->fits(m->distribution))) return;
    HandlerFrame here = {.plates = S->n_plates, .mask = S->mask};
    HandlerOutside outside;
    handler_outside_begin(S, &here, &outside);
    r->row->apply(S, r->argument, m);
    handler_outside_end(S, &outside);
}

static Value leave(State *S, HandlerFrame *frame, Value result) {
    given_warn(S, frame, frame->handler->arguments[0], "sample sites");
    return result;
}

const HandlerRow handler_reparam = {
    .name = "reparam",
    .signature = "how",
    .check = check,
    .enter = given_enter,
    .before = before,
    .leave = leave,
    .effects = {[EFFECT_LATENT] = "computed from another site", [EFFECT_OBSERVED] = "an error, if named"},
    .help = "reparam(f, {theta: LocScale()}): rewrites a site into an equivalent, easier one",
};
