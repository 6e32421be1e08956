/* The site that a clause of a handler is called with: the message under way, seen from where the handler stands. */
#include <string.h>

#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/shape.h"
#include "runtime/subset.h"
#include "runtime/tape_score.h"
#include "runtime/text.h"
#include "runtime/trace.h"
#include "runtime/written.h"

Value reference_new(State *S, const ClauseCall *call) {
    SiteReference *reference = gc_new(S, VALUE_MESSAGE, sizeof *reference);
    reference->name = call->message->name;
    reference->call = call->serial;
    return value_object(reference);
}

void reference_mark(State *S, Object *object) { gc_mark(S, ((SiteReference *)object)->name); }

static ClauseCall *call_of(const State *S, const SiteReference *reference) {
    ClauseCall *call = S->clause;
    while (call && call->serial != reference->call) call = call->outer;
    return call;
}

static ClauseCall *live_call(State *S, const SiteReference *reference) {
    ClauseCall *call = call_of(S, reference);
    if (call) return call;
    error_raise(S, "site-over", "Keep what you need of it in a variable: `last = site.value`.",
                "the clause that was called with the site '%s' has ended, and the site with it", reference->name->text);
}

void reference_print(State *S, Object *object) {
    const SiteReference *reference = (SiteReference *)object;
    const ClauseCall *call = call_of(S, reference);
    if (call) text_print(S, "<%s site %s>", message_kind_text(call->message->kind, call->message->is_observed), reference->name->text);
    else text_print(S, "<site %s, which is over>", reference->name->text);
}

/* ---- Crossing ---- */

/* Number of the first plate whose axis a value gains on its way out: a param has those of its own plates only. */
static uint32_t first_crossed(const ClauseCall *call) {
    uint32_t from = call->outside.from, own = call->outside.n_plates - call->message->own_plates;
    return call->message->kind == MESSAGE_PARAM && own > from ? own : from;
}

static Value seen(State *S, const ClauseCall *call, Value v) {
    return cross_out_plates(S, value_whole(S, v), call->plates, first_crossed(call), call->outside.n_plates);
}

static bool varies_inside(State *S, const ClauseCall *call, Value v) {
    if (!value_is_numeric(v) || !value_has_lanes(v)) return false;
    for (uint32_t k = call->outside.from; k < call->outside.n_plates; k++)
        if (layout_has_axis(value_layout(S, v), call->plates[k])) return true;
    return false;
}

/* What is one for all plates inside stays one. */
static Value seen_brief(State *S, const ClauseCall *call, Value v) { return varies_inside(S, call, v) ? seen(S, call, v) : v; }

/* What is one per element of the plate: all elements may be given where a subset runs. */
static Value entered_plate(State *S, const Plate *plate, Value v) {
    return subset_is_whole(plate, v, 0) ? subset_gather(S, plate, v, 0) : operation_cross_in(S, v, plate->axis, plate->size, 0);
}

/* The plates inside are not running while the clause does, so cross_in_here will not do. */
static Value entered(State *S, const ClauseCall *call, Value v, uint32_t event_rank) {
    uint32_t from = call->outside.from, n = call->outside.n_plates;
    if (!value_is_numeric(v)) return v;
    v = cross_in_plates(S, v, LAYOUT_RANK, call->plates, from, n); /* only lanes of other plates leave */
    for (uint32_t k = from; k < n; k++) {
        const Plate *plate = &call->outside.plates[k];
        const Layout *l = value_layout(S, v);
        if (layout_has_axis(l, call->plates[k]) || l->rank <= event_rank) continue;
        v = entered_plate(S, plate, v);
    }
    return v;
}

/* ---- Reading ---- */

static Value field_name(State *S, const ClauseCall *call) {
    (void)S;
    return value_object(call->message->name);
}

static Value field_kind(State *S, const ClauseCall *call) {
    return value_object(string_of(S, message_kind_text(call->message->kind, call->message->is_observed)));
}

static Value field_distribution(State *S, const ClauseCall *call) {
    return call->message->distribution ? seen(S, call, value_object(call->message->distribution)) : value_none();
}

static Value field_value(State *S, const ClauseCall *call) {
    const Message *m = call->message;
    if (m->value.tag == VALUE_UNASSIGNED) return value_none();
    return m->kind == MESSAGE_PLATE ? m->value : seen(S, call, m->value);
}

static Value field_log_prob(State *S, const ClauseCall *call) {
    const Message *m = call->message;
    if (m->value.tag == VALUE_UNASSIGNED) return value_none();
    Array *mask = S->mask; /* off lanes may hold anything */
    S->mask = call->outside.mask;
    Value v = message_log_prob(S, m);
    S->mask = mask;
    return seen(S, call, v);
}

