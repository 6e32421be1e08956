/* SPDX-License-Identifier: GPL-3.0-or-later
   The params of all fits that a session's variables hold, as tables. */
#include <string.h>

#include "elbo.h"
#include "inference/fit.h"
#include "runtime/run.h"
#include "runtime/table.h"

static void params_table(State *S, const Fit *fit) {
    static const TableColumn columns[] = {{"param", false}, {"value", true}, {"unconstrained", true}, {"constraint", false}};
    Table table = table_begin(S, columns, 4);
    for (uint32_t k = 0; k < fit->n_params; k++) {
        const FitParam *p = &fit->params[k];
        table_cell(S, &table);
        text_print(S, "%s", p->name->text);
        table_cell(S, &table);
        text_brief(S, fit_param_value(S, fit, p));
        table_cell(S, &table);
        text_brief(S, value_array(fit_theta(S, fit, p), 0));
        table_cell(S, &table);
        if (p->constraint) text_value(S, value_object(p->constraint));
        else text_print(S, "real");
    }
    table_end(S, &table);
}

/* Whether a variable with a name of its own holds this fit too. */
static bool has_name(const State *S, const Object *fit) {
    for (const Global *g = S->used_globals; g; g = g->next)
        if (g->value.tag == VALUE_FIT && g->value.as.object == fit && strcmp(g->name->text, "_") != 0) return true;
    return false;
}

static void params_request(State *S, void *unused) {
    (void)unused;
    size_t start = text_begin(S);
    for (const Global *g = S->used_globals; g; g = g->next) {
        if (g->value.tag != VALUE_FIT || (strcmp(g->name->text, "_") == 0 && has_name(S, g->value.as.object))) continue;
        const Fit *fit = (const Fit *)g->value.as.object;
        const char *model = callable_name(fit->model);
        text_print(S, "%s%s: fit of %s after %llu step%s\n\n", text_length(S, start) ? "\n" : "", g->name->text, model ? model : "a model",
                   (unsigned long long)fit->done, fit->done == 1 ? "" : "s");
        params_table(S, fit);
        text_print(S, "\n");
    }
    if (!text_length(S, start)) text_print(S, "No variable holds a fit: fit = svi(model, …) makes one.\n");
    text_output(S, start);
}

elbo_Status elbo_params(elbo_State *S) {
    const unsigned table_columns = S->table_columns;
    S->table_columns = S->options.width;
    elbo_Status status = run_protected(S, params_request, NULL);
    S->table_columns = table_columns;
    return status;
}
