/* SPDX-License-Identifier: GPL-3.0-or-later
   help(x) and `elbo help NAME`. */
#include "stdlib/help.h"

#include <stdlib.h>
#include <string.h>

#include "elbo.h"
#include "parser/tree.h"
#include "runtime/distribution.h"
#include "runtime/message.h"
#include "runtime/native.h"
#include "runtime/run.h"
#include "runtime/suggest.h"
#include "stdlib/stdlib.h"

/* ---- Statement words, which are no values ---- */

typedef struct Topic {
    const char *name, *form, *help;
} Topic;

static const Topic topics[] = {
    {"deterministic", "deterministic s = abs(z)", "names a derived value, which traces and reports then show"},
    {"fn", "fn f(x, k = 2) { x * k }", "defines a function; the last expression is its value"},
    {"for", "for t in 0..10 { … }", "repeats its body; its value is the list of the bodies' values"},
    {"guide", "guide NAME(…) { … }", "defines the guide of the model NAME: a family of guesses at the posterior, with params to learn"},
    {"handler", "handler NAME(…) { on sample(site) { … } }", "defines a handler of one's own"},
    {"if", "if c { … } else { … }", "runs one side; where c differs between lanes, each side in its lanes"},
    {"import", "import \"helpers.ppl\"", "runs another file"},
    {"model", "model NAME(…) { … }", "defines a model: how the data came about"},
    {"obs", "obs x[i] ~ Normal(mu, s)", "scores data; data that are missing are drawn"},
    {"param", "param m: positive = 0.1", "a parameter to learn: its initial value, and the set that it stays in"},
    {"plate", "plate data(i in 0..n) { … }", "independent repetition: its body is written for one element and runs for all of them at once"},
    {"while", "while c { … }", "repeats its body as long as c holds"},
    {"with", "with condition({mu: 42}) { … }", "runs a block under a handler"},
    {"~", "mu ~ Normal(0, 1)", "a latent random choice, at a site that is named like the variable"},
    {NULL, NULL, NULL},
};

/* ---- Everything that has a value ---- */

static void help_native(State *S, const Native *native) {
    if (native->distribution) {
        help_distribution(S, native->distribution);
        return;
    }
    const Signature *s = &native->signature;
    size_t start = text_begin(S);
    text_print(S, "%s(", native->name);
    for (uint32_t k = 0; k < s->n; k++) text_print(S, k ? ", %s%s" : "%s%s", s->names[k]->text, s->required >> k & 1 ? "" : "?");
    if (s->rest) text_print(S, s->n ? ", …" : "…");
    text_print(S, ")");
    help_paragraph(S, 0, text_finish(S, start)->text);
    if (native_help(native)) help_paragraph(S, 2, native_help(native));
}

static void help_closure(State *S, const Closure *closure) {
    const Function *f = closure->function;
    text_print(S, "%s(", f->name ? f->name->text : "fn");
    for (uint32_t k = 0; k < f->n_parameters; k++) text_print(S, k ? ", %s%s" : "%s%s", f->parameters[k].name->text, f->parameters[k].initial ? "?" : "");
    text_print(S, ")\n");
    help_paragraph(S, 2, f->kind == FUNCTION_MODEL ? "a model of this program" : f->kind == FUNCTION_GUIDE ? "a guide of this program" : "a function of this program");
}

static void help_constraint(State *S, const ConstraintRow *row) {
    text_print(S, "%s\n", row->name);
    help_paragraph(S, 2, row->help);
    if (row->volume) help_paragraph(S, 2, error_text(S, "Volumes are measured in %s.", row->volume));
}

static void help_value(State *S, Value v) {
    if (v.tag == VALUE_NATIVE) help_native(S, v.as.native);
    else if (v.tag == VALUE_CLOSURE) help_closure(S, v.as.closure);
    else if (v.tag == VALUE_CONSTRAINT) help_constraint(S, ((Constraint *)v.as.object)->row);
    else if (v.tag == VALUE_DISTRIBUTION) help_distribution(S, v.as.distribution->row);
    else if (v.tag == VALUE_HANDLER) help_paragraph(S, 0, ((Handler *)v.as.object)->row->help);
    else help_paragraph(S, 0, error_text(S, "a %s", value_type_name(v)));
}

