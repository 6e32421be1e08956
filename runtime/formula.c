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
        !constraint_is_broken(S, constraint_rows[CONSTRAINT_UNIT_INTERVAL], NULL, q, &offender))
        return;
    error_raise(S, "bad-argument", NULL, "%s of %s takes a probability, between 0 and 1, but it is %.10g here", name, d->row->name, offender);
}

/* The parameters for a formula. Those that take some computing are computed only if the text mentions them. */
static unsigned arguments_of(State *S, Distribution *d, const char *text, Value *arguments) {
    const DistributionComposed *composed = d->row->composed;
    for (unsigned k = 0; k < d->row->n_parameters; k++) {
        bool computed = composed && composed->parameter, mentioned = strstr(text, d->row->parameters[k].name) != NULL;
        arguments[k] = !computed ? d->parameters[k] : mentioned ? distribution_parameter(S, d, k) : value_none();
    }
    return d->row->n_parameters;
}

/* d's parameters as those of a row of the same name, by its own formulas of their names: a probability as a logit. They stay on
   the value stack. False: they are not known. */
static bool in_terms_of(State *S, Distribution *d, const DistributionRow *row, Value parameters[]) {
    for (unsigned k = 0; k < row->n_parameters; k++) {
        Value v = value_unassigned();
        for (unsigned j = 0; j < d->row->n_parameters; j++)
            if (strcmp(d->row->parameters[j].name, row->parameters[k].name) == 0) v = d->parameters[j];
        if (v.tag == VALUE_UNASSIGNED) v = distribution_formula(S, d, row->parameters[k].name, NULL);
        if (v.tag == VALUE_UNASSIGNED) return false;
        stack_push(S, parameters[k] = v);
    }
    return true;
}

/* Whether the divergence is known for these parameters of both. The formula's derivative by one that must be equal would not be
   the divergence's. */
static bool divergence_is_known(State *S, const DistributionRow *row, const Value *own, const Value *other) {
    for (unsigned k = 0; k < row->n_parameters; k++)
        if (row->kl_equal >> k & 1 && (!value_equal(own[k], other[k]) || tape_has(S, own[k]) || tape_has(S, other[k]))) return false;
    return true;
}

/* The divergence of two rows of one name, in terms of whichever knows both: the one that loses fewer digits is tried first. */
static Value between_rows(State *S, Distribution *d, Distribution *other) {
    const DistributionRow *first = distribution_find(d->row->name), *row = d->row == first ? other->row : d->row;
    Value arguments[2 * DISTRIBUTION_PARAMETERS], v = value_unassigned();
    const char *text = formula_text(row, "kl");
    size_t base = S->top;
    if (!text || !in_terms_of(S, d, row, arguments) || !in_terms_of(S, other, row, arguments + row->n_parameters) ||
        !divergence_is_known(S, row, arguments, arguments + row->n_parameters)) {
        S->top = base;
        return v;
    }
    v = call_value(S, formula_function(S, row, "kl", text), arguments, 2 * row->n_parameters);
    S->top = base;
    return v;
}

/* By the row's text; unassigned: it has none. */
static Value by_text(State *S, Distribution *d, const char *name, const Value *extra) {
    const DistributionRow *row = d->row;
    const char *text = formula_text(row, name);
    if (!text || (argument_of(name) || takes_other(name)) != (extra != NULL)) return value_unassigned();
    Distribution *other = extra && takes_other(name) ? extra->as.distribution : NULL;
    if (other && other->row != row)
        return strcmp(other->row->name, row->name) == 0 && !row->composed ? between_rows(S, d, other) : value_unassigned();
    if (extra) check_probability(S, d, name, *extra);
    if (other && !divergence_is_known(S, row, d->parameters, other->parameters)) return value_unassigned();
    stack_push(S, value_object(d));
    stack_push(S, extra ? *extra : value_none());
    Value f = formula_function(S, row, name, text);
    Value arguments[2 * DISTRIBUTION_PARAMETERS];
    unsigned n = arguments_of(S, d, text, arguments);
    if (other) n += arguments_of(S, other, text, arguments + n);
    if (extra && !other) arguments[n++] = *extra;
    Value v = call_value(S, f, arguments, n);
    stack_pop(S, 2);
    return v;
}

static Value function_of(State *S, const char *name, Value v) { return operation_unary(S, elementwise_find(name), v); }

static Value rest_of(State *S, Value v) {
    return operation_binary(S, &elementwise_operators[OPERATOR_SUBTRACT], value_number(1), v);
}

static const struct {
    const char *name, *from, *function; /* no function: 1 less the answer */
} rules[] = {{"stddev", "variance", "sqrt"}, {"log_cdf", "cdf", "log"}, {"log_ccdf", "ccdf", "log"}, {"ccdf", "cdf", NULL}};
enum { RULES = sizeof rules / sizeof *rules };

/* What follows from another question's answer. */
static Value derived(State *S, Distribution *d, const char *name, const Value *extra) {
    for (size_t k = 0; k < RULES; k++) {
        if (strcmp(rules[k].name, name) != 0) continue;
        Value v = distribution_formula(S, d, rules[k].from, extra);
        if (!value_is_numeric(v)) return value_unassigned();
        return rules[k].function ? function_of(S, rules[k].function, v) : rest_of(S, v);
    }
    if (strcmp(name, "upper_quantile") != 0 || !extra || !value_is_numeric(*extra)) return value_unassigned();
    check_probability(S, d, name, *extra);
    Value q = rest_of(S, *extra);
    return distribution_formula(S, d, "quantile", &q);
}

bool distribution_answers(const DistributionRow *row, const char *name) {
    if ((row->composed && row->composed->field) || strcmp(name, "log_prob") == 0 || formula_text(row, name)) return true;
    for (size_t k = 0; k < RULES; k++)
        if (strcmp(rules[k].name, name) == 0) return distribution_answers(row, rules[k].from);
    return strcmp(name, "upper_quantile") == 0 && formula_text(row, "quantile");
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

Value distribution_answer(State *S, Distribution *d, const char *name, const Value *extra) {
    bool held = S->gc_held;
    const Node *node = S->node;
    S->gc_held = true;
    if (extra) stack_push(S, *extra);
    Value v = distribution_formula(S, d, name, extra);
    if (extra) stack_pop(S, 1);
    S->gc_held = held;
    S->node = node;
    return v;
}
