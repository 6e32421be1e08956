/* Formulas of distributions: Elbo texts over the parameters, compiled when first wanted, and differentiable because they
   run on the tape. */
#include <stdio.h>
#include <string.h>

#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "runtime/run.h"
#include "runtime/text.h"

static const char *formula_text(const DistributionRow *row, const char *name) {
    if (strcmp(name, "support") == 0) return row->support;
    if (strcmp(name, "base") == 0) return row->base;
    if (strcmp(name, "from_base") == 0) return row->from_base;
    for (int k = 0; k < DISTRIBUTION_FORMULAS && row->formulas[k].name; k++)
        if (strcmp(row->formulas[k].name, name) == 0) return row->formulas[k].text;
    if (strcmp(name, "stddev") == 0 && formula_text(row, "variance")) return "sqrt(_variance)";
    return NULL;
}

static const char *argument_of(const char *name) {
    if (strcmp(name, "cdf") == 0 || strcmp(name, "from_base") == 0) return "x";
    return strcmp(name, "quantile") == 0 ? "q" : NULL;
}

/* A formula over two distributions of the family: the other one's parameters are called other_mu, other_sigma, … */
static bool takes_other(const char *name) { return strcmp(name, "kl") == 0; }

static Value compile(State *S, const DistributionRow *row, const char *name, const char *text) {
    size_t start = text_begin(S);
    text_print(S, "fn(");
    for (unsigned k = 0; k < row->n_parameters; k++) text_print(S, k ? ", %s" : "%s", row->parameters[k].name);
    if (argument_of(name)) text_print(S, row->n_parameters ? ", %s" : "%s", argument_of(name));
    for (unsigned k = 0; takes_other(name) && k < row->n_parameters; k++) text_print(S, ", other_%s", row->parameters[k].name);
    text_print(S, ") { %s }", text);
    char title[64];
    snprintf(title, sizeof title, "<%s.%s>", row->name, name);
    Value f = run_expression(S, title, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return f;
}

static Value formula_function(State *S, const DistributionRow *row, const char *name, const char *text) {
    char key_text[64];
    snprintf(key_text, sizeof key_text, "%s.%s", row->name, name);
    String *key = string_of(S, key_text);
    Value *known = record_find(S->formulas, key);
    if (known) return *known;
    stack_push(S, value_object(key));
    Value f = compile(S, row, name, text);
    record_set(S, S->formulas, key, f);
    stack_pop(S, 1);
    return f;
}

Value distribution_formula(State *S, Distribution *d, const char *name, const Value *extra) {
    const DistributionRow *row = d->row;
    if (row->composed && row->composed->field) return row->composed->field(S, d, name, extra);
    const char *text = formula_text(row, name);
    if (!text || (argument_of(name) || takes_other(name)) != (extra != NULL)) return value_unassigned();
    const Distribution *other = extra && takes_other(name) ? extra->as.distribution : NULL;
    if (other && other->row != row) return value_unassigned();
    if (strcmp(text, "sqrt(_variance)") == 0) {
        Value variance = distribution_formula(S, d, "variance", NULL);
        return operation_unary(S, elementwise_find("sqrt"), variance);
    }
    double offender;
    if (strcmp(name, "quantile") == 0 && value_is_numeric(*extra) &&
        constraint_is_broken(S, &constraint_rows[CONSTRAINT_UNIT_INTERVAL], NULL, *extra, &offender))
        error_raise(S, "bad-argument", NULL, "quantile of %s takes a probability, between 0 and 1, but it is %.10g here",
                    row->name, offender);
    stack_push(S, value_object(d));
    stack_push(S, extra ? *extra : value_none());
    Value f = formula_function(S, row, name, text);
    Value arguments[2 * DISTRIBUTION_PARAMETERS];
    unsigned n = row->n_parameters;
    for (unsigned k = 0; k < n; k++) arguments[k] = d->parameters[k];
    for (unsigned k = 0; other && k < row->n_parameters; k++) arguments[n++] = other->parameters[k];
    if (extra && !other) arguments[n++] = *extra;
    Value v = call_value(S, f, arguments, n);
    stack_pop(S, 2);
    return v;
}
