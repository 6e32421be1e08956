/* support-mismatch: a guide that draws what the model holds for impossible. By type, before any number is bad. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inference/diagnose.h"
#include "runtime/eval.h"
#include "runtime/mask.h"

/* Families that have a constraint as their support. */
static const struct {
    const char *name, *families;
} kinds[] = {
    {"real", "Normal"},
    {"positive", "LogNormal, Gamma, Transformed(Normal(m, s), exp)"},
    {"nonnegative", "LogNormal, Gamma, Transformed(Normal(m, s), exp)"},
    {"softplus_positive", "LogNormal, Gamma, Transformed(Normal(m, s), exp)"},
    {"negative", "Transformed(Normal(m, s), negative)"},
    {"less_than", "Transformed(Normal(m, s), less_than(high))"},
    {"greater_than", "Transformed(Normal(m, s), greater_than(low))"},
    {"unit_interval", "Beta, Transformed(Normal(m, s), sigmoid)"},
    {"interval", "Uniform within these bounds, Transformed(Normal(m, s), interval(low, high))"},
    {"boolean", "Bernoulli"},
    {"integer", "one for whole numbers"},
    {"nonnegative_integer", "Poisson"},
    {"integer_interval", "Binomial"},
};

typedef struct Support {
    const ConstraintRow *row; /* NULL: unknown */
    Value bounds[2];
    const char *families;
    bool known, discrete;     /* known: a set of single numbers */
    Value low, high;          /* between which the numbers lie, those of vectors and matrices too */
} Support;

static const ConstraintRow *row_of(State *S, Distribution *d, Value bounds[2]) {
    const ConstraintRow *plain = d->row->support ? constraint_find(d->row->support) : NULL;
    if (plain && !plain->n_bounds) return plain;
    Value v = distribution_formula(S, d, "support", NULL);
    if (v.tag != VALUE_CONSTRAINT) return NULL;
    const Constraint *constraint = (Constraint *)v.as.object;
    for (unsigned k = 0; k < constraint->row->n_bounds; k++) bounds[k] = constraint->bounds[k];
    return constraint->row;
}

static Support support_of(State *S, Distribution *d) {
    Support s = {.row = NULL};
    s.row = row_of(S, d, s.bounds);
    if (!s.row) return s;
    s.discrete = s.row->discrete;
    s.known = s.row->rank == 0 || s.row == constraint_rows[CONSTRAINT_REAL_VECTOR];
    Value ends[2];
    constraint_ends(s.row, s.bounds, ends);
    s.low = ends[0];
    s.high = ends[1];
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (strcmp(kinds[k].name, s.row->name) == 0) s.families = kinds[k].families;
    return s;
}

static bool is_infinite(Value v) { return v.tag == VALUE_NUMBER && isinf(v.as.number); }

/* Whether a is above b in some lane. Ends that params move are not held against anybody. */
static bool is_above(State *S, Value a, Value b) {
    if (is_infinite(a) || is_infinite(b)) {
        double x = is_infinite(a) ? a.as.number : 0, y = is_infinite(b) ? b.as.number : 0;
        return x > y;
    }
    if (!value_is_numeric(a) || !value_is_numeric(b) || tape_has(S, a) || tape_has(S, b)) return false;
    if (!layout_join(S, value_layout(S, a), value_layout(S, b))) return false;
    double least, largest;
    value_extremes(S, operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], a, b), &least, &largest);
    return largest > 0;
}

/* Whether the guide's support surely leaves the model's. */
static bool leaves(State *S, const Support *guide, const Support *model) {
    if (!guide->row || !model->row) return false;
    bool same = guide->row == model->row, ends = is_above(S, model->low, guide->low) || is_above(S, guide->high, model->high);
    if (!model->known) return !same && !constraint_is_within(guide->row, model->row); /* independent numbers make no simplex */
    return ends || (!same && guide->discrete != model->discrete);
}

static bool is_delta(const Site *site) { return distribution_is_fixed(site->distribution->row); }