bool help_name(State *S, const char *name) {
    for (const Topic *topic = topics; topic->name; topic++) {
        if (strcmp(topic->name, name) != 0) continue;
        text_print(S, "%s\n", topic->form);
        help_paragraph(S, 2, topic->help);
        return true;
    }
    const Global *g = state_global(S, string_of(S, name));
    Value v = g->value.tag != VALUE_UNASSIGNED ? g->value : g->builtin;
    if (v.tag != VALUE_UNASSIGNED) help_value(S, v);
    return v.tag != VALUE_UNASSIGNED;
}

/* ---- What there is ---- */

typedef struct Listed {
    const char *kind, *name;
} Listed;

static int by_kind_and_name(const void *a, const void *b) {
    const Listed *x = a, *y = b;
    int kinds = strcmp(x->kind, y->kind);
    return kinds ? kinds : strcmp(x->name, y->name);
}

static const char *kind_of(Value v) {
    if (v.tag == VALUE_CONSTRAINT) return "constraints";
    return v.tag == VALUE_NATIVE ? native_kind(v.as.native) : NULL;
}

/* All built-ins in order; returns how many. */
static size_t list_builtins(State *S, Listed *to) {
    size_t n = 0;
    for (size_t k = 0; k < S->global_capacity; k++) {
        const Global *g = S->globals[k];
        if (!g || !kind_of(g->builtin)) continue;
        if (to) to[n] = (Listed){kind_of(g->builtin), g->name->text};
        n++;
    }
    if (to) qsort(to, n, sizeof *to, by_kind_and_name);
    return n;
}

static void list_topics(State *S) {
    size_t start = text_begin(S);
    for (const Topic *topic = topics; topic->name; topic++) text_print(S, topic == topics ? "%s" : ", %s", topic->name);
    String *names = text_finish(S, start);
    text_print(S, "statements\n");
    help_paragraph(S, 2, names->text);
}

/* What there is, by kinds. */
static void help_overview(State *S) {
    size_t n = list_builtins(S, NULL);
    Listed *all = memory_new(S, n * sizeof *all);
    list_builtins(S, all);
    for (size_t k = 0, end; k < n; k = end) {
        size_t start = text_begin(S);
        for (end = k; end < n && strcmp(all[end].kind, all[k].kind) == 0; end++) text_print(S, end == k ? "%s" : ", %s", all[end].name);
        String *names = text_finish(S, start);
        text_print(S, "%s\n", all[k].kind);
        help_paragraph(S, 2, names->text);
    }
    memory_free(S, all, n * sizeof *all);
    list_topics(S);
    text_print(S, "\nhelp(Gamma) in a program, or `elbo help Gamma`, says more of one of them.\n");
}

/* ---- Doors ---- */

static void print_text(State *S, size_t start) {
    if (S->silent) text_drop(S, start);
    else text_output(S, start);
}

static const char *nearest(State *S, const char *name) {
    const char *known = suggest_variable(S, string_of(S, name));
    return known ? error_text(S, "Did you mean '%s'? `help()` lists all names.", known) : "`help()` lists all names.";
}

static Value native_help_on(State *S, const Value *a, unsigned n) {
    (void)n;
    size_t start = text_begin(S);
    if (a[0].tag == VALUE_UNASSIGNED) help_overview(S);
    else if (a[0].tag != VALUE_STRING) help_value(S, a[0]);
    else if (!help_name(S, a[0].as.string->text))
        error_raise(S, "unknown-name", nearest(S, a[0].as.string->text), "there is no help on '%s'", a[0].as.string->text);
    print_text(S, start);
    return value_none();
}

const NativeRow native_help_table[] = {
    {"help", "x?", native_help_on, "prints what x is: a built-in, a distribution, a name in quotes; without x all names", false, false},
    {0},
};

static void help_protected(State *S, void *name) {
    S->node = NULL;
    Value argument = name ? value_object(string_of(S, name)) : value_unassigned();
    native_help_on(S, &argument, 1);
}

elbo_Status elbo_help(elbo_State *S, const char *name) {
    return run_protected(S, help_protected, (void *)name);
}
