/* Formulas of distributions: Elbo texts over the parameters, compiled when first wanted, and differentiable because they
   run on the tape. */
#include <stdio.h>
#include <string.h>

#include "parser/tree.h"
#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "runtime/operations.h"
#include "runtime/run.h"
#include "runtime/text.h"

static const char *formula_text(const DistributionRow *row, const char *name) {
    if (strcmp(name, "support") == 0) return row->support;
    if (strcmp(name, "base") == 0) return row->base;
    if (strcmp(name, "from_base") == 0) return row->from_base;
    for (int k = 0; k < DISTRIBUTION_FORMULAS && row->formulas[k].name; k++)
        if (strcmp(row->formulas[k].name, name) == 0) return row->formulas[k].text;
    return NULL;
}

static const char *argument_of(const char *name) {
    if (strcmp(name, "from_base") == 0) return "x";
    const DistributionQuestion *question = distribution_question(name);
    return question && strcmp(name, "kl") != 0 ? question->argument : NULL;
}

/* A formula over two distributions of the family: the other one's parameters are called other_mu, other_sigma, … */
static bool takes_other(const char *name) { return strcmp(name, "kl") == 0; }

/* fn(…) { text } over parameters of the names; `title` is what errors in it speak of. */
static Value compile(State *S, const char *title, const char *const names[], unsigned n, const char *text) {
    size_t start = text_begin(S);
    text_print(S, "fn(");
    for (unsigned k = 0; k < n; k++) text_print(S, k ? ", %s" : "%s", names[k]);
    text_print(S, ") { %s }", text);
    char place[128];
    snprintf(place, sizeof place, "<%s>", title);
    Value f = run_expression(S, place, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return f;
}

Value formula_compiled(State *S, const char *title, const char *const names[], unsigned n, const char *text) {
    String *key = string_of(S, title);
    Value *known = record_find(S->formulas, key);
    if (known) return *known;
    stack_push(S, value_object(key));
    Value f = compile(S, title, names, n, text);
    record_set(S, S->formulas, key, f);
    stack_pop(S, 1);
    return f;
}

static Value formula_function(State *S, const DistributionRow *row, const char *name, const char *text) {
    char title[120], others[DISTRIBUTION_PARAMETERS][40];
    const char *names[2 * DISTRIBUTION_PARAMETERS + 1];
    unsigned n = 0;
    size_t length = (size_t)snprintf(title, sizeof title, "%s", row->name);
    for (unsigned k = 0; k < row->n_parameters; k++) {
        names[n++] = row->parameters[k].name;
        length += (size_t)snprintf(title + length, sizeof title - length, k ? ", %s" : "(%s", names[k]);
    }
    snprintf(title + length, sizeof title - length, ").%s", name);
    if (argument_of(name)) names[n++] = argument_of(name);
    for (unsigned k = 0; takes_other(name) && k < row->n_parameters; k++) {
        snprintf(others[k], sizeof others[k], "other_%s", row->parameters[k].name);
        names[n++] = others[k];
    }
    return formula_compiled(S, title, names, n, text);
}

static void check_probability(State *S, const Distribution *d, const char *name, Value q) {
    double offender;
    if (!strstr(name, "quantile") || !value_is_numeric(q) ||
        !constraint_is_broken(S, &constraint_rows[CONSTRAINT_UNIT_INTERVAL], NULL, q, &offender))
        return;
    error_raise(S, "bad-argument", NULL, "%s of %s takes a probability, between 0 and 1, but it is %.10g here", name, d->row->name, offender);
}

/* By the row's text; unassigned: it has none. */
static Value by_text(State *S, Distribution *d, const char *name, const Value *extra) {
    const DistributionRow *row = d->row;
    const char *text = formula_text(row, name);
    if (!text || (argument_of(name) || takes_other(name)) != (extra != NULL)) return value_unassigned();
    const Distribution *other = extra && takes_other(name) ? extra->as.distribution : NULL;
    if (other && other->row != row) return value_unassigned();
    if (extra) check_probability(S, d, name, *extra);
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

static Value function_of(State *S, const char *name, Value v) { return operation_unary(S, elementwise_find(name), v); }

static Value rest_of(State *S, Value v) {
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], value_number(1), v);
}

/* What follows from another question's answer. */
static Value derived(State *S, Distribution *d, const char *name, const Value *extra) {
    static const struct {
        const char *name, *from, *function; /* no function: 1 less the answer */
    } rules[] = {{"stddev", "variance", "sqrt"}, {"log_cdf", "cdf", "log"}, {"log_ccdf", "ccdf", "log"}, {"ccdf", "cdf", NULL}};
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
        if (strcmp(rules[k].name, name) != 0) continue;
        Value v = distribution_formula(S, d, rules[k].from, extra);
        if (!value_is_numeric(v)) return value_unassigned();
        return rules[k].function ? function_of(S, rules[k].function, v) : rest_of(S, v);
    }
    if (strcmp(name, "upper_quantile") != 0 || !value_is_numeric(*extra)) return value_unassigned();
    check_probability(S, d, name, *extra);
    Value q = rest_of(S, *extra);
    return distribution_formula(S, d, "quantile", &q);
}

Value distribution_formula(State *S, Distribution *d, const char *name, const Value *extra) {
    const DistributionComposed *composed = d->row->composed;
    stack_push(S, value_object(d));
    Value v = composed && composed->field ? composed->field(S, d, name, extra) : value_unassigned();
    if (v.tag == VALUE_UNASSIGNED) v = by_text(S, d, name, extra);
    if (v.tag == VALUE_UNASSIGNED) v = derived(S, d, name, extra);
    stack_pop(S, 1);
    return v;
}
