/* plate-forgotten, shape-mismatch: how many numbers a site is. */
#include "inference/diagnose.h"
#include "runtime/shape.h"

/* A site's shape from outside of its plates: the plates' sizes, then one draw's own dimensions. Plates of one element count for
   nothing. */
typedef struct Outside {
    size_t dims[LAYOUT_RANK + PLATE_DEPTH];
    uint32_t rank, plates;
} Outside;

static Outside outside_of(State *S, const Trace *trace, const Site *site, const Layout *event) {
    (void)S;
    Outside o = {.rank = 0};
    for (uint32_t k = trace->plates; k < site->n_plates; k++)
        if (site_plates(trace, site)[k]->size != 1) o.dims[o.rank++] = site_plates(trace, site)[k]->size;
    o.plates = o.rank;
    for (uint32_t k = 0; k < event->rank; k++)
        if (event->dims[k] != 1) o.dims[o.rank++] = event->dims[k];
    return o;
}

static bool same(const Outside *a, const Outside *b) {
    if (a->rank != b->rank) return false;
    for (uint32_t k = 0; k < a->rank; k++)
        if (a->dims[k] != b->dims[k]) return false;
    return true;
}

/* The outermost plate (of more than one element) around a site of `a` that is not around the other; NULL: none. */
static const Axis *plate_without(const Trace *a, const Site *in_a, const Trace *b, const Site *in_b) {
    for (uint32_t k = a->plates; k < in_a->n_plates; k++) {
        const Axis *axis = site_plates(a, in_a)[k];
        bool there = axis->size == 1;
        for (uint32_t j = b->plates; j < in_b->n_plates; j++) there |= site_plates(b, in_b)[j]->name == axis->name;
        if (!there) return axis;
    }
    return NULL;
}

static const char *words(State *S, const Outside *o, char text[SHAPE_TEXT]) {
    if (o->rank > LAYOUT_RANK) return "an array";
    return shape_text(layout_intern(S, 0, NULL, o->rank, o->dims), text);
}

static _Noreturn void raise_forgotten(State *S, const Site *guide, const Site *model, const Axis *plate, const Layout *event) {
    const char *name = guide->name->text, *one = event->rank ? "one vector" : "one number";
    diagnose_at_site(S, guide);
    error_raise(S, "plate-forgotten",
                error_text(S, "All %zu would share that draw, and log q would count it once. Put the line into the plate,\n"
                              "    plate %s(i in 0..%zu) { %s[i] ~ … }\n"
                              "with params of one element each (`param m[i] = 0`), or draw %zu numbers at once from a vector of means.",
                           plate->size, plate->name->text, plate->size, name, plate->size),
                "the guide draws %s for '%s', and the model has one for each of the %zu elements of the plate '%s' (line %u)", one, name,
                plate->size, plate->name->text, diagnose_line(model));
}

static _Noreturn void raise_unknown_plate(State *S, const Site *guide, const Site *model, const Axis *plate) {
    diagnose_at_site(S, guide);
    error_raise(S, "plate-forgotten", error_text(S, "Draw it outside of the plate '%s', or put it into that plate in the model too.", plate->name->text),
                "the guide draws '%s' for each of the %zu elements of the plate '%s', and the model has one for all (line %u)", guide->name->text,
                plate->size, plate->name->text, diagnose_line(model));
}

static void check_pair(State *S, const Trace *guide_trace, const Site *guide, const Trace *model_trace, const Site *model) {
    const Layout *drawn = value_layout(S, guide->value), *wanted = model->distribution->layout;
    Outside have = outside_of(S, guide_trace, guide, drawn), want = outside_of(S, model_trace, model, wanted);
    if (same(&have, &want)) return;
    const Axis *forgotten = plate_without(model_trace, model, guide_trace, guide);
    if (forgotten && have.rank < want.rank) raise_forgotten(S, guide, model, forgotten, drawn);
    const Axis *unknown = plate_without(guide_trace, guide, model_trace, model);
    if (unknown && have.rank > want.rank) raise_unknown_plate(S, guide, model, unknown);
    char a[SHAPE_TEXT], b[SHAPE_TEXT];
    diagnose_at_site(S, guide);
    error_raise(S, "shape-mismatch", "Both programs must draw as many numbers for a site. Change the guide's line, or the model's.",
                "the guide draws '%s' as a %s, and the model as a %s (line %u)", guide->name->text, words(S, &have, a), words(S, &want, b),
                diagnose_line(model));
}

void diagnose_shapes(State *S, const Trace *model, const Trace *guide) {
    for (uint32_t k = 0; k < guide->count; k++) {
        const Site *site = &guide->sites[k];
        if (!diagnose_is_latent(site) || !value_is_numeric(site->value)) continue;
        const Site *other = trace_find(model, site->name);
        /* Data that are missing may be drawn in any shape. */
        if (other && diagnose_is_latent(other) && other->scored.tag != VALUE_MISSING) check_pair(S, guide, site, model, other);
    }
}
