/* The primitives: each makes a message, sends it and gives back its value. */
#include <string.h>

#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/mask.h"
#include "runtime/trace.h"
#include "runtime/shape.h"
#include "runtime/subset.h"
#include "runtime/tape_score.h"

/* A name stands once in a run. The two sides of an `if` may share it; the trace checks those. */
static void check_unique(State *S, String *name) {
    if (!S->run) return;
    if (name->run == S->run) {
        const Node *before = name->node;
        Position p = before && S->source ? source_position(S->source, before->span.start) : (Position){0, 0};
        error_raise(S, "duplicate-site",
                    error_text(S, "Each site needs a name of its own. In a loop give it an index: `%s[t] ~ …`.", name->text),
                    "the site '%s' is there already, at line %u", name->text, p.line);
    }
    if (S->mask) return;
    name->run = S->run;
    name->node = S->node;
}

static Value sample(State *S, String *name, Distribution *d, bool is_auxiliary) {
    check_unique(S, name);
    Message m = message_new(S, MESSAGE_SAMPLE, name);
    m.distribution = d;
    m.is_auxiliary = is_auxiliary;
    message_send(S, &m);
    return m.value;
}

Value primitive_sample(State *S, String *name, Distribution *d) { return sample(S, name, d, false); }
Value primitive_sample_auxiliary(State *S, String *name, Distribution *d) { return sample(S, name, d, true); }

/* ---- Observing ---- */

/* Plates around the innermost trace are no part of the program that it records: particles, whatever their name. */
static uint32_t plates_around_run(const State *S) {
    for (uint32_t k = S->n_handlers; k-- > S->first_handler;)
        if (S->handlers[k].row == &handler_trace) return S->handlers[k].plates;
    return 0;
}

static void check_observed_lanes(State *S, const String *name, Value value) {
    const Layout *l = value_layout(S, value);
    for (uint32_t k = S->n_plates, outside = plates_around_run(S); k-- > outside;) {
        const Plate *plate = &S->plates[k];
        if (!plate->axis || layout_has_axis(l, plate->axis)) return;
        if (plate->name == string_of(S, "particles")) return;
        error_raise(S, "observed-whole", error_text(S, "Did you mean `%s[i]`, with the plate's index? Inside a plate each element is observed by itself.", name->text),
                    "the data '%s' are the same for every element of the plate '%s'", name->text, plate->name->text);
    }
}

static bool has_missing(Value v) {
    if (v.tag == VALUE_NUMBER) return number_is_missing(v.as.number);
    return v.tag == VALUE_ARRAY && array_has_missing(v.as.array);
}

/* Data of a distribution of vectors have its shape, or, where a draw is one whole, hold draws one behind the other; a distribution
   of numbers takes data of any shape. */
static void check_observed_shape(State *S, const String *name, const Distribution *d, Value value) {
    const Layout *l = value_layout(S, value), *own = d->layout;
    if (own->rank == 0 || layout_same_event(l, own)) return;
    if (d->joint && l->rank > own->rank && memcmp(l->dims + l->rank - own->rank, own->dims, own->rank * sizeof *own->dims) == 0) return;
    char data[SHAPE_TEXT], draw[SHAPE_TEXT];
    error_raise(S, "shape-mismatch", NULL, "the data '%s' are a %s, and one draw of %s is a %s", name->text, shape_text(l, data),
                d->row->name, shape_text(d->layout, draw));
}

/* Missing elements are drawn, for whoever reads them. */
static Value fill_missing(State *S, const Message *m, Value value) {
    const Layout *l = value_layout(S, value);
    Distribution *d = m->distribution;
    if (d->joint) distribution_check_missing(S, d, value);
    Value drawn = distribution_sample_event(S, d, random_key(S, m->name), l->rank > d->layout->rank ? l : d->layout);
    Value there = operation_unary(S, elementwise_find("is_missing"), value);
    if (tape_is_barrier(S, drawn)) {
        Array *mask = S->mask;
        if (there.tag == VALUE_ARRAY && there.as.array->layout->rank == 0) S->mask = mask_and(S, mask, there);
        drawn = score_draw(S, m->name, m->distribution, drawn);
        S->mask = mask;
    }
    return operation_select(S, there, drawn, value);
}

void message_observe(State *S, Message *m, Value value) {
    m->was_missing = value.tag == VALUE_MISSING;
    m->is_observed = !m->was_missing;
    if (m->was_missing) return;
    if (!value_is_numeric(value))
        error_raise(S, "wrong-type", NULL, "'%s' is observed as a %s; data are numbers", m->name->text, value_type_name(value));
    m->value = value;
    if (!has_missing(value)) return;
    m->scored = value;
    m->value = fill_missing(S, m, value);
}

