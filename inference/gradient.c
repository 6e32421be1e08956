/* grad and initial. */
#include "inference/inference.h"

#include <string.h>

#include "runtime/gc.h"
#include "runtime/operations.h"

/* ---- Leaves ---- */

/* The same value with its numbers on the tape. */
static Value with_leaves(State *S, Value v) {
    switch (v.tag) {
        case VALUE_NUMBER:
        case VALUE_ARRAY: return tape_with_leaf(S, v);
        case VALUE_RECORD: {
            Record *record = record_copy(S, v.as.record);
            for (uint32_t k = 0; k < record->count; k++) record->values[k] = with_leaves(S, record->values[k]);
            return value_object(record);
        }
        case VALUE_LIST: {
            List *list = list_new(S, v.as.list->count);
            for (uint32_t k = 0; k < v.as.list->count; k++) list_append(S, list, with_leaves(S, v.as.list->items[k]));
            return value_object(list);
        }
        default:
            error_raise(S, "wrong-type", "It may be a number, vector, matrix, or a record or list of these.",
                        "`grad` cannot differentiate with respect to a %s", value_type_name(v));
    }
}

typedef Value LeafGradient(State *S, Value leaf, const void *what);

static Value map_leaves(State *S, Value v, LeafGradient *f, const void *what) {
    if (v.tag == VALUE_RECORD) {
        Record *record = record_copy(S, v.as.record);
        for (uint32_t k = 0; k < record->count; k++) record->values[k] = map_leaves(S, record->values[k], f, what);
        return value_object(record);
    }
    if (v.tag == VALUE_LIST) {
        List *list = list_new(S, v.as.list->count);
        for (uint32_t k = 0; k < v.as.list->count; k++) list_append(S, list, map_leaves(S, v.as.list->items[k], f, what));
        return value_object(list);
    }
    return f(S, v, what);
}

static Value gradient_of_leaf(State *S, Value leaf, const void *unused) {
    (void)unused;
    const double *adjoint = tape_adjoint(S, leaf.node);
    if (leaf.tag == VALUE_NUMBER) return value_number(adjoint ? adjoint[0] : 0);
    Array *a = array_new(S, leaf.as.array->layout);
    if (adjoint) memcpy(a->data, adjoint, a->layout->size * sizeof(double));
    else memset(a->data, 0, a->layout->size * sizeof(double));
    return value_array(a, 0);
}

/* Forward mode: one sweep for each number in the leaf. */
static Value tangent_of_leaf(State *S, Value leaf, const void *what) {
    const Value *root = what;
    const Layout *l = leaf.tag == VALUE_NUMBER ? layout_scalar(S) : leaf.as.array->layout;
    Array *a = array_new(S, l);
    double *direction = tape_allocate(S, l->size * sizeof(double));
    memset(direction, 0, l->size * sizeof(double));
    for (size_t k = 0; k < l->components; k++) {
        direction[k] = 1;
        a->data[k] = tape_forward(S, leaf.node, direction, *root);
        direction[k] = 0;
    }
    return leaf.tag == VALUE_NUMBER ? value_number(a->data[0]) : value_array(a, 0);
}

static void check_result(State *S, Value v) {
    if (v.tag == VALUE_NUMBER) return;
    const char *advice = v.tag == VALUE_ARRAY ? "Take a sum or a mean: `grad` differentiates one number." : NULL;
    error_raise(S, "wrong-type", advice, "`grad` needs a function whose value is a number, not a %s", value_type_name(v));
}

static bool is_forward(State *S, Value mode) {
    if (mode.tag == VALUE_UNASSIGNED) return false;
    if (mode.tag == VALUE_STRING && strcmp(mode.as.string->text, "forward") == 0) return true;
    if (mode.tag == VALUE_STRING && strcmp(mode.as.string->text, "reverse") == 0) return false;
    error_raise(S, "bad-argument", "Write mode = \"reverse\" or mode = \"forward\".", "`grad` has no such mode");
}