static Value field_scale(State *S, const ClauseCall *call) { return seen_brief(S, call, call->message->scale); }

static Value field_mask(State *S, const ClauseCall *call) {
    return call->message->mask ? seen_brief(S, call, value_array(call->message->mask, 0)) : value_boolean(true);
}

static Value field_plates(State *S, const ClauseCall *call) {
    List *list = list_new(S, 4);
    for (uint32_t k = call->outside.from; k < call->outside.n_plates; k++) list_append(S, list, value_object(call->plates[k]->name));
    return value_object(list);
}

static Value field_is_observed(State *S, const ClauseCall *call) {
    (void)S;
    return value_boolean(call->message->is_observed);
}

static Value field_hidden(State *S, const ClauseCall *call) {
    (void)S;
    return value_boolean(call->message->hidden);
}

static Value field_line(State *S, const ClauseCall *call) {
    (void)S;
    if (!call->node || !call->source) return value_none();
    return value_number(source_position(call->source, call->node->span.start).line);
}

static Value field_constraint(State *S, const ClauseCall *call) {
    if (call->message->kind != MESSAGE_PARAM) return value_none();
    return call->message->constraint ? value_object(call->message->constraint) : state_global(S, string_of(S, "real"))->builtin;
}

/* ---- Setting ---- */

static _Noreturn void raise_fixed(State *S, const Message *m, const char *field, const char *advice, const char *why) {
    error_raise(S, "site-field", advice, "'%s' of the %s site '%s' cannot be set%s", field, message_kind_text(m->kind, m->is_observed), m->name->text, why);
}

static bool is_everywhere(const State *S, const ClauseCall *call) { return S->mask == call->mask; }

/* In lanes that are off the old value stays. */
static Value merged(State *S, const ClauseCall *call, Value v, Value old, const char *field) {
    if (is_everywhere(S, call)) return v;
    if (old.tag == VALUE_UNASSIGNED)
        error_raise(S, "lanes-differ", "Set it in every lane, or in `after`, when the other lanes have a value.",
                    "site.%s would be set in some lanes only, and '%s' has no value yet", field, call->message->name->text);
    return value_merge(S, S->mask, v, old, field);
}

static bool flag_of(State *S, const ClauseCall *call, const char *field, Value v) {
    if (v.tag != VALUE_BOOLEAN)
        error_raise(S, "wrong-type", NULL, "site.%s is true or false for all lanes, not a %s", field, value_type_name(v));
    if (!is_everywhere(S, call))
        error_raise(S, "lanes-differ", "Set it outside of the `if`.", "site.%s would differ between lanes", field);
    if (tape_in_score_mode(&S->tape)) score_read(S, v);
    return v.as.boolean;
}

static void check_value_shape(State *S, const Message *m, Value v) {
    const Layout *got = value_layout(S, v), *wanted = m->is_observed && value_is_numeric(m->value) ? value_layout(S, m->value) : message_event(m);
    bool any = m->was_missing || (m->is_observed && m->value.tag == VALUE_UNASSIGNED);
    if (layout_same_event(got, wanted) || (any && wanted->rank == 0)) return;
    char given[SHAPE_TEXT], draw[SHAPE_TEXT];
    error_raise(S, "shape-mismatch", "A number goes to all elements of the plates inside; else give one for each, the outermost plate first.",
                "the value for '%s' is a %s, and a draw of its %s is a %s", m->name->text, shape_text(got, given), m->distribution->row->name,
                shape_text(wanted, draw));
}

static void check_value_constraint(State *S, const Message *m, Value v) {
    if (!m->constraint) return;
    Value inside = m->constraint->row->contains(S, v, m->constraint->bounds);
    double least, unused;
    value_extremes(S, inside, &least, &unused);
    if (least == 0)
        error_raise(S, "bad-argument", NULL, "the value for param '%s' must be %s", m->name->text, m->constraint->row->description);
}

static uint32_t event_rank(State *S, const Message *m) {
    if (m->kind == MESSAGE_SAMPLE) return m->is_observed && value_is_numeric(m->value) ? value_layout(S, m->value)->rank : message_event(m)->rank;
    return value_is_numeric(m->value) ? value_layout(S, m->value)->rank : 0;
}

static Value entered_param(State *S, const ClauseCall *call, Value v) {
    for (uint32_t k = first_crossed(call); k < call->outside.n_plates; k++) v = entered_plate(S, &call->outside.plates[k], v);
    return v;
}

