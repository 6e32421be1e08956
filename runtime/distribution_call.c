/* SPDX-License-Identifier: GPL-3.0-or-later
   Calls of distributions: Gamma(2, 3), Gamma(2, scale = 3). Arguments that stand for parameters become them, or the parameters
   of a row that computes with them as they are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/distribution.h"
#include "runtime/eval.h"
#include "runtime/native.h"
#include "runtime/provenance.h"
#include "runtime/text.h"

static unsigned n_alternatives(const DistributionRow *row) {
    unsigned n = 0;
    while (n < DISTRIBUTION_ALTERNATIVES && row->alternatives[n].given[0].name) n++;
    return n;
}

static bool may_be_left_out(const DistributionRow *row, unsigned k) {
    if (row->parameters[k].initial || (row->composed && row->composed->either >> k & 1)) return true;
    for (unsigned a = 0; a < n_alternatives(row); a++)
        if (row->alternatives[a].replaces >> k & 1) return true;
    return false;
}

const char *distribution_signature(State *S, const DistributionRow *row) {
    size_t start = text_begin(S);
    for (unsigned k = 0; k < row->n_parameters; k++)
        text_print(S, "%s%s%s", k ? ", " : "", row->parameters[k].name, may_be_left_out(row, k) ? "?" : "");
    if (n_alternatives(row)) text_print(S, " |");
    for (unsigned a = 0; a < n_alternatives(row); a++)
        for (unsigned g = 0; g < alternative_size(&row->alternatives[a]); g++) text_print(S, ", %s?", row->alternatives[a].given[g].name);
    String *text = string_new(S, text_at(S, start), text_length(S, start));
    text_drop(S, start);
    return text->text;
}

static bool given(const Value *arguments, unsigned k) { return arguments[k].tag != VALUE_UNASSIGNED; }

/* The alternative that the call takes, or NULL; `at` becomes the place of what it gives among the arguments. */
static const DistributionAlternative *alternative_taken(const DistributionRow *row, const Value *arguments, unsigned *at) {
    unsigned first = row->n_parameters;
    for (unsigned a = 0; a < n_alternatives(row); a++) {
        const DistributionAlternative *alternative = &row->alternatives[a];
        unsigned size = alternative_size(alternative);
        *at = first;
        for (unsigned g = 0; g < size; g++)
            if (given(arguments, first + g)) return alternative;
        first += size;
    }
    return NULL;
}

static void check_alternative(State *S, const DistributionRow *row, const DistributionAlternative *taken, unsigned at, const Value *arguments) {
    unsigned place = row->n_parameters;
    for (unsigned g = 0; g < alternative_size(taken); g++)
        if (!given(arguments, at + g))
            error_raise(S, "missing-argument", NULL, "'%s' needs the argument '%s' beside '%s'", row->name, taken->given[g].name,
                        taken->given[1 - g].name);
    for (unsigned k = 0; k < row->n_parameters; k++)
        if ((taken->replaces >> k & 1) && given(arguments, k))
            error_raise(S, "bad-argument", "Give one of them.", "'%s' takes either '%s' or '%s', not both", row->name, row->parameters[k].name,
                        taken->given[0].name);
    for (unsigned a = 0; a < n_alternatives(row); a++)
        for (unsigned g = 0; g < alternative_size(&row->alternatives[a]); g++, place++)
            if (&row->alternatives[a] != taken && given(arguments, place))
                error_raise(S, "bad-argument", "Give one of them.", "'%s' takes either '%s' or '%s', not both", row->name, taken->given[0].name,
                            row->alternatives[a].given[g].name);
}

static _Noreturn void raise_missing(State *S, const DistributionRow *row, unsigned k) {
    for (unsigned a = 0; a < n_alternatives(row); a++)
        if (row->alternatives[a].replaces >> k & 1)
            error_raise(S, "missing-argument", NULL, "'%s' needs the argument '%s' or '%s'", row->name, row->parameters[k].name,
                        row->alternatives[a].given[0].name);
    error_raise(S, "missing-argument", NULL, "'%s' needs the argument '%s'", row->name, row->parameters[k].name);
}