static _Noreturn void raise_mismatch(State *S, const Site *guide, const Support *from, const Site *model, const Support *to) {
    const char *name = guide->name->text;
    char have[120], want[120], advice[400];
    snprintf(have, sizeof have, "%s", constraint_words(S, from->row, from->bounds));
    snprintf(want, sizeof want, "%s", constraint_words(S, to->row, to->bounds));
    const char *why = from->discrete != to->discrete && from->known && to->known
                          ? "A probability and a density cannot be compared."
                          : "Draws outside of it have probability 0 in the model, which makes the ELBO -inf.";
    if (to->families) snprintf(advice, sizeof advice, "%s\nDraw '%s' from a family with the same support: %s.", why, name, to->families);
    else snprintf(advice, sizeof advice, "%s\nDraw '%s' from a family with the same support, such as %s.", why, name, model->distribution->row->name);
    bool noun = strncmp(have, "a ", 2) == 0 || from->row == constraint_rows[CONSTRAINT_BOOLEAN];
    const char *gives = strcmp(have, "a finite number") == 0 ? "any real number" : error_text(S, noun ? "%s" : "a number %s", have);
    diagnose_at_site(S, guide);
    error_raise(S, "support-mismatch", advice, "the guide draws '%s' from %s, which gives %s; the model has it from %s (line %u), where it is %s", name,
                guide->distribution->row->name, gives,
                model->distribution->row->name, diagnose_line(model), want);
}

static void check_delta(State *S, const Site *guide, const Site *model, const Support *to) {
    double offender;
    Value v = guide->distribution->parameters[0];
    if (!to->known || !value_is_numeric(v)) return;
    for (unsigned k = 0; k < to->row->n_bounds; k++)
        if (!layout_join(S, value_layout(S, v), value_layout(S, to->bounds[k]))) return;
    if (!constraint_is_broken(S, to->row, to->bounds, v, &offender)) return;
    const char *advice = error_text(S, "Outside of it the model's density is 0, which makes the ELBO -inf. Choose a value inside, and hold the param\n"
                                       "there: `param v: %s = …`.", to->row->n_bounds ? "interval(low, high)" : to->row->name);
    char kept[400], want[120];
    snprintf(kept, sizeof kept, "%s", advice);
    snprintf(want, sizeof want, "%s", constraint_words(S, to->row, to->bounds));
    diagnose_at_site(S, guide);
    error_raise(S, "support-mismatch", kept, "the guide puts '%s' at %.10g, and in the model (%s, line %u) it is %s", guide->name->text, offender,
                model->distribution->row->name, diagnose_line(model), want);
}

/* Whether the two sides of an `if` that these are have a lane in common. */
static bool overlap(State *S, const Site *a, const Site *b) {
    if (!a->lanes_on || !b->lanes_on) return true;
    if (!layout_join(S, a->lanes_on->layout, b->lanes_on->layout)) return false;
    return mask_any(mask_and(S, a->lanes_on, value_array(b->lanes_on, 0)));
}

static void check_pair(State *S, const Site *guide, const Site *model) {
    if (is_delta(model) || !overlap(S, guide, model)) return;
    Support to = support_of(S, model->distribution);
    stack_push(S, to.bounds[0]);
    stack_push(S, to.bounds[1]);
    if (is_delta(guide)) {
        check_delta(S, guide, model, &to);
    } else {
        Support from = support_of(S, guide->distribution);
        if (leaves(S, &from, &to)) raise_mismatch(S, guide, &from, model, &to);
    }
    stack_pop(S, 2);
}

static const Site *next_side(const Trace *trace, const Site *site) { return site->next >= 0 ? &trace->sites[site->next] : NULL; }

void diagnose_supports(State *S, const Trace *model, const Trace *guide) {
    for (uint32_t k = 0; k < guide->count; k++) {
        if (!diagnose_is_latent(&guide->sites[k])) continue;
        const Site *first = trace_find(model, guide->sites[k].name);
        if (!first || !diagnose_is_latent(first)) continue;
        for (const Site *g = &guide->sites[k]; g; g = next_side(guide, g))
            for (const Site *m = first; m; m = next_side(model, m)) check_pair(S, g, m);
    }
}