/* The site is drawn after all, with as many elements as there were data. */
static void forget_value(State *S, const ClauseCall *call, Message *m) {
    if (m->kind == MESSAGE_FACTOR || m->kind == MESSAGE_DETERMINISTIC)
        error_raise(S, "never-settles", "Nobody would give it another one. Set a number.", "the %s site '%s' has no value without this one",
                    message_kind_names[m->kind], m->name->text);
    if (!is_everywhere(S, call))
        error_raise(S, "lanes-differ", "Do it in every lane.", "site.value would be taken away in some lanes only");
    if (m->kind == MESSAGE_SAMPLE && value_is_numeric(m->value)) {
        const Layout *data = value_layout(S, m->value);
        if (data->rank > m->distribution->layout->rank) m->event = layout_intern(S, 0, NULL, data->rank, data->dims);
    }
    m->value = m->scored = value_unassigned();
}

static void set_value(State *S, ClauseCall *call, Value v) {
    Message *m = call->message;
    if (m->kind == MESSAGE_PLATE)
        raise_fixed(S, m, "value", "The handler `subsample` runs a plate over a random part.", ": it is the number of the plate's elements");
    v = value_whole(S, v);
    if (v.tag == VALUE_NONE || v.tag == VALUE_MISSING) {
        forget_value(S, call, m);
        m->was_missing = m->kind == MESSAGE_SAMPLE && v.tag == VALUE_MISSING;
        return;
    }
    if (m->kind != MESSAGE_DETERMINISTIC && !value_is_numeric(v))
        error_raise(S, "wrong-type", "Sites have numbers, vectors or matrices as values.", "the value for '%s' is a %s", m->name->text, value_type_name(v));
    v = m->kind == MESSAGE_PARAM ? entered_param(S, call, v) : entered(S, call, v, event_rank(S, m));
    if (m->kind == MESSAGE_SAMPLE) check_value_shape(S, m, v);
    if (m->kind == MESSAGE_PARAM) check_value_constraint(S, m, v);
    call->gave_value = true;
    m->value = merged(S, call, v, m->value, "value");
    m->scored = value_unassigned();
    if (value_is_object(v)) v.as.object->shared = true;
}

/* One number, or truth value, for each lane at the site. */
static Value lanes_of(State *S, const ClauseCall *call, Value v, const char *field) {
    if (!value_is_numeric(v)) error_raise(S, "wrong-type", NULL, "site.%s cannot be a %s", field, value_type_name(v));
    v = entered(S, call, v, 0);
    const Layout *l = value_layout(S, v);
    if (l->rank == 0) return v;
    char shape[SHAPE_TEXT];
    error_raise(S, "shape-mismatch", "Give one number, or one for each element of the plates inside.",
                "site.%s would be a %s, and the site '%s' has one log density in each lane", field, shape_text(l, shape), call->message->name->text);
}

static void set_scale(State *S, ClauseCall *call, Value v) {
    call->message->scale = merged(S, call, lanes_of(S, call, v, "scale"), call->message->scale, "scale");
}

static bool is_truth(Value v) { return v.tag == VALUE_BOOLEAN || (v.tag == VALUE_ARRAY && v.as.array->boolean); }

/* Lanes that were off at the site stay off. */
static void set_mask(State *S, ClauseCall *call, Value v) {
    if (!is_truth(v)) error_raise(S, "wrong-type", "Compare it: `site.mask = x > 0`.", "site.mask is true or false, not a %s", value_type_name(v));
    if (tape_in_score_mode(&S->tape)) score_read_lanes(S, v);
    Array *old = call->message->mask;
    v = merged(S, call, lanes_of(S, call, v, "mask"), old ? value_array(old, 0) : value_boolean(true), "mask");
    bool all = v.tag == VALUE_BOOLEAN && v.as.boolean;
    call->message->mask = all ? call->outside.mask : mask_and(S, call->outside.mask, v);
}

static void set_hidden(State *S, ClauseCall *call, Value v) {
    if (call->when == CLAUSE_AFTER)
        raise_fixed(S, call->message, "hidden", "Set it in `on`.", " in `after`: the handlers further out have seen the site");
    call->message->hidden = flag_of(S, call, "hidden", v);
}

static void set_is_observed(State *S, ClauseCall *call, Value v) {
    Message *m = call->message;
    if (m->kind != MESSAGE_SAMPLE) raise_fixed(S, m, "is_observed", NULL, ": only sample sites are observed");
    m->is_observed = flag_of(S, call, "is_observed", v);
}

static Distribution *entered_distribution(State *S, const ClauseCall *call, const Distribution *given, const Distribution *old, uint32_t rank);