/* The row's parameter from all that is given, by its text. */
static Value converted(State *S, const DistributionRow *row, const DistributionAlternative *taken, unsigned at, const Value *arguments, unsigned k) {
    const char *names[DISTRIBUTION_PARAMETERS + 2];
    Value values[DISTRIBUTION_PARAMETERS + 2];
    unsigned n = 0;
    for (unsigned j = 0; j < row->n_parameters; j++) {
        if (taken->replaces >> j & 1) continue;
        names[n] = row->parameters[j].name;
        values[n++] = arguments[j];
    }
    for (unsigned g = 0; g < alternative_size(taken); g++) {
        names[n] = taken->given[g].name;
        values[n++] = arguments[at + g];
    }
    char title[80];
    snprintf(title, sizeof title, "%s(%s).%s", row->name, taken->given[0].name, row->parameters[k].name);
    return call_value(S, formula_compiled(S, title, names, n, taken->parameters[k]), values, n);
}

/* The argument that is called like parameter k of the alternative's own row. */
static Value named(const DistributionRow *row, const DistributionAlternative *taken, unsigned at, const Value *arguments, unsigned k) {
    const char *name = taken->row->parameters[k].name;
    for (unsigned g = 0; g < alternative_size(taken); g++)
        if (strcmp(taken->given[g].name, name) == 0) return arguments[at + g];
    for (unsigned j = 0; j < row->n_parameters; j++)
        if (strcmp(row->parameters[j].name, name) == 0) return arguments[j];
    return value_unassigned();
}

static Value call_alternative(State *S, const DistributionRow *row, const DistributionAlternative *taken, unsigned at, const Value *arguments) {
    const DistributionRow *to = taken->row ? taken->row : row;
    check_alternative(S, row, taken, at, arguments);
    for (unsigned g = 0; g < alternative_size(taken); g++) distribution_check(S, row, &taken->given[g], arguments[at + g]);
    Value parameters[DISTRIBUTION_PARAMETERS];
    size_t base = S->top;
    for (unsigned k = 0; k < to->n_parameters; k++) {
        if (taken->row) parameters[k] = named(row, taken, at, arguments, k);
        else if (taken->replaces >> k & 1) parameters[k] = converted(S, row, taken, at, arguments, k);
        else parameters[k] = arguments[k];
        if (parameters[k].tag == VALUE_UNASSIGNED) {
            if (!to->parameters[k].initial) raise_missing(S, row, k);
            parameters[k] = value_number(strtod(to->parameters[k].initial, NULL));
        }
        stack_push(S, parameters[k]);
    }
    Value d = value_object(distribution_new(S, to, parameters));
    S->top = base;
    return d;
}

/* Of the parameters of which exactly one must be given. */
static void check_either(State *S, const DistributionRow *row, const Value *arguments) {
    unsigned either = row->composed ? row->composed->either : 0, first = 0, n = 0;
    for (unsigned k = 0; k < row->n_parameters; k++) {
        if (!(either >> k & 1) || !given(arguments, k)) continue;
        if (n++)
            error_raise(S, "bad-argument", "Give one of them.", "'%s' takes either '%s' or '%s', not both", row->name, row->parameters[first].name,
                        row->parameters[k].name);
        first = k;
    }
    if (!either || n) return;
    char names[120] = "";
    size_t length = 0;
    for (unsigned k = 0; k < row->n_parameters; k++)
        if (either >> k & 1)
            length += (size_t)snprintf(names + length, sizeof names - length, length ? " or '%s'" : "'%s'", row->parameters[k].name);
    error_raise(S, "missing-argument", NULL, "'%s' needs the argument %s", row->name, names);
}

/* Whether all parameters are given, in the only way that there is. */
static bool is_plain(const DistributionRow *row, const Value *arguments) {
    if (row->composed || row->alternatives[0].given[0].name) return false;
    for (unsigned k = 0; k < row->n_parameters; k++)
        if (!given(arguments, k)) return false;
    return true;
}

Value distribution_call(State *S, const DistributionRow *row, const Value *arguments) {
    unsigned at = 0;
    if (is_plain(row, arguments)) return value_object(distribution_new(S, row, arguments));
    const DistributionAlternative *taken = row->alternatives[0].given[0].name ? alternative_taken(row, arguments, &at) : NULL;
    if (taken) return call_alternative(S, row, taken, at, arguments);
    Value parameters[DISTRIBUTION_PARAMETERS];
    if (row->composed) check_either(S, row, arguments);
    for (unsigned k = 0; k < row->n_parameters; k++) {
        parameters[k] = arguments[k];
        if (given(arguments, k)) continue;
        if (!may_be_left_out(row, k) || (!row->composed && !row->parameters[k].initial)) raise_missing(S, row, k);
        if (!row->composed) parameters[k] = value_number(strtod(row->parameters[k].initial, NULL));
    }
    return value_object(distribution_new(S, row, parameters));
}
