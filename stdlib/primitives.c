/* The function forms of the primitives, and draw. */
#include "runtime/gc.h"
#include "runtime/mask.h"
#include "runtime/message.h"
#include "runtime/operations.h"
#include "runtime/trace.h"
#include "stdlib/stdlib.h"

static String *site_argument(State *S, const char *function, Value v) {
    if (v.tag != VALUE_STRING) native_type_error(S, function, "name", "a string (the site's name)", v);
    if (v.as.string->summary)
        error_raise(S, "lanes-differ", "Leave the plate's index out of it: a site in a plate has one name for all elements.",
                    "the name of a site must be the same in all lanes, and \"%s\" is not", v.as.string->text);
    return v.as.string;
}

static Distribution *distribution_argument(State *S, const char *function, Value v) {
    if (v.tag != VALUE_DISTRIBUTION) native_type_error(S, function, "distribution", "a distribution", v);
    return v.as.distribution;
}

static Value native_sample(State *S, const Value *a, unsigned n) {
    (void)n;
    String *name = site_argument(S, "sample", a[0]);
    Distribution *d = distribution_argument(S, "sample", a[1]);
    bool auxiliary = a[2].tag != VALUE_UNASSIGNED && value_to_truth(S, a[2], "aux");
    return (auxiliary ? primitive_sample_auxiliary : primitive_sample)(S, name, d);
}

static Value native_obs(State *S, const Value *a, unsigned n) {
    (void)n;
    return primitive_observe(S, site_argument(S, "obs", a[0]), distribution_argument(S, "obs", a[1]), a[2]);
}

static Value given_initial(State *S, const void *how) {
    (void)S;
    return *(const Value *)how;
}

/* In the function form the initial value is there already: the plates whose lanes it has are its own. */
static uint32_t plates_of_value(State *S, Value v) {
    if (!value_is_numeric(v)) return 0;
    uint32_t own = 0;
    const Layout *l = value_layout(S, v);
    for (uint32_t k = 0; k < S->n_plates; k++) {
        const Plate *plate = &S->plates[S->n_plates - 1 - k];
        if (plate->axis && layout_has_axis(l, plate->axis) && plate->name != string_of(S, "particles")) own = k + 1;
    }
    return own;
}

static Value native_param(State *S, const Value *a, unsigned n) {
    (void)n;
    Constraint *constraint = NULL;
    if (a[2].tag == VALUE_CONSTRAINT) constraint = (Constraint *)a[2].as.object;
    else if (a[2].tag != VALUE_UNASSIGNED) native_type_error(S, "param", "constraint", "a constraint", a[2]);
    return primitive_param(S, site_argument(S, "param", a[0]), constraint, plates_of_value(S, a[1]), given_initial, &a[1]);
}

static Value native_plate(State *S, const Value *a, unsigned n) {
    (void)n;
    if (!value_is_callable(a[2])) native_type_error(S, "plate", "body", "a function of the index", a[2]);
    return plate_call(S, site_argument(S, "plate", a[0]), a[1], a[2]);
}

static Value native_deterministic(State *S, const Value *a, unsigned n) {
    (void)n;
    return primitive_deterministic(S, site_argument(S, "deterministic", a[0]), a[1]);
}

static Value native_factor(State *S, const Value *a, unsigned n) {
    (void)n;
    String *name = site_argument(S, "factor", a[0]);
    if (!value_is_numeric(a[1])) native_type_error(S, "factor", "log_weight", "a number", a[1]);
    return primitive_factor(S, name, a[1]);
}

/* A param's initial value has the lanes of its own plates, and none of the particles. */
static const Layout *initial_lanes(State *S, const Distribution *d) {
    Axis *axes[PLATE_DEPTH];
    uint32_t n = 0;
    for (uint32_t k = 0; k < S->n_plates; k++) {
        Axis *axis = S->plates[k].axis;
        if (axis && (k >= S->random.own_from || layout_has_axis(d->layout, axis))) axes[n++] = axis;
    }
    return layout_intern(S, n, axes, 0, NULL);
}

static Value native_draw(State *S, const Value *a, unsigned n) {
    (void)n;
    Distribution *d = distribution_argument(S, "draw", a[0]);
    long count = a[1].tag == VALUE_UNASSIGNED ? 0 : value_to_integer(S, a[1], "the number of draws", 0, 1L << 32);
    if (S->random.entered && !S->random.initial)
        error_raise(S, "draw-in-model", "A model's random choices are sites: write `x ~ D`.",
                    "`draw` makes data outside of models; inside it may stand only in a param's initial value");
    if (a[1].tag != VALUE_UNASSIGNED && count == 0) return value_array(array_vector(S, 0, NULL), 0);
    RandomKey key = random_key_numbered(S, string_of(S, "draw"), S->random.draws++);
    const Layout *around = S->lanes;
    if (S->random.initial) S->lanes = initial_lanes(S, d);
    Value v = value_detached(distribution_sample(S, d, key, (size_t)count));
    S->lanes = around;
    return v;
}

static Value native_log_prob(State *S, const Value *a, unsigned n) {
    (void)n;
    if (a[0].tag != VALUE_TRACE) native_type_error(S, "log_prob", "trace", "a trace", a[0]);
    return trace_log_prob(S, (Trace *)a[0].as.object);
}

const NativeRow native_primitives[] = {
    {"sample", "name, distribution, aux?", native_sample, "a latent random choice: `mu ~ D` is sample(\"mu\", D)", false, false},
    {"obs", "name, distribution, value", native_obs, "data: scores the value under the distribution", false, false},
    {"param", "name, initial, constraint?", native_param, "a learnable parameter", false, false},
    {"plate", "name, over, body", native_plate, "independent repetition: body(i) for all elements at once", false, false},
    {"deterministic", "name, value", native_deterministic, "a derived value that reports show", false, false},
    {"factor", "name, log_weight", native_factor, "adds to the log density", false, false},
    {"draw", "distribution, n?", native_draw, "n independent draws, to make data", false, false},
    {"log_prob", "trace", native_log_prob, "the log density of all sites of a trace", false, false},
    {0},
};