/* A list of distributions, each as entered_distribution. */
static Value entered_list(State *S, const ClauseCall *call, Value v, Value before, uint32_t rank) {
    const List *given = v.as.list, *old = before.tag == VALUE_LIST && before.as.list->count == given->count ? before.as.list : NULL;
    List *out = list_new(S, given->count);
    for (uint32_t k = 0; k < given->count; k++) {
        Value item = given->items[k], was = old ? old->items[k] : value_unassigned();
        if (item.tag == VALUE_DISTRIBUTION)
            item = value_object(entered_distribution(S, call, item.as.distribution, was.tag == VALUE_DISTRIBUTION ? was.as.distribution : NULL, rank));
        list_append(S, out, item);
    }
    return value_object(out);
}

/* The given distribution with its parameters in the lanes of the site. Those of a composed family may be vectors by themselves:
   how long their shape is without plates is known from the distribution that was there, if that is of the same family. */
static Distribution *entered_distribution(State *S, const ClauseCall *call, const Distribution *given, const Distribution *old, uint32_t rank) {
    bool same = old && old->row == given->row;
    Value parameters[DISTRIBUTION_PARAMETERS];
    for (unsigned k = 0; k < given->row->n_parameters; k++) {
        Value v = given->parameters[k], before = same ? old->parameters[k] : value_unassigned();
        if (v.tag == VALUE_DISTRIBUTION)
            v = value_object(entered_distribution(S, call, v.as.distribution, before.tag == VALUE_DISTRIBUTION ? before.as.distribution : NULL, rank));
        else if (v.tag == VALUE_LIST) v = entered_list(S, call, v, before, rank);
        else if (!given->row->composed) v = entered(S, call, v, rank);
        else if (value_is_numeric(before)) v = entered(S, call, v, value_layout(S, before)->rank);
        parameters[k] = v;
    }
    return distribution_new(S, given->row, parameters);
}

static void set_distribution(State *S, ClauseCall *call, Value v) {
    Message *m = call->message;
    if (m->kind != MESSAGE_SAMPLE) raise_fixed(S, m, "distribution", NULL, ": only sample sites have one");
    if (v.tag != VALUE_DISTRIBUTION) error_raise(S, "wrong-type", NULL, "site.distribution cannot be a %s", value_type_name(v));
    if (!is_everywhere(S, call))
        error_raise(S, "lanes-differ", "Let its parameters differ: Normal(where(…), 1).", "site.distribution would differ between lanes");
    Array *mask = S->mask;
    S->mask = call->outside.mask;
    m->distribution = entered_distribution(S, call, v.as.distribution, m->distribution, message_event(m)->rank);
    S->mask = mask;
}

/* ---- All fields ---- */

typedef struct SiteField {
    const char *name;
    Value (*read)(State *S, const ClauseCall *call);
    void (*set)(State *S, ClauseCall *call, Value v); /* NULL: it cannot be set */
} SiteField;

static const SiteField fields[] = {
    {"name", field_name, NULL},
    {"kind", field_kind, NULL},
    {"distribution", field_distribution, set_distribution},
    {"value", field_value, set_value},
    {"log_prob", field_log_prob, NULL},
    {"scale", field_scale, set_scale},
    {"mask", field_mask, set_mask},
    {"plates", field_plates, NULL},
    {"is_observed", field_is_observed, set_is_observed},
    {"hidden", field_hidden, set_hidden},
    {"line", field_line, NULL},
    {"constraint", field_constraint, NULL},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const SiteField *field_find(const String *name) {
    for (unsigned k = 0; k < FIELDS; k++)
        if (strcmp(fields[k].name, name->text) == 0) return &fields[k];
    return NULL;
}

static _Noreturn void raise_unknown(State *S, Value reference, const String *name) {
    String *names[FIELDS];
    for (unsigned k = 0; k < FIELDS; k++) names[k] = string_of(S, fields[k].name);
    field_raise_unknown(S, reference, name, names, FIELDS);
}

Value reference_field(State *S, Object *object, String *name) {
    const SiteField *field = field_find(name);
    if (!field) raise_unknown(S, value_object(object), name);
    return field->read(S, live_call(S, (SiteReference *)object));
}

void reference_set(State *S, Value reference, const String *name, Value v) {
    const SiteField *field = field_find(name);
    if (!field) raise_unknown(S, reference, name);
    ClauseCall *call = live_call(S, (SiteReference *)reference.as.object);
    if (!field->set)
        raise_fixed(S, call->message, field->name, "A clause may set value, scale, mask, hidden, is_observed and distribution.", "");
    field->set(S, call, v);
}