Value primitive_observe(State *S, String *name, Distribution *d, Value value) {
    check_unique(S, name);
    Message m = message_new(S, MESSAGE_SAMPLE, name);
    m.distribution = d;
    if (value_is_numeric(value)) {
        check_observed_lanes(S, name, value);
        check_observed_shape(S, name, d, value);
    }
    message_observe(S, &m, value);
    message_send(S, &m);
    return m.value;
}

Value primitive_deterministic(State *S, String *name, Value value) {
    check_unique(S, name);
    Message m = message_new(S, MESSAGE_DETERMINISTIC, name);
    m.value = value;
    message_send(S, &m);
    return m.value;
}

Value primitive_factor(State *S, String *name, Value log_weight) {
    check_unique(S, name);
    Message m = message_new(S, MESSAGE_FACTOR, name);
    m.value = log_weight;
    message_send(S, &m);
    return m.value;
}

/* ---- Params ---- */

Value primitive_param(State *S, String *name, Constraint *constraint, uint32_t own_plates, ParamInitial *initial, const void *how) {
    if (constraint && !constraint->row->to_value) constraint_raise_fixed(S, constraint->row);
    Message m = message_new(S, MESSAGE_PARAM, name);
    m.constraint = constraint;
    m.own_plates = own_plates;
    m.initial = initial;
    m.how = how;
    message_send(S, &m);
    return m.value;
}

static Value enter_plate(State *S, const Plate *plate, Value v) {
    return subset_is_whole(plate, v, 0) ? subset_gather(S, plate, v, 0) : operation_cross_in(S, v, plate->axis, plate->whole, 0);
}

/* A plate over a subset knows the params of the others only if they are all equal. */
static Value leave_plate(State *S, const Message *m, const Plate *plate, Value v) {
    if (plate->whole == plate->size) return operation_cross_out(S, v, plate->axis, plate->size, 0);
    if (!plate->axis || layout_has_axis(value_layout(S, v), plate->axis))
        error_raise(S, "param-subset", error_text(S, "Run it once without `subsample`, and give the params to the runs with it: params(f, theta)."),
                    "the initial value of param '%s' differs between the elements, and only a subset of plate '%s' is there", m->name->text,
                    plate->name->text);
    return operation_cross_out(S, v, NULL, plate->whole, 0);
}

Value param_enter(State *S, const Message *m, Value v) {
    for (uint32_t k = S->n_plates - m->own_plates; k < S->n_plates; k++)
        v = enter_plate(S, &S->plates[k], v);
    return v;
}

Value param_leave(State *S, const Message *m, Value v) {
    for (uint32_t k = S->n_plates; k-- > S->n_plates - m->own_plates;)
        v = leave_plate(S, m, &S->plates[k], v);
    return v;
}

Value param_to_free(State *S, Constraint *constraint, Value v) {
    return constraint && constraint->row->to_free ? constraint_to_free(S, constraint->row, constraint->bounds, v) : v;
}

Value param_to_value(State *S, Constraint *constraint, Value v) {
    return constraint && constraint->row->to_value ? constraint_to_value(S, constraint->row, constraint->bounds, v) : v;
}

static void check_param_lanes(State *S, const Message *m, Value v) {
    const Layout *l = value_layout(S, v);
    for (unsigned k = 0; k < l->n_axes; k++) {
        if (l->axes[k]->depth >= S->n_plates - m->own_plates) continue;
        const char *plate = l->axes[k]->name->text;
        if (l->axes[k]->name == string_of(S, "particles"))
            error_raise(S, "param-random", "Start the param from a fixed number; randomness belongs into `~`.",
                        "the initial value of param '%s' depends on a random draw", m->name->text);
        error_raise(S, "param-lanes", error_text(S, "For one value per element of '%s' write `param %s[i] = …` with the plate's index.", plate, m->name->text),
                    "the initial value of param '%s' differs between the elements of the plate '%s', and a bare param is one",
                    m->name->text, plate);
    }
}

void param_check(State *S, const Message *m, Value v) {
    if (!value_is_numeric(v))
        error_raise(S, "wrong-type", NULL, "the initial value of param '%s' is a %s; it must be a number, vector or matrix", m->name->text,
                    value_type_name(v));
    check_param_lanes(S, m, v);
    if (!m->constraint) return;
    double offender;
    if (constraint_is_broken(S, m->constraint->row, m->constraint->bounds, v, &offender))
        error_raise(S, "bad-initial-value", NULL, "the initial value of param '%s' %s", m->name->text,
                    constraint_complaint(S, m->constraint->row, m->constraint->bounds, v));
}