static Value native_grad(State *S, const Value *a, unsigned n) {
    (void)n;
    if (!value_is_callable(a[0])) native_type_error(S, "grad", "f", "a function", a[0]);
    bool forward = is_forward(S, a[2]);
    entry_begin(S);
    tape_begin(S);
    S->tape.by_dependency = true; /* a site that f draws twice has the same noise twice, so no other draw's terms may count */
    Value at = with_leaves(S, a[1]);
    stack_push(S, at);
    Value root = call_value(S, a[0], &at, 1);
    check_result(S, root);
    Value gradient;
    if (forward) {
        gradient = map_leaves(S, at, tangent_of_leaf, &root);
    } else {
        tape_reverse(S, root);
        gradient = map_leaves(S, at, gradient_of_leaf, NULL);
    }
    stack_pop(S, 1);
    tape_end(S);
    entry_end(S);
    return gradient;
}

/* ---- Params of a program ---- */

Trace *inference_probe(State *S, Value f, Trace *replayed, const Value *arguments, unsigned n) {
    RandomState random = S->random;
    plate_enter(S, string_of(S, "particles"), 2);
    Trace *trace = replayed ? trace_run_replayed(S, f, replayed, arguments, n) : trace_run(S, f, arguments, n);
    plate_leave(S);
    S->random = random;
    return trace;
}

/* A param met again is the same one, so it lies in the same set. */
static void check_constraint(State *S, const Site *site, Value known) {
    Constraint *before = known.tag == VALUE_CONSTRAINT ? (Constraint *)known.as.object : NULL;
    const ConstraintRow *row = site->constraint ? site->constraint->row : NULL;
    bool same = row == (before ? before->row : NULL);
    for (unsigned k = 0; same && row && k < row->n_bounds; k++) same = value_equal(site->constraint->bounds[k], before->bounds[k]);
    if (same) return;
    S->node = site->node;
    S->source = &site->chunk->source;
    error_raise(S, "bad-argument", "Guide and model share params by name: write the same constraint, or give one of them another name.",
                "the param '%s' is %s here and %s where it was met first", site->name->text, row ? row->name : "real",
                before ? before->row->name : "real");
}

/* A param's value as seen from outside of its own plates. Where a subset ran it is known if it is the same for all elements. */
static Value value_outside(State *S, const Trace *trace, const Site *site) {
    Value v = site->value;
    for (uint32_t k = site->n_plates; k-- > (uint32_t)(site->n_plates - site->own_plates);) {
        Axis *axis = site_plates(trace, site)[k]->size > 1 ? site_plates(trace, site)[k] : NULL;
        const TraceSubset *subset = site_subset(trace, site, k);
        bool differs = subset && (!axis || layout_has_axis(value_layout(S, v), axis));
        if (differs) {
            S->node = site->node;
            S->source = &site->chunk->source;
            error_raise(S, "param-subset", "Take the initial values without `subsample`; svi has an argument of that name.",
                        "the value of param '%s' is known for some elements of the plate '%s' only", site->name->text, site_plates(trace, site)[k]->name->text);
        }
        v = operation_cross_out(S, v, subset ? NULL : axis, subset ? subset->whole : site_plates(trace, site)[k]->size, 0);
    }
    return v;
}

void inference_collect(State *S, const Trace *trace, Record *values, Record *constraints) {
    for (uint32_t k = 0; k < trace->count; k++) {
        const Site *site = &trace->sites[k];
        if (site->kind != MESSAGE_PARAM) continue;
        const Value *known = record_find(constraints, site->name);
        if (known) {
            check_constraint(S, site, *known);
            continue;
        }
        Value v = value_outside(S, trace, site);
        record_set(S, values, site->name, value_detached(param_to_free(S, site->constraint, v)));
        record_set(S, constraints, site->name, site->constraint ? value_object(site->constraint) : value_none());
    }
}

static Value native_initial(State *S, const Value *a, unsigned n) {
    if (!value_is_callable(a[0])) native_type_error(S, "initial", "guide", "a function", a[0]);
    Record *values = record_new(S, 8), *constraints = record_new(S, 8);
    stack_push(S, value_object(values));
    stack_push(S, value_object(constraints));
    inference_collect(S, inference_probe(S, a[0], NULL, a + 1, n - 1), values, constraints);
    stack_pop(S, 2);
    return value_object(values);
}

const NativeRow native_gradient[] = {
    {"grad", "f, at, mode?", native_grad, "the gradient of the number f(at) with respect to at (a number, vector, record)", false, false},
    {"initial", "guide, arguments...", native_initial, "the initial values of a program's params, unconstrained, as a record", false, false},
    {0},
};
