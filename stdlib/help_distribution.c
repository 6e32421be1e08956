/* SPDX-License-Identifier: GPL-3.0-or-later
   Help on a family of distributions, from its row. */
#include <stdio.h>
#include <string.h>

#include "runtime/distribution.h"
#include "stdlib/help.h"

enum { LABEL = 18 };

static bool is_choice(const DistributionRow *row, unsigned k) { return row->composed && row->composed->either >> k & 1; }

/* Whether parameter k stands in a call that gives parameter `choice` of those of which one is given. */
static bool stands(const DistributionRow *row, unsigned k, unsigned choice) { return !is_choice(row, k) || k == choice; }

static void write_call(State *S, const DistributionRow *row, unsigned choice, bool by_name, const DistributionAlternative *alternative) {
    const char *separator = "";
    text_print(S, "%s(", row->name);
    for (unsigned k = 0; k < row->n_parameters; k++) {
        const DistributionParameter *p = &row->parameters[k];
        if (!stands(row, k, choice) || (alternative && alternative->replaces >> k & 1)) continue;
        text_print(S, by_name && is_choice(row, k) ? "%s%s = …" : "%s%s", separator, p->name);
        if (p->initial && !is_choice(row, k)) text_print(S, " = %s", p->initial);
        separator = ", ";
    }
    for (unsigned g = 0; alternative && g < alternative_size(alternative); g++) {
        text_print(S, "%s%s = …", separator, alternative->given[g].name);
        separator = ", ";
    }
    text_print(S, ")\n");
}

void help_distribution_calls(State *S, const DistributionRow *row) {
    unsigned first = row->n_parameters;
    for (unsigned k = row->n_parameters; k-- > 0;)
        if (is_choice(row, k)) first = k;
    write_call(S, row, first, false, NULL);
    for (unsigned k = 0; k < row->n_parameters; k++)
        if (is_choice(row, k) && k != first) write_call(S, row, k, true, NULL);
    for (unsigned a = 0; a < DISTRIBUTION_ALTERNATIVES && row->alternatives[a].given[0].name; a++)
        write_call(S, row, first, false, &row->alternatives[a]);
}

static void write_parameter(State *S, const DistributionParameter *p, bool checked) {
    char text[400];
    const ConstraintRow *constraint = constraint_rows[p->constraint];
    bool says_more = checked && p->constraint != CONSTRAINT_REAL;
    snprintf(text, sizeof text, says_more ? "%s; %s" : "%s", p->help, constraint->description);
    help_entry(S, LABEL, p->name, text);
}

static void write_parameters(State *S, const DistributionRow *row) {
    if (row->n_parameters) text_print(S, "\nParameters\n");
    for (unsigned k = 0; k < row->n_parameters; k++) write_parameter(S, &row->parameters[k], !row->composed);
    for (unsigned a = 0; a < DISTRIBUTION_ALTERNATIVES && row->alternatives[a].given[0].name; a++)
        for (unsigned g = 0; g < alternative_size(&row->alternatives[a]); g++) write_parameter(S, &row->alternatives[a].given[g], true);
}

/* For which other distributions the divergence is known. */
static void write_kl(State *S, const DistributionRow *row, const char *text) {
    char label[40], all[2000];
    int n = 0;
    for (unsigned k = 0; k < row->n_parameters; k++)
        if (row->kl_equal >> k & 1) n += snprintf(all + n, sizeof all - (size_t)n, n ? " and equal %s" : "For equal %s", row->parameters[k].name);
    snprintf(all + n, sizeof all - (size_t)n, n ? ": %s" : "%s", text);
    snprintf(label, sizeof label, "kl(%s)", distribution_question("kl")->argument);
    help_entry(S, LABEL, label, all);
}

static void write_formulas(State *S, const DistributionRow *row) {
    if (!row->formulas[0].name) return;
    text_print(S, "\nFormulas\n");
    for (int k = 0; k < DISTRIBUTION_FORMULAS && row->formulas[k].name; k++) {
        char label[40];
        const DistributionQuestion *question = distribution_question(row->formulas[k].name);
        if (question && strcmp(question->name, "kl") == 0) {
            write_kl(S, row, row->formulas[k].text);
            continue;
        }
        bool method = question && question->argument;
        snprintf(label, sizeof label, method ? "%s(%s)" : "%s", row->formulas[k].name, method ? question->argument : "");
        help_entry(S, LABEL, label, row->formulas[k].text);
    }
}

static void write_section(State *S, const char *title, const char *text) {
    if (!text) return;
    text_print(S, "\n%s\n", title);
    help_paragraph(S, 2, text);
}

void help_distribution(State *S, const DistributionRow *row) {
    help_distribution_calls(S, row);
    help_paragraph(S, 2, row->help);
    write_parameters(S, row);
    write_section(S, "Support", row->support);
    write_section(S, row->discrete ? "Probability of x" : "Density at x", row->density);
    write_formulas(S, row);
    write_section(S, "At the edges", row->edges);
    write_section(S, "Draws", row->sampler);
    write_section(S, "Example", row->example);
}
